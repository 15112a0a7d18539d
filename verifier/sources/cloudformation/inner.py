"""A template that stands as a text within another one: `TemplateBody` of a stack set, or of a module.

    inner_template(resource, scene)    the values of that template, an unknown where it is not known, None where is none

Places in it are those of the text as a whole, unless the text is JSON on one line.
"""

from __future__ import annotations

from verifier.base.errors import UsageError
from verifier.base.source import HasSpan, Source
from verifier.sources.cloudformation.combinations import Scene, leaves
from verifier.sources.cloudformation.shapes import called
from verifier.sources.cloudformation.template import Resource
from verifier.sources.notations import values_within
from verifier.sources.values import (
    AnyValue,
    ListValue,
    ObjectValue,
    Scalar,
    TextValue,
    Unresolved,
    Value,
)

STACK_SET = "AWS::CloudFormation::StackSet"


def inner_template(resource: Resource, scene: Scene) -> Value | None:
    """Return the template that `resource` holds as a text."""
    if resource.type != STACK_SET:
        return None
    unknown = Unresolved(f"stack set {resource.name}, whose template is not known")
    found = leaves(lambda resolver: resolver.resolve(resource.properties) if resource.properties else None, scene)
    if len(found) != 1 or scene.template.changed_by is not None or not isinstance(found[0].value, ObjectValue):
        return AnyValue(unknown, resource.place.place)
    body = found[0].value.named.get("TemplateBody")
    read = _read(body) if isinstance(body, TextValue) else None
    return read or AnyValue(unknown, resource.place.place)


def _read(body: TextValue) -> ObjectValue | None:
    if body.known is None:
        return None
    inner = values_within(body)
    if inner is None:
        from verifier.sources.yaml_values import yaml_values  # noqa: PLC0415 - its library is loaded for YAML only

        try:
            inner = yaml_values(Source("", body.known))
            called(inner)  # reads all of it: what is wrong in it is wrong now
        except UsageError:
            return None
        inner = _placed(inner, body.place)
    return inner if isinstance(inner, ObjectValue) else None


def _placed(value: Value, place: HasSpan) -> Value:
    match value:
        case TextValue():
            return TextValue(value.parts, place)
        case Scalar():
            return Scalar(value.text, place)
        case AnyValue():
            return AnyValue(value.unknown, place)
        case ListValue():
            return ListValue(place, lambda: [_placed(each, place) for each in value.values])
        case ObjectValue():
            return ObjectValue(
                place, lambda: [(TextValue(name.parts, place), _placed(held, place)) for name, held in value.pairs]
            )
