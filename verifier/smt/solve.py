"""Is there a request that makes a formula true? Z3 proposes, the theory of texts disposes.

    Sat(model)       texts that make the formula true
    Unsat            no request does
    Unknown(reason)  neither was found out

Each round asks Z3 for an assignment of the atoms, keeps the literals of it that matter (`implicant`) and asks
`realise` for texts. If there are none, the lemmas that say so join the formula. Everything that joins is true of every
request, so Z3's `unsat` is a proof at any time; a model is one because its texts have been found.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import z3

from verifier.errors import LimitReached
from verifier.logic.budget import Budget
from verifier.logic.equalities import equalities
from verifier.logic.expand import expand, structure
from verifier.logic.formula import FALSE, And, Constant, Formula, Or, all_of, atoms
from verifier.logic.implicant import implicant
from verifier.logic.realise import Model, realise
from verifier.logic.simplify import choices, simplify
from verifier.smt.encode import Encoding
from verifier.smt.propose import propose

_MOST_ROUNDS = 2_000


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


Outcome: TypeAlias = Sat | Unsat | Unknown


def solve(formula: Formula, budget: Budget) -> Outcome:
    """Decide whether some request makes `formula` true."""
    formula = simplify(expand(formula))
    if formula == FALSE:
        return Unsat()
    try:
        return _outright(formula, budget) or _rounds(formula, budget)
    except LimitReached as limit:
        return Unknown(str(limit))


def _outright(formula: Formula, budget: Budget) -> Outcome | None:
    """Answer without a solver where the first literals that come to mind have texts, or there are no others to try."""
    for literals in choices(formula):
        found = realise(literals, budget)
        if isinstance(found, Model):
            return Sat(found)
        if not isinstance(formula, Or) and len(literals) == _size(formula) and not found.guiding:
            return Unsat()
    return None


def _size(formula: Formula) -> int:
    """How many literals a conjunction of literals has; -1 where it is none."""
    parts = formula.parts if isinstance(formula, And) else (formula,)
    return -1 if any(isinstance(part, And | Or) for part in parts) else len(parts)


def _rounds(formula: Formula, budget: Budget) -> Outcome:
    context = z3.Context()
    encoding, solver = Encoding(context), z3.SimpleSolver(ctx=context)
    asked = formula
    waiting: list[Formula] = [formula, *structure(formula), *equalities(formula)]
    for _ in range(_MOST_ROUNDS):
        budget.check()
        for one in waiting:
            if isinstance(one, Constant) and one.value:
                continue
            solver.add(encoding.term(one))
        solver.add(encoding.facts())
        truth = propose(solver, encoding, tuple(atoms(asked)), budget)
        if truth is None:
            return Unsat()
        found = realise(implicant(asked, truth.__getitem__), budget)
        if isinstance(found, Model):
            return Sat(found)
        if not found.formulas:
            return Unknown("no values of the policy variables were found, nor a proof that there are none")
        waiting = list(found.formulas)
        if found.guiding:
            asked = all_of((asked, *found.formulas))
    return Unknown(f"{_MOST_ROUNDS:,} rounds between Z3 and the theory of texts did not settle it")
