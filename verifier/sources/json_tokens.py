"""The values of a JSON text that Python's scanner has read, and their places, which are counted when asked for.

    JsonText     a JSON text, wherever in the file it stands: its values and the places of its tokens
    JsonToken    the place of a value
    whole_text(value)    the JSON text that an object is all of
    plain_text(value)    an object of a plain sort, written anew

Values and places are made one by one, as somebody reads them, since a Terraform plan holds a hundred times what matters
of it. A name that an object has twice is an error as soon as somebody reads the object: no reader may take one, another
the other.
"""

from __future__ import annotations

import itertools
import json
import marshal
from array import array
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any, NamedTuple, overload

from verifier.base.dataclass import dataclass
from verifier.base.errors import UsageError, quote
from verifier.base.source import HasSpan, Source, Span, TokenRange
from verifier.sources.values import ListValue, ObjectValue, Scalar, TextValue, Value

DEEPEST_JSON = 100


class JsonPairs(list[tuple[str, Any]]):
    """The members of an object in which a name stands twice. No list is shown as it is, nor a text as a number."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"{{{super().__repr__()}}}"


class WrittenNumber(str):
    """A number, as it is written."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


_CONTAINERS = frozenset((list, dict, JsonPairs))


class TooDeepError(Exception):
    """A text is nested too deeply; who reads it says where."""


@dataclass(frozen=True, eq=False)
class JsonText:
    """A JSON text in the file `file`.

    `letters` are the offsets in the file of each of its characters and of its end; None where the text is the file's
    own. Where `letters` returns None, the text stands in a string of the file in no plain way, and every place is
    `outer`, that of the string.
    """

    text: Source
    file: Source
    outer: HasSpan | None = None
    letters_of_outer: Callable[[], array[int] | None] | None = None

    @cached_property
    def letters(self) -> array[int] | None:
        """See above."""
        return self.letters_of_outer() if self.letters_of_outer else None

    def place(self, first: int, last: int) -> HasSpan:
        """Return where the tokens from `first` to `last` stand in the file."""
        return TokenRange(self.text, first, last) if self.outer is None else JsonPlace(self, first, last)

    def span(self, first: int, last: int) -> Span:
        """Return the span of tokens of a text that stands in a string."""
        assert self.outer is not None
        if self.letters is None:
            return self.outer.span
        begin, end = self.text.offsets_of_tokens(first, last)
        return self.file.span_between(self.letters[begin], self.letters[end])

    def values(self, scanned: Any) -> Value:
        """Return what Python's scanner read as values with places. Raises for a text that is nested too deeply."""
        if _is_deeper(scanned, DEEPEST_JSON):
            raise TooDeepError
        return _value(JsonToken(_Counted(self), None, "", scanned))


class JsonPlace(NamedTuple):
    """A stretch of a JSON text that stands in a string of a file."""

    within: JsonText
    first: int
    last: int

    @property
    def span(self) -> Span:
        """See HasSpan."""
        return self.within.span(self.first, self.last)


class JsonToken(NamedTuple):
    """The place of what stands in a JSON text as the member `key` of what is `above`, or as its name; found when asked.

    `found` is what the scanner read. The key of a name is a tuple of it.
    """

    counted: _Counted
    above: JsonToken | None
    key: Any
    found: Any

    @property
    def place(self) -> HasSpan:
        """The place by the numbers of its tokens."""
        return self.counted.place(self)

    @property
    def span(self) -> Span:
        """See HasSpan."""
        return self.place.span


class _Counted:
    """The tokens of a JSON text, counted from bracket to bracket, as far as places are asked for."""

    def __init__(self, text: JsonText) -> None:
        self.text = text
        self._firsts: dict[int, dict[Any, int]] = {}

    def place(self, token: JsonToken) -> HasSpan:
        """Return the place of a value, or of a name."""
        first = self._first(token)
        return self.text.place(first, first if isinstance(token.key, tuple) else self.text.text.end_of_value(first))

    def _first(self, token: JsonToken) -> int:
        """Return the number of the first token of a value, or of a name."""
        within = []
        at = token
        while at.above is not None:
            within.append((at.above.found, at.key))
            at = at.above
        first = 0
        for found, key in reversed(within):
            is_name = isinstance(key, tuple)
            first = self._first_of(found, first, key[0] if is_name else key) - is_name
        return first

    def _first_of(self, found: Any, first: int, key: Any) -> int:
        """Return the number of the first token of the member `key` of a list or an object that begins with `first`."""
        known = self._firsts.setdefault(id(found), {})
        if key not in known:
            end, named = self.text.text.end_of_value, isinstance(found, dict | JsonPairs)
            keys = found if isinstance(found, dict) else range(len(found))
            at = end(next(reversed(known.values()))) + 1 if known else first + 1
            for each in itertools.islice(keys, len(known), None):
                known[each] = at + named
                if each == key:
                    break
                at = end(at + named) + 1
        return known[key]


