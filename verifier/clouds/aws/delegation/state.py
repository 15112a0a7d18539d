"""A state of an account, as far as a delegation changes it, and what somebody may do in it.

    Actor                    a user or role
    PolicyState, GroupState  a managed policy with its versions, and a group
    AccountSetting                  what no move changes: SCPs, RCPs, policies of resources
    DelegationState          all of it, and whom he can act as
    documents_in             what decides what an actor may do

What a move changes is a new state: the start with what is changed. The documents that he writes are his to choose, and
the widest are as good as any: so what he writes allows everything, and a trust policy that he writes names whom he
wants.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from functools import cache
from typing import Any, Generic, TypeVar

from verifier.base.dataclass import dataclass
from verifier.base.memo import cached_property
from verifier.base.regex import regex
from verifier.base.source import Source
from verifier.clouds.aws.audit.instant import not_before
from verifier.clouds.aws.audit.pins import pinning
from verifier.clouds.aws.audit.shown import may_let_in
from verifier.clouds.aws.audit.subject import NO_REQUEST
from verifier.clouds.aws.delegation.invariant import principal_kind, within_account
from verifier.clouds.aws.documents import Documents, any_identity_policy
from verifier.clouds.aws.policy.parse import parse_source
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.principals.asking import Asking
from verifier.clouds.aws.principals.principal import read_principal
from verifier.clouds.aws.principals.resource_policy import Cover, ResourceKind, ShownPolicy, resource_policy

WIDEST_DOCUMENT: Mapping[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}
ADMINISTRATOR_ACCESS = "arn:aws:iam::aws:policy/AdministratorAccess"
ANYTHING_THAT_RUNS = "*"
_ARN = regex(r"arn:[a-z-]+:iam::\d{12}:(?:user|role)/[\w+=,.@/-]+")
_T = TypeVar("_T")


NamedPolicy = tuple[str, Policy]
# What he writes where he may write a policy.
WIDEST_POLICY: NamedPolicy = ("everything", any_identity_policy())


@dataclass(frozen=True)
class Actor:
    """A user or role: its inline policies by their names, ARNs of managed ones, of its boundary and groups.

    `trust` is the trust policy of a role; None where nobody is known to be trusted. `runs` are patterns of what runs as
    it. `profiled`: it is in an instance profile. `sessions_tagged`: its sessions may bring tags. `lacking` says why
    nobody knows what it may do.
    """

    arn: str
    inline: tuple[NamedPolicy, ...] = ()
    attached: tuple[str, ...] = ()
    boundary: str | None = None
    groups: tuple[str, ...] = ()
    trust: Policy | None = None
    runs: tuple[str, ...] = ()
    profiled: bool = True
    sessions_tagged: bool = False
    tags: tuple[tuple[str, str], ...] = ()
    lacking: str = ""

    @property
    def kind(self) -> str:
        """`user` or `role`."""
        return principal_kind(self.arn)

    @property
    def name(self) -> str:
        """Its name, without the path."""
        return self.arn.rpartition("/")[2]

    @property
    def is_wide(self) -> bool:
        """Whether it has a policy that allows everything."""
        return WIDEST_POLICY in self.inline or ADMINISTRATOR_ACCESS in self.attached

    def tag(self, key: str) -> str | None:
        """Return the value of a tag, by its key in whatever case."""
        return next((value for name, value in self.tags if name.lower() == key.lower()), None)


@dataclass(frozen=True)
class PolicyState:
    """A managed policy: its versions by their ids, and the one in force.

    `others`: it may have versions that are not known.
    """

    versions: tuple[tuple[str, Policy], ...]
    in_force: str = "v1"
    others: bool = False

    @property
    def document(self) -> Policy:
        """The version in force."""
        return dict(self.versions)[self.in_force]

    @property
    def is_wide(self) -> bool:
        """Whether it allows everything, as what he writes does."""
        return self.document is any_identity_policy()

    def widened(self) -> PolicyState:
        """Return it with a new version in force that allows everything."""
        number = max(int(id_.removeprefix("v")) if id_[1:].isdigit() else 0 for id_, _ in self.versions) + 1
        return PolicyState((*self.versions, (f"v{number}", any_identity_policy())), f"v{number}", self.others)

    def without(self, version: str) -> PolicyState:
        """Return it without a version that is not in force."""
        return replace(self, versions=tuple(each for each in self.versions if each[0] != version))


@dataclass(frozen=True)
class GroupState:
    """A group: its inline policies by their names, and ARNs of managed ones."""

    arn: str
    inline: tuple[NamedPolicy, ...] = ()
    attached: tuple[str, ...] = ()

    @property
    def is_wide(self) -> bool:
        """Whether it has a policy that allows everything."""
        return WIDEST_POLICY in self.inline or ADMINISTRATOR_ACCESS in self.attached


@dataclass(frozen=True, eq=False)
class AccountSetting:
    """What no move changes. `shown` are the policies of resources, `unreadable` what cannot be read of them covers.

    `principal_tags` and `resource_tags` are the keys of tags that some document reads, in lower case; `tag_values` are
    values that a tag of a principal may be given to meet a condition. `organization` is the id that
    `aws:PrincipalOrgID` holds, where it is known. No request is made before `since`, where a document reads the time.
    """

    account: str
    scps: tuple[tuple[Policy, ...], ...] = ()
    rcps: tuple[Policy, ...] = ()
    shown: tuple[ShownPolicy, ...] = ()
    unreadable: tuple[Cover, ...] = ()
    principal_tags: tuple[str, ...] = ()
    resource_tags: tuple[str, ...] = ()
    tag_values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    organization: str = ""
    since: str = ""

    @cached_property
    def named(self) -> frozenset[str]:
        """The ARNs of users and roles that policies of resources name."""
        texts = (each.policy.source.text for each in self.shown)
        return frozenset(name for text in texts for name in _ARN.findall(text))

    def limits(self, actor: Actor, *, tags: bool = True) -> tuple[tuple[Policy, ...], ...]:
        """Return the levels that must allow what `actor` asks for; with `tags` it has the tags that it has now."""
        values = [(f"aws:PrincipalTag/{key}", actor.tag(key)) for key in self.principal_tags if tags]
        return (*self.free_limits, *(_pinned(tuple(values)) if values else ()))

    @cached_property
    def free_limits(self) -> tuple[tuple[Policy, ...], ...]:
        """The levels that must allow what anybody of the account asks for."""
        own = _pinned((("aws:PrincipalOrgID", self.organization),)) if self.organization else ()
        since = ((not_before(self.since),),) if self.since else ()
        return (*within_account(f"arn:aws:iam::{self.account}:"), *self.scps, *own, *since)

    def naming(self, arn: str) -> tuple[ShownPolicy, ...]:
        """Return the policies of resources that may let `arn` in by themselves, and those of keys."""
        return tuple(each for each in self.shown if each.kind is ResourceKind.KEY or may_let_in(each.policy, arn))


@cache
def _pinned(values: tuple[tuple[str, str | None], ...]) -> tuple[tuple[Policy, ...], ...]:
    return ((parse_source(Source("who asks", pinning(values), stand_in=True)),),)


class Overlay(Mapping[str, _T], Generic[_T]):
    """A mapping that few changes tell from the one that it is of; the changes tell it from others of that one."""

    def __init__(self, start: Mapping[str, _T], changes: Mapping[str, _T] | None = None) -> None:
        self.start, self.changes = start, changes or {}

    def but(self, name: str, value: _T) -> Overlay[_T]:
        """Return it with another value."""
        return Overlay(self.start, {**self.changes, name: value})

    def __getitem__(self, name: str) -> _T:
        return self.changes[name] if name in self.changes else self.start[name]

    def __iter__(self) -> Iterator[str]:
        yield from self.start
        yield from (name for name in self.changes if name not in self.start)

    def __len__(self) -> int:
        return len(self.start) + sum(name not in self.start for name in self.changes)


@dataclass(frozen=True)
class DelegationState:
    """The `actors`, managed `policies` and `groups` by their ARNs; `acting` are those whom he can act as.

    `served` are users whose credentials for one service he has, each with that service. Where `among` is given, steps
    are about nobody else of those who were there at the start, and of no other policies.
    """

    setting: AccountSetting
    actors: Overlay[Actor]
    policies: Overlay[PolicyState]
    acting: tuple[str, ...]
    groups: Overlay[GroupState] = field(default_factory=lambda: Overlay({}))
    served: frozenset[tuple[str, str]] = frozenset()
    among: tuple[str, ...] | None = None

    def with_group(self, group: GroupState) -> DelegationState:
        """Return the state in which the group is as given."""
        return replace(self, groups=self.groups.but(group.arn, group))

    def with_actor(self, actor: Actor) -> DelegationState:
        """Return the state in which `actor` is as given."""
        return replace(self, actors=self.actors.but(actor.arn, actor))

    def becoming(self, arn: str) -> DelegationState:
        """Return the state in which he can act as `arn` too."""
        return self if arn in self.acting else replace(self, acting=(*self.acting, arn))

    def with_policy(self, arn: str, policy: PolicyState) -> DelegationState:
        """Return the state in which the managed policy is as given."""
        return replace(self, policies=self.policies.but(arn, policy))

    @property
    def policies_among(self) -> list[str]:
        """The ARNs of the policies that steps may change, or make a boundary of somebody."""
        among = self.among
        return [arn for arn in self.policies if among is None or arn in among or arn in self.policies.changes]

    @property
    def key(self) -> object:
        """What tells states of one start apart."""
        changed = (self.actors.changes, self.policies.changes, self.groups.changes)
        return *(frozenset(one.items()) for one in changed), frozenset(self.acting), self.served


def documents_in(
    state: DelegationState, arn: str, assumed: Actor | None = None, *, of_resources: bool = False
) -> Documents | None:
    """Return what decides what the actor may do; None where a policy that it carries is not there: nobody can tell.

    `assumed` is a role whose trust policy takes part, as where it is assumed; with `of_resources` the policies of
    resources take part that may let the actor in.
    """
    actor = state.actors[arn]
    identity = None if actor.lacking else held_policies(state, actor)
    if identity is None or (actor.boundary is not None and actor.boundary not in state.policies):
        return None
    boundary = state.policies[actor.boundary].document if actor.boundary else None
    shown = state.setting.naming(arn) if of_resources else ()
    if assumed is not None and assumed.trust is not None:
        shown = (resource_policy(assumed.arn, assumed.trust),)
    nothing = () if shown else (NO_REQUEST,)  # that denies everything, what a resource allows too
    asking = Asking(read_principal(arn), shown)
    return Documents(identity or nothing, boundary, None, state.setting.limits(actor), state.setting.rcps, asking)


def held_policies(state: DelegationState, actor: Actor) -> tuple[Policy, ...] | None:
    """Return the identity policies of `actor`, those of its groups too; None where one of them is not there."""
    groups = [state.groups[one] for one in actor.groups if one in state.groups]
    attached = dict.fromkeys([*actor.attached, *(one for group in groups for one in group.attached)])
    if len(groups) < len(actor.groups) or any(one not in state.policies for one in attached):
        return None
    own = [policy for _, policy in (*actor.inline, *(named for group in groups for named in group.inline))]
    return tuple(dict.fromkeys((*own, *(state.policies[one].document for one in attached))))


def trust_document(trusts: tuple[str, ...]) -> dict[str, Any]:
    """Return the trust policy that lets `trusts` assume a role."""
    principals: dict[str, list[str]] = {}
    for one in trusts:
        principals.setdefault("AWS" if one.startswith("arn:") else "Service", []).append(one)
    statement = {"Effect": "Allow", "Principal": principals, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [statement]}


@cache
def trust_of(trusts: tuple[str, ...]) -> Policy:
    """Return the trust policy of `trusts`, as read."""
    return parse_source(Source("a trust policy", json.dumps(trust_document(trusts)), stand_in=True))
