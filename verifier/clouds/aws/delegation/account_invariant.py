"""The invariant of an account: what he and those whom he can act as may at most come to be, whatever they do.

    AccountInvariant      whom he can act as, and what may change
    AccountFacts          the account that it is about
    account_carriers      everybody whom he can act as, with the documents that bound what they may do
    invariant_sentences   it in words

It is found by weakening (`account_proof.py`): it begins with him alone, as he is, and a move that would leave it makes
it say less, until every move keeps it. Whom he can act as is a set of users and roles that are there, and whoever is
made. Each of them has the documents that he has now, or may come to have any identity policies; then his boundary is
what bounds him. Of those who are made it is not known what they are called, so nothing follows from who they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from verifier.base.dataclass import dataclass
from verifier.base.errors import Unsupported
from verifier.base.memo import cached_property, once
from verifier.clouds.aws.audit.subject import NO_REQUEST
from verifier.clouds.aws.delegation.named_principals import (
    FEDERATED,
    RoleTrusts,
    for_everyone,
    for_whoever_is_made,
    names_alone,
    reads_who,
)
from verifier.clouds.aws.delegation.running_roles import RunningRoles
from verifier.clouds.aws.delegation.state import Actor, DelegationState, held_policies
from verifier.clouds.aws.documents import Documents, any_identity_policy
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.principals.asking import Asking
from verifier.clouds.aws.principals.principal import read_principal
from verifier.clouds.aws.principals.resource_policy import ShownPolicy
from verifier.logic.actions import Effect

_NOBODY = frozenset[str]()


@dataclass(frozen=True)
class AccountInvariant:
    """`acting` are those of the account whom he can act as. Of those, `loose` ones may have any identity policies,
    `undenied` ones may lose what denies them something, `renamed` ones may be called something else.

    `kept` ones of `acting` may have the boundary that they have now, and `bounds` are those that they may have besides,
    None for no boundary; `rebound` are the same of those whom he cannot act as yet. `approved` are those that whoever
    is made may have. `rewritten` policies may say anything, `joined` groups have users whom he wants, and `retagged`
    users and roles have tags that he wants. `gone` ones may be deleted, so that others have their names.
    """

    acting: frozenset[str]
    kept: frozenset[str]
    loose: frozenset[str] = _NOBODY
    undenied: frozenset[str] = _NOBODY
    renamed: frozenset[str] = _NOBODY
    bounds: frozenset[tuple[str, str | None]] = frozenset()
    approved: frozenset[str | None] = frozenset()
    rewritten: frozenset[str] = _NOBODY
    joined: frozenset[str] = _NOBODY
    retagged: frozenset[str] = _NOBODY
    gone: frozenset[str] = _NOBODY
    rebound: frozenset[tuple[str, str | None]] = frozenset()

    @staticmethod
    def of(arns: Iterable[str]) -> AccountInvariant:
        """Return the invariant that they are as they are."""
        acting = frozenset(arns)
        return AccountInvariant(acting, acting)

    def also(self, name: str, values: Iterable[object]) -> AccountInvariant:
        """Return the invariant that says less: `values` are added to what `name` holds.

        Whoever is added to `kept` is one of `acting` then.
        """
        found = replace(self, **{name: getattr(self, name) | frozenset(values)})
        return replace(found, acting=found.acting | found.kept)

    def bounds_of(self, actor: Actor) -> frozenset[str | None]:
        """Return the boundaries that `actor` may have: one whom he cannot act as yet, while nobody changes it."""
        others = frozenset(boundary for arn, boundary in self.bounds if arn == actor.arn)
        stays = actor.arn in self.kept or actor.arn not in self.acting
        return others | {actor.boundary} if stays else others

    def rebounds_of(self, actor: Actor) -> frozenset[str | None]:
        """Return the other boundaries that `actor` may come to have before he can act as it."""
        return frozenset(boundary for arn, boundary in self.rebound if arn == actor.arn)

    @property
    def fixed(self) -> frozenset[str]:
        """Those whose identity policies stay."""
        return self.acting - self.loose


@dataclass(frozen=True, eq=False)
class AccountFacts:
    """The `start`, the keys of IAM that documents read, whom its roles trust, and as which something runs."""

    start: DelegationState
    read_keys: tuple[str, ...]
    trusts: RoleTrusts
    running: RunningRoles

    @staticmethod
    def of(start: DelegationState, read_keys: tuple[str, ...]) -> AccountFacts:
        """Return the facts about `start`."""
        actors = tuple(start.actors.values())
        return AccountFacts(start, read_keys, RoleTrusts(actors), RunningRoles(actors))

    def of_admin(self, arn: str) -> AccountFacts:
        """Return the facts about the same account, in which `arn` is the administrator."""
        return replace(self, start=replace(self.start, acting=(arn,)))

    @property
    def iam(self) -> str:
        """How an ARN of IAM begins there."""
        return f"{self.start.acting[0].rpartition(':')[0]}:"

    @cached_property
    def tag_keys(self) -> tuple[str, ...]:
        """The keys of tags of users and roles that a request may carry."""
        tags = self.start.setting.resource_tags
        return tuple(f"{prefix}:ResourceTag/{tag}" for tag in tags for prefix in ("aws", "iam"))

    def actors(self, arns: Iterable[str], kind: str = "") -> Iterator[Actor]:
        """Yield those of `arns`, of a kind, in order."""
        for arn in sorted(arns):
            actor = self.start.actors[arn]
            if not kind or actor.kind == kind:
                yield actor

    def others(self, kind: str, invariant: AccountInvariant) -> Iterator[Actor]:
        """Yield users or roles whom he cannot act as, with the boundary that they have now."""
        for actor in self.start.actors.values():
            if actor.kind == kind and actor.arn not in invariant.kept:
                yield actor

    def denies(self, actor: Actor) -> bool:
        """Whether a policy of `actor` denies something."""
        return any(policy.by_effect[Effect.DENY] for policy in self.identity(actor))

    def identity(self, actor: Actor) -> tuple[Policy, ...]:
        """Return the identity policies of `actor`. Raises Unsupported where nobody knows them."""
        found = None if actor.lacking else held_policies(self.start, actor)
        if found is None:
            raise Unsupported(f"he can act as {actor.arn}: {actor.lacking or 'a policy of it is not in the dump'}")
        return found


@dataclass(frozen=True)
class AccountCarrier:
    """Somebody whom he can act as: in words, the documents that bound him, and his ARN; None for whoever is made.

    `was` is the ARN of somebody who may have another name by now, and `boundary` that of his boundary.
    """

    words: str
    documents: Documents
    arn: str | None = None
    was: str | None = None
    boundary: str | None = None


def account_carriers(invariant: AccountInvariant, facts: AccountFacts) -> Iterator[AccountCarrier]:
    """Yield everybody whom he can act as; those with the same documents once. Raises Unsupported."""
    seen: set[tuple[Documents, str | None, str | None]] = set()
    for one in _carriers(invariant, facts):
        himself = facts.start.acting[0] in (one.arn, one.was)  # he may be allowed more
        apart = one.arn is not None and (himself or facts.trusts.tells_apart(one.arn))
        key = one.documents, one.arn if apart else None, one.was if himself else None
        if key not in seen:
            seen.add(key)
            yield one


def _carriers(invariant: AccountInvariant, facts: AccountFacts) -> Iterator[AccountCarrier]:
    setting = facts.start.setting
    for actor in facts.actors(invariant.acting):
        loose = actor.arn in invariant.loose
        identity = (any_identity_policy(),) if loose else tuple(_identity(actor, invariant, facts))
        for boundary in sorted(invariant.bounds_of(actor), key=str):
            document = boundary_document(boundary, invariant, facts)
            untagged = actor.arn in invariant.retagged or actor.sessions_tagged
            limits = setting.limits(actor, tags=not untagged)
            words = f"{actor.arn}, who may come to have any identity policies" if loose else actor.arn
            yield AccountCarrier(words, _asked(actor, identity, document, limits, facts), actor.arn, None, boundary)
            if actor.arn in invariant.renamed:
                free = Documents(identity, document, None, setting.free_limits)
                yield AccountCarrier(f"{actor.arn} by another name", free, was=actor.arn, boundary=boundary)
    for boundary in sorted(invariant.approved, key=str):
        document = boundary_document(boundary, invariant, facts)
        words = f"whoever is made with {boundary or 'no boundary'}"
        documents = Documents((any_identity_policy(),), document, None, setting.free_limits)
        yield AccountCarrier(words, documents, boundary=boundary)
    unnamed = bool(invariant.approved or invariant.renamed)
    taken = facts.trusts.names_taken(invariant.gone)
    for shown in setting.shown:
        policy = for_whoever_is_made(shown.policy, taken) if invariant.approved else for_everyone(shown.policy)
        if policy is not None and (unnamed or FEDERATED in shown.policy.source.text):
            side = Documents((), asking=Asking(None, (ShownPolicy(shown.arn, policy, shown.owner),)))
            yield AccountCarrier(f"everybody, by the policy of {shown.arn}", side)


def _identity(actor: Actor, invariant: AccountInvariant, facts: AccountFacts) -> Iterator[Policy]:
    undenied = actor.arn in invariant.undenied
    for policy in facts.identity(actor):
        yield only_allows(policy) if undenied else policy
    if actor.kind == "user":
        for arn in sorted(invariant.joined - set(actor.groups)):
            group = facts.start.groups[arn]
            if any(one not in facts.start.policies for one in group.attached):
                raise Unsupported(f"he can join {arn}, and a policy of that group is not in the dump")
            attached = (facts.start.policies[one].document for one in group.attached)
            yield from map(only_allows, (*(policy for _, policy in group.inline), *attached))


def _asked(
    actor: Actor,
    identity: tuple[Policy, ...],
    boundary: Policy | None,
    limits: tuple[tuple[Policy, ...], ...],
    facts: AccountFacts,
) -> Documents:
    """Return the documents, with who asks where that makes a difference."""
    setting = facts.start.setting
    shown = tuple(each for each in setting.shown if names_alone(each.policy, actor.arn))
    told = shown or setting.rcps or reads_who(Documents(identity, boundary, None, setting.scps))
    asking = Asking(read_principal(actor.arn), shown) if told else None
    rcps = setting.rcps if asking else ()
    return Documents(identity or (() if shown else (NO_REQUEST,)), boundary, None, limits, rcps, asking)


def boundary_document(arn: str | None, invariant: AccountInvariant, facts: AccountFacts) -> Policy | None:
    """Return what a boundary says; None where there is none. Raises Unsupported where nobody knows."""
    if arn is None:
        return None
    if arn in invariant.rewritten:
        return any_identity_policy()
    if arn not in facts.start.policies:
        raise Unsupported(f"the boundary {arn} is not in the dump")
    return facts.start.policies[arn].document


@once
def only_allows(policy: Policy) -> Policy:
    """Return a policy without its Denies."""
    return replace(policy, statements=policy.by_effect[Effect.ALLOW], warnings=())


def invariant_sentences(invariant: AccountInvariant, facts: AccountFacts) -> Iterator[str]:
    """Yield the invariant in words."""
    made = " or ".join(sorted(str(one) for one in invariant.approved if one))
    others = [actor.arn for actor in facts.actors(invariant.acting) if actor.arn != facts.start.acting[0]]
    he = f"he can act as nobody of the account but himself{' and ' + ', '.join(others) if others else ''}"
    yield he
    if made:
        yield f"whoever is made carries {made} as its boundary"
    else:
        yield "he makes no users and no roles"
    for actor in facts.actors(invariant.acting):
        carried = invariant.bounds_of(actor)
        bounds = " or ".join(sorted(str(one or "no boundary") for one in carried))
        if None in carried and len(carried) > 1:
            policies = "may become any" if actor.arn in invariant.loose else "stay as they are"
            yield f"{actor.arn} has any boundary or none; its policies {policies}"
        elif actor.arn in invariant.loose:
            yield f"the boundary of {actor.arn} stays {bounds}; its policies may become any"
        else:
            yield f"the policies and the boundary of {actor.arn} stay as they are"
    for arn in sorted({*(one for one in invariant.approved if one), *_bounding(invariant, facts)}):
        yield f"the policy {arn} says what it says now"
    for arn in sorted(invariant.joined):
        yield f"users may join {arn}, whose policies stay as they are"


def _bounding(invariant: AccountInvariant, facts: AccountFacts) -> Iterator[str]:
    for actor in facts.actors(invariant.acting):
        yield from (one for one in invariant.bounds_of(actor) if one)
