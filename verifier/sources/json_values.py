"""JSON to values with places, with comments and trailing commas or without.

    json_values(source)       the value that a file holds
    without_comments(text)    the text with blanks where JSON has nothing
    JsonText                  a JSON text, wherever in the file it stands; the places of its tokens

Python's scanner reads the text, and its tokens are counted, so that a place costs nothing until it is asked for
(`base/source.py`). Comments and trailing commas are blanked out before, so that all places stay as they are. A name
that an object has twice is an error as soon as somebody reads the object: no reader may take one, another the other.
"""

from __future__ import annotations

import json
import re
from array import array
from collections.abc import Callable
from functools import cached_property
from typing import Any, NamedTuple, NoReturn

from verifier.base.dataclass import dataclass
from verifier.base.errors import UsageError, quote
from verifier.base.grammar import span_at
from verifier.base.source import HasSpan, Source, Span, TokenRange, lone_surrogate
from verifier.sources.values import ListValue, ObjectValue, Scalar, TextValue, Value

_MOST_DEEP = 100
# Every alternative takes what it begins: no text is looked at twice. A string or a comment may lack its end.
_PIECE = re.compile(
    r'(?P<string>"(?:[^"\\\n]++|\\.)*+"?+)|(?P<line>//[^\n]*+)|(?P<block>/\*(?:[^*]++|\*(?!/))*+(?P<end>\*/)?+)'
    r'|(?P<comma>,)|(?P<close>[\]}])|\s++|[^\s"/,\]}]++|/',
    re.DOTALL,
)
_MAY_NEED_BLANKS = re.compile(r"//|/\*|,\s*+[}\]]")
_DEPTH = re.compile(r'"(?:[^"\\]++|\\.)*+"?+|[{\[]|[}\]]', re.DOTALL)
_NO_NUMBER = re.compile(r'"(?:[^"\\]++|\\.)*+"?+|(?P<name>-?Infinity|NaN)', re.DOTALL)
_NOT_NEW_LINE = re.compile(r"[^\n]")
# What Python says, with what to do; the rest of its messages end in "correct it".
_REASONS = {
    "Extra data": ("more text follows where the value has ended", "keep one value, or write a list of them"),
    "Expecting value": ("a value is missing", "write a text in double quotes, an object or a list"),
    "Expecting property name enclosed in double quotes": (
        "a name is missing, or has no double quotes",
        "write a name in double quotes",
    ),
    "Expecting ',' delimiter": ("a comma or a closing bracket is missing", "add it"),
    "Expecting ':' delimiter": ("a colon is missing after the name", "add it"),
    "Invalid control character at": ("a text contains a control character", r"write a line end as `\n`, a tab as `\t`"),
    "Unterminated string starting at": ("a text has no end", "add the closing double quote"),
}


class _Pairs(list[tuple[str, Any]]):
    __slots__ = ()


class _Number(str):
    __slots__ = ()


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"`{name}` is not a number in JSON")


SCANNER = json.JSONDecoder(
    object_pairs_hook=_Pairs, parse_float=_Number, parse_int=_Number, parse_constant=_no_constant
)


def json_values(source: Source) -> Value:
    """Return the JSON value that `source` holds, with comments and trailing commas or without. Raises UsageError."""
    plain = without_comments(source)
    if found := lone_surrogate(plain):
        raise _error(f"it contains the lone surrogate U+{ord(found[0]):04X}", source, found.start(), "remove it")
    try:
        scanned = SCANNER.decode(plain)
    except json.JSONDecodeError as wrong:
        unknown = wrong.msg[:1].lower() + wrong.msg[1:].removesuffix(" at")
        raise _error(*_reason(wrong.msg, unknown, source, min(wrong.pos, len(plain)))) from None
    except RecursionError:
        raise _too_deep(source, plain) from None
    except ValueError as wrong:
        place = next((found.start() for found in _NO_NUMBER.finditer(plain) if found["name"]), 0)
        raise _error(str(wrong), source, place, "write a number, or a text in double quotes") from None
    try:
        return JsonText(source if plain == source.text else Source(source.name, plain), source).values(scanned)
    except TooDeepError:
        raise _too_deep(source, plain) from None


