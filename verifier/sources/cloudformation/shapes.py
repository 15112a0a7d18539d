"""Small helpers for values of templates: what they are as text, what they are called, and new ones made in their place.

parts_of(value)        a value as a text, its parts known or not; None for a list or an object
called(value)          the one name of a value, for what is not known: two values with one name are the same value
made_value(value, place)     a value of Python's objects
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from verifier.base.errors import UsageError
from verifier.base.regex import regex
from verifier.base.source import HasSpan
from verifier.sources.values import (
    BY_PLACE,
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

Parts: TypeAlias = tuple[str | Unresolved, ...]
Plain: TypeAlias = "str | int | bool | Value | Sequence[Plain] | Mapping[str, Plain]"

_LONGEST_NAME = 160
_LONGEST_PLACE = 40
_PLAIN_NUMBER = regex(r"-?[0-9]+(\.[0-9]+)?")


def parts_of(value: Value | None) -> Parts | None:
    """Return the parts of `value` as a text; None for a list, an object, or nothing."""
    match value:
        case TextValue():
            return value.parts
        case Scalar() if value.text != "null":
            return (value.text,)
        case AnyValue():
            return (value.unknown,)
        case _:
            return None


def known_text(value: Value | None) -> str | None:
    """Return the text that `value` is, a number or Boolean too; None where it is not known or no text."""
    parts = parts_of(value)
    return parts[0] if parts is not None and len(parts) == 1 and isinstance(parts[0], str) else None


def called(value: Value) -> str:
    """Return the name of `value`: short, and never that of another value."""
    return shortened(_written(value, 0))


def spot(value: Value) -> str:
    """Return where `value` stands, as names of unknowns say it: two values never have one line and column."""
    return f"in line {value.span.line}, column {value.span.column}"


def digest_of(*values: Value | None) -> str:
    """Return what tells values apart from any others, wherever they stand: all of the file if one cannot be read."""
    try:
        text = repr([*map(_plain, values)])
    except UsageError as error:
        text = error.source.text if error.source else error.message
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def _plain(value: Value | None) -> object:
    """Return a value without its place, the members of objects in order of their names."""
    match value:
        case ObjectValue():
            return sorted((repr(_plain(name)), repr(_plain(held))) for name, held in value.pairs)
        case ListValue():
            return [_plain(each) for each in value.values]
        case TextValue():
            return value.parts
        case Scalar():
            return value.text
        case AnyValue():
            return value.unknown
        case None:
            return None


def shortened(name: str) -> str:
    """Return `name`, which is cut where it is long, with a mark of what is cut off, and a place that it names."""
    if len(name) <= _LONGEST_NAME:
        return name
    mark = hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()[:12]
    by_place = BY_PLACE.search(name, _LONGEST_NAME - _LONGEST_PLACE)
    return f"{name[:_LONGEST_NAME]}... ({mark}){by_place[0] if by_place else ''}"


def _written(value: Value, depth: int) -> str:
    match value:
        case TextValue():
            if len(value.parts) == 1 and isinstance(value.parts[0], Unresolved):
                return value.parts[0].name
            return "".join(json.dumps(part) if isinstance(part, str) else f"${{{part.name}}}" for part in value.parts)
        case Scalar():
            return value.text
        case AnyValue():
            return value.unknown.name
        case ListValue():
            return f"[{', '.join(_written(each, depth + 1) for each in value.values)}]"
        case ObjectValue():
            members = (f"{_written(name, depth + 1)}: {_written(held, depth + 1)}" for name, held in value.pairs)
            return f"{{{', '.join(members)}}}"


def renamed_unknowns(value: Value, prefix: str, digest: str) -> Value:
    """Return `value` with `prefix` before the name of each part that is unknown, and `digest` before its own."""
    match value:
        case TextValue():
            parts = tuple(part if isinstance(part, str) else _renamed(part, prefix, digest) for part in value.parts)
            return TextValue(parts, value.place)
        case Scalar():
            return value
        case AnyValue():
            return AnyValue(_renamed(value.unknown, prefix, digest), value.place)
        case ListValue():
            return ListValue(value.place, lambda: [renamed_unknowns(each, prefix, digest) for each in value.values])
        case ObjectValue():
            return ObjectValue(
                value.place, lambda: [(name, renamed_unknowns(held, prefix, digest)) for name, held in value.pairs]
            )


def _renamed(unknown: Unresolved, prefix: str, digest: str) -> Unresolved:
    return replace(unknown, name=prefix + unknown.name, digest=digest + unknown.digest)


def with_texts(value: Value) -> Value:
    """Return `value` with each number and Boolean as a text."""
    match value:
        case Scalar() if value.text in ("true", "false") or _PLAIN_NUMBER.fullmatch(value.text):
            return TextValue((value.text,), value.place)
        case ListValue():
            return ListValue(value.place, lambda: [with_texts(each) for each in value.values])
        case ObjectValue():
            return ObjectValue(value.place, lambda: [(name, with_texts(held)) for name, held in value.pairs])
        case _:
            return value


def made_value(value: Plain, place: HasSpan) -> Value:
    """Return `value` as a value that stands at `place`; what is one already stays where it is."""
    match value:
        case TextValue() | Scalar() | ListValue() | ObjectValue() | AnyValue():
            return value
        case bool():
            return Scalar("true" if value else "false", place)
        case int():
            return Scalar(str(value), place)
        case str():
            return TextValue((value,), place)
        case Mapping():
            return object_value(
                [(TextValue((name,), place), made_value(held, place)) for name, held in value.items()], place
            )
        case _:
            return list_value([made_value(each, place) for each in value], place)


def text_at(parts: Sequence[str | Unresolved], place: HasSpan) -> TextValue:
    """Return the text of `parts`, where each reference that CloudFormation resolves in texts is unknown.

    `{{resolve:ssm:name}}` in any text is replaced at deployment.
    """
    text = text_value(_together(parts), place)
    if not any(isinstance(part, str) and "{{" in part for part in text.parts):
        return text
    found: list[str | Unresolved] = []
    for part in text.parts:
        if isinstance(part, str) and "{{resolve:" in part:
            found += _dynamic(part)
        else:
            found.append(part)
    if any(isinstance(part, str) and "{{resolve:" in part for part in found) or _split(text.parts):
        return TextValue((Unresolved(called(text)),), place)
    return text_value(found, place)


def _together(parts: Sequence[str | Unresolved]) -> list[str | Unresolved]:
    """Return `parts` with known neighbours put together, all of them at once: there may be very many."""
    found: list[str | Unresolved] = []
    run: list[str] = []
    for part in parts:
        if isinstance(part, str):
            run.append(part)
        else:
            found += ["".join(run), part]
            run.clear()
    return [*found, "".join(run)]


def _split(parts: Parts) -> bool:
    """Whether a reference may begin in one part and end in another."""
    return len(parts) > 1 and any(
        isinstance(part, str) and "{{" in part and "}}" not in part[part.rindex("{{") :] for part in parts
    )


def _dynamic(text: str) -> list[str | Unresolved]:
    found: list[str | Unresolved] = []
    while True:
        before, begin, after = text.partition("{{resolve:")
        name, end, rest = after.partition("}}")
        found.append(before)
        if not begin:
            return found
        if not end:
            return [*found, begin + after]
        found.append(Unresolved(shortened(f"{{{{resolve:{name}}}}}")))
        text = rest
