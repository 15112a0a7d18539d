"""Every test file belongs to a suite, and the two suites together are all tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands import ROOT
from tests.suites import SUITES, arguments, files, suite_of


def chosen(suite: str) -> set[str]:
    """The test files that pytest would collect for the arguments of a suite."""
    given = arguments(suite)
    ignored = [one.removeprefix("--ignore=") for one in given if one.startswith("--ignore=")]
    named = [one for one in given if not one.startswith("--")]

    def within(file: str, paths: list[str]) -> bool:
        return any(file == path or file.startswith(f"{path}/") for path in paths)

    return {file for file in files() if within(file, named) and not within(file, ignored)}


def test_every_file_is_run_by_a_suite_and_only_those_of_both_by_two() -> None:
    quick, rest = chosen("quick"), chosen("rest")
    assert quick | rest == set(files())
    assert quick & rest == {file for file in files() if suite_of(file) == "both"}
    assert quick == {file for file in files() if suite_of(file) in ("quick", "both")}


@pytest.mark.parametrize("path", [path for paths in SUITES.values() for path in paths])
def test_every_path_is_there(path: str) -> None:
    assert (ROOT / Path(path)).exists()


def test_a_new_file_belongs_to_the_rest() -> None:
    assert suite_of("tests/elsewhere/test_new.py") == "rest"
