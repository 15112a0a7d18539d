"""The lazy loop of satisfiability modulo theories: Z3 proposes assignments, the theory of texts checks them.

    lazy_smt         texts that make a formula true, or a proof that there are none
    propose          one assignment of the atoms by Z3, within the time
    guarded_check    Z3 under control: a time limit that holds, whatever Z3 is doing, and a cap on its memory

Each round of `lazy_smt` asks Z3 for an assignment of the atoms, keeps the literals of it that matter (`implicant`) and
asks `check_theory` for texts. If there are none, the lemmas that say so join the formula. Everything that joins is true
of every request, so Z3's `unsat` is a proof at any time; a model is one because its texts have been found.

Z3's own time limit is soft. `guarded_check` runs Z3 on a thread, with a watchdog that interrupts it; a thread that does
not even come back from that is left behind, with its solver, which must not be used again. Nearly every round is
settled in this process, within a fraction of its first short while. What takes longer is asked again in a process of
its own, which is killed when the time is up (`process.py`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

import z3

from verifier.base.budget import Budget, uninterrupted
from verifier.base.errors import LimitReached
from verifier.logic.equalities import equalities
from verifier.logic.formula import TRUE, Atom, Formula, all_of, atoms
from verifier.logic.propagate import implicant
from verifier.logic.request import Domains
from verifier.logic.theory import Model, check_theory
from verifier.logic.witnesses import list_axioms
from verifier.smt.encode import Encoder
from verifier.smt.process import MEMORY_MB, solve_script

_GRACE = 1.0
_T = TypeVar("_T")

z3.set_param("memory_max_size", MEMORY_MB)


_MOST_ROUNDS = 2_000


def lazy_smt(formula: Formula, domains: Domains, budget: Budget) -> Model | None:
    """Return texts that make `formula`, already expanded, true; None where no request does. Raises LimitReached."""
    context = z3.Context()
    encoding, solver = Encoder(context), z3.SimpleSolver(ctx=context)
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


_SHORT = 2.0


def propose(solver: z3.Solver, encoding: Encoder, atoms: Sequence[Atom], budget: Budget) -> dict[Atom, bool] | None:
    """Return the truth of `atoms` in a model of the assertions, None where they have none.

    Raises LimitReached where the time or the memory does not suffice.
    """
    terms = [encoding.atom(atom) for atom in atoms]
    try:
        answer = guarded_check(solver, min(_SHORT, budget.remaining))
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
    reply = solve_script(script, names, budget)
    if reply.answer == "unsat":
        return None
    if reply.answer == "sat":
        return {atom: reply.values.get(name) is True for name, atom in zip(names, atoms, strict=True)}
    budget.check()
    raise LimitReached(f"Z3 answered unknown: {reply.reason}")


class Stuck(Exception):
    """A call did not come back from its interruption."""


def guarded_check(solver: z3.Solver, seconds: float) -> z3.CheckSatResult:
    """Return Z3's answer; `unknown` where it has none within `seconds`.

    Raises Stuck where it does not come back, LimitReached where memory runs out.
    """
    solver.set("timeout", max(1, int(seconds * 1000)))
    solver.set("ctrl_c", False)  # Z3 would take Ctrl-C for itself, and answer `unknown`
    try:
        return on_thread(solver.check, seconds, solver.ctx.interrupt)
    except z3.Z3Exception as error:
        raise LimitReached(f"Z3 gave up: {_words(error)}") from None


def on_thread(call: Callable[[], _T], seconds: float, interrupt: Callable[[], object]) -> _T:
    """Return what `call` returns; interrupt it after `seconds`, and on Ctrl-C.

    Raises Stuck where it is not back a second later.
    """
    outcome: list[_T] = []
    failure: list[BaseException] = []

    def run() -> None:
        try:
            outcome.append(call())
        except BaseException as error:  # noqa: BLE001  # handed to the caller's thread, whatever it is
            failure.append(error)

    thread = threading.Thread(target=run, daemon=True)
    try:
        with uninterrupted():
            thread.start()
        thread.join(seconds)
    finally:
        if thread.is_alive():
            interrupt()
            thread.join(_GRACE)
    if failure:
        raise failure[0]
    if not outcome:
        raise Stuck
    return outcome[0]


def _words(error: z3.Z3Exception) -> str:
    value = error.value
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
