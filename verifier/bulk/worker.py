"""What happens in a process that answers: the one function that is sent to executors, whatever they are.

The documents that all items share are not sent with every chunk. A chunk names them by a key; a process that does not
know it says so and is sent them. They are read and compiled once, and kept while they are among the last few used.
"""

from __future__ import annotations

import atexit
import os
import signal
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing import parent_process
from typing import Any

from verifier.bulk.asker import Asker, Common
from verifier.bulk.cache import Cache
from verifier.bulk.installed import installed
from verifier.bulk.item import Answered, Item
from verifier.errors import WorkersError
from verifier.pace import collect_rarely

SLICE_SECONDS = 1.0
_MOST_KEPT = 4
_SMALL = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}'

# Answering is for one thread at a time: an executor may have several in this process.
_LOCK = threading.Lock()
_KEPT: OrderedDict[str, Asker[Any]] = OrderedDict()


@dataclass(frozen=True, slots=True)
class Work:
    """A chunk on its way: its items, and the key of what they share, which is `common` where that is sent along."""

    key: str
    items: tuple[Item, ...]
    installed: str
    common: Common[Any] | None = None
    cache: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """The answers to the first items of a chunk, one at least; none where the process lacks what the items share."""

    known: bool
    answers: tuple[Answered[Any], ...] = ()


def answer(work: Work) -> Reply:
    """Return the answers to the items of `work`, as far as they come within a second or so.

    Raises WorkersError where this process runs another installation, CacheError as the cache does.
    """
    if work.installed != installed():
        message = f"a worker has another installation, {installed()}, than the {work.installed} that asks it"
        raise WorkersError(message, mend="install the same versions everywhere")
    with _LOCK:
        asker = _asker(work)
        return Reply(known=False) if asker is None else Reply(True, tuple(_answers(asker, work.items)))


def start_process() -> None:
    """Prepare a process of our own pool: it is ended by its parent, not by Ctrl-C, and does not outlive it."""
    collect_rarely()
    atexit.register(os._exit, 0)  # Python would take half a second to free, one by one, what a sweep has compiled
    # A handler that does nothing, unlike one that ignores, is not inherited by the solver's own processes.
    signal.signal(signal.SIGINT, lambda *_: None)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    threading.Thread(target=_end_with_parent, daemon=True).start()


def get_ready() -> None:
    """Answer something small, which loads and makes all that answering takes."""
    from verifier.policy.parse import parse  # noqa: PLC0415 - only this process
    from verifier.questions.prove import prove  # noqa: PLC0415 - as above

    policy = parse(_SMALL, "<small>")
    prove(policies=[policy], maximum=policy)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _asker(work: Work) -> Asker[Any] | None:
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
