"""Items to answers: each exactly once, in order, in this process, in processes of our own, or by an executor.

    answer_items    the answers to items, by the `Means` of a call
    started         the processes that `answer_items` would start, started earlier

What many processes need (`spread.py`, `pool.py`, `cache.py`) is loaded where there are several: one process answers
without it, and starts sooner.
"""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import os
import warnings
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from verifier.api import PathName
from verifier.base.dataclass import dataclass
from verifier.base.errors import UsageError, quote
from verifier.bulk.answerer import Common
from verifier.bulk.items import Answered, Item

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from verifier.bulk.cache import Cache
    from verifier.bulk.pool import OwnProcesses

_Shown = TypeVar("_Shown")

# How many documents are worth a process, and how many workers an executor has that does not say.
_EACH = 8
_WORKERS = 16


def warn_in_python(message: str) -> None:
    """Say `message` as Python's own warnings are said."""
    warnings.warn(message, RuntimeWarning, stacklevel=2)


@dataclass(frozen=True)
class Means:
    """How a call is to be answered; `jobs` is None for as many processes as there are cores and work for.

    `crew` are processes that have been started already (`started`). `warn` is told, once, that a cache keeps nothing
    any more; the answers go on.
    """

    jobs: int | None
    executor: Executor | None
    workers: int
    cache: str | None
    crew: OwnProcesses | None = None
    warn: Callable[[str], None] = warn_in_python

    @staticmethod
    def of(
        *, jobs: int | None = 1, executor: Executor | None = None, workers: int | None = None, cache: PathName | None
    ) -> Means:
        """Return the means that a call names. Raises UsageError for a number that is none."""
        for name, number in (("jobs", jobs), ("workers", workers)):
            if number is not None and number < 1:
                raise UsageError(f"{quote(str(number))} is not a number of {name}", help="give at least one")
        return Means(jobs, executor, workers or _WORKERS, None if cache is None else os.fspath(cache))


def answer_items(items: Iterable[Item], common: Common[_Shown], means: Means) -> Generator[_Shown, None, None]:
    """Yield what is shown of the answer to each of `items`, in order. Raises as `Spread.answers` does."""
    if means.cache is None:
        return _run(iter(items), common, means, None)
    from verifier.bulk.cache import Cache  # noqa: PLC0415 - see the header

    return _run(iter(items), common, means, Cache(means.cache))


@contextmanager
def started(items: Iterable[Item], means: Means) -> Iterator[tuple[Iterator[Item], Means]]:
    """Give both back with the processes that `run` would start, which get ready while the caller reads what they share.

    They are ended afterwards, whatever they do.
    """
    if means.executor is not None:
        yield iter(items), means
        return
    from verifier.bulk.pool import OwnProcesses  # noqa: PLC0415 - see the header

    jobs, coming = _jobs(iter(items), means.jobs)
    crew = OwnProcesses(jobs) if jobs > 1 else None
    try:
        yield coming, dataclasses.replace(means, jobs=jobs, crew=crew)
    finally:
        if crew is not None:
            crew.close(at_once=True)


def _run(
    items: Iterator[Item], common: Common[_Shown], means: Means, cache: Cache | None
) -> Generator[_Shown, None, None]:
    told = False
    try:
        with contextlib.closing(_answered(items, common, means, cache)) as found:
            for answered in found:
                if answered.forgotten is not None and not told:
                    told = True
                    means.warn(answered.forgotten)
                yield answered.shown
    finally:
        if cache is not None:
            cache.close()


def _answered(
    items: Iterator[Item], common: Common[_Shown], means: Means, cache: Cache | None
) -> Generator[Answered[_Shown], None, None]:
    jobs, items = (1, items) if means.executor is not None else _jobs(items, means.jobs)
    if means.executor is None and jobs == 1:
        yield from map(common.asker(cache).answer, items)
        return
    from verifier.bulk.pool import GivenExecutor, OwnProcesses  # noqa: PLC0415 - see the header
    from verifier.bulk.spread import Spread  # noqa: PLC0415 - as above

    if means.executor is not None:
        crew = GivenExecutor(means.executor, means.workers)
        yield from Spread(common, crew, here=common.asker(cache)).answers(items)
    else:
        yield from Spread(common, means.crew or OwnProcesses(jobs), cache=means.cache).answers(items)


def _jobs(items: Iterator[Item], jobs: int | None) -> tuple[int, Iterator[Item]]:
    """Return how many processes to use, and the items again."""
    if jobs is not None:
        return jobs, items
    most = _cores()
    first = list(itertools.islice(items, _EACH * most))
    return min(most, 1 + max(0, len(first) - 1) // _EACH), itertools.chain(first, items)


def _cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
