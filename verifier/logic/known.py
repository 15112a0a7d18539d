"""What some formulas, all true, tell about others: the facts under which `simplify.py` reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from verifier.base.budget import Budget
from verifier.logic.formula import (
    FALSE,
    And,
    Atom,
    Constant,
    Formula,
    Literal,
    Member,
    Not,
    Or,
    Text,
    map_parts,
    negate,
)
from verifier.strings.languages import Language
from verifier.strings.subsumption import SubsumptionIndex, disjoint, is_subset


class Known:
    """Literals that are true, and what `refuted` formulas are false as a whole."""

    def __init__(self, budget: Budget, refuted: Iterable[Formula] = ()) -> None:
        """Begin with no literal known."""
        self._budget = budget
        self._refuted = frozenset(refuted)
        self.literals: dict[Literal, None] = {}
        self._inside: dict[Text, list[Language]] = defaultdict(list)
        self._outside: dict[Text, SubsumptionIndex] = defaultdict(SubsumptionIndex)

    def add(self, literal: Literal) -> bool:
        """Take in a literal; return whether it plainly goes together with those before it. Raises LimitReached."""
        self._budget.check()
        if literal in self.literals:
            return True
        truth = self.truth(literal.part if isinstance(literal, Not) else literal)
        self.literals[literal] = None
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
        if negate(atom) in self.literals:
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
