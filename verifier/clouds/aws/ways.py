"""The ways in which documents together can allow a request, where it matters who asks (rules 29 to 36).

    ways    each way: what must allow, and what must not deny; a request is allowed iff one way holds
    sure_ways    the same for a proof that something is allowed

Within its account a principal is allowed by its identity policies or by a resource policy, and an Allow of a resource
policy is judged by what it names (`principals/named.py`). So the requests are split: by the resource policy that covers
them, by the side that allows, by the kind of the Allow, and where RCPs or an endpoint policy take part, by
whether they bind. Each part is a conjunction, as the search wants it; premises say which part it is.

Where the policy of a resource is not shown, that of a key or role is taken to delegate to its account, and that of
another account to let the principal in (rules 32 and 35). Services, identity providers and anonymous principals
are let in by shown policies alone.

The evaluator decides the same of one request in its own words (`evaluate/sides.py`).
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from verifier.base.dataclass import dataclass
from verifier.base.errors import Unsupported
from verifier.base.memo import cached_property
from verifier.clouds.aws.assumptions import touched_by_grants
from verifier.clouds.aws.compile.premises import anybody, asked_by
from verifier.clouds.aws.compile.premises_of_resources import belongs, by_service_for_itself, covered, through_endpoint
from verifier.clouds.aws.documents import Documents, any_identity_policy
from verifier.clouds.aws.policy.check import as_rcp, only_denies
from verifier.clouds.aws.policy.premise import Premise
from verifier.clouds.aws.policy.syntax import Policy, keys_of
from verifier.clouds.aws.policy.types import PolicyType
from verifier.clouds.aws.principals.asking import Asking
from verifier.clouds.aws.principals.named import GrantKind, as_seen, granting, may_allow
from verifier.clouds.aws.principals.principal import Principal, PrincipalKind
from verifier.clouds.aws.principals.resource_policy import ResourceKind, ShownPolicy
from verifier.clouds.cloud import Document
from verifier.clouds.split import AllowingWay
from verifier.strings.values import Key

_GRANTS = (GrantKind.DELEGATED, GrantKind.ALONE, GrantKind.LIMITED)


def ways(documents: Documents, beside: Sequence[Policy] = ()) -> tuple[AllowingWay, ...]:
    """Return the ways of `documents`, which tell who asks; keys that `beside` reads are tied to it as well.

    Raises Unsupported where a principal cannot be told.
    """
    asking = documents.asking
    assert asking is not None
    parts = _Parts(documents, asking, frozenset().union(*map(keys_of, _all(documents, beside))))
    found = parts.explicit() if asking.explicit else parts.ways()
    return tuple(found)


def sure_ways(documents: Documents, beside: Sequence[Policy] = ()) -> tuple[AllowingWay, ...]:
    """Return `ways` for a proof that something is allowed; where nothing is, a way that never holds.

    Premises come first, always the same object for what they say. Raises Unsupported where a way may be more than AWS
    allows.
    """
    _refuse_what_may_be_less(documents)
    found = ways(documents, beside)
    if not found:
        asking = documents.asking
        assert asking is not None
        parts = _Parts(documents, asking, frozenset().union(*map(keys_of, _all(documents, beside))))
        return (AllowingWay(allowing=((),), given=(parts.premise,)),)
    known: dict[str, Document] = {}
    return tuple(_with_known(way, known) for way in found)


def _with_known(way: AllowingWay, known: dict[str, Document]) -> AllowingWay:
    def same(levels: Sequence[tuple[Document, ...]]) -> tuple[tuple[Document, ...], ...]:
        shared = [
            tuple(known.setdefault(one.source.name, one) if isinstance(one, Premise) else one for one in level)
            for level in levels
        ]
        return tuple(sorted(shared, key=lambda level: not isinstance(level[0], Premise)))

    return replace(way, allowing=same(way.allowing), lacking=same(way.lacking))


def _refuse_what_may_be_less(documents: Documents) -> None:
    """Raise Unsupported where the ways may allow more than AWS does: a proof that all of something is allowed would not
    hold then.

    They leave in doubt what is not told, as a proof of a maximum needs it: who federated, whose resources RCPs bind,
    whether a role is service-linked, and how far a boundary binds where AWS's guide is unclear (rule 31).
    """
    asking = documents.asking
    assert asking is not None
    principal = asking.principal
    if principal is None or principal.kind in (PrincipalKind.ROOT, PrincipalKind.PROVIDER):
        raise Unsupported("what is needed is asked about users, roles, federated users and services")
    if asking.explicit:
        raise Unsupported("`explicit` asks about a maximum")
    if principal.kind is PrincipalKind.FEDERATED and asking.federated_by is None and asking.resource_policies:
        raise Unsupported("it is not told who federated")
    if documents.rcps and asking.member_accounts is None:
        raise Unsupported("it is not told which accounts the organization has, whose resources the RCPs bind")
    if principal.is_service_linked and principal.arn is None and (documents.scps or documents.rcps):
        raise Unsupported("whether the role is service-linked is told by its name only")
    if next(touched_by_grants(documents), None) is not None:
        raise Unsupported(
            "whether the boundary binds what the resource policy allows is unclear in AWS's guide (rule 31)"
        )


def _all(documents: Documents, beside: Sequence[Policy]) -> Iterator[Policy]:
    yield from (policy for _, policy in documents.placed())
    yield from beside


@dataclass(frozen=True)
class _Parts:
    """What the ways are put together from."""

    documents: Documents
    asking: Asking
    read: Collection[Key]

    def ways(self) -> Iterator[AllowingWay]:
        """Yield every way."""
        for way in itertools.chain(self._of_shown(), self._of_others()):
            for bound in self._under_rcps(way):
                yield from self._through_endpoint(bound)

    def explicit(self) -> Iterator[AllowingWay]:
        """Yield the ways in which a resource policy that is not shown may allow what nothing denies.

        The Deny statements of one that is shown count as those of every document do.
        """
        way, principal = self._way(), self.asking.principal
        if principal is not None and principal.account:
            way = _and(way, belongs({principal.account}, principal))
        shown = (
            _and(replace(way, silent=(*way.silent, (self._seen(each.policy),))), covered((each.cover,)))
            for each in self.asking.resource_policies
        )
        for each in (*shown, self._apart(way)):
            for bound in self._under_rcps(each):
                yield from self._through_endpoint(bound)

    def _of_shown(self) -> Iterator[AllowingWay]:
        """Yield the ways of requests on a resource whose policy is shown."""
        for each in self.asking.resource_policies:
            about = covered((each.cover,))
            policy = self._seen(each.policy)
            for way in self._by_account(each, policy):
                found = _and(replace(way, silent=(*way.silent, (policy,))), about)
                yield _and(found, through_endpoint()) if each.type is PolicyType.ENDPOINT else found

    def _by_account(self, each: ShownPolicy, policy: Policy) -> Iterator[AllowingWay]:
        principal = self.asking.principal
        if principal is not None and principal.kind is PrincipalKind.PROVIDER and each.kind is not ResourceKind.ROLE:
            return  # rule 33
        if principal is None or not principal.kind.has_account:
            yield self._way((policy,))
            return
        owner = each.account
        if owner in ("", principal.account):
            for way in self._within(each, policy, principal):
                yield way if owner else _and(way, self._ours)
        if owner != principal.account and may_allow(policy, principal):
            for way in self._identity(policy):
                yield way if owner else _and_not(way, self._ours)

    @cached_property
    def _ours(self) -> Premise:
        """That the resource is of the account of who asks."""
        assert self.asking.principal is not None
        return belongs({self.asking.principal.account}, self.asking.principal)

    def _within(self, each: ShownPolicy, policy: Policy, principal: Principal) -> Iterator[AllowingWay]:
        """Yield the ways within the account (rules 31 and 35), but those in which the policy plainly allows nothing."""
        delegated, alone, limited = (granting(policy, kind) for kind in _GRANTS)
        if not each.kind.is_strict:
            yield from self._identity()
        elif may_allow(delegated, principal):
            yield from self._identity(delegated)
        if may_allow(alone, principal):
            yield self._way((alone,))
        if may_allow(limited, principal):
            yield self._way((limited,), *self._limits)

    def _identity(self, *also: Policy) -> Iterator[AllowingWay]:
        """Yield the way of the identity side, which `also` must allow too."""
        principal = self.asking.principal
        nothing = principal is not None and principal.kind is PrincipalKind.FEDERATED and self.documents.session is None
        policies = self._policies
        if policies and not nothing:
            yield self._way(policies, *self._limits, *((one,) for one in also))

    @cached_property
    def _policies(self) -> tuple[Policy, ...]:
        """The identity policies; the root user may do everything (rule 33)."""
        principal = self.asking.principal
        if principal is not None and principal.kind is PrincipalKind.ROOT:
            return (any_identity_policy(),)
        return self.documents.policies

    @cached_property
    def _limits(self) -> tuple[tuple[Policy, ...], ...]:
        """The boundary and the session policy."""
        return tuple((one,) for one in self.documents.limits)

    def _of_others(self) -> Iterator[AllowingWay]:
        """Yield the ways of requests on a resource whose policy is not shown."""
        principal = self.asking.principal
        if self.asking.own_side or (principal is not None and not principal.kind.has_account):
            return
        yield from map(self._apart, self._identity())

    def _apart(self, way: AllowingWay) -> AllowingWay:
        """Return `way` for requests on a resource whose policy is not shown."""
        covers = sorted((each.cover for each in self.asking.resource_policies), key=_actions_of)
        if len(covers) <= _FEW:
            for cover in covers:
                way = _and_not(way, covered((cover,)))
            return way
        for _, alike in itertools.groupby(covers, key=_actions_of):
            way = _and_not(way, covered(tuple(alike)))
        return way

    def _way(self, *levels: tuple[Policy, ...]) -> AllowingWay:
        """Return the way in which each of `levels` allows, and nothing denies that binds every request."""
        silent = tuple(filter(None, (self.documents.policies, *self._limits)))
        allowing = list(levels)
        if self.asking.is_limited:
            for place, level in self.documents.levels():
                if place.type is PolicyType.SCP:
                    if only_denies(level):
                        silent = (*silent, level)
                    else:
                        allowing.append(level)
        return AllowingWay(tuple(allowing), silent, given=(self.premise,))

    @cached_property
    def premise(self) -> Premise:
        """That who asks does."""
        principal = self.asking.principal
        return anybody(self.read) if principal is None else asked_by(principal, self.read)

    def _seen(self, policy: Policy) -> Policy:
        """Return a document of the resource's side as it is for who asks (rules 31 and 34)."""
        bounded = self.documents.boundary is not None
        return as_seen(policy, self.asking.principal, self.asking.federated_by, bounded=bounded, proof=True)

    def _under_rcps(self, way: AllowingWay) -> Iterator[AllowingWay]:
        """Yield `way` where the RCPs bind, and where they do not (rule 30)."""
        rcps, principal = self.documents.rcps, self.asking.principal
        if not rcps or (principal is not None and principal.is_service_linked):
            yield way
            return
        if self.asking.own_side or (principal is not None and principal.kind is PrincipalKind.SERVICE):
            itself = by_service_for_itself()
            yield _and(way, itself)
            way = _and_not(way, itself)
        bound = replace(way, silent=(*way.silent, *((as_rcp(one),) for one in rcps)))
        members = self.asking.member_accounts
        if members is None and (principal is None or not principal.account):
            yield bound if principal is None else way
            return
        accounts = members if members is not None else {principal.account} if principal else ()
        ours = belongs(accounts, principal) if accounts else None
        if ours is not None:
            yield _and(bound, ours)
        yield way if ours is None else _and_not(way, ours)

    def _through_endpoint(self, way: AllowingWay) -> Iterator[AllowingWay]:
        """Yield `way` for requests through the endpoint, whose policy must allow them, and for others."""
        endpoint = self.asking.endpoint
        if endpoint is None:
            yield way
            return
        through = through_endpoint()
        yield _and(replace(way, allowing=(*way.allowing, (self._seen(endpoint),))), through)
        yield _and_not(way, through)


# So many resources are told apart one by one, each by the same premise as the ways of its own policy.
_FEW = 4


def _actions_of(cover: object) -> tuple[str, ...]:
    return tuple(sorted(getattr(cover, "actions", None) or ()))


def _and(way: AllowingWay, premise: Premise) -> AllowingWay:
    return replace(way, allowing=(*way.allowing, (premise,)))


def _and_not(way: AllowingWay, premise: Premise) -> AllowingWay:
    return replace(way, lacking=(*way.lacking, (premise,)))
