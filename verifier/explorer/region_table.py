"""All that escapes as a table of regions: which actions, on what and under which condition, with a request of each."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from verifier.logic.actions import ActionPattern
from verifier.logic.readings import rules_of
from verifier.questions.verdict import Escapes
from verifier.regions.region import Area, Region, Regions, written
from verifier.report.formula_words import words
from verifier.report.table import html_table, text_table

_REGION_HEAD = ("actions", "known", "exact", "where", "for example")


@dataclass(frozen=True, repr=False)
class RegionTable:
    """The regions that were found; `complete`: it is proved that nothing outside of them escapes, else `reason`."""

    found: Regions

    @property
    def complete(self) -> bool:
        """Whether the regions are all that escapes, proved."""
        return self.found.complete

    @property
    def reason(self) -> str | None:
        """Why that is not proved; None where it is."""
        return None if self.complete else self.found.reason or "not found out"

    def __iter__(self) -> Iterator[Region]:
        return iter(self.found.regions)

    def __len__(self) -> int:
        return len(self.found.regions)

    def as_rows(self) -> list[tuple[str | int, ...]]:
        """Return a row for each region: its actions, how many of them AWS has, whether it is exact, where, an example.

        A region that is exact holds nothing that does not escape.
        """
        return [
            (
                _actions(region.area),
                sum(region.levels.values()),
                "yes" if region.exact else "an outline",
                words(region.part.guard) or "always",
                str(Escapes(region.request)).partition(": ")[2],
            )
            for region in self
        ]

    def __repr__(self) -> str:
        return f"{text_table(_REGION_HEAD, self.as_rows())}\n{self._together}"

    def _repr_html_(self) -> str:
        return f"{html_table(_REGION_HEAD, self.as_rows())}<p>{html.escape(self._together)}</p>"

    @property
    def _together(self) -> str:
        as_usual = self.found.as_usual
        usual = f", under the usual reading of {rules_of(as_usual)}" if as_usual else ""
        return f"nothing else escapes: proved{usual}" if self.complete else f"not known to be all: {self.reason}"


def _actions(area: Area) -> str:
    within = [_listed(area.actions), *(f"that are {_listed(one)}" for one in area.also)]
    return " ".join([*within, *([f"except {_listed(area.excepts)}"] if area.excepts else [])])


def _listed(patterns: Sequence[ActionPattern]) -> str:
    return ", ".join(map(written, patterns))
