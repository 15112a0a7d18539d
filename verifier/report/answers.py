"""The JSON answers (interface.md) as models: built from verdicts, written without the keys that do not apply.

    answer_of(verdict)  ->  Answer  -as_json->  dict
    schema()            -> the JSON schema of every answer

The only module that imports pydantic for answers; `text.py` says the same to people.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, TypeAlias, assert_never

from pydantic import BaseModel, ConfigDict, TypeAdapter

from verifier.errors import InputError
from verifier.policy.syntax import Policy
from verifier.policy.syntax import Warning as PolicyWarning
from verifier.questions.question import JsonValue
from verifier.questions.verdict import Contained, Difference, Escapes, Undecided, Verdict
from verifier.semantics.evaluate import Evaluation
from verifier.semantics.request import Request


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class WarningPart(_Part):
    """Something in a document that is allowed but hardly meant."""

    message: str
    line: int
    column: int


class _Answer(BaseModel):
    """What all answers have in common: `id` of a line of `batch`, `document` of a sweep, `warnings` of both."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    id: Any = None
    document: str | None = None
    warnings: list[WarningPart] | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the answer as JSON values, without the keys that do not apply; the warnings come last."""
        found = self.model_dump(mode="json", exclude_none=True)
        if "warnings" in found:
            found["warnings"] = found.pop("warnings")
        return found


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
    """What is wrong with a line of `batch` or a document of a sweep; `column` counts within the line."""

    message: str
    line: int | None = None
    column: int | None = None
    mend: str | None = None


class ErrorAnswer(_Answer):
    """The answer to a line of `batch` that is no question, or to a document of a sweep that is broken."""

    error: ErrorPart


Answer: TypeAlias = VerdictAnswer | DifferenceAnswer | EvaluationAnswer | ErrorAnswer


def answer_of(
    found: Verdict | Difference | Evaluation | InputError,
    id: JsonValue = None,
    line: int = 1,
    policies: Iterable[Policy] = (),
    *,
    document: str | None = None,
    warnings: Iterable[PolicyWarning] = (),
) -> Answer:
    """Return the answer that says `found`.

    For a line of a batch, `id` is that of the question, `line` is the number of the line, and the warnings about
    `policies` join the answer. For a sweep, `document` names the document, and `warnings` are about it.
    """
    about = (*warnings, *(warning for policy in policies for warning in policy.warnings))
    common: dict[str, Any] = {"id": id, "document": document, "warnings": _warnings(about, line)}
    match found:
        case Contained():
            return VerdictAnswer(verdict="contained", vacuous=found.vacuous, assumes=list(found.assumes), **common)
        case Escapes():
            request = _request(found.request)
            return VerdictAnswer(
                verdict="escapes", vacuous=False, request=request, assumes=list(found.assumes), **common
            )
        case Undecided():
            return VerdictAnswer(verdict="undecided", reason=found.reason, assumes=list(found.assumes), **common)
        case Difference():
            return _difference(found, common)
        case Evaluation():
            return _evaluation(found, line, common)
        case InputError():
            return ErrorAnswer(error=_error(found, line), **common)
    assert_never(found)


def schema() -> dict[str, Any]:
    """Return the JSON schema of every answer."""
    return TypeAdapter[Answer](Answer).json_schema()


def _request(request: Request) -> RequestPart:
    return RequestPart.model_validate(request.as_json())


def _difference(found: Difference, common: dict[str, Any]) -> DifferenceAnswer:
    return DifferenceAnswer(
        verdict=found.relation.value,
        gained=SidePart(request=_request(found.gained)) if found.gained else None,
        lost=SidePart(request=_request(found.lost)) if found.lost else None,
        denies=None if found.denies_same is None else "same" if found.denies_same else "different",
        reason=found.reason,
        assumes=list(found.assumes),
        **common,
    )


def _evaluation(found: Evaluation, line: int, common: dict[str, Any]) -> EvaluationAnswer:
    statements = [StatementPart.model_validate(trace.as_json()) for trace in found.statements]
    if line > 1:
        statements = [_moved(statement, line - 1) for statement in statements]
    return EvaluationAnswer(decision=found.decision.value, statements=statements, **common)


def _moved(statement: StatementPart, lines: int) -> StatementPart:
    failed = [failure.model_copy(update={"line": failure.line + lines}) for failure in statement.failed]
    return statement.model_copy(update={"failed": failed})


def _error(error: InputError, line: int) -> ErrorPart:
    place = (error.span.line + line - 1, error.span.column) if error.span else (None, None)
    return ErrorPart(message=error.message, line=place[0], column=place[1], mend=error.mend or None)


def _warnings(warnings: Iterable[PolicyWarning], line: int) -> list[WarningPart] | None:
    parts = [
        WarningPart(message=each.message, line=each.span.line + line - 1, column=each.span.column) for each in warnings
    ]
    return parts or None
