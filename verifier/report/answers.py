"""The JSON answers (interface.md) as models: built from verdicts, written without the keys that do not apply.

    answer_of(verdict)  ->  JsonAnswer  -as_json->  dict
    schema()            -> the JSON schema of every answer

Pydantic makes the schema (`answer_part.py`), and is imported for that alone; `text.py` says the same to people.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, assert_never

from verifier.base.errors import InputError, PlacedWarning, PolicyWarning
from verifier.clouds.evaluation import Evaluation
from verifier.explanations.explanation import Explanation, WhyAllowed, WhyContained, WhyDifferent
from verifier.logic.request import Request
from verifier.questions.ask import World
from verifier.questions.read_id import JsonValue
from verifier.questions.verdict import (
    Contained,
    Difference,
    Escapes,
    Fit,
    Granted,
    Missing,
    NeedsVerdict,
    Relation,
    Undecided,
    Verdict,
)
from verifier.report.answer_part import AnswerPart
from verifier.report.counterexample import (
    HingingPart,
    LeaningPart,
    ReadingPart,
    RequestPart,
    fit_parts,
    hinging_parts,
    hinging_sides,
    request_part,
)
from verifier.report.diagnostic_answers import ErrorPart, WarningPart, error_part, warning_part, warning_parts
from verifier.report.explanation_answers import (
    ContainmentExplanation,
    RequestExplanation,
    explained_containment,
    explained_request,
)
from verifier.report.region_answers import RegionPart, region_keys

if TYPE_CHECKING:
    from verifier.regions.region import Regions


class _Answer(AnswerPart):
    """What all answers have in common: `id` of a line of `batch`, `document` of a sweep, and `warnings`."""

    id: Any = None
    document: str | None = None
    warnings: list[WarningPart] | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the answer as JSON values, without the keys that do not apply; regions and warnings come last."""
        found = super().as_json()
        for name in ("regions", "complete", "incomplete", "as_usual", "warnings"):
            if name in found:
                found[name] = found.pop(name)
        return found


class _Parted(_Answer):
    """An answer with the regions of the difference; `complete`: it is proved that nothing outside of them differs.

    Both are of the usual reading of AWS's guide; `as_usual` are the points that the documents touch.
    """

    regions: list[RegionPart] | None = None
    complete: bool | None = None
    incomplete: str | None = None
    as_usual: list[ReadingPart] | None = None


class VerdictAnswer(_Parted):
    """The answer of `prove` and `confine`.

    `realistic` tells whether AWS can make `request`; if not, `breaks` are the facts that it breaks, and
    `none_fits` tells whether it was proved that all such requests break some. `leans` is there where parts of the
    documents have no value yet, `world` where the question was narrowed. Where `reading` is there, `request` escapes
    only if AWS reads these points the other way: undecided.
    """

    verdict: Literal["contained", "escapes", "undecided"]
    vacuous: bool | None = None
    request: RequestPart | None = None
    realistic: bool | None = None
    breaks: list[str] | None = None
    none_fits: bool | None = None
    leans: list[LeaningPart] | None = None
    reading: list[ReadingPart] | None = None
    world: Literal["aws"] | None = None
    reason: str | None = None
    assumes: list[str]
    explanation: RequestExplanation | ContainmentExplanation | None = None


class NeedsAnswer(_Parted):
    """The answer of `prove --needs`: whether all that is needed is allowed.

    `stopped_by` names each level and document that does not let `request` through. The rest is as in `VerdictAnswer`.
    """

    verdict: Literal["granted", "missing"]
    vacuous: bool | None = None
    request: RequestPart | None = None
    stopped_by: list[str] | None = None
    realistic: bool | None = None
    breaks: list[str] | None = None
    none_fits: bool | None = None
    leans: list[LeaningPart] | None = None
    world: Literal["aws"] | None = None
    assumes: list[str]
    explanation: RequestExplanation | None = None


class SidePart(AnswerPart):
    """A request that only one of two documents allows; `realistic` and what follows as in `VerdictAnswer`.

    `where` is the situation in which only one does, where that is not always so.
    """

    request: RequestPart
    where: str | None = None
    realistic: bool
    breaks: list[str] | None = None
    none_fits: bool | None = None
    leans: list[LeaningPart] | None = None
    explanation: RequestExplanation | None = None


class DifferenceAnswer(_Parted):
    """The answer of `diff`, the second document seen from the first.

    `vacuous`: they are equivalent because neither allows anything, or, of two without any Allow, denies anything.
    `change` is there where `changes` has but one document to look at, or found it under another name (`moved_from`).
    """

    verdict: Literal["equivalent", "narrower", "wider", "incomparable", "different", "undecided"]
    vacuous: bool | None = None
    gained: SidePart | None = None
    lost: SidePart | None = None
    hinges: HingingPart | None = None
    denies: Literal["same", "different"] | None = None
    world: Literal["aws"] | None = None
    reason: str | None = None
    change: Literal["new", "moved", "gone"] | None = None
    moved_from: str | None = None
    assumes: list[str]


class FailurePart(AnswerPart):
    """An element of a statement that a request does not meet, and where it stands."""

    element: str
    reason: str
    line: int
    column: int


class StatementPart(AnswerPart):
    """What became of one statement."""

    document: str
    index: int
    sid: str | None = None
    effect: Literal["Allow", "Deny"]
    matched: bool
    failed: list[FailurePart]


