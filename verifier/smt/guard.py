"""Z3 under control: a time limit that holds, whatever Z3 is doing, and a cap on its memory.

Z3's own time limit is soft. `guarded_check` runs it on a thread, with a watchdog that interrupts it; a thread that does
not even come back from that is left behind, with its solver, which must not be used again. `lazy_loop.py` uses this for
a first short while, and a process that can be killed for what takes longer.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

import z3

from verifier.base.deadline import uninterrupted
from verifier.base.errors import LimitReached
from verifier.smt.process import MEMORY_MB

_GRACE = 1.0
_T = TypeVar("_T")

z3.set_param("memory_max_size", MEMORY_MB)


class Stuck(Exception):
    """A call did not come back from its interruption."""


def guarded_check(solver: z3.Solver, seconds: float) -> z3.CheckSatResult:
    """Return Z3's answer; `unknown` where it has none within `seconds`.

    Raises Stuck where it does not come back, LimitReached where memory runs out.
    """
    solver.set("timeout", max(1, int(seconds * 1000)))
    solver.set("ctrl_c", False)  # Z3 would take Ctrl-C for itself, and answer `unknown`
    try:
        return on_thread(solver.check, seconds, solver.ctx.interrupt)
    except z3.Z3Exception as error:
        raise LimitReached(f"Z3 gave up: {_words(error)}") from None


def on_thread(call: Callable[[], _T], seconds: float, interrupt: Callable[[], object]) -> _T:
    """Return what `call` returns; interrupt it after `seconds`, and on Ctrl-C.

    Raises Stuck where it is not back a second later.
    """
    outcome: list[_T] = []
    failure: list[BaseException] = []

    def run() -> None:
        try:
            outcome.append(call())
        except BaseException as error:  # noqa: BLE001  # handed to the caller's thread, whatever it is
            failure.append(error)

    thread = threading.Thread(target=run, daemon=True)
    try:
        with uninterrupted():
            thread.start()
        thread.join(seconds)
    finally:
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
