"""Resources of a plan that are stacks of CloudFormation: what their templates hold, as far as it can be read.

    stack_documents(instance, planned)    the documents of a stack's template, below the address of the stack

A template that is written as JSON is read as any other. One in YAML has no places within the text that a plan holds,
and one at an address is not in the plan: if it may hold a policy, it is one document that is not known.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from verifier.clouds.aws.policy.types import PolicyType
from verifier.sources.cloudformation.budget import TemplateBudget
from verifier.sources.cloudformation.kind import TEMPLATES, template_documents
from verifier.sources.found import FoundDocument
from verifier.sources.notations import values_within
from verifier.sources.terraform.instances import Instance
from verifier.sources.terraform.planned import Planned
from verifier.sources.values import AnyValue, TextValue

_BODIES = {
    f"{provider}_cloudformation_{kind}": "template_body"
    for provider in ("aws", "awscc")
    for kind in ("stack", "stack_set")
}
_ELSEWHERE = {"aws_serverlessapplicationrepository_cloudformation_stack": "application_id"}
_WORD = "Polic"


def template_attribute(instance: Instance) -> str | None:
    """Return the attribute that holds the template of a stack; None for another resource."""
    return _BODIES.get(instance.type)


def stack_documents(instance: Instance, planned: Planned) -> Iterator[FoundDocument]:
    """Yield the documents of a stack. Other resources have none."""
    name = template_attribute(instance) or _ELSEWHERE.get(instance.type)
    if name is None:
        return
    part = instance.attribute(name)
    if part.is_null and instance.attribute("template_url").is_null:
        return
    file = planned.file(is_sensitive=part.is_sensitive)
    inner = values_within(part.value) if isinstance(part.value, TextValue) and part.text is not None else None
    if name in _BODIES.values() and inner is not None and TEMPLATES.fits(inner):
        budget = TemplateBudget(planned.opening.source)
        for found in template_documents(inner, file, {}, f"{instance.address}/", budget):
            yield replace(found, type=found.type or PolicyType.IDENTITY)
    elif instance.type in _ELSEWHERE or part.text is None or _WORD in part.text:
        unknown = AnyValue(planned.named(instance, (name,)), part.value or instance.place)
        yield FoundDocument(f"{instance.address}.{name}", PolicyType.IDENTITY, unknown, file, instance.address)
