"""The text of a file to values with places, whatever notation it is in.

    read_values(source)      JSON, JSON with comments and trailing commas, or YAML
    json_values(source)      JSON alone; `start` is the number of the first token, where the text is a part of another
    values_within(text)      JSON inside a string of the file, as AWS's commands and Terraform print it

A JSON text is read by Python's scanner, and its tokens are counted, so that a place costs nothing until it is asked for
(`base/source.py`). Comments and trailing commas are blanked out before, so that all places stay as they are. YAML is
read by `yaml_values.py`.
"""

from __future__ import annotations

import json
import re
from array import array
from collections.abc import Callable
from functools import cached_property, partial
from typing import Any, NamedTuple, NoReturn
from urllib.parse import unquote

from verifier.base.errors import UsageError
from verifier.base.grammar import span_at
from verifier.base.source import HasSpan, Source, Span, TokenRange
from verifier.sources.values import ListValue, ObjectValue, Scalar, TextValue, Value

_COMMENT = re.compile(r'"(?:[^"\\\n]|\\.)*"|(?P<comment>//[^\n]*|/\*.*?(?:\*/|\Z))|(?P<comma>,(?=\s*[}\]]))', re.DOTALL)
_JSON_CHARACTER = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|.", re.DOTALL
)
_JSON_START = re.compile(r'\s*(?:[{\["]|//|/\*)')


class _Pairs(list[tuple[str, Any]]):
    __slots__ = ()


class _Number(str):
    __slots__ = ()


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"`{name}` is not a number in JSON")


_SCANNER = json.JSONDecoder(
    object_pairs_hook=_Pairs, parse_float=_Number, parse_int=_Number, parse_constant=_no_constant
)


def read_values(source: Source) -> Value:
    """Return what the file holds: JSON, perhaps with comments, or YAML. Raises UsageError for anything else."""
    if not _JSON_START.match(source.text):
        return _yaml(source)
    try:
        return json_values(source)
    except UsageError:
        if not source.name.endswith((".yaml", ".yml")):
            raise
    return _yaml(source)


def _yaml(source: Source) -> Value:
    from verifier.sources.yaml_values import yaml_values  # noqa: PLC0415 - its library is loaded for YAML only

    return yaml_values(source)


def json_values(source: Source) -> Value:
    """Return the JSON value that `source` holds, with comments and trailing commas or without. Raises UsageError."""
    plain = without_comments(source.text)
    try:
        found = _SCANNER.decode(plain)
    except json.JSONDecodeError as wrong:
        message = f"the text is not JSON: {wrong.msg[:1].lower()}{wrong.msg[1:]}"
        raise UsageError(message, source=source, span=span_at(source.text, wrong.pos), help="correct it") from None
    except (ValueError, RecursionError) as wrong:
        reason = "it is nested too deeply" if isinstance(wrong, RecursionError) else str(wrong)
        raise UsageError(f"the text is not JSON: {reason}", source=source, help="correct it") from None
    counted = source if plain == source.text else Source(source.name, plain)
    return _Counted(partial(TokenRange, counted)).value(found, 0)


def without_comments(text: str) -> str:
    """Return `text` with blanks for its comments and for commas before a closing bracket."""
    if "//" not in text and "/*" not in text and not re.search(r",\s*[}\]]", text):
        return text

    def blank(found: re.Match[str]) -> str:
        if found["comment"] is None and found["comma"] is None:
            return found[0]
        return re.sub(r"[^\n]", " ", found[0])

    blanked = _COMMENT.sub(blank, text)
    return _COMMENT.sub(blank, blanked)  # a comma before a comment before a bracket


class _Counted:
    """Values of a JSON text whose tokens are counted."""

    def __init__(self, place: Callable[[int, int], HasSpan]) -> None:
        self._place = place
        self._sizes: dict[int, int] = {}

    def value(self, found: Any, first: int) -> Value:
        match found:
            case _Pairs():
                place = self._place(first, first + self._size(found) - 1)
                return ObjectValue(place, lambda: self._members(found, first + 1))
            case list():
                place = self._place(first, first + self._size(found) - 1)
                return ListValue(place, lambda: self._items(found, first + 1))
            case _Number():
                return Scalar(str(found), self._place(first, first))
            case str():
                return TextValue((found,), self._place(first, first))
            case _:
                return Scalar({True: "true", False: "false", None: "null"}[found], self._place(first, first))

    def _members(self, found: _Pairs, first: int) -> list[tuple[TextValue, Value]]:
        pairs: list[tuple[TextValue, Value]] = []
        for name, held in found:
            pairs.append((TextValue((name,), self._place(first, first)), self.value(held, first + 1)))
            first += 1 + self._size(held)
        return pairs

    def _items(self, found: list[Any], first: int) -> list[Value]:
        values: list[Value] = []
        for held in found:
            values.append(self.value(held, first))
            first += self._size(held)
        return values

    def _size(self, found: Any) -> int:
        """Return how many tokens a value has."""
        if not isinstance(found, list):
            return 1
        size = self._sizes.get(id(found))
        if size is None:
            if isinstance(found, _Pairs):
                size = 2 + sum(1 + self._size(held) for _, held in found)
            else:
                size = 2 + sum(map(self._size, found))
            self._sizes[id(found)] = size
        return size


def values_within(text: TextValue) -> Value | None:
    """Return the JSON value that a string holds as text, plain or URL-encoded; None where it holds none."""
    inner = text.known
    if inner is None:
        return None
    if inner.lstrip()[:1] not in ("{", "["):
        if inner.lstrip()[:3].upper() not in ("%7B", "%5B"):
            return None
        inner = unquote(inner)
    try:
        found = _SCANNER.decode(inner)
    except (ValueError, RecursionError):
        return None
    return _Counted(_Inside(text, Source("", inner)).place).value(found, 0)


class _Inside:
    """The places of a JSON text within a string of a file: each where its token stands between the quotes."""

    def __init__(self, text: TextValue, inner: Source) -> None:
        self._outer = text.place
        self._inner = inner

    def place(self, first: int, last: int) -> HasSpan:
        return _InsideRange(self, first, last)

    def span(self, first: int, last: int) -> Span:
        begin, end = self._inner.offsets_of_tokens(first, last)
        columns, outer = self._columns, self._outer.span
        if columns is None:
            return outer
        return Span(outer.line, outer.column + columns[begin], outer.line, outer.column + columns[end])

    @cached_property
    def _columns(self) -> array[int] | None:
        """How far behind the opening quote each character of the inner text stands; None where that is not plain."""
        outer = self._outer
        raw = outer.source.cut(outer.span) if isinstance(outer, TokenRange) else ""
        ends = array("Q", (found.end() for found in _JSON_CHARACTER.finditer(raw, 1, max(len(raw) - 1, 1))))
        return array("Q", (1, *ends)) if len(ends) == len(self._inner.text) else None


class _InsideRange(NamedTuple):
    inside: _Inside
    first: int
    last: int

    @property
    def span(self) -> Span:
        return self.inside.span(self.first, self.last)
