"""A time limit that holds for a whole command, whatever it is doing: no step of it lasts longer than `--timeout` says.

Every search looks at its budget. What looks at none (reading a document of a hostile size, compiling it, matching one
text with thousands of patterns) is interrupted by the system's clock a second later, with the same `LimitReached`, so
that whoever would have caught that of a budget answers with what was found out until then. While an answer is printed
nothing is interrupted.
"""

from __future__ import annotations

import math
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from verifier.errors import LimitReached
from verifier.logic.budget import within

_GRACE = 1.0
_AGAIN = 0.2


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Let what happens inside last no longer than `seconds`. Raises LimitReached."""
    if not (math.isfinite(seconds) and seconds > 0):
        yield  # an error, which the command tells
        return
    with within(seconds):
        if not _has_alarm():
            yield
            return

        def late(*_: object) -> NoReturn:
            raise LimitReached(f"the time limit of {seconds:g} s was reached")

        def unraisable(found: sys.UnraisableHookArgs) -> None:
            if not isinstance(found.exc_value, LimitReached):  # one that came while an object was freed comes again
                hook(found)

        before, hook = signal.signal(signal.SIGALRM, late), sys.unraisablehook
        sys.unraisablehook = unraisable
        try:
            signal.setitimer(signal.ITIMER_REAL, seconds + _GRACE, _AGAIN)
            yield
        finally:
            answered()
            signal.signal(signal.SIGALRM, before)
            sys.unraisablehook = hook


def answered() -> None:
    """Say that the answer is there and only has to be printed."""
    if _has_alarm():
        signal.setitimer(signal.ITIMER_REAL, 0)


def _has_alarm() -> bool:
    return hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
