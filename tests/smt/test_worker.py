"""What Z3's process answers to a task, asked in this process: a table of scripts, and a solver that is none."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from typing import Any

import pytest
import z3

from verifier.smt import worker

STRINGS = (
    '(declare-const s String)(assert (= s "a\\u{e9}\\u{1F600}b\\u{5c}"))(declare-const t String)(assert (= t "x"))'
)
TYPED = (
    "(declare-const yes Bool)(assert yes)(declare-const no Bool)(assert (not no))"
    "(declare-const half Real)(assert (= half (- 0.125)))"
    "(declare-const old (_ BitVec 32))(assert (= old (_ bv7 32)))"
)
CHECK = "(check-sat)"


def reply(script: str, constants: Sequence[str], monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The worker's answer to a task; this process keeps its own memory limit."""
    out = io.StringIO()
    monkeypatch.setattr(z3, "set_param", lambda *_: None)
    task = {"script": script, "seconds": 3_600, "memory_mb": 0, "constants": constants}
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(task)))
    monkeypatch.setattr("sys.stdout", out)
    worker.main()
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


@pytest.mark.parametrize(
    ("script", "constants", "answer", "values"),
    [
        ("(assert false)", ["s"], "unsat", {}),
        ("(assert true)", [], "sat", {}),
        (STRINGS, ["s"], "sat", {"s": "a\xe9\U0001f600b\\"}),
        (STRINGS, ["s", "t"], "sat", {"s": "a\xe9\U0001f600b\\", "t": "x"}),
        (STRINGS, ["unheard"], "sat", {}),
        (TYPED, ["half", "no", "yes"], "sat", {"yes": True, "no": False, "half": "-1/8"}),
        (TYPED, ["old"], "sat", {"old": "7"}),
    ],
)
@pytest.mark.parametrize("end", ["", f"\n{CHECK}\n", f"{CHECK} "])
def test_the_answer_and_the_values_asked_for(
    script: str, constants: list[str], answer: str, values: dict[str, Any], end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert reply(script + end, constants, monkeypatch) == {"answer": answer, "reason": "", "values": values}


def test_a_script_that_is_none_is_unknown_in_the_words_of_z3(monkeypatch: pytest.MonkeyPatch) -> None:
    found = reply("(assert unheard)", ["s"], monkeypatch)
    assert (found["answer"], found["values"]) == ("unknown", {})
    assert "unknown constant unheard" in found["reason"]


class Unknowing:
    """A solver that does not know, and keeps what it was told, in order."""

    def __init__(self) -> None:
        self.told: list[tuple[Any, ...]] = []

    def from_string(self, text: str) -> None:
        self.told.append((text,))

    def set(self, *setting: Any) -> None:
        self.told.append(setting)

    def check(self) -> z3.CheckSatResult:
        self.told.append(("check",))
        return z3.unknown

    def reason_unknown(self) -> str:
        return "planted"


@pytest.mark.parametrize(("seconds", "milliseconds"), [(2.5, 2500), (0.0001, 1), (0, 1), (-3.0, 1), (1.0009, 1000)])
@pytest.mark.parametrize("end", ["", CHECK, f"\n{CHECK}\n "])
def test_the_search_begins_under_the_limits_of_the_task(
    seconds: float, milliseconds: int, end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A `(check-sat)` in the text would search before the time is limited; 0 would be no limit."""
    solver, limited, out = Unknowing(), [], io.StringIO()
    monkeypatch.setattr(z3, "Solver", lambda: solver)
    monkeypatch.setattr(z3, "set_param", lambda *setting: limited.append(setting))
    task = {"script": f"(assert a){end}", "seconds": seconds, "memory_mb": 77, "constants": ["a"]}
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(task)))
    monkeypatch.setattr("sys.stdout", out)
    worker.main()
    assert json.loads(out.getvalue()) == {"answer": "unknown", "reason": "planted", "values": {}}
    assert limited == [("memory_max_size", 77)]
    (text,), *rest = solver.told
    assert text.strip() == "(assert a)"
    assert rest == [("timeout", milliseconds), ("check",)]
