"""A line of JSON Lines that holds a document, bare or with a name: `{"name": "web", "document": {...}}`.

The text of the document stays as it is written, so that its own reader finds every mistake in it, at its place.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from verifier.base.errors import UsageError, quote
from verifier.base.source import Span

_SPACE = re.compile(r"[ \t\r\n]*")
_NAMED = re.compile(r'[ \t\r\n]*\{[ \t\r\n]*"(?:name|document)"')
_HELP = 'write a policy document, or `{"name": "...", "document": {...}}`'
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Named:
    """The text of a document, with blanks in place of what stands before it; `name` is None for one without."""

    name: str | None
    text: str


def read_named(line: str) -> Named:
    """Return the document in `line`. Raises UsageError, with the column, for an object that is not as above."""
    if not _NAMED.match(line):
        return Named(None, line)
    try:
        return _members(line)
    except json.JSONDecodeError as error:
        raise _wrong(
            f"the line is not valid JSON: {error.msg[:1].lower()}{error.msg[1:]}",
            error.pos,
            "check brackets, commas and quotes",
        ) from None
    except RecursionError:
        raise _wrong("the line is nested too deep", 0, _HELP) from None


def _members(line: str) -> Named:
    name: str | None = None
    text: str | None = None
    place = line.index("{") + 1
    seen: set[str] = set()
    while True:
        start = _skip(line, place)
        key, place = _value(line, start)
        place = _after(line, place, ":")
        begin = _skip(line, place)
        value, place = _value(line, begin)
        if key not in ("name", "document"):
            raise _wrong(f"{quote(str(key))} is not allowed in a named document", start, _HELP)
        if key in seen:
            raise _wrong(f"{quote(key)} appears twice", start, "remove one")
        seen.add(key)
        if key == "document":
            text = " " * begin + line[begin:place]
        elif isinstance(value, str):
            name = value
        else:
            raise _wrong("the name is not a string", begin, _HELP)
        place = _skip(line, place)
        if line[place : place + 1] != ",":
            break
        place += 1
    place = _after(line, place, "}")
    if (place := _skip(line, place)) != len(line):
        raise _wrong("the line goes on after the object", place, "write one document a line")
    if text is None:
        raise _wrong("the object has no `document`", 0, _HELP)
    return Named(name, text)


def _value(line: str, place: int) -> tuple[object, int]:
    try:
        return _DECODER.raw_decode(line, place)
    except ValueError as error:
        if isinstance(error, json.JSONDecodeError):
            raise
        raise json.JSONDecodeError("a number is too long", line, place) from None


def _skip(line: str, place: int) -> int:
    found = _SPACE.match(line, place)
    return found.end() if found else place


def _after(line: str, place: int, mark: str) -> int:
    place = _skip(line, place)
    if line[place : place + 1] != mark:
        raise json.JSONDecodeError(f"`{mark}` is missing", line, place)
    return place + 1


def _wrong(message: str, place: int, help: str) -> UsageError:
    return UsageError(message, span=Span(1, place + 1, 1, place + 2), help=help)
