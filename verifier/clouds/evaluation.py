"""What happens to one request, and why, as values: what became of each statement of all documents that decide it.

The cloud's evaluator is the judge; nothing here decides.
"""

from __future__ import annotations

from dataclasses import replace

from verifier.base.dataclass import dataclass
from verifier.base.errors import quote
from verifier.base.memo import cached_property
from verifier.base.source import Excerpts
from verifier.clouds.cloud import Documents, Place, Statement
from verifier.clouds.trace import Decision, Failure
from verifier.logic.actions import Effect
from verifier.logic.readings import USUAL, Reading
from verifier.logic.request import Request
from verifier.shown import Displayed


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


@dataclass(frozen=True)
class Evaluation(Displayed):
    """The decision on `request` under `reading`, with its reasons; the trace is made when it is asked for."""

    decision: Decision
    documents: Documents
    request: Request
    reading: Reading = USUAL

    @staticmethod
    def of(documents: Documents, request: Request, reading: Reading = USUAL) -> Evaluation:
        """Return what happens to `request`, with the points that are left open read as `reading` says."""
        return Evaluation(documents.cloud.decide(documents, request, reading), documents, request, reading)

    @cached_property
    def statements(self) -> tuple[StatementTrace, ...]:
        """What became of each statement of each document."""
        cloud = self.documents.cloud
        return tuple(
            StatementTrace(place, statement, tuple(cloud.failures(statement, self.request, self.reading)))
            for place, document in self.documents.placed()
            for statement in document.statements
        )

    def placed_in(self, excerpts: Excerpts) -> Evaluation:
        """Return this with the places of what failed as they stand in the whole text of `excerpts`."""
        sources = {place: document.source for place, document in self.documents.placed()}
        moved = replace(self)
        moved.__dict__["statements"] = tuple(
            StatementTrace(
                trace.place,
                trace.statement,
                tuple(
                    Failure(
                        failure.element,
                        failure.reason,
                        excerpts.moved_place(sources[trace.place], failure.place),
                        failure.exception,
                    )
                    for failure in trace.failed
                ),
            )
            for trace in self.statements
        )
        return moved

    @cached_property
    def by(self) -> tuple[str, ...] | None:
        """The sides that allowed, sorted; None where it is not told who asks."""
        found = self.documents.cloud.allowed_by(self.documents, self.request, self.reading)
        return None if found is None else tuple(found)

    @property
    def assumes(self) -> tuple[str, ...]:
        """Which versions of shipped documents the decision rests on."""
        origins = (document.source.origin for _, document in self.documents.placed())
        return tuple(dict.fromkeys(origin for origin in origins if origin))

    @property
    def denied_by(self) -> tuple[StatementTrace, ...]:
        """The Deny statements that match."""
        return tuple(s for s in self.statements if s.matched and s.statement.effect is Effect.DENY)

    @property
    def not_allowed_by(self) -> tuple[Place, ...]:
        """The levels in which no Allow statement matches, of those that must have one."""
        return tuple(self.documents.cloud.not_allowing(self.documents, self.request, self.reading))

    def as_json(self) -> dict[str, object]:
        """Return the answer of `evaluate` as interface.md writes it."""
        said: dict[str, object] = {"decision": self.decision.value}
        if self.by is not None:
            said["by"] = list(self.by)
        said["statements"] = [statement.as_json() for statement in self.statements]
        return said | ({"assumes": list(self.assumes)} if self.assumes else {})
