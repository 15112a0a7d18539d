"""Printing what `simplify` and `repair` found, and writing the new document where that is wanted."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, NoReturn, TypeAlias

import typer

from verifier.base.budget import answered
from verifier.base.safe import json_text
from verifier.cli.commands import ExitCode
from verifier.cli.options import Format
from verifier.report.style import Style, style_of

if TYPE_CHECKING:
    from verifier.cli.inputs import Inputs
    from verifier.repairs.repair import Repaired
    from verifier.report.answer_part import AnswerPart
    from verifier.simplification.level import SimplifiedLevel
    from verifier.simplification.simplified import Simplified

WriteOption: TypeAlias = Annotated[
    str | None, typer.Option("--write", metavar="FILE", help="Write the new document, if there is one, to this file.")
]


def print_edited(
    found: Simplified | SimplifiedLevel | Repaired,
    form: Format,
    as_text: Callable[[Style], str],
    write: str | None,
    code: ExitCode,
    inputs: Inputs,
    *,
    verbose: bool = False,
) -> NoReturn:
    """Print `found` as `form` says, after writing its document to the file `write`, and end with `code`.

    Raises typer.Exit, and UsageError for a file that cannot be written.
    """
    answered()
    if write is not None and _is_new(found):
        assert found.text is not None
        from verifier.base.files import write_text

        write_text(write, found.text)
    if form is Format.JSON:
        from verifier.report.diagnostic_answers import warning_parts

        answer = _answer(found).but(warnings=warning_parts(inputs.warnings))
        print(json_text(answer.as_json(), indent=2))
    else:
        print(as_text(style_of(sys.stdout, verbose=verbose)))
    raise typer.Exit(inputs.code(code))


def _answer(found: Simplified | SimplifiedLevel | Repaired) -> AnswerPart:
    from verifier.report.edited_answers import repair_answer, simplify_answer, simplify_level_answer
    from verifier.simplification.level import SimplifiedLevel
    from verifier.simplification.simplified import Simplified

    match found:
        case Simplified():
            return simplify_answer(found)
        case SimplifiedLevel():
            return simplify_level_answer(found)
        case _:
            return repair_answer(found)


def _is_new(found: Simplified | SimplifiedLevel | Repaired) -> bool:
    from verifier.simplification.level import SimplifiedLevel
    from verifier.simplification.simplified import Redundancy, Simplified

    if isinstance(found, Simplified | SimplifiedLevel):
        return found.redundancy is Redundancy.REDUNDANT
    return found.text is not None
