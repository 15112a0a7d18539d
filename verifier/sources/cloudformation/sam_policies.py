"""The property `Policies` of SAM's functions and state machines: what it makes of a role.

Each item is the name or ARN of a managed policy, a document, one of SAM's policy templates (`S3ReadPolicy: {...}`), or
`Fn::If` with two of them. The templates are AWS's own (`data/sam_policy_templates.json`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from verifier.base.source import HasSpan
from verifier.sources.cloudformation.sam_values import Maker, if_items, is_function, is_no_value
from verifier.sources.cloudformation.shapes import Plain, made_value, spot
from verifier.sources.cloudformation.tables import data_text
from verifier.sources.values import ListValue, ObjectValue, TextValue, Value

_MOST_NESTED = 20


def role_policies(maker: Maker, role: str) -> tuple[list[Plain], list[Plain]]:
    """Return the inline policies and the managed ones that `Policies` makes for the role `role`."""
    value = maker.get("Policies")
    items = value.values if isinstance(value, ListValue) else () if value is None else (value,)
    inline: list[Plain] = []
    attached: list[Plain] = []
    for number, item in enumerate(items):
        name = f"{role}Policy{number}"
        if _is_managed(item, 0):
            attached.append(item)
        else:
            inline.append(_inline(item, name, maker, 0))
    return inline, attached


def _is_managed(item: Value, depth: int) -> bool:
    branches = if_items(item)
    if branches is not None and depth < _MOST_NESTED:
        return all(is_no_value(each) or _is_managed(each, depth + 1) for each in branches[1:])
    return isinstance(item, TextValue) or is_function(item)


def _inline(item: Value, name: str, maker: Maker, depth: int) -> Plain:
    """Return the inline policy that `item` makes; what it is not known to make is unknown."""
    branches = if_items(item)
    if branches is not None and depth < _MOST_NESTED:
        either = [each if is_no_value(each) else _inline(each, name, maker, depth + 1) for each in branches[1:]]
        return made_value({"Fn::If": [branches[0], *either]}, item.place)
    document: Plain = maker.unknown(f"policy {spot(item)}")
    if isinstance(item, ObjectValue) and "Statement" in item.named:
        document = item
    elif isinstance(item, ObjectValue) and len(item.pairs) == 1:
        template, values = item.pairs[0]
        document = _expanded(template.known or "", values) or document
    return made_value({"PolicyName": name, "PolicyDocument": document}, item.place)


@cache
def policy_templates() -> Mapping[str, Any]:
    """Return SAM's policy templates by name."""
    found: Mapping[str, Any] = json.loads(data_text("sam_policy_templates.json"))["Templates"]
    return found


def _expanded(name: str, values: Value) -> Value | None:
    """Return the document that the template `name` makes of `values`, None where it makes none."""
    template = policy_templates().get(name)
    if template is None or not isinstance(values, ObjectValue):
        return None
    if any(parameter not in values.named for parameter in template["Parameters"]):
        return None
    return _filled(template["Definition"], values, values.place)


def _filled(part: Any, values: ObjectValue, place: HasSpan) -> Value:
    match part:
        case {"Ref": str(name)} if len(part) == 1:
            return values.named.get(name) or made_value(part, place)
        case dict():
            pairs = [(TextValue((name,), place), _filled(held, values, place)) for name, held in part.items()]
            return ObjectValue(place, lambda: pairs)
        case list():
            return ListValue(place, lambda: [_filled(each, values, place) for each in part])
        case _:
            return made_value(part, place)