class _JsonObject(ObjectValue):
    """An object whose members are made one by one."""

    def __init__(self, token: JsonToken) -> None:
        super().__init__(token, lambda: _members(token))
        self._token = token
        self._made: dict[str, Value] = {}

    @property
    def whole_text(self) -> JsonText | None:
        """The text that the object is all of."""
        return self._token.counted.text if self._token.above is None else None

    @property
    def found(self) -> Any:
        """What the scanner read."""
        return self._token.found

    def member(self, name: str) -> Value | None:
        """See ObjectValue."""
        found = self._token.found
        if not isinstance(found, dict):
            return self.named.get(name)  # which finds the name that stands there twice
        if name not in found:
            return None
        value = self._made.get(name)
        if value is None:
            value = self._made[name] = _value(JsonToken(self._token.counted, self._token, name, found[name]))
        return value

    def text(self, name: str) -> str | None:
        """See ObjectValue; no value is made of it."""
        found = self._token.found
        if not isinstance(found, dict):
            return super().text(name)
        held = found.get(name)
        return held if type(held) is str else None

    def is_empty(self, name: str) -> bool:
        """See ObjectValue; no value is made of it."""
        found = self._token.found
        return super().is_empty(name) if not isinstance(found, dict) else found.get(name) in (None, [])


def whole_text(value: Value) -> JsonText | None:
    """Return the JSON text that is nothing but the object `value`; None for any other value."""
    return value.whole_text if isinstance(value, _JsonObject) else None


def plain_text(value: Value, deepest: int) -> str | None:
    """Return the object `value` as a JSON text; None for one that is nested more than `deepest` deep, for one with a
    number or with a name that stands twice, and for any other value.
    """
    if not isinstance(value, _JsonObject) or _is_deeper(value.found, deepest):
        return None
    try:
        marshal.dumps(value.found)
    except ValueError:  # numbers, and names that stand twice, are of types of our own
        return None
    return json.dumps(value.found, ensure_ascii=False)


class TokenPlaces(Sequence[HasSpan]):
    """The places of all tokens of a JSON text, each made when it is asked for."""

    def __init__(self, text: JsonText) -> None:
        self._text = text

    def __len__(self) -> int:
        return self._text.text.tokens

    @overload
    def __getitem__(self, number: int) -> HasSpan: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[HasSpan]: ...
    def __getitem__(self, number: int | slice) -> HasSpan | Sequence[HasSpan]:
        if isinstance(number, slice):
            return [self[each] for each in range(*number.indices(len(self)))]
        if not 0 <= number < len(self):
            raise IndexError(number)
        return self._text.place(number, number)


def _value(token: JsonToken) -> Value:
    found = token.found
    kind = type(found)
    if kind is str:
        return TextValue((found,), token)
    if kind is dict or kind is JsonPairs:
        return _JsonObject(token)
    if kind is list:
        return ListValue(token, lambda: _items(token))
    if kind is WrittenNumber:
        return Scalar(str(found), token)
    return Scalar({True: "true", False: "false", None: "null"}[found], token)


def _members(token: JsonToken) -> list[tuple[TextValue, Value]]:
    found, counted = token.found, token.counted
    members = (
        [(name, name, held) for name, held in found.items()]
        if isinstance(found, dict)
        else [(number, name, held) for number, (name, held) in enumerate(found)]
    )
    pairs = [
        (TextValue((name,), JsonToken(counted, token, (key,), name)), _value(JsonToken(counted, token, key, held)))
        for key, name, held in members
    ]
    names: set[str] = set()
    for written, _ in pairs if isinstance(found, JsonPairs) else ():
        check_new(written, names, counted.text.file)
    return pairs


def _items(token: JsonToken) -> list[Value]:
    return [_value(JsonToken(token.counted, token, number, held)) for number, held in enumerate(token.found)]


def _held(found: Any) -> Iterable[Any]:
    """Return what stands in a list, or in an object in which a name stands twice."""
    return found if type(found) is list else [held for _, held in found]


def _is_deeper(found: Any, most: int) -> bool:
    level = [found] if type(found) in _CONTAINERS else []
    for _ in range(most):
        below = (each.values() if type(each) is dict else _held(each) for each in level)
        level = [held for several in below for held in several if type(held) in _CONTAINERS]
        if not level:
            return False
    return True


def check_new(name: TextValue, names: set[str], file: Source) -> None:
    """Add `name` to the `names` of an object. Raises UsageError if it is there already."""
    known = name.parts[0]
    assert isinstance(known, str)
    if known in names:
        raise UsageError(f"{quote(known)} appears twice", source=file, span=name.span, help="remove one of them")
    names.add(known)
