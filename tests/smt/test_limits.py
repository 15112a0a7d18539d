"""The limits hold: time in Z3 and in our own searches, processes that are killed, memory that is capped."""

from __future__ import annotations

import contextlib
import gc
import json
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
import z3

from tests.commands import PATIENCE, python_path
from verifier import Policy, Undecided, prove
from verifier.base.budget import Budget, deadline
from verifier.base.errors import LimitReached
from verifier.clouds.aws.evaluate.evaluate import allows
from verifier.logic.formula import RESOURCE, any_of, member, negate
from verifier.smt import lazy_loop, process
from verifier.smt.encode import Encoder
from verifier.smt.lazy_loop import Stuck, on_thread, propose
from verifier.strings.languages import Glob, Wildcard
from verifier.strings.solve import find_string


def pigeons(count: int, context: z3.Context) -> list[z3.BoolRef]:
    """The pigeonhole principle, which resolution cannot prove in any reasonable time."""
    sits = [[z3.Bool(f"p{pigeon}h{hole}", context) for hole in range(count - 1)] for pigeon in range(count)]
    found = [z3.Or(row) for row in sits]
    for hole in range(count - 1):
        found += [z3.Not(z3.And(sits[a][hole], sits[b][hole])) for a in range(count) for b in range(a)]
    return found


def test_a_call_that_ignores_its_interruption_is_left_behind() -> None:
    """The caller gets its thread back within the grace period."""
    gate = threading.Event()
    with pytest.raises(Stuck):
        on_thread(gate.wait, 0.05, lambda: None)
    gate.set()


