"""`verifier simplify`: which parts of a document change nothing?"""

from __future__ import annotations

from typing import Annotated

import typer

from verifier.cli.options import (
    DEFAULT_MAX_SIZE,
    EncodingOption,
    Format,
    FormatOption,
    MaxSize,
    Parameters,
    ReadingOption,
    Strict,
    Timeout,
    TypeOption,
)
from verifier.cli.write_option import WriteOption
from verifier.questions.ask import Encoding, Readings

EXAMPLES = """\b
Examples:
  verifier simplify boundary.json
  verifier simplify boundary.json --diff
  verifier simplify boundary.json --write smaller.json --format json
"""


def simplify(  # noqa: PLR0917 - typer passes them by name
    document: Annotated[str, typer.Argument(metavar="FILE", help="The document.", show_default=False)],
    diff: Annotated[bool, typer.Option("--diff", help="Also show the smaller document, as a unified diff.")] = False,
    write: WriteOption = None,
    kind: TypeOption = None,
    form: FormatOption = Format.TEXT,
    timeout: Timeout = 10.0,
    reading: ReadingOption = Readings.ALL,
    encoding: EncodingOption = Encoding.FAST,
    parameter: Parameters = None,
    max_size: MaxSize = DEFAULT_MAX_SIZE,
    strict: Strict = False,
) -> None:
    """Find statements, entries and values that change nothing.

    Each with the reason, and a smaller document, proved to allow the same and
    to deny explicitly the same, so that it may replace the document
    among others.
    Its size is counted as AWS counts it.

    \b
    Exit codes: 0 nothing found, 1 something found, 2 wrong input,
    3 undecided.
    """
    from verifier.api import ask_of
    from verifier.cli.commands import ExitCode
    from verifier.cli.inputs import Inputs, told_parameters
    from verifier.cli.write_option import print_edited
    from verifier.questions.question import SimplifyQuestion
    from verifier.report.edited import simplified_text
    from verifier.simplification.simplified import Redundancy
    from verifier.simplification.simplify import simplify as answer

    inputs = Inputs(max_size, strict, told_parameters(parameter))
    policy = inputs.policy(document)
    inputs.warn_of(policy)
    found = answer(SimplifyQuestion(policy, kind), ask_of(timeout, encoding, reading=reading))
    codes = {Redundancy.IRREDUNDANT: ExitCode.YES, Redundancy.REDUNDANT: ExitCode.NO}
    code = codes.get(found.redundancy, ExitCode.UNDECIDED)
    print_edited(found, form, lambda style: simplified_text(found, style, patch=diff), write, code, inputs)
