"""Documents that stand in many lines of a batch, read once: the same content is the same `Policy`.

What is compiled of a policy is kept for as long as the policy (`base/memo.py`), so a boundary that stands in each line
is read, checked, linted and compiled once. The content is the JSON value as Python's scanner gives it, whatever the
white space around its tokens. How much is kept is bounded, and what was not used for longest is forgotten first.

A kept policy has its places in the line in which it stood first. `Excerpts` finds the same tokens in the line that is
answered.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple

from verifier.clouds.aws.policy.syntax import Policy

MOST_KEPT_CHARACTERS = 4_000_000
"""How many characters of lines are kept at most; the policies in them take some times as much."""


class KnownPolicy(NamedTuple):
    """A document, and the numbers of its first and its last token in the line in which it was read."""

    policy: Policy
    first: int
    last: int


class Interner:
    """The documents that were met in the lines so far."""

    def __init__(self, most_characters: int = MOST_KEPT_CHARACTERS) -> None:
        self._most_characters = most_characters
        self._kept: OrderedDict[str, KnownPolicy] = OrderedDict()
        self._characters = 0

    def find(self, content: str) -> KnownPolicy | None:
        """Return the document with this content, if it is kept."""
        found = self._kept.get(content)
        if found is not None:
            self._kept.move_to_end(content)
        return found

    def keep(self, content: str, known: KnownPolicy) -> None:
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
