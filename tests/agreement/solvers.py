"""Solvers that read SMT-LIB scripts in a long-lived process, killed and begun again when a script takes too long.

Seconds limit what the machine is busy with; `units` of a solver's own effort limit what it decides, alike anywhere.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable
from functools import partial
from multiprocessing.connection import Connection
from typing import Any

import cvc5
import z3

from verifier.base.budget import Budget
from verifier.base.errors import LimitReached
from verifier.smt.process import SolverReply
from verifier.smt.worker import _values

_GRACE = 1.0
_TASKS = 300  # in one process, so that its memory stays small


class Child:
    """A process that answers one task after the other."""

    def __init__(self, answer: Callable[[Any, float], Any]) -> None:
        self._answer = answer
        self._process: multiprocessing.process.BaseProcess | None = None
        self._done = 0

    def ask(self, task: Any, seconds: float) -> Any:
        """Return the answer to `task`; None where there was none in time, or the process died."""
        if self._process is None or self._done >= _TASKS:
            self._begin()
        self._done += 1
        try:
            self._pipe.send((task, seconds))
            if self._pipe.poll(seconds + _GRACE):
                return self._pipe.recv()
        except (EOFError, OSError):
            pass
        self.end()
        return None

    def _begin(self) -> None:
        self.end()
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, self._answer), daemon=True)
        self._process.start()
        theirs.close()
        self._done = 0
        self._pipe.recv()  # it is up

    def end(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._pipe.close()
            self._process = None


def _serve(pipe: Connection, answer: Callable[[Any, float], Any]) -> None:
    pipe.send("up")
    while True:
        task, seconds = pipe.recv()
        pipe.send(answer(task, seconds))


def z3_answer(task: tuple[str, list[str], int], seconds: float, units: int = 0) -> SolverReply:
    """Return what `verifier.smt.worker` answers to a script; `units` of 0 are no limit."""
    script, constants, memory_mb = task
    z3.set_param("memory_max_size", memory_mb)
    solver = z3.Solver()
    try:
        solver.from_string(script.rstrip().removesuffix("(check-sat)"))
        solver.set("timeout", max(1, int(seconds * 1000)))
        solver.set("rlimit", units)
        answer = solver.check()
        values = _values(solver.model(), constants) if answer == z3.sat else {}
        return SolverReply(str(answer), solver.reason_unknown() if answer == z3.unknown else "", values)
    except z3.Z3Exception as error:
        return SolverReply("unknown", str(error), {})


def cvc5_answer(script: str, seconds: float, units: int = 0) -> str:
    """Return what cvc5 answers to a script: `sat`, `unsat` or something else; `units` of 0 are no limit."""
    solver = cvc5.Solver()
    solver.setOption("strings-exp", "true")
    solver.setOption("tlimit-per", str(max(1, int(seconds * 1000))))
    solver.setOption("rlimit-per", str(units))
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, script, "script")
    symbols = parser.getSymbolManager()
    said = ""
    while True:
        command = parser.nextCommand()
        if command.isNull():
            return said.strip()
        said = command.invoke(solver, symbols)


class Solvers:
    """Z3's string theory and cvc5, each in a child of its own."""

    def __init__(self, seconds: float, *, z3_units: int = 0, cvc5_units: int = 0) -> None:
        self.seconds = seconds
        self.z3, self.cvc5 = Child(partial(z3_answer, units=z3_units)), Child(partial(cvc5_answer, units=cvc5_units))

    def decide(self, script: str, constants: Iterable[str], budget: Budget, memory_mb: int = 1024) -> SolverReply:
        """Stand in for `verifier.smt.process.solve_script`."""
        reply = self.z3.ask((script, list(constants), memory_mb), self.seconds)
        if reply is None:
            raise LimitReached(f"the time limit of {budget.seconds:g} s was reached")
        return reply

    def check(self, script: str) -> str:
        """Return cvc5's answer to a script; `unknown` where there is none in time."""
        return self.cvc5.ask(script, self.seconds) or "unknown"

    def end(self) -> None:
        """End both processes."""
        self.z3.end()
        self.cvc5.end()
