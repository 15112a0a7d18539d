"""Blocks: resource patterns assumed to match (at least one) or not (none), and formulas simplified under that."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from verifier.base.budget import Budget
from verifier.base.dataclass import dataclass
from verifier.logic.formula import (
    FALSE,
    RESOURCE,
    TRUE,
    And,
    Constant,
    Formula,
    MatchesTemplate,
    Member,
    Not,
    Or,
    any_of,
    map_parts,
    negate,
)
from verifier.logic.propagate import Known
from verifier.regions.region import Single, stand_alone
from verifier.strings.subsumption import disjoint, is_subset

OnResource: TypeAlias = Member | MatchesTemplate
# Patterns of resources: one matches, or none does.
Block: TypeAlias = tuple[OnResource, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """How a block turns out: one of its patterns matches, or none does."""

    block: Block
    matches: bool

    def formula(self, single: Single) -> Formula:
        found = any_of(stand_alone(atom, single) for atom in self.block)
        return found if self.matches else negate(found)


class BlockReader:
    """Reads formulas under turns of blocks, and under formulas that are true."""

    def __init__(self, turns: Iterable[Turn], true: Sequence[Formula], single: Single, budget: Budget) -> None:
        self._single = single
        turns = tuple(turns)
        meant = [*true, *(turn.formula(single) for turn in turns)]
        parts = [one for each in meant for one in conjuncts(each)]
        mixed = [one for one in parts if isinstance(one, And | Or)]
        self._blocks = [turn.block for turn in turns if turn.matches]
        self._refused = {atom for turn in turns if not turn.matches for atom in turn.block}
        self._known = Known(budget, refuted=map(negate, mixed))
        self.possible = all(self._known.add(one) for one in parts if not isinstance(one, And | Or | Constant))

    def read(self, formula: Formula) -> Formula:
        """Return `formula` with what is plain replaced by constants; FALSE where what is true cannot be."""
        return self._known.read(self._under(formula)) if self.possible else FALSE

    def _under(self, formula: Formula) -> Formula:
        """Return `formula` read under the blocks that match."""
        found = _element(formula, self._single)
        if found is not None:
            truth = self._truth(found[0])
            return formula if truth is None else Constant(truth is found[1])
        match formula:
            case Or(parts):
                return TRUE if self._has_block(parts, True) else map_parts(formula, self._under)
            case And(parts):
                return FALSE if self._has_block(parts, False) else map_parts(formula, self._under)
            case _:
                return formula

    def _has_block(self, parts: Sequence[Formula], sign: bool) -> bool:
        """Whether all of a block that matches stands among `parts`, plain or negated."""
        there = {found[0] for part in parts if (found := _element(part, self._single)) is not None and found[1] is sign}
        return any(there.issuperset(block) for block in self._blocks)

    def _truth(self, atom: OnResource) -> bool | None:
        if atom in self._refused:
            return False
        for block in self._blocks:
            if all(implies(one, atom) for one in block):
                return True
            if all(are_apart(one, atom) for one in block):
                return False
        return None


def _element(formula: Formula, single: Single) -> tuple[OnResource, bool] | None:
    """The pattern of resources that the formula says matches (True) or does not (False), where it says just that."""
    match formula:
        case Member(text) | MatchesTemplate(text) if text == RESOURCE:
            return formula, True
        case Not(Member(text) | MatchesTemplate(text) as atom) if text == RESOURCE:
            return atom, False
        case And(parts):
            fits = next((part for part in parts if isinstance(part, MatchesTemplate) and part.text == RESOURCE), None)
            return (fits, True) if fits is not None and _is(formula, stand_alone(fits, single)) else None
        case Or(parts):
            refused = next((part.part for part in parts if isinstance(part, Not) and is_on_resource(part.part)), None)
            if isinstance(refused, MatchesTemplate) and _is(formula, negate(stand_alone(refused, single))):
                return refused, False
            return None
        case _:
            return None


def _is(one: And | Or, other: Formula) -> bool:
    return isinstance(other, And | Or) and type(one) is type(other) and one.members == other.members


def first_block(formula: Formula, single: Single) -> Block | None:
    """The first block that the formula mentions; None if it mentions no resource."""
    found = _element(formula, single)
    if found is not None:
        return (found[0],)
    if not isinstance(formula, And | Or):
        return None
    elements = [element for part in formula.parts if (element := _element(part, single)) is not None]
    together = tuple(atom for atom, sign in elements if sign is isinstance(formula, Or))
    if elements:
        return together or (elements[0][0],)
    return next((block for part in formula.parts if (block := first_block(part, single)) is not None), None)


def first_turn(formula: Formula, single: Single) -> Turn | None:
    """The first block where the formula says how it turns out, whatever the keys."""
    parts = (formula,) if _element(formula, single) is not None else conjuncts(formula)
    refused = tuple(found[0] for part in parts if (found := _element(part, single)) is not None and not found[1])
    if refused:
        return Turn(refused, False)
    for part in parts:
        choices = part.parts if isinstance(part, Or) else (part,)
        block = tuple(found[0] for one in choices if (found := _element(one, single)) is not None and found[1])
        if len(block) == len(choices):
            return Turn(block, True)
    return None


def narrowest(blocks: Sequence[Block]) -> list[Block]:
    """The blocks without those that others imply, each without patterns that are apart from all of another."""
    less = [
        tuple(one for one in block if not any(all(are_apart(one, two) for two in other) for other in blocks))
        for block in blocks
    ]
    kept: list[Block] = []
    for block in sorted(dict.fromkeys(less), key=len):
        if not any(all(any(implies(one, two) for two in block) for one in other) for other in kept):
            kept = [other for other in kept if not all(any(implies(one, two) for two in other) for one in block)]
            kept.append(block)
    return kept


def widest(found: Block) -> Block:
    """The patterns without those that lie within others."""
    kept: list[OnResource] = []
    for one in found:
        if not any(implies(one, other) for other in kept):
            kept = [other for other in kept if not implies(other, one)] + [one]
    return tuple(kept)


def implies(one: OnResource, other: OnResource) -> bool:
    both = isinstance(one, Member) and isinstance(other, Member)
    return one == other or (both and is_subset(one.language, other.language))  # type: ignore[union-attr]  # both are


def are_apart(one: OnResource, other: OnResource) -> bool:
    return isinstance(one, Member) and isinstance(other, Member) and disjoint(one.language, other.language)


def conjuncts(formula: Formula) -> tuple[Formula, ...]:
    return formula.parts if isinstance(formula, And) else (formula,)


def is_on_resource(formula: Formula) -> bool:
    return isinstance(formula, Member | MatchesTemplate) and formula.text == RESOURCE
