"""`verifier check`: its help, reports, baselines and exceptions; the situations of CI stand in `situations.json`."""

from __future__ import annotations

import json
import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import verifier
from tests.repositories import build, document, git
from verifier.base.errors import PlacedWarning, PolicyWarning
from verifier.checks import beside
from verifier.checks.accept import Baseline
from verifier.checks.outcome import Checked, Outcome
from verifier.cli.app import run_command_line
from verifier.clouds.aws.lint import lint
from verifier.clouds.aws.policy.syntax import Policy
from verifier.questions.verdict import Difference, Relation
from verifier.report.answer_schema import schema
from verifier.report.checked import checked_answer

CONFIG = ["[[rule]]", 'name = "teams"', 'policies = ["policies"]', 'maximum = "maximum.json"']
STEPS: list[dict[str, Any]] = [
    {"write": {"policies/a.json": ["s3:*"], "policies/b.json": ["iam:PassRole"], "maximum.json": ["s3:*"]}},
    {"write": {"boundary.json": ["s3:*"]}, "toml": {"verifier.toml": CONFIG}, "commit": "one"},
]


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = build(tmp_path / "work", STEPS).root
    monkeypatch.chdir(root)
    return root


def checked(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    code = run_command_line(["check", "--format", "json", *arguments])
    return code, json.loads(capsys.readouterr().out)


def test_the_examples_of_the_help_are_true(
    repository: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run_command_line(["check", "--help"]) == 0
    said = capsys.readouterr().out
    assert max(map(len, said.splitlines())) <= 80
    example = said.partition("A verifier.toml:\n")[2]
    (repository / "verifier.toml").write_text(example)
    (repository / "policies" / "b.json").unlink()
    for arguments in (["add", "."], ["commit", "-qm", "x"], ["update-ref", "refs/remotes/origin/main", "HEAD"]):
        git(repository, *arguments)
    for line in re.findall(r"^ +verifier (check.*)$", said, re.MULTILINE):
        code = run_command_line(shlex.split(line))
        assert code == (0 if "--base" in line or "--list" in line else 2), line
    assert json.loads((repository / "verifier.sarif").read_text())["runs"][0]["results"] == []


def test_the_json_answer(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, answer = checked(capsys)
    assert code == 1
    jsonschema.validate(answer, schema())
    (rule,) = answer["rules"]
    assert (rule["name"], rule["status"], rule["documents"]) == ("teams", "fails", 2)
    (finding,) = rule["findings"]
    assert finding["request"]["action"] == "iam:PassRole"
    assert (finding["verdict"], finding["document"], finding["fails"]) == ("escapes", "policies/b.json", True)
    assert (finding["line"], finding["column"]) == (4, 5)


def test_every_report_is_written_also_where_nothing_could_be_asked(
    repository: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    forms = ("text", "json", "sarif", "junit", "markdown", "html")
    outputs = [word for form in forms for word in ("-o", f"{form}={tmp_path / form}")]
    assert run_command_line(["check", *outputs]) == 1
    for form in forms:
        assert "iam:PassRole" in (tmp_path / form).read_text()
        (tmp_path / form).write_text("as it was")
    assert run_command_line(["check", "--base", "nosuch", *outputs]) == 2
    for form in forms:
        assert "nosuch" in (tmp_path / form).read_text(), form
    assert {path.name for path in tmp_path.iterdir()} == {*forms, "work"}  # nothing is left over


def test_a_report_keeps_the_permissions_of_the_file_and_follows_no_link(
    repository: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "x.sarif"
    target.write_text("")
    target.chmod(0o640)
    run_command_line(["check", "-o", f"sarif={target}"])
    assert target.stat().st_mode & 0o777 == 0o640
    os.mkfifo(tmp_path / "pipe")
    assert run_command_line(["check", "-o", f"sarif={tmp_path / 'pipe'}"]) == 2
    assert run_command_line(["check", "-o", "sarif=/dev/stdout"]) == 2
    assert run_command_line(["check", "-o", f"sarif={tmp_path}"]) == 2


def test_a_baseline_accepts_what_was_there_and_nothing_else(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command_line(["check", "--write-baseline", "known.json"]) == 0
    capsys.readouterr()
    code, answer = checked(capsys, "--baseline", "known.json")
    assert code == 0
    assert answer["rules"][0]["findings"][0]["suppressed"] == "in the baseline"
    other = repository / "policies" / "b.json"
    statement = json.loads(other.read_text())["Statement"][0]
    same = {"Statement": [{"Sid": "Other", "Resource": ["*"], "Effect": "Allow", "Action": statement["Action"][0]}]}
    other.write_text(json.dumps(same | {"Version": "2012-10-17", "Id": "x"}))  # order, layout, Sid, one or a list
    assert run_command_line(["check", "--baseline", "known.json"]) == 0
    other.write_text(document("iam:PassRole", "iam:CreateUser"))
    assert run_command_line(["check", "--baseline", "known.json"]) == 1
    other.write_text(document("iam:PassRole"))
    (repository / "maximum.json").write_text(document("s3:*", "sqs:*"))
    assert run_command_line(["check", "--baseline", "known.json"]) == 1  # it depends on the maximum too
    (repository / "maximum.json").write_text(document("s3:*"))
    other.rename(repository / "policies" / "c.json")
    assert run_command_line(["check", "--baseline", "known.json"]) == 1


def test_a_baseline_of_the_change_itself_does_not_count(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command_line(["check", "--write-baseline", "known.json"]) == 0
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "two")
    assert run_command_line(["check", "--baseline", "known.json", "--base", "HEAD"]) == 0
    (repository / "policies" / "a.json").write_text(document("iam:*"))
    assert run_command_line(["check", "--write-baseline", "known.json"]) == 0
    assert run_command_line(["check", "--baseline", "known.json"]) == 0
    assert run_command_line(["check", "--baseline", "known.json", "--base", "HEAD"]) == 1
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "three")
    assert run_command_line(["check", "--baseline", "known.json", "--base", "HEAD"]) == 0


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"version": 2, "findings": []}', '{"version": 1, "findings": [1]}'])
def test_what_is_no_baseline(repository: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    (repository / "known.json").write_text(text)
    assert run_command_line(["check", "--baseline", "known.json"]) == 2
    assert run_command_line(["check", "--baseline", "nosuch.json"]) == 2
    assert "is not a baseline" in capsys.readouterr().err


def test_an_exception_may_be_of_one_finding_only(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, answer = checked(capsys)
    mark = answer["rules"][0]["findings"][0]["fingerprint"]
    lines = [*CONFIG, "[[except]]", 'rule = "teams"', 'reason = "old"', f'fingerprint = "{mark}"']
    (repository / "verifier.toml").write_text("\n".join(lines))
    assert run_command_line(["check"]) == 0
    (repository / "policies" / "b.json").write_text(document("iam:*"))
    assert run_command_line(["check"]) == 1


def test_each_document_is_judged_once(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repository / "scp.json").write_text(document("s3:*", Effect="Deny"), encoding="utf-8")
    (repository / "verifier.toml").write_text("\n".join([*CONFIG, 'scps = [["scp.json"]]']), encoding="utf-8")
    judged: list[str] = []
    one, levels = lint._linted, beside.lint_levels

    def document_judged(policy: Policy, *, maximum: bool) -> tuple[PolicyWarning, ...]:
        judged.append(policy.source.name)
        return one(policy, maximum=maximum)

    def levels_judged(scps: Any) -> Iterator[PlacedWarning]:
        judged.append("levels")
        return levels(scps)

    monkeypatch.setattr(lint, "_linted", document_judged)
    monkeypatch.setattr(beside, "lint_levels", levels_judged)
    assert run_command_line(["check"]) == 1
    assert sorted(judged) == ["levels", "maximum.json", "policies/a.json", "policies/b.json", "scp.json"]


def test_undecided_does_not_hold(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (repository / "policies" / "b.json").write_text(document("s3:*"))
    code, answer = checked(capsys, "--timeout", "0.000000001")
    assert code == 3
    assert answer["rules"][0]["status"] == "undecided"


def test_what_is_undecided_is_said_once(
    repository: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once in a line, and once of a file where what stands beside it was not found out either."""
    undecided = Difference(Relation.UNDECIDED, reason="no time")
    monkeypatch.setattr("verifier.checks.compare.diff", lambda *_: undecided)
    monkeypatch.setattr("verifier.checks.ask.gained_beside", lambda *_: undecided)
    rule = ["[[rule]]", 'name = "narrow"', 'compare = ["boundary.json"]']
    (repository / "verifier.toml").write_text("\n".join(rule), encoding="utf-8")
    assert run_command_line(["check", "--base", "HEAD"]) == 3
    said = [line for line in capsys.readouterr().out.splitlines() if "boundary.json" in line]
    assert [" ".join(line.split()) for line in said] == ["UNDECIDED boundary.json no time"]


def test_the_reading_is_named(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    usual = "where AWS's guide is unclear, it is read in the usual way only"
    for arguments, named in ((["--reading", "usual"], True), ([], False)):
        _, answer = checked(capsys, *arguments)
        assert (usual in answer["assumes"]) is named
        run_command_line(["check", *arguments])
        assert (usual in capsys.readouterr().out) is named


def test_the_package_does_what_the_command_does(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, answer = checked(capsys)
    found = verifier.check()
    assert (found.exit_code, checked_answer(found).as_json()) == (code, answer)
    (finding,) = found.findings
    assert (finding.kind, finding.document) == ("escapes", "policies/b.json")
    assert found.outcomes[0].status is verifier.Status.FAILS
    assert verifier.check("verifier.toml", "HEAD", strict=True, reading="usual").base == "HEAD"
    Path("known.json").write_text(Baseline.text(found.outcomes))
    assert verifier.check(Path("verifier.toml"), baseline=Path("known.json")).exit_code == 0
    for wrong in ({"config": "nosuch.toml"}, {"base": "nosuch"}, {"timeout": 0}, {"reading": "x"}):
        with pytest.raises(verifier.UsageError):
            verifier.check(**wrong)  # type: ignore[arg-type]  # as a caller may


def test_a_check_that_asked_about_nothing_is_not_green() -> None:
    assert Checked((Outcome("teams"),)).exit_code == 2
    assert Checked(()).exit_code == 2


def test_outside_of_a_repository(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = tmp_path / "plain"
    plain.mkdir()
    (repository / "policies" / "b.json").unlink()
    for name in ("policies", "maximum.json", "verifier.toml"):
        (repository / name).rename(plain / name)
    monkeypatch.chdir(plain)
    assert run_command_line(["check"]) == 0
    assert run_command_line(["check", "--base", "HEAD"]) == 2
    assert "is not in a git repository" in capsys.readouterr().err
    (plain / "below").mkdir()
    monkeypatch.chdir(plain / "below")
    assert run_command_line(["check"]) == 2  # what lies above may be anybody's
    assert run_command_line(["check", "--config", "../verifier.toml"]) == 0
