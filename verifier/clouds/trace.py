"""What an evaluator says of one request, piece by piece: the decision, what fails, what is met. Plain values.

Reasons are whole phrases in lower case with the request's and the user's text in backticks, so that an explanation can
quote them.
"""

from __future__ import annotations

import enum

from verifier.base.dataclass import dataclass
from verifier.base.safe import printable
from verifier.base.source import HasSpan, Span


class Decision(enum.Enum):
    """What happens to a request."""

    ALLOWED = "allowed"
    IMPLICIT_DENY = "implicit-deny"
    EXPLICIT_DENY = "explicit-deny"


class Nearness(enum.Enum):
    """How near a statement is to a request, by its actions alone: the values order them, the nearest first."""

    ACTION = 0
    """The action matches."""
    EXCEPTED = 1
    """It names the action, but only to except it."""
    SERVICE = 2
    """It names the action's service."""
    OTHER = 3
    """It names other services."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An element that a request does not meet: its name (a condition's is operator and key), why, and its place.

    `exception`: somebody wrote it to except such requests, not to name others.
    """

    element: str
    reason: str
    place: HasSpan
    exception: bool = False

    @property
    def span(self) -> Span:
        """Where it stands: found when it is asked for."""
        return self.place.span

    def __str__(self) -> str:
        return printable(f"`{self.element}`: {self.reason}")

    def as_json(self) -> dict[str, object]:
        """Return the failure as interface.md writes it."""
        span = self.span
        return {"element": self.element, "reason": self.reason, "line": span.line, "column": span.column}


@dataclass(frozen=True, slots=True)
class ElementTrace:
    """An element of a statement, or an entry of one, that a request meets or fails.

    `element` is `Action`, `NotResource`, ..., or operator and key of a condition. `reason` is a phrase in lower case
    that says by what.
    """

    element: str
    reason: str
    span: Span
    met: bool


@dataclass(frozen=True, slots=True)
class Attached:
    """What a cloud attaches to documents that only deny: its name, and why a request is allowed by it, together with
    one document and together with a level.
    """

    name: str
    beside_document: str
    beside_level: str
