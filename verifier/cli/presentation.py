"""How a call wants its answer, and what is found out for that.

Presentation     printed in a format, also written to files
Clock            the time that is left of a call
parted           the groups of requests of an answer: `diff` shows them always, `prove` and `confine` on `--all`
check_all        refuses `--all` where no format can show it
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from verifier.base.budget import Budget
from verifier.base.dataclass import dataclass
from verifier.base.errors import UsageError
from verifier.cli.options import Format
from verifier.questions.ask import Ask

if TYPE_CHECKING:
    from verifier.cli.outputs import Output
    from verifier.regions.region import Regions
    from verifier.regions.regions import Parted

# The formats that show groups of requests; a list of findings and a list of tests have no place for them.
_WITH_GROUPS = (Format.TEXT, Format.JSON, Format.HTML, Format.MARKDOWN)
# What the proofs about regions may take even where the verdict took all the time.
_LEAST = 0.5


class Clock:
    """The time that is left of a call's timeout, in seconds."""

    def __init__(self, timeout: float) -> None:
        """Begin now."""
        self._budget = Budget.of(timeout)

    @property
    def left(self) -> float:
        """What is left; a little always is."""
        return max(self._budget.remaining, _LEAST)


@dataclass(frozen=True)
class Presentation:
    """How a call wants its answer: printed in `form`, also written to `outputs`, `explain`ed, in text `verbose`."""

    form: Format
    outputs: tuple[Output, ...] = ()
    explain: bool = False
    verbose: bool = False

    @staticmethod
    def of(form: Format, output: list[str] | None, *, explain: bool = False, verbose: bool = False) -> Presentation:
        """Return what the options say. Raises UsageError for a report that cannot be written."""
        if not output:
            return Presentation(form, (), explain, verbose)
        from verifier.cli.outputs import outputs_of

        return Presentation(form, tuple(outputs_of(output, None)), explain, verbose)

    @property
    def forms(self) -> tuple[Format, ...]:
        """Every format in which the answer is shown, that of the print first."""
        return (self.form, *(Format(one.format) for one in self.outputs))

    @property
    def is_short(self) -> bool:
        """Whether it is shown as text only, without what a first look does not need."""
        return self.forms == (Format.TEXT,) and not self.verbose

    @property
    def shows_groups(self) -> bool:
        """Whether some format shows groups of requests."""
        return any(form in _WITH_GROUPS for form in self.forms)


def parted(question: Parted, clock: Clock, ask: Ask, limit: int | None, wanted: Presentation) -> Regions | None:
    """Return the regions of `question`, at most `limit` of them, found in the time left; None where none are shown."""
    if not wanted.shows_groups:
        return None
    from verifier.regions.regions import regions_of

    found = regions_of(question, replace(ask, seconds=clock.left), whole=not wanted.is_short)
    return found if limit is None else found.cut(limit)


def check_all(everything: bool, wanted: Presentation) -> None:
    """Raise UsageError where `--all` cannot be given."""
    if everything and not wanted.shows_groups:
        *first, last = (f"`{one.value}`" for one in _WITH_GROUPS)
        help = f"use {', '.join(first)} or {last} with `--all`"
        raise UsageError(f"`--format {wanted.form.value}` does not show groups of requests", help=help)
