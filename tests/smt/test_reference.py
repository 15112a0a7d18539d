"""The cases asked in the reference encoding too: Z3's theory of strings, in this process, says what the search says."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable

import pytest
import z3

from tests.test_cases import ASK, CASES, Asked, Case
from verifier.base.budget import Budget
from verifier.smt import strings, worker
from verifier.smt.process import SolverReply

WORK = 50_000  # in Z3's own count; where that is not enough it answers unknown
QUICK = {17, 18, 19, 22, 23}  # the rules whose cases are asked in the fast suite: of values, absent keys and lists
ASKED = [
    pytest.param(case, id=case["name"], marks=() if case["rule"] in QUICK else pytest.mark.long)
    for case in CASES
    if case["ask"] in ("prove", "diff", "confine") and "verdict" in case["expect"] and "encoding" not in case
]
# Of which it finds requests that are none: a text is tied loosely to the number, date or address that it is.
LOOSE = {
    "a-variable-under-a-network-on-its-key",
    "no-instant-between-late-seconds",
    "number-one-is-not-text-one",
    "text-one-is-number-one",
    "an-address-in-two-parts-of-a-resource",
    "an-address-of-a-wider-network-in-a-resource",
    "an-address-under-a-network-in-a-resource",
    "a-number-of-33-digits-as-a-text",
}


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker's own code, without its process, its clock and its memory limit."""

    class Solver(z3.Solver):
        def set(self, *_: object, **__: object) -> None:
            super().set("rlimit", WORK)

    def solve_script(script: str, constants: Iterable[str], _: Budget) -> SolverReply:
        task = {"script": script, "seconds": 1, "memory_mb": 0, "constants": list(constants)}
        out = io.StringIO()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(worker.z3, "Solver", Solver)
            patch.setattr("sys.stdin", io.StringIO(json.dumps(task)))
            patch.setattr("sys.stdout", out)
            worker.main()
        return SolverReply(**json.loads(out.getvalue()))

    monkeypatch.setattr(strings, "solve_script", solve_script)


@pytest.mark.parametrize("case", ASKED)
def test_the_reference_encoding_says_the_same_or_leaves_it_open(case: Case) -> None:
    answer, expected = ASK[case["ask"]](Asked({**case, "encoding": "strings"})), case["expect"]["verdict"]
    if answer["verdict"] not in ("undecided", "different"):
        assert answer["verdict"] == expected
    elif expected != "undecided":
        reason = answer["reason"]
        loose = "the evaluator does not confirm" in reason
        assert not loose or case["name"] in LOOSE or case["rule"] not in QUICK
        assert loose or "answered unknown" in reason or "under an operator that ignores case" in reason
