"""Situations of CI, as cases: how a repository came about, what is run in it, and what has to come of it.

A case of `situations.json` has the steps of `tests/repositories.py`, the arguments of `verifier check` (`--base` the
first commit unless given), the exit code, words of what is said (`says`) or is not (`not`), and the results of the
SARIF report that is written in each of them: the id of the rule, the file or name, and whether it is accepted. No
program that a repository names has run in any.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema
import pytest

from tests.repositories import build
from verifier.cli.app import run_command_line

HERE = Path(__file__).parent
SITUATIONS: list[dict[str, Any]] = json.loads((HERE / "situations.json").read_text(encoding="utf-8"))
SCHEMA = json.loads((HERE.parent / "report" / "data" / "sarif-2.1.0-rtm.5.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", SITUATIONS, ids=lambda case: case["name"])
def test_a_situation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], case: dict[str, Any]
) -> None:
    built = build(tmp_path / "work", case["steps"])
    monkeypatch.chdir(built.folder)
    for name, value in case.get("environment", {}).items():
        monkeypatch.setenv(name, built.told(value))
    report = tmp_path / "report.sarif"
    arguments = list(map(built.told, case.get("arguments", ["--base", "{one}"])))
    code = run_command_line(["check", *arguments, "-o", f"sarif={report}"])
    said = "".join(capsys.readouterr())
    assert code == case["code"], said
    for words in case.get("says", []):
        assert built.told(words) in said
    for words in case.get("not", []):
        assert words not in said
    if "sarif" in case:
        assert sarif(report) == case["sarif"], said
    assert not list(tmp_path.rglob("RAN*"))


def sarif(report: Path) -> list[str]:
    """The results of a report, which is valid: rule, file, and whether it is accepted."""
    log = json.loads(report.read_text(encoding="utf-8"))
    jsonschema.validate(log, SCHEMA)
    return [_result(one) for one in log["runs"][0]["results"]]


def _result(one: dict[str, Any]) -> str:
    place = one["locations"][0]
    if "physicalLocation" in place:
        where = unquote(place["physicalLocation"]["artifactLocation"]["uri"])
    else:
        where = place["logicalLocations"][0]["name"]
    return f"{one['ruleId']} {where}{' accepted' if one.get('suppressions') else ''}"


def test_the_situations_are_many_and_each_has_its_own_name() -> None:
    names = [case["name"] for case in SITUATIONS]
    assert len(set(names)) == len(names) >= 20
