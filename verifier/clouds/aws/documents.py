"""The documents that together decide one request, and the place that each has among them (rules 29 and 30).

    Documents            what `evaluate` asks about one request, and the questions about every request
    by_itself            the documents of a question about one document
    placed               the same if others take part too, as in a sweep
    services_maximum     the policy that allows all of some services and nothing else, for `confine`
    any_identity_policy  the policy that allows everything

A document by itself is read where AWS would attach it. An RCP only denies, as does any type whose row says so, and so
do most SCPs: AWS attaches its full access too, so all that they do not deny passes. Any other document acts as an
identity policy does: what it allows is what its Allow statements match.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

from verifier.base.dataclass import dataclass
from verifier.base.errors import UsageError, quote
from verifier.base.memo import cached_property
from verifier.base.regex import regex
from verifier.base.source import Source
from verifier.clouds.aws.policy.check import (
    as_rcp,
    check_level,
    check_policy,
    check_together,
    checked_alike,
    only_denies,
    type_alike,
)
from verifier.clouds.aws.policy.parse import parse_source
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.policy.types import ASKED, BESIDE, Multiplicity, PolicyType
from verifier.clouds.aws.principals.asking import Asking, is_through_endpoint
from verifier.clouds.aws.principals.resource_policy import ShownPolicy
from verifier.clouds.split import AllowingWay

if TYPE_CHECKING:
    from verifier.clouds.cloud import Cloud, Document
    from verifier.clouds.cloud import Documents as AnyDocuments
    from verifier.logic.request import Request


# Types whose documents are attached together: a file with a list of them is a level.
LEVELED = (PolicyType.SCP, PolicyType.RCP)
_FIELDS = tuple((type_.facts.field, type_) for type_ in BESIDE)

# The documents of one type: those of a level act as one, and each level limits by itself.
PolicyLevels: TypeAlias = tuple[tuple[Policy, ...], ...]


def aws_documents(documents: AnyDocuments) -> Documents:
    """Return the documents of a question, which are AWS's."""
    assert isinstance(documents, Documents)
    return documents


def aws_policy(document: Document) -> Policy:
    """Return a document of a question, which is AWS's."""
    assert isinstance(document, Policy)
    return document


@dataclass(frozen=True, slots=True)
class Place:
    """Where a document stands: its type, the number of its SCP level, and its own number among its like, both from 1.

    `level` is None except for types that have levels; `number` is None where a type, or a level, has but one document.
    """

    type: PolicyType
    number: int | None = None
    level: int | None = None

    @property
    def opens(self) -> bool:
        """Whether answers tell which Allows let something through: those of the boundary."""
        return self.type is PolicyType.BOUNDARY

    def __str__(self) -> str:
        level = f" level {self.level}" if self.level else ""
        between = " document" if self.level and self.number else ""
        return f"{self.type.facts.place}{level}{between}{f' {self.number}' if self.number else ''}"


