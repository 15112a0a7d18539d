"""The points of a formula: those on which it depends, and what is left of it under the readings that are not usual."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from verifier.logic.formula import FALSE, TRUE, Atom, Formula, Reads, Some, all_of, any_of, atoms, map_atoms, negate
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


def leaned_on(formula: Formula, reading: Reading) -> tuple[Point, ...]:
    """Return points that make `formula`, which is about points alone, true by themselves, as they are in `reading`.

    Whatever the others are, it stays true; where there are too many others to try, some of these may not be needed.
    """
    kept = list(in_order(hangs_on(formula)))
    for point in tuple(kept):
        fewer = [one for one in kept if one != point]
        left = map_atoms(formula, partial(_fixed, at=fewer, reading=reading))
        if len(hangs_on(left)) <= _MOST_TRIED and _is_true(left):
            kept = fewer
    return tuple(kept)


_MOST_TRIED = 10


def _fixed(atom: Atom, at: Collection[Point], reading: Reading) -> Formula:
    return (TRUE if atom.point in reading else FALSE) if isinstance(atom, Reads) and atom.point in at else atom


def _is_true(formula: Formula) -> bool:
    """Whether a formula about points is true whatever they are."""
    point = next(iter(in_order(hangs_on(formula))), None)
    if point is None:
        return formula == TRUE
    ways = (frozenset((point,)), frozenset[Point]())
    return all(_is_true(map_atoms(formula, partial(_fixed, at=(point,), reading=way))) for way in ways)


def under_others(formula: Formula) -> Formula:
    """Return `formula` under the readings that are not usual; false where it is the same under all."""
    return all_of((any_of(map(Reads, in_order(hangs_on(formula)))), formula))
