"""What came of `check` and `changes`: as text, as a JSON answer, and as the results that every other report shows.

    checked_text, checked_answer, checked_results      of a check
    compared_text, compared_answer, compared_result    of one file, compared with its earlier version

    teams  FAILS  3 documents
      ESCAPES    policies/a.json:4:5  `iam:PassRole` on `*` is allowed, and not by the maximum
      accepted   policies/batch.json  ESCAPES: it is being replaced (until 2027-01-01)

What is accepted stays visible in every form, with the reason. A file that is new, gone or moved is shown as such: there
is one document, and nothing is made up for the other side.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from typing import Literal

from verifier.base.errors import InputError, PolicyWarning
from verifier.base.safe import plain_or_quoted, printable
from verifier.base.source import Source
from verifier.checks.compare import Compared, PathChange
from verifier.checks.outcome import Asked, Checked, Finding, Outcome, Status
from verifier.checks.outcome import FindingKind as Found
from verifier.clouds.cloud import Document
from verifier.logic.readings import USUAL_ONLY
from verifier.questions.verdict import Relation
from verifier.report.answer_part import AnswerPart
from verifier.report.answers import DifferenceAnswer, JsonAnswer, answer_of
from verifier.report.counterexample import RequestPart, request_part
from verifier.report.escaping import Escaping
from verifier.report.explanation_text import why_lines
from verifier.report.results import Result
from verifier.report.rules import SarifLevel
from verifier.report.style import Style
from verifier.report.text import difference_text, fit_lines, request_lines

_COLOURS = {Status.HOLDS: "good", Status.FAILS: "bad", Status.ERROR: "bad", Status.UNDECIDED: "unsure"}
_MOST = 10
_WIDTH = max(map(len, ("unreadable", "undecided", "different")))


class FindingPart(AnswerPart):
    """One thing that was found about a document; `suppressed` is the reason for which it is accepted.

    `fails` tells whether the rule lists its kind. A fingerprint stays as long as nothing changes that it depends on.
    """

    document: str
    verdict: Found
    message: str
    line: int | None = None
    column: int | None = None
    request: RequestPart | None = None
    fingerprint: str
    fails: bool
    suppressed: str | None = None


class RuleAnswer(AnswerPart):
    """What came of one rule; `documents` counts those that were asked about.

    A name that ends in ` at REVISION` is that of a rule as it was at the base; what has changed must pass it too.
    """

    name: str
    status: Literal["holds", "fails", "error", "undecided"]
    documents: int
    findings: list[FindingPart]


class CheckAnswer(AnswerPart):
    """The answer of `check`; `notes` are about the configuration, and each answer rests on some of `assumes`."""

    rules: list[RuleAnswer]
    base: str | None = None
    notes: list[str]
    assumes: list[str]


def checked_answer(checked: Checked) -> CheckAnswer:
    """Return the JSON answer."""
    return CheckAnswer(
        rules=list(map(_rule, checked.outcomes)),
        base=checked.base,
        notes=list(checked.notes),
        assumes=list(checked.assumes),
    )


def _rule(outcome: Outcome) -> RuleAnswer:
    findings = list(map(_finding, outcome.all_findings()))
    return RuleAnswer(name=outcome.rule, status=outcome.status.value, documents=len(outcome.asked), findings=findings)


def _finding(found: Finding) -> FindingPart:
    return FindingPart(
        document=found.document,
        verdict=found.kind,
        message=found.message,
        line=found.span.line if found.span else None,
        column=found.span.column if found.span else None,
        request=request_part(found.request) if found.request else None,
        fingerprint=found.fingerprint,
        fails=found.fails,
        suppressed=found.accepted,
    )


def checked_text(checked: Checked, style: Style) -> str:
    """Return all rules as lines, without a final line break."""
    lines = [line for outcome in checked.outcomes for line in _outcome(outcome, style)]
    lines += [f"{style.paint('note', 'unsure')}: {printable(note)}" for note in checked.notes]
    lines += [f"{style.paint('note', 'unsure')}: {USUAL_ONLY}"] if USUAL_ONLY in checked.assumes else []
    bad = sum(outcome.status is not Status.HOLDS for outcome in checked.outcomes)
    total = f"{_documents(checked.documents)} checked"
    since = f", compared with {printable(checked.base)}" if checked.base else ""
    said = f"{bad} of {len(checked.outcomes)} rules do not hold" if bad else "all rules hold"
    return "\n".join([*lines, "", f"{said}, {total}{since}"])


def _outcome(outcome: Outcome, style: Style) -> Iterator[str]:
    word = style.paint(outcome.status.value.upper(), _COLOURS[outcome.status])
    yield f"{style.paint(plain_or_quoted(outcome.rule), 'strong')}  {word}  {_documents(len(outcome.asked))}"
    if outcome.at is not None:
        yield f"  as it was at {printable(outcome.at)}: what has changed since must pass it too, so a change of the"
        yield "  rules, limits, exceptions or baseline comes first, by itself"
    found = sorted(outcome.all_findings(), key=lambda one: (not one.counts, one.accepted is not None))
    shown = found if style.verbose else found[:_MOST]
    yield from (_line(one, style) for one in shown)
    if len(found) > len(shown):
        yield f"  and {len(found) - len(shown):,} more; `-v` shows them"
        escaping = Escaping()
        for one in found:
            if one.counts and one.request is not None and one.accepted is None:
                escaping.add(one.request.action, one.document)
        yield from (f"  {line}" for line in escaping.lines(style))


def _documents(count: int) -> str:
    return f"{count:,} document{'' if count == 1 else 's'}"


def _line(found: Finding, style: Style) -> str:
    word = _word(found)
    place = f":{found.span.line}:{found.span.column}" if found.span else ""
    where = style.paint(f"{plain_or_quoted(found.document)}{place}", "place")
    if found.accepted is not None:
        head = style.paint("accepted".ljust(_WIDTH), "faint")
        return style.behind(f"  {head}  {where}", f"{word}: {printable(found.accepted)}", _WIDTH + 4)
    head = style.paint(f"{word if found.counts else word.lower():<{_WIDTH}}", "bad" if found.counts else "faint")
    return style.behind(f"  {head}  {where}", printable(found.message), _WIDTH + 4)


def _word(found: Finding) -> str:
    return "WARNING" if found.kind == "warnings" else found.kind.upper()


def checked_results(checked: Checked) -> list[Result]:
    """Return what reports show: a result a document and rule, and one for each rule that could not be asked."""
    return [result for outcome in checked.outcomes for result in _results(outcome)]


def _results(outcome: Outcome) -> Iterable[Result]:
    for document, error in outcome.errors:
        name = error.source.name if error.source else document
        file = name if error.source and error.source.file else None
        yield Result(name, f"rule {outcome.rule}", error, file=file, rule=outcome.rule)
    asked = [one for one in outcome.asked if one.findings or outcome.at is None]
    results = [_result(one, outcome.rule) for one in asked]
    if results and outcome.warnings:  # about what limits all documents: shown once, with the first
        first = results[0]
        fails = any(finding.counts for finding in outcome.findings)
        level: SarifLevel | None = "error" if fails else first.level
        results[0] = dataclasses.replace(first, warnings=(*first.warnings, *outcome.warnings), level=level)
    yield from results


def _warnings(document: Document) -> tuple[tuple[Source, PolicyWarning], ...]:
    return tuple((document.source, one) for one in document.cloud.warnings(document))


def _result(asked: Asked, rule: str) -> Result:
    warnings = _warnings(asked.policy) if asked.policy else ()
    accepted = next((one.accepted for one in asked.findings if one.accepted), None)
    counts = any(one.counts for one in asked.findings)
    level: SarifLevel | None = "error" if counts else "note" if asked.findings else None
    return Result(
        asked.document,
        asked.asked or f"rule {rule}",
        asked.answer,
        asked.why,
        warnings,
        file=asked.document,
        rule=rule,
        level=level,
        suppressed=None if counts else accepted,
    )


# A file that only denies gains by going, and loses by coming.
_VERBS = {
    (True, "gained"): "allows",
    (True, "lost"): "denies",
    (False, "gained"): "denied",
    (False, "lost"): "allowed",
}


def compared_result(found: Compared) -> Result:
    """Return what reports show of one file; its warnings are about the document as it is now."""
    warnings = tuple((found.new.source, warning) for warning in found.warnings) if found.new else ()
    return Result(found.path, asked_of(found), found.answer, found.why, warnings, file=found.path)


def asked_of(found: Compared) -> str:
    """Return what a file was compared with, in words."""
    match found.case:
        case PathChange.NEW:
            return f"new: there was no such file at {found.since}"
        case PathChange.GONE:
            return f"gone: it was there at {found.since}"
        case PathChange.MOVED:
            return f"moved: it was {found.moved_from} at {found.since}"
        case PathChange.CHANGED:
            return f"seen from {found.since}"


def compared_answer(found: Compared) -> JsonAnswer:
    """Return the JSON answer about one file."""
    answer = answer_of(found.answer, document=found.path, warnings=found.warnings)
    if found.case is PathChange.CHANGED or not isinstance(answer, DifferenceAnswer):
        return answer
    return answer.but(change=found.case.value, moved_from=found.moved_from)


def compared_text(found: Compared, style: Style) -> str:
    """Return what is said of one file below its name, as lines without a final line break."""
    if isinstance(found.answer, InputError):
        from verifier.report.diagnostics import error_text  # noqa: PLC0415 - only for a file that is broken

        return error_text(found.answer, style)
    if found.case in (PathChange.NEW, PathChange.GONE):
        return "\n".join(_alone(found, style))
    lines = [difference_text(found.answer, style, old="the earlier version", new="the new version", why=found.why)]
    if found.case is PathChange.MOVED:
        lines.insert(0, f"{style.paint('MOVED', 'strong')}  from {plain_or_quoted(found.moved_from or '')}")
    return "\n".join(lines)


def _alone(found: Compared, style: Style) -> list[str]:
    assert not isinstance(found.answer, InputError)
    came, answer = found.case is PathChange.NEW, found.answer
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
