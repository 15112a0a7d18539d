"""The state in which a delegation begins: an account as its dump and its companions say.

    account_state(account, admin, others, since)    -> DelegationState
    keys_read(account)                              the keys of IAM that documents of the account read

What is missing is never taken for "no limit": whoever carries a document that is broken or not there is known to exist,
and nobody knows what he may do. Where `services.json` is left out, something runs as each role that trusts a service.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from verifier.clouds.aws.account.effective import account_documents, account_limits, effective
from verifier.clouds.aws.account.model import Account, AccountPrincipal, InlinePolicy, ManagedPolicyDetail, Role, User
from verifier.clouds.aws.account.unique_ids import with_arns
from verifier.clouds.aws.audit.groups import reasons_against
from verifier.clouds.aws.audit.instant import reads_time
from verifier.clouds.aws.audit.pins import may_tag_sessions
from verifier.clouds.aws.delegation.becoming_steps import providers_trusted, services_trusted
from verifier.clouds.aws.delegation.named_principals import for_everyone
from verifier.clouds.aws.delegation.state import (
    ADMINISTRATOR_ACCESS,
    ANYTHING_THAT_RUNS,
    AccountSetting,
    Actor,
    DelegationState,
    GroupState,
    NamedPolicy,
    Overlay,
    PolicyState,
)
from verifier.clouds.aws.documents import any_identity_policy
from verifier.clouds.aws.policy.syntax import Policy, conditions_on, keys_of
from verifier.clouds.aws.principals.resource_policy import Cover, ShownPolicy, cover_of
from verifier.strings.values import Key

_EC2 = "ec2.amazonaws.com"
_OF_SERVICES = frozenset(("aws:principalservicename", "aws:principalservicenameslist", "aws:principalisawsservice"))
_PRINCIPAL_TAG = "aws:principaltag/"
_RESOURCE_TAGS = ("aws:resourcetag/", "iam:resourcetag/")
_MOST_VALUES = 20
_PODS = ":oidc-provider/oidc.eks."
# Stack sets act as this role where none is named, those of an organization as one that trusts its service; who imports
# images names a role that trusts VM Import.
_OF_STACK_SETS = "AWSCloudFormationStackSetAdministrationRole"
_TAKEN_UNASKED = frozenset(("stacksets.cloudformation.amazonaws.com", "vmie.amazonaws.com"))


def account_state(account: Account, admin: str, others: Iterable[Policy] = (), since: str = "") -> DelegationState:
    """Return the start, in which he acts as `admin`; `others` are documents that are asked about besides.

    No request is made before the instant `since`, if one is given.
    """
    groups = {group.name: group for group in account.groups.values()}
    uses = _uses(account)
    actors = {
        principal.arn: _actor(account, principal, uses.get(principal.arn, ())) for principal in account.principals
    }
    policies = {ADMINISTRATOR_ACCESS: PolicyState((("v1", any_identity_policy()),))}
    for arn, detail in account.policies.items():
        found = _policy_state(detail)
        if found is not None:
            policies[arn] = found
    held = {group.arn: GroupState(group.arn, tuple(_inline(group.inline)), group.attached) for group in groups.values()}
    setting = _setting(account, [*others, *readable_documents(account)], since)
    return DelegationState(setting, Overlay(actors), Overlay(policies), (admin,), Overlay(held))


def _actor(account: Account, principal: AccountPrincipal, uses: tuple[str, ...]) -> Actor:
    lacking = "; ".join(reasons_against(effective(account, principal)))
    found = Actor(
        principal.arn,
        tuple(_inline(principal.inline)),
        principal.attached,
        principal.boundary,
        tags=tuple(principal.tags.items()),
        lacking=lacking,
    )
    if isinstance(principal, User):
        arns = (account.groups[name].arn for name in principal.groups if name in account.groups)
        return replace(found, groups=tuple(arns))
    trust = _trust(account, principal)
    profiled = bool(principal.instance_profiles)
    return replace(
        found,
        lacking=found.lacking or ("" if trust else "its trust policy is not in the dump, or cannot be read"),
        trust=trust,
        runs=(*uses, *_assumed_uses(account, principal, trust, told=bool(uses))),
        profiled=profiled,
        sessions_tagged=may_tag_sessions(principal),
    )


def _trust(account: Account, role: Role) -> Policy | None:
    if role.trust is None or role.trust.policy is None:
        return None
    return with_arns(role.trust, account.find).policy


def _uses(account: Account) -> dict[str, tuple[str, ...]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for use in account.services or ():
        found[use.role].append(use.resource)
    return {role: tuple(resources) for role, resources in found.items()}


def _assumed_uses(account: Account, role: Role, trust: Policy | None, *, told: bool) -> tuple[str, ...]:
    """Return what runs as a role besides what is `told`: something, if it trusts a service and no uses are told.

    Whoever makes a pod gives it the role that trusts the cluster, so something may always run as such a role, and as
    one that a service takes by itself. EC2 needs a profile.
    """
    if trust is not None and _is_taken_unasked(role, trust):
        return (ANYTHING_THAT_RUNS,)
    if told or account.services is not None:
        return ()
    if trust is None:
        return (ANYTHING_THAT_RUNS,)
    served = set(services_trusted(trust)) - (set() if role.instance_profiles else {_EC2})
    return (ANYTHING_THAT_RUNS,) if served or _asks_for_services(trust) else ()


def _asks_for_services(trust: Policy) -> bool:
    """Whether a trust policy names everybody, and says by a condition which services it means."""
    return for_everyone(trust) is not None and any(key.folded in _OF_SERVICES for key in keys_of(trust))


def _is_taken_unasked(role: Role, trust: Policy) -> bool:
    """Whether a service may act as a role that nobody passed to it, for whoever uses it."""
    if any(_PODS in provider for provider in providers_trusted(trust)):
        return True
    return role.name == _OF_STACK_SETS or not _TAKEN_UNASKED.isdisjoint(services_trusted(trust))


def _inline(policies: Iterable[InlinePolicy]) -> Iterator[NamedPolicy]:
    yield from ((each.name, each.document.policy) for each in policies if each.document.policy is not None)


def _policy_state(detail: ManagedPolicyDetail) -> PolicyState | None:
    """Return a managed policy; None where the version in force is not there or is broken."""
    default = detail.default
    if default is None or default.document.policy is None:
        return None
    read = [(version.id or "v1", version.document.policy) for version in detail.versions]
    known = tuple((id_, policy) for id_, policy in read if policy is not None)
    return PolicyState(known, default.id or "v1", others=not default.id or len(known) < len(read))


def _setting(account: Account, read: Sequence[Policy], since: str) -> AccountSetting:
    scps, rcps = account_limits(account)
    keys = {key.name.lower() for policy in read for key in keys_of(policy)}
    tags = sorted(key.removeprefix(_PRINCIPAL_TAG) for key in keys if key.startswith(_PRINCIPAL_TAG))
    resource = sorted({key.partition("/")[2] for key in keys if key.startswith(_RESOURCE_TAGS)})
    organization = account.organization.id if account.organization is not None else ""
    reads = any(key == "aws:principalorgid" for key in keys)
    shown, unreadable = _shown(account)
    return AccountSetting(
        account.id,
        tuple(tuple(one.document.policy for one in level if one.document.policy) for level in scps),
        tuple(one.document.policy for one in rcps if one.document.policy),
        shown,
        unreadable,
        tuple(tags),
        tuple(resource),
        {key: _tag_values(account, key, read) for key in tags},
        organization if reads else "",
        since if reads_time(read) else "",
    )


def _tag_values(account: Account, tag: str, read: Iterable[Policy]) -> tuple[str, ...]:
    """Return values with which a tag of a principal may meet a condition: those it is compared with, and of others."""
    key, others = Key.of(f"{_PRINCIPAL_TAG}{tag}"), set[str]()
    found: dict[str, None] = {}
    for policy in read:
        found.update((value.text, None) for one in conditions_on(policy, key) for value in one.values)
        for prefix in _RESOURCE_TAGS:
            others.update(name.name.partition("/")[2] for name in keys_of(policy) if name.folded.startswith(prefix))
    wanted = {tag, *(name.lower() for name in others)}
    for principal in account.principals:
        found.update((value, None) for name, value in principal.tags.items() if name.lower() in wanted)
    plain = (value for value in found if not any(char in value for char in "*?$"))
    return tuple(itertools.islice(plain, _MOST_VALUES))


def _shown(account: Account) -> tuple[tuple[ShownPolicy, ...], tuple[Cover, ...]]:
    shown, unreadable = [], []
    for one in account.resource_policies:
        policy = None if one.document.policy is None else with_arns(one.document, account.find).policy
        if policy is None:
            unreadable.append(cover_of(one.resource))
        else:
            shown.append(ShownPolicy(one.resource, policy, account.id))
    return tuple(shown), tuple(unreadable)


def readable_documents(account: Account) -> Iterator[Policy]:
    """Yield every document of the account that can be read."""
    for document in account_documents(account, versions=True):
        if document.policy is not None:
            yield document.policy


def keys_read(account: Account) -> tuple[str, ...]:
    """Return the keys of IAM that some document reads."""
    names = {key.folded: key.name for policy in readable_documents(account) for key in keys_of(policy)}
    return tuple(name for folded, name in sorted(names.items()) if folded.startswith("iam:"))
