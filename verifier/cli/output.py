"""Printing one answer of a command, and its exit code.

    print_answer       prints an answer, and ends the command
    explained          the explanation of an answer, if the call shows it
    exit_code          the exit code of an answer (interface.md)
    print_undecided    prints `undecided`, in the form that was asked for, if a command ends before it has an answer

A limit that ends a command early leads to the same headline as one that is reached in its search.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import typer

from verifier.base.budget import answered
from verifier.base.safe import json_text
from verifier.cli.commands import ExitCode
from verifier.cli.options import FailOn, Format
from verifier.clouds.evaluation import Evaluation
from verifier.clouds.trace import Decision
from verifier.questions.verdict import (
    Contained,
    Difference,
    Escapes,
    Granted,
    Missing,
    NeedsVerdict,
    Relation,
    Undecided,
    Verdict,
)
from verifier.report.style import Style, style_of

if TYPE_CHECKING:
    from verifier.cli.inputs import Inputs
    from verifier.explanations.explain import Explained, ExplainedAnswer
    from verifier.explanations.explanation import Explanation
    from verifier.questions.ask import Ask
    from verifier.regions.region import Regions
    from verifier.repairs.repair import Repaired
    from verifier.report.results import Result


def print_answer(
    found: Verdict | NeedsVerdict | Difference | Evaluation,
    form: Format,
    as_text: Callable[[Style], str],
    fail_on: FailOn | None = None,
    why: Explanation | None = None,
    question: Explained | None = None,
    regions: Regions | None = None,
    *,
    inputs: Inputs,
    verbose: bool = False,
) -> None:
    """Print `found` as `form` says, in JSON with `why` and `regions`, if given, and end with its exit code.

    Raises typer.Exit.

    A report is about `question` too; the warnings about `inputs` stand in JSON and in reports, and are shown before.
    """
    if isinstance(found, Evaluation):
        _ = found.statements  # made when first asked for, which takes time: before nothing interrupts any more
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
        from verifier.cli.pager import show_text

        show_text(as_text(style_of(sys.stdout, verbose=verbose)))
        raise typer.Exit(inputs.code(exit_code(found, fail_on)))
    print(text)
    raise typer.Exit(inputs.code(exit_code(found, fail_on)))


def explained(
    question: Explained, answer: ExplainedAnswer, form: Format, ask: Ask, *, wanted: bool
) -> Explanation | None:
    """Return why `answer` is the answer to `question`, where the call shows it; `wanted` is `--explain`.

    Counterexamples are explained always but in JSON, as that costs nothing; anything else on `--explain`.
    """
    if not wanted and (form is Format.JSON or isinstance(answer, Contained | Granted)):
        return None
    from verifier.explanations.explain import explain

    return explain(question, answer, ask)


def _report(result: Result, question: Explained, form: Format) -> None:
    from verifier.questions.question import ConfineQuestion, DiffQuestion
    from verifier.report.results import Form, render, write_report

    command = {DiffQuestion: "diff", ConfineQuestion: "confine"}.get(type(question), "prove")
    write_report(render([result], Form(form.value), command), sys.stdout)


def exit_code(found: Verdict | NeedsVerdict | Difference | Evaluation, fail_on: FailOn | None = None) -> ExitCode:
    """Return what the process says of `found`; a vacuity that was not found out is undecided where it matters."""
    match found:
        case Contained(vacuous=True) | Granted(vacuous=True) | Difference(vacuous=True) if fail_on is FailOn.VACUOUS:
            return ExitCode.NO
        case Contained(vacuous=None) | Granted(vacuous=None) | Difference(vacuous=None) if fail_on is FailOn.VACUOUS:
            return ExitCode.UNDECIDED
        case Contained() | Granted() | Difference(relation=Relation.EQUIVALENT):
            return ExitCode.YES
        case Evaluation(decision=Decision.ALLOWED):
            return ExitCode.YES
        case Undecided() | Difference(relation=Relation.UNDECIDED):
            return ExitCode.UNDECIDED
        case Escapes() | Missing() | Difference() | Evaluation():
            return ExitCode.NO


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
    from verifier.report.answer_part import AnswerPart
    from verifier.report.answers import answer_of

    answer: AnswerPart
    if command == "repair":
        from verifier.report.edited_answers import repair_answer

        answer = repair_answer(_not_repaired(reason))
    else:
        answer = answer_of(_answer(command, reason))
    print(json_text(answer.as_json(), indent=2))


def _print_report(command: str, options: Mapping[str, Any], reason: str) -> None:
    from verifier.report.results import Form, Result, render, write_report

    match command:
        case "prove":
            names = [*(options["files"] or ()), *(options["policy"] or ())] or ["any identity policy"]
            within = options["maximum"] or options["at_most"]
            asked = f"all that is needed by {options['needs']}" if options["needs"] else f"within {within}"
        case "diff":
            names, asked = [options["new"]], f"seen from {options['old']}"
        case _:
            names, asked = (
                [options["document"]],
                f"confined to {', '.join([*(options['services'] or ()), *(options['to'] or ())])}",
            )
    file = names[0] if Path(names[0]).is_file() else None
    result = Result(", ".join(names), asked, _answer(command, reason), file=file)
    write_report(render([result], Form(options["form"].value), command), sys.stdout)


def _answer(command: str, reason: str) -> Undecided | Difference:
    return Difference(Relation.UNDECIDED, reason=reason) if command == "diff" else Undecided(reason)


def _not_repaired(reason: str) -> Repaired:
    from verifier.repairs.repair import Repaired, RepairOutcome

    return Repaired(RepairOutcome.NO_REPAIR, None, reason=reason)