def test_a_call_that_fails_fails_for_its_caller() -> None:
    """An exception crosses the thread."""
    with pytest.raises(ZeroDivisionError):
        on_thread(lambda: 1 // 0, PATIENCE, lambda: None)


def test_an_alarm_that_strikes_while_a_thread_starts_is_no_defect(monkeypatch: pytest.MonkeyPatch) -> None:
    """The thread runs, and the call that starts it is not back: an exception there would be taken for its failure."""
    begin: Any = threading._start_new_thread  # type: ignore[attr-defined]
    struck: list[int] = []

    def begun(bootstrap: Any, *arguments: Any) -> Any:
        found = begin(bootstrap, *arguments)
        bootstrap.__self__._started.wait()
        struck.append(1)
        signal.raise_signal(signal.SIGALRM)
        return found

    monkeypatch.setattr(threading, "_start_new_thread", begun)
    with deadline(600):
        assert on_thread(lambda: 7, PATIENCE, lambda: None) == 7
    assert struck


@pytest.mark.parametrize("struck", ["Z3_mk_config", "Z3_mk_context_rc", "Z3_set_error_handler"])
def test_an_alarm_that_strikes_while_z3_makes_an_object_comes_later(
    monkeypatch: pytest.MonkeyPatch, struck: str
) -> None:
    """An object that is half made cannot be freed: Python would print its error, with a traceback."""
    unraisable: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", unraisable.append)
    make = getattr(z3.z3, struck)

    def made(*arguments: Any) -> Any:
        signal.raise_signal(signal.SIGALRM)
        return make(*arguments)

    monkeypatch.setattr(z3.z3, struck, made)
    with deadline(600):
        context = z3.Context()
    assert z3.Int("x", context).ctx is context
    del context
    gc.collect()
    assert not unraisable


def test_a_hard_formula_ends_at_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process first, then in one that is killed."""
    for name in ("guarded_check", "solve_script"):
        monkeypatch.setattr(lazy_loop, name, getattr(lazy_loop, name).__wrapped__)
    monkeypatch.setattr(lazy_loop, "_SHORT", 0.3)
    context = z3.Context()
    solver = z3.SimpleSolver(ctx=context)
    solver.add(pigeons(14, context))
    with pytest.raises(LimitReached):
        propose(solver, Encoder(context), (), Budget.of(1.5))


def test_what_takes_longer_is_settled_in_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process answers with the same truths as a call would."""
    monkeypatch.setattr("verifier.smt.lazy_loop.guarded_check", lambda solver, seconds: z3.unknown)
    context = z3.Context()
    encoding, solver = Encoder(context), z3.SimpleSolver(ctx=context)
    one, other = (member(RESOURCE, Glob((text, Wildcard.TEXT))) for text in ("arn:a", "arn:b"))
    solver.add(encoding.term(any_of((one, other))), encoding.term(negate(one)))
    solver.add(encoding.facts())
    assert propose(solver, encoding, (one, other), Budget.of(20)) == {one: False, other: True}
    solver.add(encoding.term(negate(other)))
    assert propose(solver, encoding, (one, other), Budget.of(20)) is None


def solver_is(code: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `code` stand in for the solver."""
    (folder / "stand_in.py").write_text(f"def main():\n    {code}\n", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", python_path(folder))
    monkeypatch.setattr(process, "_SOLVER", "stand_in")


def test_a_process_out_of_time_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even one that sleeps, as Z3 in a loop without end would."""
    solver_is("import time; time.sleep(60)", tmp_path, monkeypatch)
    with pytest.raises(LimitReached, match="time limit"):
        process.solve_script.__wrapped__("(check-sat)", (), Budget.of(0.2))  # type: ignore[attr-defined]  # `tests/clock`


def test_a_process_that_dies_is_no_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither `unsat` nor a traceback."""
    solver_is("import os; os.abort()", tmp_path, monkeypatch)
    with pytest.raises(LimitReached, match="died"):
        process.solve_script("(check-sat)", (), Budget.of(20))


def test_memory_is_capped() -> None:
    """A formula too large for Z3's cap is undecided, not a crash."""
    script = """
import z3
from verifier.base.errors import LimitReached
from verifier.smt.lazy_loop import guarded_check
z3.set_param("memory_max_size", 60)
solver = z3.Solver()
x = [z3.BitVec(f"x{i}", 256) for i in range(400)]
try:
    for i in range(399):
        solver.add(x[i] * x[i + 1] % 1000003 == i)
    print(guarded_check(solver, 20))
except (LimitReached, z3.Z3Exception) as error:
    print("limit", error)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert "limit" in done.stdout or done.stdout.strip() == "unknown", done


def trap(letters: str) -> Glob:
    """`*a*b*...` over `letters`."""
    parts: list[str | Wildcard] = [Wildcard.TEXT]
    for letter in letters:
        parts += [letter, Wildcard.TEXT]
    return Glob(tuple(parts))


def test_our_own_search_ends_at_its_limit() -> None:
    """Texts in many overlapping patterns and outside others: an answer or the limit, in time."""
    inside = [trap("ab" * 12 + letter) for letter in "cdefghij"]
    outside = [trap("ba" * 9 + letter) for letter in "klmnopqrst"]
    with contextlib.suppress(LimitReached):
        find_string(inside, outside, Budget.of(1))


@pytest.mark.parametrize("pattern", ["*" + "a*" * 60, "?" * 400 + "*", "*" + "?a*" * 40])
def test_trap_patterns_are_answered_in_time(pattern: str) -> None:
    """Contained in itself, and never past the limit by more than a moment."""
    policy = Policy.parse(
        json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": pattern}]})
    )
    prove(policies=[policy], maximum=policy, timeout=2)


def test_a_hundred_infix_patterns_stay_within_the_limit() -> None:
    """Overlapping action patterns beyond count: sound, and in time."""
    names = [f"s3:*{chr(97 + i // 10)}*{chr(107 + i % 10)}*" for i in range(100)]
    allow = {"Effect": "Allow", "Action": names, "Resource": "*"}
    rest = [{"Effect": "Allow", "Action": name, "Resource": "*"} for name in names[:-1]]
    policy, maximum = (
        Policy.parse(json.dumps({"Version": "2012-10-17", "Statement": statement})) for statement in (allow, rest)
    )
    verdict = prove(policies=[policy], maximum=maximum, timeout=3)
    assert type(verdict).__name__ in ("Escapes", "Undecided"), verdict
    assert isinstance(verdict, Undecided) or not maximum_allows(maximum, verdict)


def maximum_allows(maximum: Policy, verdict: object) -> bool:
    """Whether the maximum allows the counterexample, which it must not."""
    return allows([maximum], verdict.request)  # type: ignore[attr-defined]  # an Escapes here
