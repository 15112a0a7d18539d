"""Documents with unknown parts of any kind, as documents that the grammar reads and that allow and deny no less.

    settled(value)    the document with an unknown part only where a text may stand, or an `AnyValue` for the whole

What a template leaves open may be any part of a document: an Effect, a list, a condition, a statement. In the document
that is returned only entries, values and names of operators have unknown parts. Each of these becomes a point
(`clouds/aws/policy/unknown.py`). Whatever the unknown values turn out to be, some choice of the points gives a request
the same answer:

    an Effect                  two statements, one of each, under a condition that is open
    a statement                an Allow and a Deny of everything, each under a condition that is open
    a list of entries          one entry, which stands for all that match
    a condition, its keys      a condition that is open
    the version                2012-10-17, unless the document has, or may have, a `${`, which it gives a meaning
    an Id, a Sid               nothing: they decide nothing
    any other name             the whole document is unknown
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from verifier.base.source import HasSpan
from verifier.sources.values import (
    AnyValue,
    ListValue,
    ObjectValue,
    Scalar,
    TextValue,
    Unresolved,
    Value,
    list_value,
    object_value,
    text_value,
)

_NAMELESS = ("Id", "Sid")
_ENTRIES = ("Action", "NotAction", "Resource", "NotResource")
_PRINCIPALS = ("Principal", "NotPrincipal")
_VERSION = "2012-10-17"


def settled(value: Value) -> Value:
    """Return the document `value` with unknown parts in texts only. One that is known is returned as it is."""
    if isinstance(value, ListValue):
        return list_value([settled(each) for each in value.values], value.place)
    found = next(unresolved_in(value), None)
    if found is None or not isinstance(value, ObjectValue):
        return value
    names = [name.known for name, _ in value.pairs]
    if None in names:
        return AnyValue(found, value.place)
    version = value.named.get("Version")
    hidden = next(unresolved_in(version), None) if version is not None else None
    if hidden is not None and (_has_variables(value) or any(one != hidden for one in unresolved_in(value))):
        return AnyValue(hidden, value.place)
    return object_value([(name, _member(str(name.known), held)) for name, held in _deciding(value)], value.place)


def _deciding(value: ObjectValue) -> Iterator[tuple[TextValue, Value]]:
    """Yield the members of a document or a statement, without names of it that are unknown, which decide nothing."""
    for name, held in value.pairs:
        if name.known not in _NAMELESS or next(unresolved_in(held), None) is None:
            yield name, held


def _member(name: str, held: Value) -> Value:
    if name == "Version" and next(unresolved_in(held), None):
        return TextValue((_VERSION,), held.place)
    if name == "Statement":
        statements = held.values if isinstance(held, ListValue) else (held,)
        return list_value([one for each in statements for one in _statements(each)], held.place)
    return held


def unresolved_in(value: Value) -> Iterator[Unresolved]:
    """Yield what is unknown in `value`, in its order."""
    match value:
        case AnyValue(unknown):
            yield unknown
        case TextValue(parts):
            yield from (part for part in parts if isinstance(part, Unresolved))
        case ListValue():
            for each in value.values:
                yield from unresolved_in(each)
        case ObjectValue():
            for name, held in value.pairs:
                yield from unresolved_in(name)
                yield from unresolved_in(held)
        case _:
            pass


def _has_variables(value: Value) -> bool:
    match value:
        case TextValue(parts):
            return any(isinstance(part, str) and "${" in part for part in parts)
        case ListValue():
            return any(map(_has_variables, value.values))
        case ObjectValue():
            return any(_has_variables(name) or _has_variables(held) for name, held in value.pairs)
        case _:
            return False


def _statements(value: Value) -> Iterator[Value]:
    """Yield the statements that stand for one."""
    if next(unresolved_in(value), None) is None:
        yield value
        return
    if not isinstance(value, ObjectValue) or any(name.known is None for name, _ in value.pairs):
        for effect in ("Allow", "Deny"):
            yield _anything(effect, value)
        return
    pairs = [(name, _element(str(name.known), held)) for name, held in _deciding(value)]
    given = value.named.get("Effect")
    if given is None or next(unresolved_in(given), None) is None:
        yield object_value(pairs, value.place)
        return
    place = given.place
    for word in ("Allow", "Deny"):
        known = [(name, TextValue((word,), place) if name.known == "Effect" else held) for name, held in pairs]
        yield _under_condition(known, (f"{word}, if Effect is ", *_said(given)), value.place)


def _anything(effect: str, value: Value) -> Value:
    """Return a statement about everything that stands for the unknown statement `value`."""
    place = value.place
    pairs: list[tuple[TextValue, Value]] = [
        (TextValue((name,), place), TextValue((held,), place))
        for name, held in (("Effect", effect), ("Action", "*"), ("Resource", "*"))
    ]
    return _under_condition(pairs, (f"{effect}, if the statement is ", *_said(value)), place)


def _under_condition(
    pairs: Sequence[tuple[TextValue, Value]], parts: tuple[str | Unresolved, ...], place: HasSpan
) -> Value:
    """Return the statement with the members `pairs` and one more condition, which is open."""
    block = _open(parts, place)
    found = [
        (name, object_value((*held.pairs, block), held.place))
        if name.known == "Condition" and isinstance(held, ObjectValue)
        else (name, held)
        for name, held in pairs
    ]
    if all(name.known != "Condition" for name, _ in pairs):
        found.append((TextValue(("Condition",), place), object_value((block,), place)))
    return object_value(found, place)


def _element(name: str, value: Value) -> Value:
    if name in _ENTRIES:
        return _entries(value)
    if name in _PRINCIPALS:
        if isinstance(value, AnyValue):
            return object_value([(TextValue(("AWS",), value.place), _entries(value))], value.place)
        if isinstance(value, ObjectValue):
            return object_value([(kind, _entries(held)) for kind, held in value.pairs], value.place)
    if name == "Condition":
        return _condition(value)
    return value


def _entries(value: Value) -> Value:
    match value:
        case AnyValue(unknown, place):
            return TextValue((unknown,), place)
        case ListValue():
            return list_value([_entries(each) for each in value.values], value.place)
        case _:
            return value


def _condition(value: Value) -> Value:
    if isinstance(value, AnyValue):
        return object_value([_open(("", value.unknown), value.place)], value.place)
    if not isinstance(value, ObjectValue):
        return value
    return object_value([_block(operator, keys) for operator, keys in value.pairs], value.place)


def _block(operator: TextValue, keys: Value) -> tuple[TextValue, Value]:
    """Return the block of an operator; one with keys or an operator that are unknown is a condition that is open."""
    if isinstance(keys, AnyValue):
        return _open((*operator.parts, " ", keys.unknown), keys.place)
    if operator.known is None:
        return _open((*operator.parts, " ", *_said(keys)), operator.place)
    if not isinstance(keys, ObjectValue):
        return operator, keys
    return operator, object_value([(key, _entries(held)) for key, held in keys.pairs], keys.place)


def _open(parts: tuple[str | Unresolved, ...], place: HasSpan) -> tuple[TextValue, Value]:
    return text_value(parts, place), object_value((), place)


def _said(value: Value) -> Iterator[str | Unresolved]:
    """Yield `value` as JSON, so that two conditions that are open are one only if they say the same."""
    match value:
        case AnyValue(unknown):
            yield unknown
        case TextValue(parts):
            yield '"'
            yield from (json.dumps(part)[1:-1] if isinstance(part, str) else part for part in parts)
            yield '"'
        case Scalar(text):
            yield text
        case ListValue():
            yield "["
            for each in value.values:
                yield from _said(each)
                yield ","
            yield "]"
        case ObjectValue():
            yield "{"
            for name, held in value.pairs:
                yield from _said(name)
                yield ":"
                yield from _said(held)
                yield ","
            yield "}"
