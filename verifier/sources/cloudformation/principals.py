"""The users, roles and groups of a template: what each is called, carries and belongs to.

    principals_of(value, opening)     the principals, each once for each combination of conditions that changes it
    attachments_of(value, opening)    which policies of the template say themselves what they are attached to
    managed_arns(value, opening)      the ARN of each managed policy, by which principals name it

A name, a path, an ARN or a tag is a value, and may have unknown parts. Documents are named by the selectors under which
`Templates.documents` yields them, without what conditions add (`?IsProd`): inline ones begin with the principal's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from verifier.base.dataclass import dataclass
from verifier.sources.cloudformation.budget import TemplateBudget
from verifier.sources.cloudformation.combinations import Scene, leaves, variants
from verifier.sources.cloudformation.decided import decided_by
from verifier.sources.cloudformation.kind import scene_of
from verifier.sources.cloudformation.resolver import Resolver
from verifier.sources.cloudformation.shapes import made_value
from verifier.sources.cloudformation.slots import existing
from verifier.sources.cloudformation.template import Resource
from verifier.sources.found import Opening
from verifier.sources.values import AnyValue, ListValue, ObjectValue, TextValue, Value, each_of, under

_KINDS = {
    "AWS::IAM::User": ("user", "UserName"),
    "AWS::IAM::Role": ("role", "RoleName"),
    "AWS::IAM::Group": ("group", "GroupName"),
}
_ATTACHED_BY = ("AWS::IAM::ManagedPolicy", "AWS::IAM::Policy")
_ON_THEIR_OWN = {
    "AWS::IAM::RolePolicy": "RoleName",
    "AWS::IAM::UserPolicy": "UserName",
    "AWS::IAM::GroupPolicy": "GroupName",
}
_LISTS = {"Users": "user", "Roles": "role", "Groups": "group"}
_ADDITION = "AWS::IAM::UserToGroupAddition"
_OF_ORGANIZATION = "AWS::Organizations::Policy"
_TAKEN = ("Path", "PermissionsBoundary", "ManagedPolicyArns", "Groups", "Tags")


@dataclass(frozen=True)
class TemplatePrincipal:
    """A user, role or group.

    `selector` is its logical id, `when` the conditions under which it is so (`?IsProd`, `` for all of them), and
    `given` what decides whether it is there (`decided.py`). `kind` is `user`, `role` or `group`; `name` is what `Ref`
    gives, `arn` its ARN. `boundary` is the ARN of its boundary, None where it carries none. `attached` are the ARNs of
    managed policies, `groups` the names of groups; an `AnyValue` among them stands for any number. `tags` are pairs of
    key and value.
    """

    selector: str
    when: str
    given: str
    kind: str
    name: Value
    path: Value
    arn: Value
    boundary: Value | None
    attached: tuple[Value, ...]
    groups: tuple[Value, ...]
    tags: tuple[tuple[Value, Value], ...]


@dataclass(frozen=True)
class TemplateAttachment:
    """A policy that names what it is attached to: `policy` is its selector, `arn` its ARN if it is a managed policy.

    `principal` is the name of the user, role or group (`kind`). With `kind` `membership`, the policy is a list of users
    instead: the user `principal` is in the group `arn`. With `kind` `target`, `principal` is the id of a root, unit or
    account, and the policy one of an organization.
    """

    policy: str
    when: str
    given: str
    arn: Value | None
    kind: str
    principal: Value


def principals_of(value: Value, opening: Opening) -> Iterator[TemplatePrincipal]:
    """Yield the principals of a template. Raises UsageError for one that is broken."""
    scene = _scene(value, opening)
    for resource in scene.references.resources.values():
        if resource.type in _KINDS:
            asked = existing(resource, partial(_told, resource))
            found = leaves(asked, scene)
            by = decided_by(found, scene, resource.name)
            for when, told in variants(found):
                yield _principal(resource, when, by, told)


def attachments_of(value: Value, opening: Opening) -> Iterator[TemplateAttachment]:
    """Yield what policies, and additions of users to groups, say they are attached to."""
    scene = _scene(value, opening)
    for resource in scene.references.resources.values():
        if resource.type in (*_ATTACHED_BY, *_ON_THEIR_OWN, _ADDITION, _OF_ORGANIZATION):
            asked = existing(resource, partial(_attached, resource))
            found = leaves(asked, scene)
            by = decided_by(found, scene, resource.name)
            for when, told in variants(found):
                yield from _attachments(resource, when, by, told)


def managed_arns(value: Value, opening: Opening) -> Iterator[tuple[str, Value]]:
    """Yield the selector of each managed policy of a template, and its ARN."""
    scene = _scene(value, opening)
    for resource in scene.references.resources.values():
        if resource.type == "AWS::IAM::ManagedPolicy":
            asked = existing(resource, partial(_arn, resource))
            for _, arn in variants(leaves(asked, scene)):
                yield resource.name, arn


def _arn(resource: Resource, resolver: Resolver) -> Value:
    return resolver.named_value(resource.name, "", resource.place.place)


def _scene(value: Value, opening: Opening) -> Scene:
    return scene_of(value, opening.source, opening.parameters, TemplateBudget(opening.source))


def _told(resource: Resource, resolver: Resolver) -> Value:
    """Return what a template says about a principal, as one value: the conditions that change it are asked."""
    place = resource.place.place
    found = {name: _resolved(resolver, resource, name) for name in _TAKEN}
    own = {"Name": resolver.named_value(resource.name, "", place)}
    own["Arn"] = resolver.named_value(resource.name, "Arn", place)
    return made_value(own | {name: held for name, held in found.items() if held is not None}, place)


def _resolved(resolver: Resolver, resource: Resource, name: str) -> Value | None:
    held = resolver.member(resource.properties, name)
    return None if held is None else resolver.resolve(held)


def _principal(resource: Resource, when: str, by: str, told: Value) -> TemplatePrincipal:
    kind, _ = _KINDS[resource.type]
    place = resource.place.place
    if not isinstance(told, ObjectValue):  # a macro may change all of it
        several, tags = (told,), ((told, told),)
        return TemplatePrincipal(resource.name, when, by, kind, told, told, told, told, several, several, tags)
    held = told.named
    return TemplatePrincipal(
        resource.name,
        when,
        by,
        kind,
        held["Name"],
        held.get("Path") or TextValue(("/",), place),
        held["Arn"],
        held.get("PermissionsBoundary"),
        tuple(_items(held.get("ManagedPolicyArns"))),
        tuple(_items(held.get("Groups"))),
        tuple(_tags(held.get("Tags"))),
    )


def _items(value: Value | None) -> Sequence[Value]:
    match value:
        case None:
            return ()
        case ListValue():
            return value.values
        case _:
            return (value,)


def _tags(value: Value | None) -> Iterator[tuple[Value, Value]]:
    if isinstance(value, AnyValue):
        yield value, value
    for each in each_of(value):
        key, held = under(each, "Key"), under(each, "Value")
        if key is not None and held is not None:
            yield key, held
        elif isinstance(each, AnyValue):
            yield each, each


def _attached(resource: Resource, resolver: Resolver) -> Value:
    place = resource.place.place
    names = (*_LISTS, "GroupName", "RoleName", "UserName", "TargetIds")
    found = {name: _resolved(resolver, resource, name) for name in names}
    own: dict[str, Value] = {}
    if resource.type == "AWS::IAM::ManagedPolicy":
        own["Arn"] = resolver.named_value(resource.name, "", place)
    return made_value(own | {name: held for name, held in found.items() if held is not None}, place)


def _attachments(resource: Resource, when: str, by: str, told: Value) -> Iterator[TemplateAttachment]:
    if not isinstance(told, ObjectValue):
        kind = "target" if resource.type == _OF_ORGANIZATION else "role"
        yield TemplateAttachment(resource.name, when, by, told, kind, told)
        return
    held = told.named
    if resource.type == _OF_ORGANIZATION:
        for target in _items(held.get("TargetIds")):
            yield TemplateAttachment(resource.name, when, by, None, "target", target)
        return
    if resource.type == _ADDITION:
        for user in _items(held.get("Users")):
            yield TemplateAttachment(resource.name, when, by, held.get("GroupName"), "membership", user)
        return
    if resource.type in _ON_THEIR_OWN:
        name = held.get(_ON_THEIR_OWN[resource.type])
        kind = _ON_THEIR_OWN[resource.type].removesuffix("Name").lower()
        if name is not None:
            yield TemplateAttachment(resource.name, when, by, None, kind, name)
        return
    for property_, kind in _LISTS.items():
        for each in _items(held.get(property_)):
            yield TemplateAttachment(resource.name, when, by, held.get("Arn"), kind, each)
