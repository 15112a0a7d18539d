"""Tables of cases: one question with several documents in some of its places, and what each combination must answer.

    expanded(case)    the cases that a table stands for; a case that is not a table stands for itself
    rows_unused(case) the rows of a table that no combination meets, of which there must be none

A decision table says for all combinations what a list of cases would say for some (`tests/cases/README.md`).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any, TypeAlias

Case: TypeAlias = dict[str, Any]


def expanded(case: Case) -> Iterator[Case]:
    """Yield the cases that `case` stands for, each with the labels of its combination in its name."""
    if "vary" not in case:
        yield case
        return
    vary, rows = case["vary"], case["rows"]
    shared = {key: value for key, value in case.items() if key not in ("vary", "rows")}
    for labels in itertools.product(*vary.values()):
        chosen = {key: vary[key][label] for key, label in zip(vary, labels, strict=True)}
        row = next(row for row in rows if _fits(row, labels))
        told = {key: value for key, value in chosen.items() if value is not None}
        yield shared | told | {"name": f"{case['name']} ({' '.join(labels)})", "expect": _expected(row)}


def rows_unused(case: Case) -> list[str]:
    """Return the rows of a table that come first for no combination."""
    rows = case.get("rows", [])
    combinations = itertools.product(*case.get("vary", {}).values())
    used = {next(row for row in rows if _fits(row, labels)) for labels in combinations} if rows else set()
    return [row for row in rows if row not in used]


def _fits(row: str, labels: tuple[str, ...]) -> bool:
    """Whether each label is among those that its place in the row names; `*` names all."""
    places = row.partition(" : ")[0].split()
    return all(place == "*" or label in place.split("|") for place, label in zip(places, labels, strict=True))


def _expected(row: str) -> dict[str, Any]:
    decision, *by = row.partition(" : ")[2].split()
    return {"decision": decision} | ({"by": by} if by else {})
