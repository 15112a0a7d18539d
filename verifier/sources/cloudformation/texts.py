"""The functions of CloudFormation that make texts, on arguments that are resolved: what each gives.

None where the arguments are not what the function takes, or the result is not known.
Source: AWS CloudFormation User Guide, "Intrinsic function reference".
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence

from verifier.base.regex import regex
from verifier.base.source import HasSpan
from verifier.sources.cloudformation.shapes import known_text, made_value, parts_of, text_at
from verifier.sources.values import AnyValue, ListValue, ObjectValue, Scalar, TextValue, Unresolved, Value, text_value

_IN_SUB = regex(r"\$\{(?P<literal>!)?(?P<name>[^}]*)\}")
_INDEX = regex(r"[0-9]{1,6}")


def pieces_of_sub(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the pieces of the text of `Fn::Sub`, each with whether it is the name of a value."""
    end = 0
    for found in _IN_SUB.finditer(text):
        yield text[end : found.start()], False
        if found["literal"]:
            yield f"${{{found['name']}}}", False
        else:
            yield found["name"].strip(), True
        end = found.end()
    yield text[end:], False


def joined(arguments: Sequence[Value], place: HasSpan) -> Value | None:
    """`Fn::Join` of a separator and a list."""
    if len(arguments) != 2 or (between := known_text(arguments[0])) is None:
        return None
    if not isinstance(arguments[1], ListValue):
        return None
    found: list[str | Unresolved] = []
    for number, each in enumerate(arguments[1].values):
        part = parts_of(each)
        if part is None:
            return None
        found += [between] if number else []
        found += part
    return text_at(found, place)


def size_of(value: Value | None) -> int:
    """Return about how many characters `value` has, or 16 for each item of a list."""
    match value:
        case TextValue():
            return sum(len(part) if isinstance(part, str) else 16 for part in value.parts)
        case ListValue():
            return 16 * len(value.values)
        case _:
            return 0


def size_of_join(arguments: Sequence[Value]) -> int:
    """Return how many characters `Fn::Join` of `arguments` has."""
    if len(arguments) != 2 or not isinstance(arguments[1], ListValue):
        return 0
    return sum(map(size_of, arguments[1].values)) + size_of(arguments[0]) * len(arguments[1].values)


def selected(arguments: Sequence[Value]) -> Value | None:
    """`Fn::Select` of an index and a list."""
    if len(arguments) != 2 or not isinstance(arguments[1], ListValue):
        return None
    index = known_text(arguments[0])
    if index is None or not _INDEX.fullmatch(index) or int(index) >= len(arguments[1].values):
        return None
    return arguments[1].values[int(index)]


def split_text(arguments: Sequence[Value], place: HasSpan) -> Value | None:
    """`Fn::Split` of a separator and a text, which must be known: an unknown part may hold the separator."""
    if len(arguments) != 2:
        return None
    between, text = known_text(arguments[0]), known_text(arguments[1])
    if not between or text is None:
        return None
    return made_value(text.split(between), place)


def in_base64(argument: Value, place: HasSpan) -> Value | None:
    """`Fn::Base64` of a text."""
    text = known_text(argument)
    if text is None:
        return None
    return TextValue((base64.b64encode(text.encode(errors="surrogatepass")).decode(),), place)


def length(argument: Value, place: HasSpan) -> Value | None:
    """`Fn::Length` of a list."""
    if not isinstance(argument, ListValue):
        return None
    return Scalar(str(len(argument.values)), place)


def string_of_json(argument: Value, place: HasSpan) -> Value | None:
    """`Fn::ToJsonString` of an object or a list, all of it known."""
    text = _json(argument)
    return None if text is None or not isinstance(argument, ObjectValue | ListValue) else text_value([text], place)


def _json(value: Value) -> str | None:
    match value:
        case TextValue():
            return None if value.known is None else json.dumps(value.known, ensure_ascii=False)
        case Scalar():
            return value.text
        case AnyValue():
            return None
        case ListValue():
            items = [_json(each) for each in value.values]
            return None if None in items else f"[{','.join(map(str, items))}]"
        case ObjectValue():
            members = [(_json(name), _json(held)) for name, held in value.pairs]
            if any(name is None or held is None for name, held in members):
                return None
            return "{" + ",".join(f"{name}:{held}" for name, held in members) + "}"
