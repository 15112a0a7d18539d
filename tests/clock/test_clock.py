"""The clock counts in every process of the tests, and a slow machine shows a test that depends on speed."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.clock.sitecustomize import LOOK
from tests.commands import PATIENCE, python_path
from verifier.base import budget

LOOKS = "from verifier.base.budget import monotonic; print(*(monotonic() for _ in range(3)))"


def test_the_clock_counts_here() -> None:
    first, second = budget.monotonic(), budget.monotonic()
    assert second - first == pytest.approx(LOOK)


def test_the_clock_counts_in_a_process() -> None:
    done = subprocess.run([sys.executable, "-P", "-c", LOOKS], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0.0", "0.0001", "0.0002"]


WAYS = ["until_it_ends", "until_it_speaks", "joined", "piped", "alarmed", "clocked"]
# Each waits for what comes after a third of a second, and fails if its limit is over before.
TESTS = f"""
import select, signal, subprocess, sys, threading, time
from multiprocessing import Pipe
import pytest

def until_it_ends(limit):
    subprocess.run([sys.executable, "-c", "import time; time.sleep(0.3)"], timeout=limit)

def until_it_speaks(limit):
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(0.3)"], stdout=subprocess.PIPE)
    with process:
        process.communicate(timeout=limit)

def joined(limit):
    thread = threading.Thread(target=time.sleep, args=(0.3,))
    thread.start()
    thread.join(limit)
    assert not thread.is_alive()

def piped(limit):
    ours, theirs = Pipe()
    threading.Timer(0.3, theirs.send, (7,)).start()
    assert ours.poll(limit)

def alarmed(limit):
    def late(*_):
        raise TimeoutError
    signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, limit)
    select.select([], [], [], 0.3)
    signal.setitimer(signal.ITIMER_REAL, 0)

def clocked(limit):
    end = time.monotonic() + limit
    time.sleep(0.3)
    assert time.monotonic() < end

@pytest.mark.parametrize("limit", [10, 100_000])
@pytest.mark.parametrize("way", {WAYS})
def test_planted(way, limit):
    globals()[way](limit)
"""


def test_a_limit_of_ten_seconds_is_found_and_a_longer_one_is_not(tmp_path: Path) -> None:
    (tmp_path / "test_planted.py").write_text(TESTS, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rA", "-p", "no:cacheprovider", "--rootdir", ".", "test_planted.py"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": python_path(), "VERIFIER_SLOW": "100"},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    found = {name: word for word, name in re.findall(r"^(PASSED|FAILED) \S+\[(\S+?)\]", done.stdout, re.MULTILINE)}
    assert found == {f"{way}-{limit}": word for way in WAYS for limit, word in ((10, "FAILED"), (100_000, "PASSED"))}, (
        done.stdout
    )


def made_on_import(text: str) -> list[int]:
    """The lines on which a budget is made when the module is imported."""
    bodies = [ast.parse(text).body]
    found: list[int] = []
    while bodies:
        for node in bodies.pop():
            if isinstance(node, ast.ClassDef):
                bodies.append(node.body)
            elif not isinstance(node, ast.FunctionDef):
                found += [one.lineno for one in ast.walk(node) if isinstance(one, ast.Call) and is_budget(one.func)]
    return found


def is_budget(called: ast.expr) -> bool:
    return ast.unparse(called) == "Budget.of"


def test_no_budget_is_made_when_a_test_is_imported() -> None:
    """It would end after as many looks at the clock as all tests before have left of it."""
    modules = sorted(Path(__file__).parent.parent.rglob("*.py"))
    assert [str(path) for path in modules if made_on_import(path.read_text(encoding="utf-8"))] == []
    assert made_on_import("class A:\n    LONG = [Budget.of(60)]\ndef f():\n    Budget.of(1)\n") == [2]