def _reason(message: str, unknown: str, source: Source, place: int) -> tuple[str, Source, int, str]:
    reason, help = _REASONS.get(message, (unknown, "correct it"))
    return reason, source, place, help


def _error(reason: str, source: Source, place: int, help: str) -> UsageError:
    span = span_at(source.text, place)
    return UsageError(f"the text is not JSON: {reason}", source=source, span=span, help=help)


def _too_deep(source: Source, plain: str) -> UsageError:
    depth = 0
    for found in _DEPTH.finditer(plain):
        depth += 1 if found[0] in ("{", "[") else -1 if found[0] in ("}", "]") else 0
        if depth > _MOST_DEEP:
            return _error(f"it is nested more than {_MOST_DEEP} deep", source, found.start(), "name a policy document")
    return _error("it is nested too deeply", source, 0, "name a policy document")


def without_comments(source: Source) -> str:
    """Return the text of `source` with blanks for its comments and for commas before a closing bracket.

    Raises UsageError for a comment without an end. A text in which nothing is blanked out is returned as it is.
    """
    text = source.text
    if not _MAY_NEED_BLANKS.search(text):
        return text
    blanks: list[tuple[int, int]] = []
    comma = -1
    for found in _PIECE.finditer(text):
        kind = found.lastgroup if found.lastgroup != "end" else "block"
        if kind in ("line", "block"):
            if kind == "block" and not found["end"]:
                raise _error("a comment has no end", source, found.start(), "add `*/`")
            blanks.append(found.span())
        elif kind == "close" and comma >= 0:
            blanks.append((comma, comma + 1))
        if kind == "comma":
            comma = found.start()
        elif kind in ("string", "close") or (kind is None and not found[0].isspace()):
            comma = -1
    return _blanked(text, sorted(blanks))


def _blanked(text: str, blanks: list[tuple[int, int]]) -> str:
    pieces: list[str] = []
    done = 0
    for begin, end in blanks:
        pieces += (text[done:begin], _NOT_NEW_LINE.sub(" ", text[begin:end]))
        done = end
    return "".join((*pieces, text[done:]))


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
        return _Counted(self).value(scanned, 0)


class JsonPlace(NamedTuple):
    """A stretch of a JSON text that stands in a string of a file."""

    within: JsonText
    first: int
    last: int

    @property
    def span(self) -> Span:
        """See HasSpan."""
        return self.within.span(self.first, self.last)


class _Counted:
    """Values of a JSON text whose tokens are counted."""

    def __init__(self, text: JsonText) -> None:
        self._text = text
        self._place = text.place
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
        names: set[str] = set()
        for written, _ in pairs:
            check_new(written, names, self._text.file)
        return pairs

    def _items(self, found: list[Any], first: int) -> list[Value]:
        values: list[Value] = []
        for held in found:
            values.append(self.value(held, first))
            first += self._size(held)
        return values

    def _size(self, found: Any, depth: int = 1) -> int:
        """Return how many tokens a value has."""
        if not isinstance(found, list):
            return 1
        size = self._sizes.get(id(found))
        if size is None:
            if depth > _MOST_DEEP:
                raise TooDeepError
            if isinstance(found, _Pairs):
                size = 2 + sum([1 + self._size(held, depth + 1) for _, held in found])
            else:
                size = 2 + sum([self._size(held, depth + 1) for held in found])
            self._sizes[id(found)] = size
        return size


def check_new(name: TextValue, names: set[str], file: Source) -> None:
    """Add `name` to the `names` of an object. Raises UsageError if it is there already."""
    known = name.parts[0]
    assert isinstance(known, str)
    if known in names:
        raise UsageError(f"{quote(known)} appears twice", source=file, span=name.span, help="remove one of them")
    names.add(known)
