"""`sweep` of levels: documents that act as one, from files, lists, lines and Python; the rows are `levels.json`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from verifier import InputError, Policy, Swept, prove, sweep
from verifier.clouds.aws.policy.parse import parse_level

DATA = json.loads((Path(__file__).parent / "levels.json").read_text(encoding="utf-8"))
MAXIMUM = Policy.parse(json.dumps(DATA["maximum"]))


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, held in DATA["files"].items():
        Path(name).write_text(held if isinstance(held, str) else json.dumps(held, indent=1), encoding="utf-8")


@pytest.mark.parametrize("row", DATA["rows"], ids=lambda row: row["name"])
def test_a_level_is_asked_about_as_one(row: dict[str, Any]) -> None:
    found = list(sweep(row["documents"], MAXIMUM, type=row.get("type"), validate="warns" in row))
    assert [one.document for one in found] == list(row["answers"])
    for one, answer in zip(found, row["answers"].values(), strict=True):
        assert answer in _said(one)
    warnings = [warning.message for one in found for warning in one.warnings]
    for warning, begins in zip(warnings, row.get("warns", ()), strict=True):
        assert warning.startswith(begins)


@pytest.mark.parametrize("name", ["level.json", "guards.json"])
def test_a_level_given_as_policies_is_that_of_a_file(name: str) -> None:
    level = parse_level(Path(name).read_text(encoding="utf-8"), name)
    (one,) = sweep([level], MAXIMUM, type="scp")
    (other,) = sweep([name], MAXIMUM, type="scp")
    assert (one.document, one.answer) == (other.document, other.answer)


def test_processes_and_a_cache_answer_the_same(tmp_path: Path) -> None:
    documents = ["s3.json,keep.json", "keep.json,keep.json", "level.json", "levels.jsonl", "s3.json,gone.json"]
    cache = tmp_path / "answers.sqlite"
    first, again, by_two = (
        [(one.document, _said(one)) for one in sweep(documents, MAXIMUM, type="scp", jobs=jobs, cache=cache)]
        for jobs, cache in ((1, cache), (1, cache), (2, None))
    )
    assert first == again == by_two


def test_it_is_what_prove_says_of_identity_policies() -> None:
    level = parse_level(Path("level.json").read_text(encoding="utf-8"))
    (swept,) = sweep(["level.json"], MAXIMUM, type="scp")
    assert swept.answer == prove(level, MAXIMUM)


def _said(swept: Swept) -> str:
    return str(swept.answer) if isinstance(swept.answer, InputError) else swept.answer.word
