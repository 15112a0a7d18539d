"""`verifier confine`: does a document block every service but these?"""

from __future__ import annotations

from typing import Annotated

import typer

from verifier.cli.completions import service_names
from verifier.cli.options import (
    DEFAULT_MAX_SIZE,
    All,
    EncodingOption,
    Explain,
    FailOnOption,
    Format,
    MaxSize,
    OutputOption,
    Parameters,
    ReadingOption,
    RegionLimit,
    ReportOption,
    Smtlib,
    Strict,
    Timeout,
    TypeOption,
    Verbose,
    WorldOption,
)
from verifier.questions.ask import Encoding, Readings, World

EXAMPLES = """\b
Examples:
  verifier confine boundary.json --to s3 --to dynamodb
  verifier confine boundary.json s3 dynamodb
  verifier confine boundary.json --to s3 --format json
  verifier confine boundary.json --to s3 --all
  verifier confine - --to s3 --fail-on vacuous < boundary.json
"""


def confine(  # noqa: PLR0917 - typer passes them by name
    document: Annotated[str, typer.Argument(metavar="FILE", help="The document.", show_default=False)],
    services: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SERVICE]...", autocompletion=service_names, help="Services, as with `--to`.", show_default=False
        ),
    ] = None,
    to: Annotated[
        list[str] | None,
        typer.Option(
            "--to",
            metavar="SERVICE",
            autocompletion=service_names,
            help="A service, as in `s3`; repeat it for several.",
        ),
    ] = None,
    form: ReportOption = Format.TEXT,
    output: OutputOption = None,
    timeout: Timeout = 10.0,
    fail_on: FailOnOption = None,
    explain: Explain = False,
    everything: All = False,
    kind: TypeOption = None,
    limit: RegionLimit = None,
    encoding: EncodingOption = Encoding.FAST,
    world: WorldOption = World.ALL,
    reading: ReadingOption = Readings.ALL,
    smtlib: Smtlib = None,
    parameter: Parameters = None,
    max_size: MaxSize = DEFAULT_MAX_SIZE,
    strict: Strict = False,
    verbose: Verbose = False,
) -> None:
    """Prove that a document blocks every service but these.

    Otherwise show a request to another service that it allows, and by which
    statements; `--all` shows everything that it allows to others. An RCP, or
    with `--type scp` a document that only denies, acts together with AWS's full
    access.

    \b
    Exit codes: 0 confined, 1 escapes, 2 wrong input, 3 undecided.
    """
    from verifier import api
    from verifier.cli.inputs import Inputs, told_parameters
    from verifier.cli.output import explained, print_answer
    from verifier.cli.presentation import Clock, Presentation, check_all, parted
    from verifier.questions.prove import confine as answer
    from verifier.questions.question import ConfineQuestion
    from verifier.questions.worlds import show
    from verifier.report.text import CONFINE, verdict_text

    wanted = Presentation.of(form, output, explain=explain, verbose=verbose)
    check_all(everything, wanted)
    clock = Clock(timeout)
    named = _services([*(services or ()), *(to or ())])
    inputs = Inputs(max_size, strict, told_parameters(parameter))
    question = ConfineQuestion(inputs.policy(document), named, kind)
    inputs.warn(question)
    ask = api.ask_of(timeout, encoding, world, reading)
    verdict = answer(question, ask, show)
    api.write_scripts(question, ask, smtlib)
    why = explained(question, verdict, wanted, ask)
    regions = parted(question, clock, ask, limit, wanted) if everything else None
    print_answer(
        verdict,
        wanted,
        lambda style: verdict_text(verdict, style, CONFINE, why, regions=regions),
        fail_on,
        why,
        question,
        regions,
        inputs=inputs,
    )


def _services(given: list[str]) -> tuple[str, ...]:
    """Return the services of a call; names may have commas between. Raises UsageError where there is none."""
    from verifier.base.errors import UsageError

    if not given:
        raise UsageError("no service given", help="name those that are not blocked, as in `--to s3 --to dynamodb`")
    return tuple(name.strip() for each in given for name in each.split(","))
