"""Documents that stand in many lines of a batch, read once: the same content is the same `Policy`.

What is compiled of a policy is kept for as long as the policy (`base/memo.py`), so a boundary that stands in each line
is read, checked, linted and compiled once. The content is the JSON value as Python's scanner gives it, whatever the
white space around its tokens. How much is kept is bounded, and what was not used for longest is forgotten first.

A long line is mostly documents that the lines before had, written alike. So a few of those that were met again are
looked for as texts, and a mark stands in their place before the line is scanned (`Interner.marked`). The mark is a JSON
string: it has two quotation marks and a document has an even number of them, so a line that Python's scanner refuses is
refused with the mark in it too, as long as nothing is escaped. Unless each mark is found in the place of a document,
the line is scanned as it is.

A kept policy has its places in the line in which it stood first. `Excerpts` finds the same tokens in the line that is
answered.
"""

from __future__ import annotations

import io
import pickle
from collections import OrderedDict
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from verifier.clouds.aws.policy.quick_reader import Json
from verifier.clouds.aws.policy.syntax import Policy

MOST_KEPT_CHARACTERS = 4_000_000
"""How many characters of lines are kept at most; the policies in them take some times as much."""
_MOST_MARKED = 8
_BEGINNING = 80
# Around the number of a document; a line that holds one is scanned as it is.
_MARK = "\ue002"


class KnownPolicy(NamedTuple):
    """A document, and the numbers of its first and its last token in the line in which it was read."""

    policy: Policy
    first: int
    last: int

    @property
    def text(self) -> str:
        """The document as it stands in that line."""
        begin, end = self.policy.source.offsets_of_tokens(self.first, self.last)
        return self.policy.source.text[begin:end]


# By its text, the content of the document in whose place a mark stands, and the document.
Marks: TypeAlias = Mapping[str, tuple[bytes, KnownPolicy]]
NO_MARKS: Marks = MappingProxyType({})


class Marked(NamedTuple):
    """A line with marks in the place of documents."""

    text: str
    marks: Marks


def content_of(value: Json) -> bytes:
    """Return bytes that tell `value` from every other, a number from a text too; they are never read.

    Of a long document `repr` would take several times as long. Raises RecursionError.
    """
    found = io.BytesIO()
    pickler = pickle.Pickler(found, protocol=5)
    pickler.fast = True  # without a memory of objects: equal values give equal bytes, whatever objects they share
    pickler.dump(value)
    return found.getvalue()


class Interner:
    """The documents that were met in the lines so far."""

    def __init__(self, most_characters: int = MOST_KEPT_CHARACTERS) -> None:
        self._most_characters = most_characters
        self._kept: OrderedDict[bytes, KnownPolicy] = OrderedDict()
        self._characters = 0
        self._again: OrderedDict[bytes, tuple[str, KnownPolicy]] = OrderedDict()

    def find(self, content: bytes) -> KnownPolicy | None:
        """Return the document with this content, if it is kept."""
        found = self._kept.get(content)
        if found is not None:
            self._kept.move_to_end(content)
            self._meet_again(content, found)
        return found

    def keep(self, content: bytes, known: KnownPolicy) -> None:
        """Keep the document with this content, unless it is too large."""
        if _size(known) > self._most_characters or content in self._kept:
            return
        self._kept[content] = known
        self._characters += _size(known)
        while self._characters > self._most_characters:
            gone, policy = self._kept.popitem(last=False)
            self._characters -= _size(policy)
            self._again.pop(gone, None)

    def marked(self, line: str) -> Marked | None:
        """Return `line` with a mark in the place of each document that was met again lately; None if it has none."""
        marks: dict[str, tuple[bytes, KnownPolicy]] = {}
        for content, (text, known) in self._again.items() if _MARK not in line else ():
            at = _place_of(text, line)
            if at >= 0:
                mark = f"{_MARK}{len(marks)}"
                line = f'{line[:at]}"{mark}"{line[at + len(text) :]}'
                marks[mark] = content, known
        for content, _ in marks.values():
            self._kept.move_to_end(content)
            self._again.move_to_end(content)
        return Marked(line, marks) if marks else None

    def _meet_again(self, content: bytes, known: KnownPolicy) -> None:
        if content not in self._again:
            self._again[content] = known.text, known
            if len(self._again) > _MOST_MARKED:
                self._again.popitem(last=False)
        self._again.move_to_end(content)


def _size(known: KnownPolicy) -> int:
    return len(known.policy.source.text)


def _place_of(text: str, line: str) -> int:
    """Return where `text` stands in `line` first, or -1: what begins like it is found before all of it is compared."""
    at = line.find(text[:_BEGINNING])
    while at >= 0 and not line.startswith(text, at):
        at = line.find(text[:_BEGINNING], at + 1)
    return at
