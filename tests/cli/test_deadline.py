"""`--timeout` holds for a whole command, or for each question of one that asks many, whatever it is doing: what never
ends is put into every step.
"""

from __future__ import annotations

import json
import math
import pkgutil
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

import jsonschema
import pytest

import verifier.clouds.aws.lint.request  # noqa: F401 - else it would keep what a test puts in the place of `evaluate`
from tests.cli.conftest import Call
from tests.repositories import git
from verifier.base import budget as module
from verifier.base.budget import Budget, answered, bounded, deadline, uninterrupted, within
from verifier.base.errors import LimitReached
from verifier.questions.ask import Ask
from verifier.report.answer_schema import schema


@pytest.fixture(autouse=True)
def nothing_at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """No request is at hand before the search, which is what these tests are about."""
    monkeypatch.setattr("verifier.questions.ways.plainly", lambda *_: None)


POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": ["s3:*", "s3:Get*"], "Resource": "*"},
        {"Effect": "Deny", "Action": "s3:Put*", "Resource": "*"},
    ],
}
MAXIMUM = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}
REQUEST = {"action": "s3:GetObject", "resource": "*"}

# An alarm can come while a module is imported, whose file is then left to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
AGAIN = 0.2

# Functions that a step of a command begins with, and the commands that take it.
STEPS = [
    ("verifier.cli.inputs.parse_source", "prove diff confine evaluate simplify repair"),
    ("verifier.questions.claims.representatives", "prove diff confine repair"),
    ("verifier.smt.solve.check_theory", "prove diff confine simplify repair"),
    ("verifier.clouds.aws.world.select.choose", "prove diff confine"),
    ("verifier.explanations.explain.explain", "prove diff confine"),
    ("verifier.regions.regions.split", "prove diff confine"),
    ("verifier.clouds.aws.cloud.decide", "evaluate"),
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


def too_deep(*_: object, **__: object) -> None:
    """Nest deeper than Python goes."""
    too_deep()


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """No grace, so that the tests need not wait for it."""
    monkeypatch.setattr(module, "_GRACE", 0.0)


@pytest.mark.usefixtures("soon")
def test_what_never_ends_is_ended() -> None:
    with pytest.raises(LimitReached, match="time limit"), deadline(0.01):
        for_ever()


def test_what_goes_on_is_ended_again() -> None:
    with deadline(600):
        for _ in range(3):
            with pytest.raises(LimitReached):
                signal.raise_signal(signal.SIGALRM)
        assert signal.getitimer(signal.ITIMER_REAL)[1] == pytest.approx(AGAIN)


@pytest.mark.parametrize("ended", [False, True])
def test_an_alarm_that_comes_at_the_end_leaves_nothing_behind(ended: bool) -> None:
    hook = sys.unraisablehook
    with suppress(LimitReached), deadline(600):
        handler = signal.getsignal(signal.SIGALRM)
        if not ended:
            signal.raise_signal(signal.SIGALRM)
    assert callable(handler)
    handler(signal.SIGALRM, None)  # one that was on its way
    assert (signal.getsignal(signal.SIGALRM), sys.unraisablehook) == (signal.SIG_DFL, hook)
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


@pytest.mark.usefixtures("soon")
def test_an_alarm_that_passes_comes_again() -> None:
    done: list[int] = []

    def struck() -> None:
        with deadline(600):
            with uninterrupted():
                signal.raise_signal(signal.SIGALRM)
                done.append(1)
            signal.setitimer(signal.ITIMER_REAL, 0.001, AGAIN)
            for_ever()

    with pytest.raises(LimitReached, match="time limit"):
        struck()
    assert done


def test_an_alarm_that_comes_while_an_object_is_freed_says_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    """Nor one that comes while Python is told of the first."""
    struck: list[str] = []

    class Freed:
        def __del__(self) -> None:
            raise LimitReached("as from the alarm")

    def strike(frame: FrameType, event: str, _: object) -> None:
        if (frame.f_code.co_name, event) == ("told_unraisable", "call"):
            struck.append(event)
            signal.raise_signal(signal.SIGALRM)

    with deadline(600):
        sys.setprofile(strike)
        Freed()
        sys.setprofile(None)
    assert struck
    assert capfd.readouterr() == ("", "")


def test_an_answer_that_is_there_is_printed_to_its_end() -> None:
    with deadline(600):
        assert signal.getitimer(signal.ITIMER_REAL)[0] > 0
        answered()
        assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


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


REPORTS = ("sarif", "junit", "html", "markdown")
WITHOUT_REPORTS = ("evaluate", "simplify", "repair")
FORMS = [
    *((command, "json") for command in COMMANDS),
    *((command, form) for command in COMMANDS if command not in WITHOUT_REPORTS for form in REPORTS),
]


@pytest.mark.parametrize(("command", "form"), FORMS)
def test_what_ends_before_it_has_an_answer_says_so_in_its_form(
    call: Call, documents: Path, monkeypatch: pytest.MonkeyPatch, command: str, form: str
) -> None:
    def endless(*_: object) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0.001, AGAIN)
        for_ever()

    monkeypatch.setattr("verifier.cli.inputs.parse_source", endless)
    arguments = [one for one in COMMANDS[command] if one != "--all"]
    found = call(*arguments, "--timeout", "600", "--format", form)
    assert (found.code, found.err) == (3, "")
    assert "the time limit of 600 s was reached" in found.out
    if form == "json":
        jsonschema.validate(found.json, schema())
        assert found.json["verdict"] == ("no-repair" if command == "repair" else "undecided")
    if form == "sarif":
        assert [one["ruleId"] for one in found.json["runs"][0]["results"]] == ["undecided"]
    if form == "junit":
        assert 'errors="1"' in found.out