@dataclass(frozen=True)
class Documents:
    """The identity policies, which act as one, and the documents that limit them; what is not given does not limit.

    Each type has the field that its row names (`policy/types.py`). `asking` is told where it matters who asks: where a
    principal is named, or a document of the resource's side takes part.
    """

    policies: tuple[Policy, ...]
    boundary: Policy | None = None
    session: Policy | None = None
    scps: tuple[tuple[Policy, ...], ...] = ()
    rcps: tuple[Policy, ...] = ()
    asking: Asking | None = None

    @staticmethod
    def of(
        policies: tuple[Policy, ...], beside: Mapping[PolicyType, PolicyLevels], asking: Asking | None = None
    ) -> Documents:
        """Return the documents `policies`, those of other types that `beside` holds, and who asks."""
        fields = {type_.facts.field: _as_field(type_, levels) for type_, levels in beside.items() if levels}
        return Documents(policies, **fields, asking=asking)

    @property
    def cloud(self) -> Cloud:
        """AWS."""
        from verifier.clouds.aws.cloud import AWS  # noqa: PLC0415 - it evaluates documents

        return AWS

    def beside(self) -> Mapping[PolicyType, PolicyLevels]:
        """Return what acts together with the identity policies: what `of` takes, and nothing that is not given."""
        return self._beside

    @cached_property
    def _beside(self) -> dict[PolicyType, PolicyLevels]:
        found: dict[PolicyType, PolicyLevels] = {}
        for field, type_ in _FIELDS:
            value = getattr(self, field)
            if value:
                found[type_] = _as_levels(type_, value)
        return found

    @cached_property
    def limits(self) -> tuple[Policy, ...]:
        """What limits a request by one document: the boundary and the session policy."""
        found = (getattr(self, field) for field, type_ in _FIELDS if type_.facts.many is Multiplicity.ONE)
        return tuple(one for one in found if one is not None)

    def levels(self) -> Iterator[tuple[Place, tuple[Policy, ...]]]:
        """Yield what must allow a request, each a level of documents that act as one: all of them are and-ed."""
        yield from self._levels

    @cached_property
    def _levels(self) -> tuple[tuple[Place, tuple[Policy, ...]], ...]:
        return tuple(self._found_levels())

    def _found_levels(self) -> Iterator[tuple[Place, tuple[Policy, ...]]]:
        yield Place(PolicyType.IDENTITY), self.policies
        for type_, levels in self.beside().items():
            if type_.facts.allows:
                for number, level in enumerate(levels, start=1):
                    several, tiered = (type_.facts.many is many for many in (Multiplicity.SEVERAL, Multiplicity.LEVELS))
                    yield Place(type_, number if several else None, number if tiered else None), level

    def open_levels(self) -> frozenset[Place]:
        """Return the SCP levels that only deny: AWS attaches FullAWSAccess too, so all else passes (rule 30)."""
        levels = ((place, policies) for place, policies in self.levels() if place.type is PolicyType.SCP)
        return frozenset(place for place, policies in levels if only_denies(policies))

    def denials(self) -> Iterator[tuple[Place, Policy]]:
        """Yield the documents that only deny, each limiting by itself; an RCP as what it binds."""
        for type_, levels in self.beside().items():
            if not type_.facts.allows:
                policies = (policy for level in levels for policy in level)
                for number, policy in enumerate(policies, start=1):
                    yield Place(type_, number), as_rcp(policy) if type_ is PolicyType.RCP else policy

    def placed(self) -> Iterator[tuple[Place, Policy]]:
        """Yield every document with its place, in the order in which they are reported."""
        yield from self._placed
        yield from self.resource_side()

    def given(self) -> Iterator[tuple[Place, Policy]]:
        """Yield the documents of the side of who asks, with the RCPs."""
        yield from self._placed

    @cached_property
    def _placed(self) -> tuple[tuple[Place, Policy], ...]:
        return tuple(self._found_placed())

    def _found_placed(self) -> Iterator[tuple[Place, Policy]]:
        for place, policies in self.levels():
            numbered = place.type is PolicyType.IDENTITY or (place.level is not None and len(policies) > 1)
            for number, policy in enumerate(policies, start=1):
                yield Place(place.type, number if numbered else place.number, place.level), policy
        yield from self.denials()

    def resource_side(self, request: Request | None = None) -> Iterator[tuple[Place, Policy]]:
        """Yield the resource policies and the endpoint policy; those that bear on `request`, where it is given."""
        if self.asking is None:
            return
        several = len(self.asking.resource_policies) > 1
        for number, each in enumerate(self.asking.resource_policies, start=1):
            if request is None or each.cover.holds(request):
                yield Place(each.type, number if several else None), each.policy
        if self.asking.endpoint is not None and (request is None or is_through_endpoint(request)):
            yield Place(PolicyType.ENDPOINT), self.asking.endpoint

    @property
    def tells_who(self) -> bool:
        """Whether it is told who asks, or whose resources let somebody in."""
        return self.asking is not None

    @property
    def names_who(self) -> bool:
        """Whether it is told by name who asks."""
        return self.asking is not None and self.asking.principal is not None

    def ways(self, beside: Sequence[Policy] = ()) -> tuple[AllowingWay, ...]:
        """Return the ways in which a request can be allowed where it is told who asks; `beside` are documents that are
        asked about, too. Raises Unsupported where a principal cannot be told.
        """
        from verifier.clouds.aws.ways import ways  # noqa: PLC0415 - only where it matters who asks

        return ways(self, beside)

    def sure_ways(self, beside: Sequence[Policy] = ()) -> tuple[AllowingWay, ...]:
        """Return `ways` where a request is allowed in each of them for sure. Raises Unsupported otherwise."""
        from verifier.clouds.aws.ways import sure_ways  # noqa: PLC0415 - as above

        return sure_ways(self, beside)

    def check(self) -> None:
        """Raise PolicyError where a document is not what its place requires (rules 5, 6 and 30)."""
        for policy in self.policies:
            check_policy(policy, PolicyType.IDENTITY)
        for type_, levels in self.beside().items():
            for level in levels:
                for policy in level:
                    check_policy(policy, type_)
                check_level(level)
        if self.asking is not None:
            self._check_asking(self.asking)

    def _check_asking(self, asking: Asking) -> None:
        asking.check()
        principal = asking.principal
        limited = self.policies or self.limits
        if principal is not None and not principal.kind.has_account and limited:
            message = f"{principal.kind.value} has no identity policies, no boundary and no session policy"
            raise UsageError(message, help="leave them out: only the resource's side decides")
        if asking.own_side and limited:
            message = "a resource policy is given together with identity policies, and not who asks"
            raise UsageError(message, help="name the principal")


