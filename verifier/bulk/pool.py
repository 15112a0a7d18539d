"""Who does the work: processes of our own, which are replaced when they end, get stuck or grow old, or an executor."""

from __future__ import annotations

import contextlib
import dataclasses
import threading
from abc import ABC, abstractmethod
from concurrent.futures import Executor, Future
from multiprocessing.connection import Connection, Pipe
from queue import SimpleQueue
from typing import Any, TypeAlias

from verifier.base.errors import WorkersError, reason_of
from verifier.base.processes import Child
from verifier.bulk.items import Answered
from verifier.bulk.worker import ChunkReply, Lost, Work, answer_chunk

MARGIN_SECONDS = 30.0
# It bounds the memory of a process: what is freed among what stays is not given back, some MiB in a thousand items.
MOST_ANSWERS = 20_000

_Task: TypeAlias = tuple[Future[ChunkReply], Work]


class Crew(ABC):
    """Answers chunks elsewhere; `width` is how many it is likely to answer at once."""

    width: int

    @abstractmethod
    def submit(self, work: Work) -> Future[ChunkReply]:
        """Return the future of the reply to `work`. Raises WorkersError where none can be made any more."""

    @abstractmethod
    def close(self, *, at_once: bool) -> None:
        """End the processes that are our own: those that still work too, where it is to be at once."""


class OwnProcesses(Crew):
    """`jobs` processes on this machine. They start at once, and load what answering takes before the first items come.

    Each has a thread here, which sends it one chunk after the other and takes the answers as they come. So it knows
    which item a process was at when it ended, or when it did not come back within the item's limit and
    `MARGIN_SECONDS`, and was ended by the thread.
    """

    def __init__(self, jobs: int) -> None:
        self.width = jobs
        self._tasks: SimpleQueue[_Task | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._closed = False
        self._workers: list[Worker] = []
        self._threads = [threading.Thread(target=self._serve, args=(self._start(),), daemon=True) for _ in range(jobs)]
        for thread in self._threads:
            thread.start()

    def submit(self, work: Work) -> Future[ChunkReply]:
        future: Future[ChunkReply] = Future()
        self._tasks.put((future, work))
        return future

    def close(self, *, at_once: bool) -> None:
        for _ in self._threads:
            self._tasks.put(None)
        if at_once:
            with self._lock:
                self._closed = True
                for worker in self._workers:
                    worker.kill()
        for thread in self._threads:
            thread.join()

    def pids(self) -> list[int]:
        """Return the numbers of the processes that are there."""
        with self._lock:
            return [worker.pid for worker in self._workers]

    def _serve(self, worker: Worker | None) -> None:
        while worker is not None:
            try:
                again = self._talk(worker)
            finally:
                with self._lock:
                    self._workers.remove(worker)
                    worker.end()
            try:
                worker = self._start() if again else None
            except OSError as error:
                worker = None
                self._refuse(error)

    def _start(self) -> Worker | None:
        with self._lock:
            if self._closed:
                return None
            worker = Worker()
            self._workers.append(worker)
            return worker

    def _refuse(self, why: OSError) -> None:
        """Say, of whatever is asked from now on, that there is no process to answer it."""
        while (task := self._tasks.get()) is not None:
            message = f"cannot start a process: {reason_of(why)}"
            task[0].set_exception(WorkersError(message, help="use fewer --jobs"))

    def _talk(self, worker: Worker) -> bool:
        """Give `worker` one chunk after the other; tell whether another one is to take over."""
        while (task := self._tasks.get()) is not None and not self._closed:
            future, work = task
            if future.set_running_or_notify_cancel():
                try:
                    reply = worker.answer(work)
                except Exception as error:  # noqa: BLE001 - of the process, or of the talk with it: handed on
                    future.set_exception(error)
                    continue
                future.set_result(reply)
                if reply.lost is not None or worker.answered >= MOST_ANSWERS:
                    return True
        return False


class Worker:
    """A process that answers one chunk at a time (`worker.py`), and the connection to it; `answered` counts items."""

    def __init__(self) -> None:
        self.answered = 0
        self._connection, theirs = Pipe()
        try:
            self._child = Child("verifier.bulk.worker", str(theirs.fileno()), files=[theirs.fileno()])
        finally:
            theirs.close()

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._child.process.pid

    def answer(self, work: Work) -> ChunkReply:
        """Return the reply to `work`; where the process ends meanwhile, with the answers that came, and why no more.

        Raises what the process raised.
        """
        with contextlib.suppress(OSError):  # a process that is gone is noticed below
            self._connection.send(work)
        answers: list[Answered[Any]] = []
        while isinstance(message := self._message(work.seconds + MARGIN_SECONDS), Answered):
            answers.append(message)
        self.answered += len(answers)
        if isinstance(message, Exception):
            raise message
        return dataclasses.replace(message, answers=tuple(answers))

    def _message(self, seconds: float) -> Answered[Any] | ChunkReply | Exception:
        """Return what the process sends next, or that it is lost."""
        try:
            if comes(self._connection, seconds):
                message: Answered[Any] | ChunkReply | Exception = self._connection.recv()
                return message
            self.kill()
            how = f"the process that was to answer was ended: it did not come back within {seconds:g} s"
            return ChunkReply(known=True, lost=Lost(how, again=False))
        except Exception:  # noqa: BLE001 - whatever a message that is cut off leads to
            self.kill()
            how = f"the process that was to answer died, again and again (exit code {self._child.process.wait()})"
            return ChunkReply(known=True, lost=Lost(how, again=True))

    def kill(self) -> None:
        """End the process, so that whoever talks to it is told."""
        self._child.process.kill()

    def end(self) -> None:
        """End the process and the connection to it."""
        self._child.end()
        self._connection.close()


def comes(connection: Connection, seconds: float) -> bool:
    """Tell whether a message, or the end of the connection, comes within `seconds`."""
    return connection.poll(seconds)


class GivenExecutor(Crew):
    """An executor of the caller's, who also ends it."""

    def __init__(self, executor: Executor, width: int) -> None:
        self._executor = executor
        self.width = width

    def submit(self, work: Work) -> Future[ChunkReply]:
        try:
            return self._executor.submit(answer_chunk, work)
        except RuntimeError as error:  # what executors raise that are shut down or broken
            raise executor_lost(error) from error

    def close(self, *, at_once: bool) -> None:
        """Leave the executor as it is."""


def executor_lost(why: BaseException) -> WorkersError:
    """Return the error that an executor of the caller's does not work any more."""
    what = str(why) or type(why).__name__
    message = f"the executor does not work any more: {what[:1].lower()}{what[1:]}"
    return WorkersError(message, help="start it again; with a cache, what is answered is not asked again")