# A step before there is anything to ask, and the last one before the answer is printed.
EARLY = "verifier.cli.inputs.parse_source"
LATE = {
    "prove": "verifier.api.write_scripts",
    "diff": "verifier.api.write_scripts",
    "confine": "verifier.api.write_scripts",
    "evaluate": "verifier.clouds.aws.cloud.decide",
    "simplify": "verifier.cli.write_option.print_edited",
    "repair": "verifier.cli.write_option.print_edited",
}
MOMENTS = [(command, step) for command in COMMANDS for step in (EARLY, LATE[command])]


@pytest.mark.parametrize(("command", "step"), MOMENTS)
def test_the_text_of_a_limit_is_the_headline_of_a_verdict_whenever_it_strikes(
    call: Call, documents: Path, monkeypatch: pytest.MonkeyPatch, command: str, step: str
) -> None:
    done: list[str] = []

    def endless(*_: object, **__: object) -> None:
        done.append(step)
        signal.setitimer(signal.ITIMER_REAL, 0.001, AGAIN)
        for_ever()

    monkeypatch.setattr(step, endless)
    found = call(*COMMANDS[command], "--timeout", "600")
    assert done
    headline = "NO REPAIR  no repair found: " if command == "repair" else "UNDECIDED  "
    assert (found.code, found.out) == (3, f"{headline}the time limit of 600 s was reached\n")
    assert "undecided" not in found.err


SEARCH = {
    **dict.fromkeys(("prove", "diff", "confine", "repair"), "verifier.questions.claims.representatives"),
    "simplify": "verifier.smt.solve.check_theory",
}


