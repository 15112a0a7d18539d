"""Documents that stand in many lines of a batch, read once: the same content is the same `Policy`.

What is compiled of a policy is kept for as long as the policy (`base/memo.py`), so a boundary that stands in each line
is read, checked, linted and compiled once. The content is the JSON value as Python's scanner gives it, whatever the
white space around its tokens. A document is kept once its content is met for the second time; before that only a
number is remembered of it. Both are bounded, and what was not used for longest is forgotten first.

A kept policy has a source of its own, so its places are those of the first line in which it stood. `Excerpts` finds
the same tokens in the line that is answered.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple

from verifier.base.errors import InputError
from verifier.base.parse_tree import DocumentTree
from verifier.base.source import Source
from verifier.clouds.aws.policy.parse import policy_of
from verifier.clouds.aws.policy.syntax import Policy

MOST_KEPT_CHARACTERS = 8_000_000
"""How many characters of documents are kept at most; their policies take some times as much."""
MOST_MET = 100_000


class Kept(NamedTuple):
    """A document that was kept, and how many tokens it has."""

    policy: Policy
    tokens: int


class Interner:
    """The documents that were met in the lines so far."""

    def __init__(self, most_characters: int = MOST_KEPT_CHARACTERS, most_met: int = MOST_MET) -> None:
        self._most_characters, self._most_met = most_characters, most_met
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._met: OrderedDict[int, None] = OrderedDict()
        self._characters = 0

    def find(self, content: str) -> Kept | None:
        """Return the document with this content, if it is kept."""
        found = self._kept.get(content)
        if found is not None:
            self._kept.move_to_end(content)
        return found

    def meet(self, content: str) -> bool:
        """Remember that this content was met, and tell whether it was met before."""
        number = hash(content)
        if number in self._met:
            self._met.move_to_end(number)
            return True
        self._met[number] = None
        if len(self._met) > self._most_met:
            self._met.popitem(last=False)
        return False

    def keep(self, content: str, tree: DocumentTree, source: Source, tokens: int) -> Policy | None:
        """Keep the document `tree` of `source`, all of it, and return it; None where it is none, or too large."""
        if len(content) > self._most_characters or content in self._kept:
            return None
        try:
            policy = policy_of(tree, source)
        except InputError:  # told where the line is read
            return None
        self._kept[content] = Kept(policy, tokens)
        self._characters += len(content)
        while self._characters > self._most_characters:
            gone, _ = self._kept.popitem(last=False)
            self._characters -= len(gone)
        return policy
