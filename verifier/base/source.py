"""Where a piece of text stands: the span that every element, error and explanation carries.

Lines and columns start at 1 and count code points, as editors do. Read `errors.py` next.
"""

from __future__ import annotations

import bisect
import itertools
import re
from array import array
from collections.abc import Sequence
from dataclasses import field, replace
from typing import NamedTuple, Protocol

from verifier.base.dataclass import dataclass
from verifier.base.json_index import JSON_TOKEN, JsonIndex
from verifier.base.memo import cached_property
from verifier.base.regex import regex

_SURROGATE = regex("[\ud800-\udfff]")


class Span(NamedTuple):
    """A stretch of a source, from (line, column) up to but not including (end_line, end_column)."""

    line: int
    column: int
    end_line: int
    end_column: int

    @property
    def span(self) -> Span:
        """See HasSpan."""
        return self


class TokenRange(NamedTuple):
    """A stretch of a JSON text from one token to another, both counted from 0: where that is, is found when asked."""

    source: Source
    first: int
    last: int

    @property
    def span(self) -> Span:
        """See HasSpan."""
        return self.source.span_of_tokens(self.first, self.last)


class HasSpan(Protocol):
    """Where an element stands."""

    @property
    def span(self) -> Span:
        """The stretch of the source, found when it is asked for."""


_MOST_CARRIED = 64 * 1024
# Around the number of an unknown part in the text of a document that was written anew (`sources/document.py`).
UNKNOWN_ENDS = ("\ue000", "\ue001")
# What documents are counted as that a file does not tell whether they are there at all.
UNCERTAIN = "uncertain"


@dataclass(frozen=True, eq=False)
class FoundWithin:
    """Where a document comes from that was found within the file `source`: the place of each token of its text there.

    `unknowns` are its parts that are not known, each by the scope in which its name means one thing, and its name;
    `placeholders` are the names of those that a tool has yet to fill in.
    """

    source: Source
    places: Sequence[HasSpan]
    unknowns: tuple[tuple[str, str], ...] = ()
    placeholders: frozenset[str] = frozenset()

    def __reduce__(self) -> tuple[object, ...]:
        """Travel to another process with no more of the file than the lines on which the document stands, and with
        plain places. Of a file with very long lines nothing is left.
        """
        places = tuple(place.span for place in self.places)
        first, last = min(place.line for place in places), max(place.end_line for place in places)
        lines = [self.source.line(number) for number in range(first, last + 1)]
        text = "\n" * (first - 1) + "\n".join(lines) if sum(map(len, lines)) <= _MOST_CARRIED else ""
        return FoundWithin, (replace(self.source, text=text), places, self.unknowns, self.placeholders)

    def span(self, first: int, last: int) -> Span:
        """Return where the tokens from `first` to `last` stand in the file, as far as that is one stretch."""
        begin, end = self.places[first].span, self.places[last].span
        if first == last or end[2:] < begin[:2]:
            return begin
        return Span(begin.line, begin.column, *max(begin[2:], end[2:]))


