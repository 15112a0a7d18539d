"""Unit propagation with what is plain to see of patterns: most questions end here, without a solver.

The literals of a conjunction hold wherever it does, so the rest may be read under them: an atom that they decide, by
being one of them or because one pattern lies within another or apart from it, becomes a constant and folds away, which
may leave further literals. The result is equivalent to what it came from.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

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
    Text,
    all_of,
    any_of,
    negate,
)
from verifier.logic.languages import Language
from verifier.logic.relate import apart, within


def simplify(formula: Formula) -> Formula:
    """Return a formula equivalent to `formula`, with what its literals decide folded away."""
    done: Formula | None = None
    while isinstance(formula, And) and formula != done:
        done = formula
        literals = [part for part in formula.parts if not isinstance(part, And | Or)]
        mixed = [part for part in formula.parts if isinstance(part, And | Or)]
        known = _Known(literals, mixed)
        if known.contradictory():
            return FALSE
        rest = [known.read(part) for part in mixed]
        formula = all_of([*literals, *rest])
    return formula


class _Known:
    """What some literals, all true, tell about atoms, and what `mixed`, true as well, refute as a whole."""

    def __init__(self, literals: Iterable[Formula], mixed: Iterable[Formula] = ()) -> None:
        self._literals = dict.fromkeys(literals)
        self._refuted = frozenset(map(negate, mixed))
        self._inside: dict[Text, list[Language]] = defaultdict(list)
        self._outside: dict[Text, list[Language]] = defaultdict(list)
        for literal in self._literals:
            match literal:
                case Member(text, language):
                    self._inside[text].append(language)
                case Not(Member(text, language)):
                    self._outside[text].append(language)
                case _:
                    pass

    def contradictory(self) -> bool:
        """Whether two literals about one text exclude each other."""
        return any(
            any(apart(one, other) for other in inside[:place])
            or any(within(one, other) for other in self._outside[text])
            for text, inside in tuple(self._inside.items())
            for place, one in enumerate(inside)
        )

    def read(self, formula: Formula) -> Formula:
        """Return `formula` with the atoms that are decided replaced by constants."""
        match formula:
            case Constant():
                return formula
            case And() | Or() if formula in self._refuted:
                return FALSE
            case And(parts):
                return all_of(map(self.read, parts))
            case Or(parts):
                return any_of(map(self.read, parts))
            case Not(part):
                truth = self._truth(part)
                return formula if truth is None else Constant(not truth)
            case atom:
                truth = self._truth(atom)
                return atom if truth is None else Constant(truth)

    def _truth(self, atom: Atom) -> bool | None:
        if atom in self._literals:
            return True
        if Not(atom) in self._literals:
            return False
        if not isinstance(atom, Member):
            return None
        for language in self._inside.get(atom.text, ()):
            if within(language, atom.language):
                return True
            if apart(language, atom.language):
                return False
        if any(within(atom.language, language) for language in self._outside.get(atom.text, ())):
            return False
        return None


def choices(formula: Formula) -> Iterator[dict[Literal, None]]:
    """Yield sets of literals that make `formula` true, the first part of every disjunction first; a few of them
    only.
    """
    for pick in (0, -1):
        chosen: dict[Literal, None] = {}
        if _choose(formula, pick, chosen):
            yield chosen


def _choose(formula: Formula, pick: int, chosen: dict[Literal, None]) -> bool:
    match formula:
        case Constant(value):
            return value
        case And(parts):
            plain = [part for part in parts if not isinstance(part, And | Or)]
            mixed = [part for part in parts if isinstance(part, And | Or)]
            return all(_choose(part, pick, chosen) for part in (*plain, *mixed))
        case Or(parts):
            known = _Known(chosen)
            open_parts = [part for part in parts if known.read(part) != FALSE]
            if not open_parts:
                return False
            settled = next((part for part in open_parts if known.read(part) == TRUE), None)
            return settled is not None or _choose(open_parts[pick], pick, chosen)
        case literal:
            return all([_take(one, chosen) for one in (literal, *_implied(literal))])  # noqa: C419  # each is taken


def _take(literal: Literal, chosen: dict[Literal, None]) -> bool:
    opposite = literal.part if isinstance(literal, Not) else Not(literal)
    chosen[literal] = None
    return opposite not in chosen


def _implied(literal: Literal) -> tuple[Literal, ...]:
    """What holds of the keys of a request beside `literal`: later elements are in lists, and lists are present."""
    match literal:
        case Exists(element):
            return Many(element.key), Present(element.key)
        case Many(key):
            return (Present(key),)
        case _:
            return ()
