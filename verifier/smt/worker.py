"""The process that decides one SMT-LIB script with Z3 and can be killed (`process.py`).

Reads from standard input one JSON object {"script", "seconds", "memory_mb", "constants"}; writes one, {"answer",
"reason", "values"}, to standard output, where `values` gives each constant's value: a Boolean, a text, or a number as
text.
"""

from __future__ import annotations

import json
import re
import sys

import z3


def main() -> None:
    """Decide the script on standard input."""
    task = json.load(sys.stdin)
    z3.set_param("memory_max_size", task["memory_mb"])
    solver = z3.Solver()
    try:
        solver.from_string(task["script"].rstrip().removesuffix("(check-sat)"))
        solver.set("timeout", max(1, int(task["seconds"] * 1000)))
        answer = solver.check()
        values = _values(solver.model(), task["constants"]) if answer == z3.sat else {}
        reason = solver.reason_unknown() if answer == z3.unknown else ""
    except z3.Z3Exception as error:
        answer, values, reason = z3.unknown, {}, str(error)
    json.dump({"answer": str(answer), "reason": reason, "values": values}, sys.stdout)


def _values(model: z3.ModelRef, names: list[str]) -> dict[str, bool | str]:
    found: dict[str, bool | str] = {}
    wanted = set(names)
    for declaration in model.decls():
        if declaration.name() in wanted:
            value = model[declaration]
            if z3.is_bool(value):
                found[declaration.name()] = z3.is_true(value)
            elif z3.is_string(value):
                found[declaration.name()] = _text(value)
            else:
                found[declaration.name()] = value.as_string()
    return found


def _text(value: z3.SeqRef) -> str:
    r"""The text of a string value, which Z3 writes with `\u{...}` for what is not printable ASCII."""
    return re.sub(r"\\u\{([0-9a-fA-F]+)\}", lambda found: chr(int(found[1], 16)), value.as_string())
