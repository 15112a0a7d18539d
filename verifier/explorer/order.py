"""A family of documents in the order of what they allow: which lie within which, proved pair by pair.

    order = containment_order({"loose": Policy.load("loose.json"), "strict": Policy.load("strict.json")})
    order.classes     names of documents that allow the same
    order.covers      (lower, upper): what `lower` allows `upper` allows too, and no class lies between
    order.undecided   pairs of names: it was not found out whether the first lies within the second

`a` lies within `b` iff `prove` says of `a`, with `b` as the maximum, that it is contained. Containment is transitive:
a pair that follows from others is not asked about, and what follows from proofs is a proof, also where it alone would
not have been decided. Documents that allow nothing lie within all others.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from verifier.api import ask_of
from verifier.base.errors import UsageError
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.policy.check import check_policy
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.policy.types import PolicyType
from verifier.questions.ask import Ask
from verifier.questions.prove import prove
from verifier.questions.question import ProveQuestion
from verifier.questions.verdict import Contained, Escapes
from verifier.report.style import html_table, text_table
from verifier.shown import frame_of_rows

_Pair: TypeAlias = tuple[str, str]
_HEAD = ("documents that allow the same", "lie directly within")


@dataclass(frozen=True, repr=False)
class Order:
    """How the documents of a family stand to each other; see the head of this module.

    A pair in `undecided` is never in `covers`. `classes` are in the order in which the documents were given.
    """

    classes: tuple[tuple[str, ...], ...]
    covers: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
    undecided: tuple[_Pair, ...] = ()

    def within(self, one: str, other: str) -> bool:
        """Whether it is proved that all that `one` allows `other` allows too. Raises KeyError for a name that is
        none.
        """
        lower, upper = self._class_of(one), self._class_of(other)
        reached, left = {lower}, [lower]
        while left:
            found = left.pop()
            above = [up for low, up in self.covers if low == found and up not in reached]
            reached.update(above)
            left += above
        return upper in reached

    def as_rows(self) -> list[tuple[str, str]]:
        """Return a row for each class: its names, and those of the classes that it lies directly within."""
        return [
            (", ".join(one), "; ".join(", ".join(up) for low, up in self.covers if low == one)) for one in self.classes
        ]

    def _class_of(self, name: str) -> tuple[str, ...]:
        for one in self.classes:
            if name in one:
                return one
        raise KeyError(name)

    def _open(self) -> str:
        return "; ".join(f"whether {one} lies within {other}" for one, other in self.undecided)

    def to_frame(self) -> Any:
        """Return the rows as a pandas.DataFrame, or as a list of records where pandas is not installed."""
        return frame_of_rows(_HEAD, self.as_rows())

    def __repr__(self) -> str:
        rest = [f"not found out: {self._open()}"] if self.undecided else []
        return "\n".join([text_table(_HEAD, self.as_rows()), *rest])

    def _repr_html_(self) -> str:
        rest = f"<p>not found out: {html.escape(self._open())}</p>" if self.undecided else ""
        return html_table(_HEAD, self.as_rows()) + rest


def containment_order(documents: Mapping[str, Policy], *, timeout: float = 10.0) -> Order:
    """Return how `documents` stand to each other by what they allow, each by itself.

    `timeout` is in seconds, for each pair. Raises PolicyError for a document that is not an identity policy or a
    boundary, UsageError if there is no document or the time is not a positive number.
    """
    if not documents:
        raise UsageError("there is no document to put in order", help="give one at least")
    ask = ask_of(timeout, "fast")
    for policy in documents.values():
        check_policy(policy, PolicyType.BOUNDARY)
    within, undecided = _within(documents, ask)
    classes = tuple(dict.fromkeys(_class(name, documents, within) for name in documents))
    pairs = {(low, up) for low in classes for up in classes if low != up and (low[0], up[0]) in within}
    covers = tuple(
        (low, up)
        for low in classes
        for up in classes
        if (low, up) in pairs and not any((low, mid) in pairs and (mid, up) in pairs for mid in classes)
    )
    return Order(classes, covers, tuple(pair for pair in undecided if pair not in within))


def _within(documents: Mapping[str, Policy], ask: Ask) -> tuple[set[_Pair], list[_Pair]]:
    """The pairs whose containment is proved, closed under what follows, and those that were not decided."""
    within: set[_Pair] = {(name, name) for name in documents}
    undecided: list[_Pair] = []
    for one, first in documents.items():
        for other, second in documents.items():
            if (one, other) in within:
                continue
            match prove(ProveQuestion(Documents((first,)), second), ask):
                case Contained():
                    within |= _following(one, other, within)
                case Escapes():
                    pass
                case _:
                    undecided.append((one, other))
    return within, undecided


def _following(one: str, other: str, within: set[_Pair]) -> set[_Pair]:
    """What is within what, once `one` is within `other`: all below the one in all above the other."""
    below = [low for low, up in within if up == one]
    above = [up for low, up in within if low == other]
    return {(low, up) for low in below for up in above}


def _class(name: str, names: Iterable[str], within: set[_Pair]) -> tuple[str, ...]:
    return tuple(other for other in names if (name, other) in within and (other, name) in within)
