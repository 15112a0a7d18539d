"""Is there a request that makes a formula true?

    Sat(model)       texts that make the formula true
    Unsat            no request does
    Unknown(reason)  neither was found out

Most formulas are settled here: folding and unit propagation leave nothing, at once or in each of a few cases, or the
first literals that come to mind have texts. The rest goes to Z3, in `lazy_loop.py`, which is loaded then.
"""

from __future__ import annotations

from typing import TypeAlias

from verifier.base.budget import Budget, bounded
from verifier.base.dataclass import dataclass
from verifier.base.errors import UndecidedError
from verifier.logic.formula import FALSE, And, Formula, Or, all_of, atoms
from verifier.logic.propagate import choices, unit_propagate
from verifier.logic.request import Domains
from verifier.logic.theory import Model, check_theory
from verifier.logic.witnesses import expand

_MOST_CASES = 16
_MOST_ATOMS = 200


@dataclass(frozen=True, slots=True)
class Sat:
    """The formula is true of the request that has these texts."""

    model: Model


@dataclass(frozen=True, slots=True)
class Unsat:
    """The formula is true of no request."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Neither was found out, and why."""

    reason: str


Satisfiability: TypeAlias = Sat | Unsat | Unknown


def solve(formula: Formula, domains: Domains, budget: Budget) -> Satisfiability:
    """Decide whether some request, whose texts lie in `domains`, makes `formula` true."""
    try:
        with bounded():
            formula = unit_propagate(expand(unit_propagate(formula, budget), domains, budget), budget)
            if formula == FALSE:
                return Unsat()
            found = _outright(formula, domains, budget)
            if found is None and _is_false_in_each_case(formula, budget):
                return Unsat()
            return found or _by_lazy_loop(formula, domains, budget)
    except UndecidedError as limit:
        return Unknown(str(limit))


def _outright(formula: Formula, domains: Domains, budget: Budget) -> Satisfiability | None:
    """Answer without a solver where the first literals that come to mind have texts, or there are no others to try."""
    for literals in choices(formula, budget):
        found = check_theory(literals, domains, budget)
        if isinstance(found, Model):
            return Sat(found)
        if _is_conjunction(formula):
            return None if found.splitting else Unsat()
    return None


def _is_conjunction(formula: Formula) -> bool:
    """Whether it is literals and nothing else, so that what forbids them together forbids the formula."""
    parts = formula.parts if isinstance(formula, And) else (formula,)
    return not any(isinstance(part, And | Or) for part in parts)


def _is_false_in_each_case(formula: Formula, budget: Budget, depth: int = 2) -> bool:
    """Whether it is plain that no request makes `formula` true, whichever part of its shortest disjunction holds.

    Two levels of cases settle most of the small formulas that would go to Z3, which costs some 20 times as much.
    """
    if not isinstance(formula, And):
        return formula == FALSE
    choice = min((part for part in formula.parts if isinstance(part, Or)), key=_size, default=None)
    if depth == 0 or choice is None or _size(choice) > _MOST_CASES or len(atoms(formula)) > _MOST_ATOMS:
        return False
    rest = [part for part in formula.parts if part is not choice]
    cases = (unit_propagate(all_of((case, *rest)), budget) for case in choice.parts)
    return all(_is_false_in_each_case(case, budget, depth - 1) for case in cases)


def _size(choice: Or) -> int:
    return len(choice.parts)


def _by_lazy_loop(formula: Formula, domains: Domains, budget: Budget) -> Satisfiability:
    from verifier.smt.lazy_loop import lazy_smt  # noqa: PLC0415  # Z3 only where it is needed

    found = lazy_smt(formula, domains, budget)
    match found:
        case None:
            return Unsat()
        case Model():
            return Sat(found)
