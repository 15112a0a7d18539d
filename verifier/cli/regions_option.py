"""The regions of a call's answer: `diff` shows them always, `prove` and `confine` on `--all`."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from verifier.base.errors import UsageError
from verifier.cli.options import Format
from verifier.questions.ask import Ask

if TYPE_CHECKING:
    from verifier.regions.region import Regions
    from verifier.regions.regions_of import Parted

# A list of findings and a list of tests have no place for them.
_WITHOUT = (Format.SARIF, Format.JUNIT)
# What the proofs about regions may take even where the verdict took all the time.
_LEAST = 0.5


class Clock:
    """The time that is left of a call's timeout, in seconds."""

    def __init__(self, timeout: float) -> None:
        """Begin now."""
        self._ends = time.monotonic() + timeout

    @property
    def left(self) -> float:
        """What is left; a little always is."""
        return max(self._ends - time.monotonic(), _LEAST)


def parted(question: Parted, clock: Clock, ask: Ask, limit: int | None, form: Format) -> Regions | None:
    """Return the regions of `question`, at most `limit` of them, found in the time left; None where none are shown."""
    if form in _WITHOUT:
        return None
    from verifier.regions.regions_of import regions_of

    found = regions_of(question, replace(ask, seconds=clock.left))
    return found if limit is None else found.cut(limit)


def check_all(wanted: bool, form: Format) -> None:
    """Raise UsageError where `--all` cannot be given."""
    if wanted and form in _WITHOUT:
        help = "use `text`, `json`, `html` or `markdown` with `--all`"
        raise UsageError(f"`--format {form.value}` does not show groups of requests", help=help)
