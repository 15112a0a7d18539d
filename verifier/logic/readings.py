"""Points that can be either way, as far as formulas know of them: of a cloud's documentation, and of a document.

A cloud lists its points. A `Reading` is a choice for all of them: the set of the points that are read the other way;
`USUAL` is the empty one. For the prover each point is a variable (`Reads` in `formula.py`), the same for every
document, so that a proof holds under every reading. A point that `is_unknown` is not about reading: part of a document
has no value yet, and the point is whether it matches. What is said of readings holds of such points alike.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeAlias


class Point(Protocol):
    """One point, with its two readings."""

    @property
    def value(self) -> str:
        """Its name."""

    @property
    def rule(self) -> int:
        """The number of the rule that it belongs to."""

    @property
    def is_unknown(self) -> bool:
        """Whether it is about a part of a document that has no value yet."""

    @property
    def usual(self) -> str:
        """The usual reading, in words."""

    @property
    def other(self) -> str:
        """The other reading, in words."""

    @property
    def place(self) -> int:
        """Its place among the points of its cloud."""

    def as_json(self) -> dict[str, object]:
        """Return the point as an answer names it (interface.md)."""


Reading: TypeAlias = frozenset[Point]
USUAL: Reading = frozenset()
# What an answer assumes where the other readings were not asked about.
USUAL_ONLY = "where AWS's guide is unclear, it is read in the usual way only"


def in_order(points: Iterable[Point]) -> tuple[Point, ...]:
    """Return `points` in the order of the rules."""
    return tuple(sorted(points, key=lambda point: (point.place, point.value)))


# Why nothing is said of all requests, or written anew, where parts of a document have no value yet.
NOT_KNOWN = "parts of the documents are not known before deployment"


def some_unknown(points: Iterable[Point]) -> bool:
    """Whether one of `points` is about a part of a document that has no value yet."""
    return any(point.is_unknown for point in points)


def the_other_way(points: Iterable[Point]) -> str:
    """Return "rule 18 the other way", or of several "rules 10 and 18 the other way"."""
    return f"{rules_of(points)} the other way"


def rules_of(points: Iterable[Point]) -> str:
    """Return "rule 18", or of several "rules 10 and 18"."""
    rules = list(dict.fromkeys(str(point.rule) for point in in_order(points) if not point.is_unknown))
    return f"rule {rules[0]}" if len(rules) == 1 else f"rules {', '.join(rules[:-1])} and {rules[-1]}"
