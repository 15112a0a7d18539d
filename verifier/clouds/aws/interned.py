"""Documents that stand in many lines of a batch, read once: the same content is the same `Policy`.

What is compiled of a policy is kept for as long as the policy (`base/memo.py`), so a boundary that stands in each line
is read, checked, linted and compiled once. The content is the JSON value as Python's scanner gives it, whatever the
white space around its tokens. How much is kept is bounded, and what was not used for longest is forgotten first.

A kept policy has its places in the line in which it stood first. `Excerpts` finds the same tokens in the line that is
answered.
"""

from __future__ import annotations

import io
import pickle
from collections import OrderedDict
from typing import NamedTuple

from verifier.clouds.aws.policy.quick_reader import Json
from verifier.clouds.aws.policy.syntax import Policy

MOST_KEPT_CHARACTERS = 4_000_000
"""How many characters of lines are kept at most; the policies in them take some times as much."""


def content_of(value: Json) -> bytes:
    """Return bytes that tell `value` from every other, a number from a text too; they are never read.

    Of a long document that takes a sixth of the time of `repr`. Raises RecursionError.
    """
    found = io.BytesIO()
    pickler = pickle.Pickler(found, protocol=5)
    pickler.fast = True  # without a memory of objects: equal values give equal bytes, whatever objects they share
    pickler.dump(value)
    return found.getvalue()


class KnownPolicy(NamedTuple):
    """A document, and the numbers of its first and its last token in the line in which it was read."""

    policy: Policy
    first: int
    last: int


class Interner:
    """The documents that were met in the lines so far."""

    def __init__(self, most_characters: int = MOST_KEPT_CHARACTERS) -> None:
        self._most_characters = most_characters
        self._kept: OrderedDict[bytes, KnownPolicy] = OrderedDict()
        self._characters = 0

    def find(self, content: bytes) -> KnownPolicy | None:
        """Return the document with this content, if it is kept."""
        found = self._kept.get(content)
        if found is not None:
            self._kept.move_to_end(content)
        return found

    def keep(self, content: bytes, known: KnownPolicy) -> None:
        """Keep the document with this content, unless it is too large."""
        if _size(known) > self._most_characters or content in self._kept:
            return
        self._kept[content] = known
        self._characters += _size(known)
        while self._characters > self._most_characters:
            _, gone = self._kept.popitem(last=False)
            self._characters -= _size(gone)


def _size(known: KnownPolicy) -> int:
    return len(known.policy.source.text)
