"""What goes wrong: always a message and the right exit code, never a traceback or an answer."""

from __future__ import annotations

import shlex
from typing import Any

import pytest

from tests.cli.conftest import Call
from verifier.base.errors import LimitReached
from verifier.cli.app import COMMANDS
from verifier.cli.commands import LazyCommands

PROVE = "prove --policy policy.json --maximum maximum.json"

# A call, and a piece of the one line that says what is wrong with it.
USAGE = [
    ("prov", "no such command 'prov'"),
    ("diff old.json", "missing argument 'NEW'"),
    (f"{PROVE} --formt json", "no such option"),
    (f"{PROVE} --format xml", "'xml' is not one of: text, json"),
    (f"{PROVE} --fail-on escapes", "'escapes' is not one of: vacuous"),
    (f"{PROVE} --timeout soon", "'soon' is not a number"),
    (f"{PROVE} --max-size 1.5", "'1.5' is not a whole number"),
    (f"{PROVE} --max-size 0", "0 is not a size"),
    ("diff old.json new.json extra.json", "unexpected extra argument"),
]


@pytest.mark.parametrize(("line", "piece"), USAGE)
def test_a_wrong_call_is_one_clear_line(call: Call, line: str, piece: str) -> None:
    wrong = call(*shlex.split(line))
    assert (wrong.code, wrong.out) == (2, "")
    assert wrong.err.startswith("error: ")
    assert wrong.err.count("\n") == 1
    assert piece in wrong.err


def options(name: str) -> list[Any]:
    """The options of a command."""
    return [each for each in LazyCommands(COMMANDS)[name].params if each.param_type_name == "option"]


@pytest.mark.parametrize("name", COMMANDS)
def test_an_option_of_one_value_is_given_once(call: Call, name: str) -> None:
    with_value = [option for option in options(name) if not option.is_flag]
    assert any(not option.multiple for option in with_value)
    for option in with_value:
        for written in option.opts:
            twice = call(name, written, "x", f"{written}=y")
            assert twice.code == 2
            assert ("it was given twice, but takes one value" in twice.err) is not option.multiple


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_can_be_strict(name: str) -> None:
    assert any("--strict" in option.opts and option.is_flag for option in options(name))


def test_the_maximum_is_one_document(call: Call) -> None:
    twice = call(*shlex.split(f"{PROVE} --maximum wide.json"))
    assert (twice.code, twice.out) == (2, "")
    assert twice.err == (
        "error: invalid value for '--maximum' / '-m': it was given twice, but takes one value "
        "(see `verifier prove --help`)\n"
    )
    assert call("prove", "--maximum", "a", "--maximum", "b", "--help").code == 0


@pytest.mark.parametrize(
    ("line", "piece"),
    [
        (f"{PROVE} --timeout nan", "`timeout` must be a positive number of seconds, not `nan`"),
        (f"{PROVE} --timeout 0", "must be a positive number of seconds"),
        ("prove --policy none.json --maximum maximum.json", "there is no file `none.json`"),
        ("prove --policy . --maximum maximum.json", "`.` is a folder"),
        (f"{PROVE} --max-size 10", "`policy.json` is larger than 10 bytes"),
        ("confine boundary.json --to s3:", "`s3:` is not a service"),
        ("confine boundary.json", "no service given"),
        ("evaluate --policy policy.json --request policy.json", "policy.json:1:"),
    ],
)
def test_wrong_input_exits_2(call: Call, line: str, piece: str) -> None:
    wrong = call(*shlex.split(line))
    assert (wrong.code, wrong.out) == (2, "")
    assert wrong.err.startswith("error: ")
    assert piece in wrong.err


def test_an_error_in_a_document_shows_its_place(call: Call) -> None:
    wrong = call("prove", "--policy", "bad.json", "--maximum", "maximum.json", "--format", "json")
    assert (wrong.code, wrong.out) == (2, "")
    head, line, caret, *_ = wrong.err.splitlines()
    assert head.startswith("error: bad.json:2:17: ")
    assert line == '   2 |  "Statement": [{"Efect": "Allow"}]}'
    assert caret == "     |                 ^^^^^^^"


def test_bytes_that_are_no_text(call: Call) -> None:
    wrong = call("prove", "--policy", "-", "--maximum", "maximum.json", stdin=b'{\n "Version\xff"')
    assert wrong.code == 2
    assert wrong.err.startswith("error: -:2:10: ")


def test_warnings_go_to_standard_error_once_a_file(call: Call) -> None:
    warned = call("diff", "odd.json", "odd.json", "--format", "json")
    assert warned.code == 0
    assert warned.json["verdict"] == "equivalent"
    assert warned.err.count("warning: odd.json:1:") == 1


@pytest.mark.parametrize(
    ("raised", "code", "said"),
    [
        (RuntimeError("bro\x1bken"), 4, "internal error: RuntimeError: bro\\x1bken; please report it"),
        (KeyboardInterrupt(), 130, ""),
        (BrokenPipeError(32, "broken pipe"), 141, ""),
        (OSError(28, "No space left on device"), 2, "no space left on device"),
    ],
)
def test_no_traceback_reaches_a_user(
    call: Call, monkeypatch: pytest.MonkeyPatch, raised: BaseException, code: int, said: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise raised

    monkeypatch.setattr("verifier.questions.prove.prove", fail)
    wrong = call(*shlex.split(PROVE))
    assert (wrong.code, wrong.out) == (code, "")
    assert said in wrong.err
    assert wrong.err.count("\n") == bool(said)


@pytest.mark.parametrize(
    ("raised", "said"),
    [(RecursionError(), "a document is nested too deeply"), (LimitReached("too\nlong"), "too\\nlong")],
)
def test_a_limit_is_an_answer(call: Call, monkeypatch: pytest.MonkeyPatch, raised: Exception, said: str) -> None:
    def fail(*_: object, **__: object) -> None:
        raise raised

    monkeypatch.setattr("verifier.questions.prove.prove", fail)
    found = call(*shlex.split(PROVE))
    assert (found.code, found.err) == (3, "")
    assert found.out.startswith(f"UNDECIDED  {said}")
