"""How the time of a proof grows with the size of its documents: measured here and now, on families of questions.

    growth()                          every family of `families.py`, within eight seconds
    growth("statements", seconds=3)   one of them

A family is asked at sizes of 10, 20, 50, 100, ... as long as its share of the time lasts. What counts is the time of
the processor, so that other work on the machine does not show; parsing is part of it, as for a document that is seen
for the first time. Of what is short the least of three counts. (A question that is not settled within two seconds goes
to a process of its own, whose time does not count; these families do not need that.) The exponent is the slope of the
least squares line through the upper half of the sizes, on log axes: 1 means that twice the size takes twice the time.
"""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from verifier.api import ask_of
from verifier.base.errors import UsageError, quote
from verifier.questions.ask import Ask
from verifier.questions.prove import prove
from verifier.questions.verdict import Contained
from verifier.report.style import html_table, text_table
from verifier.scaling.families import FAMILIES, Grown
from verifier.shown import frame_of_rows

_HEAD = ("family", "largest size", "seconds", "exponent")
_LARGEST = 100_000
# A size is tried where, at this exponent, it is expected to fit into the time that is left.
_EXPECTED = 1.5
_REPEATS, _SHORT = 3, 0.3
_LEAST = 1e-6


@dataclass(frozen=True)
class Growth:
    """The measured sizes of a family, each with the seconds of the processor that its question took."""

    family: str
    points: tuple[tuple[int, float], ...]

    @property
    def exponent(self) -> float:
        """The slope on log axes through the upper half of the points, three at least; NaN of fewer than two."""
        upper = self.points[-max(3, math.ceil(len(self.points) / 2)) :]
        if len(upper) < 2:
            return math.nan
        xs, ys = [math.log(size) for size, _ in upper], [math.log(taken) for _, taken in upper]
        x_mean, y_mean = sum(xs) / len(xs), sum(ys) / len(ys)
        slope = sum((x - x_mean) * (y - y_mean) for x, y in zip(xs, ys, strict=True))
        return slope / sum((x - x_mean) ** 2 for x in xs)

    def as_row(self) -> tuple[str, int, str, str]:
        """Return the family, its largest size, what that took, and the exponent."""
        size, taken = self.points[-1] if self.points else (0, math.nan)
        return self.family, size, f"{taken:.3f}", f"{self.exponent:.2f}"


@dataclass(frozen=True, repr=False)
class Growths:
    """What was measured of several families."""

    families: tuple[Growth, ...]

    def __iter__(self) -> Iterator[Growth]:
        return iter(self.families)

    def as_rows(self) -> list[tuple[str, int, str, str]]:
        """Return a row for each family: see `Growth.as_row`."""
        return [one.as_row() for one in self.families]

    def to_frame(self) -> Any:
        """Return the rows as a pandas.DataFrame, or as a list of records where pandas is not installed."""
        return frame_of_rows(_HEAD, self.as_rows())

    def __repr__(self) -> str:
        return text_table(_HEAD, self.as_rows())

    def _repr_html_(self) -> str:
        return html_table(_HEAD, self.as_rows())


def growth(*families: str, seconds: float = 8.0) -> Growths:
    """Measure `families`, all of them where none is named, within `seconds` together.

    Raises UsageError for a family that there is not, or a time that is none.
    """
    ask = ask_of(seconds, "fast")
    for name in families:
        if name not in FAMILIES:
            known = ", ".join(map(quote, FAMILIES))
            raise UsageError(f"there is no family {quote(name)}", help=f"use one of {known}")
    names = families or tuple(FAMILIES)
    _measured("statements", Ask(1.0), largest=10)
    share = Ask(ask.seconds / len(names))
    return Growths(tuple(_measured(name, share) for name in names))


def _measured(name: str, ask: Ask, largest: int = _LARGEST) -> Growth:
    """Ask a family at growing sizes; a size at which not every answer is found in time ends it."""
    points: list[tuple[int, float]] = []
    end = time.monotonic() + ask.seconds
    waited = 0.0
    for size in _sizes(largest):
        start = time.monotonic()
        if points and waited * (size / points[-1][0]) ** _EXPECTED > end - start:
            break
        taken = _timed(name, size, end)
        if taken is None:
            break
        points.append((size, taken))
        waited = time.monotonic() - start
    return Growth(name, tuple(points))


def _timed(name: str, size: int, end: float) -> float | None:
    """The seconds of a question, the least of three where it is short; None where an answer is not found in time."""
    taken: list[float] = []
    while not taken or (len(taken) < _REPEATS and sum(taken) < _SHORT and time.monotonic() < end):
        start = time.process_time()
        if not _asked(FAMILIES[name](size), Ask(max(end - time.monotonic(), 0.1))):
            return None
        taken.append(max(time.process_time() - start, _LEAST))
    return min(taken)


def _sizes(largest: int) -> Iterator[int]:
    return itertools.takewhile(
        lambda size: size <= largest, (step * 10**power for power in itertools.count(1) for step in (1, 2, 5))
    )


def _asked(question: Grown, ask: Ask) -> bool:
    return all(isinstance(prove(question.standard.question(one), ask), Contained) for one in question.policies)
