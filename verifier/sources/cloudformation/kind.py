"""Templates of CloudFormation, SAM and the CDK as a kind of file that holds documents.

    TEMPLATES      the row of `KINDS`

A document is called by the logical id of its resource, if it is the only one there, or by its place in the resource:
`TeamBoundary`, `CiRole.AssumeRolePolicyDocument`, `CiRole.Policies.ReadLogs`. One that conditions change is there once
for each combination that makes a difference: `TeamBoundary?IsProd`, `TeamBoundary?!IsProd`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from verifier.base.source import Source
from verifier.sources.cloudformation.budget import TemplateBudget
from verifier.sources.cloudformation.combinations import Scene, leaves, variants
from verifier.sources.cloudformation.decided import decided_by, sections_digest, written_digest
from verifier.sources.cloudformation.formulas import read_conditions
from verifier.sources.cloudformation.inner import inner_template
from verifier.sources.cloudformation.references import References
from verifier.sources.cloudformation.resources import resources_of
from verifier.sources.cloudformation.shapes import renamed_unknowns
from verifier.sources.cloudformation.slots import existing, slots_of
from verifier.sources.cloudformation.template import Resource, read_template
from verifier.sources.found import FoundDocument, Opening
from verifier.sources.values import ObjectValue, Value, text_of, under

_SECTIONS = {"AWSTemplateFormatVersion", "Transform", "Parameters", "Outputs", "Mappings", "Conditions", "Globals"}
_MOST_INNER = 3


class Templates:
    """The kind."""

    name = "a CloudFormation template"

    def fits(self, value: Value) -> bool:
        """See Kind."""
        if not isinstance(value, ObjectValue):
            return False
        if "AWSTemplateFormatVersion" in value.named:
            return True
        resources = value.named.get("Resources")
        if not isinstance(resources, ObjectValue):
            return False
        return any("::" in (text_of(under(each, "Type")) or "") for _, each in resources.pairs) or bool(
            _SECTIONS & set(value.named)
        )

    def documents(self, value: Value, opening: Opening) -> Iterator[FoundDocument]:
        """See Kind."""
        yield from template_documents(value, opening.source, opening.parameters, "", TemplateBudget(opening.source))


TEMPLATES = Templates()


def scene_of(value: Value, source: Source, given: Mapping[str, str], budget: TemplateBudget) -> Scene:
    """Return the template that `value` is, with its conditions and resources read."""
    template = read_template(value, source, given, budget)
    conditions = read_conditions(template)
    return Scene(template, conditions, References(resources_of(template, conditions)))


def template_documents(
    value: Value, source: Source, given: Mapping[str, str], prefix: str, budget: TemplateBudget
) -> Iterator[FoundDocument]:
    """Yield the documents of a template.

    `prefix` is what the selectors of a template within another one begin with, and the names of what is unknown there:
    it is not what has this name in the outer one.
    """
    scene = scene_of(value, source, given, budget)
    sections = sections_digest(value) if prefix else ""
    for resource in scene.references.resources.values():
        for slot in slots_of(resource, scene):
            found = leaves(slot.ask, scene)
            by = decided_by(found, scene, slot.selector)
            on = written_digest(slot.on, scene)
            for label, held in variants(found):
                owner = prefix + slot.owner if slot.owner else ""
                own = renamed_unknowns(held, prefix, sections) if prefix else held
                selector, kind = f"{prefix}{slot.selector}{label}", resource.type
                yield FoundDocument(selector, slot.type, own, source, owner, given=by, on=on, resource=kind)
        if prefix.count("/") < _MOST_INNER:
            yield from _inner_documents(resource, scene, prefix)


def _inner_documents(resource: Resource, scene: Scene, prefix: str) -> Iterator[FoundDocument]:
    inner = inner_template(resource, scene)
    if inner is None:
        return
    source, budget = scene.template.source, scene.template.budget
    by = decided_by(leaves(existing(resource, lambda _: resource.place), scene), scene, resource.name)
    if not isinstance(inner, ObjectValue):
        yield FoundDocument(f"{prefix}{resource.name}", None, inner, source, given=by)
        return
    for found in template_documents(inner, source, {}, f"{prefix}{resource.name}/", budget):
        yield replace(found, given=f"{by}/{found.given}" if by else found.given)
