"""The resources of a template by their logical ids: loops written out, SAM's resources with what they stand for."""

from __future__ import annotations

from verifier.sources.cloudformation.conditions import Conditions
from verifier.sources.cloudformation.loops import LOOP
from verifier.sources.cloudformation.references import References
from verifier.sources.cloudformation.resolver import Resolver
from verifier.sources.cloudformation.sam import expanded
from verifier.sources.cloudformation.template import CHANGED, MACRO, SERVERLESS, Resource, Template, macro
from verifier.sources.values import AnyValue, ObjectValue, Value, object_value, text_of, under


def resources_of(template: Template, conditions: Conditions) -> dict[str, Resource]:
    """Return the resources in their order."""
    section = under(template.value, "Resources")
    if not isinstance(section, ObjectValue):
        return {}
    resolver = Resolver(template, conditions, References({}), {}, blind=True)
    unknown = macro(section.named[MACRO], template.prefix) if MACRO in section.named else None
    found: dict[str, Resource] = {}
    for name, held in section.pairs:
        if name.known is None or name.known == MACRO:
            continue
        if not name.known.startswith(LOOP):
            found[name.known] = _resource(name.known, held, template, unknown)
            continue
        written = resolver.written_out(object_value([(name, held)], name.place))
        if isinstance(written, AnyValue):
            found[name.known] = Resource(name.known, CHANGED, written, "", written)
        for made, each in written.pairs if isinstance(written, ObjectValue) else ():
            if made.known is not None:
                found[made.known] = _resource(made.known, each, template, unknown)
    if unknown is not None:
        found["Resources"] = Resource("Resources", CHANGED, unknown, "", unknown)
    elif template.changed_by is not None:
        by = AnyValue(template.changed_by, template.value.place)
        found["Transform"] = Resource("Transform", CHANGED, by, "", by)
    return expanded(found, template) if SERVERLESS in template.transforms else found


def _resource(name: str, held: Value, template: Template, unknown: AnyValue | None) -> Resource:
    changed = (
        macro(held.named[MACRO], template.prefix) if isinstance(held, ObjectValue) and MACRO in held.named else unknown
    )
    type_ = text_of(under(held, "Type")) or ""
    properties = under(held, "Properties") if changed is None else changed
    condition = text_of(under(held, "Condition")) or ""
    return Resource(name, type_, properties, condition, held)
