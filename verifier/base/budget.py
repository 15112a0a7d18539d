"""What a question may cost: the time until its deadline, and how deep its documents may nest.

    Budget             the end of a question; every search calls its `check`
    within(seconds)    no budget that is made inside lasts longer: the steps of a command share one deadline
    bounded()          nesting deeper than Python goes is a `LimitReached`
    deadline(seconds)  all of it for a whole command or question, also for code that looks at no budget
    uninterrupted()    something short that must not be interrupted
    answered()         the answer is there and only has to be printed

Code that looks at no budget reads a document of a hostile size, compiles it, or matches one text with thousands of
patterns. The system's clock interrupts it half a second after the deadline with the same `LimitReached`, so callers
handle both in one way. While an answer is printed nothing is interrupted: printing takes time in proportion to what it
prints.

The system's clock belongs to the program: it is used in the main thread only, and only if nobody else uses it.
Elsewhere the budgets alone hold. A deadline within another is no later than that, and has no alarm of its own.

An interruption can come between any two steps. So what outlives a question, such as a cache, is computed first and then
stored in one step. Code of other libraries does not expect it: what is short runs in `uninterrupted`, and an alarm that
finds a library making or freeing an object passes, since the object would be left half made. It comes again soon.
"""

from __future__ import annotations

import math
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic
from types import FrameType

from verifier.base.dataclass import dataclass
from verifier.base.errors import LimitReached


@dataclass(frozen=True, slots=True)
class Budget:
    """The end of a question on the clock of `time.monotonic`, in seconds, and the limit it came from."""

    end: float
    seconds: float

    @staticmethod
    def of(seconds: float) -> Budget:
        """Return a budget that ends `seconds` from now, or earlier: with the one that it is made `within`."""
        end, outer = monotonic() + seconds, _OUTER.get()
        return Budget(end, seconds) if outer is None or end <= outer.end else outer

    @property
    def remaining(self) -> float:
        """Seconds left, not below zero."""
        return max(0.0, self.end - monotonic())

    def check(self) -> None:
        """Raise LimitReached where the time is up."""
        if monotonic() > self.end:
            raise LimitReached(f"the time limit of {self.seconds:g} s was reached")


_OUTER: ContextVar[Budget | None] = ContextVar("the budget of the whole question", default=None)


@contextmanager
def bounded() -> Iterator[None]:
    """Let what happens inside nest no deeper than Python goes. Raises LimitReached."""
    try:
        yield
    except RecursionError:
        raise LimitReached("a document is nested too deeply, or a pattern has too many parts") from None


@contextmanager
def within(seconds: float) -> Iterator[Budget]:
    """Give a budget that no budget made inside outlasts."""
    budget = Budget.of(seconds)
    token = _OUTER.set(budget)
    try:
        yield budget
    finally:
        _OUTER.reset(token)


_GRACE = 0.5
_AGAIN = 0.2
_PACKAGE = __name__.partition(".")[0]
_TOLD = "told_unraisable"
_UNINTERRUPTED: ContextVar[bool] = ContextVar("whether the alarm passes and comes again later", default=False)


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Let what happens inside last no longer than `seconds`, and nest as deep as Python goes. Raises LimitReached."""
    if not (math.isfinite(seconds) and seconds > 0):
        yield  # an error, which the command tells
        return
    with within(seconds), bounded():
        if not _is_free():
            yield
            return

        ended = False

        def late(_: int, frame: FrameType | None) -> None:
            if not (ended or _UNINTERRUPTED.get() or _is_making(frame)):
                raise LimitReached(f"the time limit of {seconds:g} s was reached")

        def told_unraisable(found: sys.UnraisableHookArgs) -> None:
            if not isinstance(found.exc_value, LimitReached):  # one that came while an object was freed comes again
                hook(found)

        before, hook = signal.signal(signal.SIGALRM, late), sys.unraisablehook
        sys.unraisablehook = told_unraisable
        try:
            try:
                signal.setitimer(signal.ITIMER_REAL, seconds + _GRACE, _AGAIN)
                yield
            finally:
                ended = True  # an alarm that comes now would keep what follows from being done
        finally:
            ended = True
            answered()
            signal.signal(signal.SIGALRM, before)
            sys.unraisablehook = hook


def _is_making(frame: FrameType | None) -> bool:
    """Whether code of a library that we called makes or frees an object, or Python tells what came of that."""
    while frame is not None and frame.f_globals.get("__name__", "").partition(".")[0] != _PACKAGE:
        if frame.f_code.co_name in ("__init__", "__del__"):
            return True
        frame = frame.f_back
    return frame is not None and frame.f_code.co_name == _TOLD


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Let the alarm pass while something short happens that an exception would leave half done; it comes again."""
    token = _UNINTERRUPTED.set(True)
    try:
        yield
    finally:
        _UNINTERRUPTED.reset(token)


def answered() -> None:
    """Say that the answer is there and only has to be printed."""
    if _has_alarm():
        signal.setitimer(signal.ITIMER_REAL, 0)


def _is_free() -> bool:
    """Whether the alarm can be set here, and nobody has."""
    unset = (signal.SIG_DFL, signal.SIG_IGN)
    return _has_alarm() and signal.getsignal(signal.SIGALRM) in unset and not any(signal.getitimer(signal.ITIMER_REAL))


def _has_alarm() -> bool:
    return hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
