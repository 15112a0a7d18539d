"""Ctrl-C ends a proof, whatever it is at, and no process stays behind, however the command is ended."""

from __future__ import annotations

import itertools
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.commands import BIN, PATIENCE

# Long beyond what any test waits for; what has to happen meanwhile is waited for as long as a slow machine may take.
_FOR_EVER = 100_000

VERIFIER = [str(BIN / "verifier")]
# This encoding is asked about in a process of its own at once.
PROVE = "prove --policy one.json --encoding strings"
SWEEP = "sweep one.json two.json --jobs 2 --encoding strings"
# The same, but Z3 is asked in this process for as long as it takes, and standard error tells when.
IN_PROCESS = [
    *(sys.executable, "-P", "-c"),
    """
import sys
from verifier.cli import main
from verifier.smt import lazy_loop
check = lazy_loop.guarded_check
def told(solver, seconds):
    print("asking Z3", file=sys.stderr, flush=True)
    return check(solver, seconds)
lazy_loop.guarded_check, lazy_loop._SHORT = told, 100_000
main()
""",
]


def pigeons(count: int) -> dict[str, Any]:
    """A policy that allows nothing, though no solver finds that out: `count` pigeons have no place in fewer holes.

    A tag says that a pigeon sits in a hole. Each has one, for the first Denies; no hole has two, for the others.
    """
    holes = range(count - 1)
    nowhere = [{_tag(pigeon, hole): "true" for hole in holes} for pigeon in range(count)]
    two = [
        {_tag(one, hole): "false", _tag(other, hole): "false"}
        for hole in holes
        for one, other in itertools.combinations(range(count), 2)
    ]
    everything = {"Action": "*", "Resource": "*"}
    denies = [{"Effect": "Deny", "Condition": {"Null": tags}} | everything for tags in (*nowhere, *two)]
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow"} | everything, *denies]}


def _tag(pigeon: int, hole: int) -> str:
    return f"aws:PrincipalTag/p{pigeon}h{hole}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    little = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}}
    (tmp_path / "maximum.json").write_text(json.dumps(little), encoding="utf-8")
    for name in ("one", "two"):
        (tmp_path / f"{name}.json").write_text(json.dumps(pigeons(14)), encoding="utf-8")
    return tmp_path


def _hear_signals() -> None:
    """Undo what `nohup`, or a shell that started the tests in the background, let this process inherit."""
    for each in (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGTERM):
        signal.signal(each, signal.SIG_DFL)


@contextmanager
def running(command: list[str], call: str, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Give the process of a call that proves for ever; it is ended at last, if it has not ended itself."""
    arguments = [*call.split(), "--maximum", "maximum.json", "--timeout", str(_FOR_EVER)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "preexec_fn": _hear_signals}
    process = subprocess.Popen([*command, *arguments], cwd=folder, stdin=subprocess.DEVNULL, **pipes)  # type: ignore[call-overload]  # arguments by name
    with process:
        try:
            yield process
        finally:
            process.kill()


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "it does not come to pass"
        time.sleep(0.05)


def children(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    return psutil.Process(process.pid).children(recursive=True)


def solving(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    """Return all children once one of them works for longer than it takes to start and to read."""
    found: list[psutil.Process] = []

    def works() -> bool:
        found[:] = children(process)
        return any(child.cpu_times().user > 1 for child in found)

    until(works)
    return found


def ended(process: psutil.Process) -> bool:
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_ctrl_c_ends_a_proof_while_z3_runs_in_the_process(folder: Path) -> None:
    with running(IN_PROCESS, "prove --policy one.json", folder) as process:
        assert process.stderr
        assert process.stderr.readline() == b"asking Z3\n"
        time.sleep(0.5)  # so that Z3 is at it; on a slow machine Ctrl-C just comes before
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out, err) == (130, b"", b"")


def test_ctrl_c_ends_a_proof_while_z3_runs_in_its_own_process(folder: Path) -> None:
    with running(VERIFIER, PROVE, folder) as process:
        solvers = solving(process)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE)
        until(lambda: all(map(ended, solvers)))
    assert (process.returncode, out, err) == (130, b"", b"")


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_no_solver_outlives_a_proof(folder: Path, how: signal.Signals) -> None:
    with running(VERIFIER, PROVE, folder) as process:
        solvers = solving(process)
        process.send_signal(how)
        process.wait(PATIENCE)
        until(lambda: all(map(ended, solvers)))


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL, signal.SIGQUIT])
def test_no_process_outlives_a_sweep(folder: Path, how: signal.Signals) -> None:
    with running(VERIFIER, SWEEP, folder) as process:
        until(lambda: len(children(process)) >= 3)  # two that answer, and the solver of one at least
        others = solving(process)
        process.send_signal(how)
        process.wait(PATIENCE)
        until(lambda: all(map(ended, others)))
        assert process.returncode == (130 if how == signal.SIGINT else -how)


def test_a_solver_does_not_outlive_the_process_that_answers(folder: Path) -> None:
    """Nor is the sweep over: another process takes the place of the one that was killed."""
    with running(VERIFIER, SWEEP, folder) as process:
        until(lambda: len(children(process)) == 4)
        answering = psutil.Process(process.pid).children()[0]
        solver = answering.children()
        answering.kill()
        until(lambda: all(map(ended, solver)))
        until(lambda: len(children(process)) == 4)
