"""The examples: every line of `command` is run, in text and in JSON, and compared with its entry in `expected`.

An entry holds the exit code, the pieces of the JSON answer that must be there (a list of them, one for each document of
a sweep), and the context keys that must be `present` in the counterexample or `absent` from it. Every counterexample is
replayed with `verifier evaluate`.
"""

from __future__ import annotations

import argparse
import json
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.commands import ROOT, run

FOLDERS = sorted(path.parent for path in (ROOT / "examples").glob("*/command"))


@dataclass(frozen=True)
class Example:
    """One line of a `command`, and what is expected of it."""

    folder: Path
    line: str
    expected: dict[str, Any]


def examples() -> list[Any]:
    found = []
    for folder in FOLDERS:
        lines = (folder / "command").read_text(encoding="utf-8").splitlines()
        expected = json.loads((folder / "expected").read_text(encoding="utf-8"))
        for number, (line, entry) in enumerate(zip(lines, expected, strict=True), 1):
            found.append(pytest.param(Example(folder, line, entry), id=f"{folder.name}-{number}"))
    return found


@pytest.mark.parametrize("example", examples())
def test_an_example_is_answered_as_expected(example: Example, tmp_path: Path) -> None:
    text = run(example.line, example.folder)
    assert text.code == example.expected["exit"], text.err
    assert text.out.strip()

    ran = run(f"{example.line} --format json", example.folder)
    assert ran.code == example.expected["exit"], ran.err
    swept = example.line.startswith("verifier sweep ")
    answers = [json.loads(line) for line in ran.out.splitlines()] if swept else [json.loads(ran.out)]
    for wanted, answer in zip(
        example.expected["answer"] if swept else [example.expected["answer"]], answers, strict=True
    ):
        check_answer(example, wanted, answer, tmp_path)


def check_answer(example: Example, wanted: Any, answer: dict[str, Any], tmp_path: Path) -> None:
    """Check that one answer is as expected, and that its counterexamples replay."""
    assert missing(wanted, answer) == []

    context = {key.lower() for key in answer.get("request", {}).get("context", {})}
    assert {key.lower() for key in example.expected.get("present", [])} <= context
    assert not {key.lower() for key in example.expected.get("absent", [])} & context

    for request, allows, refuses in replays(example.line, answer):
        path = tmp_path / "request.json"
        path.write_text(json.dumps(request), encoding="utf-8")
        assert run(f"verifier evaluate {allows} --request {path}", example.folder).code == 0
        if refuses:
            assert run(f"verifier evaluate {refuses} --request {path}", example.folder).code == 1


def test_every_example_tells_its_story() -> None:
    folders = [path for path in (ROOT / "examples").iterdir() if path.is_dir()]
    assert sorted(folders) == FOLDERS
    assert all((folder / "README.md").is_file() for folder in folders)
    assert all(line.startswith("verifier ") for each in examples() for line in [each.values[0].line])


def missing(expected: Any, found: Any, place: str = "answer") -> list[str]:
    """Return where `found` does not hold what `expected` asks for."""
    if isinstance(expected, dict):
        if not isinstance(found, dict):
            return [f"{place} is {found!r}"]
        return [lack for key, value in expected.items() for lack in missing(value, found.get(key), f"{place}.{key}")]
    return [] if expected == found else [f"{place} is {found!r}, not {expected!r}"]


def replays(line: str, answer: dict[str, Any]) -> list[tuple[dict[str, Any], str, str]]:
    """Return each request of an answer with the options under which it is allowed, and those under which it is not."""
    parser = argparse.ArgumentParser()
    parser.add_argument("ask")
    parser.add_argument("documents", nargs="*")
    parser.add_argument("--to", action="append")
    parser.add_argument("--policy", action="append", default=[])
    parser.add_argument("--boundary", action="append", default=[])
    parser.add_argument("--request")
    parser.add_argument("--maximum")
    parser.add_argument("--jobs")
    call = parser.parse_args(shlex.split(line)[1:])
    if call.ask in ("prove", "sweep") and "request" in answer:
        policies = call.policy or [answer["document"]]
        sides = [f"--policy {path}" for path in policies] + [f"--boundary {path}" for path in call.boundary]
        return [(answer["request"], " ".join(sides), f"--policy {call.maximum}")]
    if call.ask == "confine" and "request" in answer:
        assert answer["request"]["action"].partition(":")[0] not in call.to
        return [(answer["request"], f"--policy {call.documents[0]}", "")]
    if call.ask == "diff":
        old, new = (f"--policy {path}" for path in call.documents)
        pairs = {"gained": (new, old), "lost": (old, new)}
        return [(answer[side]["request"], *pairs[side]) for side in pairs if side in answer]
    return []
