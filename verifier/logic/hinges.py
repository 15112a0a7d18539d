"""The points of a formula: those on which it depends, and what is left of it under the readings that are not usual."""

from __future__ import annotations

from verifier.logic.formula import FALSE, Formula, Reads, Some, all_of, any_of, atoms, negate
from verifier.logic.readings import Point, Reading, in_order


def read_either_way(point: Point, *, usual: Formula, other: Formula) -> Formula:
    """Return `usual`, or `other` where AWS reads `point` the other way."""
    if usual == other:
        return usual
    return any_of((all_of((negate(Reads(point)), usual)), all_of((Reads(point), other))))


def hangs_on(formula: Formula) -> Reading:
    """Return the points that `formula` mentions, those within a `Some` too."""
    found: set[Point] = set()
    for atom in atoms(formula):
        match atom:
            case Reads(point):
                found.add(point)
            case Some(_, test):
                found |= hangs_on(test)
            case _:
                pass
    return frozenset(found)


def under_others(formula: Formula) -> Formula:
    """Return `formula` under the readings that are not usual; false where it is the same under all."""
    found = hangs_on(formula)
    return all_of((any_of(map(Reads, in_order(found))), formula)) if found else FALSE
