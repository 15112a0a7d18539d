"""Printing one answer, and the exit code that goes with it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable

import typer

from verifier.cli.codes import ExitCode
from verifier.cli.options import FailOn, Format
from verifier.questions.verdict import Contained, Difference, Escapes, Relation, Undecided, Verdict
from verifier.report.style import Style, style_of
from verifier.semantics.evaluate import Decision, Evaluation


def print_answer(
    found: Verdict | Difference | Evaluation,
    form: Format,
    as_text: Callable[[Style], str],
    fail_on: FailOn | None = None,
) -> None:
    """Print `found` as `form` says, and end with its exit code. Raises typer.Exit."""
    if form is Format.JSON:
        from verifier.report.answers import answer_of

        text = json.dumps(answer_of(found).as_json(), indent=2)
    else:
        text = as_text(style_of(sys.stdout))
    print(text)
    raise typer.Exit(exit_code(found, fail_on))


def exit_code(found: Verdict | Difference | Evaluation, fail_on: FailOn | None = None) -> ExitCode:
    """Return what the process says of `found`; a vacuity that was not found out is undecided where it matters."""
    match found:
        case Contained(vacuous=True) if fail_on is FailOn.VACUOUS:
            return ExitCode.NO
        case Contained(vacuous=None) if fail_on is FailOn.VACUOUS:
            return ExitCode.UNDECIDED
        case Contained() | Difference(relation=Relation.EQUIVALENT) | Evaluation(decision=Decision.ALLOWED):
            return ExitCode.YES
        case Undecided() | Difference(relation=Relation.UNDECIDED):
            return ExitCode.UNDECIDED
        case Escapes() | Difference() | Evaluation():
            return ExitCode.NO
