"""What happens in a process that answers: `main` in one of our own, `answer_chunk` where an executor runs it.

The documents that all items share are not sent with every chunk. A chunk names them by a key; a process that does not
know it says so and is sent them. They are read and compiled once, and kept while they are among the last few used.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection
from typing import Any

from verifier.base.dataclass import dataclass
from verifier.base.errors import WorkersError
from verifier.base.processes import collect_rarely
from verifier.base.source import Source
from verifier.bulk.answerer import Asker, Common
from verifier.bulk.cache import Cache
from verifier.bulk.items import Answered, Item
from verifier.bulk.records import installed

SLICE_SECONDS = 1.0
_MOST_KEPT = 4

# Answering is for one thread at a time: an executor may have several in this process.
_LOCK = threading.Lock()
_KEPT: OrderedDict[str, Asker[Any]] = OrderedDict()


@dataclass(frozen=True, slots=True)
class Work:
    """A chunk on its way: its items, and the key of what they share, which is `common` where that is sent along.

    `seconds` is the limit of each item.
    """

    key: str
    items: tuple[Item, ...]
    installed: str
    seconds: float
    common: Common[Any] | None = None
    cache: str | None = None


@dataclass(frozen=True, slots=True)
class Lost:
    """How a process of our own ended, and whether the item that it was at is to be asked about again."""

    how: str
    again: bool


@dataclass(frozen=True, slots=True)
class ChunkReply:
    """The answers to the first items of a chunk, one at least; none where the process lacks what the items share.

    `lost` is given where the process of our own ended: the next item is what it was at.
    """

    known: bool
    answers: tuple[Answered[Any], ...] = ()
    lost: Lost | None = None


def answer_chunk(work: Work) -> ChunkReply:
    """Return the answers to the items of `work`, as far as they come within a second or so.

    Raises WorkersError where this process runs another installation, CacheError as the cache does.
    """
    with _LOCK:
        asker = _asker(work)
        return ChunkReply(known=False) if asker is None else ChunkReply(True, tuple(_answers(asker, work.items)))


def main(connection: str) -> None:
    """Be a process of our own: answer the chunks that come over the connection with this descriptor, until it ends."""
    collect_rarely()
    get_ready()
    with contextlib.suppress(EOFError, OSError):  # nobody asks any more
        talk(Connection(int(connection)))
    os._exit(0)  # Python would take half a second to free, one by one, what a sweep has compiled


def talk(parent: Connection) -> None:
    """Send each answer as soon as it is there, and after those of a chunk a `ChunkReply`, or the exception instead.

    Raises EOFError and OSError where the connection ends.
    """
    while True:
        work = parent.recv()
        last: ChunkReply | Exception
        try:
            asker = _asker(work)
            for found in _answers(asker, work.items) if asker else ():
                parent.send(found)
            last = ChunkReply(known=asker is not None)
        except OSError:
            raise
        except Exception as error:  # noqa: BLE001 - the parent judges it
            last = error
        parent.send(last)


def get_ready() -> None:
    """Answer something small, which loads and makes all that answering takes."""
    from verifier.known_clouds import clouds  # noqa: PLC0415 - only this process
    from verifier.questions.ask import Ask  # noqa: PLC0415 - as above
    from verifier.questions.prove import prove  # noqa: PLC0415 - as above
    from verifier.questions.question import ProveQuestion  # noqa: PLC0415 - as above

    for cloud in clouds():
        document = cloud.parse(Source("<small>", cloud.example))
        prove(ProveQuestion(cloud.by_itself(document, None), document), Ask())


def _asker(work: Work) -> Asker[Any] | None:
    if work.installed != installed():
        message = f"a worker has another installation, {installed()}, than the {work.installed} that asks it"
        raise WorkersError(message, help="install the same versions everywhere")
    asker = _KEPT.pop(work.key, None)
    if asker is None and work.common is not None:
        asker = work.common.asker(Cache(work.cache) if work.cache else None)
    if asker is not None:
        _KEPT[work.key] = asker
    while len(_KEPT) > _MOST_KEPT:
        _, oldest = _KEPT.popitem(last=False)
        if oldest.cache:
            oldest.cache.close()
    return asker


def _answers(asker: Asker[Any], items: Sequence[Item]) -> Iterator[Answered[Any]]:
    end = time.monotonic() + SLICE_SECONDS
    for item in items:
        yield asker.answer(item)
        if time.monotonic() > end:
            return
