"""`verifier confine`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from verifier.cli.options import (
    DEFAULT_MAX_SIZE,
    All,
    EncodingOption,
    Explain,
    FailOnOption,
    Format,
    Limit,
    MaxSize,
    ReadingOption,
    ReportOption,
    Smtlib,
    Timeout,
    WorldOption,
)
from verifier.errors import quote
from verifier.questions.limits import Encoding, Readings, World

EXAMPLES = """\b
Examples:
  verifier confine boundary.json --to s3 --to dynamodb
  verifier confine boundary.json --to s3 --format json
  verifier confine boundary.json --to s3 --all
  verifier confine - --to s3 --fail-on vacuous < boundary.json
"""


def confine(  # noqa: PLR0917 - typer passes them by name
    document: Annotated[str, typer.Argument(metavar="FILE", help="The document.", show_default=False)],
    to: Annotated[
        list[str], typer.Option("--to", metavar="SERVICE", help="A service, as in `s3`; repeat it for several.")
    ],
    form: ReportOption = Format.TEXT,
    timeout: Timeout = 10.0,
    fail_on: FailOnOption = None,
    explain: Explain = False,
    everything: All = False,
    limit: Limit = None,
    encoding: EncodingOption = Encoding.FAST,
    world: WorldOption = World.ALL,
    reading: ReadingOption = Readings.ALL,
    smtlib: Smtlib = None,
    max_size: MaxSize = DEFAULT_MAX_SIZE,
) -> None:
    """Prove that a document blocks every service but these.

    Otherwise show a request to another service that it allows, and by which
    statements; `--all` shows everything that it allows to others.

    \b
    Exit codes: 0 confined, 1 escapes, 2 wrong input, 3 undecided.
    """
    from verifier import api
    from verifier.cli.explained import explained
    from verifier.cli.inputs import Inputs
    from verifier.cli.output import print_answer
    from verifier.cli.parted import Clock, check_all, parted
    from verifier.questions.question import ConfineQuestion
    from verifier.report.text import CONFINE, verdict_text

    check_all(everything, form)
    clock = Clock(timeout)
    policy = Inputs(max_size).policy(document)
    verdict = api.confine(policy, to, timeout=timeout, encoding=encoding, world=world, reading=reading, smtlib=smtlib)
    _warn_of_unknown(to)
    question = ConfineQuestion(None, policy, tuple(to))
    limits = api.limits_of(timeout, encoding, world, reading)
    why = explained(question, verdict, form, limits, wanted=explain)
    regions = parted(question, clock, limits, limit, form) if everything else None
    print_answer(
        verdict,
        form,
        lambda style: verdict_text(verdict, style, CONFINE, why, regions=regions),
        fail_on,
        why,
        question,
        regions,
    )


def _warn_of_unknown(names: list[str]) -> None:
    """Warn of services that AWS does not have: what is confined to one of them alone allows nothing today."""
    from verifier.catalogue.actions import services
    from verifier.report.diagnostics import warning_text
    from verifier.report.style import style_of

    for name in dict.fromkeys(names):
        if name not in services():
            print(warning_text(f"AWS has no service {quote(name)}", style_of(sys.stderr)), file=sys.stderr)
