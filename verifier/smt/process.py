"""A solver in a process of its own, killed when its time is up: for calls that nothing else stops."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable
from typing import cast

from verifier.base.budget import Budget
from verifier.base.dataclass import dataclass
from verifier.base.errors import LimitReached
from verifier.base.processes import Child

MEMORY_MB = 1024
_GRACE = 1.0
_SOLVER = "verifier.smt.worker"


@dataclass(frozen=True, slots=True)
class SolverReply:
    """`answer` is `sat`, `unsat` or `unknown`; `values` are those of the constants asked for, where it is `sat`."""

    answer: str
    reason: str
    values: dict[str, bool | str]


def solve_script(script: str, constants: Iterable[str], budget: Budget) -> SolverReply:
    """Return Z3's reply to an SMT-LIB script. Raises LimitReached where the process had to be killed or died."""
    task = {"script": script, "seconds": budget.remaining, "memory_mb": MEMORY_MB, "constants": list(constants)}
    solver = Child(_SOLVER, piped=True)
    try:
        out, _ = solver.process.communicate(json.dumps(task).encode(), timeout=budget.remaining + _GRACE)
    except subprocess.TimeoutExpired:
        raise LimitReached(f"the time limit of {budget.seconds:g} s was reached") from None
    finally:
        solver.end()
    if solver.process.returncode != 0:
        raise LimitReached("Z3's process died, as it does when memory runs out")
    reply = cast("dict[str, object]", json.loads(out))
    return SolverReply(str(reply["answer"]), str(reply["reason"]), cast("dict[str, bool | str]", reply["values"]))
