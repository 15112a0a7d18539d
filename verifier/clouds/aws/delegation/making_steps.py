"""Steps that make something: versions of policies, policies, users and roles."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from verifier.clouds.aws.audit.shapes import literal
from verifier.clouds.aws.delegation.invariant import BOUNDARY_KEY
from verifier.clouds.aws.delegation.state import (
    WIDEST_DOCUMENT,
    Actor,
    DelegationState,
    PolicyState,
    trust_document,
    trust_of,
)
from verifier.clouds.aws.delegation.step_requests import (
    Onward,
    StepConditions,
    StepRequests,
    one_step,
    resources_allowed,
)
from verifier.clouds.aws.documents import Documents, any_identity_policy
from verifier.logic.request import Request
from verifier.strings.values import Key

MOST_VERSIONS = 5
_BOUNDARY = Key.of(BOUNDARY_KEY)
_POLICY_ARN = Key.of("iam:PolicyARN")
_NAMING = (
    ("iam:CreateUser", _BOUNDARY),
    ("iam:CreateRole", _BOUNDARY),
    ("iam:PutUserPermissionsBoundary", _BOUNDARY),
    ("iam:PutRolePermissionsBoundary", _BOUNDARY),
    ("iam:AttachUserPolicy", _POLICY_ARN),
    ("iam:AttachRolePolicy", _POLICY_ARN),
    ("iam:AttachGroupPolicy", _POLICY_ARN),
)
_FRESH = ("", "made-by-him", "made-by-him-too", "made-by-him-again")


def versions(requests: StepRequests, state: DelegationState, who: str, mine: Documents) -> Iterator[Onward]:
    """Managed policies: a new version, another version, or room for one."""
    create, default, delete = "iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion", "iam:DeletePolicyVersion"
    if not requests.may(mine, create, default):
        return
    for arn in state.policies_among:
        policy = state.policies[arn]
        if policy.is_wide or arn.split(":")[4] == "aws":
            continue
        named = {"PolicyArn": arn}
        if found := requests.request(mine, create, literal(arn)):
            if len(policy.versions) < MOST_VERSIONS:
                written = {**named, "PolicyDocument": WIDEST_DOCUMENT, "SetAsDefault": True}
                yield one_step(
                    who, found, written, f"{arn} allows everything", state.with_policy(arn, policy.widened())
                )
            elif freeing := requests.request(mine, delete, literal(arn)):
                old = next(id_ for id_, _ in policy.versions if id_ != policy.in_force)
                after = state.with_policy(arn, policy.without(old))
                yield one_step(who, freeing, {**named, "VersionId": old}, f"{arn} has a version less", after)
        others = [id_ for id_, _ in policy.versions if id_ != policy.in_force]
        if others and (found := requests.request(mine, default, literal(arn))):
            for id_ in others:
                after = state.with_policy(arn, replace(policy, in_force=id_))
                yield one_step(who, found, {**named, "VersionId": id_}, f"{arn} says what {id_} says", after)


def policies(requests: StepRequests, state: DelegationState, who: str, mine: Documents) -> Iterator[Onward]:
    """Policies that are not there yet: any, and those that a boundary or an attached policy could be."""
    if not requests.may(mine, "iam:CreatePolicy"):
        return
    wanted = dict.fromkeys(_wanted(requests, state, mine))
    for arn in wanted:
        if found := requests.request(mine, "iam:CreatePolicy", literal(arn)):
            path, _, name = arn.partition(":policy")[2].rpartition("/")
            parameters = {"PolicyName": name, "Path": f"{path}/", "PolicyDocument": WIDEST_DOCUMENT}
            after = state.with_policy(arn, PolicyState((("v1", any_identity_policy()),)))
            yield one_step(who, found, parameters, f"{arn} exists", after)


def _wanted(requests: StepRequests, state: DelegationState, mine: Documents) -> Iterator[str]:
    account = state.setting.account
    every = f"arn:*:iam::{account}:policy/?*"
    his = (text for text in resources_allowed(mine, "iam:CreatePolicy", every) if ":policy/" in text)
    for pattern, (action, key) in itertools.product(dict.fromkeys((every, *his)), _NAMING):
        new: StepConditions = {"StringLike": {key.name: pattern}, "StringNotEquals": {key.name: list(state.policies)}}
        if found := requests.request(mine, action, "*", new):
            value = found.context.get(key)
            if isinstance(value, str) and "*" not in value and "?" not in value:
                yield value
    if found := _fresh(requests, mine, "iam:CreatePolicy", f"arn:*:iam::{account}:policy/", state.policies):
        yield found.resource


def _fresh(
    requests: StepRequests, mine: Documents, action: str, head: str, taken: Any, about: Any = None
) -> Request | None:
    """Return a request that makes something with a name that is not `taken`."""
    names = {arn.rpartition("/")[2].lower() for arn in taken}
    for name in _FRESH:
        pattern = f"{head}*{name}" if name else f"{head}?*"
        found = requests.request(mine, action, pattern, about)
        if found is not None and found.resource.rpartition("/")[2].lower() not in names:
            return found
    return None


def principals(requests: StepRequests, state: DelegationState, who: str, mine: Documents) -> Iterator[Onward]:
    """A user, or a role that trusts him, with each boundary that it could get."""
    for kind in ("user", "role"):
        action = f"iam:Create{kind.capitalize()}"
        if not requests.may(mine, action):
            continue
        taken = [arn for arn in state.actors if f":{kind}/" in arn]
        for boundary in (None, *state.policies_among):
            about: StepConditions = {"Null": {BOUNDARY_KEY: "true"}}
            if boundary is not None:
                about = {"StringEquals": {BOUNDARY_KEY: boundary}}
            head = f"arn:*:iam::{state.setting.account}:{kind}/"
            if found := _fresh(requests, mine, action, head, taken, about):
                yield _made(state, who, found, kind, boundary)


def _made(state: DelegationState, who: str, found: Request, kind: str, boundary: str | None) -> Onward:
    title = kind.capitalize()
    path, _, name = found.resource.partition(f":{kind}")[2].rpartition("/")
    parameters: dict[str, Any] = {f"{title}Name": name, "Path": f"{path}/"}
    trust = None
    if kind == "role":
        trust = trust_of((who,))
        parameters["AssumeRolePolicyDocument"] = trust_document((who,))
    if boundary:
        parameters["PermissionsBoundary"] = boundary
    tags = tuple(_tags(found))
    if tags:
        parameters["Tags"] = [{"Key": key, "Value": value} for key, value in tags]
    made = Actor(found.resource, boundary=boundary, trust=trust, profiled=False, tags=tags)
    return one_step(who, found, parameters, f"{made.arn} exists", state.with_actor(made))


def _tags(request: Request) -> Iterator[tuple[str, str]]:
    for key, value in request.context.items():
        prefix, _, tag = key.name.partition("/")
        if tag and prefix.lower() == "aws:requesttag" and isinstance(value, str):
            yield tag, value
