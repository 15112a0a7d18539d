"""Unit propagation with what is plain to see of patterns: most questions end here, without a solver.

    unit_propagate    a formula, with what its literals decide folded away
    Conjunctions      the same for many conjunctions that share formulas
    implicant         the literals of an assignment that already make a formula true
    choices           sets of literals that make a formula true

The literals of a conjunction hold wherever it does, so the rest may be read under them (`Known`): an atom that they
decide, by being one of them or because one pattern is a subset of another or disjoint from it, becomes a constant and
folds away, which may leave further literals. The result is equivalent to what it came from.

The theory of texts is asked about an implicant alone. Of a disjunction one true part is enough: the one that adds least
to what is already needed. To demand that a key is present, or a list, costs much, so that counterexamples stay small,
and another reading of a point costs most, so that they depend on few.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from verifier.base.budget import Budget
from verifier.logic.formula import (
    FALSE,
    TRUE,
    And,
    Atom,
    Constant,
    Exists,
    Formula,
    Literal,
    Many,
    Member,
    Not,
    Or,
    Present,
    Reads,
    StringTerm,
    all_of,
    any_of,
    map_parts,
    negate,
)
from verifier.strings.languages import Language
from verifier.strings.subsumption import SubsumptionIndex, disjoint, is_subset

_LARGE = 50


class Known:
    """Literals that are true, and what `refuted` formulas are false as a whole."""

    def __init__(self, budget: Budget, refuted: Iterable[Formula] = ()) -> None:
        """Begin with no literal known."""
        self._budget = budget
        self._refuted = frozenset(refuted)
        self.literals: dict[Literal, None] = {}
        self._false: set[Atom] = set()
        self._inside: dict[StringTerm, list[Language]] = defaultdict(list)
        self._outside: dict[StringTerm, SubsumptionIndex] = defaultdict(SubsumptionIndex)

    def add(self, literal: Literal) -> bool:
        """Take in a literal; return whether it plainly goes together with those before it. Raises LimitReached."""
        self._budget.check()
        if literal in self.literals:
            return True
        truth = self.truth(literal.part if isinstance(literal, Not) else literal)
        self.literals[literal] = None
        if isinstance(literal, Not):
            self._false.add(literal.part)
        match literal:
            case Not(Member(text, language)):
                self._outside[text].add(language)
            case Member(text, language):
                self._inside[text].append(language)
            case _:
                pass
        return truth is not isinstance(literal, Not)

    def read(self, formula: Formula) -> Formula:
        """Return `formula` with the atoms that are decided replaced by constants. Raises LimitReached."""
        match formula:
            case Constant():
                return formula
            case And() | Or() if formula in self._refuted:
                return FALSE
            case And() | Or():
                self._budget.check()
                return map_parts(formula, self.read)
            case Not(part):
                truth = self.truth(part)
                return formula if truth is None else Constant(not truth)
            case atom:
                truth = self.truth(atom)
                return atom if truth is None else Constant(truth)

    def truth(self, atom: Atom) -> bool | None:
        """Return whether `atom` holds; None where that is not plain."""
        if atom in self.literals:
            return True
        if atom in self._false:
            return False
        if not isinstance(atom, Member):
            return None
        for language in self._inside.get(atom.text, ()):
            if is_subset(language, atom.language):
                return True
            if disjoint(language, atom.language):
                return False
        index = self._outside.get(atom.text)
        return False if index and index.covers(atom.language) else None


def unit_propagate(formula: Formula, budget: Budget) -> Formula:
    """Return a formula equivalent to `formula`, with what its literals decide folded away. Raises LimitReached."""
    done: Formula | None = None
    while isinstance(formula, And) and formula != done:
        done = formula
        mixed = [part for part in formula.parts if isinstance(part, And | Or)]
        known = Known(budget, refuted=map(negate, mixed))
        if not all(known.add(part) for part in formula.parts if not isinstance(part, And | Or | Constant)):
            return FALSE
        formula = all_of([*known.literals, *map(known.read, mixed)])
    return formula


class Folding:
    """Recursive simplification, memoised across formulas."""

    def __init__(self, budget: Budget) -> None:
        """Begin with no formula known."""
        self._budget = budget
        self._known: dict[And | Or, Formula] = {}

    def of(self, formula: Formula) -> Formula:
        """Return a formula equivalent to `formula`: no conjunction or disjunction has a part that its literals decide.
        Raises LimitReached.
        """
        if not isinstance(formula, And | Or):
            return formula
        found = self._known.get(formula)
        if found is None:
            parts = map(self.of, formula.parts)
            if isinstance(formula, And):
                found = unit_propagate(all_of(parts), self._budget)
            else:
                found = negate(unit_propagate(negate(any_of(parts)), self._budget))
            self._known[formula] = found
        return found


class Conjunctions:
    """Conjunctions of formulas, some large and met again and again: a large one is read once, for all others."""

    def __init__(self, budget: Budget) -> None:
        """Begin with no large formula known."""
        self._budget = budget
        self._large: dict[Formula, Known] = {}

    def of(self, formulas: Iterable[Formula]) -> Formula:
        """Return the conjunction, the smaller ones read under the literals of the largest. Raises LimitReached."""
        said = [formula for formula in formulas if formula != TRUE]
        if len(said) < 2 or FALSE in said:
            return all_of(said)
        *small, largest = sorted(said, key=_size)
        if _size(largest) < _LARGE:
            return all_of(said)
        known = self._large.get(largest)
        if known is None:
            known = self._large[largest] = Known(self._budget)
            for part in largest.parts if isinstance(largest, And) else ():
                if not isinstance(part, And | Or | Constant):
                    known.add(part)
        return all_of((*map(known.read, small), largest))


def _size(formula: Formula) -> int:
    return len(formula.parts) if isinstance(formula, And) else 1


def choices(formula: Formula, budget: Budget) -> Iterator[dict[Literal, None]]:
    """Yield sets of literals that make `formula` true: of every disjunction the first part, or the last.

    Raises LimitReached.
    """
    for pick in (0, -1):
        known = Known(budget)
        if _choose(formula, pick, known):
            yield known.literals


def _choose(formula: Formula, pick: int, known: Known) -> bool:
    match formula:
        case Constant(value):
            return value
        case And(parts):
            plain = [part for part in parts if not isinstance(part, And | Or)]
            mixed = [part for part in parts if isinstance(part, And | Or)]
            return all(_choose(part, pick, known) for part in (*plain, *mixed))
        case Or(parts):
            read = list(map(known.read, parts))
            left = [part for part, seen in zip(parts, read, strict=True) if seen != FALSE]
            return TRUE in read or (bool(left) and _choose(left[pick], pick, known))
        case literal:
            return all(known.add(one) for one in (literal, *_implied(literal)))


def _implied(literal: Literal) -> tuple[Literal, ...]:
    """What else holds of the keys of a request: later elements are in lists, and lists are present."""
    match literal:
        case Exists(element):
            return Many(element.key), Present(element.key)
        case Many(key):
            return (Present(key),)
        case _:
            return ()


def implicant(formula: Formula, holds: Callable[[Atom], bool]) -> dict[Literal, None]:
    """Return literals, true under `holds`, that make `formula` true. `formula` must be true under `holds`."""
    needed: dict[Literal, None] = {}
    truth: dict[Formula, bool] = {}
    _need(formula, holds, truth, needed)
    return needed


def _true(formula: Formula, holds: Callable[[Atom], bool], truth: dict[Formula, bool]) -> bool:
    known = truth.get(formula)
    if known is None:
        match formula:
            case Constant(value):
                known = value
            case Not(part):
                known = not holds(part)
            case And(parts):
                known = all(_true(part, holds, truth) for part in parts)
            case Or(parts):
                known = any(_true(part, holds, truth) for part in parts)
            case atom:
                known = holds(atom)
        truth[formula] = known
    return known


def _need(
    formula: Formula, holds: Callable[[Atom], bool], truth: dict[Formula, bool], needed: dict[Literal, None]
) -> None:
    match formula:
        case Constant():
            pass
        case And(parts):
            for part in sorted(parts, key=lambda part: isinstance(part, And | Or)):
                _need(part, holds, truth, needed)
        case Or(parts):
            true = [part for part in parts if _true(part, holds, truth)]
            _need(min(true, key=lambda part: _cost(part, needed)), holds, truth, needed)
        case literal:
            needed[literal] = None


def _cost(formula: Formula, needed: dict[Literal, None]) -> int:
    match formula:
        case And(parts):
            return sum(_cost(part, needed) for part in parts)
        case Or(parts):
            return min(_cost(part, needed) for part in parts)
        case literal if literal in needed:
            return 0
        case Reads():
            return 100
        case Present() | Many() | Exists():
            return 20
        case Not(Present() | Many() | Exists() | Reads()):
            return 1
        case _:
            return 2
