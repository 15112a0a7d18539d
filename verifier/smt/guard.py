"""Z3 under control: a time limit that holds, whatever Z3 is doing, and a cap on its memory.

Z3's own time limit is soft. `check` asks in this process for a first short while, on a thread, with a watchdog that
interrupts it; an answer that is not there by then is sought in a process of its own (`process.py`) for the time that is
left, and that process is killed at the end. A thread that does not even come back from the interruption is left behind,
with its context, which is never used again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import z3

from verifier.errors import LimitReached

MEMORY_MB = 1024
_GRACE = 1.0
_T = TypeVar("_T")

z3.set_param("memory_max_size", MEMORY_MB)


@dataclass(frozen=True, slots=True)
class Stuck(Exception):
    """A call did not come back from its interruption."""


def check(solver: z3.Solver, seconds: float) -> z3.CheckSatResult:
    """Return Z3's answer; `unknown` where it has none within `seconds`. Raises LimitReached where it is stuck."""
    solver.set("timeout", max(1, int(seconds * 1000)))
    try:
        return on_thread(solver.check, seconds, solver.ctx.interrupt)
    except Stuck:
        raise LimitReached("Z3 did not come back from its interruption") from None
    except z3.Z3Exception as error:
        raise LimitReached(f"Z3 gave up: {_words(error)}") from None


def on_thread(call: Callable[[], _T], seconds: float, interrupt: Callable[[], object]) -> _T:
    """Return what `call` returns; interrupt it after `seconds`. Raises Stuck where it is not back a second later."""
    outcome: list[_T] = []
    failure: list[BaseException] = []

    def run() -> None:
        try:
            outcome.append(call())
        except BaseException as error:  # noqa: BLE001  # handed to the caller's thread, whatever it is
            failure.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        interrupt()
        thread.join(_GRACE)
    if failure:
        raise failure[0]
    if not outcome:
        raise Stuck
    return outcome[0]


def _words(error: z3.Z3Exception) -> str:
    value = error.value
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
