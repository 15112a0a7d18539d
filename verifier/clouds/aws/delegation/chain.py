"""The search for a chain: a shortest sequence of moves after which he can make a request outside the maximum.

    ChainSearch                     the search, from a state
    chain_of_design(...)            -> a chain, or None if no chain has at most so many moves
    start_state(design, breaches)   the account that a design without one is searched in

A design says nothing about the rest of its account. A proof holds whatever that is. A chain needs somebody: so the
state begins with the administrator and his boundaries, and with those outsiders that a move that is not kept would
reach: users and roles that may do everything, under the very ARNs of the requests found. The answer names them.
"""

from __future__ import annotations

import heapq
import itertools
import re
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import replace

from verifier.base.budget import Budget
from verifier.base.dataclass import dataclass
from verifier.base.regex import regex
from verifier.clouds.aws.delegation.credential_steps import served_documents
from verifier.clouds.aws.delegation.invariant import Design, principal_kind
from verifier.clouds.aws.delegation.moves import MOVES
from verifier.clouds.aws.delegation.named_principals import RoleTrusts
from verifier.clouds.aws.delegation.proof import is_certain, outside
from verifier.clouds.aws.delegation.service_ways import PASSING, TAKING_OVER
from verifier.clouds.aws.delegation.state import (
    ADMINISTRATOR_ACCESS,
    ANYTHING_THAT_RUNS,
    WIDEST_POLICY,
    AccountSetting,
    Actor,
    DelegationState,
    GroupState,
    Overlay,
    PolicyState,
    documents_in,
    trust_of,
)
from verifier.clouds.aws.delegation.state_words import state_words
from verifier.clouds.aws.delegation.step_requests import Onward, StepRequests
from verifier.clouds.aws.delegation.steps import next_steps
from verifier.clouds.aws.documents import Documents, any_identity_policy
from verifier.clouds.aws.policy.syntax import Policy
from verifier.delegations.answer import BEYOND, DelegationStep, MoveProof
from verifier.questions.ask import Ask
from verifier.questions.verdict import Escapes

_POLICY = regex(r"arn:[^:*?$]+:iam::\d{12}:policy/[^*?$]+")
_ACTOR = regex(r"arn:[^:*?$]+:iam::\d{12}:(user|role)/[\w+=,.@/-]+")
_GROUP = regex(r"arn:[^:*?$]+:iam::\d{12}:group/[\w+=,.@/-]+")


@dataclass(frozen=True)
class EscapeChain:
    """The `steps`: the last one is outside the maximum. `outsiders` are ARNs of those that it needs besides."""

    steps: tuple[DelegationStep, ...]
    outsiders: tuple[str, ...]


def start_state(design: Design, admin: str, breaches: Sequence[MoveProof] = ()) -> DelegationState:
    """Return the state in which the search begins: with those whom `breaches` reach."""
    own = None if design.own_boundary is None else design.own_boundary[0]
    documents: dict[str, Policy] = {**design.boundaries, ADMINISTRATOR_ACCESS: any_identity_policy()}
    attached = next(_resources(breaches, "Q4'", _POLICY, documents), None)
    if attached is not None:
        documents[attached] = design.policies[0]
    his = design.policies if attached is None else design.policies[1:]
    inline = tuple((f"policy-{number}", policy) for number, policy in enumerate(his, start=1))
    actors = {admin: Actor(admin, inline, (attached,) if attached else (), own)}
    groups = {arn: GroupState(arn, (WIDEST_POLICY,)) for arn in _resources(breaches, "Q6", _GROUP, {})}
    root = f"{admin.rpartition(':')[0]}:root"
    services = tuple(dict.fromkeys(way.service for way in PASSING if way.service))
    for rows, trusts in (("Q10", (root,)), ("Q9", services), ("Q7 Q8", ())):
        for arn in _resources(breaches, rows, _ACTOR, actors):
            trust = trust_of(trusts) if trusts and principal_kind(arn) == "role" else None
            actors[arn] = Actor(arn, (WIDEST_POLICY,), trust=trust)
    if any(move.name in {way.name for way in TAKING_OVER} for move in breaches):
        arn = f"{admin.rpartition(':')[0]}:role/administration/what-runs-there"
        actors.setdefault(arn, Actor(arn, (WIDEST_POLICY,), runs=(ANYTHING_THAT_RUNS,)))
    policies = {arn: PolicyState((("v1", document),)) for arn, document in documents.items()}
    return DelegationState(
        AccountSetting(design.account), Overlay(actors), Overlay(policies), (admin,), Overlay(groups)
    )


def _resources(breaches: Sequence[MoveProof], rows: str, form: re.Pattern[str], known: Container[str]) -> Iterator[str]:
    """Yield what moves of `rows` reach, and is of a form."""
    for move in breaches:
        request = move.breach.request if move.breach else None
        if request is None or not set(rows.split()) & set(move.rows) or request.resource in known:
            continue
        if form.fullmatch(request.resource):
            yield request.resource


