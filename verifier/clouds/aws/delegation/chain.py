"""The search for a chain: a shortest sequence of moves after which he can make a request outside the maximum.

    start_state(design, breaches)   the account that a design without one is searched in
    find_chain(...)                 -> a chain, or None if no chain has at most so many moves

A design says nothing about the rest of its account. A proof holds whatever that is. A chain needs somebody: so the
state begins with the administrator and his boundaries, and with those outsiders that a move that is not kept would
reach: users and roles that may do everything, under the very ARNs of the requests found. The answer names them.
"""

from __future__ import annotations

import heapq
import itertools
import re
from collections.abc import Container, Iterator, Sequence

from verifier.base.budget import Budget
from verifier.base.dataclass import dataclass
from verifier.clouds.aws.delegation.invariant import BOUNDARY_KEY, Design, principal_kind
from verifier.clouds.aws.delegation.proof import is_certain, outside
from verifier.clouds.aws.delegation.service_ways import PASSING, TAKING_OVER
from verifier.clouds.aws.delegation.state import Actor, DelegationState, documents_in
from verifier.clouds.aws.delegation.steps import ADMINISTRATOR_ACCESS, StepFinder
from verifier.clouds.aws.documents import any_identity_policy
from verifier.clouds.aws.policy.syntax import Policy
from verifier.delegations.answer import DelegationStep, MoveProof
from verifier.questions.ask import Ask
from verifier.questions.verdict import Escapes
from verifier.strings.values import Key

MOST_MOVES = 4
_POLICY = re.compile(r"arn:[^:*?$]+:iam::\d{12}:policy/[^*?$]+")
_ACTOR = re.compile(r"arn:[^:*?$]+:iam::\d{12}:(user|role)/[\w+=,.@/-]+")
_GROUP = re.compile(r"arn:[^:*?$]+:iam::\d{12}:group/[\w+=,.@/-]+")
_BOUNDARY = Key.of(BOUNDARY_KEY)


@dataclass(frozen=True)
class EscapeChain:
    """The `steps`: the last one is outside the maximum. `outsiders` are ARNs of those that it needs besides."""

    steps: tuple[DelegationStep, ...]
    outsiders: tuple[str, ...]


def start_state(design: Design, admin: str, breaches: Sequence[MoveProof] = ()) -> DelegationState:
    """Return the state in which the search begins: with those whom `breaches` reach."""
    own = None if design.own_boundary is None else design.own_boundary[0]
    policies: dict[str, Policy] = {**design.boundaries, ADMINISTRATOR_ACCESS: any_identity_policy()}
    attached = next(_resources(breaches, "Q4'", _POLICY, policies), None)
    if attached is not None:
        policies[attached] = design.policies[0]
    his = design.policies if attached is None else design.policies[1:]
    actors = {admin: Actor(admin, his, (attached,) if attached else (), own)}
    groups = dict.fromkeys(_resources(breaches, "Q6", _GROUP, {}), True)
    root = f"{admin.rpartition(':')[0]}:root"
    services = tuple(dict.fromkeys(way.service for way in PASSING if way.service))
    for rows, trusts in (("Q10", (root,)), ("Q9", services), ("Q7 Q8", ())):
        for arn in _resources(breaches, rows, _ACTOR, actors):
            actors[arn] = Actor(arn, (any_identity_policy(),), trusts=trusts if principal_kind(arn) == "role" else ())
    if any(move.name in {way.name for way in TAKING_OVER} for move in breaches):
        arn = f"{admin.rpartition(':')[0]}:role/administration/what-runs-there"
        actors.setdefault(arn, Actor(arn, (any_identity_policy(),), runs=True))
    return DelegationState(actors, policies, (admin,), groups)


def _resources(breaches: Sequence[MoveProof], rows: str, form: re.Pattern[str], known: Container[str]) -> Iterator[str]:
    """Yield what moves of `rows` reach, and is of a form."""
    for move in breaches:
        request = move.breach.request if move.breach else None
        if request is None or not set(rows.split()) & set(move.rows) or request.resource in known:
            continue
        if form.fullmatch(request.resource):
            yield request.resource


def pool_of(breaches: Sequence[MoveProof]) -> tuple[str, ...]:
    """Return ARNs of policies that he may have to make: boundaries that requests found name."""
    found = []
    for move in breaches:
        request = move.breach.request if move.breach else None
        value = request.context.get(_BOUNDARY) if request else None
        if isinstance(value, str) and _POLICY.fullmatch(value):
            found.append(value)
    return tuple(dict.fromkeys(found))


class ChainSearch:
    """One search, the cheapest states first."""

    def __init__(self, design: Design, admin: str, breaches: Sequence[MoveProof], ask: Ask) -> None:
        self._design, self._admin, self._ask = design, admin, ask
        self._breaches = breaches
        self._finder = StepFinder(design.account, design.read_keys, pool_of(breaches), ask)
        self._outside: dict[object, DelegationStep | None] = {}

    def find(self, most: int, budget: Budget) -> EscapeChain | None:
        """Return a shortest chain of at most `most` moves; None where there is none. Raises LimitReached.

        One that needs nobody but those of the design is looked for first.
        """
        alone = start_state(self._design, self._admin)
        return self._from(alone, most, budget) or self._from(
            start_state(self._design, self._admin, self._breaches), most, budget
        )

    def _from(self, start: DelegationState, most: int, budget: Budget) -> EscapeChain | None:
        number = itertools.count()
        waiting: list[tuple[int, int, tuple[DelegationStep, ...], DelegationState]] = []
        waiting.append((0, next(number), (), start))
        seen: set[object] = set()
        while waiting:
            budget.check()
            cost, _, steps, state = heapq.heappop(waiting)
            if state.key in seen:
                continue
            seen.add(state.key)
            last = self._beyond(state)
            if last is not None:
                return EscapeChain((*steps, last), self._needed(start, steps))
            if cost < most:
                for onward in self._finder.next(state):
                    longer = cost + len(onward.steps)
                    if longer <= most and onward.state.key not in seen:
                        heapq.heappush(waiting, (longer, next(number), (*steps, *onward.steps), onward.state))
        return None

    def _beyond(self, state: DelegationState) -> DelegationStep | None:
        """Return the request outside the maximum that somebody can make whom he can act as."""
        for who in state.acting:
            mine = documents_in(state, who)
            if mine is None:
                continue
            maxima = self._design.maxima(own=who == self._admin)
            key = (mine, len(maxima))
            if key not in self._outside:
                verdict = outside(mine, maxima, self._ask)
                found = verdict.request if isinstance(verdict, Escapes) and is_certain(verdict) else None
                self._outside[key] = DelegationStep(who, None, found, {}, "outside the maximum") if found else None
            if self._outside[key] is not None:
                return self._outside[key]
        return None

    def _needed(self, start: DelegationState, steps: Sequence[DelegationStep]) -> tuple[str, ...]:
        """Return whom `steps` need besides those of the design."""
        texts = [step.effect for step in steps] + [step.request.resource for step in steps]
        own = start.actors[self._admin].attached
        others = [arn for arn in (*start.actors, *start.groups, *own) if arn != self._admin]
        return tuple(arn for arn in others if any(arn in text for text in texts))
