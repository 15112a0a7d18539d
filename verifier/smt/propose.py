"""What Z3 proposes: an assignment of atoms under which all assertions hold, or that there is none.

Nearly every question is settled in this process within a fraction of its first short while. What is not is asked again
in a process of its own, which is killed when the time is up (`process.py`).
"""

from __future__ import annotations

from collections.abc import Sequence

import z3

from verifier.base.budget import Budget
from verifier.base.errors import LimitReached
from verifier.logic.formula import Atom
from verifier.smt.encode import Encoding
from verifier.smt.guard import Stuck, check
from verifier.smt.process import decide

_SHORT = 2.0


def propose(solver: z3.Solver, encoding: Encoding, atoms: Sequence[Atom], budget: Budget) -> dict[Atom, bool] | None:
    """Return the truth of `atoms` in a model of the assertions, None where they have none.

    Raises LimitReached where the time or the memory does not suffice.
    """
    terms = [encoding.atom(atom) for atom in atoms]
    try:
        answer = check(solver, min(_SHORT, budget.remaining))
    except Stuck:
        raise LimitReached("Z3 did not come back from its interruption") from None
    if answer == z3.unsat:
        return None
    names = [f"truth{number}" for number in range(len(atoms))]
    try:
        if answer == z3.sat:
            model = solver.model()
            return {
                atom: z3.is_true(model.eval(term, model_completion=True))
                for atom, term in zip(atoms, terms, strict=True)
            }
        budget.check()
        solver.push()
        solver.add([z3.Bool(name, solver.ctx) == term for name, term in zip(names, terms, strict=True)])
        script = solver.to_smt2()
        solver.pop()
    except z3.Z3Exception:  # an interruption that came too late for the call it was meant for
        raise LimitReached("Z3 was interrupted") from None
    return _in_process(script, names, atoms, budget)


def _in_process(script: str, names: Sequence[str], atoms: Sequence[Atom], budget: Budget) -> dict[Atom, bool] | None:
    reply = decide(script, names, budget)
    if reply.answer == "unsat":
        return None
    if reply.answer == "sat":
        return {atom: reply.values.get(name) is True for name, atom in zip(names, atoms, strict=True)}
    budget.check()
    raise LimitReached(f"Z3 answered unknown: {reply.reason}")
