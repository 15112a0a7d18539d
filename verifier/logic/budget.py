"""What a question may cost: the time until its deadline, looked at from inside every search."""

from __future__ import annotations

from time import monotonic

from verifier.dataclass import dataclass
from verifier.errors import LimitReached


@dataclass(frozen=True, slots=True)
class Budget:
    """The end of a question on the clock of `time.monotonic`, in seconds, and the limit it came from."""

    end: float
    seconds: float

    @staticmethod
    def of(seconds: float) -> Budget:
        """Return a budget that ends `seconds` from now."""
        return Budget(monotonic() + seconds, seconds)

    @property
    def remaining(self) -> float:
        """Seconds left, not below zero."""
        return max(0.0, self.end - monotonic())

    def check(self) -> None:
        """Raise LimitReached where the time is up."""
        if monotonic() > self.end:
            raise LimitReached(f"the time limit of {self.seconds:g} s was reached")
