"""Printing one answer, whether it is explained, and the exit code that goes with it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import typer

from verifier.base.deadline import answered
from verifier.base.safe import json_text
from verifier.cli.exit_codes import ExitCode
from verifier.cli.options import FailOn, Format
from verifier.clouds.evaluation import Evaluation
from verifier.clouds.trace import Decision
from verifier.questions.verdict import Contained, Difference, Escapes, Relation, Undecided, Verdict
from verifier.report.style import Style, style_of

if TYPE_CHECKING:
    from verifier.cli.inputs import Inputs
    from verifier.explanations.explain import Explained
    from verifier.explanations.explanation import Explanation
    from verifier.questions.ask import Ask
    from verifier.regions.region import Regions
    from verifier.report.results import Result


def print_answer(
    found: Verdict | Difference | Evaluation,
    form: Format,
    as_text: Callable[[Style], str],
    fail_on: FailOn | None = None,
    why: Explanation | None = None,
    question: Explained | None = None,
    regions: Regions | None = None,
    *,
    inputs: Inputs,
) -> None:
    """Print `found` as `form` says, in JSON with `why` and `regions`, if given, and end with its exit code.

    Raises typer.Exit.

    A report is about `question` too; the warnings about `inputs` stand in JSON and in reports, and are told of before.
    """
    answered()
    if form.reports:
        assert question is not None
        assert not isinstance(found, Evaluation)
        from verifier.report.results import Result

        _report(Result.of(question, found, why, regions, placed=inputs.warnings), question, form)
        raise typer.Exit(inputs.code(exit_code(found, fail_on)))
    if form is Format.JSON:
        from verifier.report.answers import answer_of

        text = json_text(answer_of(found, placed=inputs.warnings, why=why, regions=regions).as_json(), indent=2)
    else:
        text = as_text(style_of(sys.stdout))
    print(text)
    raise typer.Exit(inputs.code(exit_code(found, fail_on)))


def explained(
    question: Explained, answer: Verdict | Difference, form: Format, ask: Ask, *, wanted: bool
) -> Explanation | None:
    """Return why `answer` is the answer to `question`, where the call shows it; `wanted` is `--explain`.

    Counterexamples are explained always but in JSON, as that costs nothing; anything else on `--explain`.
    """
    if not wanted and (form is Format.JSON or isinstance(answer, Contained)):
        return None
    from verifier.explanations.explain import explain

    return explain(question, answer, ask)


def _report(result: Result, question: Explained, form: Format) -> None:
    from verifier.report.render import Form, render, written

    asked = type(question).__name__.removesuffix("Question").lower()
    written(render([result], Form(form.value), asked), sys.stdout)


def exit_code(found: Verdict | Difference | Evaluation, fail_on: FailOn | None = None) -> ExitCode:
    """Return what the process says of `found`; a vacuity that was not found out is undecided where it matters."""
    match found:
        case Contained(vacuous=True) | Difference(vacuous=True) if fail_on is FailOn.VACUOUS:
            return ExitCode.NO
        case Contained(vacuous=None) | Difference(vacuous=None) if fail_on is FailOn.VACUOUS:
            return ExitCode.UNDECIDED
        case Contained() | Difference(relation=Relation.EQUIVALENT) | Evaluation(decision=Decision.ALLOWED):
            return ExitCode.YES
        case Undecided() | Difference(relation=Relation.UNDECIDED):
            return ExitCode.UNDECIDED
        case Escapes() | Difference() | Evaluation():
            return ExitCode.NO
