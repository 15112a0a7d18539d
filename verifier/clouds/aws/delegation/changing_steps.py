"""Steps that change what somebody may do: policies, boundaries, groups and tags."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from verifier.clouds.aws.audit.shapes import literal
from verifier.clouds.aws.delegation.state import (
    ADMINISTRATOR_ACCESS,
    WIDEST_DOCUMENT,
    WIDEST_POLICY,
    Actor,
    DelegationState,
    GroupState,
)
from verifier.clouds.aws.delegation.step_requests import Onward, StepConditions, StepRequests, one_step
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.policy.syntax import Policy
from verifier.logic.actions import Effect

_MOST_ATTACHED = 10


def giving(requests: StepRequests, state: DelegationState, who: str, mine: Documents) -> Iterator[Onward]:
    """Other policies for a user or role."""
    for kind in ("user", "role"):
        title = kind.capitalize()
        put, attach = f"iam:Put{title}Policy", f"iam:Attach{title}Policy"
        if not requests.may(mine, put, attach):
            continue
        for actor in requests.targets(state, mine, kind):
            if actor.is_wide:
                continue
            named = {f"{title}Name": actor.name}
            if found := requests.request(mine, put, literal(actor.arn), requests.about(actor)):
                wider = replace(actor, inline=(*actor.inline, WIDEST_POLICY))
                parameters = {**named, "PolicyName": "everything", "PolicyDocument": WIDEST_DOCUMENT}
                yield one_step(who, found, parameters, f"{actor.arn} has another policy", state.with_actor(wider))
                continue
            for arn in _attachable(requests, state, mine, attach, actor.arn, requests.about(actor), actor.attached):
                found = _attaches(requests, mine, attach, actor.arn, requests.about(actor), arn)
                assert found is not None
                wider = replace(actor, attached=(*actor.attached, arn))
                parameters = {**named, "PolicyArn": arn}
                yield one_step(who, found, parameters, f"{actor.arn} has another policy", state.with_actor(wider))


def _attachable(
    requests: StepRequests,
    state: DelegationState,
    mine: Documents,
    action: str,
    target: str,
    about: StepConditions,
    attached: tuple[str, ...],
) -> Iterator[str]:
    """Yield the policies that he can attach: AdministratorAccess alone, where that is one."""
    if len(attached) >= _MOST_ATTACHED or not requests.request(mine, action, literal(target), about):
        return
    if _attaches(requests, mine, action, target, about, ADMINISTRATOR_ACCESS):
        yield ADMINISTRATOR_ACCESS
        return
    for arn in state.policies:
        if arn not in attached and _attaches(requests, mine, action, target, about, arn):
            yield arn


def _attaches(
    requests: StepRequests, mine: Documents, action: str, target: str, about: StepConditions, policy: str
) -> Any:
    return requests.request(mine, action, literal(target), {**about, "ArnEquals": {"iam:PolicyARN": policy}})


def removing(requests: StepRequests, state: DelegationState, who: str, mine: Documents) -> Iterator[Onward]:
    """Policies that deny something, taken from a user, role or group."""
    for kind in ("user", "role"):
        title = kind.capitalize()
        delete, detach = f"iam:Delete{title}Policy", f"iam:Detach{title}Policy"
        if not requests.may(mine, delete, detach):
            continue
        for actor in requests.targets(state, mine, kind):
            named, about = {f"{title}Name": actor.name}, requests.about(actor)
            for name, policy in actor.inline:
                if denies_something(policy) and (found := requests.request(mine, delete, literal(actor.arn), about)):
                    left = replace(actor, inline=tuple(each for each in actor.inline if each[0] != name))
                    parameters = {**named, "PolicyName": name}
                    yield one_step(who, found, parameters, f"{actor.arn} lacks {name}", state.with_actor(left))
            for arn in actor.attached:
                denies = arn in state.policies and denies_something(state.policies[arn].document)
                if denies and (found := _attaches(requests, mine, detach, actor.arn, about, arn)):
                    left = replace(actor, attached=tuple(each for each in actor.attached if each != arn))
                    parameters = {**named, "PolicyArn": arn}
                    yield one_step(who, found, parameters, f"{actor.arn} lacks {arn}", state.with_actor(left))


def denies_something(policy: Policy) -> bool:
    """Whether a policy has a Deny."""
    return bool(policy.by_effect[Effect.DENY])


def bounding(requests: StepRequests, state: DelegationState, who: str, mine: Documents) -> Iterator[Onward]:
    """Another boundary, or none."""
    for kind in ("user", "role"):
        title = kind.capitalize()
        delete, put = f"iam:Delete{title}PermissionsBoundary", f"iam:Put{title}PermissionsBoundary"
        if not requests.may(mine, delete, put):
            continue
        for actor in requests.targets(state, mine, kind):
            named = {f"{title}Name": actor.name}
            if actor.boundary and (found := requests.request(mine, delete, literal(actor.arn), requests.about(actor))):
                effect = f"{actor.arn} has no boundary"
                yield one_step(who, found, named, effect, state.with_actor(replace(actor, boundary=None)))
            if not requests.request(mine, put, literal(actor.arn)):
                continue
            for arn in state.policies_among:
                about = requests.about(actor, arn, now=False)
                if arn != actor.boundary and (found := requests.request(mine, put, literal(actor.arn), about)):
                    parameters = {**named, "PermissionsBoundary": arn}
                    after = state.with_actor(replace(actor, boundary=arn))
                    yield one_step(who, found, parameters, f"{actor.arn} has the boundary {arn}", after)


def grouping(requests: StepRequests, state: DelegationState, who: str, mine: Documents) -> Iterator[Onward]:
    """Policies for groups, and who is in one."""
    put, attach, add = "iam:PutGroupPolicy", "iam:AttachGroupPolicy", "iam:AddUserToGroup"
    if not requests.may(mine, put, attach, add):
        return
    for group in state.groups.values():
        named = {"GroupName": group.arn.rpartition("/")[2]}
        if not group.is_wide:
            yield from _widening_group(requests, state, who, mine, group, named)
        if not (found := requests.request(mine, add, literal(group.arn))):
            continue
        for actor in requests.targets(state, mine, "user"):
            if group.arn not in actor.groups:
                joined = replace(actor, groups=(*actor.groups, group.arn))
                parameters = {**named, "UserName": actor.name}
                effect = f"{actor.arn} is in {group.arn}"
                yield one_step(who, found, parameters, effect, state.with_actor(joined))


def _widening_group(
    requests: StepRequests,
    state: DelegationState,
    who: str,
    mine: Documents,
    group: GroupState,
    named: Mapping[str, str],
) -> Iterator[Onward]:
    effect = f"{group.arn} has another policy"
    if found := requests.request(mine, "iam:PutGroupPolicy", literal(group.arn)):
        wider = replace(group, inline=(*group.inline, WIDEST_POLICY))
        parameters = {**named, "PolicyName": "everything", "PolicyDocument": WIDEST_DOCUMENT}
        yield one_step(who, found, parameters, effect, state.with_group(wider))
        return
    action = "iam:AttachGroupPolicy"
    for arn in _attachable(requests, state, mine, action, group.arn, {}, group.attached):
        found = _attaches(requests, mine, action, group.arn, {}, arn)
        wider = replace(group, attached=(*group.attached, arn))
        yield one_step(who, found, {**named, "PolicyArn": arn}, effect, state.with_group(wider))


def leaving(requests: StepRequests, state: DelegationState, who: str, mine: Documents) -> Iterator[Onward]:
    """Groups that deny something, left by those in them, or without that policy."""
    remove, delete, detach = "iam:RemoveUserFromGroup", "iam:DeleteGroupPolicy", "iam:DetachGroupPolicy"
    if not requests.may(mine, remove, delete, detach):
        return
    for group in state.groups.values():
        named = {"GroupName": group.arn.rpartition("/")[2]}
        inline = [name for name, policy in group.inline if denies_something(policy)]
        managed = [
            arn for arn in group.attached if arn in state.policies and denies_something(state.policies[arn].document)
        ]
        for name in inline:
            if found := requests.request(mine, delete, literal(group.arn)):
                left = replace(group, inline=tuple(each for each in group.inline if each[0] != name))
                parameters = {**named, "PolicyName": name}
                yield one_step(who, found, parameters, f"{group.arn} lacks {name}", state.with_group(left))
        for arn in managed:
            if found := _attaches(requests, mine, detach, group.arn, {}, arn):
                left = replace(group, attached=tuple(each for each in group.attached if each != arn))
                parameters = {**named, "PolicyArn": arn}
                yield one_step(who, found, parameters, f"{group.arn} lacks {arn}", state.with_group(left))
        if not (inline or managed) or not (found := requests.request(mine, remove, literal(group.arn))):
            continue
        for actor in requests.targets(state, mine, "user"):
            if group.arn in actor.groups:
                gone = replace(actor, groups=tuple(each for each in actor.groups if each != group.arn))
                parameters = {**named, "UserName": actor.name}
                yield one_step(who, found, parameters, f"{actor.arn} is not in {group.arn}", state.with_actor(gone))


def retagging(requests: StepRequests, state: DelegationState, who: str, mine: Documents) -> Iterator[Onward]:
    """Tags that conditions read: each with the values that documents compare it with, or taken away."""
    for kind in ("user", "role"):
        title = kind.capitalize()
        tag, untag = f"iam:Tag{title}", f"iam:Untag{title}"
        if not state.setting.tag_values or not requests.may(mine, tag, untag):
            continue
        for actor in requests.targets(state, mine, kind):
            named, about = {f"{title}Name": actor.name}, requests.about(actor)
            for key, values in state.setting.tag_values.items():
                now = actor.tag(key)
                for value in values:
                    if value == now:
                        continue
                    given = {f"aws:RequestTag/{key}": value, "aws:TagKeys": key}
                    asked = {**about, "StringEquals": {**about.get("StringEquals", {}), **given}}
                    if found := requests.request(mine, tag, literal(actor.arn), asked):
                        parameters = {**named, "Tags": [{"Key": key, "Value": value}]}
                        effect = f"{actor.arn} has the tag {key} {value}"
                        yield one_step(who, found, parameters, effect, state.with_actor(_tagged(actor, key, value)))
                if now is None:
                    continue
                asked = {**about, "StringEquals": {**about.get("StringEquals", {}), "aws:TagKeys": key}}
                if found := requests.request(mine, untag, literal(actor.arn), asked):
                    parameters = {**named, "TagKeys": [key]}
                    effect = f"{actor.arn} has no tag {key}"
                    yield one_step(who, found, parameters, effect, state.with_actor(_tagged(actor, key, None)))


def _tagged(actor: Actor, key: str, value: str | None) -> Actor:
    others = tuple(each for each in actor.tags if each[0].lower() != key.lower())
    return replace(actor, tags=others if value is None else (*others, (key, value)))
