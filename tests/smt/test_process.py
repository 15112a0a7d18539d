"""The solver's process as its caller sees it: the task it gets, how long it is waited for, and that it always ends."""

from __future__ import annotations

import inspect
import json
import subprocess
from collections.abc import Iterable
from typing import Any

import pytest

from verifier.base.budget import Budget
from verifier.base.errors import LimitReached
from verifier.smt import process
from verifier.smt.process import MEMORY_MB, SolverReply

SECONDS = 8.0
LEFT = 2.5
REPLY = {"answer": "sat", "reason": "", "values": {"a": True, "b": "text"}}


class Planted:
    """A process that does as the test says, and keeps what it was told."""

    told: list[Any]
    ended: int
    out: bytes
    returncode: int
    failure: BaseException | None

    def __init__(self, module: str, *arguments: str, piped: bool = False) -> None:
        self.process = self
        self.told.append((module, arguments, piped))

    @classmethod
    def communicate(cls, task: bytes, timeout: float) -> tuple[bytes, None]:
        cls.told.append((json.loads(task), timeout))
        if cls.failure is not None:
            raise cls.failure
        return cls.out, None

    @classmethod
    def end(cls) -> None:
        cls.ended += 1


def solve_script(script: str, constants: Iterable[str]) -> SolverReply:
    """As it is without `tests/clock`, which gives it more time."""
    found: SolverReply = inspect.unwrap(process.solve_script)(script, constants, Budget(SECONDS, SECONDS))
    return found


@pytest.fixture(autouse=True)
def planted(monkeypatch: pytest.MonkeyPatch) -> type[Planted]:
    """Let it stand in for the process; as much of the budget is left as `LEFT` says."""
    Planted.told, Planted.ended, Planted.out, Planted.returncode, Planted.failure = [], 0, b"", 0, None
    monkeypatch.setattr(process, "Child", Planted)
    monkeypatch.setattr("verifier.base.budget.monotonic", lambda: SECONDS - LEFT)
    return Planted


def test_the_task_says_all_that_limits_the_search() -> None:
    """The process is waited for a little longer than it may search, so that its own answer arrives."""
    Planted.out = json.dumps(REPLY).encode()
    found = solve_script("(assert a)", iter(["a", "b"]))
    assert found == SolverReply("sat", "", {"a": True, "b": "text"})
    started, (task, patience) = Planted.told
    assert started == ("verifier.smt.worker", (), True)
    assert task == {"script": "(assert a)", "seconds": LEFT, "memory_mb": MEMORY_MB, "constants": ["a", "b"]}
    assert LEFT < patience < SECONDS
    assert Planted.ended == 1


def test_a_reason_is_handed_on() -> None:
    Planted.out = json.dumps({"answer": "unknown", "reason": "planted", "values": {}}).encode()
    assert solve_script("", ()) == SolverReply("unknown", "planted", {})


@pytest.mark.parametrize("code", [1, -9, 137])
def test_a_process_that_dies_ends_in_a_limit(code: int) -> None:
    """Whatever it wrote before."""
    Planted.out, Planted.returncode = json.dumps(REPLY).encode(), code
    with pytest.raises(LimitReached, match=r"^Z3's process died, as it does when memory runs out$"):
        solve_script("", ())
    assert Planted.ended == 1


def test_a_process_out_of_time_names_the_limit_of_the_question() -> None:
    """The seconds that were asked for, of which fewer were left."""
    Planted.failure = subprocess.TimeoutExpired("", 1)
    with pytest.raises(LimitReached, match=r"^the time limit of 8 s was reached$"):
        solve_script("", ())
    assert Planted.ended == 1


def test_a_process_ends_with_its_caller() -> None:
    Planted.failure = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        solve_script("", ())
    assert Planted.ended == 1
