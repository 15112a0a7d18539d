"""A least set that is enough: some items, and none of them can be left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Least(Generic[T]):
    """`kept` are enough; `unsure` are those of them of which was not found out whether they can be left out."""

    kept: frozenset[T]
    unsure: frozenset[T] = frozenset()


def least(items: Sequence[T], enough: Callable[[frozenset[T]], bool | None]) -> Least[T] | None:
    """Return a least subset of `items` that is `enough`, or None where all of them are not, or not known to be.

    `enough` must be monotone, more items are never less; it answers None where it cannot tell, and then nothing is left
    out. Items are tried in halves, those at the front are left out first.
    """
    if enough(frozenset()):
        return Least(frozenset())
    if not items or not enough(frozenset(items)):
        return None
    kept, unsure = set(items), set[T]()

    def leave_out(chunk: Sequence[T]) -> None:
        answer = enough(frozenset(kept.difference(chunk)))
        if answer:
            kept.difference_update(chunk)
        elif len(chunk) > 1:
            middle = len(chunk) // 2
            leave_out(chunk[:middle])
            leave_out(chunk[middle:])
        elif answer is None:
            unsure.update(chunk)

    for half in (items[: len(items) // 2], items[len(items) // 2 :]):
        if half:
            leave_out(half)
    return Least(frozenset(kept), frozenset(unsure))
