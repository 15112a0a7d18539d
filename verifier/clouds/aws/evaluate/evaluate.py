"""What happens to one request, and why: the judge that replays every counterexample (rules 29 and 30).

It reads the syntax tree and a concrete request, and shares nothing with the prover but the matching of patterns
(`strings/pattern.py`), the table of operators and the readers of values. To be read beside `semantics.md`: rules 29 and
30 are here, 9 to 13 in `match_statement.py`, 14 and 17 to 19 in `match_condition.py`, 20 to 24 in `match_value.py`,
25 to 28 in `substitute.py`.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Sequence
from functools import cached_property

from verifier.base.dataclass import dataclass
from verifier.clouds.aws.documents import Documents, Place
from verifier.clouds.aws.evaluate.match_statement import match_statement, meets_actions
from verifier.clouds.aws.evaluate.trace import StatementTrace
from verifier.clouds.aws.policy.syntax import Policy, Statement
from verifier.logic.actions import Effect
from verifier.logic.readings import USUAL, Reading
from verifier.logic.request import Request
from verifier.shown import Shown


class Decision(enum.Enum):
    """What happens to a request."""

    ALLOWED = "allowed"
    IMPLICIT_DENY = "implicit-deny"
    EXPLICIT_DENY = "explicit-deny"


@dataclass(frozen=True)
class Evaluation(Shown):
    """The decision on `request` under `reading`, with its reasons; the trace is made when it is asked for."""

    decision: Decision
    documents: Documents
    request: Request
    reading: Reading = USUAL

    @cached_property
    def statements(self) -> tuple[StatementTrace, ...]:
        """What became of each statement of each document."""
        return tuple(
            StatementTrace(place, statement, tuple(match_statement(statement, self.request, self.reading)))
            for place, policy in self.documents.placed()
            for statement in policy.statements
        )

    @property
    def denied_by(self) -> tuple[StatementTrace, ...]:
        """The Deny statements that match."""
        return tuple(s for s in self.statements if s.matched and s.statement.effect is Effect.DENY)

    @property
    def not_allowed_by(self) -> tuple[Place, ...]:
        """The levels in which no Allow statement matches: the identity policies, the boundary, an SCP level, ..."""
        return tuple(_not_allowing(self.documents, self.request, self.reading))

    def as_json(self) -> dict[str, object]:
        """Return the answer of `evaluate` as interface.md writes it."""
        return {"decision": self.decision.value, "statements": [statement.as_json() for statement in self.statements]}


def evaluate(documents: Documents, request: Request, reading: Reading = USUAL) -> Evaluation:
    """Return what happens to `request`, with the points that AWS's guide leaves open read as `reading` says.

    Any explicit Deny wins; else the request is allowed iff the identity policies, the boundary, the session policy and
    every SCP level have an Allow for it, where a level that only denies is beside FullAWSAccess. RCPs only deny. Raises
    what `match_statement` does.
    """
    return Evaluation(_decide(documents, request, reading), documents, request, reading)


def allows(policies: Sequence[Policy], request: Request, reading: Reading = USUAL) -> bool:
    """Whether the level `policies`, as one, allows `request`: iff some Allow statement matches and no Deny does."""
    return _some_matches(Effect.ALLOW, policies, request, reading) and not denies(policies, request, reading)


def denies(policies: Sequence[Policy], request: Request, reading: Reading = USUAL) -> bool:
    """Whether some Deny statement of `policies` matches `request`."""
    return _some_matches(Effect.DENY, policies, request, reading)


def _decide(documents: Documents, request: Request, reading: Reading) -> Decision:
    if denies([policy for _, policy in documents.placed()], request, reading):
        return Decision.EXPLICIT_DENY
    return Decision.IMPLICIT_DENY if any(_not_allowing(documents, request, reading)) else Decision.ALLOWED


def _not_allowing(documents: Documents, request: Request, reading: Reading) -> Iterator[Place]:
    """Yield the levels in which no Allow matches, but for those beside FullAWSAccess (rule 30)."""
    beside_full_access = documents.open_levels()
    for place, level in documents.levels():
        if place not in beside_full_access and not _some_matches(Effect.ALLOW, level, request, reading):
            yield place


def _some_matches(effect: Effect, policies: Sequence[Policy], request: Request, reading: Reading) -> bool:
    return any(_matches(statement, request, reading) for policy in policies for statement in policy.by_effect[effect])


def _matches(statement: Statement, request: Request, reading: Reading) -> bool:
    if statement.actions is not None and not meets_actions(statement.actions, request, reading):
        return False
    return next(match_statement(statement, request, reading), None) is None
