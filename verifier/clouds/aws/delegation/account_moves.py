"""The moves in an account: for each, the requests that would leave the invariant, and what it then says less.

    account_shapes(move, scene)    what leaves it, each shape with what weakens the invariant
    effect_of(move)                what a move does to an account

What takes over what runs as a role is in `account_takeovers.py`.

A move on somebody who is there is asked about those whom it would matter for: a user whose keys are made and whom he
cannot act as yet, a role that he acts as and whose policies would change. Whom the documents of the one who asks do not
tell apart are asked about as one. What is made carries an approved boundary, so moves on it are harmless, but those
that change its boundary.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator, Mapping

from verifier.clouds.aws.audit.shapes import literal
from verifier.clouds.aws.delegation.account_boundaries import (
    IAM_TYPES,
    bounding_somebody,
    making,
    retrusting_rebound,
    unbounding,
)
from verifier.clouds.aws.delegation.account_invariant import AccountFacts
from verifier.clouds.aws.delegation.account_scene import AccountScene, AccountShape, actor_kind, adding, on_actors
from verifier.clouds.aws.delegation.becoming_steps import providers_trusted, services_trusted
from verifier.clouds.aws.delegation.changing_actions import changing_of
from verifier.clouds.aws.delegation.invariant import shape_of
from verifier.clouds.aws.delegation.moves import DelegationMove, Spared
from verifier.clouds.aws.delegation.named_principals import for_everyone
from verifier.clouds.aws.delegation.role_takers import (
    is_unheard_of,
    role_receivers,
    role_taking,
)
from verifier.clouds.aws.delegation.state import Actor

_EC2 = "ec2.amazonaws.com"
# A cluster makes the instance profile of its nodes itself.
_PROFILING = ("iam:AddRoleToInstanceProfile", "eks:CreateCluster", "eks:CreateNodegroup", "eks:UpdateClusterConfig")


class AccountEffect(enum.Enum):
    """What a move does to an account."""

    MAKES = "somebody is made"
    BOUNDS = "a boundary is set"
    UNBOUNDS = "a boundary is removed"
    GIVES = "somebody has another policy"
    TAKES = "somebody has a policy less"
    RETRUSTS = "a role trusts others"
    REWRITES = "a managed policy says something else"
    JOINS = "a user joins a group"
    GIVES_GROUP = "a group has another policy"
    TAKES_GROUP = "a group has a policy less, or a member"
    RENAMES_GROUP = "a group is called something else"
    BECOMES = "he has credentials of a user"
    PASSES = "a service gets a role"
    ASSUMES = "he becomes a role"
    RENAMES = "a user is called something else"
    TAGS = "somebody has other tags"
    FORGES = "an identity is vouched for"
    REMOVES = "somebody is gone"


_EFFECTS: Mapping[AccountEffect, str] = {
    AccountEffect.MAKES: "CreateUser CreateRole",
    AccountEffect.BOUNDS: "PutUserPermissionsBoundary PutRolePermissionsBoundary",
    AccountEffect.UNBOUNDS: "DeleteUserPermissionsBoundary DeleteRolePermissionsBoundary",
    AccountEffect.GIVES: "AttachUserPolicy PutUserPolicy AttachRolePolicy PutRolePolicy",
    AccountEffect.TAKES: "DetachUserPolicy DeleteUserPolicy DetachRolePolicy DeleteRolePolicy",
    AccountEffect.RETRUSTS: "UpdateAssumeRolePolicy",
    AccountEffect.REWRITES: "CreatePolicyVersion SetDefaultPolicyVersion DeletePolicy",
    AccountEffect.JOINS: "AddUserToGroup",
    AccountEffect.GIVES_GROUP: "PutGroupPolicy AttachGroupPolicy",
    AccountEffect.TAKES_GROUP: "DetachGroupPolicy DeleteGroupPolicy RemoveUserFromGroup",
    AccountEffect.RENAMES_GROUP: "UpdateGroup",
    AccountEffect.PASSES: "PassRole",
    AccountEffect.RENAMES: "UpdateUser",
    AccountEffect.REMOVES: "DeleteUser DeleteRole",
    AccountEffect.TAGS: "TagUser UntagUser TagRole UntagRole",
}
_BY_ACTION = {f"iam:{name}": effect for effect, names in _EFFECTS.items() for name in names.split()}


def effect_of(move: DelegationMove) -> AccountEffect | None:
    """Return what a move does to an account; None where that is nothing, or what no invariant allows."""
    if "Q7" in move.rows and move.spared is Spared.DELEGATED_OR_SELF:
        return AccountEffect.BECOMES
    if move.actions[0] == "sts:AssumeRole":
        return AccountEffect.ASSUMES
    if ("Provider" in move.actions[0] and move.spared is Spared.NONE) or move.actions[0] == "rolesanywhere:*":
        return AccountEffect.FORGES
    return _BY_ACTION.get(move.actions[0])


def account_shapes(move: DelegationMove, scene: AccountScene) -> Iterator[AccountShape]:
    """Yield what of `move` leaves the invariant; `AssumeRole` is asked about in another way."""
    effect = effect_of(move)
    if effect is not None:
        yield from _SHAPES[effect](move, scene)
    elif move.spared is not Spared.EVERY:
        changing = [action for one in move.actions for action in changing_of(one)]
        yield AccountShape({**shape_of(move.actions, scene.facts), "Action": changing}, lambda _: None)


def _giving(move: DelegationMove, scene: AccountScene) -> Iterator[AccountShape]:
    return on_actors(move, scene, scene.fixed(actor_kind(move)), "loose")


def _taking(move: DelegationMove, scene: AccountScene) -> Iterator[AccountShape]:
    denied = (one for one in scene.fixed(actor_kind(move)) if _is_denied(one, scene))
    return on_actors(move, scene, denied, "undenied")


def _retrusting(move: DelegationMove, scene: AccountScene) -> Iterator[AccountShape]:
    """Yield what makes him a role, or lets whoever becomes a role that he acts as tag the session as he wants."""
    others = list(scene.facts.others("role", scene.invariant))
    yield from on_actors(move, scene, others, "kept", bounds_of=lambda role: frozenset({role.boundary}))
    yield from retrusting_rebound(move, scene, others)
    if scene.facts.start.setting.principal_tags:
        tagged = scene.facts.actors(scene.invariant.acting - scene.invariant.retagged, "role")
        yield from on_actors(move, scene, tagged, "retagged")


def _becoming_user(move: DelegationMove, scene: AccountScene) -> Iterator[AccountShape]:
    return on_actors(move, scene, scene.facts.others("user", scene.invariant), "kept")


def _passing(move: DelegationMove, scene: AccountScene) -> Iterator[AccountShape]:
    by_services: dict[tuple[str, ...], list[Actor]] = {}
    for role in _passable(scene):
        by_services.setdefault(role_receivers(_served(role)), []).append(role)
    for receivers, roles in by_services.items():
        names = [f"{one}.*" for one in receivers]
        passed = {"StringLikeIfExists": {"iam:PassedToService": names}} if names else {}
        yield from on_actors(move, scene, roles, "kept", passed)


def _served(role: Actor) -> frozenset[str]:
    """Return the services that a role may trust; `?` for any."""
    if role.trust is None or for_everyone(role.trust):
        return frozenset({"?"})
    return frozenset(services_trusted(role.trust))


def _removing(move: DelegationMove, scene: AccountScene) -> Iterator[AccountShape]:
    """Yield what deletes somebody whose name one who is made can then have."""
    if scene.invariant.approved:
        invariant, kind = scene.invariant, actor_kind(move)
        there = (one for one in scene.facts.start.actors.values() if one.kind == kind)
        left = (one for one in there if one.arn not in invariant.gone)

        def every(one: Actor) -> frozenset[str | None]:
            return invariant.bounds_of(one) | invariant.rebounds_of(one) | {one.boundary}

        yield from on_actors(move, scene, left, "gone", bounds_of=every)


def _renaming(move: DelegationMove, scene: AccountScene) -> Iterator[AccountShape]:
    yield from _becoming_user(move, scene)
    named = scene.invariant.acting - scene.invariant.renamed
    yield from on_actors(move, scene, scene.facts.actors(named, "user"), "renamed")
    yield from _removing(move, scene)


def _forging(move: DelegationMove, scene: AccountScene) -> Iterator[AccountShape]:
    trusting = [one.arn for one in scene.facts.others("role", scene.invariant) if _is_federated(move, one)]
    if trusting:
        yield AccountShape(shape_of(move.actions, scene.facts), lambda _: [("kept", trusting)])


def _is_denied(actor: Actor, scene: AccountScene) -> bool:
    return actor.arn not in scene.invariant.undenied and scene.facts.denies(actor)


def _passable(scene: AccountScene) -> Iterator[Actor]:
    """Yield the roles that a service may get: one that trusts EC2 alone needs an instance profile."""
    for role in scene.facts.others("role", scene.invariant):
        served = _served(role)
        if served == {_EC2} and not role.profiled and not scene.may(*_PROFILING):
            continue
        if served and (is_unheard_of(served) or scene.may(*role_taking(served))):
            yield role


def _tagging(move: DelegationMove, scene: AccountScene) -> Iterator[AccountShape]:
    setting = scene.facts.start.setting
    keys = sorted({*setting.principal_tags, *setting.resource_tags})
    kind = actor_kind(move)
    actors = (one for one in scene.facts.start.actors.values() if one.kind == kind)
    left = [one for one in actors if one.arn not in scene.invariant.retagged]
    if keys:
        asked = {"ForAnyValue:StringEqualsIgnoreCase": {"aws:TagKeys": keys}}
        yield from on_actors(move, scene, left, "retagged", asked)


def _rewriting(move: DelegationMove, scene: AccountScene) -> Iterator[AccountShape]:
    invariant, facts = scene.invariant, scene.facts
    everybody = list(facts.actors(invariant.acting))
    bounding = {one for actor in everybody for one in invariant.bounds_of(actor)} | set(invariant.approved)
    carrying: dict[str, list[str]] = {}
    for actor in facts.actors(invariant.fixed):
        groups = [*actor.groups, *(sorted(invariant.joined) if actor.kind == "user" else ())]
        attached = [*actor.attached, *(arn for group in groups for arn in facts.start.groups[group].attached)]
        for arn in attached:
            carrying.setdefault(arn, []).append(actor.arn)
    if move.actions[0] == "iam:DeletePolicy":
        carrying = {}
    policies = {arn for arn in (*bounding, *carrying) if arn and arn.split(":")[4] != "aws"} - invariant.rewritten
    policies |= {arn for arn in carrying if arn.split(":")[4] != "aws"}
    if move.actions[0] == "iam:SetDefaultPolicyVersion":
        policies = {arn for arn in policies if _has_versions(arn, facts)}
    for arn in sorted(policies):
        less = [("rewritten", [arn] if arn in bounding else []), ("loose", carrying.get(arn, []))]
        yield AccountShape(scene.on(move.actions[0], [arn], {}), lambda _, less=less: less)  # type: ignore[misc]


def _has_versions(arn: str, facts: AccountFacts) -> bool:
    """Whether a policy has another version than the one in force, or may have one."""
    known = facts.start.policies.get(arn)
    return known is None or known.others or len(known.versions) > 1


def _joining(move: DelegationMove, scene: AccountScene) -> Iterator[AccountShape]:
    users = [actor.arn for actor in scene.fixed("user")]
    if not users:
        return
    groups = scene.facts.start.groups
    left = [arn for arn in groups if arn not in scene.invariant.joined]
    alike = scene.alike(left)
    if alike:
        yield AccountShape(scene.on(move.actions[0], alike, {}), adding("joined", alike))
    if scene.may("iam:CreateGroup") and scene.may("iam:PutGroupPolicy", "iam:AttachGroupPolicy"):
        known = dict(scene.on(move.actions[0], (), {}))
        del known["Resource"]
        others = [f"{scene.facts.iam}{other}/*" for other in IAM_TYPES if other != "group"]
        shape = {**known, "NotResource": [*map(literal, groups), *others, "*:aws:policy/*"]}
        yield AccountShape(shape, lambda _: [("loose", users)])


def _grouped(move: DelegationMove, scene: AccountScene) -> Iterator[AccountShape]:
    """Yield the moves on groups that matter for those whom he can act as."""
    effect = effect_of(move)
    for group in scene.facts.start.groups.values():
        joined = group.arn in scene.invariant.joined
        members = [actor for actor in scene.fixed("user") if joined or group.arn in actor.groups]
        if effect is AccountEffect.RENAMES_GROUP:
            members = scene.fixed("user")
        if effect is AccountEffect.TAKES_GROUP:
            members = [one for one in members if _is_denied(one, scene)]
        if members:
            label = "undenied" if effect is AccountEffect.TAKES_GROUP else "loose"
            less = [(label, [one.arn for one in members])]
            yield AccountShape(scene.on(move.actions[0], [group.arn], {}), lambda _, less=less: less)  # type: ignore[misc]


def _is_federated(move: DelegationMove, role: Actor) -> bool:
    """Whether who vouches for identities decides who becomes `role`."""
    if role.trust is None:
        return True
    if move.actions[0].startswith("rolesanywhere:"):
        return "rolesanywhere.amazonaws.com" in set(services_trusted(role.trust))
    return any(True for _ in providers_trusted(role.trust))


_SHAPES: Mapping[AccountEffect, Callable[[DelegationMove, AccountScene], Iterator[AccountShape]]] = {
    AccountEffect.MAKES: making,
    AccountEffect.BOUNDS: bounding_somebody,
    AccountEffect.UNBOUNDS: unbounding,
    AccountEffect.GIVES: _giving,
    AccountEffect.TAKES: _taking,
    AccountEffect.RETRUSTS: _retrusting,
    AccountEffect.REWRITES: _rewriting,
    AccountEffect.JOINS: _joining,
    AccountEffect.GIVES_GROUP: _grouped,
    AccountEffect.TAKES_GROUP: _grouped,
    AccountEffect.RENAMES_GROUP: _grouped,
    AccountEffect.BECOMES: _becoming_user,
    AccountEffect.PASSES: _passing,
    AccountEffect.ASSUMES: lambda _move, _scene: iter(()),  # a trust policy decides too
    AccountEffect.RENAMES: _renaming,
    AccountEffect.REMOVES: _removing,
    AccountEffect.TAGS: _tagging,
    AccountEffect.FORGES: _forging,
}
