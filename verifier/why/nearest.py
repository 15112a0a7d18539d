"""Which statements come nearest to a match: where nothing allows a request, what one would look at first.

Those whose action matches, so that only a resource or a condition fails, come before those that speak of the same
service, and these before all others; only the nearest kind is given. Within it, fewer failing elements are nearer.
(The count alone would put `ec2:*` on everything, which fails by its action only, before the statement about the very
action that fails by its resource and by a condition.)
"""

from __future__ import annotations

import enum
import heapq
from collections.abc import Sequence
from typing import NamedTuple

from verifier.policy.syntax import Policy, Statement
from verifier.semantics.match_statement import match_statement, meets_actions
from verifier.semantics.request import Request
from verifier.why.explanation import Cited
from verifier.why.meet import meet

MOST = 3


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


def nearest(found: Sequence[tuple[str, Policy, Statement]], request: Request, furthest: Kind = Kind.OTHER) -> Nearest:
    """Return the statements of `found` that come nearest.

    Each of `found`, none of which matches, is a statement with its policy and what its document is called. Those
    further off than `furthest` are neither given nor counted.
    """
    kinds = [(kind, item) for item in found if (kind := _kind(item[2], request)) <= furthest]
    best = min((kind for kind, _ in kinds), default=None)
    alike = [item for kind, item in kinds if kind is best]
    first = heapq.nsmallest(MOST, alike, key=lambda item: sum(1 for _ in match_statement(item[2], request)))
    return Nearest(best, tuple(meet(*item, request) for item in first), len(kinds) - len(first))


def _kind(statement: Statement, request: Request) -> Kind:
    actions = statement.actions
    if actions is None or meets_actions(actions, request):
        return Kind.ACTION
    service, _ = request.words
    named = any(entry.pattern and entry.pattern.service.matches(service) for entry in actions.naming(service))
    return Kind.SERVICE if named else Kind.OTHER
