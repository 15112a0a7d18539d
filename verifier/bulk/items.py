"""The values that travel between processes: items to be answered, their answers, and chunks of items.

    Item        one question
    Answered    its answer, and what a cache may keep of it
    chunks      items as lists of about the same cost

Sending a chunk is little work compared with answering it. The first chunks are small, so that a few documents occupy
all workers and the first answers come soon. No chunk is large, so that at the end no process works long after the
others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Generic, TypeVar

from verifier.base.dataclass import dataclass
from verifier.base.errors import InputError
from verifier.base.source import FoundWithin, Source

_Shown = TypeVar("_Shown")

_LEAST_COST = 512


@dataclass(frozen=True, slots=True)
class Item:
    """One question: a document of a sweep, or a line of a batch.

    `name` is what its answer is called by, `source` stands for it in messages, `line` is the number of its first line
    there; `file`, `hidden`, `origin` and `within` are those of that source. `error` is given where it could not even
    be read. `key` is what a cache knows it by, once that is worked out. `rest` are the documents that act with it as
    one, a level.
    """

    name: str
    text: str | bytes
    source: str
    line: int = 1
    error: InputError | None = None
    key: bytes | None = None
    file: bool = False
    hidden: bool = False
    origin: str = ""
    within: FoundWithin | None = None
    rest: tuple[Item, ...] = ()

    def of(self, source: Source) -> Item:
        """Return the item as one that stands in `source`."""
        return replace(
            self, source=source.name, file=source.file, hidden=source.hidden, origin=source.origin, within=source.within
        )

    def source_of(self, text: str = "") -> Source:
        """Return the source that the item stands in, with `text` for its text."""
        return Source(self.source, text, self.file, self.hidden, origin=self.origin, within=self.within)

    @property
    def cost(self) -> int:
        """How much work the item is likely to be: the size of its text, in characters."""
        return max(len(self.text), _LEAST_COST) + sum(one.cost for one in self.rest)


@dataclass(frozen=True, slots=True)
class Answered(Generic[_Shown]):
    """The answer to an item: what is shown of it, and the record that a cache may keep (None: nothing to keep).

    `forgotten` says why a cache keeps nothing any more, where that was found out with this answer.
    """

    shown: _Shown
    record: str | None = None
    forgotten: str | None = None


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
