"""The tables in `data/`: tab-separated text, `#` for comments; where they come from, and how old they are.

A table is flat (`keys.tsv`, `origin.tsv`) or made of blocks, each opened by a line `@service` (`actions.tsv`,
`resources.tsv`). Guarantees: a table is read when first asked for, and once; asking for one block splits no other.

`origin` is for `--version` and for every answer that rests on the facts of the catalogue. Its source is
`data/origin.tsv`; the licences of the packages stand in full in `data/LICENCES.txt`.
"""

from __future__ import annotations

import datetime as dt
import itertools
import os
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from verifier.base.dataclass import dataclass

CatalogueRow = tuple[str, ...]

_LOADER: Any = __spec__.loader


def flat_rows(table: str, columns: int) -> list[CatalogueRow]:
    """Return the rows of a flat `table` (a file name in `data/`), each padded with empty fields to `columns`."""
    return [fields_of(row, columns) for row in _lines(_whole(table))]


def block_names(table: str) -> tuple[str, ...]:
    """Return the services that have a block in `table`, in the table's order, which is sorted."""
    return tuple(_places(table))


def block_rows(table: str, service: str, columns: int) -> list[CatalogueRow]:
    """Return the rows of the block of `service` (lower case), padded to `columns`; none if there is no such block."""
    return [fields_of(row, columns) for row in block_lines(table, service)]


def block_lines(table: str, service: str) -> list[str]:
    """Return the same rows as they stand in the table."""
    place = _places(table).get(service)
    return _lines(_whole(table)[place[0] : place[1]]) if place else []


def blocks_with(table: str, text: str) -> Iterator[str]:
    """Yield the services in whose block of `table` the `text`, in lower case, stands somewhere, in any case."""
    whole, wanted = _whole(table), text.encode()
    return (service for service, place in _places(table).items() if wanted in whole[place[0] : place[1]].lower())


def rows_with(table: str, text: str, services: Sequence[str] = ()) -> Iterator[tuple[str, str]]:
    """Yield each row in which `text` stands as it is written, with the service of its block: no other row is read.

    Where there are `services`, in order, the blocks of others are not looked at.
    """
    whole, places, wanted = _whole(table), _places(table), text.encode()
    blocks = [(service, places[service]) for service in services if service in places] if services else places.items()
    for service, (start, end) in blocks:
        place = whole.find(wanted, start, end)
        while place >= 0:
            ending = whole.index(b"\n", place)
            yield service, whole[whole.rindex(b"\n", 0, place) + 1 : ending].decode()
            place = whole.find(wanted, ending, end)


def fields_of(row: str, columns: int) -> CatalogueRow:
    """Return the fields of a row, padded with empty ones to `columns`."""
    fields = row.split("\t")
    return (*fields, *("",) * (columns - len(fields)))


def names(field: str) -> tuple[str, ...]:
    """Split a field that holds names with commas between them."""
    return tuple(field.split(",")) if field else ()


@cache
def _whole(table: str) -> bytes:
    # The package may lie in an archive, so what loads its modules reads its files too. (`importlib.resources` and
    # `pkgutil` do the same, but to import them takes longer than to read all tables.)
    whole: bytes = _LOADER.get_data(os.path.join(os.path.dirname(__file__), "data", table))  # noqa: PTH118, PTH120 - as the loader takes it
    return whole.replace(b"\r\n", b"\n") if b"\r" in whole else whole


@cache
def _places(table: str) -> dict[str, tuple[int, int]]:
    """Return where the rows of each block start and end."""
    whole = _whole(table)
    heads, at = [], whole.find(b"@")  # one character is looked for many times faster than two
    while at >= 0:
        if whole[at - 1 : at] == b"\n":
            heads.append(at)
        at = whole.find(b"@", at + 1)
    places: dict[str, tuple[int, int]] = {}
    for head, end in itertools.pairwise((*heads, len(whole))):
        start = whole.index(b"\n", head) + 1
        places[whole[head + 1 : start - 1].decode()] = (start, end)
    return places


def _lines(block: bytes) -> list[str]:
    return [line for line in block.decode().split("\n") if line and not line.startswith("#")]


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
