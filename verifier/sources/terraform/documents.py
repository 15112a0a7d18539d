"""The documents of a plan or a state: each attribute of a resource that holds a policy, and each policy document.

    documents(planned)    every one, in the order of the file, with its selector

The selector of a document is the address of its resource. A role has several: `aws_iam_role.app.assume_role_policy`,
and `aws_iam_role.app.inline_policy["logs"]` with the policy's name.

The provider calls all inline policies of a new role unknown where the configuration has none. It has none in a plan
either where a `dynamic` block makes them of values that are not known yet, as a plan does not show such blocks. So that
document is not certain to be there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import reduce

from verifier.base.regex import regex
from verifier.clouds.aws.policy.types import PolicyType
from verifier.sources.found import FoundDocument
from verifier.sources.terraform.instances import Instance
from verifier.sources.terraform.parts import Part
from verifier.sources.terraform.permission import permission
from verifier.sources.terraform.planned import DOCUMENT, HeldDocument, Planned
from verifier.sources.terraform.stacks import stack_documents
from verifier.sources.terraform.table import Holder, holders
from verifier.sources.values import AnyValue, ListValue, ObjectValue, Value, each_of, text_of, under

_RESOURCES = ("Resource", "NotResource")
_STS = regex("sts:", re.IGNORECASE).match
_ORGANIZATION = {"SERVICE_CONTROL_POLICY": PolicyType.SCP, "RESOURCE_CONTROL_POLICY": PolicyType.RCP}


def documents(planned: Planned) -> Iterator[FoundDocument]:
    """Yield every document."""
    for instance in planned.instances:
        yield from instance_documents(instance, planned)


def instance_documents(instance: Instance, planned: Planned) -> Iterator[FoundDocument]:
    """Yield the documents of one resource or data source."""
    if instance.data:
        held = planned.data_document(instance) if instance.type == DOCUMENT else None
        if held is not None:
            yield replace(_found(planned, held, instance.address, _type_of_data(held.value), ""), acts=False)
        return
    yield from stack_documents(instance, planned)
    found = holders(instance.type)
    for holder in found:
        for held, selector in _of_holder(instance, planned, holder, alone=len(found) == 1):
            kind = holder.type or _organization(instance)
            if kind is not None:
                document = _found(planned, held, selector, kind, owner(instance, planned, holder.of, selector))
                on = _on(instance, planned, holder.of) if holder.of else ""
                yield replace(document, on=on, resource=instance.type)


def _of_holder(
    instance: Instance, planned: Planned, holder: Holder, *, alone: bool
) -> Iterator[tuple[HeldDocument, str]]:
    if not holder.path:
        held = permission(instance, planned)
        if held is not None:
            yield held, instance.address
        return
    path = holder.path.split(".")
    if not holder.block:
        part = instance.attribute(*path)
        if part.value is None and planned.is_unset(instance, path[0]):
            return
        held = planned.document(instance, part, *path)
        if held is not None:
            yield held, instance.address if alone else f"{instance.address}.{holder.path}"
        return
    blocks = instance.attribute(holder.block)
    each_block = blocks.each()
    if each_block is None or (not instance.complete and blocks.value is None):
        is_unset = planned.is_unset(instance, holder.block)
        if not (planned.opening.plain_references and is_unset):
            unknown = AnyValue(planned.named(instance, (holder.block,)), blocks.value or instance.place)
            held = HeldDocument(unknown, blocks.is_sensitive, certain=not is_unset)
            yield held, f"{instance.address}.{holder.block}"
        return
    for number, block in enumerate(each_block):
        part = reduce(Part.member, path, block)
        held = planned.document(instance, part, holder.block, number, *path)
        if held is not None:
            index = _index(block, number)
            selector = f"{instance.address}.{holder.block}[{index}]"
            yield held, instance.address if alone and len(each_block) == 1 else selector


def owner(instance: Instance, planned: Planned, attribute: str, selector: str) -> str:
    """Return whose the document is: the resource in the plan if it is known, else the text that names it."""
    if not attribute:
        return "" if selector == instance.address else instance.address
    origin = planned.origin(instance, attribute)
    if origin is not None and origin.address in planned.by_address:
        return origin.address
    return instance.attribute(attribute).text or ""


def _on(instance: Instance, planned: Planned, attribute: str) -> str:
    """Return the text that names whose the document is, or that this is not known."""
    part = instance.attribute(attribute)
    if part.is_null:
        return ""
    return part.text if part.text is not None else f"${{{planned.named(instance, (attribute,)).name}}}"


def _index(block: Part, number: int) -> str:
    name = block.member("name").text
    return str(number) if name is None else json.dumps(name, ensure_ascii=False)


def _organization(instance: Instance) -> PolicyType | None:
    """Return what a policy of an organisation is; None for one that does not say what requests are allowed.

    One whose type is not known may be an SCP.
    """
    kind = instance.attribute("type")
    return PolicyType.SCP if kind.is_null or kind.is_unknown else _ORGANIZATION.get(kind.text or "")


def _type_of_data(document: Value) -> PolicyType | None:
    """Return what the document of a data source is, which does not say it: a trust policy has a form of its own."""
    statements = tuple(each_of(under(document, "Statement")))
    return PolicyType.TRUST if statements and all(map(_is_of_trust, statements)) else None


def _is_of_trust(statement: Value) -> bool:
    named = statement.named if isinstance(statement, ObjectValue) else {}
    action = named.get("Action")
    actions = [text_of(each) or "" for each in (each_of(action) if isinstance(action, ListValue) else (action,))]
    return "Principal" in named and named.keys().isdisjoint(_RESOURCES) and all(map(_STS, actions)) and bool(actions)


def _found(planned: Planned, held: HeldDocument, selector: str, kind: PolicyType | None, owner: str) -> FoundDocument:
    file = planned.file(is_sensitive=held.is_sensitive)
    return FoundDocument(selector, kind, held.value, file, owner, held.assumes, certain=held.certain)
