"""`verifier confine`."""

from __future__ import annotations

from typing import Annotated

import typer

from verifier.cli.options import (
    DEFAULT_MAX_SIZE,
    EncodingOption,
    FailOnOption,
    Format,
    FormatOption,
    MaxSize,
    Smtlib,
    Timeout,
)
from verifier.questions.limits import Encoding

EXAMPLES = """\b
Examples:
  verifier confine boundary.json --to s3 --to dynamodb
  verifier confine boundary.json --to s3 --format json
  verifier confine - --to s3 --fail-on vacuous < boundary.json
"""


def confine(  # noqa: PLR0917 - typer passes them by name
    document: Annotated[str, typer.Argument(metavar="FILE", help="The document.", show_default=False)],
    to: Annotated[
        list[str], typer.Option("--to", metavar="SERVICE", help="A service, as in `s3`; repeat it for several.")
    ],
    form: FormatOption = Format.TEXT,
    timeout: Timeout = 10.0,
    fail_on: FailOnOption = None,
    encoding: EncodingOption = Encoding.FAST,
    smtlib: Smtlib = None,
    max_size: MaxSize = DEFAULT_MAX_SIZE,
) -> None:
    """Prove that a document blocks every service but these.

    Otherwise show a request to another service that it allows.

    \b
    Exit codes: 0 confined, 1 escapes, 2 wrong input, 3 undecided.
    """
    from verifier import api
    from verifier.cli.inputs import Inputs
    from verifier.cli.output import print_answer
    from verifier.report.text import CONFINE, verdict_text

    policy = Inputs(max_size).policy(document)
    verdict = api.confine(policy, to, timeout=timeout, encoding=encoding, smtlib=smtlib)
    print_answer(verdict, form, lambda style: verdict_text(verdict, style, CONFINE), fail_on)
