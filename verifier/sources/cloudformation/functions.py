"""The functions whose arguments are resolved first: what each gives, None where that is not known.

`Ref`, `Fn::GetAtt`, `Fn::Sub` and `Fn::If` look into the template, and stand in `resolver.py`.
"""

from __future__ import annotations

from collections.abc import Sequence

from verifier.base.source import HasSpan
from verifier.sources.cloudformation.loops import MACRO
from verifier.sources.cloudformation.shapes import known_text, text_at
from verifier.sources.cloudformation.template import ReadTemplate
from verifier.sources.cloudformation.texts import (
    in_base64,
    joined,
    length,
    selected,
    size_of,
    size_of_join,
    split_text,
    string_of_json,
)
from verifier.sources.values import ListValue, Scalar, TextValue, Value, list_value, under

_KEYS = 3


def applied(name: str, argument: Value, place: HasSpan, template: ReadTemplate) -> Value | None:
    """Return the value of the function `name`, None where it is not known. Raises UsageError for too much text."""
    items: Sequence[Value] = argument.values if isinstance(argument, ListValue) else ()
    found: Value | None = None
    match name:
        case "Fn::Join":
            template.budget.spend_text(size_of_join(items))
            found = joined(items, place)
        case "Fn::Select":
            found = selected(items)
        case "Fn::Split":
            found = split_text(items, place)
        case "Fn::FindInMap":
            found = _in_map(items, template)
        case "Fn::Base64":
            found = in_base64(argument, place)
        case "Fn::Length":
            found = length(argument, place)
        case "Fn::ToJsonString":
            found = string_of_json(argument, place)
    template.budget.spend_text(size_of(found))
    return found


def _in_map(items: Sequence[Value], template: ReadTemplate) -> Value | None:
    """`Fn::FindInMap` of the names of a mapping and of two keys, perhaps with a `DefaultValue`."""
    if len(items) not in (_KEYS, _KEYS + 1):
        return None
    keys = [known_text(each) for each in items[:_KEYS]]
    if None in keys:
        return None
    places = (("Mappings",), ("Mappings", str(keys[0])), ("Mappings", str(keys[0]), str(keys[1])))
    if any(under(template.value, *place, MACRO) for place in places):
        return None
    found = under(template.value, "Mappings", *map(str, keys))
    if found is None and len(items) > _KEYS:
        return under(items[_KEYS], "DefaultValue")
    return None if found is None else _plain(found)


def _plain(value: Value) -> Value | None:
    """Return a value of a mapping, which holds no function."""
    match value:
        case TextValue():
            return text_at(value.parts, value.place)
        case Scalar():
            return value
        case ListValue():
            items = [each for each in map(_plain, value.values) if isinstance(each, TextValue | Scalar)]
            return list_value(items, value.place) if len(items) == len(value.values) else None
        case _:
            return None
