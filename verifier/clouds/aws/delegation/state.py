"""A state of an account, as far as a delegation changes it, and what somebody may do in it.

    Actor                 a user or role
    DelegationState       the actors, the managed policies, and whom he can act as
    documents_in          what decides what an actor may do

What a move changes is a new state. The documents that he writes are his to choose, and the widest are as good as any:
so what he writes allows everything, and a trust policy that he writes names whom he wants.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import field, replace
from functools import cache
from typing import Any

from verifier.base.dataclass import dataclass
from verifier.base.source import Source
from verifier.clouds.aws.audit.subject import NO_REQUEST
from verifier.clouds.aws.delegation.invariant import principal_kind, within_account
from verifier.clouds.aws.documents import Documents, any_identity_policy
from verifier.clouds.aws.policy.parse import parse_source
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.principals.asking import Asking
from verifier.clouds.aws.principals.principal import read_principal
from verifier.clouds.aws.principals.resource_policy import resource_policy

WIDEST_DOCUMENT: Mapping[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}


@dataclass(frozen=True)
class Actor:
    """A user or role: its own policies, ARNs of managed ones, of its boundary and groups, and who may assume a role.

    `trusts` are ARNs and services. `runs`: something runs as this role that is not shown.
    """

    arn: str
    policies: tuple[Policy, ...] = ()
    attached: tuple[str, ...] = ()
    boundary: str | None = None
    groups: tuple[str, ...] = ()
    trusts: tuple[str, ...] = ()
    runs: bool = False

    @property
    def kind(self) -> str:
        """`user` or `role`."""
        return principal_kind(self.arn)

    @property
    def name(self) -> str:
        """Its name, without the path."""
        return self.arn.rpartition("/")[2]


@dataclass(frozen=True)
class DelegationState:
    """The `actors`, managed `policies` and `groups` by their ARNs; `acting` are those whom he can act as.

    Of a group it is told whether it allows everything; else it has no policies.
    """

    actors: Mapping[str, Actor]
    policies: Mapping[str, Policy]
    acting: tuple[str, ...]
    groups: Mapping[str, bool] = field(default_factory=dict)

    def with_group(self, arn: str, *, wide: bool) -> DelegationState:
        """Return the state in which the group is there, and whether it allows everything."""
        return replace(self, groups={**self.groups, arn: wide})

    def with_actor(self, actor: Actor, *, acting: bool = False) -> DelegationState:
        """Return the state in which `actor` is as given, and whether he can now act as it."""
        state = replace(self, actors={**self.actors, actor.arn: actor})
        return state.becoming(actor.arn) if acting else state

    def becoming(self, arn: str) -> DelegationState:
        """Return the state in which he can act as `arn` too."""
        return self if arn in self.acting else replace(self, acting=(*self.acting, arn))

    def with_policy(self, arn: str) -> DelegationState:
        """Return the state in which the managed policy `arn` allows everything."""
        return replace(self, policies={**self.policies, arn: any_identity_policy()})

    @property
    def key(self) -> object:
        """What tells states apart."""
        wide = tuple(sorted(arn for arn, policy in self.policies.items() if policy is any_identity_policy()))
        return frozenset(self.actors.values()), wide, frozenset(self.acting), frozenset(self.groups.items())


def documents_in(state: DelegationState, arn: str, assumed: Actor | None = None) -> Documents | None:
    """Return what decides what the actor may do; None where a policy that it carries is not there: nobody can tell.

    `assumed` is a role whose trust policy takes part, as where it is assumed.
    """
    actor = state.actors[arn]
    needed = [*actor.attached, *([actor.boundary] if actor.boundary else [])]
    if any(one not in state.policies for one in needed):
        return None
    grouped = (any_identity_policy(),) if any(state.groups.get(one) for one in actor.groups) else ()
    identity = (*actor.policies, *(state.policies[one] for one in actor.attached), *grouped) or (NO_REQUEST,)
    boundary = state.policies[actor.boundary] if actor.boundary else None
    shown = (resource_policy(assumed.arn, trust_of(assumed.trusts)),) if assumed else ()
    return Documents(identity, boundary, scps=within_account(arn), asking=Asking(read_principal(arn), shown))


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