@dataclass(frozen=True)
class Source:
    """A named text: `name` is a path, `-` for standard input, or a description such as `<text>`.

    `file` tells that it is a path, which the name alone does not: a file may be called `<text>`. What is `hidden` is
    never quoted: the path leads through a link to where whoever made the link may have no right to read
    (`files.py`). What is a `stand_in` nobody wrote: AWS attaches it (rule 30), or it says in a policy
    what an option says. No answer quotes it or gives a line of it. A document that was found within a file is
    `within` there in its own way: lines and spans are those of the file, and only `text` is the document's. `origin`
    says in a sentence what a text is that is named and not read from a file; answers that rest on it repeat it.
    """

    name: str
    text: str = field(repr=False)
    file: bool = field(default=False, compare=False, repr=False)
    hidden: bool = field(default=False, compare=False, repr=False)
    stand_in: bool = field(default=False, compare=False, repr=False)
    within: FoundWithin | None = field(default=None, compare=False, repr=False)
    origin: str = field(default="", compare=False, repr=False)

    @property
    def is_given(self) -> bool:
        """Whether nobody here wrote it, so that nobody here can change it: it is a stand-in, or shipped."""
        return self.stand_in or bool(self.origin)

    def at(self, *numbers: int) -> str:
        """Return the name, and after colons `numbers`, a line and perhaps a column, where somebody wrote the text."""
        return ":".join([self.name, *map(str, () if self.stand_in else numbers)])

    def line(self, number: int) -> str:
        """Return line `number` (from 1) without its end, or the empty string past the end."""
        if self.within is not None:
            return self.within.source.line(number)
        if number < 1:
            return ""
        return self.text[self._offset(number) : self._offset(number + 1)].removesuffix("\n").rstrip("\r")

    def cut(self, span: Span) -> str:
        """Return the text that `span` covers."""
        if self.within is not None:
            return self.within.source.cut(span)
        start = self._offset(span.line) + span.column - 1
        return self.text[start : self._offset(span.end_line) + span.end_column - 1]

    def span_of_tokens(self, first: int, last: int) -> Span:
        """Return the span from token `first` of this text, which is JSON, to token `last`, both counted from 0."""
        if self.within is not None:
            return self.within.span(first, last)
        return self.span_between(*self.offsets_of_tokens(first, last))

    def outward(self, span: Span) -> Span:
        """Return where a stretch of the text stands for people: in the file, if the document was found within one."""
        if self.within is None:
            return span
        first, _, last, _ = self.stretch_of_tokens(span)
        most = len(self.within.places) - 1
        return self.within.span(min(max(first, 0), most), min(max(first, last, 0), most))

    def span_between(self, begin: int, end: int) -> Span:
        """Return the span from offset `begin` of the text up to but not including offset `end`."""
        line, end_line = bisect.bisect_right(self._starts, begin), bisect.bisect_right(self._starts, end)
        return Span(line, begin - self._starts[line - 1] + 1, end_line, end - self._starts[end_line - 1] + 1)

    def offsets(self, span: Span) -> tuple[int, int]:
        """Return from where to where in this text `span` is; of what was found within a file, in its own text."""
        begin = self._starts[span.line - 1] + span.column - 1
        return begin, self._starts[span.end_line - 1] + span.end_column - 1

    def offsets_of_tokens(self, first: int, last: int) -> tuple[int, int]:
        """Return from where to where in this text, which is JSON, the tokens from `first` to `last` stand."""
        return self._index.offsets(first, last)

    @property
    def tokens(self) -> int:
        """How many tokens this text has, which is JSON."""
        return len(self._tokens) // 2

    def stretch_of_tokens(self, span: Span) -> tuple[int, int, int, int]:
        """Return `span` of this text, which is JSON, by its first and last token, each with how far it is into it."""
        begin, end = self.offsets(span)
        first = bisect.bisect_right(self._token_starts, begin) - 1
        last = bisect.bisect_left(self._token_ends, end)
        return first, begin - self._tokens[2 * first], last, end - self._tokens[2 * last]

    def span_of_stretch(self, stretch: tuple[int, int, int, int], start: int) -> Span:
        """Return the span of a stretch, with its tokens counted from token `start` of this text, which is JSON."""
        first, into_first, last, into_last = stretch
        return self.span_between(
            self._tokens[2 * (start + first)] + into_first, self._tokens[2 * (start + last)] + into_last
        )

    def _offset(self, number: int) -> int:
        """Return where line `number` begins, or the end of the text past it."""
        starts = self._starts
        return starts[max(number, 1) - 1] if number <= len(starts) else len(self.text)

    @cached_property
    def _starts(self) -> array[int]:
        """Where each line begins: found once, as a report asks for as many lines as there are warnings."""
        return array("Q", itertools.chain((0,), (found.end() for found in re.finditer("\n", self.text))))

    def end_of_value(self, first: int) -> int:
        """Return the last token of the value that begins with token `first` of this text, which is JSON."""
        return self._index.end(first)

    @property
    def _tokens(self) -> array[int]:
        """Where each token begins and ends, one after the other."""
        return self._index.bounds

    @cached_property
    def _index(self) -> JsonIndex:
        return JsonIndex(self.text)

    @cached_property
    def _token_starts(self) -> array[int]:
        return self._tokens[::2]

    @cached_property
    def _token_ends(self) -> array[int]:
        return self._tokens[1::2]


class Excerpt(NamedTuple):
    """The tokens of a JSON text from `first` to `last`, which stand in another one too, where they begin at `start`."""

    source: Source
    first: int
    last: int
    start: int


class _Alike(NamedTuple):
    """A part that stands in both texts with the same characters: from `begin` to `end` of its own, moved by `by`."""

    begin: int
    end: int
    by: int


@dataclass(frozen=True, eq=False)
class Excerpts:
    """Parts of other sources that stand in `whole` too, with other white space."""

    whole: Source
    parts: tuple[Excerpt, ...]

    def moved(self, source: Source | None, span: Span) -> Span:
        """Return where in `whole` the stretch `span` of `source` stands; itself where it is not of a part of it."""
        return self.moved_place(source, span).span

    def moved_place(self, source: Source | None, place: HasSpan) -> HasSpan:
        """Return the same of a place in `source`."""
        for part, alike in zip(self.parts, self._alike, strict=True):
            if part.source is source:
                found = self._by_tokens(part, place) if alike is None else self._by_offset(part, alike, place.span)
                if found is not None:
                    return found
        return place

    def _by_offset(self, part: Excerpt, alike: _Alike, span: Span) -> Span | None:
        first, last = part.source.offsets(span)
        by = alike.by
        return self.whole.span_between(first + by, last + by) if alike.begin <= first < alike.end else None

    def _by_tokens(self, part: Excerpt, place: HasSpan) -> HasSpan | None:
        by = part.start - part.first
        if isinstance(place, TokenRange):
            inside = part.first <= place.first <= part.last
            return TokenRange(self.whole, place.first + by, place.last + by) if inside else None
        stretch = part.source.stretch_of_tokens(place.span)
        return self.whole.span_of_stretch(stretch, by) if part.first <= stretch[0] <= part.last else None

    @cached_property
    def _alike(self) -> list[_Alike | None]:
        """How each part stands in `whole`; None where it stands there with other white space.

        What stands there as it does elsewhere is stepped over: its tokens, most of a line of many, are known.
        """
        found: list[_Alike | None] = [None] * len(self.parts)
        at = number = 0
        for place in sorted(range(len(self.parts)), key=lambda place: self.parts[place].start):
            part = self.parts[place]
            at = next(itertools.islice(JSON_TOKEN.finditer(self.whole.text, at), part.start - number, None)).start()
            number = part.start
            begin, end = part.source.offsets_of_tokens(part.first, part.last)
            if self.whole.text.startswith(part.source.text[begin:end], at):
                found[place] = _Alike(begin, end, at - begin)
                at, number = at + end - begin, number + part.last - part.first + 1
        return found


def lone_surrogate(text: str) -> re.Match[str] | None:
    """Return the first half of a character in `text`; None where every character is whole, as UTF-8 needs it."""
    return None if text.isascii() else _SURROGATE.search(text)
