"""The JSON answers (interface.md) as models: built from verdicts, written without the keys that do not apply.

    answer_of(verdict) -> Answer -as_json-> dict
    schema() -> the JSON schema of every answer

The only module that imports pydantic for answers; `text.py` says the same to people.
"""

from __future__ import annotations

from typing import Any, Literal, TypeAlias, assert_never

from pydantic import BaseModel, ConfigDict, TypeAdapter

from verifier.errors import InputError
from verifier.questions.verdict import Contained, Difference, Escapes, Undecided, Verdict
from verifier.semantics.evaluate import Evaluation
from verifier.semantics.request import Request


class _Answer(BaseModel):
    """What all answers have in common; `id` is that of a line of `batch`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Any = None

    def as_json(self) -> dict[str, Any]:
        """Return the answer as JSON values, without the keys that do not apply."""
        return self.model_dump(mode="json", exclude_none=True)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RequestPart(_Part):
    """A request; a key that is not in `context` is absent from it."""

    principal: str | None = None
    action: str
    resource: str
    context: dict[str, str | list[str]]


class VerdictAnswer(_Answer):
    """The answer of `prove` and `confine`."""

    verdict: Literal["contained", "escapes", "undecided"]
    vacuous: bool | None = None
    request: RequestPart | None = None
    reason: str | None = None
    assumes: list[str]


class SidePart(_Part):
    """A request that only one of two documents allows."""

    request: RequestPart


class DifferenceAnswer(_Answer):
    """The answer of `diff`, the second document seen from the first."""

    verdict: Literal["equivalent", "narrower", "wider", "incomparable", "undecided"]
    gained: SidePart | None = None
    lost: SidePart | None = None
    denies: Literal["same", "different"] | None = None
    reason: str | None = None
    assumes: list[str]


class FailurePart(_Part):
    """An element of a statement that a request does not meet, and where it stands."""

    element: str
    reason: str
    line: int
    column: int


class StatementPart(_Part):
    """What became of one statement."""

    document: str
    index: int
    sid: str | None = None
    effect: Literal["Allow", "Deny"]
    matched: bool
    failed: list[FailurePart]


class EvaluationAnswer(_Answer):
    """The answer of `evaluate`."""

    decision: Literal["allowed", "implicit-deny", "explicit-deny"]
    statements: list[StatementPart]


class ErrorPart(_Part):
    """What is wrong with a line of `batch`; `line` and `column` count within that line, as one text."""

    message: str
    line: int | None = None
    column: int | None = None
    mend: str | None = None


class ErrorAnswer(_Answer):
    """The answer to a line of `batch` that is no question."""

    error: ErrorPart


Answer: TypeAlias = VerdictAnswer | DifferenceAnswer | EvaluationAnswer | ErrorAnswer


def answer_of(found: Verdict | Difference | Evaluation | InputError, id: object = None) -> Answer:
    """Return the answer that says `found`; `id` is that of the question where it has one."""
    match found:
        case Contained():
            return VerdictAnswer(id=id, verdict="contained", vacuous=found.vacuous, assumes=list(found.assumes))
        case Escapes():
            return VerdictAnswer(
                id=id, verdict="escapes", vacuous=False, request=_request(found.request), assumes=list(found.assumes)
            )
        case Undecided():
            return VerdictAnswer(id=id, verdict="undecided", reason=found.reason, assumes=list(found.assumes))
        case Difference():
            return _difference(found, id)
        case Evaluation():
            return EvaluationAnswer.model_validate({"id": id, **found.as_json()})
        case InputError():
            return ErrorAnswer(id=id, error=_error(found))
    assert_never(found)


def schema() -> dict[str, Any]:
    """Return the JSON schema of every answer."""
    return TypeAdapter[Answer](Answer).json_schema()


def _request(request: Request) -> RequestPart:
    return RequestPart.model_validate(request.as_json())


def _difference(found: Difference, id: object) -> DifferenceAnswer:
    return DifferenceAnswer(
        id=id,
        verdict=found.relation.value,
        gained=SidePart(request=_request(found.gained)) if found.gained else None,
        lost=SidePart(request=_request(found.lost)) if found.lost else None,
        denies=None if found.denies_same is None else "same" if found.denies_same else "different",
        reason=found.reason,
        assumes=list(found.assumes),
    )


def _error(error: InputError) -> ErrorPart:
    line, column = (error.span.line, error.span.column) if error.span else (None, None)
    return ErrorPart(message=error.message, line=line, column=column, mend=error.mend or None)