_MOVING = tuple(
    dict.fromkeys((*(action for move in MOVES for action in move.actions), *(way.actions[0] for way in TAKING_OVER)))
)
_CHANGING = tuple(
    action for move in MOVES for action in move.actions if action not in ("iam:PassRole", "sts:AssumeRole")
)
MaximaOf = Callable[[str], Sequence[Policy]]


class ChainSearch:
    """One search, the cheapest states first; `maxima` says what one of has to allow what somebody asks for, `steps` the
    ways on from a state.
    """

    def __init__(
        self,
        requests: StepRequests,
        maxima: MaximaOf,
        ask: Ask,
        steps: Callable[[StepRequests, DelegationState], Iterator[Onward]] = next_steps,
    ) -> None:
        self._requests, self._maxima, self._ask, self._steps = requests, maxima, ask, steps
        self._outside: dict[object, DelegationStep | None] = {}
        self._trusts: tuple[Mapping[str, Actor], RoleTrusts] | None = None

    def find(self, start: DelegationState, most: int, budget: Budget) -> tuple[DelegationStep, ...] | None:
        """Return a shortest chain of at most `most` moves; None where there is none. Raises LimitReached."""
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
                return (*steps, last)
            if cost < most:
                for onward in self._steps(self._requests, state):
                    longer = cost + len(onward.steps)
                    if longer <= most and onward.state.key not in seen and not self._is_vain(state, onward.state):
                        *first, after = onward.steps
                        after = replace(after, after=tuple(state_words(onward.state)))
                        heapq.heappush(waiting, (longer, next(number), (*steps, *first, after), onward.state))
        return None

    def _is_vain(self, before: DelegationState, after: DelegationState) -> bool:
        """Whether all that is new is that he can act as roles that can do nothing, and nobody lets them do more."""
        new = [arn for arn in after.acting if arn not in before.acting]
        parts = ((after.actors, before.actors), (after.policies, before.policies), (after.groups, before.groups))
        same = all(now is then for now, then in parts) and after.served == before.served
        return bool(new) and same and not self._changes(before) and all(self._is_idle(after, arn) for arn in new)

    def _changes(self, state: DelegationState) -> bool:
        """Whether somebody whom he can act as may change what others can do."""
        several = (documents_in(state, who, of_resources=True) for who in state.acting)
        return any(mine is not None and self._requests.may(mine, *_CHANGING) for mine in several)

    def _is_idle(self, state: DelegationState, arn: str) -> bool:
        """Whether `arn` can make no request of a move, and none outside the maximum."""
        mine = documents_in(state, arn, of_resources=True)
        if mine is None or self._trusts_of(state).may_let_in(arn):
            return False
        return not self._requests.may(mine, *_MOVING) and self._last(arn, mine) is None

    def _trusts_of(self, state: DelegationState) -> RoleTrusts:
        start = state.actors.start
        if self._trusts is None or self._trusts[0] is not start:
            self._trusts = start, RoleTrusts(tuple(start.values()))
        return self._trusts[1]

    def _beyond(self, state: DelegationState) -> DelegationStep | None:
        """Return the request outside the maximum that somebody can make whom he can act as."""
        acting = ((who, documents_in(state, who, of_resources=True)) for who in state.acting)
        several = (*acting, *served_documents(state))
        return next((last for who, mine in several if mine is not None and (last := self._last(who, mine))), None)

    def _last(self, who: str, mine: Documents) -> DelegationStep | None:
        maxima = self._maxima(who)
        key = (mine, len(maxima))
        if key not in self._outside:
            verdict = outside(mine, maxima, self._ask)
            sure = isinstance(verdict, Escapes) and is_certain(verdict)
            found = verdict.request if sure and isinstance(verdict, Escapes) else None
            known = found is not None and not self._requests.is_unreadable(found)
            self._outside[key] = DelegationStep(who, None, found, {}, BEYOND) if found and known else None
        return self._outside[key]


def chain_of_design(
    design: Design, admin: str, breaches: Sequence[MoveProof], ask: Ask, most: int, budget: Budget
) -> EscapeChain | None:
    """Return a shortest chain of at most `most` moves; None where there is none. Raises LimitReached.

    One that needs nobody but those of the design is looked for first.
    """
    for reached in ((), breaches):
        start = start_state(design, admin, reached)
        requests = StepRequests(start.setting, design.read_keys, ask)
        search = ChainSearch(requests, lambda who: design.maxima(own=who == admin), ask)
        steps = search.find(start, most, budget)
        if steps is not None:
            return EscapeChain(steps, _needed(start, steps))
    return None


def _needed(start: DelegationState, steps: Sequence[DelegationStep]) -> tuple[str, ...]:
    """Return whom `steps` need besides those of the design."""
    texts = [step.effect for step in steps] + [step.request.resource for step in steps]
    admin = start.acting[0]
    others = [arn for arn in (*start.actors, *start.groups, *start.actors[admin].attached) if arn != admin]
    return tuple(arn for arn in others if any(arn in text for text in texts))
