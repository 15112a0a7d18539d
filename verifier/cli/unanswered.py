"""The answer of a command that ends before it has one: `undecided`, in the form that was asked for."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

import typer

from verifier.base.safe import json_text
from verifier.cli.exit_codes import ExitCode
from verifier.cli.options import Format
from verifier.questions.verdict import Difference, Relation, Undecided


def print_undecided(command: str, options: Mapping[str, Any], reason: str) -> None:
    """Print that `command`, called with `options`, found nothing out, for `reason`; as a text that is left to others.

    Raises typer.Exit where it is printed.
    """
    form = options["form"]
    if form is Format.TEXT:
        return
    print_ = _print_json if form is Format.JSON else _print_report
    print_(command, options, reason)
    raise typer.Exit(ExitCode.UNDECIDED)


def _print_json(command: str, _: Mapping[str, Any], reason: str) -> None:
    from verifier.report.answers import answer_of
    from verifier.report.model import Whole

    answer: Whole
    if command == "repair":
        from verifier.repairs.repaired import Repaired, RepairOutcome
        from verifier.report.edited_answers import repair_answer

        answer = repair_answer(Repaired(RepairOutcome.NO_REPAIR, None, reason=reason))
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
