"""One run over many processes, with a bounded number of chunks under way.

A chunk comes back whole, or in part (`bulk/worker.py`, `SLICE_SECONDS`), or not at all. What is not answered is sent
again. A process of our own that ends says at which item it was: an item that ends a process twice, or that holds one
for too long, is answered as undecided. An executor does not say it: if it lost a chunk twice, the items are sent one by
one, and an item that is lost even then is answered as undecided.
"""

from __future__ import annotations

import dataclasses
import hashlib
import pickle
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from typing import Generic, TypeVar

from verifier.base.errors import InputError, WorkersError
from verifier.bulk.answerer import Asker, Common
from verifier.bulk.items import Answered, Item, chunks
from verifier.bulk.pool import Crew, executor_lost
from verifier.bulk.records import installed
from verifier.bulk.worker import ChunkReply, Lost, Work

_Shown = TypeVar("_Shown")

_CHUNKS_EACH = 6
_CHUNKS_OF_FILES_EACH = 40
_MOST_LOSSES = 2


class ChunkSlot(Generic[_Shown]):
    """A chunk under way: its items, the answers that have come, and the future of those that are out."""

    def __init__(self, items: list[Item], answers: list[Answered[_Shown] | None]) -> None:
        self.items = items
        self.answers = answers
        self.out: list[int] = []
        self.future: Future[ChunkReply] | None = None
        self.losses = 0
        self.ended: Counter[int] = Counter()
        self.shown = 0

    def open(self) -> list[int]:
        """The places of the items without an answer."""
        return [place for place, found in enumerate(self.answers) if found is None]

    def fill(self, place: int, found: Answered[_Shown]) -> None:
        """Take the answer to the item at `place`, which has none yet."""
        assert self.answers[place] is None
        self.answers[place] = found

    def ready(self) -> Iterator[Answered[_Shown]]:
        """Yield the answers that come next, each once."""
        while self.shown < len(self.answers) and (found := self.answers[self.shown]) is not None:
            self.shown += 1
            yield found

    @property
    def done(self) -> bool:
        """Whether every answer has been yielded."""
        return self.shown == len(self.answers)


