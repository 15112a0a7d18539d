"""The configuration: the form of interface.md is taken, everything else is an error at its line."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier import UsageError
from verifier.config.places import toml_places
from verifier.config.read import find_config, read_config
from verifier.sources.tree import WorkingTree

HERE = Path(__file__).parent
WHOLE = (HERE / "whole.toml").read_text(encoding="utf-8")
WRONG: list[dict[str, Any]] = json.loads((HERE / "wrong.json").read_text(encoding="utf-8"))


def test_the_form_of_the_interface_is_taken(tmp_path: Path) -> None:
    (tmp_path / "verifier.toml").write_text(WHOLE)
    found = read_config(WorkingTree(tmp_path), "verifier.toml").config
    assert [rule.name for rule in found.rules] == ["teams", "boundaries only narrow"]
    assert [rule.fails for rule in found.rules] == [{"escapes", "undecided", "vacuous", "warnings"}, {"gained"}]
    assert found.exceptions[0].until is not None
    assert found.intent


@pytest.mark.parametrize("case", WRONG, ids=lambda case: case["says"])
def test_a_mistake_is_an_error_at_its_line(tmp_path: Path, case: dict[str, Any]) -> None:
    """A case replaces a piece of the whole configuration, and has the line and words of the error."""
    assert case["replace"] in WHOLE
    (tmp_path / "verifier.toml").write_text(WHOLE.replace(case["replace"], case["by"], 1))
    with pytest.raises(UsageError) as caught:
        read_config(WorkingTree(tmp_path), "verifier.toml")
    assert case["says"] in str(caught.value)
    assert caught.value.span
    assert caught.value.span.line == case["line"]
    assert caught.value.help


def _paths(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if path:
        yield path
    match value:
        case dict():
            for key, one in value.items():
                yield from _paths(one, (*path, key))
        case list():
            for number, one in enumerate(value):
                yield from _paths(one, (*path, number))


TRICKY = """
a."b.c".'d e' = 1  # [x]
s = "a # ] [ = \\" b"
t = '''
[no.table]
x = 1
'''
u = \"\"\"
y = "2\\"\"\"\"
[p.q]
list = [ # comment ]
  1, [2, {z = 3, "w w" = [4]}],
  "]",
]
[[p.r]]
n = 1
[p.r.deep]
m = 2
[[p.r]]
n = 2
[[p.r.more]]
d = 1979-05-27 07:32:00
[[p.r.more]]
e = { f.g = 1 }
"""


@pytest.mark.parametrize("text", [WHOLE, TRICKY, (HERE.parents[1] / "pyproject.toml").read_text(encoding="utf-8")])
def test_every_key_has_its_place(text: str) -> None:
    found = toml_places(text)
    for path in _paths(tomllib.loads(text)):
        assert path in found or any(known[: len(path)] == path for known in found), path
    lines = text.split("\n")
    for path, span in found.items():
        if isinstance(path[-1], str) and "." not in path[-1]:
            assert path[-1] in lines[span.line - 1], path


@given(st.text(alphabet="[]{}=.,\"'#\n\\ ab1", max_size=40))
def test_a_text_that_is_not_toml_is_looked_through_to_its_end(text: str) -> None:
    toml_places(text)


@pytest.mark.parametrize("folder", ["", "a", "a/b"])
def test_the_nearest_configuration_upwards_holds(tmp_path: Path, folder: str) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    tree = WorkingTree(tmp_path)
    assert find_config(tree, folder) is None
    (tmp_path / "pyproject.toml").write_text("[tool.verifier]\n")
    assert find_config(tree, folder) == "pyproject.toml"
    (tmp_path / "a" / "pyproject.toml").write_text("[tool.other]\n")
    assert find_config(tree, folder) == "pyproject.toml"
    (tmp_path / "a" / "verifier.toml").write_text("")
    assert find_config(tree, folder) == ("pyproject.toml" if not folder else "a/verifier.toml")


def test_a_broken_file_is_passed_over_only_if_it_is_of_other_tools(tmp_path: Path) -> None:
    """A broken file with our table could not be told from one without, and other rules would hold."""
    (tmp_path / "a").mkdir()
    tree = WorkingTree(tmp_path)
    (tmp_path / "verifier.toml").write_text("")
    (tmp_path / "a" / "pyproject.toml").write_text("[tool.other]\nx =\n")
    assert find_config(tree, "a") == "verifier.toml"
    (tmp_path / "a" / "pyproject.toml").write_text("[tool.verifier]\nx =\n")
    with pytest.raises(UsageError, match="not TOML"):
        find_config(tree, "a")
