"""`simplify` and `repair`: what is written and shown, and the exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import DOCUMENTS, Call
from tests.commands import run

REPAIR = ("repair", "--policy", "wide.json", "--boundary", "wide.json", "--maximum", "maximum.json")


def test_the_smaller_document_is_written_and_says_the_same(call: Call, folder: Path) -> None:
    assert call("simplify", "new.json", "--write", "smaller.json").code == 1
    assert json.loads((folder / "smaller.json").read_text(encoding="utf-8"))["Statement"][0]["Action"] == ["s3:Get*"]
    assert call("diff", "new.json", "smaller.json").code == 0
    assert call("simplify", "smaller.json", "--write", "none.json").code == 0
    assert not (folder / "none.json").exists()


def test_a_part_is_shown_with_its_place_and_reason(call: Call) -> None:
    shown = call("simplify", "new.json").out
    assert "new.json:1:" in shown
    assert "action `s3:Get?*` of statement 0\n    `s3:Get*` covers it" in shown
    found = call("simplify", "new.json", "--format", "json").json
    (part,) = found["removed"]
    assert (part["kind"], part["text"], part["reason"], part["statement"]) == ("action", "s3:Get?*", "covered", 0)
    assert found["document"]["Statement"][0]["Action"] == ["s3:Get*"]
    assert found["characters"]["after"] < found["characters"]["before"]
    assert json.loads(found["text"]) == found["document"]


@pytest.mark.parametrize("arguments", [("simplify", "new.json", "--diff"), REPAIR])
def test_the_diff_can_be_applied(call: Call, folder: Path, arguments: tuple[str, ...]) -> None:
    name = next(word for word in arguments if word in ("new.json", "wide.json"))
    shown = call(*arguments, "--write", "written.json").out
    patch = shown[shown.index("--- a/") : shown.index("\n\nassuming") + 1]
    (folder / "fix.patch").write_text(patch, encoding="utf-8")
    assert run("git apply fix.patch", folder).code == 0
    assert (folder / name).read_bytes() == (folder / "written.json").read_bytes()


def test_a_repaired_boundary_is_contained(call: Call) -> None:
    assert call(*REPAIR, "--write", "patched.json").code == 0
    question = ("--policy", "wide.json", "--boundary", "patched.json", "--maximum", "maximum.json")
    assert call("prove", *question).code == 0
    assert call("repair", *question).out.startswith("CONTAINED  there is nothing to repair")


def test_a_repair_as_json(call: Call) -> None:
    found = call(*REPAIR, "--format", "json").json
    assert found["patched"] == json.loads(found["text"])
    assert (found["added"], found["statements"], found["proved"], found["most"]) == ([], 1, True, 6144)
    assert found["changed"] == [{"statement": 0, "line": 1, "now": [DOCUMENTS["maximum.json"]["Statement"][0]]}]
    assert found["characters"] == len("".join(found["text"].split()))
    assert found["diff"].startswith("--- a/wide.json\n+++ b/wide.json\n@@ ")


def test_without_a_boundary_one_is_proposed(call: Call) -> None:
    shown = call("repair", "--policy", "wide.json", "--maximum", "maximum.json").out
    assert "1 statement is added" in shown
    assert "--- /dev/null\n+++ b/boundary.json\n" in shown


def test_no_repair_says_why_and_what_still_escapes(call: Call, folder: Path) -> None:
    part = {"Effect": "Allow", "Resource": "*"}
    documents = {
        "gets.json": [part | {"Action": "s3:Get*"}],
        "top.json": [part | {"NotAction": "s3:GetObject*"}, part | {"Action": "s3:Get*Acl"}],
    }
    for name, statements in documents.items():
        text = json.dumps({"Version": "2012-10-17", "Statement": statements})
        (folder / name).write_text(text, encoding="utf-8")
    question = ("repair", "--policy", "wide.json", "--boundary", "gets.json", "--maximum", "top.json")
    shown = call(*question)
    assert shown.code == 3
    assert shown.out.startswith("NO REPAIR  no repair found: ")
    assert "s3:GetObject" in shown.out
    found = call(*question, "--format", "json").json
    assert found["verdict"] == "no-repair"
    assert found["request"]["action"].startswith("s3:GetObject")
    assert not {"patched", "diff", "text", "proved"} & set(found)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("simplify", "bad.json"), "bad.json:2:"),
        (("simplify", "none.json"), "there is no file"),
        (("simplify", "new.json", "--write", "no/file.json"), "cannot write"),
        (("simplify", "new.json", "--timeout", "0"), "must be a positive number of seconds"),
        (("repair", "--policy", "wide.json", "--maximum", "bad.json"), "bad.json:2:"),
        ((*REPAIR, "--write", "no/file.json"), "cannot write"),
        ((*REPAIR, "--world", "mars"), "mars"),
    ],
)
def test_wrong_input_is_one_clear_error(call: Call, arguments: tuple[str, ...], words: str) -> None:
    found = call(*arguments)
    assert (found.code, found.out) == (2, "")
    assert words in found.err


def test_what_is_not_decided_in_time_is_undecided(call: Call, folder: Path) -> None:
    entries = [f"s3:{letter}*{number}" for letter in "abcdefgh" for number in range(100)]
    statement = {"Effect": "Allow", "Action": entries, "Resource": "*"}
    (folder / "long.json").write_text(json.dumps({"Statement": [statement]}), encoding="utf-8")
    found = call("simplify", "long.json", "--timeout", "0.05")
    assert found.code == 3
    assert found.out.startswith("UNDECIDED  ")
