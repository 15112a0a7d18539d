"""Folders that tell a story: documents, a `command` (one a line) and what is `expected` of each.

`examples/` and `tests/findings/` hold such folders. `expected` is a list with an entry for each line:

    exit      the exit code, in text and in JSON (of `delegate`, which says both at once)
    answer    the pieces of the JSON answer that must be there; a list of them where the answers are JSON Lines.
              A list within asks for each of its entries that some entry has it, texts as parts
    present, absent    context keys that must be in the counterexample, or must not
    says, never        pieces that the text answer must hold, or must not: standard output and standard error

All but `exit` may be left out. Every counterexample is replayed with `verifier evaluate`, wherever the documents of the
line say how.
"""

from __future__ import annotations

import argparse
import json
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.commands import run

ENTRIES = {"exit", "answer", "present", "absent", "says", "never"}


@dataclass(frozen=True)
class Story:
    """One line of a `command`, and what is expected of it."""

    folder: Path
    line: str
    expected: dict[str, Any]


def folders_of(root: Path) -> list[Path]:
    """Return the folders of `root` that hold a story, sorted."""
    return sorted(path.parent for path in root.glob("*/command"))


def stories(root: Path) -> list[Any]:
    """Return every line of every story of `root`, as pytest's parameters."""
    found = []
    for folder in folders_of(root):
        lines = (folder / "command").read_text(encoding="utf-8").splitlines()
        expected = json.loads((folder / "expected").read_text(encoding="utf-8"))
        for number, (line, entry) in enumerate(zip(lines, expected, strict=True), 1):
            found.append(pytest.param(Story(folder, line, entry), id=f"{folder.name}-{number}"))
    return found


def check_story(story: Story, scratch: Path) -> None:
    """Run the line, in text and in JSON, and check what came of it against what is expected."""
    expected = story.expected
    assert expected.keys() <= ENTRIES, expected.keys() - ENTRIES
    saved = scratch / "answer.json"  # a delegation may take long to decide, and says both at once
    once = story.line.startswith("verifier delegate ") and "answer" in expected
    text = run(f"{story.line} -o json={shlex.quote(str(saved))}" if once else story.line, story.folder)
    assert text.code == expected["exit"], text.out + text.err
    said = " ".join((text.out + text.err).split())
    assert [piece for piece in expected.get("says", []) if piece not in said] == [], said
    assert [piece for piece in expected.get("never", []) if piece in said] == [], said
    if once:
        check_answer(story, expected["answer"], json.loads(saved.read_text(encoding="utf-8")), scratch)
    elif "answer" in expected:
        check_answers(story, scratch)


def check_answers(story: Story, scratch: Path) -> None:
    """Check the JSON answers of the line."""
    ran = run(f"{story.line} --format json", story.folder)
    assert ran.code == story.expected["exit"], ran.out + ran.err
    wanted = story.expected["answer"]
    several = isinstance(wanted, list)
    answers = [json.loads(line) for line in ran.out.splitlines()] if several else [json.loads(ran.out)]
    for piece, answer in zip(wanted if several else [wanted], answers, strict=True):
        check_answer(story, piece, answer, scratch)


def check_answer(story: Story, wanted: Any, answer: dict[str, Any], scratch: Path) -> None:
    """Check that one answer is as expected, and that its counterexamples replay."""
    lacks = missing(wanted, answer)
    assert lacks == [], lacks

    context = {key.lower() for key in answer.get("request", {}).get("context", {})}
    assert {key.lower() for key in story.expected.get("present", [])} <= context
    assert not {key.lower() for key in story.expected.get("absent", [])} & context

    for request, allows, refuses in replays(story.line, answer):
        path = scratch / "request.json"
        path.write_text(json.dumps(request), encoding="utf-8")
        codes = [run(f"verifier evaluate {allows} --request {path}", story.folder).code]
        if refuses:
            codes.append(run(f"verifier evaluate {refuses} --request {path}", story.folder).code)
        decided = [code == wanted for code, wanted in zip(codes, (0, 1), strict=False)]
        if "leans" in answer:  # a side that leans on an unknown value is undecided until there is one
            assert not all(decided)
            assert all(one or code == 3 for one, code in zip(decided, codes, strict=True)), codes
        else:
            assert all(decided), codes


def missing(expected: Any, found: Any, place: str = "answer", *, parts: bool = False) -> list[str]:
    """Return where `found` does not hold what `expected` asks for; with `parts` a text need only be a part."""
    if isinstance(expected, dict):
        if not isinstance(found, dict):
            return [f"{place} is {found!r}"]
        pairs = ((f"{place}.{key}", value, found.get(key)) for key, value in expected.items())
        return [lack for name, value, one in pairs for lack in missing(value, one, name, parts=parts)]
    if isinstance(expected, list):
        several = found if isinstance(found, list) else []
        without = [each for each in expected if all(missing(each, one, parts=True) for one in several)]
        return [f"{place} lacks {each!r}: {found!r}" for each in without]
    if parts and isinstance(expected, str) and isinstance(found, str) and expected in found:
        return []
    return [] if expected == found else [f"{place} is {found!r}, not {expected!r}"]


def replays(line: str, answer: dict[str, Any]) -> list[tuple[dict[str, Any], str, str]]:
    """Return each request of an answer with the options under which it is allowed, and those under which it is not."""
    if "reading" in answer:  # it escapes under another reading, which `evaluate` is not asked about
        return []
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("ask")
    parser.add_argument("documents", nargs="*")
    parser.add_argument("--to", action="append")
    parser.add_argument("--policy", action="append", default=[])
    for option in ("--boundary", "--session", "--scp", "--rcp"):
        parser.add_argument(option, action="append", default=[])
    for option in ("--maximum", "--needs", "--request", "--jobs", "--world", "--timeout", "--reading", "--fail-on"):
        parser.add_argument(option)
    call, _ = parser.parse_known_args(shlex.split(line)[1:])
    if call.ask in ("prove", "sweep") and "request" in answer:
        policies = call.policy or [answer["document"]]
        beside = {"--boundary": call.boundary, "--session": call.session, "--scp": call.scp, "--rcp": call.rcp}
        sides = [f"--policy {path}" for path in policies]
        sides += [f"{option} {path}" for option, paths in beside.items() for path in paths]
        other = f"--policy {call.needs or call.maximum}"
        together = " ".join(sides)
        return [(answer["request"], *((other, together) if call.needs else (together, other)))]
    if call.ask == "confine" and "request" in answer:
        assert answer["request"]["action"].partition(":")[0] not in call.to
        return [(answer["request"], f"--policy {call.documents[0]}", "")]
    if call.ask == "diff":
        old, new = (f"--policy {path}" for path in call.documents)
        pairs = {"gained": (new, old), "lost": (old, new)}
        return [(answer[side]["request"], *pairs[side]) for side in pairs if side in answer]
    return []
