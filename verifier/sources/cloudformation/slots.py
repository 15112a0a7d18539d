"""Where in a template documents stand: one slot for each, with what it is and how its value is found.

slots_of(resource, scene)     the slots of a resource, in the order of the file
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from verifier.base.dataclass import dataclass
from verifier.clouds.aws.policy.types import PolicyType
from verifier.sources.cloudformation.combinations import Scene, leaves
from verifier.sources.cloudformation.custom import custom_documents, is_custom
from verifier.sources.cloudformation.resolver import Resolver
from verifier.sources.cloudformation.shapes import called, digest_of, known_text, shortened, spot, with_texts
from verifier.sources.cloudformation.statements import STATEMENTS
from verifier.sources.cloudformation.tables import ITEMS, PolicyRow, policy_rows
from verifier.sources.cloudformation.template import CHANGED, Resource
from verifier.sources.notations import values_within
from verifier.sources.values import (
    AnyValue,
    ListValue,
    ObjectValue,
    TextValue,
    Unresolved,
    Value,
    text_of,
    under,
)

Looking = Callable[[Resolver], Value | None]
_BY_KIND = {
    "SERVICE_CONTROL_POLICY": PolicyType.SCP,
    "RESOURCE_CONTROL_POLICY": PolicyType.RCP,
}
# Templates that a template leads to, and that are not in it: where, and what they are called.
_ELSEWHERE = {
    "AWS::CloudFormation::Stack": "nested stack",
    "AWS::Serverless::Application": "nested application",
    "AWS::ServiceCatalog::CloudFormationProvisionedProduct": "provisioned product",
}


@dataclass(frozen=True)
class Slot:
    """A place for a document: its selector, its type where the place says it, the selector of its owner, its value.

    `on` are the properties that name the resource that it is for, as they are written.
    """

    selector: str
    type: PolicyType | None
    owner: str
    ask: Looking
    on: tuple[Value | None, ...] = ()


def slots_of(resource: Resource, scene: Scene) -> Iterator[Slot]:
    """Yield the slots of `resource`."""
    unfollowed = _elsewhere(resource)
    if resource.type == CHANGED:
        yield Slot(resource.name, None, "", lambda _: resource.properties)
        return
    if unfollowed:
        yield Slot(resource.name, None, "", existing(resource, lambda _: unfollowed))
        return
    if resource.type in STATEMENTS:
        make = STATEMENTS[resource.type]
        yield Slot(resource.name, PolicyType.RESOURCE, "", existing(resource, partial(make, resource=resource)))
        return
    if resource.type == "AWS::Organizations::Policy":
        type_ = _BY_KIND.get(text_of(under(resource.properties, "Type")) or "")
        if type_ is not None or text_of(under(resource.properties, "Type")) is None:
            yield Slot(resource.name, type_, "", existing(resource, partial(_at, resource, ("Content",))))
        return
    if is_custom(resource):
        for place, held in custom_documents(resource, scene.template.source):
            selector = f"{resource.name}.{place}" if place else resource.name
            yield Slot(selector, None, "", existing(resource, partial(document, held)))
    rows = policy_rows().get(resource.type, ())
    for row in rows:
        yield from _row_slots(resource, row, scene, alone=len(rows) == 1)


def existing(resource: Resource, ask: Looking) -> Looking:
    """Return `ask`, which finds nothing where the condition of `resource` does not hold."""

    def asked(resolver: Resolver) -> Value | None:
        wanted = not resource.condition.startswith("!")
        if resource.condition and resolver.holds(resource.condition.removeprefix("!")) is (not wanted):
            return None
        found, changed_by = ask(resolver), resolver.template.changed_by
        return found if found is None or changed_by is None else AnyValue(changed_by, resource.place.place)

    return asked


def document(value: Value | None, resolver: Resolver) -> Value | None:
    """Return the document that `value` is, all of it resolved; one that stands in a text as what the text holds.

    CloudFormation passes each number and Boolean on as a text: `AWS: 111122223333` is the account `"111122223333"`.
    """
    while isinstance(value, ObjectValue) and len(value.pairs) == 1 and value.pairs[0][0].known == "Fn::ToJsonString":
        value = value.pairs[0][1]
    found = resolver.resolve(value) if value is not None else None
    if not isinstance(found, TextValue):
        return None if found is None else with_texts(found)
    if found.known is None:
        return AnyValue(Unresolved(called(found)), found.place)
    return values_within(found) or found


def _row_slots(resource: Resource, row: PolicyRow, scene: Scene, *, alone: bool) -> Iterator[Slot]:
    type_ = PolicyType(row.type) if row.type else None
    if ITEMS not in row.path:
        named = resource.name if alone else ".".join([resource.name, *_told(row.path)])
        owner = (_owner(resource, row.owner) if row.owner else "") if alone else resource.name
        on = tuple(under(resource.properties, each) for each in row.owner.split(",")) if row.owner else ()
        yield Slot(named, type_, owner, existing(resource, partial(_at, resource, row.path)), on)
        return
    place = row.path.index(ITEMS)
    before, after = row.path[:place], row.path[place + 1 :]
    listed = existing(resource, lambda resolver: resolver.member(resource.properties, *before))
    found = [leaf.value for leaf in leaves(listed, scene)]
    items = list({id(each): each for value in found if isinstance(value, ListValue) for each in value.values}.values())
    names = _names(items, scene)
    for number, item in enumerate(items):
        selector = ".".join([resource.name, *before, names[number], *_told(after)])
        yield Slot(selector, type_, resource.name, partial(_in_list, listed, item, after))
    if any(not isinstance(value, ListValue) for value in found):
        yield Slot(".".join([resource.name, *before]), type_, resource.name, partial(_no_list, listed))


def _told(path: Sequence[str]) -> Sequence[str]:
    return path[:-1] if path[-1] == "PolicyDocument" else path


def _at(resource: Resource, path: Sequence[str], resolver: Resolver) -> Value | None:
    if resource.properties is None:
        return None
    *before, last = path
    holder = resolver.member(resource.properties, *before)
    if isinstance(holder, AnyValue):
        return AnyValue(replace(holder.unknown, name=f"{holder.unknown.name}.{last}"), holder.place)
    return _held(holder, last, resolver)


def _in_list(listed: Looking, item: Value, after: Sequence[str], resolver: Resolver) -> Value | None:
    found = listed(resolver)
    if not isinstance(found, ListValue) or all(each is not item for each in found.values):
        return None
    *before, last = after
    holder = resolver.member(item, *before)
    return holder if isinstance(holder, AnyValue) else _held(holder, last, resolver)


def _held(holder: Value | None, name: str, resolver: Resolver) -> Value | None:
    """Return the document that `holder` has under `name`; what should be an object and is something else is unknown."""
    if holder is None or isinstance(holder, ObjectValue):
        return document(under(holder, name), resolver)
    return AnyValue(Unresolved(f"the value {spot(holder)}"), holder.place)


def _no_list(listed: Looking, resolver: Resolver) -> Value | None:
    found = listed(resolver)
    return None if isinstance(found, ListValue) else found


def _names(items: Sequence[Value], scene: Scene) -> Sequence[str]:
    """Return what tells the items of a list apart: their names where all have one, their numbers otherwise."""
    names: list[str | None] = []
    for each in items:
        found = leaves(partial(_policy_name, each), scene)
        texts = {known_text(leaf.value) for leaf in found}
        names.append(texts.pop() if len(texts) == 1 else None)
    return [str(number) if name is None or names.count(name) > 1 else name for number, name in enumerate(names)]


def _policy_name(item: Value, resolver: Resolver) -> Value | None:
    return resolver.member(item, "PolicyName")


def _owner(resource: Resource, name: str) -> str:
    """Return the logical id of what the property `name` refers to, or the text that it is, or nothing."""
    for each in name.split(","):
        value = under(resource.properties, each)
        if isinstance(value, ListValue) and len(value.values) == 1:
            value = value.values[0]
        if isinstance(value, TextValue):
            return value.known or ""
        if isinstance(value, ObjectValue) and len(value.pairs) == 1:
            of = value.pairs[0][1]
            first = of.values[0] if isinstance(of, ListValue) and of.values else of
            if value.pairs[0][0].known in ("Ref", "Fn::GetAtt"):
                return (text_of(first) or "").partition(".")[0]
    return ""


def _elsewhere(resource: Resource) -> AnyValue | None:
    """Return what stands for a template that is not in this one; where it is, and what it is given, tells it apart."""
    what = "module" if resource.type.endswith("::MODULE") else _ELSEWHERE.get(resource.type)
    if not what:
        return None
    name = shortened(f"{what} {resource.name}, which is not followed")
    return AnyValue(Unresolved(name, digest=digest_of(resource.properties)), resource.place.place)
