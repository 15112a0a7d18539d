"""What became of files that were compared with their earlier versions: as text, as a JSON answer, as a result.

A file that is new, gone or moved is told as such: there is one document, and none is made up for the other side.
"""

from __future__ import annotations

from verifier.base.errors import InputError
from verifier.base.safe import printable, shown
from verifier.base.warning import PolicyWarning
from verifier.checks.compare import Case, Compared
from verifier.questions.verdict import Relation
from verifier.report.answers import Answer, DifferenceAnswer, answer_of
from verifier.report.explanation_text import why_lines
from verifier.report.results import Result
from verifier.report.style import Style
from verifier.report.text import difference_text, fit_lines, request_lines

# A file that only denies gains by going, and loses by coming.
_VERBS = {
    (True, "gained"): "allows",
    (True, "lost"): "denies",
    (False, "gained"): "denied",
    (False, "lost"): "allowed",
}


def compared_result(found: Compared) -> Result:
    """Return what reports show of one file; its warnings are about the document as it is now."""
    warnings = tuple((found.new.source, warning) for warning in warnings_of(found)) if found.new else ()
    return Result(found.path, asked_of(found), found.answer, found.why, warnings, file=found.path)


def warnings_of(found: Compared) -> tuple[PolicyWarning, ...]:
    """Return the warnings about the document as it is now."""
    return found.warnings


def asked_of(found: Compared) -> str:
    """Return what a file was compared with, in words."""
    match found.case:
        case Case.NEW:
            return f"new: there was no such file at {found.since}"
        case Case.GONE:
            return f"gone: it was there at {found.since}"
        case Case.MOVED:
            return f"moved: it was {found.moved_from} at {found.since}"
        case Case.CHANGED:
            return f"seen from {found.since}"


def compared_answer(found: Compared) -> Answer:
    """Return the JSON answer about one file."""
    answer = answer_of(found.answer, document=found.path, warnings=warnings_of(found))
    if found.case is Case.CHANGED or not isinstance(answer, DifferenceAnswer):
        return answer
    return answer.model_copy(update={"change": found.case.value, "moved_from": found.moved_from})


def compared_text(found: Compared, style: Style) -> str:
    """Return what is said of one file below its name, as lines without a final line break."""
    if isinstance(found.answer, InputError):
        from verifier.report.diagnostics import error_text  # noqa: PLC0415 - only for a file that is broken

        return error_text(found.answer, style)
    if found.case in (Case.NEW, Case.GONE):
        return "\n".join(_alone(found, style))
    lines = [difference_text(found.answer, style, old="the earlier version", new="the new version", why=found.why)]
    if found.case is Case.MOVED:
        lines.insert(0, f"{style.paint('MOVED', 'strong')}  from {shown(found.moved_from or '')}")
    return "\n".join(lines)


def _alone(found: Compared, style: Style) -> list[str]:
    assert not isinstance(found.answer, InputError)
    came, answer = found.case is Case.NEW, found.answer
    head = f"{style.paint('NEW' if came else 'GONE', 'unsure')}  "
    head += f"{'there was no such file' if came else 'the file was there'} at {printable(found.since)}"
    lines = [head]
    if answer.relation is Relation.EQUIVALENT:
        lines += ["", "nothing at all is allowed by it"]
    elif answer.relation is Relation.UNDECIDED:
        lines += ["", f"{style.paint('UNDECIDED', 'unsure')}  {printable(answer.reason or '')}"]
    for name, request, fit, why in (
        ("gained", answer.gained, answer.gained_fit, found.why and found.why.gained),
        ("lost", answer.lost, answer.lost_fit, found.why and found.why.lost),
    ):
        if request:
            verb = _VERBS[came, name]
            title = f"{style.paint(name, 'strong')}: the file {verb} this request"
            lines += ["", title, "", *request_lines(request, style), *fit_lines(fit, style)]
            lines += ["", *why_lines(why, style)] if why else []
    if answer.assumes:
        folded = (style.fold(printable(text), 2) for text in answer.assumes)
        lines += ["", style.paint("assuming", "strong"), *(f"  {style.paint(text, 'faint')}" for text in folded)]
    return lines
