"""`verifier simplify`: which parts of a document change nothing?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NoReturn

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
    Verbose,
)
from verifier.cli.write_option import WriteOption
from verifier.questions.ask import Encoding, Readings

if TYPE_CHECKING:
    from verifier.cli.inputs import Inputs
    from verifier.clouds.aws.policy.syntax import Policy
    from verifier.clouds.aws.policy.types import PolicyType
    from verifier.questions.ask import Ask

EXAMPLES = """\b
Examples:
  verifier simplify boundary.json
  verifier simplify boundary.json --diff
  verifier simplify boundary.json --write smaller.json --format json
  verifier simplify account.json --type scp
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
    verbose: Verbose = False,
) -> None:
    """Find statements, entries and values that change nothing.

    Each with the reason, and a smaller document, proved to allow the same and
    to deny explicitly the same, so that it may replace the document
    among others.
    Its size is counted as AWS counts it. A FILE with a list of documents, or
    several FILEs with commas between, is a level of SCPs or RCPs: statements
    may move between its documents, within AWS's sizes and numbers.

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
    policy, *others = inputs.level(document)
    if others:
        _level(
            (policy, *others),
            kind,
            ask_of(timeout, encoding, reading=reading),
            form,
            write,
            inputs,
            diff=diff,
            verbose=verbose,
        )
    inputs.warn_of(policy)
    found = answer(SimplifyQuestion(policy, kind), ask_of(timeout, encoding, reading=reading))
    codes = {Redundancy.IRREDUNDANT: ExitCode.YES, Redundancy.REDUNDANT: ExitCode.NO}
    code = codes.get(found.redundancy, ExitCode.UNDECIDED)
    print_edited(
        found, form, lambda style: simplified_text(found, style, patch=diff), write, code, inputs, verbose=verbose
    )


def _level(
    level: tuple[Policy, ...],
    kind: PolicyType | None,
    ask: Ask,
    form: Format,
    write: str | None,
    inputs: Inputs,
    *,
    diff: bool,
    verbose: bool,
) -> NoReturn:
    """Print what was found about a level, and end the command. Raises typer.Exit, UsageError and PolicyError."""
    from verifier.base.errors import UsageError
    from verifier.cli.commands import ExitCode
    from verifier.cli.write_option import print_edited
    from verifier.clouds.aws.policy.check import check_together
    from verifier.report.edited import level_text
    from verifier.simplification.level import simplify_level
    from verifier.simplification.simplified import Redundancy

    check_together(level, kind)
    if diff:
        raise UsageError("`--diff` is for one document", help="write the new documents with `--write FILE`")
    for policy in level:
        inputs.warn_of(policy)
    found = simplify_level(level, kind, ask)
    codes = {Redundancy.IRREDUNDANT: ExitCode.YES, Redundancy.REDUNDANT: ExitCode.NO}
    code = codes.get(found.redundancy, ExitCode.UNDECIDED)
    print_edited(found, form, lambda style: level_text(found, style), write, code, inputs, verbose=verbose)
