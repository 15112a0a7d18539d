"""The resources of a template by their logical ids: loops written out, SAM's resources with what they stand for."""

from __future__ import annotations

from verifier.base.errors import UsageError, quote
from verifier.sources.cloudformation.conditions import Conditions
from verifier.sources.cloudformation.loops import LOOP, MACRO
from verifier.sources.cloudformation.references import References
from verifier.sources.cloudformation.resolver import Resolver
from verifier.sources.cloudformation.sam import SAM, expanded
from verifier.sources.cloudformation.template import CHANGED, ReadTemplate, Resource, macro
from verifier.sources.values import AnyValue, ObjectValue, Value, object_value, text_of, under


def resources_of(template: ReadTemplate, conditions: Conditions) -> dict[str, Resource]:
    """Return the resources in their order."""
    section = under(template.value, "Resources")
    if not isinstance(section, ObjectValue):
        return {}
    resolver = Resolver(template, conditions, References({}), {}, blind=True)
    unknown = macro(section.named[MACRO], section) if MACRO in section.named else None
    found: dict[str, Resource] = {}
    for name, held in section.pairs:
        if name.known is None or name.known == MACRO:
            continue
        if not name.known.startswith(LOOP):
            found[name.known] = _resource(name.known, held, unknown)
            continue
        written = resolver.written_out(object_value([(name, held)], name.place))
        if isinstance(written, AnyValue):
            found[name.known] = Resource(name.known, CHANGED, written, "", written)
        for made, each in written.pairs if isinstance(written, ObjectValue) else ():
            if made.known in found or made.known in section.named:
                message = f"{quote(made.known)} is there twice, once made by a loop"
                raise UsageError(message, source=template.source, span=made.span, help="give it another name")
            if made.known is not None:
                found[made.known] = _resource(made.known, each, unknown)
    if unknown is not None:
        found["Resources"] = Resource("Resources", CHANGED, unknown, "", unknown)
    elif template.changed_by is not None:
        by = AnyValue(template.changed_by, template.value.place)
        found["Transform"] = Resource("Transform", CHANGED, by, "", by)
    return expanded(found, template) if any(map(_is_of_sam, found.values())) else found


def _is_of_sam(resource: Resource) -> bool:
    """Whether SAM makes something of `resource`; without its transform, CloudFormation refuses such a resource."""
    return resource.type.startswith(SAM) or under(resource.place, "Connectors") is not None


def _resource(name: str, held: Value, unknown: AnyValue | None) -> Resource:
    changed = macro(held.named[MACRO], held) if isinstance(held, ObjectValue) and MACRO in held.named else unknown
    type_ = text_of(under(held, "Type")) or ""
    properties = under(held, "Properties") if changed is None else changed
    condition = text_of(under(held, "Condition")) or ""
    return Resource(name, type_, properties, condition, held)
