"""How much a command still does once its time is over, counted in calls of functions, whatever it was asked about.

The clock of these tests counts: from a certain look at it on, the time is over. What a command does from there to its
end (it reads no further, but it has to explain, to warn and to print) must not grow faster than what it was given. No
second is measured here; `benchmarks/limits.py` measures them.
"""

from __future__ import annotations

import io
import itertools
import json.encoder
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from tests.hostile_inputs.documents import BUILDERS, commands, write
from verifier.base.budget import Budget
from verifier.cli.app import run_command_line

SIZE = 1_500
OVER = 20
MOST_CALLS = 150_000
# Python's writer of JSON, not counted: it takes a few calls for each value of a report, which has a bound.
WRITER = json.encoder.__file__
COMMANDS = dict(commands())


class Clock:
    """A clock by which the time is over from the look `OVER` on; it counts the calls from there to `stop`."""

    def __init__(self) -> None:
        self._looks = itertools.count()
        self.calls = 0
        self.over = False

    def __call__(self) -> float:
        """Return the time."""
        if not self.over and next(self._looks) >= OVER:
            self.over = True
            sys.setprofile(self._count)
        return 1e9 if self.over else 0.0

    def stop(self) -> None:
        """Count no further."""
        sys.setprofile(None)

    def check(self) -> None:
        """Fail where there were too many calls: what is raised while they are counted may come where nobody hears."""
        if self.calls > MOST_CALLS:
            pytest.fail("it goes on although its time is over")

    def _count(self, frame: FrameType, event: str, _: object) -> None:
        self.calls += event == "call" and frame.f_code.co_filename != WRITER
        self.check()


def called(build: str, name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[int, Clock]:
    """Return the exit code of a command about one of the documents, and the clock."""
    write(build, SIZE, folder, repository=name in ("changes", "check --base"))
    monkeypatch.chdir(folder)
    clock = Clock()
    monkeypatch.setattr("verifier.base.budget.monotonic", clock)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO((folder / "batch.jsonl").read_bytes())))
    try:
        code = run_command_line(COMMANDS[name])
    finally:
        clock.stop()
    clock.check()
    return code, clock


# Each searches, explains or prints in a way of its own; the others ask as one of them does.
APART = ("prove --all", "prove --explain", "diff", "confine --all", "evaluate", "simplify", "repair", "sweep sarif")


def pairs() -> Iterator[Any]:
    """Every document with every command; soon are those of `APART`, and of the others one for each document."""
    others = [name for name in COMMANDS if name not in APART]
    for number, build in enumerate(BUILDERS):
        soon = {*APART, others[number % len(others)]}
        for name in COMMANDS:
            yield pytest.param(build, name, marks=() if name in soon else pytest.mark.long)


@pytest.mark.parametrize(("build", "name"), [*pairs()])
def test_a_command_ends_once_its_time_is_over(
    build: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, _ = called(build, name, tmp_path, monkeypatch)
    assert code in (0, 1, 3)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_search_that_looks_at_no_clock_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted fault: loops without their check go on."""
    monkeypatch.setattr(Budget, "check", lambda _: None)
    with pytest.raises(pytest.fail.Exception, match="goes on"):
        called("action_patterns", "diff", tmp_path, monkeypatch)
