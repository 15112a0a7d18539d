"""Z3 proposes, the theory of texts disposes.

Each round asks Z3 for an assignment of the atoms, keeps the literals of it that matter (`implicant`) and asks
`check_theory` for texts. If there are none, the lemmas that say so join the formula. Everything that joins is true of
every request, so Z3's `unsat` is a proof at any time; a model is one because its texts have been found.
"""

from __future__ import annotations

import z3

from verifier.base.budget import Budget
from verifier.base.errors import LimitReached
from verifier.logic.domains import Domains
from verifier.logic.equalities import equalities
from verifier.logic.formula import TRUE, Formula, all_of, atoms
from verifier.logic.implicant import implicant
from verifier.logic.theory import Model, check_theory
from verifier.logic.witnesses import list_axioms
from verifier.smt.encode import Encoding
from verifier.smt.propose import propose

_MOST_ROUNDS = 2_000


def rounds(formula: Formula, domains: Domains, budget: Budget) -> Model | None:
    """Return texts that make `formula`, already expanded, true; None where no request does. Raises LimitReached."""
    context = z3.Context()
    encoding, solver = Encoding(context), z3.SimpleSolver(ctx=context)
    asked = formula
    joining: list[Formula] = [formula, *list_axioms(formula), *equalities(formula)]
    for _ in range(_MOST_ROUNDS):
        budget.check()
        solver.add([encoding.term(one) for one in joining if one != TRUE])
        solver.add(encoding.facts())
        truth = propose(solver, encoding, tuple(atoms(asked)), budget)
        if truth is None:
            return None
        found = check_theory(implicant(asked, truth.__getitem__), domains, budget)
        if isinstance(found, Model):
            return found
        if not found.formulas:
            raise LimitReached("no values of the policy variables were found, nor a proof that there are none")
        joining = list(found.formulas)
        if found.splitting:
            asked = all_of((asked, *found.formulas))
    raise LimitReached(f"{_MOST_ROUNDS:,} rounds between Z3 and the theory of texts did not settle it")
