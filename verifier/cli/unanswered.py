"""The answer of a command that ends before it has one: `undecided`, in the form that was asked for."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NoReturn

import typer

from verifier.base.safe import json_text
from verifier.cli.exit_codes import ExitCode
from verifier.cli.options import Format
from verifier.questions.verdict import Difference, Relation, Undecided

if TYPE_CHECKING:
    from verifier.repairs.repaired import Repaired


def print_undecided(command: str, options: Mapping[str, Any], reason: str) -> NoReturn:
    """Print that `command`, called with `options`, found nothing out, for `reason`. Raises typer.Exit.

    The text is the headline of the verdict that the command itself gives when the same limit is reached in a search.
    """
    match options["form"]:
        case Format.TEXT:
            _print_text(command, reason)
        case Format.JSON:
            _print_json(command, reason)
        case _:
            _print_report(command, options, reason)
    raise typer.Exit(ExitCode.UNDECIDED)


def _print_text(command: str, reason: str) -> None:
    from verifier.report.style import style_of

    style = style_of(sys.stdout)
    if command == "repair":
        from verifier.report.edited import repaired_text

        print(repaired_text(_not_repaired(reason), style))
    else:
        from verifier.report.text import verdict_text

        print(verdict_text(Undecided(reason), style))


def _print_json(command: str, reason: str) -> None:
    from verifier.report.answers import answer_of
    from verifier.report.model import Whole

    answer: Whole
    if command == "repair":
        from verifier.report.edited_answers import repair_answer

        answer = repair_answer(_not_repaired(reason))
    else:
        answer = answer_of(_answer(command, reason))
    print(json_text(answer.as_json(), indent=2))


def _print_report(command: str, options: Mapping[str, Any], reason: str) -> None:
    from verifier.report.render import Form, render, written
    from verifier.report.results import Result

    match command:
        case "prove":
            names, asked = options["policy"], f"within {options['maximum']}"
        case "diff":
            names, asked = [options["new"]], f"seen from {options['old']}"
        case _:
            names, asked = [options["document"]], f"confined to {', '.join(options['to'])}"
    file = None if names[0] == "-" else names[0]
    result = Result(", ".join(names), asked, _answer(command, reason), file=file)
    written(render([result], Form(options["form"].value), command), sys.stdout)


def _answer(command: str, reason: str) -> Undecided | Difference:
    return Difference(Relation.UNDECIDED, reason=reason) if command == "diff" else Undecided(reason)


def _not_repaired(reason: str) -> Repaired:
    from verifier.repairs.repaired import Repaired, RepairOutcome

    return Repaired(RepairOutcome.NO_REPAIR, None, reason=reason)
