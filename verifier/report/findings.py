"""What there is to look at in a result, each at its place in a source.

    Diagnostic    one thing that somebody should look at: what `sarif.py` lists
    findings      the diagnostics of a result

Guarantees: an answer that is good and has no warnings has no findings; every place of a finding is one in a document
that was read. What a finding says comes from the explanation, that is from the evaluator.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import assert_never

from verifier.base.dataclass import dataclass
from verifier.base.errors import InputError, Severity
from verifier.base.source import Source, Span
from verifier.explanations.explanation import Cited, LevelTrace, Ruling, WhyAllowed, WhyDifferent
from verifier.logic.request import Request
from verifier.questions.verdict import Contained, Difference, Escapes, Granted, Hinges, Missing, Undecided
from verifier.report.results import Result
from verifier.report.rules import CheckRule, FindingRule, SarifLevel

# How grave a warning is, in SARIF's words.
_LEVELS: dict[Severity, SarifLevel] = {Severity.NOTE: "note", Severity.WARNING: "warning", Severity.SERIOUS: "error"}


@dataclass(frozen=True)
class LabelledSpan:
    """A stretch of a source, and what is said of it."""

    source: Source
    span: Span
    message: str


@dataclass(frozen=True)
class Diagnostic:
    """Something to look at; `place` is None where no source was read, `about` the request that shows it.

    `file` is the path of the document, None where it is not a file; `of` names the rule of a configuration.
    """

    rule: FindingRule | CheckRule
    document: str
    message: str
    place: LabelledSpan | None = None
    others: tuple[LabelledSpan, ...] = ()
    about: Request | None = None
    file: str | None = None
    level: SarifLevel | None = None
    of: str | None = None
    suppressed: str | None = None


def findings(result: Result) -> Iterator[Diagnostic]:
    """Yield what there is to look at in `result`, the answer first."""
    for finding in _of_answer(result):
        yield replace(
            finding,
            file=finding.file or result.file,
            level=result.level,
            of=result.rule,
            suppressed=result.suppressed,
        )
    for source, warning in result.warnings:
        place = None if source.stand_in else LabelledSpan(source, warning.span, warning.message)
        level = _LEVELS[warning.severity]
        yield Diagnostic(
            FindingRule.DOUBTFUL, source.name, warning.message, place, file=_file(source), level=level, of=result.rule
        )


def _file(source: Source | None) -> str | None:
    return source.name if source and source.file else None


def _of_answer(result: Result) -> Iterator[Diagnostic]:
    match result.answer:
        case Escapes(request=request):
            why = result.why if isinstance(result.why, WhyAllowed) else None
            yield _counterexample(FindingRule.ESCAPES, result, request, why)
        case Missing() as missing:
            yield _missing(result, missing)
        case Difference() as difference:
            yield from _of_difference(result, difference)
        case Undecided(reason=reason, hinges=hinges):
            message = f"{result.asked}: undecided, {reason}"
            yield (
                _hinging(result, message, hinges)
                if hinges
                else Diagnostic(FindingRule.UNDECIDED, result.document, message)
            )
        case Contained(vacuous=True):
            yield Diagnostic(
                FindingRule.VACUOUS, result.document, f"{result.asked}: only because nothing at all is allowed"
            )
        case Granted(vacuous=True):
            yield Diagnostic(FindingRule.VACUOUS, result.document, f"{result.asked}: nothing at all is needed")
        case Contained() | Granted():
            pass
        case InputError() as error:
            yield _broken(result.document, error)
        case _:
            assert_never(result.answer)


def _hinging(result: Result, message: str, hinges: Hinges) -> Diagnostic:
    """Return the finding of an answer that depends on a reading, at the statement that would allow the request."""
    why = result.why if isinstance(result.why, WhyAllowed) else None
    found = _counterexample(FindingRule.UNDECIDED, result, hinges.request, why)
    readings = "; ".join(f"rule {point.rule}: {point.usual}, or {point.other}" for point in hinges.points)
    what = f"`{hinges.request.action}` on `{hinges.request.resource}`"
    return replace(found, message=f"{message}: {what} ({readings})")


def _of_difference(result: Result, difference: Difference) -> Iterator[Diagnostic]:
    why = result.why if isinstance(result.why, WhyDifferent) else WhyDifferent()
    if difference.gained:
        yield _counterexample(FindingRule.GAINED, result, difference.gained, why.gained)
    if difference.lost:
        yield _counterexample(FindingRule.LOST, result, difference.lost, why.lost)
    if difference.vacuous:
        verb = "denies" if difference.only_deny else "allows"
        yield Diagnostic(
            FindingRule.VACUOUS, result.document, f"{result.asked}: equivalent only because neither {verb} anything"
        )
    if difference.reason:
        yield Diagnostic(
            FindingRule.UNDECIDED, result.document, f"{result.asked}: not wholly decided, {difference.reason}"
        )


def _broken(document: str, error: InputError) -> Diagnostic:
    message = f"{error.message}; {error.help}" if error.help else error.message
    place = LabelledSpan(error.source, error.span, message) if error.source and error.span else None
    name = error.source.name if error.source else document
    return Diagnostic(FindingRule.BROKEN, name, message, place, file=_file(error.source))


def _counterexample(rule: FindingRule, result: Result, request: Request, why: WhyAllowed | None) -> Diagnostic:
    what = f"`{request.action}` on `{request.resource}`"
    decided = [(part.ruling, place) for part in why.parts for place in _places(part)] if why else []
    places = [place for _, place in decided]
    allowing = next((place for ruling, place in decided if ruling is Ruling.ALLOWED), None)
    refusing = [place.message for place in places[-1:] if place is not allowing]
    message = "; ".join([f"{rule.meaning[:-1]}: {what}", *refusing])
    others = tuple(place for place in places if place is not allowing)
    document = allowing.source.name if allowing else result.document
    return Diagnostic(rule, document, message, allowing, others, request, _file(allowing.source if allowing else None))


def _missing(result: Result, missing: Missing) -> Diagnostic:
    """Return the finding at the statement that stops the request, or comes nearest to allowing it."""
    parts = result.why.parts if isinstance(result.why, WhyAllowed) else ()
    stops = [place for part in parts if part.name in missing.stopped_by for place in _places(part)]
    others = [place for part in parts if part.name not in missing.stopped_by for place in _places(part)]
    what = f"`{missing.request.action}` on `{missing.request.resource}`"
    message = f"{FindingRule.MISSING.meaning[:-1]}: {what}; stopped by {', '.join(missing.stopped_by)}"
    place = next(iter(stops), None)
    document = place.source.name if place else result.document
    about = (missing.request, _file(place.source if place else None))
    return Diagnostic(FindingRule.MISSING, document, message, place, (*stops[1:], *others), *about)


def _places(part: LevelTrace) -> Iterator[LabelledSpan]:
    """Yield the places by which a level decides: those of the statements it cites."""
    verb = {
        Ruling.ALLOWED: "allows it",
        Ruling.EXPLICIT_DENY: "denies it",
        Ruling.IMPLICIT_DENY: "does not allow it",
        Ruling.NOT_DENIED: "does not deny it",
    }[part.ruling]
    for cited in part.statements:
        yield LabelledSpan(cited.source, _guilty(cited), f"{verb}: {cited.document}, {cited.name}{_reasons(cited)}")


def _guilty(cited: Cited) -> Span:
    """The entry that matches or fails, or the statement."""
    return cited.pieces[0].span if cited.pieces else cited.statement.span


def _reasons(cited: Cited) -> str:
    failed = [f"{piece.element}: {piece.reason}" for piece in cited.pieces if not piece.met]
    return f" ({'; '.join(failed)})" if failed else ""
