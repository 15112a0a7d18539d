"""Printing one answer of a command, and its exit code.

    print_answer       prints an answer, and ends the command
    explained          the explanation of an answer, if the call shows it
    exit_code          the exit code of an answer (interface.md)
    print_undecided    prints `undecided`, in the form that was asked for, if a command ends before it has an answer

A limit that ends a command early leads to the same headline as one that is reached in its search.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import typer

from verifier.base.budget import answered
from verifier.base.safe import json_text
from verifier.cli.commands import ExitCode
from verifier.cli.options import FailOn, Format
from verifier.cli.presentation import Presentation
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
    from verifier.cli.outputs import Output
    from verifier.explanations.explain import Explained, ExplainedAnswer
    from verifier.explanations.explanation import Explanation
    from verifier.questions.ask import Ask
    from verifier.regions.region import Regions
    from verifier.repairs.repair import Repaired
    from verifier.report.results import Result


def print_answer(
    found: Verdict | NeedsVerdict | Difference | Evaluation,
    wanted: Presentation,
    as_text: Callable[[Style], str],
    fail_on: FailOn | None = None,
    why: Explanation | None = None,
    question: Explained | None = None,
    regions: Regions | None = None,
    *,
    inputs: Inputs,
) -> None:
    """Write `found` to the files that are `wanted`, print it, and end with its exit code.

    In JSON it has `why`, where the call asks for that, and `regions`, if given. A report is about `question` too; the
    warnings about `inputs` stand in JSON and in reports, and are shown before. Raises typer.Exit, and UsageError where
    a file cannot be written.
    """
    if isinstance(found, Evaluation):
        _ = found.statements  # made when first asked for, which takes time: before nothing interrupts any more
    answered()

    def written(form: Format) -> str:
        if form.reports:
            assert question is not None
            assert not isinstance(found, Evaluation)
            from verifier.report.results import Result

            return _report(Result.of(question, found, why, regions, placed=inputs.warnings), _command(question), form)
        if form is Format.TEXT:
            return f"{as_text(Style(verbose=True))}\n"
        from verifier.report.answers import answer_of

        told = why if wanted.explain else None
        answer = answer_of(found, placed=inputs.warnings, why=told, regions=regions)
        return f"{json_text(answer.as_json(), indent=2)}\n"

    _write_outputs(wanted.outputs, written)
    if wanted.form is Format.TEXT:
        from verifier.cli.pager import show_text

        show_text(as_text(style_of(sys.stdout, verbose=wanted.verbose)))
    else:
        _print_whole(written(wanted.form), wanted.form)
    raise typer.Exit(inputs.code(exit_code(found, fail_on)))


def _write_outputs(outputs: Iterable[Output], written: Callable[[Format], str]) -> None:
    """Write to each of `outputs` what `written` returns in its format."""
    for one in outputs:
        from verifier.cli.outputs import write_file

        write_file(one.path, written(Format(one.format)), None)


def _print_whole(text: str, form: Format) -> None:
    if form.reports:
        from verifier.report.results import write_report

        write_report(text, sys.stdout)
    else:
        print(text, end="")


def explained(question: Explained, answer: ExplainedAnswer, wanted: Presentation, ask: Ask) -> Explanation | None:
    """Return why `answer` is the answer to `question`, where the call shows it.

    Counterexamples are explained always but in JSON, as that costs nothing; anything else on `--explain`.
    """
    shown = isinstance(answer, Contained | Granted) or all(form is Format.JSON for form in wanted.forms)
    if shown and not wanted.explain:
        return None
    from verifier.explanations.explain import explain

    return explain(question, answer, ask)


def _command(question: Explained) -> str:
    from verifier.questions.question import ConfineQuestion, DiffQuestion

    return {DiffQuestion: "diff", ConfineQuestion: "confine"}.get(type(question), "prove")


def _report(result: Result, command: str, form: Format) -> str:
    from verifier.cli.provenance import made_by_call
    from verifier.report.results import Form, render

    return render([result], Form(form.value), command, made=made_by_call)


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


# The commands whose reports are those of `report/results.py`; `delegate -o` writes others, and only with an answer.
_REPORTED = ("prove", "diff", "confine")


def print_undecided(command: str, options: Mapping[str, Any], reason: str) -> NoReturn:
    """Print that `command`, called with `options`, found nothing out, for `reason`. Raises typer.Exit.

    The text is the headline of the verdict that the command itself gives when the same limit is reached in a search.
    """
    wanted = Presentation.of(options["form"], options["output"] if command in _REPORTED else None)

    def written(form: Format) -> str:
        match form:
            case Format.TEXT:
                return _undecided_text(command, reason, Style())
            case Format.JSON:
                return _undecided_json(command, reason)
            case _:
                return _undecided_report(command, options, reason, form)

    _write_outputs(wanted.outputs, written)
    if wanted.form is Format.TEXT:
        print(_undecided_text(command, reason, style_of(sys.stdout)), end="")
    else:
        _print_whole(written(wanted.form), wanted.form)
    raise typer.Exit(ExitCode.UNDECIDED)


def _undecided_text(command: str, reason: str, style: Style) -> str:
    if command == "repair":
        from verifier.report.edited import repaired_text

        return f"{repaired_text(_not_repaired(reason), style)}\n"
    from verifier.report.text import verdict_text

    return f"{verdict_text(Undecided(reason), style)}\n"


def _undecided_json(command: str, reason: str) -> str:
    from verifier.report.answer_part import AnswerPart
    from verifier.report.answers import answer_of

    answer: AnswerPart
    if command == "repair":
        from verifier.report.edited_answers import repair_answer

        answer = repair_answer(_not_repaired(reason))
    else:
        answer = answer_of(_answer(command, reason))
    return f"{json_text(answer.as_json(), indent=2)}\n"


def _undecided_report(command: str, options: Mapping[str, Any], reason: str, form: Format) -> str:
    from verifier.report.results import Result

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
    return _report(result, command, form)


def _answer(command: str, reason: str) -> Undecided | Difference:
    return Difference(Relation.UNDECIDED, reason=reason) if command == "diff" else Undecided(reason)


def _not_repaired(reason: str) -> Repaired:
    from verifier.repairs.repair import Repaired, RepairOutcome

    return Repaired(RepairOutcome.NO_REPAIR, None, reason=reason)
