"""`tests/README.md` is true: each folder of tests is named in it, and what it names and quotes is there."""

from __future__ import annotations

import json
import re

from hypothesis import settings

from tests.commands import ROOT

TESTS = ROOT / "tests"
SOURCES = {".py", ".json"}
PAGE = (TESTS / "README.md").read_text(encoding="utf-8")
_EXAMPLE = re.compile(r"^`(tests/[\w./-]+\.json)`: .*\n\n```json\n(.*)\n```$", re.MULTILINE)


def folders(page: str) -> list[str]:
    """The folders that the first table of the page names."""
    return re.findall(r"^\| `([\w/]+/)` \|", page, re.MULTILINE)


def absent(page: str) -> list[str]:
    """The paths that the page names and that are not there; they begin in `tests/` or in the checkout."""
    named = {name for name in re.findall(r"`([\w./-]+)`", page) if re.search(r"/|\.(py|json|jsonl|md)$", name)}
    places = (TESTS, ROOT, ROOT / "verifier")
    return sorted(name for name in named if not any((place / name).exists() for place in places) and name[0] != ".")


def made_up(page: str) -> list[str]:
    """The examples that do not stand in the file before them."""
    return [
        example
        for file, example in _EXAMPLE.findall(page)
        if json.loads(example) not in json.loads((ROOT / file).read_text(encoding="utf-8"))
    ]


def test_every_folder_is_named_once_and_none_is_made_up() -> None:
    there = {path.parent.relative_to(TESTS).parts[0] + "/" for path in TESTS.glob("*/**/*") if path.suffix in SOURCES}
    assert sorted(folders(PAGE)) == sorted(there)


def test_what_is_named_is_there() -> None:
    assert absent(PAGE) == []
    for module in re.findall(r"-m (tests\.[\w.]+)", PAGE):
        assert (ROOT / f"{module.replace('.', '/')}.py").is_file(), module


def test_every_example_stands_in_its_file() -> None:
    assert len(_EXAMPLE.findall(PAGE)) == PAGE.count("```json")
    assert made_up(PAGE) == []


def test_the_finding_is_the_folder_that_it_names() -> None:
    story = TESTS / "findings" / "scp-size"
    for file in ("command", "expected"):
        assert f"```text\n{(story / file).read_text(encoding='utf-8').strip()}\n```" in PAGE


def test_the_profiles_draw_as_many_examples_as_the_table_says() -> None:
    told = dict(re.findall(r"^\| `(\w+)`[^|]*\| ([\d,]+) \|", PAGE, re.MULTILINE))
    assert told == {name: f"{settings.get_profile(name).max_examples:,}" for name in ("ci", "long", "mutants", "quick")}


def test_what_is_left_out_or_made_up_is_noticed() -> None:
    assert "smt/" not in folders(PAGE.replace("| `smt/` |", "| smt |"))
    assert absent(f"{PAGE}\n`smt/test_nothing.py`, `nothing/`, `nothing.py`") == [
        "nothing.py",
        "nothing/",
        "smt/test_nothing.py",
    ]
    assert len(made_up(PAGE.replace("question-mark-is-one-character", "question-mark-is-two"))) == 1