class EvaluationAnswer(_Answer):
    """The answer of `evaluate`; `assumes` is there where AWS managed policies or presets take part."""

    decision: Literal["allowed", "implicit-deny", "explicit-deny"]
    by: tuple[str, ...] | None = None
    statements: list[StatementPart]
    assumes: list[str] | None = None


class ErrorAnswer(_Answer):
    """The answer to a line of `batch` that is not a question, or to a document of a sweep that is broken."""

    error: ErrorPart


class LeftOutAnswer(AnswerPart):
    """The last line of a sweep that left documents within files out: how many, by the type that `--type` takes.

    `uncertain` are lists of inline policies that only a `dynamic` block of Terraform could fill.
    """

    left_out: dict[str, int]


JsonAnswer: TypeAlias = VerdictAnswer | NeedsAnswer | DifferenceAnswer | EvaluationAnswer | ErrorAnswer


def answer_of(  # noqa: PLR0913 - an answer, and what goes with it
    found: Verdict | NeedsVerdict | Difference | Evaluation | InputError,
    id: JsonValue = None,
    line: int = 1,
    *,
    document: str | None = None,
    warnings: Iterable[PolicyWarning] = (),
    placed: Iterable[PlacedWarning] = (),
    why: Explanation | None = None,
    regions: Regions | None = None,
) -> JsonAnswer:
    """Return the answer that says `found`, and `why`, and all of it as `regions`, where those are given.

    For a line of a batch, `id` is that of the question and `line` is the number of the line. For a sweep, `document`
    names the document, and `warnings` are about it; `placed` are warnings about any document of a question.
    """
    about = [warning_part(each, line) for each in warnings] or warning_parts(placed, line)
    common: dict[str, Any] = {"id": id, "document": document, "warnings": about}
    if regions is not None:
        common |= region_keys(regions)
    match found:
        case Contained():
            explanation = explained_containment(why) if isinstance(why, WhyContained) else None
            return VerdictAnswer(
                verdict="contained",
                vacuous=found.vacuous,
                world=_world(found.world),
                assumes=list(found.assumes),
                explanation=explanation,
                **common,
            )
        case Escapes():
            return VerdictAnswer(
                verdict="escapes",
                vacuous=False,
                request=request_part(found.request),
                **fit_parts(found.fit),
                world=_world(found.world),
                assumes=list(found.assumes),
                explanation=explained_request(why) if isinstance(why, WhyAllowed) else None,
                **common,
            )
        case Granted() | Missing():
            return _needs_answer(found, why, common)
        case Undecided():
            return VerdictAnswer(
                verdict="undecided",
                world=_world(found.world),
                reason=found.reason,
                assumes=list(found.assumes),
                explanation=explained_request(why) if isinstance(why, WhyAllowed) else None,
                **(hinging_parts(found.hinges) if found.hinges else {}),
                **common,
            )
        case Difference():
            return _difference(found, why if isinstance(why, WhyDifferent) else WhyDifferent(), common)
        case Evaluation():
            return _evaluation(found, line, common)
        case InputError():
            return ErrorAnswer(error=error_part(found, line), **common)
    assert_never(found)


def _needs_answer(found: Granted | Missing, why: Explanation | None, common: dict[str, Any]) -> NeedsAnswer:
    if isinstance(found, Granted):
        how: dict[str, Any] = {"vacuous": found.vacuous}
    else:
        how = {
            "request": request_part(found.request),
            "stopped_by": list(found.stopped_by),
            **fit_parts(found.fit),
            "explanation": explained_request(why) if isinstance(why, WhyAllowed) else None,
        }
    assumes = list(found.assumes)
    word: Literal["granted", "missing"] = "granted" if isinstance(found, Granted) else "missing"
    return NeedsAnswer(verdict=word, world=_world(found.world), assumes=assumes, **how, **common)


def _difference(found: Difference, why: WhyDifferent, common: dict[str, Any]) -> DifferenceAnswer:
    return DifferenceAnswer(
        verdict=found.relation.value,
        vacuous=found.vacuous if found.relation is Relation.EQUIVALENT else None,
        gained=_side(found.gained, found.gained_fit, why.gained),
        lost=_side(found.lost, found.lost_fit, why.lost),
        hinges=hinging_sides(found),
        world=_world(found.world),
        denies=None if found.denies_same is None else "same" if found.denies_same else "different",
        reason=found.reason,
        assumes=list(found.assumes),
        **common,
    )


def _side(request: Request | None, fit: Fit, why: WhyAllowed | None) -> SidePart | None:
    if request is None:
        return None
    return SidePart(
        request=request_part(request), **fit_parts(fit), explanation=explained_request(why) if why else None
    )


def _world(world: World) -> Literal["aws"] | None:
    return "aws" if world is World.AWS else None


def _evaluation(found: Evaluation, line: int, common: dict[str, Any]) -> EvaluationAnswer:
    statements = [_statement(trace.as_json(), line - 1) for trace in found.statements]
    assumes = list(found.assumes) or None
    return EvaluationAnswer(
        decision=found.decision.value, by=found.by, statements=statements, assumes=assumes, **common
    )


def _statement(trace: dict[str, Any], lines: int) -> StatementPart:
    failed = [FailurePart(**each | {"line": each["line"] + lines}) for each in trace["failed"]]
    return StatementPart(**trace | {"failed": failed})
