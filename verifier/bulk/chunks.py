"""Items to chunks of about the same cost, so that sending one is little work compared with answering it.

The first chunks are small: a few documents occupy all workers, and the first answers come soon. None is large, so that
at the end no process works long after the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from verifier.bulk.item import Item

_FIRST_COST = 4 * 1024
_MOST_COST = 32 * 1024


def chunks(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Yield `items` in order, as lists of a bounded cost; an item that costs more is a chunk by itself."""
    chunk: list[Item] = []
    cost, bound = 0, _FIRST_COST
    for item in items:
        if chunk and cost + item.cost > bound:
            yield chunk
            chunk, cost, bound = [], 0, min(2 * bound, _MOST_COST)
        chunk.append(item)
        cost += item.cost
    if chunk:
        yield chunk
