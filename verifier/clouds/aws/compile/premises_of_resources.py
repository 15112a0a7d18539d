"""The premises about the resource of a request and about its way, as formulas and as tests (rules 31 to 35).

covered, belongs, owned    a policy covers it, or it belongs to one of some accounts
by_service_for_itself      a service asks about a role that it made for itself
through_endpoint           the request is sent through a VPC endpoint
"""

from __future__ import annotations

from collections.abc import Collection

from verifier.clouds.aws.compile.domains import member_of_domain
from verifier.clouds.aws.compile.premises import action_set, known_asker, tells_no_account
from verifier.clouds.aws.compile.principals import asks_of_kind
from verifier.clouds.aws.policy.premise import EVERY, Premise, premise
from verifier.clouds.aws.principals.asking import SOURCE_VPCE, is_through_endpoint
from verifier.clouds.aws.principals.forms import of_services
from verifier.clouds.aws.principals.principal import Principal, PrincipalKind, is_of_service
from verifier.clouds.aws.principals.resource_policy import Cover
from verifier.clouds.aws.principals.tied import (
    RESOURCE_ACCOUNT,
    owner_of,
)
from verifier.logic.formula import (
    RESOURCE,
    Element,
    Present,
    all_of,
    any_of,
    is_literal,
    negate,
)
from verifier.logic.request import Request
from verifier.strings.languages import Glob, Wildcard

_FIELD, _TEXT = Wildcard.FIELD_TEXT, Wildcard.TEXT


def covered(covers: Collection[Cover]) -> Premise:
    """Return the premise that one of `covers`, all of the same actions, holds the request."""
    (actions,) = {cover.actions for cover in covers}
    globs = [Glob.literal(cover.arn) for cover in covers]
    globs += [Glob((cover.below, _TEXT)) for cover in covers if cover.below]
    formula = any_of(member_of_domain(RESOURCE, glob) for glob in globs)

    def holds(request: Request) -> bool:
        return any(cover.holds(request) for cover in covers)

    name = f"the resource is {', '.join(cover.arn for cover in covers)}"
    return premise(name, [(EVERY if actions is None else action_set(actions), formula)], holds)


def owned(covers: Collection[Cover], account: str, *, told: bool) -> Premise:
    """Return the premise that what `covers` hold, whose ARNs tell no account, is of `account`, and that a request on it
    says so, if that is `told`.
    """
    whole = covered(covers)
    outside = negate(any_of(formula for _, formula in whole.formulas))
    present = Present(RESOURCE_ACCOUNT)
    same = all_of((present, is_literal(Element(RESOURCE_ACCOUNT), account)))
    ours = same if told else any_of((negate(present), same))

    def holds(request: Request) -> bool:
        return not whole.test(request) or request.values(RESOURCE_ACCOUNT) in ((account,), *(() if told else ((),)))

    return premise(f"the account {account} has its own resources", [(EVERY, any_of((outside, ours)))], holds)


def belongs(accounts: Collection[str], principal: Principal | None) -> Premise:
    """Return the premise that the resource is of one of `accounts`.

    That is told by its ARN, else by `aws:ResourceAccount`; where neither does, it is of the account of `principal`.
    """
    told = [Glob(("arn:", _FIELD, ":", _FIELD, ":", _FIELD, f":{account}:", _TEXT)) for account in sorted(accounts)]
    by_key = any_of(is_literal(Element(RESOURCE_ACCOUNT), account) for account in sorted(accounts))
    by_default = principal is not None and principal.account in accounts
    key = all_of((Present(RESOURCE_ACCOUNT), by_key))
    untold = any_of((key, negate(Present(RESOURCE_ACCOUNT)))) if by_default else key
    formula = any_of((any_of(member_of_domain(RESOURCE, glob) for glob in told), all_of((tells_no_account(), untold))))

    def holds(request: Request) -> bool:
        return owner_of(request, principal) in accounts

    return premise(f"the resource is of {', '.join(sorted(accounts))}", [(EVERY, formula)], holds)


def by_service_for_itself() -> Premise:
    """Return the premise that a service asks about a role that a service made for itself (rule 30)."""
    formula = all_of((asks_of_kind(PrincipalKind.SERVICE), member_of_domain(RESOURCE, of_services())))

    def holds(request: Request) -> bool:
        asks = known_asker(request)
        return asks is not None and asks.kind is PrincipalKind.SERVICE and is_of_service(request.resource)

    return premise("a service asks about a service-linked role", [(EVERY, formula)], holds)


def through_endpoint() -> Premise:
    """Return the premise that the request is sent through a VPC endpoint."""
    name = "the request is sent through a VPC endpoint"
    return premise(name, [(EVERY, Present(SOURCE_VPCE))], is_through_endpoint)
