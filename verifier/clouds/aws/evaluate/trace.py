"""What became of each statement on one request: matched, or every element that failed and why.

Plain data, made by `evaluate.py` out of what `match_statement.py` and `match_condition.py` find. Reasons are whole
phrases in lower case with the request's and the user's text in backticks, so that an explanation can quote them.
"""

from __future__ import annotations

from verifier.base.dataclass import dataclass
from verifier.base.errors import quote
from verifier.base.safe import printable
from verifier.base.source import Span
from verifier.clouds.aws.documents import Place
from verifier.clouds.aws.policy.syntax import Statement


@dataclass(frozen=True, slots=True)
class Failure:
    """An element that a request does not meet: its name (a condition's is operator and key), why, and where it is."""

    element: str
    reason: str
    span: Span

    def __str__(self) -> str:
        return printable(f"`{self.element}`: {self.reason}")

    def as_json(self) -> dict[str, object]:
        """Return the failure as interface.md writes it."""
        return {"element": self.element, "reason": self.reason, "line": self.span.line, "column": self.span.column}


@dataclass(frozen=True, slots=True)
class StatementTrace:
    """A statement of the document at `place`, with every element of it that failed."""

    place: Place
    statement: Statement
    failed: tuple[Failure, ...]

    @property
    def matched(self) -> bool:
        """Whether the request meets every element."""
        return not self.failed

    def __str__(self) -> str:
        sid = f" {quote(self.statement.sid)}" if self.statement.sid is not None else ""
        head = f"{self.place}, statement {self.statement.index}{sid} ({self.statement.effect.value})"
        return f"{head}: {'; '.join(map(str, self.failed)) if self.failed else 'matches'}"

    def as_json(self) -> dict[str, object]:
        """Return the statement's part of the answer of `evaluate` (interface.md)."""
        return {
            "document": str(self.place),
            "index": self.statement.index,
            "sid": self.statement.sid,
            "effect": self.statement.effect.value,
            "matched": self.matched,
            "failed": [failure.as_json() for failure in self.failed],
        }
