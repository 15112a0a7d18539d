"""A document that was found within a file: its text as JSON, whose every token knows its place in the file.

    document_source(value, of)    the `Source` of the document `value`, which stands in the file `of`

The document is written anew, as the grammar reads it, whatever notation the file has and wherever its parts stand: a
template may take them from several places. One that stands in a text of its own, as in a plan, is that text: a plan may
hold thousands, and nobody asks for most of their places. Positions in messages are those of the file (`FoundWithin`).
What is unknown of it stands in texts only (`settled.py`), where it becomes a mark, which the reader of entries
understands (`clouds/aws/policy/unknown.py`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from typing import overload

from verifier.base.errors import InputError
from verifier.base.memo import cached_property
from verifier.base.regex import regex
from verifier.base.source import UNKNOWN_ENDS, FoundWithin, HasSpan, Source
from verifier.sources.json_tokens import TokenPlaces, plain_text, whole_text
from verifier.sources.settled import settled
from verifier.sources.values import (
    BARE,
    BY_PLACE,
    AnyValue,
    ListValue,
    ObjectValue,
    Scalar,
    TextValue,
    Unresolved,
    Value,
)

_MOST_DEEP = 64
# What only the writer understands: private characters, also as escapes.
_WRITTEN_ANEW = regex(rf"[\\{BARE}{''.join(UNKNOWN_ENDS)}]")


def document_source(value: Value, of: Source, scope: Callable[[str], str] | None = None) -> Source:
    """Return the document `value`, which stands in the file `of`, as a source of its own.

    `scope` tells by their names unknowns apart that come from different places: the file, if nothing else is meant.
    Raises InputError for a value that is nested too deeply.
    """
    text = whole_text(value)
    if text is not None and not _WRITTEN_ANEW.search(text.text.text):
        return Source(of.name, text.text.text, of.file, of.hidden, within=FoundWithin(of, TokenPlaces(text)))
    plain = plain_text(value, _MOST_DEEP)
    if plain is not None and not _WRITTEN_ANEW.search(plain):
        return Source(of.name, plain, of.file, of.hidden, within=FoundWithin(of, _LaterPlaces(value, of)))
    writer = _Writer(of)
    writer.value(value, 0)
    if writer.unknowns:
        writer = _Writer(of)
        writer.value(settled(value), 0)
    unknowns = tuple((_scope(unknown, scope, of), unknown.name) for unknown in writer.unknowns)
    placeholders = frozenset(unknown.name for unknown in writer.unknowns if unknown.placeholder)
    within = FoundWithin(of, tuple(writer.places), unknowns, placeholders)
    return Source(of.name, "".join(writer.pieces), of.file, of.hidden, within=within)


def _scope(unknown: Unresolved, scope: Callable[[str], str] | None, of: Source) -> str:
    """Return where the name of `unknown` means one thing: only in this very file, if it says where it stands there."""
    digest = unknown.digest
    where = scope(unknown.name) if scope is not None else of.name
    if scope is not None and not digest and BY_PLACE.search(unknown.name):
        digest = hashlib.sha256(of.text.encode(errors="surrogatepass")).hexdigest()
    return f"{where}, {digest}" if digest else where


class _LaterPlaces(Sequence[HasSpan]):
    """The places of the tokens of a document, found when one is asked for: mostly nobody does."""

    def __init__(self, value: Value, of: Source) -> None:
        self._value, self._of = value, of

    @cached_property
    def _places(self) -> Sequence[HasSpan]:
        writer = _Writer(self._of)
        writer.value(self._value, 0)
        return writer.places

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, number: int) -> HasSpan: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[HasSpan]: ...
    def __getitem__(self, number: int | slice) -> HasSpan | Sequence[HasSpan]:
        return self._places[number]


class _Writer:
    def __init__(self, of: Source) -> None:
        self.of = of
        self.pieces: list[str] = []
        self.places: list[HasSpan] = []
        self.unknowns: dict[Unresolved, int] = {}

    def value(self, value: Value, depth: int) -> None:
        if depth > _MOST_DEEP:
            message = f"the document is nested more than {_MOST_DEEP} deep"
            raise InputError(message, source=self.of, span=value.span, help="name a policy document")
        match value:
            case TextValue():
                self._token(json.dumps(self._marked(value.parts, value.place), ensure_ascii=False), value.place)
            case Scalar():
                self._token(value.text, value.place)
            case AnyValue():
                self._token(json.dumps(self._marked((value.unknown,), value.place), ensure_ascii=False), value.place)
            case ListValue():
                self._token("[", value.place)
                for number, each in enumerate(value.values):
                    self.pieces.append(", " if number else "")
                    self.value(each, depth + 1)
                self._token("]", value.place)
            case ObjectValue():
                self._token("{", value.place)
                for number, (name, held) in enumerate(value.pairs):
                    self.pieces.append(", " if number else "")
                    self.value(name, depth + 1)
                    self.pieces.append(": ")
                    self.value(held, depth + 1)
                self._token("}", value.place)

    def _token(self, text: str, place: HasSpan) -> None:
        self.pieces.append(text)
        self.places.append(place)

    def _marked(self, parts: Sequence[str | Unresolved], place: HasSpan) -> str:
        begin, end = UNKNOWN_ENDS
        found: list[str] = []
        for part in parts:
            if isinstance(part, Unresolved):
                found.append(f"{begin}{self.unknowns.setdefault(part, len(self.unknowns))}{end}")
            elif begin in part or end in part:
                message = f"the text contains the private character U+{ord(begin):04X} or U+{ord(end):04X}"
                raise InputError(message, source=self.of, span=place.span, help="remove it")
            else:
                found.append(part)
        return "".join(found)
