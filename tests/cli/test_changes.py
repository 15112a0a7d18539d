"""`verifier changes`, in repositories made for the purpose."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.repositories import Built, build, document, git
from verifier.cli.app import run_command_line

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "changes.json").read_text(encoding="utf-8"))


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Four policies in a folder of a repository: then one is widened, one narrowed, one removed, one added."""
    steps: list[dict[str, Any]] = [
        {"write": {f"policies/{name}.json": ["s3:Get*", "s3:List*"] for name in ("wider", "narrower", "gone", "same")}},
        {"commit": "policies"},
        {"write": {"policies/wider.json": ["s3:Get*", "s3:List*", "s3:Put*"], "policies/narrower.json": ["s3:Get*"]}},
        {"write": {"policies/new.json": ["sqs:*"]}, "remove": ["policies/gone.json"], "enter": "policies"},
    ]
    folder = build(tmp_path / "work", steps).folder
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_case(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], case: dict[str, Any]
) -> None:
    """A case has steps, arguments, the exit code, and words of the text (or, with `not`, words that it lacks)."""
    built = build(tmp_path / "work", case["steps"])
    monkeypatch.chdir(built.folder)
    for name, value in case.get("environment", {}).items():
        monkeypatch.setenv(name, built.told(value))
    code = run_command_line(["changes", *map(built.told, case["arguments"])])
    said = capsys.readouterr()
    assert (code, said.out + said.err) == (case["code"], said.out + said.err)
    for words in case.get("says", []):
        assert words in said.out + said.err
    for words in case.get("not", []):
        assert words not in said.out + said.err
    assert not list(tmp_path.rglob("RAN*"))


def verdicts(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[str]]:
    code = run_command_line(["changes", *arguments, "--format", "json"])
    return code, [json.loads(line).get("verdict", "error") for line in capsys.readouterr().out.splitlines()]


def test_each_file_is_compared(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = ["wider.json", "narrower.json", "gone.json", "new.json", "same.json"]
    found = ["wider", "narrower", "narrower", "wider", "equivalent"]
    assert verdicts(capsys, *names) == (1, found)
    assert verdicts(capsys, *names, "--fail-on", "gained") == (1, found)
    assert verdicts(capsys, "narrower.json", "same.json", "--fail-on", "gained") == (0, ["narrower", "equivalent"])
    assert verdicts(capsys, "same.json") == (0, ["equivalent"])


def test_a_broken_file_costs_only_itself(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (repository / "same.json").write_text("{")
    assert verdicts(capsys, "same.json") == (2, ["error"])
    assert verdicts(capsys, "same.json", "wider.json") == (1, ["error", "wider"])
    assert run_command_line(["changes", "same.json", "wider.json"]) == 1
    out = capsys.readouterr().out
    assert "same.json" in out
    assert "gained: only the new version allows this request" in out
    assert "deny explicitly" not in out


def test_what_is_new_gone_or_moved_is_said_in_json(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (repository / "same.json").rename(repository / "elsewhere.json")
    run_command_line(["changes", "new.json", "gone.json", "elsewhere.json", "wider.json", "--format", "json"])
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [answer.get("change") for answer in answers] == ["new", "gone", "moved", None]
    assert answers[2]["moved_from"] in ("policies/same.json", "policies/gone.json")
    assert "explanation" not in answers[0].get("lost", {})
    assert not any("empty list" in text or "aws:username" in text for text in answers[0]["assumes"])


def test_the_examples_of_the_help_are_true(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    top = repository.parent
    monkeypatch.chdir(top)
    (top / "boundary.json").write_text(document("s3:*"))
    (top / "scps").mkdir()
    for name in ("full", "region"):
        (top / "scps" / f"{name}.json").write_text(document("*"))
    git(top, "add", ".")
    git(top, "commit", "-qm", "more")
    git(top, "update-ref", "refs/remotes/origin/main", "HEAD")
    assert run_command_line(["changes", "--help"]) == 0
    lines = re.findall(r"^ +verifier (changes .*)$", capsys.readouterr().out, re.MULTILINE)
    codes = [
        run_command_line([place for word in line.split() for place in (sorted(map(str, Path().glob(word))) or [word])])
        for line in lines
    ]
    assert codes == [0, 0, 1, 0]


@pytest.mark.parametrize("form", ["sarif", "html", "junit", "markdown"])
def test_reports(repository: Path, capsys: pytest.CaptureFixture[str], form: str) -> None:
    assert run_command_line(["changes", "wider.json", "new.json", "gone.json", "--format", form]) == 1
    assert "s3:Put" in capsys.readouterr().out
    assert run_command_line(["changes", "same.json", "--format", form]) == 0
    assert capsys.readouterr().out  # also where nothing changed


def test_from_any_folder_of_the_repository(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder in (repository.parent, repository.parent / "deeper" / "still"):
        folder.mkdir(parents=True, exist_ok=True)
        monkeypatch.chdir(folder)
        assert verdicts(capsys, str(repository / "wider.json"))[0] == 1
    monkeypatch.chdir(repository.parent.parent)
    assert run_command_line(["changes", "work/policies/wider.json"]) == 2
    assert "is not in a git repository" in capsys.readouterr().err


def test_a_build(tmp_path: Path) -> None:
    """The steps that cases are made of do what they say."""
    steps = [{"write": {"a": "x", "d/b": ["s3:*"]}, "commit": "one"}, {"move": {"a": "c"}, "link": {"l": "c"}}]
    built = build(tmp_path / "work", [*steps, {"remove": ["d"], "enter": "."}])
    assert isinstance(built, Built)
    assert git(built.root, "status", "--short").split() == ["D", "a", "D", "d/b", "??", "c", "??", "l"]
