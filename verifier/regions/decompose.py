"""A formula about resource and context as parts that can be said: on these resources, except those, under a condition.

The resources of a statement are a `Block`: one of them must match, or none. The formula is read under each way in which
its blocks can turn out (relations between patterns leave out ways that cannot be), which leaves formulas about keys
alone. Where that would be too many ways, or resources that several blocks must match at once, what a condition says of
resources stays in it. Alternatives that statements give are taken apart first, so that statements do not multiply. Then
each part is made as broad as the formula lets it be: what it plainly need not say is dropped, parts that say the same
of other resources become one, and so do parts of the same resources.

Each part lies within the formula, and together they are all of it. That is proved later, of what comes out
(`check.py`); so nothing rests on this file but how short the list is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from verifier.base.budget import Budget
from verifier.logic.formula import (
    FALSE,
    And,
    Element,
    Formula,
    MatchesTemplate,
    Member,
    Or,
    Some,
    all_of,
    any_of,
    atoms,
    negate,
)
from verifier.logic.propagate import Folding, unit_propagate
from verifier.regions.blocks import (
    Block,
    BlockReader,
    OnResource,
    Turn,
    are_apart,
    conjuncts,
    first_block,
    first_turn,
    implies,
    is_on_resource,
    narrowest,
    widest,
)
from verifier.regions.region import Disjunct, Single, key_there, stand_alone
from verifier.strings.values import Key

# Formulas that each say what lies outside.
_Beyond: TypeAlias = tuple[Formula, ...]

_MOST_LEAVES = 4
_MOST_ALTERNATIVES = 32
_MOST_TRIED = 8
_MOST_JOINED = 4
_MOST_ATOMS = 64


def split(formula: Formula, folding: Folding, single: Single, budget: Budget) -> list[Disjunct]:
    """Return parts that hold together just what `formula` does; `folding` is for all formulas of one difference,
    and `single` that of the cloud.

    Raises LimitReached.
    """
    return _Splitter(folding.of(formula), folding, single, budget).parts()


class _Splitter:
    def __init__(self, formula: Formula, folding: Folding, single: Single, budget: Budget) -> None:
        self._single = single
        self._formula = formula
        self._folding = folding
        self._outside = (negate(formula),) if len(atoms(formula)) <= _MOST_ATOMS else ()
        self._budget = budget

    def parts(self) -> list[Disjunct]:
        alternatives = [self._formula]
        if _speaks_of_resources(self._formula):
            alternatives = _alternatives(self._formula) or alternatives
        found = [
            self._broad(turns, condition, (negate(one), *self._outside))
            for one in alternatives
            for turns, condition in self._leaves(one)
        ]
        return list(_joined(self._needed(self._merged(part for part in found if part is not None))))

    # --- from the formula to leaves

    def _leaves(self, formula: Formula) -> list[tuple[tuple[Turn, ...], Formula]]:
        """The ways in which the blocks can turn out, each with what is left to say; a single one, that says more of the
        resource, where there are too many to be read.
        """
        settled: tuple[Turn, ...] = ()
        while (turn := first_turn(formula, self._single)) is not None:
            settled = (*settled, turn)
            formula = self._under(turn, formula)
        found: list[tuple[tuple[Turn, ...], Formula]] = []
        waiting = [(settled, formula)] if formula != FALSE else []
        while waiting:
            turns, rest = waiting.pop()
            block = first_block(rest, self._single)
            if block is None:
                found.append((turns, rest))
                continue
            for turn in (Turn(block, False), Turn(block, True)):
                left = self._under(turn, rest)
                if left != FALSE:
                    waiting.append(((*turns, turn), left))
            if len(found) + len(waiting) > _MOST_LEAVES or any(_are_crossed(turns) for turns, _ in waiting):
                return [(settled, formula)]
        return found

    def _under(self, turn: Turn, formula: Formula) -> Formula:
        return unit_propagate(BlockReader((turn,), (), self._single, self._budget).read(formula), self._budget)

    # --- from leaves to parts

    def _broad(self, turns: Sequence[Turn], condition: Formula, beyond: _Beyond) -> Disjunct | None:
        """Return the leaf as broad as the formula plainly lets it be; None where no resource is left in it. `beyond`
        says what lies outside: of the alternative that the leaf comes from, and of all where that is not long.
        """
        refused = [atom for turn in turns if not turn.matches for atom in turn.block]
        matching = [turn.block for turn in turns if turn.matches]
        inside = narrowest(
            [tuple(one for one in block if not any(implies(one, other) for other in refused)) for block in matching]
        )
        if () in inside:
            return None
        outside = [atom for atom in refused if not any(all(are_apart(atom, one) for one in block) for block in inside)]
        rest = list(conjuncts(condition))
        left = self._left(beyond, inside, (), rest) if outside else ()
        if not left:
            outside = []
        for atom in tuple(outside) if len(outside) <= _MOST_TRIED else ():
            fewer = [one for one in outside if one is not atom]
            if not self._left(left, inside, fewer, rest):
                outside = fewer
        given = {key for block in inside for atom in block if isinstance(atom, MatchesTemplate) for key in atom.keys}
        tried = [part for part in rest if isinstance(part, Or) or key_there(part) in given]
        left = self._left(beyond, inside, outside, ()) if len(tried) > 1 else beyond
        for part in tried:
            less = [one for one in rest if one is not part]
            if not _is_needed_by(part, less) and not self._left(left, inside, outside, less):
                rest = less
        left = self._left(beyond, (), outside, rest) if len(inside) > 1 else beyond
        for block in tuple(inside):
            wider = [one for one in inside if one is not block]
            if not _gives_values(block, rest) and not self._left(left, wider, outside, rest):
                inside = wider
        inside = sorted(inside, key=len)
        more = (any_of(stand_alone(atom, self._single) for atom in block) for block in inside[1:])
        return Disjunct(inside[0] if inside else (), tuple(outside), all_of((*rest, *more)), self._single)

    def _left(
        self, beyond: _Beyond, inside: Iterable[Block], outside: Sequence[OnResource], rest: Sequence[Formula]
    ) -> _Beyond:
        """Return what is left of each of `beyond` where one of each block `inside` matches, none of `outside` does, and
        `rest` is true; nothing where one of them cannot be, as it must be in a part.
        """
        turns = [Turn(block, True) for block in inside]
        reader = BlockReader((*turns, Turn(tuple(outside), False)), rest, self._single, self._budget)
        left: list[Formula] = []
        for formula in beyond:
            found = reader.read(formula)
            if found == FALSE:
                return ()
            left.append(found)
        return tuple(left)

    def _is_plainly_empty(self, formula: Formula) -> bool:
        """Whether no request makes `formula` true, as is seen without a solver: that would cost more than it spares."""
        return unit_propagate(formula, self._budget) == FALSE

    def _merged(self, parts: Iterable[Disjunct]) -> list[Disjunct]:
        """Return the parts, those of one condition together where the exceptions of one spare the others."""
        found: list[Disjunct] = []
        for part in dict.fromkeys(parts):
            for place, other in enumerate(found):
                both = self._join(other, part)
                if both is not None:
                    found[place] = both
                    break
            else:
                found.append(part)
        return found

    def _join(self, one: Disjunct, other: Disjunct) -> Disjunct | None:
        if one.condition != other.condition or not one.resources or not other.resources:
            return None
        excepts = tuple(dict.fromkeys((*one.excepts, *other.excepts)))
        both = Disjunct(tuple(dict.fromkeys((*one.resources, *other.resources))), excepts, one.condition, self._single)
        if one.excepts == other.excepts or all(
            self._is_plainly_empty(all_of((part.guard, negate(both.guard)))) for part in (one, other)
        ):
            return both
        return None

    def _needed(self, parts: Sequence[Disjunct]) -> list[Disjunct]:
        """Return the parts without those that plainly lie within the others, the narrowest tried first, each said as
        shortly as can be.
        """
        kept = list(parts)
        for part in sorted(parts, key=lambda part: (not part.resources, -len(atoms(part.guard)))):
            others = [other for other in kept if other is not part]
            if others and self._is_plainly_empty(all_of((part.guard, *(negate(other.guard) for other in others)))):
                kept = others
        return [
            Disjunct(widest(part.resources), widest(part.excepts), self._folding.of(part.condition), self._single)
            for part in kept
        ]


def _joined(parts: Iterable[Disjunct]) -> Iterator[Disjunct]:
    """Yield the parts, those of the same resources together where a short `or` says so."""
    groups: dict[tuple[Block, Block], list[Disjunct]] = {}
    for part in parts:
        groups.setdefault((part.resources, part.excepts), []).append(part)
    for (resources, excepts), several in groups.items():
        common = set.intersection(*(set(conjuncts(part.condition)) for part in several))
        own = [all_of(one for one in conjuncts(part.condition) if one not in common) for part in several]
        shared = [one for one in conjuncts(several[0].condition) if one in common]
        short = [one for one in own if len(atoms(one)) <= _MOST_JOINED]
        long = [one for one in own if len(atoms(one)) > _MOST_JOINED]
        for one in (*([any_of(short)] if short else []), *long):
            yield Disjunct(resources, excepts, all_of((*shared, one)), several[0].single)


def _are_crossed(turns: Sequence[Turn]) -> bool:
    """Whether resources of several blocks are meant, and each block holds some that another does not."""
    return len(narrowest([turn.block for turn in turns if turn.matches])) > 1


def _is_needed_by(part: Formula, others: Iterable[Formula]) -> bool:
    """Whether others are about a value that exists because the part says so: without it they would mean nothing."""
    key = key_there(part)
    return key is not None and any(key in _keys_read(atom) for other in others for atom in atoms(other))


def _gives_values(block: Block, others: Iterable[Formula]) -> bool:
    """Whether others are about values that exist because the block matches, with them put in."""
    keys = {key for atom in block if isinstance(atom, MatchesTemplate) for key in atom.keys}
    return bool(keys) and any(not keys.isdisjoint(_keys_read(atom)) for other in others for atom in atoms(other))


def _keys_read(atom: Formula) -> tuple[Key, ...]:
    match atom:
        case MatchesTemplate(Element(key)):
            return (key, *atom.keys)
        case MatchesTemplate():
            return atom.keys
        case Member(Element(key)):
            return (key,)
        case Some(_, test):
            return tuple(key for one in atoms(test) for key in _keys_read(one))
        case _:
            return ()


def _alternatives(formula: Formula) -> list[Formula] | None:
    """Return formulas that are `formula` together: one for each of the statements that grant, those of one condition
    together. None where there are too many.
    """
    if isinstance(formula, Or):
        groups = _groups(formula)
        return groups if len(groups) <= _MOST_ALTERNATIVES else None
    if not isinstance(formula, And):
        return [formula]
    found: list[tuple[Formula, ...]] = [()]
    for part in formula.parts:
        choices = _groups(part) if isinstance(part, Or) and any(map(_grants, part.parts)) else [part]
        found = [(*before, choice) for before in found for choice in choices]
        if len(found) > _MOST_ALTERNATIVES:
            return None
    return [one for one in map(all_of, found) if one != FALSE]


def _grants(formula: Formula) -> bool:
    """Whether it is what a statement says that grants: resources, and a condition."""
    return isinstance(formula, And) and any(map(is_on_resource, _literals(formula)))


def _literals(formula: Formula) -> Iterator[Formula]:
    """Yield the literals that stand in the formula, through its conjunctions and disjunctions."""
    match formula:
        case And(parts) | Or(parts):
            for part in parts:
                yield from _literals(part)
        case _:
            yield formula


def _groups(formula: Or) -> list[Formula]:
    """The parts of a disjunction, those that say the same of the keys together."""
    by_condition: dict[Formula, list[Formula]] = {}
    for part in formula.parts:
        parts = conjuncts(all_of((part, *_values_there(part, formula))))
        on_keys = all_of(one for one in parts if not _speaks_of_resources(one))
        on_resource = all_of(one for one in parts if _speaks_of_resources(one))
        by_condition.setdefault(on_keys, []).append(on_resource)
    return [all_of((any_of(resources), condition)) for condition, resources in by_condition.items()]


def _values_there(part: Formula, formula: Or) -> Iterator[Formula]:
    """Yield the presence conditions that `part` relies on and another alternative negates."""
    keys = {key for atom in atoms(part) for key in _keys_read(atom)}
    for other in formula.parts:
        there = negate(other)
        if key_there(there) in keys:
            yield there


def _speaks_of_resources(formula: Formula) -> bool:
    return any(map(is_on_resource, atoms(formula)))
