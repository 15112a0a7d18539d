"""Who of an account can climb: a delegation proof or a chain for each principal, with everything shared that can be.

    AccountClimbs.climb     the answer about one principal
    AccountClimbs.target    what it must not get beyond: its maximum, or what is below administrator
    ClimbOpen               neither a proof nor a chain was found

Each answer is that of `delegate` about the principal, from the same account, but that a chain need not be a shortest
one: thousands may climb. What is remembered (`ProofMemory`, the requests of steps, what lies outside a maximum) is
about documents, and holds whoever starts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from verifier.base.budget import Budget, deadline
from verifier.base.dataclass import dataclass
from verifier.base.errors import InputError, LimitReached, Unsupported
from verifier.clouds.aws.account.model import Account
from verifier.clouds.aws.audit.subject import ALL_BUT_ANY
from verifier.clouds.aws.delegation.account_chain import chain_of_account
from verifier.clouds.aws.delegation.account_invariant import AccountFacts, AccountInvariant, account_carriers
from verifier.clouds.aws.delegation.account_memory import account_memory
from verifier.clouds.aws.delegation.account_proof import AccountProof
from verifier.clouds.aws.delegation.account_start import account_state, keys_read, readable_documents
from verifier.clouds.aws.delegation.chain import ChainSearch
from verifier.clouds.aws.delegation.delegate import reason_open
from verifier.clouds.aws.delegation.state import DelegationState
from verifier.clouds.aws.delegation.step_requests import Onward, StepRequests
from verifier.clouds.aws.delegation.steps import assuming_steps, next_steps
from verifier.clouds.aws.escalation.administrator import below_administrator
from verifier.clouds.aws.policy.syntax import Policy
from verifier.delegations.answer import MOST_MOVES, DelegationStep
from verifier.questions.ask import Ask
from verifier.questions.verdict import Escapes


@dataclass(frozen=True)
class ClimbOpen:
    """It was not found out, for `reason`."""

    reason: str


ClimbAnswer: TypeAlias = tuple[DelegationStep, ...] | ClimbOpen | None
"""The steps of a chain, or why it is not known; None where it is proved that there is none."""


class AccountClimbs:
    """See above; `ask` bounds each answer, `maxima` are those of the intent, and no request is made before `at`."""

    def __init__(self, account: Account, maxima: tuple[Policy, ...], ask: Ask, at: str = "") -> None:
        first = next(iter(account.principals)).arn
        keys = keys_read(account)
        start = account_state(account, first, maxima, at)
        self._ask = ask
        self._facts = AccountFacts.of(start, keys)
        self._memory = account_memory(self._facts, ask)
        self._requests = StepRequests(start.setting, keys, ask)
        self._searches: dict[tuple[Policy, bool], ChainSearch] = {}
        self.below_administrator = below_administrator(self._facts, readable_documents(account), ask)

    def is_administrator(self, arn: str) -> bool:
        """Whether a principal may change IAM as it likes, and do what it wants elsewhere."""
        return all(self._may_exceed(arn, maximum) for maximum in (self.below_administrator, ALL_BUT_ANY))

    def target(self, arn: str, maximum: Policy | None) -> Policy:
        """Return what is asked: `maximum` where the principal keeps to it as it stands; else that is another check's
        finding, and administrators are what is left to ask about.
        """
        return self.below_administrator if maximum is None or self._may_exceed(arn, maximum) else maximum

    def _may_exceed(self, arn: str, maximum: Policy) -> bool:
        """Whether a principal is known to be allowed what `maximum` does not allow."""
        facts = self._facts.of_admin(arn)
        try:
            with deadline(self._ask.seconds):
                carriers = account_carriers(AccountInvariant.of([arn]), facts)
                verdicts = [self._memory.exceeds(one.documents, (maximum,)) for one in carriers if one.arn == arn]
        except (InputError, LimitReached, Unsupported):
            return False
        return any(isinstance(verdict, Escapes) for verdict in verdicts)

    def climb(self, arn: str, maximum: Policy, *, assuming: bool = False) -> ClimbAnswer:
        """Return whether a principal can get beyond `maximum`: with `assuming` by assuming roles alone."""
        budget = Budget.of(self._ask.seconds)
        try:
            with deadline(self._ask.seconds):
                return self._climb(arn, maximum, budget, assuming=assuming)
        except (InputError, LimitReached) as why:
            return ClimbOpen(str(why))

    def _climb(self, arn: str, maximum: Policy, budget: Budget, *, assuming: bool) -> ClimbAnswer:
        facts = self._facts.of_admin(arn)
        proof = AccountProof(facts, lambda _: (maximum,), maximum, self._ask, self._memory, assuming=assuming)
        found = proof.attempt(budget)
        if found.proved:
            return None
        limit = ""
        try:
            search = self._search(maximum, assuming=assuming)
            steps = chain_of_account(search, facts.start, found.through, MOST_MOVES, budget, shortest=False)
        except LimitReached as reached:
            steps, limit = None, f"; the search for a chain ended: {reached}"
        if steps is not None:
            return steps
        return ClimbOpen(f"{reason_open(found)}{found.doubt}; no chain of at most {MOST_MOVES} moves was found{limit}")

    def _search(self, maximum: Policy, *, assuming: bool) -> ChainSearch:
        key = (maximum, assuming)
        if key not in self._searches:
            ways: Callable[[StepRequests, DelegationState], Iterator[Onward]]
            ways = assuming_steps if assuming else next_steps
            self._searches[key] = ChainSearch(self._requests, lambda _: (maximum,), self._ask, ways)
        return self._searches[key]
