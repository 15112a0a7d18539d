"""Which requests the users and roles of an account can make at all, whatever its documents allow (rule 33).

    without_token     that no token is exchanged for a session, as identity providers alone do
    possible_claims   the claims that a request is one that they can make, where some documents are asked about
    is_possible       whether they hold
    reads_owner       whether a document reads whose a resource is, which every request says then
    said_of_all       the parts of formulas that premises among some claims say of all requests
    all_parts_of      the parts of a formula, which must hold together

Questions about identity policies alone are asked without these claims, which few answers depend on: a counterexample
that does not meet them is looked for once more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from verifier.base.memo import once
from verifier.clouds.aws.compile.premises import action_set, owner_rules
from verifier.clouds.aws.policy.premise import Premise, premise
from verifier.clouds.aws.policy.syntax import Policy, keys_of
from verifier.clouds.aws.principals.tied import RESOURCE_ACCOUNT, says_owner
from verifier.logic.actions import ActionSet
from verifier.logic.formula import TRUE, And, Formula
from verifier.logic.request import Request
from verifier.questions.claims import Claim, Level, Says

_WITH_TOKEN = ("sts:assumerolewithsaml", "sts:assumerolewithwebidentity")


def possible_claims(asked: Iterable[Policy]) -> Iterator[Claim]:
    """Yield the claims; `asked` are all documents that are asked about."""
    yield from (Claim(Level((one,)), Says.ALLOWS) for one in _premises(asked))


def is_possible(request: Request, asked: Iterable[Policy]) -> bool:
    """Whether a user or role can make `request`; `asked` are all documents that are asked about."""
    return all(one.test(request) for one in _premises(asked))


def _premises(asked: Iterable[Policy]) -> Iterator[Premise]:
    yield without_token()
    if any(map(reads_owner, asked)):
        yield _of_its_owner()


def said_of_all(claims: Iterable[Claim]) -> frozenset[Formula]:
    """Return the parts of the premises of `claims`: people are shown regions without them."""
    premises = (one for claim in claims for one in claim.level.policies if isinstance(one, Premise))
    return frozenset(part for one in premises for _, formula in one.formulas for part in all_parts_of(formula))


def all_parts_of(formula: Formula) -> tuple[Formula, ...]:
    """Return the parts of a conjunction; any other formula is one part."""
    return tuple(formula.parts) if isinstance(formula, And) else (formula,)


@cache
def without_token() -> Premise:
    """Return the premise that the request does not exchange a token for a session, as only identity providers do.

    No credentials of AWS take part there, so nobody else makes such a request, whatever its policies say (rule 33).
    """
    others = ActionSet.all_but(action_set(_WITH_TOKEN).these)

    def holds(request: Request) -> bool:
        return request.action.lower() not in _WITH_TOKEN

    return premise("no token is exchanged", [(others, TRUE)], holds)


@once
def reads_owner(policy: Policy) -> bool:
    """Whether a document reads whose a resource is."""
    return RESOURCE_ACCOUNT in keys_of(policy)


@cache
def _of_its_owner() -> Premise:
    """Return the premise that `aws:ResourceAccount` is the account in the ARN of the resource, if there is one."""
    return premise("a resource is of the account in its ARN", owner_rules(), says_owner)
