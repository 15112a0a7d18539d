"""Where the catalogue comes from and how old it is, for `--version` and for every answer that rests on its facts.

Source: `data/origin.tsv`; the licences of the packages stand in full in `data/LICENCES.txt`.
"""

from __future__ import annotations

import datetime as dt
from functools import cache

from verifier.base.dataclass import dataclass
from verifier.clouds.aws.catalogue.tables import flat_rows


@dataclass(frozen=True, slots=True)
class Package:
    """A package whose data the catalogue holds: `registry` is `npm` or `pypi`, `licence` its SPDX identifier."""

    registry: str
    name: str
    version: str
    licence: str


@dataclass(frozen=True, slots=True)
class Origin:
    """`date`: the day of the newest data in the catalogue, by its package; `packages`: where the data comes from."""

    date: dt.date
    packages: tuple[Package, ...]

    def __str__(self) -> str:
        held = ", ".join(f"{package.name} {package.version}" for package in self.packages)
        return f"catalogue of {self.date.isoformat()} ({held})"


@cache
def origin() -> Origin:
    """Return the origin of the catalogue's data."""
    (date, *packages) = flat_rows("origin.tsv", 4)
    return Origin(dt.date.fromisoformat(date[1]), tuple(Package(*package) for package in packages))
