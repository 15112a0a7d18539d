"""What reports are about: a question, its answer and why, as one `Result`; its findings; and the reports as text.

    Result        one question with its answer: what `markdown.py`, `html.py` and `junit.py` show
    Diagnostic    one thing that somebody should look at, at its place in a source: what `sarif.py` lists
    findings      the diagnostics of a result
    render        results in the form that another program reads: SARIF, JUnit XML, Markdown or HTML
    write_report  writes a report as UTF-8, whatever the encoding of the terminal: HTML and XML say that they are

Guarantees: an answer that is good and has no warnings has no findings; every place of a finding is one in a document
that was read. What a finding says comes from the explanation, that is from the evaluator.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TextIO, TypeAlias, assert_never

from verifier.base.dataclass import dataclass
from verifier.base.errors import InputError, PlacedWarning, PolicyWarning, Severity
from verifier.base.safe import json_text
from verifier.base.source import Source, Span
from verifier.clouds.cloud import Document
from verifier.explanations.explain import Explained
from verifier.explanations.explanation import Cited, Explanation, LevelTrace, Ruling, WhyAllowed, WhyDifferent
from verifier.logic.request import Request
from verifier.questions.question import ConfineQuestion, DiffQuestion, ProveQuestion, Standard
from verifier.questions.verdict import Contained, Difference, Escapes, Hinges, Relation, Undecided, Verdict
from verifier.regions.region import Regions
from verifier.report.rules import FindingRule, SarifLevel
from verifier.version import VERSION

# How grave a warning is, in SARIF's words.
_LEVELS: dict[Severity, SarifLevel] = {Severity.NOTE: "note", Severity.WARNING: "warning", Severity.SERIOUS: "error"}

ReportedAnswer: TypeAlias = Verdict | Difference | InputError


@dataclass(frozen=True)
class Result:
    """A question and its answer.

    `document` is what the question is about, `asked` the question in words; `why` and `regions` are given where they
    were worked out, and `warnings` are about the documents that were read for it.

    `file` is the path that a finding is laid to which has no place of its own; None where the document is not a file.
    Where the question comes from a configuration, `rule` names its rule there, `level` is what its answer weighs, if
    not what its kind does, and `suppressed` is the reason for which it is accepted.
    """

    document: str
    asked: str
    answer: ReportedAnswer
    why: Explanation | None = None
    warnings: tuple[tuple[Source, PolicyWarning], ...] = ()
    regions: Regions | None = None
    file: str | None = None
    rule: str | None = None
    level: SarifLevel | None = None
    suppressed: str | None = None

    @staticmethod
    def of(
        question: Explained | Standard,
        answer: ReportedAnswer,
        why: Explanation | None = None,
        regions: Regions | None = None,
        *,
        placed: Iterable[PlacedWarning],
    ) -> Result:
        """Return the result of `question`, with the warnings about its documents, `placed`."""
        about, asked, policies = _in_words(question)
        warnings = tuple((one.source, one.warning) for one in placed)
        first = policies[0].source
        return Result(about, asked, answer, why, warnings, regions, first.name if first.file else None)

    @property
    def word(self) -> str:
        """The answer in a word: a verdict, a relation, or `error`."""
        match self.answer:
            case Contained(vacuous=True):
                return "vacuous"
            case Contained() | Escapes() | Undecided():
                return self.answer.word
            case Difference(relation=relation):
                return relation.value
            case InputError():
                return "error"
        assert_never(self.answer)

    @property
    def good(self) -> bool | None:
        """Whether the answer is the one that was hoped for, or is accepted; None where it is doubtful, or none."""
        if self.suppressed is not None:
            return True
        if self.level is not None and not isinstance(self.answer, Undecided | InputError):
            return self.level != "error"
        match self.answer:
            case Contained(vacuous=vacuous):
                return None if vacuous else True
            case Difference(vacuous=True):
                return None
            case Difference(relation=relation):
                return None if relation is Relation.UNDECIDED else relation is Relation.EQUIVALENT
            case Undecided():
                return None
            case Escapes() | InputError():
                return False
        assert_never(self.answer)


def _in_words(question: Explained | Standard) -> tuple[str, str, tuple[Document, ...]]:
    """Return what the question is about, what is asked of it, and its documents."""
    match question:
        case ProveQuestion() | Standard():
            policies = tuple(question.documents.policies)
            others = tuple(one for levels in question.documents.beside().values() for level in levels for one in level)
            under = f"under {_names(others)}, " if others else ""
            asked = f"{under}within {question.maximum.source.name}"
            return _names(policies), asked, (*policies, *others, question.maximum)
        case ConfineQuestion(document=document, services=services):
            return document.source.name, f"confined to {', '.join(services)}", (document,)
        case DiffQuestion(old=old, new=new):
            return new.source.name, f"seen from {old.source.name}", (new, old)
    assert_never(question)


def _names(policies: Iterable[Document]) -> str:
    return ", ".join(dict.fromkeys(policy.source.name for policy in policies))


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

    rule: FindingRule
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
        case Contained():
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


class Form(enum.Enum):
    """Who reads it: code scanning, a person, a CI, a pull request."""

    SARIF = "sarif"
    HTML = "html"
    JUNIT = "junit"
    MARKDOWN = "markdown"


def render(results: Iterable[Result], form: Form, question: str, root: Path | None = None) -> str:
    """Return `results` in `form`, ended by a line break; none at all are a whole report too.

    `question` names the command that was asked. `root` is the folder of the repository, which the addresses of SARIF
    are relative to; the working directory unless given.
    """
    match form:
        case Form.SARIF:
            from verifier.report.sarif import sarif  # noqa: PLC0415  # each form only where it is asked for

            return json_text(sarif(results, VERSION, root), indent=2) + "\n"
        case Form.HTML:
            from verifier.report.html import page  # noqa: PLC0415  # as above

            return page(results, VERSION)
        case Form.JUNIT:
            from verifier.report.junit import junit  # noqa: PLC0415  # as above

            return junit(results, question)
        case Form.MARKDOWN:
            from verifier.report.markdown import markdown  # noqa: PLC0415  # as above

            return markdown(results, f"verifier {question}")
    assert_never(form)


def write_report(text: str, stream: TextIO) -> None:
    """Write the report `text` to `stream` in UTF-8, whatever the encoding of `stream` is."""
    stream.flush()
    raw = getattr(stream, "buffer", None)
    if raw is None:
        stream.write(text)
    else:
        raw.write(text.encode("utf-8", "backslashreplace"))
        raw.flush()
