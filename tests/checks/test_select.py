"""What places stand for: globs are read as Python reads them, but that more is matched where names differ in case."""

from __future__ import annotations

import glob
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier import UsageError
from verifier.checks.select import covers, select
from verifier.sources.tree import WorkingTree

FILES = ("a.json", "b.JSON", "x/a.json", "x/y/a.json", "x/y/z/b.txt", "x/.h.json", ".d/a.json", "[a].json", "x/A")
PATTERNS = st.lists(
    st.one_of(st.just("**"), st.text(alphabet="*?[]!abxyz.j", min_size=1, max_size=5)), min_size=1, max_size=4
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("globs")
    for name in FILES:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("x")
    return root


@given(PATTERNS)
def test_a_glob_matches_all_that_python_matches(folder: Path, parts: list[str]) -> None:
    pattern = "/".join(parts)
    python = {
        os.path.normpath(name)
        for name in glob.glob(pattern, root_dir=folder, recursive=True, include_hidden=True)  # noqa: PTH207
        if (folder / name).is_file()
    }
    if not set("*?[") & set(pattern) or ".." in parts or "." in parts or (folder / pattern).exists():
        return
    try:
        found = set(select(WorkingTree(folder), "", [pattern]))
    except UsageError:
        found = set()
    assert python <= found
    assert found - python <= {"b.JSON", "x/A"}


@pytest.mark.parametrize(
    ("places", "exclude", "found"),
    [
        (["."], [], [".d/a.json", "[a].json", "a.json", "b.JSON", "x/.h.json", "x/a.json", "x/y/a.json"]),
        (["x"], [], ["x/.h.json", "x/a.json", "x/y/a.json"]),
        (["x/"], ["x/y"], ["x/.h.json", "x/a.json"]),
        (["./x/../a.json"], [], ["a.json"]),
        (["[a].json"], [], ["[a].json"]),
        (["*.json"], ["B.json", "[[]*"], ["a.json", "b.JSON"]),
        (["**"], ["**/*.json", "**/*.JSON"], ["x/A", "x/y/z/b.txt"]),
        (["x/y/z/b.txt", "x/a"], [], None),
    ],
)
def test_places(folder: Path, places: list[str], exclude: list[str], found: list[str] | None) -> None:
    if found is None:
        with pytest.raises(UsageError, match="there is no file"):
            select(WorkingTree(folder), "", places, exclude)
    else:
        assert select(WorkingTree(folder), "", places, exclude) == sorted(found)


def test_what_an_exception_covers() -> None:
    assert covers("", "a.json", "a.json")
    assert covers("x", "a.json", "x/a.json")
    assert covers("", "x", "x/y/a.json")
    assert covers("", "x/*.json", "x/a.json")
    assert not covers("", "x/*.json", "x/y/a.json")
    assert not covers("", "A.json", "a.json")
    assert not covers("x", "a.json", "a.json")
