"""The suites together are all tests, and the commands of the Makefile run them."""

from __future__ import annotations

import re
import subprocess

import pytest

from tests.commands import ROOT
from tests.suites import SUITES, arguments, files


def chosen(suite: str) -> set[str]:
    """The test files that pytest would collect for the arguments of a suite."""
    given = arguments(suite)
    ignored = [one.removeprefix("--ignore=") for one in given if one.startswith("--ignore=")]
    named = [one for one in given if not one.startswith("--")]

    def within(file: str, paths: list[str]) -> bool:
        return any(file == path or file.startswith(f"{path}/") for path in paths)

    return {file for file in files() if within(file, named) and not within(file, ignored)}


def test_what_ci_runs_is_every_file_once() -> None:
    own, shown = chosen("own"), chosen("shown")
    assert own | shown == set(files())
    assert own & shown == set()
    assert chosen("quick") < own


@pytest.mark.parametrize("path", [path for paths in SUITES.values() for path in paths])
def test_every_path_is_there(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize(
    ("target", "suites"), [("test", ["quick"]), ("test-own", ["own"]), ("test-all", ["own", "shown"])]
)
def test_a_target_runs_its_suites(target: str, suites: list[str]) -> None:
    ran = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=True)
    told = [line.partition("-m tests.suites ")[2].rstrip(")") for line in ran.stdout.splitlines() if "suites" in line]
    assert told == suites


def test_ci_runs_the_commands_of_the_readme_and_every_suite() -> None:
    ran = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    first = re.findall(r"^\$ (make .*)$", readme, re.MULTILINE)
    assert first == ["make demo", "make test"]
    assert {*first, "make test-own"} < set(ran)
    assert any(line.endswith("make test-shown") for line in ran)
