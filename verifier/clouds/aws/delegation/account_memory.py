"""What proofs about principals of one account remember of each other, so that nothing is asked twice.

    ProofMemory.exceeds   whether documents allow what no maximum allows
    ProofMemory.is_idle   whether documents allow no move at all
    ProofMemory.open      which actions of the table documents may allow
    ProofMemory.met       which shapes of requests somebody can meet
    account_memory        the memory of an account, by the actions that moves in it begin with

Each answer is one about documents, whoever carries them, so it holds for every principal of the account. What identity
policies do not allow one by one, they do not allow together (an Allow is one of some policy, and its Denies bite), and
a policy that many carry is asked about once. So most principals cost as much as the policies that they have for
themselves. What no Allow names is not asked about: most policies name no action of the table. What was not decided is
not remembered: another time there may be more of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from verifier.base.memo import cached_property
from verifier.clouds.aws.audit.shapes import DeniedShape, denial
from verifier.clouds.aws.delegation.account_attempt import every_move
from verifier.clouds.aws.delegation.account_invariant import AccountFacts
from verifier.clouds.aws.delegation.becoming_steps import services_trusted
from verifier.clouds.aws.delegation.changing_actions import changing_of
from verifier.clouds.aws.delegation.proof import breaches_of, names_action, outside, top_of
from verifier.clouds.aws.delegation.role_takers import actions_about_roles, untold_takers
from verifier.clouds.aws.delegation.service_ways import PASSING, TAKING_OVER
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.evaluate.evaluate import decide
from verifier.clouds.aws.policy.syntax import Policy, Statement
from verifier.clouds.trace import Decision
from verifier.delegations.answer import Breach
from verifier.logic.actions import Effect
from verifier.logic.readings import USUAL
from verifier.logic.request import Request
from verifier.questions.ask import Ask
from verifier.questions.verdict import Contained, Undecided, Verdict
from verifier.questions.worlds import as_found

FEDERATING = "sts:GetFederationToken"
_MOST_TOPS = 500


class ProofMemory:
    """See above; `actions` are those of the table, `first` those of them that a move begins with."""

    def __init__(self, actions: Sequence[str], first: Sequence[str], ask: Ask) -> None:
        self._actions, self._first, self._ask = tuple(actions), tuple(first), ask
        self._outside: dict[tuple[Documents, tuple[Policy, ...]], Verdict] = {}
        self._alone: dict[tuple[Policy, Policy], bool] = {}
        self._opened: dict[Documents, frozenset[str]] = {}
        self._opened_alone: dict[Policy, frozenset[str]] = {}
        self._naming: dict[Policy, bool] = {}
        self._kept: set[tuple[Documents, str]] = set()
        self._found: dict[str, Request] = {}
        self._tops: dict[tuple[str, ...], Policy] = {}

    @property
    def actions(self) -> frozenset[str]:
        """The actions of the table."""
        return frozenset(self._actions)

    def exceeds(self, documents: Documents, maxima: tuple[Policy, ...]) -> Verdict:
        """Return whether `documents` allow what none of `maxima` allows."""
        key = (documents, maxima)
        if key in self._outside:
            return self._outside[key]
        verdict: Verdict = Contained(vacuous=None)
        if not any(self._is_within_one_by_one(documents, maximum) for maximum in maxima):
            verdict = outside(documents, maxima, self._ask)
        if not isinstance(verdict, Undecided):
            self._outside[key] = verdict
        return verdict

    def is_idle(self, documents: Documents) -> bool:
        """Whether `documents` allow no request that a move begins with."""
        if not _let_in_otherwise(documents) and not any(map(self._names_move, documents.policies)):
            return True
        if self._is_within_one_by_one(documents, self._no_move):
            return True
        return isinstance(self.exceeds(documents, (self._no_move,)), Contained)

    def _names_move(self, policy: Policy) -> bool:
        """Whether an Allow of `policy` may name what a move begins with."""
        if policy not in self._naming:
            self._naming[policy] = any(True for _ in _named(policy, self._first))
        return self._naming[policy]

    @cached_property
    def _no_move(self) -> Policy:
        return top_of([denial(sorted({action for one in self._first for action in changing_of(one)}))])

    def open(self, documents: Documents) -> frozenset[str]:
        """Return the actions of the table that `documents` may allow, on whatever; no others are."""
        if documents in self._opened:
            return self._opened[documents]
        actions: Sequence[str] = self._actions
        if not _let_in_otherwise(documents):
            actions = sorted(frozenset[str]().union(*map(self._open_alone, documents.policies)))
        found, sure = self._allowed(documents, actions)
        if sure:
            self._opened[documents] = found
        return found

    def _open_alone(self, policy: Policy) -> frozenset[str]:
        if policy not in self._opened_alone:
            self._opened_alone[policy], _ = self._allowed(Documents((policy,)), list(_named(policy, self._actions)))
        return self._opened_alone[policy]

    def _allowed(self, documents: Documents, actions: Sequence[str]) -> tuple[frozenset[str], bool]:
        """Return those of `actions` that `documents` may allow, and whether all of it was decided."""
        left, found = list(actions), set[str]()
        while left:
            verdict = outside(documents, (self._top(tuple(left)),), self._ask, as_found)
            if isinstance(verdict, Contained):
                break
            if isinstance(verdict, Undecided):
                return frozenset((*found, *left)), False
            request = verdict.request
            met = {one for one in left if names_action(one, request.action.lower())}
            met |= {
                one for one in left if _is_allowed(documents, replace(request, action=one.replace("*", "AnyAction")))
            }
            found |= met
            left = [one for one in left if one not in met]
        return frozenset(found), True

    def met(self, documents: Documents, who: str, shapes: dict[int, DeniedShape]) -> Iterator[tuple[int, Breach]]:
        """Yield those of `shapes` that `documents` let somebody meet, called `who`, or that were not decided."""
        left: dict[int, DeniedShape] = {}
        for place, shape in shapes.items():
            found = self._found.get(repr(shape))
            if found is not None and _is_allowed(documents, found):
                yield place, Breach(who, found)
            elif (documents, repr(shape)) not in self._kept:
                left[place] = shape
        for place, breach in breaches_of(who, documents, left, self._ask):
            if breach is None:
                self._kept.add((documents, repr(left[place])))
            else:
                if breach.request is not None:
                    self._found[repr(left[place])] = breach.request
                yield place, breach

    def _top(self, actions: tuple[str, ...]) -> Policy:
        """Return the maximum that allows all but `actions`; read once, as many documents are asked about it."""
        if actions not in self._tops:
            if len(self._tops) >= _MOST_TOPS:
                self._tops.clear()
            self._tops[actions] = top_of([denial(actions)])
        return self._tops[actions]

    def _is_within_one_by_one(self, documents: Documents, maximum: Policy) -> bool:
        """Whether each identity policy alone is within `maximum`, and nothing else can allow anything."""
        return not _let_in_otherwise(documents) and all(
            self._is_within_alone(policy, maximum) for policy in documents.policies
        )

    def _is_within_alone(self, policy: Policy, maximum: Policy) -> bool:
        key = (policy, maximum)
        if key not in self._alone:
            self._alone[key] = isinstance(outside(Documents((policy,)), (maximum,), self._ask), Contained)
        return self._alone[key]


def _named(policy: Policy, actions: Iterable[str]) -> Iterator[str]:
    """Yield those of `actions` that an Allow of `policy` may name; of those with a wildcard, by their service alone."""
    for action in actions:
        service, _, name = action.lower().partition(":")
        if any(_may_name(one, service, name) for one in policy.naming(Effect.ALLOW, service)):
            yield action


def _may_name(statement: Statement, service: str, name: str) -> bool:
    actions = statement.actions
    if actions is None or actions.negated:
        return True
    patterns = (entry.pattern for entry in actions.naming(service))
    return any("*" in name or pattern is None or pattern.name.matches(name) for pattern in patterns)


def _let_in_otherwise(documents: Documents) -> bool:
    """Whether the policy of a resource may allow what no identity policy allows."""
    return documents.asking is not None and bool(documents.asking.resource_policies)


def _is_allowed(documents: Documents, request: Request) -> bool:
    """Whether `request` is allowed: what is found of one action, or of other documents, is found of many."""
    return decide(documents, request, USUAL) is Decision.ALLOWED and not documents.cloud.contradicts(documents, request)


def account_memory(facts: AccountFacts, ask: Ask) -> ProofMemory:
    """Return what proofs about one account share, whoever the administrator is."""
    served = tuple(_served(facts))
    moves = {action for move in every_move() for action in move.actions}
    first = {FEDERATING, *moves, *(way.actions[0] for way in TAKING_OVER)}
    first.update(action for one in served for action in untold_takers(one))
    every = moves.union([FEDERATING], actions_about_roles(served), *(way.actions for way in (*PASSING, *TAKING_OVER)))
    return ProofMemory(sorted(every), sorted(first), ask)


def _served(facts: AccountFacts) -> Iterator[frozenset[str]]:
    """Yield the services that roles of the account trust."""
    trusts = {one.trust for one in facts.start.actors.values() if one.kind == "role" and one.trust is not None}
    yield from (frozenset(services_trusted(trust)) for trust in trusts)
