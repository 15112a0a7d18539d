"""What one principal of an account may do: all of it as regions, and whether it is within a maximum.

    effective_documents(account, principal)    the documents that decide, as a question takes them
    can(account, principal, ...)        -> Can

The documents of a principal without any identity policy are those of one that allows nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from verifier.base.budget import Budget, deadline
from verifier.base.dataclass import dataclass
from verifier.base.errors import LimitReached, Unsupported
from verifier.base.source import Source
from verifier.clouds.aws.account.effective import effective
from verifier.clouds.aws.account.held import AccountDocument
from verifier.clouds.aws.account.model import Account, AccountPrincipal
from verifier.clouds.aws.audit.assumed import account_assumptions
from verifier.clouds.aws.audit.denied import denied_there
from verifier.clouds.aws.audit.groups import reasons_against
from verifier.clouds.aws.audit.instant import (
    instant_assumed,
    instant_read,
    made_from,
    not_before,
)
from verifier.clouds.aws.audit.owners import whoever_owns
from verifier.clouds.aws.audit.pins import keys_about_principals, pins, principal_keys
from verifier.clouds.aws.audit.possible import all_parts_of, is_possible, possible_claims, reads_owner, said_of_all
from verifier.clouds.aws.audit.shapes import denial, literal, maximum_of_shapes
from verifier.clouds.aws.audit.shown import ShownSide
from verifier.clouds.aws.audit.subject import NO_REQUEST
from verifier.clouds.aws.audit.together import Together
from verifier.clouds.aws.audit.with_resources import escape_of
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.policy.parse import parse_source
from verifier.clouds.aws.policy.premise import Premise
from verifier.clouds.aws.policy.syntax import Policy, keys_of
from verifier.clouds.aws.principals.asking import Asking, Membership
from verifier.clouds.aws.principals.principal import read_principal
from verifier.clouds.aws.principals.resource_policy import ShownPolicy, account_in, cover_of
from verifier.clouds.aws.principals.tied import RESOURCE_ACCOUNT
from verifier.logic.formula import all_of
from verifier.questions.ask import Ask
from verifier.questions.claims import Claim, Level, Says
from verifier.questions.prove import assumptions_of, prove
from verifier.questions.question import ProveQuestion
from verifier.questions.verdict import Contained, Escapes, Verdict
from verifier.questions.ways import allowed_ways
from verifier.questions.worlds import show
from verifier.regions.region import Region, Regions, Side
from verifier.regions.regions import regions


@dataclass(frozen=True)
class Can:
    """What a principal may do; `verdict` is None where there is no maximum, `question` what was asked."""

    principal: str
    regions: Regions
    verdict: Verdict | None
    question: ProveQuestion
    assumes: tuple[str, ...]


def effective_documents(account: Account, principal: AccountPrincipal, maximum: Policy | None = None) -> Documents:
    """Return the documents that decide what `principal` may do, with what follows from who it is.

    Raises Unsupported where a document is broken, or is not there.
    """
    found = effective(account, principal)
    reasons = list(reasons_against(found))
    if reasons:
        raise Unsupported("; ".join(reasons))
    asking, denying = _asking(account, principal, bound=bool(found.rcps))
    keys = frozenset[str]().union(*(principal_keys(held.document) for held in found.every()))
    there = (*denying, *(each.policy for each in (asking.resource_policies if asking else ())))
    keys = keys.union(*map(keys_about_principals, there))
    if maximum is not None:
        keys |= {key.name.lower() for key in keys_of(maximum) if key.name.lower().startswith("aws:")}
    pinned = pins(account, principal, keys)
    rcps = tuple(_read(held.document) for held in found.rcps)
    scps = tuple(tuple(_read(held.document) for held in level) for level in found.scps)
    own = [*([_stand_in("who asks", pinned)] if pinned else []), *denying]
    told = any(map(reads_owner, (*map(_read, dict.fromkeys(held.document for held in found.every())), *denying)))
    own += _as_ours(account, told=told or (maximum is not None and reads_owner(maximum)), bound=bool(asking and rcps))
    nothing = () if asking else (NO_REQUEST,)  # that denies everything, what a resource allows too
    identity = tuple(_read(held.document) for held in found.identity) or nothing
    boundary = None if found.boundary is None else _read(found.boundary.document)
    return Documents(identity, boundary, None, (*scps, *((one,) for one in own)), rcps, asking)


def _from(documents: Documents, at: str) -> Documents:
    """Return `documents` with one that refuses requests before the instant `at`, if there is one."""
    return replace(documents, scps=(*documents.scps, (not_before(at),))) if at else documents


def _as_ours(account: Account, *, told: bool, bound: bool) -> Iterator[Policy]:
    """Yield the document that refuses requests which say that a resource whose policy is shown is another account's,
    where that is `told` by each, or matters since RCPs are `bound` to the account.
    """
    covers = [cover_of(each.resource) for each in account.resource_policies if not account_in(each.resource)]
    resources = [literal(one.arn) for one in covers] + [f"{literal(one.below)}*" for one in covers if one.below]
    if resources and (told or bound):
        operator = "StringNotEquals" if told else "StringNotEqualsIfExists"
        elsewhere = {operator: {RESOURCE_ACCOUNT.name: account.id}}
        yield _stand_in("whose the resources are", maximum_of_shapes([denial(["*"], resources, **elsewhere)]))


def _stand_in(name: str, text: str) -> Policy:
    return parse_source(Source(name, text, stand_in=True))


def _asking(account: Account, principal: AccountPrincipal, *, bound: bool) -> tuple[Asking | None, tuple[Policy, ...]]:
    """Return who asks, with the policies of resources that bear on it, None where there are none, and it is not `bound`
    by RCPs, which are about resources of its account alone; and what the other policies of resources keep it from.

    Those are the ones that may name it, and those of keys, without which nobody uses a key (rule 35).
    """
    for one in account.resource_policies:
        if one.document.policy is None:
            raise Unsupported(f"the policy of {one.resource} cannot be read: {one.document.error}")
    side = ShownSide(Together((account,)))
    granting = side.of_account(account.id)
    numbers = (*granting.to(principal.arn), *granting.numbers.get(None, ()))
    documents = dict.fromkeys((*(granting.documents[number] for number in sorted(numbers)), *side.keys()))
    shown = tuple(ShownPolicy(each.arn, side.policy(each), each.owner) for each in documents)
    members, asks = Membership(accounts=frozenset({account.id})), read_principal(principal.arn)
    denying = tuple(denied_there((one for one in side.every() if one[0] not in documents), asks))
    return Asking(asks, shown, organization=members) if shown or bound else None, denying


def _read(document: AccountDocument) -> Policy:
    assert document.policy is not None
    return document.policy


def _within(documents: Documents, maximum: Policy, ask: Ask) -> Verdict:
    """Return whether all that a principal can ask for, of what `documents` allow, is within `maximum`."""
    verdict = prove(ProveQuestion(documents, maximum), ask, show)
    if not isinstance(verdict, Escapes) or is_possible(verdict.request, _every(documents, maximum)):
        return verdict
    found = escape_of([whoever_owns(documents)], maximum, ask)
    return Contained(vacuous=None) if found is None else found


def _every(documents: Documents, maximum: Policy | None) -> Iterator[Policy]:
    yield from (policy for _, policy in documents.placed())
    yield from () if maximum is None else (maximum,)


def _says(premise: Premise) -> Claim:
    return Claim(Level((premise,)), Says.ALLOWS)


def _as_shown(region: Region, claims: Iterable[Claim]) -> Region:
    """Return a region without what the premises of `claims` say of all requests."""
    said = said_of_all(claims)
    left = [part for part in all_parts_of(region.part.condition) if part not in said]
    return replace(region, part=replace(region.part, condition=all_of(left)))


def can(account: Account, principal: AccountPrincipal, maximum: Policy | None, ask: Ask, at: str = "") -> Can:
    """Return what `principal` may do from the instant `at` on, if there is one, found within the time of `ask`, and
    whether it is within `maximum`, if given.

    Raises Unsupported as `effective_documents`, PolicyError for a maximum that is not one.
    """
    at = instant_read(at, (account,), () if maximum is None else (maximum,))
    documents = effective_documents(account, principal, maximum)
    question = ProveQuestion(documents, maximum or NO_REQUEST)
    question.check()
    verdict = None if maximum is None else _within(_from(documents, at), maximum, ask)
    try:
        with deadline(ask.seconds):
            beside = [*possible_claims(_every(documents, maximum)), *([_says(made_from(at))] if at else [])]
            ways = [(*claims, *beside) for claims in allowed_ways(documents, question.maximum)]
            found = regions([(Side.ALLOWED, claims) for claims in ways], Budget.of(ask.seconds), ask.world)
            found = replace(found, regions=tuple(_as_shown(region, beside) for region in found.regions))
    except LimitReached as limit:
        found = Regions((), complete=False, reason=str(limit))
    policies = [policy for _, policy in documents.placed()]
    assumes = (
        *assumptions_of(policies, ask, documents, proved=True),
        *account_assumptions(account),
        *instant_assumed(at),
    )
    return Can(principal.arn, found, verdict, question, tuple(dict.fromkeys(assumes)))
