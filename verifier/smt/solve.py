"""Is there a request that makes a formula true?

    Sat(model)       texts that make the formula true
    Unsat            no request does
    Unknown(reason)  neither was found out

Most formulas are settled here: folding and unit propagation leave nothing, or the first literals that come to mind have
texts. The rest goes to Z3, in `lazy_loop.py`, which is loaded then.
"""

from __future__ import annotations

from typing import TypeAlias

from verifier.base.budget import Budget, bounded
from verifier.base.dataclass import dataclass
from verifier.base.errors import UndecidedError
from verifier.logic.formula import FALSE, And, Formula, Or
from verifier.logic.propagate import choices, unit_propagate
from verifier.logic.request import Domains
from verifier.logic.theory import Model, check_theory
from verifier.logic.witnesses import expand


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
            return _outright(formula, domains, budget) or _by_lazy_loop(formula, domains, budget)
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


def _by_lazy_loop(formula: Formula, domains: Domains, budget: Budget) -> Satisfiability:
    from verifier.smt.lazy_loop import lazy_smt  # noqa: PLC0415  # Z3 only where it is needed

    found = lazy_smt(formula, domains, budget)
    match found:
        case None:
            return Unsat()
        case Model():
            return Sat(found)
