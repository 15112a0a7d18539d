"""Actions folded into patterns: a set of cells as few and broad areas, each patterns except patterns.

From the broadest pattern down: where what only this pattern holds belongs to the set, it is taken, less the largest
patterns and the literal actions within it that do not wholly belong; what belongs within those is folded in its turn.
Where it does not belong, the patterns within are looked at one by one, and literal actions are taken as they are.
Areas may overlap; none holds a cell outside of the set.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterable, Iterator, Sequence

from verifier.base.budget import Budget
from verifier.base.dataclass import dataclass
from verifier.logic.actions import ActionPattern
from verifier.logic.rules import action_language
from verifier.regions.classes import Classes, Patterns, bits
from verifier.regions.region import Area, lowered


@dataclass(frozen=True, slots=True)
class _Piece:
    """Cells that are some patterns less others: `mask` holds them, `spared` all cells of the others."""

    area: Area
    mask: int
    spared: int = 0


@dataclass(frozen=True, slots=True)
class _Inside:
    """What lies within a set of cells: the largest cuts, each with its cells, literal actions, the cells of neither."""

    cuts: tuple[tuple[Patterns, int], ...]
    words: int
    rest: int


class Folder:
    """Folds sets of cells of `classes`; what lies in what is found out once for all of them."""

    def __init__(self, found: Classes, budget: Budget) -> None:
        """Begin with nothing found out."""
        self._classes = found
        self._budget = budget
        self._words = sum(1 << cell for cell in found.words)
        self._by_service: dict[str | None, list[tuple[Patterns, int]]] = {}
        for patterns, mask in found.wild.items():
            self._by_service.setdefault(patterns[0].service.text, []).append((patterns, mask))
        self._inside: dict[int, _Inside] = {}

    def fold(self, target: int) -> list[Area]:
        """Return areas that hold just the cells of `target`. Raises LimitReached."""
        pieces: list[_Piece] = []
        needed = target
        for root in self._classes.roots:
            whole = self._classes.wild[root]
            for piece in self._pieces(whole, (root,), target, needed) if whole & needed else ():
                pieces.append(piece)
                needed &= ~piece.mask
        pieces += map(self._word, bits(needed & self._words))
        return list(_merged(pieces))

    def _pieces(self, whole: int, within: tuple[Patterns, ...], target: int, needed: int) -> Iterator[_Piece]:
        """Yield pieces of `whole`, the cells of all of `within`, that hold what is `needed` and only `target`."""
        needed &= whole
        if not needed:
            return
        self._budget.check()
        inside = self._within(whole, within[-1][0].service.text)
        cuts: Iterable[tuple[Patterns, int]] = inside.cuts
        if not whole & ~target or (inside.rest & needed and not inside.rest & ~target):
            cuts = [(patterns, mask) for patterns, mask in inside.cuts if mask & ~target]
            left = whole
            for _, cells in cuts:
                left &= ~cells
            words = left & ~target
            excepts = [pattern for patterns, _ in cuts for pattern in patterns]
            excepts += [self._classes.words[cell] for cell in bits(words)]
            spared = functools.reduce(operator.or_, (self._classes.wild[patterns] for patterns, _ in cuts), words)
            yield _Piece(_area(within, tuple(excepts)), left & target, spared)
            needed &= ~(left & target)
        for patterns, mask in cuts:
            for piece in self._pieces(mask, (*within, patterns), target, needed):
                yield piece
                needed &= ~piece.mask
        yield from map(self._word, bits(needed & inside.words))

    def _within(self, whole: int, service: str | None) -> _Inside:
        found = self._inside.get(whole)
        if found is None:
            found = self._inside[whole] = self._look(whole, service)
        return found

    def _look(self, whole: int, service: str | None) -> _Inside:
        if service is None:
            near = [item for items in self._by_service.values() for item in items]
        else:
            near = [*self._by_service.get(service, ()), *self._by_service.get(None, ())]
        inside = [(patterns, mask & whole) for patterns, mask in near if mask & whole not in (0, whole)]
        kept: list[tuple[Patterns, int]] = []
        covered = 0
        for patterns, mask in sorted(inside, key=lambda item: -item[1].bit_count()):
            if not any(not mask & ~other for _, other in kept):
                kept.append((patterns, mask))
                covered |= mask
        words = whole & self._words & ~covered
        return _Inside(tuple(kept), words, whole & ~covered & ~words)

    def _word(self, cell: int) -> _Piece:
        return _Piece(Area((self._classes.words[cell],)), 1 << cell)


def _area(within: Sequence[Patterns], excepts: tuple[ActionPattern, ...]) -> Area:
    """What all of `within` match together, less `excepts`; what goes without saying is left out."""
    also = [patterns for patterns in within[:-1] if not _covers(patterns, within[-1])]
    return Area(within[-1], excepts, tuple(also))


def _covers(patterns: Patterns, others: Patterns) -> bool:
    """Whether it is plain that all that `others` match is matched by one of `patterns`."""
    languages = [action_language(lowered(pattern)) for pattern in patterns]
    return all(any(one.covers(action_language(lowered(other))) for one in languages) for other in others)


def _merged(pieces: Sequence[_Piece]) -> Iterator[Area]:
    """Yield the pieces as areas: those without exceptions together, and those of a service together if the exceptions
    of one spare the others.
    """
    groups: dict[str | None, list[list[_Piece]]] = {}
    for piece in pieces:
        several = groups.setdefault(piece.area.service, [])
        for group in several:
            if all(_go_together(piece, other) for other in group):
                group.append(piece)
                break
        else:
            several.append([piece])
    areas = [_together(group) for several in groups.values() for group in several]
    plain = [area for area in areas if area.is_plain]
    if plain:
        yield Area(tuple(pattern for area in plain for pattern in area.actions))
    yield from (area for area in areas if not area.is_plain)


def _together(group: Sequence[_Piece]) -> Area:
    return Area(
        tuple(dict.fromkeys(pattern for piece in group for pattern in piece.area.actions)),
        tuple(dict.fromkeys(pattern for piece in group for pattern in piece.area.excepts)),
        group[0].area.also,
    )


def _go_together(one: _Piece, other: _Piece) -> bool:
    """Whether what is left out of one takes nothing from the other."""
    return not (one.area.also or other.area.also or one.spared & other.mask or other.spared & one.mask)
