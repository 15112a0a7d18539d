"""A template that stands as a text within another one: `TemplateBody` of a stack set, or of a module.

    inner_template(resource, scene)    the values of that template, an unknown where it is not known, None where is none

The text is JSON, or YAML as a block (`TemplateBody: |`), so that everything in it has its place in the file. Any other
text is not known.
"""

from __future__ import annotations

from verifier.base.errors import UsageError
from verifier.base.source import Source, Span
from verifier.sources.cloudformation.combinations import Scene, leaves
from verifier.sources.cloudformation.shapes import called, digest_of
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
    unknown = Unresolved(
        f"stack set {resource.name}, whose template is not known", digest=digest_of(resource.properties)
    )
    found = leaves(lambda resolver: resolver.resolve(resource.properties) if resource.properties else None, scene)
    if len(found) != 1 or scene.template.changed_by is not None or not isinstance(found[0].value, ObjectValue):
        return AnyValue(unknown, resource.place.place)
    body = found[0].value.named.get("TemplateBody")
    read = _read(body, scene.template.source) if isinstance(body, TextValue) else None
    return read or AnyValue(unknown, resource.place.place)


def _read(body: TextValue, source: Source) -> ObjectValue | None:
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
        indent = _indent(body, source)
        if indent is None:
            return None
        inner = _placed(inner, body.span.line, indent)
    return inner if isinstance(inner, ObjectValue) else None


def _indent(body: TextValue, source: Source) -> int | None:
    """Return how far a block of YAML is indented whose first line is the one after `body` begins; None for no block."""
    lines = (body.known or "").splitlines()
    written = [source.line(body.span.line + number) for number in range(1, len(lines) + 1)]
    first = next(((line, raw) for line, raw in zip(lines, written, strict=True) if line.strip()), None)
    if first is None or not first[1].endswith(first[0]):
        return None
    indent = len(first[1]) - len(first[0])
    same = all(raw[indent:].rstrip() == line.rstrip() for line, raw in zip(lines, written, strict=True))
    return indent if same else None


def _placed(value: Value, line: int, indent: int) -> Value:
    """Return `value` where it stands in the file: below `line`, and `indent` characters to the right."""

    def moved(value: Value) -> Value:
        begin_line, begin, end_line, end = value.span
        place = Span(line + begin_line, indent + begin, line + end_line, indent + end)
        match value:
            case TextValue():
                return TextValue(value.parts, place)
            case Scalar():
                return Scalar(value.text, place)
            case AnyValue():
                return AnyValue(value.unknown, place)
            case ListValue():
                return ListValue(place, lambda: [moved(each) for each in value.values])
            case ObjectValue():
                return ObjectValue(place, lambda: [(_name(name), moved(held)) for name, held in value.pairs])

    def _name(name: TextValue) -> TextValue:
        found = moved(name)
        assert isinstance(found, TextValue)
        return found

    return moved(value)
