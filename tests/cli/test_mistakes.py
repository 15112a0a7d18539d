"""The commonest mistakes of a first hour, as data: the message says what is wrong and what to do, and doing it works.

A case of `mistakes.json`: `files` that it needs besides those of `conftest.py`, the wrong `call`, what the message
`says` is wrong and what it says to `do`, and the call that follows from that, `then`, which ends with 0.
"""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Call

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "mistakes.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_mistake_is_named_and_can_be_put_right(
    call: Call, folder: Path, monkeypatch: pytest.MonkeyPatch, case: dict[str, Any]
) -> None:
    for name, content in case.get("files", {}).items():
        text = content if isinstance(content, str) else json.dumps(content)
        (folder / name).write_text(text, encoding="utf-8")
    stdin = (folder / case["stdin"]).read_bytes() if "stdin" in case else b""
    with monkeypatch.context() as denying:
        if "denied" in case:  # to root no file is denied
            denying.setattr("builtins.open", _denied)
        wrong = call(*shlex.split(case["call"]), stdin=stdin)
    assert wrong.code == case.get("code", 2)
    for said in (case["says"], case["do"]):
        assert said in wrong.err, wrong.err
    right = call(*shlex.split(case["then"]), stdin=stdin)
    assert right.code == 0, right


def _denied(path: str, *_: object) -> None:
    raise PermissionError(path)


def test_there_are_twenty_at_least() -> None:
    assert len(CASES) >= 20
