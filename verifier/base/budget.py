"""What a question may cost: the time until its deadline, looked at from inside every search; and the depth (`bounded`).

A question asked in several steps, as a command does (search, choose, explain, regions), has one deadline for all of
them: no budget that is made inside `within` lasts longer than that.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic

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
