"""`Fn::ForEach`: what it repeats, written out.

    loop_of(value)                  the loop with these arguments
    substituted(value, name, text)  a value with the text of one round in it

The name of the round stands for its text in `Ref`, in `Fn::Sub` and in the names of members, as `${Name}` or `&{Name}`
(letters and digits of the text only). In a plain text it has no documented meaning, so such a text is not known.
Source: AWS CloudFormation User Guide, "Fn::ForEach".
"""

from __future__ import annotations

import re
from dataclasses import replace

from verifier.base.dataclass import dataclass
from verifier.sources.cloudformation.shapes import called, digest_of, shortened, spot
from verifier.sources.values import (
    AnyValue,
    ListValue,
    ObjectValue,
    TextValue,
    Unresolved,
    Value,
    text_of,
)

LOOP = "Fn::ForEach::"
MACRO = "Fn::Transform"
_ARGUMENTS = 3


@dataclass(frozen=True)
class Loop:
    """A loop: the name of the round, what it runs over, and the members that each round makes."""

    name: str
    over: Value
    members: ObjectValue


def loop_of(value: Value) -> Loop | None:
    """Return the loop with the arguments `value`, None where they make no loop."""
    if not isinstance(value, ListValue) or len(value.values) != _ARGUMENTS:
        return None
    name, over, members = value.values
    round_ = text_of(name)
    if not round_ or not isinstance(members, ObjectValue):
        return None
    return Loop(round_, over, members)


def member_name(name: str, round_: str, text: str) -> str:
    """Return the name of a member in the round of `text`."""
    return name.replace(f"${{{round_}}}", text).replace(f"&{{{round_}}}", re.sub("[^A-Za-z0-9]", "", text))


def substituted(value: Value, round_: str, text: str) -> Value:
    """Return `value` in the round of `text`."""
    match value:
        case TextValue():
            known = value.known
            if known is not None and f"{{{round_}}}" not in known:
                return value
            return TextValue((_in_round(Unresolved(called(value)), text),), value.place)
        case AnyValue():
            return AnyValue(_in_round(value.unknown, text), value.place)
        case ListValue():
            return ListValue(value.place, lambda: [substituted(each, round_, text) for each in value.values])
        case ObjectValue() if MACRO in value.named:
            macro = Unresolved(f"{MACRO} {spot(value)}", digest=digest_of(value))
            return AnyValue(_in_round(macro, text), value.place)
        case ObjectValue():
            if len(value.pairs) == 1:
                name, held = value.pairs[0]
                if name.known == "Ref" and text_of(held) == round_:
                    return TextValue((text,), value.place)
                if name.known == "Fn::Sub":
                    return ObjectValue(value.place, lambda: [(name, _in_sub(held, round_, text))])
            return ObjectValue(
                value.place,
                lambda: [(_name(name, round_, text), substituted(held, round_, text)) for name, held in value.pairs],
            )
        case _:
            return value


def _in_round(unknown: Unresolved, text: str) -> Unresolved:
    """Return an unknown of one round, which is not that of another one."""
    return replace(unknown, name=shortened(f"{unknown.name} in the round of {text}"))


def _name(name: TextValue, round_: str, text: str) -> TextValue:
    return name if name.known is None else TextValue((member_name(name.known, round_, text),), name.place)


def _in_sub(value: Value, round_: str, text: str) -> Value:
    """Return the argument of `Fn::Sub` with the round's name in its text as a value of its own."""
    if isinstance(value, ListValue) and len(value.values) == 2:
        template, own = value.values
        if not isinstance(own, ObjectValue):
            return value
        pairs = [(name, substituted(held, round_, text)) for name, held in own.pairs]
    else:
        template, pairs = value, []
    if not isinstance(template, TextValue):
        return value
    place = template.place
    of_round = (TextValue((round_,), place), TextValue((text,), place))
    given = pairs if any(name.known == round_ for name, _ in pairs) else [of_round, *pairs]
    return ListValue(value.place, lambda: [template, ObjectValue(place, lambda: given)])


def unknown_members(value: Value) -> AnyValue:
    """Return what stands for an object whose loop cannot be written out."""
    return AnyValue(Unresolved(f"Fn::ForEach {spot(value)}", digest=digest_of(value)), value.place)
