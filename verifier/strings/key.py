"""Condition keys: names that compare without regard to case (rule 15), and the one-to-one lower-case mapping."""

from __future__ import annotations

from dataclasses import field
from functools import lru_cache

from verifier.base.dataclass import dataclass

_LONGEST_CACHED = 256


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """A condition key. `folded` is what is compared; `name` is how it was written."""

    folded: str
    name: str = field(compare=False)

    @staticmethod
    def of(name: str) -> Key:
        """Return the key called `name`."""
        return _short(name) if len(name) <= _LONGEST_CACHED else Key(lower(name), name)

    def __str__(self) -> str:
        return self.name


@lru_cache(maxsize=4096)
def _short(name: str) -> Key:
    return Key(lower(name), name)


def lower(text: str) -> str:
    """Return `text` with each code point mapped to its simple lower case: one to one, no folding (rule 20)."""
    return text.lower() if text.isascii() else "".join(map(_lower_char, text))


def _lower_char(char: str) -> str:
    """Python maps U+0130 to two characters; its simple lower case is `i`, and no other code point is like it."""
    lowered = char.lower()
    return lowered if len(lowered) == 1 else lowered[0]