class Spread(Generic[_Shown]):
    """One run: the items of `common`, answered by `crew`.

    `cache` is a file that the crew's processes use themselves. Where they are not our own, `here` remembers on their
    behalf, and checks what they say.
    """

    def __init__(
        self, common: Common[_Shown], crew: Crew, *, cache: str | None = None, here: Asker[_Shown] | None = None
    ) -> None:
        self._common = common
        self._crew = crew
        self._cache = cache
        self._here = here
        self._key = hashlib.sha256(pickle.dumps((common, cache))).hexdigest()
        self._first = crew.width
        self._slots: deque[ChunkSlot[_Shown]] = deque()

    def answers(self, items: Iterable[Item]) -> Iterator[Answered[_Shown]]:
        """Yield the answer to each of `items`, in order; what is under way at the end is cancelled.

        Raises WorkersError where the crew is lost, CacheError as the cache does.
        """
        coming, ended = chunks(items), False
        try:
            while self._fill(coming) or self._slots:
                self._absorb()
                while self._slots:
                    yield from self._slots[0].ready()
                    if not self._slots[0].done:
                        break
                    self._slots.popleft()
            ended = True
        finally:
            for slot in self._slots:
                if slot.future is not None:
                    slot.future.cancel()
            self._crew.close(at_once=not ended)

    def _fill(self, coming: Iterator[list[Item]]) -> bool:
        """Send chunks until enough are under way; tell whether there may be more."""
        while len(self._slots) < self._ahead() * self._crew.width:
            chunk = next(coming, None)
            if chunk is None:
                return False
            slot = self._slot(chunk)
            self._slots.append(slot)
            self._send(slot, with_common=self._first > 0)
            self._first -= 1
        return True

    def _ahead(self) -> int:
        """How many chunks are to be under way for each process.

        Answers come in order, so while one process is at something slow the others live on what is read ahead. Whoever
        writes to a pipe may wait for the first answers; files are there.
        """
        return _CHUNKS_OF_FILES_EACH if self._slots and self._slots[-1].items[-1].file else _CHUNKS_EACH

    def _slot(self, chunk: list[Item]) -> ChunkSlot[_Shown]:
        if self._here is None or self._here.cache is None:
            return ChunkSlot(chunk, [None] * len(chunk))
        found = [self._here.recall(item) for item in chunk]
        return ChunkSlot([item for _, item in found], [answered for answered, _ in found])

    def _send(self, slot: ChunkSlot[_Shown], *, with_common: bool) -> None:
        slot.out = slot.open()
        if slot.out:
            work = self._work([slot.items[place] for place in slot.out], with_common=with_common)
            slot.future = self._crew.submit(work)

    def _work(self, items: Iterable[Item], *, with_common: bool) -> Work:
        common = self._common if with_common else None
        return Work(self._key, tuple(items), installed(), self._common.ask.seconds, common, self._cache)

    def _absorb(self) -> None:
        """Wait until some chunk is back, and take what it brings."""
        under_way = [slot.future for slot in self._slots if slot.future is not None]
        if not under_way:
            return
        done, _ = wait(under_way, return_when=FIRST_COMPLETED)
        lost: list[ChunkSlot[_Shown]] = []
        for slot in self._slots:
            future = slot.future
            if future is None or future not in done:
                continue
            slot.future = None
            try:
                self._take(slot, future.result())
            except (InputError, ImportError, BrokenExecutor) as error:
                raise _fatal(error) from None
            except Exception:  # noqa: BLE001 - whatever an executor says of a process that died
                lost.append(slot)
        for slot in lost:
            slot.losses += 1
            if slot.losses >= _MOST_LOSSES:
                self._one_by_one(slot)
        for slot in lost:
            self._send(slot, with_common=True)

    def _take(self, slot: ChunkSlot[_Shown], reply: object) -> None:
        if not isinstance(reply, ChunkReply) or (reply.known and not reply.answers and reply.lost is None):
            raise ValueError("no answer came")
        for place, found in zip(slot.out, reply.answers, strict=False):
            self._keep(slot, place, found)
        if reply.lost is not None:
            self._lose(slot, slot.out[len(reply.answers)], reply.lost)
        self._send(slot, with_common=not reply.known or reply.lost is not None)

    def _lose(self, slot: ChunkSlot[_Shown], place: int, lost: Lost) -> None:
        """Answer the item at which a process ended, unless it is to be asked about once more."""
        slot.ended[place] += 1
        if not lost.again or slot.ended[place] >= _MOST_LOSSES:
            self._keep(slot, place, Answered(self._common.lost(slot.items[place], lost.how)))

    def _keep(self, slot: ChunkSlot[_Shown], place: int, found: Answered[_Shown]) -> None:
        if self._here is not None:
            item = slot.items[place]
            found = self._here.checked(item, found)
            if self._here.cache is not None and item.key is not None and found.record is not None:
                found = dataclasses.replace(found, forgotten=self._here.cache.put(item.key, found.record))
        slot.fill(place, found)

    def _one_by_one(self, slot: ChunkSlot[_Shown]) -> None:
        """Answer the items of `slot` that are left, each by itself."""
        for place in slot.open():
            item = slot.items[place]
            try:
                reply = self._crew.submit(self._work([item], with_common=True)).result()
                why = reply.lost.how if reply.lost else "no answer came"
                found = reply.answers[0] if reply.answers else Answered(self._common.lost(item, why))
            except (InputError, ImportError, BrokenExecutor) as error:
                raise _fatal(error) from None
            except Exception as error:  # noqa: BLE001 - as above
                what = str(error) or type(error).__name__
                reason = f"the process that was to answer died, again and again: {' '.join(what.split())}"
                found = Answered(self._common.lost(item, reason))
            self._keep(slot, place, found)


def _fatal(error: InputError | ImportError | BrokenExecutor) -> InputError:
    if isinstance(error, InputError):
        return error
    if isinstance(error, BrokenExecutor):
        return executor_lost(error)
    return WorkersError(
        f"a worker cannot run verifier: {error}", help="install the same checkout of verifier where the workers are"
    )
