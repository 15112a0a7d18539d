"""`--timeout` holds for a whole command, whatever it is doing: what never ends is put into every step of it."""

from __future__ import annotations

import json
import math
import signal
from pathlib import Path

import pytest

from tests.cli.conftest import Call
from verifier.cli import deadline as module
from verifier.cli.deadline import answered, deadline
from verifier.errors import LimitReached
from verifier.logic.budget import Budget, within

POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": ["s3:*", "s3:Get*"], "Resource": "*"},
        {"Effect": "Deny", "Action": "s3:Put*", "Resource": "*"},
    ],
}
MAXIMUM = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}
REQUEST = {"action": "s3:GetObject", "resource": "*"}

# Functions that a step of a command begins with, and the commands that take it.
STEPS = [
    ("verifier.cli.inputs.parse_source", "prove diff confine evaluate simplify repair"),
    ("verifier.questions.search.representatives", "prove diff confine repair"),
    ("verifier.smt.solve.realise", "prove diff confine simplify repair"),
    ("verifier.questions.choose.choose", "prove diff confine"),
    ("verifier.why.explain.explain", "prove diff confine"),
    ("verifier.regions.regions.split", "prove diff confine"),
    ("verifier.semantics.evaluate.evaluate", "evaluate"),
]
COMMANDS = {
    "prove": ["prove", "--policy", "p.json", "--maximum", "m.json", "--all", "--explain"],
    "diff": ["diff", "p.json", "m.json"],
    "confine": ["confine", "p.json", "--to", "iam", "--all"],
    "evaluate": ["evaluate", "--policy", "p.json", "--request", "r.json"],
    "simplify": ["simplify", "p.json"],
    "repair": ["repair", "--policy", "p.json", "--boundary", "p.json", "--maximum", "m.json"],
}


def for_ever(*_: object, **__: object) -> None:
    """Never end, nor look at any budget."""
    while True:
        pass


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """No grace, so that the tests need not wait for it."""
    monkeypatch.setattr(module, "_GRACE", 0.0)


@pytest.mark.usefixtures("soon")
def test_what_never_ends_is_ended() -> None:
    with pytest.raises(LimitReached, match="time limit"), deadline(0.01):
        for_ever()


@pytest.mark.usefixtures("soon")
def test_what_goes_on_is_ended_again() -> None:
    ended = 0
    with deadline(0.01):
        for _ in range(3):
            try:
                for_ever()
            except LimitReached:
                ended += 1
    assert ended == 3


@pytest.mark.usefixtures("soon")
def test_an_answer_that_is_there_is_printed_to_its_end() -> None:
    with deadline(0.05):
        answered()
        assert sum(range(3_000_000)) > 0


def test_budgets_last_no_longer_than_the_command() -> None:
    with within(0.5) as outer:
        assert Budget.of(10) is outer
        assert Budget.of(0.1).seconds == 0.1
    assert Budget.of(10).seconds == 10


def test_a_wrong_limit_is_the_error_of_the_command(call: Call) -> None:
    for wrong in ("0", "nan", "-1", "inf"):
        found = call("simplify", "p.json", "--timeout", wrong)
        assert (found.code, found.out) == (2, "")


@pytest.fixture
def documents(folder: Path) -> Path:
    """The documents that the commands are asked about."""
    for name, document in (("p", POLICY), ("m", MAXIMUM), ("r", REQUEST)):
        (folder / f"{name}.json").write_text(json.dumps(document), encoding="utf-8")
    return folder


CASES = [(command, step) for step, commands in STEPS for command in commands.split()]


@pytest.mark.parametrize(("command", "step"), CASES)
def test_a_step_that_never_ends_ends(
    call: Call, documents: Path, monkeypatch: pytest.MonkeyPatch, command: str, step: str
) -> None:
    """An answer, be it undecided, and never an error. The time is over once the step has begun."""
    done: list[str] = []

    def endless(*_: object, **__: object) -> None:
        done.append(step)
        monkeypatch.setattr("verifier.logic.budget.monotonic", lambda: math.inf)
        signal.setitimer(signal.ITIMER_REAL, 0.001, 0.01)
        for_ever()

    monkeypatch.setattr(step, endless)
    found = call(*COMMANDS[command], "--timeout", "600")
    assert done
    assert found.code in (0, 1, 3), found.err
    assert found.code in (0, 1) or "time limit" in found.out + found.err
