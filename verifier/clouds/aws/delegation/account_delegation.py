"""`delegate` of an account: can one who is in it, alone or through whom he makes, changes or becomes, exceed a maximum?

    delegate_account(asked, ask, most_moves)   -> DelegationProved, DelegationRefuted or DelegationUndecided
    AccountDelegation                          what is asked
    proof_of_account                           the proof, for scripts about it too (`account_scripts.py`)

Proved: the strongest invariant that every move of the table keeps implies the maximum. Refuted: a chain of moves of
those who are in the account, as they are, whose requests the evaluator confirmed one by one, ends outside of it.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.base.budget import Budget, deadline
from verifier.base.dataclass import dataclass
from verifier.base.errors import LimitReached, UsageError, quote
from verifier.clouds.aws.account.model import Account
from verifier.clouds.aws.audit.assumed import account_assumptions
from verifier.clouds.aws.audit.instant import check_instant, instant_assumed, reads_time
from verifier.clouds.aws.catalogue.tables import origin
from verifier.clouds.aws.delegation.account_chain import chain_of_account
from verifier.clouds.aws.delegation.account_invariant import AccountFacts, invariant_sentences
from verifier.clouds.aws.delegation.account_proof import AccountProof
from verifier.clouds.aws.delegation.account_start import account_state, keys_read, readable_documents
from verifier.clouds.aws.delegation.becoming_steps import providers_trusted
from verifier.clouds.aws.delegation.chain import ChainSearch
from verifier.clouds.aws.delegation.delegate import OUTSIDE_THE_MODEL, reason_open
from verifier.clouds.aws.delegation.service_ways import taken_to_be_there
from verifier.clouds.aws.delegation.step_requests import StepRequests
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.policy.syntax import Policy, conditions_on
from verifier.clouds.aws.principals.asking import Asking
from verifier.clouds.aws.principals.principal import read_principal
from verifier.clouds.aws.principals.resource_policy import ShownPolicy
from verifier.delegations.answer import (
    MOST_MOVES,
    DelegationAnswer,
    DelegationProved,
    DelegationRefuted,
    DelegationUndecided,
)
from verifier.questions.ask import Ask
from verifier.questions.prove import assumptions_of
from verifier.questions.question import ProveQuestion
from verifier.strings.values import Key

_CREDENTIALS = "not in a dump, so taken to be free: access keys, login profiles, service-specific credentials"
_POOLS = "cognito-identity.amazonaws.com"
_KIND_OF_IDENTITY = Key.of(f"{_POOLS}:amr")
_PROVIDERS = "not in a dump, so taken to be there: the SAML providers that roles trust"


@dataclass(frozen=True, eq=False)
class AccountDelegation:
    """The `account`, the ARN of the administrator, and the maximum; he himself may do what `own` allows too.

    Requests are made from the instant `at` on, as conditions write one; at any time if that is empty.
    """

    account: Account
    admin: str
    maximum: Policy
    own: Policy | None = None
    at: str = ""

    def maxima(self, who: str) -> tuple[Policy, ...]:
        """Return what one of has to allow what `who` asks for."""
        return (self.own, self.maximum) if who == self.admin and self.own is not None else (self.maximum,)

    def check(self) -> None:
        """Raise UsageError or PolicyError where it cannot be asked."""
        found = self.account.find(self.admin)
        if found is None or found.arn != self.admin:
            help = "write his ARN as the account has it, path included"
            raise UsageError(f"the account has no user and no role {quote(self.admin)}", help=help)
        check_instant(self.at)
        for maximum in self.maxima(self.admin):
            ProveQuestion(Documents((maximum,)), maximum).check()


def delegate_account(asked: AccountDelegation, ask: Ask, most_moves: int = MOST_MOVES) -> DelegationAnswer:
    """Return whether he can ever exceed the maximum, found within the time of `ask`.

    Raises UsageError where he is not in the account, PolicyError for a maximum that is not one.
    """
    asked.check()
    standing = tuple(dict.fromkeys(delegation_assumptions(asked, ask)))
    try:
        with deadline(ask.seconds):
            return _answer(asked, ask, most_moves, standing)
    except LimitReached as limit:
        return DelegationUndecided(str(limit), (), (), standing)


def _answer(asked: AccountDelegation, ask: Ask, most_moves: int, standing: tuple[str, ...]) -> DelegationAnswer:
    budget = Budget.of(ask.seconds)
    facts, proof = proof_of_account(asked, ask)
    start, keys = facts.start, facts.read_keys
    found = proof.attempt(budget)
    if found.proved:
        words = tuple(invariant_sentences(found.invariant, facts))
        return DelegationProved(words, found.moves, tuple(proof.widened(found.invariant)), standing)
    limit = ""
    try:
        search = ChainSearch(StepRequests(start.setting, keys, ask), asked.maxima, ask)
        steps = chain_of_account(search, start, found.through, most_moves, budget)
    except LimitReached as reached:
        steps, limit = None, f"; the search for a chain ended: {reached}"
    if steps is not None:
        there = tuple(taken_to_be_there(step.move or "" for step in steps))
        return DelegationRefuted(asked.admin, steps, (), found.moves, (*standing, *there))
    reason = f"{reason_open(found)}{found.doubt}; no chain of at most {most_moves} moves was found{limit}"
    return DelegationUndecided(reason, (), found.moves, standing)


def proof_of_account(asked: AccountDelegation, ask: Ask) -> tuple[AccountFacts, AccountProof]:
    """Return the facts that a proof is about, and the proof, which is still to be attempted."""
    others = [asked.maximum, *([asked.own] if asked.own else [])]
    facts = AccountFacts.of(account_state(asked.account, asked.admin, others, asked.at), keys_read(asked.account))
    return facts, AccountProof(facts, asked.maxima, asked.maximum, ask)


def delegation_assumptions(asked: AccountDelegation, ask: Ask) -> Iterator[str]:
    """Yield what every answer about an account assumes."""
    maxima = asked.maxima(asked.admin)
    shown = tuple(
        ShownPolicy(one.resource, one.document.policy, asked.account.id)
        for one in asked.account.resource_policies
        if one.document.policy is not None
    )
    together = Documents(maxima, asking=Asking(read_principal(asked.admin), shown))
    policies = (*maxima, *readable_documents(asked.account))
    yield from assumptions_of(policies, ask, together, proved=True, every_service=True)
    yield from account_assumptions(asked.account)
    yield OUTSIDE_THE_MODEL
    yield "the dump holds every user, role and group of the account"
    yield "nobody else changes the account, and roles of other accounts are outside of it"
    yield _CREDENTIALS
    if any(":saml-provider/" in each for each in _providers(asked.account)):
        yield _PROVIDERS
    if guests := sorted(_of_guests(asked.account)):
        yield f"nobody is a guest of an identity pool of Cognito, for whom these roles are: {', '.join(guests)}"
    yield from instant_assumed(asked.at if reads_time(policies) else "")
    yield f"an action of IAM carries the keys of IAM that the catalogue lists for it, and no others: {origin()}"
    yield "an action of IAM works on resources of its own account, of the types that the catalogue lists for it"
    if asked.account.services is None:
        yield "there is no `services.json`: something is taken to run as each role that trusts a service"
    if not asked.account.resource_policies:
        yield "there is no `resource-policies.json`: no policy of a resource is taken to let anybody in"


def _of_guests(account: Account) -> Iterator[str]:
    """Yield the roles that an identity pool may hand to guests: whoever knows the pool becomes one, with no permission.

    Source: Amazon Cognito Developer Guide, *Identity pools: unauthenticated identities*.
    """
    for role in account.roles:
        trust = role.trust.policy if role.trust is not None else None
        if trust is not None and _POOLS in providers_trusted(trust):
            kinds = [value.text for one in conditions_on(trust, _KIND_OF_IDENTITY) for value in one.values]
            if not kinds or any(kind != "authenticated" for kind in kinds):
                yield role.arn


def _providers(account: Account) -> Iterator[str]:
    """Yield the identity providers that roles trust."""
    for role in account.roles:
        if role.trust is not None and role.trust.policy is not None:
            yield from providers_trusted(role.trust.policy)
