"""Resources of a plan or a template that give permissions without a document: it is told only that they changed.

    other_grants(opened, scope)    what tells each apart from what it is in another version of the file

A permission set of IAM Identity Center has policies by their names, an account has the SCPs of the unit that it is in,
a grant of a key is not a document. Whoever may change the code of a function can do what its role can. A condition may
ask for a tag of a resource. What any of them allows is not asked, so that a change of one is undecided.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeAlias

from verifier.base.dataclass import dataclass
from verifier.base.errors import UsageError
from verifier.sources.cloudformation.budget import TemplateBudget
from verifier.sources.cloudformation.combinations import Scene
from verifier.sources.cloudformation.decided import words_of, written_digest
from verifier.sources.cloudformation.inner import inner_template
from verifier.sources.cloudformation.kind import Templates, scene_of
from verifier.sources.cloudformation.shapes import digest_of
from verifier.sources.cloudformation.template import Resource
from verifier.sources.grant_table import (
    gives_nothing,
    is_alias,
    is_tag,
    names_a_role,
    names_tags,
    of_plans,
    of_templates,
    roles_in,
    runs_as_a_role,
)
from verifier.sources.open import OpenedFile
from verifier.sources.terraform.plan import TerraformPlan
from verifier.sources.values import ListValue, ObjectValue, Scalar, TextValue, Value, under

if TYPE_CHECKING:
    from verifier.sources.terraform.instances import Instance
    from verifier.sources.terraform.parts import Part
    from verifier.sources.terraform.planned import Planned

_Scope: TypeAlias = Callable[[str], str]
_Path: TypeAlias = tuple[str | int, ...]
_Parts: TypeAlias = "Sequence[tuple[_Path, Part]]"
_PRINCIPAL = {"AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group"}
_PRINCIPALS_OF_PLANS = ("aws_iam_role", "aws_iam_user")  # `FilePrincipal` has their tags
_MOST_INNER = 3


class OtherGrantKind(enum.Enum):
    """How a resource gives permissions, and when a change of it matters.

    `TAGS` are those of a resource, and `TAG` is one that is a resource: both matter where a condition reads such tags.
    `ALIAS` is another name of a key, `ORGANIZATION` that of an account: conditions may read both.
    """

    PERMISSIONS = "permissions"
    ROLE = "role"
    TAGS = "tags"
    TAG = "tag"
    ALIAS = "alias"
    ORGANIZATION = "organization"


@dataclass(frozen=True)
class OtherGrant:
    """What gives permissions: `name` is the resource, `told` what tells it apart, empty where it gives none.

    `roles` are the roles of the file that it runs as; None where that is not known.
    """

    name: str
    kind: OtherGrantKind
    told: str
    roles: frozenset[str] | None = None


def other_grants(opened: OpenedFile, scope: _Scope) -> Iterator[OtherGrant]:
    """Yield each; `scope` tells unknowns apart by their names. Raises InputError."""
    match opened.kind:
        case TerraformPlan():
            yield from _of_plan(opened, scope)
        case Templates():
            opening = opened.opening
            scene = scene_of(opened.value, opening.source, opening.parameters, TemplateBudget(opening.source))
            yield from _of_template(scene, "")
        case _:
            pass


def _of_plan(opened: OpenedFile, scope: _Scope) -> Iterator[OtherGrant]:
    from verifier.sources.terraform.planned import plan_in  # noqa: PLC0415 - loaded for a plan only

    plan = plan_in(opened.value, opened.opening)
    for instance in plan.instances:
        if not instance.data and instance.type.startswith(("aws_", "awscc_")):
            yield from _of_instance(instance, plan, scope)


def _of_instance(instance: Instance, plan: Planned, scope: _Scope) -> Iterator[OtherGrant]:
    names, kind = of_plans(instance.type), OtherGrantKind.PERMISSIONS
    if is_tag(instance.type):
        names, kind = (), OtherGrantKind.TAG
    elif is_alias(instance.type):
        names, kind = (), OtherGrantKind.ALIAS
    if names is not None:
        parts: _Parts = [((name,), _given(instance, name, plan)) for name in names]
        if told := _told(instance, parts or [((), instance.attributes)], scope):
            yield OtherGrant(instance.address, kind, told)
    if runs_as_a_role(instance.type):
        parts = list(_named(instance.attributes, (), names_a_role, _of_documents(instance.type)))
        yield OtherGrant(
            instance.address, OtherGrantKind.ROLE, _told(instance, parts, scope), _planned_roles(instance, plan, parts)
        )
    if instance.type not in _PRINCIPALS_OF_PLANS:
        yield OtherGrant(instance.address, OtherGrantKind.TAGS, _told(instance, _planned_tags(instance), scope))
    yield from _of_stack(instance, plan)


def _given(instance: Instance, name: str, plan: Planned) -> Part:
    """Return an attribute; nothing where only AWS will give it a value."""
    from verifier.sources.terraform.parts import Part  # noqa: PLC0415 - loaded for a plan only

    found = instance.attribute(name)
    return Part(None) if found.is_unknown and plan.is_unset(instance, name) else found


def _told(instance: Instance, parts: _Parts, scope: _Scope) -> str:
    """Return what tells values of an instance apart; empty where there are none."""
    if not any(part.has_unknown or _is_something(part.value) for _, part in parts):
        return ""
    unknown = [scope(f"{instance.address}.{path}") for path, part in parts if part.has_unknown]
    return " ".join([digest_of(*(part.value for _, part in parts)), *unknown])


def _is_something(value: Value | None) -> bool:
    """Whether a value gives anything that is not there without it."""
    match value:
        case TextValue(parts):
            return not all(isinstance(part, str) and gives_nothing(part) for part in parts)
        case Scalar(text):
            return not gives_nothing(text)
        case ListValue():
            return any(map(_is_something, value.values))
        case ObjectValue():
            return any(_is_something(held) for _, held in value.pairs)
        case _:
            return value is not None


def _of_documents(type_: str) -> frozenset[str]:
    """Return the attributes of a type that hold documents, which are asked about themselves."""
    from verifier.sources.terraform.table import holders  # noqa: PLC0415 - loaded for a plan only

    return frozenset((holder.block or holder.path).partition(".")[0].partition("[")[0] for holder in holders(type_))


def _named(
    part: Part, path: _Path, wanted: Callable[[str], bool], but: frozenset[str] = frozenset()
) -> Iterator[tuple[_Path, Part]]:
    """Yield what stands in a value under a name that is `wanted`; where that is a role, also ARNs of roles in texts."""
    from verifier.sources.terraform.parts import Part  # noqa: PLC0415 - loaded for a plan only

    match part.value:
        case ObjectValue() as found:
            unknown = part.unknown.named if isinstance(part.unknown, ObjectValue) else {}
            for name in dict.fromkeys([*found.named, *unknown]):
                inside = part.member(name)
                if name in but or inside.is_null:
                    continue
                if wanted(name):
                    yield (*path, name), inside
                else:
                    yield from _named(inside, (*path, name), wanted)
        case ListValue():
            several = part.each()
            if several is None:
                yield path, part
            for number, inside in enumerate(several or ()):
                yield from _named(inside, (*path, number), wanted)
        case TextValue() as text if wanted is names_a_role:
            for arn in roles_in(text.known or ""):
                yield path, Part(TextValue((arn,), text.place))
        case _:
            pass


def _planned_tags(instance: Instance) -> _Parts:
    """Return the tags of a resource, with those that the provider gives to everything, and of what comes with it."""
    every = instance.attribute("tags_all")
    own = (("tags",), instance.attribute("tags") if every.is_null else every)
    if not runs_as_a_role(instance.type):  # nothing comes with a principal
        return [own]
    return [own, *_named(instance.attributes, (), names_tags, frozenset(("tags", "tags_all")))]


def _planned_roles(instance: Instance, plan: Planned, parts: _Parts) -> frozenset[str] | None:
    origins = [plan.origin(instance, *path) for path, _ in parts]
    found = {origin.address for origin in origins if origin is not None}
    return None if None in origins else frozenset(found)


def _of_stack(instance: Instance, plan: Planned) -> Iterator[OtherGrant]:
    """Yield what the template of a stack holds; the whole of one that cannot be read."""
    from verifier.sources.terraform.stacks import stack_template  # noqa: PLC0415 - loaded for a plan only

    found = stack_template(instance)
    if found is None:
        return
    if found.value is not None:
        source = plan.opening.source
        yield from _of_template(scene_of(found.value, source, {}, TemplateBudget(source)), f"{instance.address}/")
    elif not found.part.is_null:
        told = digest_of(found.part.value)
        yield OtherGrant(f"{instance.address}.{found.name}", OtherGrantKind.PERMISSIONS, told)


def _of_template(scene: Scene, prefix: str) -> Iterator[OtherGrant]:
    roles = {each.name for each in scene.references.resources.values() if each.type in _PRINCIPAL}
    for resource in scene.references.resources.values():
        name, when = f"{prefix}{resource.name}", under(resource.place, "Condition")
        names = of_templates(resource.type, inner=bool(prefix))
        if names is not None:
            paths = [each.split(".") for each in names] or [[]]
            held = [one for path in paths for one in _at(resource.properties, path)]
            if any(map(_is_something, held)):
                yield OtherGrant(name, OtherGrantKind.PERMISSIONS, written_digest((*held, when), scene))
        if is_alias(resource.type):
            yield OtherGrant(name, OtherGrantKind.ALIAS, written_digest((resource.properties, when), scene))
        if runs_as_a_role(resource.type):
            uses = _values_of(resource, names_a_role)
            told = written_digest((*uses, when), scene) if uses else ""
            yield OtherGrant(name, OtherGrantKind.ROLE, told, _named_roles(uses, roles) if not prefix else None)
        if resource.type not in _PRINCIPAL or prefix:
            tags = _values_of(resource, names_tags)
            yield OtherGrant(name, OtherGrantKind.TAGS, written_digest(tags, scene) if tags else "")
        if prefix.count("/") < _MOST_INNER:
            inner = inner_template(resource, scene)
            if isinstance(inner, ObjectValue):
                source, budget = scene.template.source, scene.template.budget
                yield from _of_template(scene_of(inner, source, {}, budget), f"{name}/")


def _at(value: Value | None, path: Sequence[str]) -> Iterator[Value | None]:
    """Yield what stands at a path, whose `*` is each name, in their order."""
    if not path:
        yield value
    elif path[0] == "*":
        for _, held in sorted(value.named.items()) if isinstance(value, ObjectValue) else ():
            yield from _at(held, path[1:])
    else:
        yield from _at(under(value, path[0]), path[1:])


def _values_of(resource: Resource, wanted: Callable[[str], bool]) -> Sequence[Value]:
    """Return what stands in a resource under a name that is `wanted`; all of it where it cannot be read."""
    try:
        return tuple(_values(resource.properties, wanted))
    except UsageError:
        return () if resource.properties is None else (resource.properties,)


def _values(value: Value | None, wanted: Callable[[str], bool]) -> Iterator[Value]:
    match value:
        case ObjectValue():
            for name, held in value.pairs:
                if wanted(name.known or ""):
                    yield held
                else:
                    yield from _values(held, wanted)
        case ListValue():
            for each in value.values:
                yield from _values(each, wanted)
        case TextValue() if wanted is names_a_role and value.known is not None and roles_in(value.known):
            yield value
        case _:
            pass


def _named_roles(uses: Sequence[Value], roles: set[str]) -> frozenset[str] | None:
    """Return the roles of the template that values name, None where any of them names none."""
    try:
        found = [roles & set(words_of(value)) for value in uses]
    except UsageError:
        return None
    return frozenset().union(*found) if all(found) else None