def _as_levels(type_: PolicyType, value: Any) -> PolicyLevels:
    match type_.facts.many:
        case Multiplicity.ONE:
            return () if value is None else ((value,),)
        case Multiplicity.SEVERAL:
            return tuple((policy,) for policy in value)
        case Multiplicity.LEVELS:
            return tuple(value)


def _as_field(type_: PolicyType, levels: PolicyLevels) -> Any:
    match type_.facts.many:
        case Multiplicity.ONE:
            return levels[0][0]
        case Multiplicity.SEVERAL:
            return tuple(policy for level in levels for policy in level)
        case Multiplicity.LEVELS:
            return levels


_FULL_ACCESS = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'
# What answers call the documents that AWS attaches: no file holds them, so they have no line.
_BESIDE_SCP = "AWS's FullAWSAccess, attached to it too"
_BESIDE_RCP = "AWS's RCPFullAWSAccess, attached to it too"


def by_itself(document: Policy, told: PolicyType | None = None) -> Documents:
    """Return the documents of a question about `document`; `told` is what it is, where it does not say it itself.

    Raises PolicyError for a document that is something else.
    """
    return placed((document,), told, Documents(()))


def placed(level: Sequence[Policy], told: PolicyType | None, others: Documents) -> Documents:
    """Return `others` with a document, or several that act as one, in their place among them.

    `others` hold no identity policy. SCPs are a level of their own, the last one. The policy of a resource, a role or
    an endpoint is asked about whom it lets in. Raises as `by_itself`, and UsageError for several documents of a type
    that has only one.
    """
    check_together(level, told)
    read = checked_alike(level, told)
    type_ = type_alike(level, told)
    if type_ not in ASKED:
        return replace(others, asking=Asking(resource_policies=(ShownPolicy("", read[0], told=type_),)))
    if not type_.facts.allows:
        beside = others.beside()
        levels = {**beside, type_: (*beside.get(type_, ()), *((policy,) for policy in read))}
        return Documents.of((_full_access(_BESIDE_RCP),), levels)
    if told is PolicyType.SCP and only_denies(read):
        return replace(others, policies=(_full_access(_BESIDE_SCP),), scps=(*others.scps, read))
    return replace(others, policies=read)


@cache
def _full_access(name: str, origin: str = "") -> Policy:
    return parse_source(Source(name, _FULL_ACCESS, stand_in=True, origin=origin))


def any_identity_policy() -> Policy:
    """Return the identity policy that allows everything: whatever another allows, it allows too."""
    return _full_access("any identity policy", "the identity policy allows every action on every resource")


_SERVICE = regex("[a-z0-9-]+")


def services_maximum(services: Iterable[str]) -> Policy:
    """Return the policy that allows all of `services` and nothing else.

    Raises UsageError for a name that is not a service's.
    """
    if isinstance(services, str):
        raise UsageError(f"`services` must be a list of names, not the string {quote(services)}")
    services = tuple(services)
    names = [service.lower() for service in services]
    for name, written in zip(names, services, strict=True):
        if not _SERVICE.fullmatch(name):
            raise UsageError(
                f"{quote(written)} is not a service", help="name the part before the colon of an action, as in `s3`"
            )
    if not names:
        raise UsageError("no service given", help="name at least one")
    statement = {"Effect": "Allow", "Action": [f"{name}:*" for name in names], "Resource": "*"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    return parse_source(Source(f"the services {', '.join(names)}", text, stand_in=True))


def services_named(maximum: Policy) -> tuple[str, ...]:
    """Return the services that a policy of `services_maximum` was made for."""
    statements = (statement.actions for statement in maximum.statements)
    return tuple(entry.text.removesuffix(":*") for one in statements if one for entry in one.entries)
