"""Earlier versions out of git, and `verifier changes`, in repositories made for the purpose."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from verifier import UsageError
from verifier.cli.app import run
from verifier.sources.git import earlier


def document(*actions: str) -> str:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=2)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three policies in a folder of a repository: then one is widened, one narrowed, one removed, one added."""
    folder = tmp_path / "work" / "policies"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    for name in ("wider", "narrower", "gone", "same"):
        (folder / f"{name}.json").write_text(document("s3:Get*", "s3:List*"))
    identity = ["-c", "user.name=Jack", "-c", "user.email=jack@example.com"]
    for arguments in (["init", "-q"], ["add", "."], [*identity, "commit", "-qm", "policies"]):
        subprocess.run(["git", *arguments], check=True, cwd=folder.parent)
    (folder / "wider.json").write_text(document("s3:Get*", "s3:List*", "s3:Put*"))
    (folder / "narrower.json").write_text(document("s3:Get*"))
    (folder / "gone.json").unlink()
    (folder / "new.json").write_text(document("sqs:*"))
    return folder


def test_the_text_at_a_revision(repository: Path) -> None:
    assert earlier("wider.json", "HEAD") == document("s3:Get*", "s3:List*")
    assert earlier(str(repository / "gone.json"), "HEAD") == document("s3:Get*", "s3:List*")
    assert earlier("new.json", "HEAD") is None


@pytest.mark.parametrize("revision", ["nosuch", "--output=x", "-h", "", "HEAD~1"])
def test_what_is_no_revision(repository: Path, revision: str) -> None:
    with pytest.raises(UsageError, match="revision"):
        earlier("wider.json", revision)


def test_outside_of_a_repository(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="in no git repository"):
        earlier(str(tmp_path / "a.json"), "HEAD")


def verdicts(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[str]]:
    code = run(["changes", *arguments, "--format", "json"])
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
    assert run(["changes", "same.json", "wider.json"]) == 1
    out = capsys.readouterr().out
    assert "same.json" in out
    assert "gained: only the new version allows this request" in out
    assert "deny explicitly" not in out


def test_the_examples_of_the_help_are_true(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    top = repository.parent
    monkeypatch.chdir(top)
    (top / "boundary.json").write_text(document("s3:*"))
    identity = ["-c", "user.name=Jack", "-c", "user.email=jack@example.com"]
    main = ["update-ref", "refs/remotes/origin/main", "HEAD"]
    for arguments in (["add", "."], [*identity, "commit", "-qm", "more"], main):
        subprocess.run(["git", *arguments], check=True, cwd=top)
    assert run(["changes", "--help"]) == 0
    lines = re.findall(r"^ +verifier (changes .*)$", capsys.readouterr().out, re.MULTILINE)
    codes = [
        run([place for word in line.split() for place in (sorted(map(str, Path().glob(word))) or [word])])
        for line in lines
    ]
    assert codes == [0, 0, 1]


@pytest.mark.parametrize("form", ["sarif", "html", "junit", "markdown"])
def test_reports(repository: Path, capsys: pytest.CaptureFixture[str], form: str) -> None:
    assert run(["changes", "wider.json", "new.json", "--format", form]) == 1
    assert "s3:Put" in capsys.readouterr().out
