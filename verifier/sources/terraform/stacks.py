"""Resources of a plan that are stacks of CloudFormation, or one resource of it: what they hold, as far as it is known.

    stack_template(instance)              the template, and what the attribute is called that holds it
    stack_documents(instance, planned)    the documents in it, below the address of the stack

A template that is written as JSON is read as any other. One in YAML has no places within the text that a plan holds,
and one at an address is not in the plan: if it may hold a policy, it is one document that is not known. What Cloud
Control API makes is a resource of CloudFormation, so it is read as a template of that alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from verifier.base.dataclass import dataclass
from verifier.base.regex import regex
from verifier.clouds.aws.policy.types import PolicyType
from verifier.sources.cloudformation.budget import TemplateBudget
from verifier.sources.cloudformation.kind import TEMPLATES, template_documents
from verifier.sources.cloudformation.tables import policy_rows
from verifier.sources.found import FoundDocument
from verifier.sources.notations import values_within
from verifier.sources.terraform.instances import Instance
from verifier.sources.terraform.parts import Part
from verifier.sources.terraform.planned import Planned
from verifier.sources.values import AnyValue, ObjectValue, TextValue, Value, object_value

_BODIES = {
    f"{provider}_cloudformation_{kind}": "template_body"
    for provider in ("aws", "awscc")
    for kind in ("stack", "stack_set")
}
_ELSEWHERE = {"aws_serverlessapplicationrepository_cloudformation_stack": "application_id"}
_RESOURCE, _DESIRED = "aws_cloudcontrolapi_resource", "desired_state"
# What a template in YAML has in it that holds a policy; a permission is a statement without the word.
_OF_POLICIES = regex(r"Polic|AWS::Lambda::\w*Permission|AWS::Serverless")


@dataclass(frozen=True)
class StackTemplate:
    """The template of a stack: `name` is the attribute that holds it, `part` what stands there.

    `value` is the template, None for one that cannot be read. `may_hold` says whether one such may hold a policy.
    """

    name: str
    part: Part
    value: Value | None
    may_hold: bool = True


def stack_template(instance: Instance) -> StackTemplate | None:
    """Return the template of a stack; None for another resource, and for a stack without one."""
    if instance.type == _RESOURCE:
        return _of_resource(instance)
    name = _BODIES.get(instance.type) or _ELSEWHERE.get(instance.type)
    part = instance.attribute(name) if name is not None else Part(None)
    if name is None or (part.is_null and instance.attribute("template_url").is_null):
        return None
    inner = _json_in(part) if name in _BODIES.values() else None
    if inner is not None and TEMPLATES.fits(inner):
        return StackTemplate(name, part, inner)
    in_words = part.text is None or name not in _BODIES.values() or _OF_POLICIES.search(part.text) is not None
    return StackTemplate(name, part, None, in_words)


def _of_resource(instance: Instance) -> StackTemplate:
    part, type_ = instance.attribute(_DESIRED), instance.attribute("type_name")
    state = _json_in(part)
    if not isinstance(type_.value, TextValue) or type_.text is None:
        return StackTemplate(_DESIRED, part, None)
    if not isinstance(state, ObjectValue):
        return StackTemplate(_DESIRED, part, None, type_.text in policy_rows())

    def said(text: str) -> TextValue:
        return TextValue((text,), instance.place)

    resource = object_value([(said("Type"), type_.value), (said("Properties"), state)], instance.place)
    resources = object_value([(said(type_.text.rpartition(":")[2]), resource)], instance.place)
    return StackTemplate(_DESIRED, part, object_value([(said("Resources"), resources)], instance.place))


def _json_in(part: Part) -> Value | None:
    return values_within(part.value) if isinstance(part.value, TextValue) and part.text is not None else None


def stack_documents(instance: Instance, planned: Planned) -> Iterator[FoundDocument]:
    """Yield the documents of a stack. Other resources have none."""
    found = stack_template(instance)
    if found is None:
        return
    file = planned.file(is_sensitive=found.part.is_sensitive)
    if found.value is not None:
        budget = TemplateBudget(planned.opening.source)
        for each in template_documents(found.value, file, {}, f"{instance.address}/", budget):
            is_known = not isinstance(each.value, AnyValue)
            yield replace(each, type=each.type or PolicyType.IDENTITY) if is_known else each
    elif found.may_hold:
        unknown = AnyValue(planned.named(instance, (found.name,)), found.part.value or instance.place)
        yield FoundDocument(f"{instance.address}.{found.name}", None, unknown, file, instance.address)