@pytest.mark.parametrize("command", SEARCH)
def test_the_text_of_a_limit_in_a_search_begins_with_the_same_headline(
    call: Call, documents: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    def over(*_: object, **__: object) -> None:
        monkeypatch.setattr("verifier.base.budget.monotonic", lambda: math.inf)
        raise LimitReached("the time limit of 600 s was reached")

    monkeypatch.setattr(SEARCH[command], over)
    headline = "NO REPAIR  no repair found: " if command == "repair" else "UNDECIDED  "
    arguments = [one for one in COMMANDS[command] if one not in ("--all", "--explain")]
    found = call(*arguments, "--timeout", "600")
    assert found.code == 3
    assert found.out.startswith(f"{headline}the time limit of 600 s was reached\n")


def test_what_nests_too_deep_is_a_limit_too() -> None:
    with pytest.raises(LimitReached, match="too many parts"), bounded():
        raise RecursionError


CASES = [(command, step) for step, commands in STEPS for command in commands.split()]


@pytest.mark.parametrize(("command", "step"), CASES)
def test_a_step_that_never_ends_ends(
    call: Call, documents: Path, monkeypatch: pytest.MonkeyPatch, command: str, step: str
) -> None:
    """An answer, be it undecided, and never an error. The time is over once the step has begun."""
    done: list[str] = []

    def endless(*_: object, **__: object) -> None:
        done.append(step)
        monkeypatch.setattr("verifier.base.budget.monotonic", lambda: math.inf)
        signal.setitimer(signal.ITIMER_REAL, 0.001, AGAIN)
        for_ever()

    monkeypatch.setattr(step, endless)
    found = call(*COMMANDS[command], "--timeout", "600")
    assert done
    assert found.code in (0, 1, 3), found.err
    assert found.code in (0, 1) or "time limit" in found.out + found.err


@pytest.mark.parametrize(("command", "step"), CASES)
def test_a_step_that_nests_too_deep_ends(
    call: Call, documents: Path, monkeypatch: pytest.MonkeyPatch, command: str, step: str
) -> None:
    """It is a limit like time, not a defect."""
    monkeypatch.setattr(step, too_deep)
    found = call(*COMMANDS[command])
    assert found.code in (0, 1, 3), found.err
    assert found.code in (0, 1) or "is nested too deeply" in found.out + found.err


@pytest.mark.parametrize(
    "step", ["verifier.clouds.aws.lint.lint.lint_actions", "verifier.clouds.aws.policy.parse.policy_of"]
)
@pytest.mark.parametrize("command", COMMANDS)
def test_reading_and_warning_that_nest_too_deep_end(
    call: Call, documents: Path, monkeypatch: pytest.MonkeyPatch, command: str, step: str
) -> None:
    monkeypatch.setattr(step, too_deep)
    assert call(*COMMANDS[command]).code == 3


# The same for commands that ask about two documents or more: the first never ends, and the next is answered.
STEPS_OF_MANY = {
    "batch": "cli.batch_lines.read_question questions.claims.representatives clouds.aws.world.select.choose"
    " cli.batch_lines.lint_question",
    "sweep": "bulk.sweep.read_level questions.claims.representatives clouds.aws.world.select.choose"
    " clouds.aws.cloud.Aws.warnings",
    "changes": "checks.compare.parse_level_source questions.claims.representatives checks.compare.explain"
    " checks.compare.lint",
    "check": "checks.ask.parse_source questions.claims.representatives checks.ask.explain checks.ask.lint",
}
TOML = """
[[rule]]
name = "within"
policies = ["a.json", "b.json"]
maximum = "m.json"
"""
COMMANDS_OF_MANY = {
    "batch": ["batch"],
    "sweep": ["sweep", "a.json", "b.json", "--maximum", "m.json", "--jobs", "1", "--format", "json"],
    "changes": ["changes", "a.json", "b.json", "--format", "json"],
    "check": ["check", "--format", "json"],
}
LINES = "".join(json.dumps({"id": id, "ask": "prove", "policies": [POLICY], "maximum": MAXIMUM}) + "\n" for id in "ab")


@pytest.fixture
def many(documents: Path) -> Path:
    """Two documents, new in a repository, with rules about them."""
    for arguments in (["init", "-q"], ["add", "m.json"], ["commit", "-qm", "x"]):
        git(documents, *arguments)
    for name in "ab":
        (documents / f"{name}.json").write_text(json.dumps(POLICY), encoding="utf-8")
    (documents / "verifier.toml").write_text(TOML, encoding="utf-8")
    return documents


@pytest.mark.parametrize(
    ("command", "step"), [(command, step) for command, steps in STEPS_OF_MANY.items() for step in steps.split()]
)
def test_the_next_question_is_answered(
    call: Call, many: Path, monkeypatch: pytest.MonkeyPatch, command: str, step: str
) -> None:
    home, _, name = f"verifier.{step}".rpartition(".")
    usual = getattr(pkgutil.resolve_name(home), name)
    done: list[str] = []

    def first_endless(*arguments: Any, **named: Any) -> Any:
        if done:
            return usual(*arguments, **named)
        done.append(step)
        monkeypatch.setattr("verifier.base.budget.monotonic", lambda: math.inf)  # too late for what began before
        signal.setitimer(signal.ITIMER_REAL, 0.001, AGAIN)
        for_ever()
        return None

    monkeypatch.setattr(f"{home}.{name}", first_endless)
    found = call(*COMMANDS_OF_MANY[command], "--timeout", "600", stdin=LINES)
    assert done
    first, second = _answers(command, found.out)
    assert first["verdict"] == "undecided"
    assert "time limit" in first.get("reason", first.get("message"))
    assert second["verdict"] in ("escapes", "wider")


TEXTS_OF_MANY = {
    "sweep": "UNDECIDED  a.json  the time limit of 600 s was reached",
    "changes": "UNDECIDED  the time limit of 600 s was reached",
    "check": "UNDECIDED   a.json  the time limit of 600 s was reached",
}


@pytest.mark.parametrize(
    ("command", "step"), [(command, step) for command in TEXTS_OF_MANY for step in STEPS_OF_MANY[command].split()]
)
def test_the_text_about_one_of_many_is_the_same_whenever_the_limit_strikes(
    call: Call, many: Path, monkeypatch: pytest.MonkeyPatch, command: str, step: str
) -> None:
    def endless(*_: object, **__: object) -> None:
        monkeypatch.setattr("verifier.base.budget.monotonic", lambda: math.inf)
        signal.setitimer(signal.ITIMER_REAL, 0.001, AGAIN)
        for_ever()

    monkeypatch.setattr(f"verifier.{step}", endless)
    arguments = [one for one in COMMANDS_OF_MANY[command] if one not in ("--format", "json")]
    found = call(*arguments, "--timeout", "600")
    assert found.code in (1, 3)
    assert TEXTS_OF_MANY[command] in found.out
    assert found.err == ""


def test_an_explanation_in_a_report_takes_no_longer_than_the_limit_of_its_document(
    call: Call, many: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[Ask] = []

    def endless(_: object, __: object, ask: Ask) -> None:
        given.append(ask)
        signal.setitimer(signal.ITIMER_REAL, 0.001, AGAIN)
        for_ever()

    monkeypatch.setattr("verifier.cli.sweep_report.explain", endless)
    arguments = ["sweep", "a.json", "b.json", "--maximum", "m.json", "--jobs", "1", "--format", "sarif"]
    found = call(*arguments, "--timeout", "600")
    assert found.code == 1
    assert [one["ruleId"] for one in found.json["runs"][0]["results"] if one["level"] == "error"] == ["escapes"] * 2
    assert [ask.seconds for ask in given] == [600, 600]


def _answers(command: str, out: str) -> list[dict[str, Any]]:
    """The two answers; of `check` the findings, but warnings."""
    if command == "check":
        return [one for one in json.loads(out)["rules"][0]["findings"] if one["verdict"] != "warnings"]
    return [json.loads(line) for line in out.splitlines()]


def test_in_another_thread_there_is_no_alarm() -> None:
    seen: list[object] = []

    def inside() -> None:
        with deadline(5):
            seen.append(Budget.of(10).seconds)
            seen.append(signal.getsignal(signal.SIGALRM))

    thread = threading.Thread(target=inside)
    thread.start()
    thread.join()
    assert seen == [5, signal.SIG_DFL]


def test_an_alarm_of_the_program_stays_its_own() -> None:
    def theirs(*_: object) -> None:
        """Do nothing."""

    before = signal.signal(signal.SIGALRM, theirs)
    try:
        with deadline(5):
            assert signal.getsignal(signal.SIGALRM) is theirs
            assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
    finally:
        signal.signal(signal.SIGALRM, before)
