"""What proofs about principals of one account remember of each other, so that nothing is asked twice.

    ProofMemory.exceeds   whether documents allow what no maximum allows
    ProofMemory.is_idle   whether documents allow no move at all
    ProofMemory.open      which actions of the table documents may allow
    ProofMemory.met       which shapes of requests somebody can meet

Each answer is one about documents, whoever carries them, so it holds for every principal of the account. What identity
policies do not allow one by one, they do not allow together (an Allow is one of some policy, and its Denies bite), and
a policy that many carry is asked about once. So most principals cost as much as the policies that they have for
themselves. What was not decided is not remembered: another time there may be more of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from verifier.base.memo import cached_property
from verifier.clouds.aws.audit.shapes import DeniedShape, denial
from verifier.clouds.aws.delegation.proof import allows_some, breaches_of, names_action, outside, top_of
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.evaluate.evaluate import decide
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.trace import Decision
from verifier.delegations.answer import Breach
from verifier.logic.readings import USUAL
from verifier.logic.request import Request
from verifier.questions.ask import Ask
from verifier.questions.verdict import Contained, Undecided, Verdict


class ProofMemory:
    """See above; `actions` are those of the table, `first` those of them that a move begins with."""

    def __init__(self, actions: Sequence[str], first: Sequence[str], ask: Ask) -> None:
        self._actions, self._first, self._ask = tuple(actions), tuple(first), ask
        self._outside: dict[tuple[Documents, tuple[Policy, ...]], Verdict] = {}
        self._alone: dict[tuple[Policy, Policy], bool] = {}
        self._opened: dict[Documents, frozenset[str]] = {}
        self._opened_alone: dict[Policy, frozenset[str]] = {}
        self._kept: set[tuple[Documents, str]] = set()

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
        if self._is_within_one_by_one(documents, self._no_move):
            return True
        return isinstance(self.exceeds(documents, (self._no_move,)), Contained)

    @cached_property
    def _no_move(self) -> Policy:
        return top_of([denial(self._first)])

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
            self._opened_alone[policy], _ = self._allowed(Documents((policy,)), self._actions)
        return self._opened_alone[policy]

    def _allowed(self, documents: Documents, actions: Sequence[str]) -> tuple[frozenset[str], bool]:
        """Return those of `actions` that `documents` may allow, and whether all of it was decided."""
        left, found = list(actions), set[str]()
        while left:
            verdict = allows_some(documents, [denial(left)], self._ask)
            if isinstance(verdict, Contained):
                break
            if isinstance(verdict, Undecided):
                return frozenset((*found, *left)), False
            request = verdict.request
            met = {one for one in left if names_action(one, request.action.lower())}
            met |= {one for one in left if _is_allowed(documents, request, one)}
            found |= met
            left = [one for one in left if one not in met]
        return frozenset(found), True

    def met(self, documents: Documents, who: str, shapes: dict[int, DeniedShape]) -> Iterator[tuple[int, Breach]]:
        """Yield those of `shapes` that `documents` let somebody meet, called `who`, or that were not decided."""
        left = {place: shape for place, shape in shapes.items() if (documents, repr(shape)) not in self._kept}
        for place, breach in breaches_of(who, documents, left, self._ask):
            if breach is None:
                self._kept.add((documents, repr(left[place])))
            else:
                yield place, breach

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


def _let_in_otherwise(documents: Documents) -> bool:
    """Whether the policy of a resource may allow what no identity policy allows."""
    return documents.asking is not None and bool(documents.asking.resource_policies)


def _is_allowed(documents: Documents, request: Request, action: str) -> bool:
    """Whether `request` for another action is allowed: what is found of one is found of many."""
    asked = replace(request, action=action.replace("*", "AnyAction"))
    return decide(documents, asked, USUAL) is Decision.ALLOWED
