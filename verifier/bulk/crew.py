"""Who does the work: processes of our own, which are replaced when one dies, or an executor of the caller's."""

from __future__ import annotations

import multiprocessing
import os
import signal
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from typing import TypeVar

from verifier.bulk.worker import get_ready, start_process
from verifier.errors import WorkersError

T = TypeVar("T")
A = TypeVar("A")


class Crew(ABC):
    """Runs functions elsewhere; `width` is how many it is likely to run at once."""

    width: int
    local: bool

    @abstractmethod
    def submit(self, function: Callable[[A], T], argument: A) -> Future[T]:
        """Return the future of a call. Raises BrokenExecutor or WorkersError where none can be made any more."""

    @abstractmethod
    def renew(self, why: BaseException) -> None:
        """Go on after everything that was submitted is lost. Raises WorkersError where that is not possible."""

    @abstractmethod
    def close(self, *, at_once: bool) -> None:
        """End the processes that are our own: those that still work too, where it is to be at once."""


class OwnProcesses(Crew):
    """`jobs` processes on this machine, started afresh (`spawn`): threads and Z3 do not survive a fork.

    They start at once, all of them, and load what answering takes before the first items come.
    """

    local = True

    def __init__(self, jobs: int) -> None:
        self.width = jobs
        self._start()

    def submit(self, function: Callable[[A], T], argument: A) -> Future[T]:
        with _interrupts_blocked():
            return self._pool.submit(function, argument)

    def renew(self, why: BaseException) -> None:
        self.close(at_once=True)
        self._start()

    def close(self, *, at_once: bool) -> None:
        processes = self.processes()
        self._pool.shutdown(wait=not at_once, cancel_futures=True)
        for process in processes:
            process.kill()
        for process in processes:
            process.join()

    def processes(self) -> list[BaseProcess]:
        """Return the processes that are there."""
        return list((self._pool._processes or {}).values())  # noqa: SLF001 - public only in Python 3.14

    def _start(self) -> None:
        spawn = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(self.width, mp_context=spawn, initializer=start_process)
        with _interrupts_blocked():
            for _ in range(self.width):
                self._pool.submit(get_ready)


@contextmanager
def _interrupts_blocked() -> Iterator[None]:
    """Hold Ctrl-C back: a process starts with it blocked, and takes it once `start_process` has run."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class GivenExecutor(Crew):
    """An executor of the caller's, who also ends it."""

    local = False

    def __init__(self, executor: Executor, width: int) -> None:
        self._executor = executor
        self.width = width

    def submit(self, function: Callable[[A], T], argument: A) -> Future[T]:
        try:
            return self._executor.submit(function, argument)
        except RuntimeError as error:  # what executors raise that are shut down or broken
            self.renew(error)
            raise

    def renew(self, why: BaseException) -> None:
        what = str(why) or type(why).__name__
        message = f"the executor does not work any more: {what[:1].lower()}{what[1:]}"
        raise WorkersError(message, mend="start it again; with a cache, what is answered is not asked again") from why

    def close(self, *, at_once: bool) -> None:
        """Leave the executor as it is."""


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
