"""Which statements come nearest to a match: where nothing allows a request, what one would look at first.

Those whose action matches, so that only a resource or a condition fails, come before those that speak of the same
service, and these before all others; only the nearest kind is given. Within it, fewer failing elements are nearer.
(The count alone would put `ec2:*` on everything, which fails by its action only, before the statement about the very
action that fails by its resource and by a condition.)

Of Denies, those are near that would deny the request but for one exception or another: what NotAction excepts counts
like what NotResource or a condition does. An exception, which somebody wrote on purpose, comes before an element that
speaks of other requests.
"""

from __future__ import annotations

import enum
import heapq
from collections.abc import Sequence
from typing import NamedTuple

from verifier.clouds.aws.evaluate.match_statement import match_statement, meets_actions, naming_actions
from verifier.clouds.aws.policy.syntax import Policy, Statement
from verifier.explanations.citations import meet
from verifier.explanations.explanation import Cited
from verifier.logic.readings import USUAL, Reading
from verifier.logic.request import Request

MOST = 3
_EXCEPTIONS = ("NotAction", "NotResource")


class Kind(enum.IntEnum):
    """How near a statement is that does not match."""

    ACTION = 0
    SERVICE = 1
    OTHER = 2


class Nearest(NamedTuple):
    """At most `MOST` statements of one kind, and how many more there are of it and the kinds further off."""

    kind: Kind | None
    statements: tuple[Cited, ...]
    more: int


def nearest(found: Sequence[tuple[str, Policy, Statement]], request: Request, reading: Reading = USUAL) -> Nearest:
    """Return the statements of `found` that come nearest.

    Each of `found`, none of which matches, is a statement with its policy and what its document is called.
    """
    kinds = [(_kind(item[2], request, reading), item) for item in found]
    best = min((kind for kind, _ in kinds), default=None)
    alike = [item for kind, item in kinds if kind is best]
    first = heapq.nsmallest(MOST, alike, key=lambda item: sum(1 for _ in match_statement(item[2], request, reading)))
    return Nearest(best, tuple(meet(*item, request, reading) for item in first), len(kinds) - len(first))


def missed(
    found: Sequence[tuple[str, Policy, Statement]], request: Request, reading: Reading = USUAL
) -> tuple[Cited, ...]:
    """Return those of `found`, Denies of which none matches, that come nearest: at most `MOST`."""
    near = [item for item in found if _reaches(item[2], request, reading)]
    first = heapq.nsmallest(MOST, near, key=lambda item: _distance(item[2], request, reading))
    return tuple(meet(*item, request, reading) for item in first)


def _reaches(statement: Statement, request: Request, reading: Reading) -> bool:
    """Whether a Deny speaks of the action, be it as one that it excepts, or that no RCP binds."""
    actions = statement.actions
    return actions is None or actions.negated or any(True for _ in naming_actions(actions, request, reading))


def _distance(statement: Statement, request: Request, reading: Reading) -> tuple[int, bool]:
    """Return how many elements fail, and whether some are no exceptions."""
    negated = {condition.key_span for condition in statement.conditions if condition.test.operator.negated}
    failed = list(match_statement(statement, request, reading))
    excepted = [failure.element in _EXCEPTIONS or failure.span in negated for failure in failed]
    return len(failed), not all(excepted)


def _kind(statement: Statement, request: Request, reading: Reading) -> Kind:
    actions = statement.actions
    if actions is None or meets_actions(actions, request, reading):
        return Kind.ACTION
    service, _ = request.words
    named = any(entry.pattern and entry.pattern.service.matches(service) for entry in actions.naming(service))
    return Kind.SERVICE if named else Kind.OTHER
