"""What happens to one request, and why: the judge that replays every counterexample (rules 29 and 30).

It reads the syntax tree and a concrete request, and shares nothing with the prover but the matching of patterns
(`strings/pattern.py`), the table of operators and the readers of values. Read it with `semantics.md`: rules 29 and
30 are here, 9 to 13 in `match_statement.py`, 14 and 17 to 19 in `match_condition.py`, 20 to 24 in `match_value.py`,
25 to 28 in `substitute.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from verifier.clouds.aws.documents import Documents, Place
from verifier.clouds.aws.evaluate.match_statement import match_statement, meets_actions
from verifier.clouds.aws.policy.syntax import Policy, Statement
from verifier.clouds.evaluation import Evaluation
from verifier.clouds.trace import Decision
from verifier.logic.actions import Effect
from verifier.logic.readings import USUAL, Reading
from verifier.logic.request import Request


def evaluate(documents: Documents, request: Request, reading: Reading = USUAL) -> Evaluation:
    """Return what happens to `request`, with the points that AWS's guide leaves open read as `reading` says.

    Any explicit Deny wins; else the request is allowed iff the identity policies, the boundary, the session policy and
    every SCP level have an Allow for it, where a level that only denies is beside FullAWSAccess. RCPs only deny. Raises
    what `match_statement` does.
    """
    return Evaluation(decide(documents, request, reading), documents, request, reading)


def allows(policies: Sequence[Policy], request: Request, reading: Reading = USUAL) -> bool:
    """Whether the level `policies`, as one, allows `request`: iff some Allow statement matches and no Deny does."""
    return _some_matches(Effect.ALLOW, policies, request, reading) and not denies(policies, request, reading)


def denies(policies: Sequence[Policy], request: Request, reading: Reading = USUAL) -> bool:
    """Whether some Deny statement of `policies` matches `request`."""
    return _some_matches(Effect.DENY, policies, request, reading)


def decide(documents: Documents, request: Request, reading: Reading) -> Decision:
    """Return what happens to `request`. Raises as `evaluate`."""
    if denies([policy for _, policy in documents.placed()], request, reading):
        return Decision.EXPLICIT_DENY
    return Decision.IMPLICIT_DENY if any(not_allowing(documents, request, reading)) else Decision.ALLOWED


def not_allowing(documents: Documents, request: Request, reading: Reading) -> Iterator[Place]:
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
