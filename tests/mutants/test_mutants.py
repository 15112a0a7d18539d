"""How `tools/mutants.py` reads a mutant, gives a function its code, chooses tests, and counts what became of all."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools import mutants
from tools.mutants import Change, Mutant, install, named_by, results

PLAIN = Mutant("made.sizes.x_least__mutmut_1")
METHOD = Mutant("made.sizes.xǁSizeǁ_more_of__mutmut_12")
SIGNATURE = Mutant("made.sizes.x_least__mutmut_2")
BROKEN = Mutant("made.sizes.x_least__mutmut_3")


@pytest.fixture(autouse=True)
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A checkout with one module, and its mutants."""
    for folder, text in ((tmp_path / "made", ORIGINAL), (tmp_path / "mutants" / "made", COPIES)):
        folder.mkdir(parents=True)
        (folder / "sizes.py").write_text(text, encoding="utf-8")
    monkeypatch.setattr(mutants, "ROOT", tmp_path)
    monkeypatch.setattr(mutants, "MUTATED", tmp_path / "mutants")
    monkeypatch.setattr(mutants, "REFUSED", tmp_path / "refused.json")
    monkeypatch.setattr(mutants, "VERDICTS", tmp_path / "verdicts.jsonl")
    monkeypatch.syspath_prepend(tmp_path)
    mutants._copies.cache_clear()
    yield
    mutants._copies.cache_clear()
    for name in ("made", "made.sizes"):
        sys.modules.pop(name, None)


def test_a_change_is_read_from_the_copies() -> None:
    assert (PLAIN.package, PLAIN.change) == ("made", Change("least", "return a < b", "return a <= b"))
    assert METHOD.change == Change("Size._more_of", ".one", ".two")


def test_the_lines_are_those_of_the_statements_that_differ() -> None:
    assert PLAIN.lines == ("made/sizes.py", {6}, {5, 6, 7})
    assert METHOD.lines == ("made/sizes.py", {15, 16, 17, 18}, {15, 16, 17, 18})
    assert SIGNATURE.lines == ("made/sizes.py", {5, 6, 7}, {5, 6, 7})


def test_a_function_gets_the_code_of_a_mutant_where_it_is_held_too() -> None:
    from made.sizes import Size, least  # type: ignore[import-not-found]  # noqa: PLC0415 - the fixture wrote it

    assert not least(1, 1)
    install(PLAIN)
    assert least(1, 1)
    install(SIGNATURE)
    assert least(1)
    assert Size().more() == 1
    install(METHOD)
    assert Size().more() == 2


def test_a_mutant_that_no_module_could_have() -> None:
    with pytest.raises(ImportError):
        install(BROKEN)


@pytest.mark.parametrize(
    ("row", "status"),
    [
        (None, "not judged"),
        ({"status": "killed"}, "killed"),
        ({"status": "survived"}, "survived"),
        ({"status": "survived", "digest": "of other code"}, "not judged"),
        ({"name": SIGNATURE.name, "status": "killed"}, "refused"),
        ({"name": METHOD.name, "status": "survived"}, "equivalent"),
        ({"name": METHOD.name, "status": "killed"}, "killed"),
    ],
)
def test_what_became_of_a_mutant(row: dict[str, str] | None, status: str, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = {"function": "Size._more_of", "why": "A test.", "changes": [[".one", ".two"]]}
    monkeypatch.setattr(mutants, "entries", lambda: iter([entry]))
    mutants.REFUSED.write_text(json.dumps([SIGNATURE.name]), encoding="utf-8")
    name = (row or {}).get("name", PLAIN.name)
    if row:
        told = {"name": name, "digest": Mutant(name).digest} | row
        mutants.VERDICTS.write_text(json.dumps(told) + "\n", encoding="utf-8")
    assert {mutant.name: found for mutant, found in results()}[name] == status


TESTS = ["tests/laws/test_a.py::test_one[x]", "tests/laws/test_a.py::test_one[y]", "tests/laws/test_a.py::test_ones"]
OTHERS = ["tests/test_cases.py::test_cases[a]", "tests/laws_of/test_b.py::test_two"]


@pytest.mark.parametrize(
    ("paths", "found"),
    [
        ([], []),
        (["tests/laws"], TESTS),
        (["tests/laws/"], TESTS),
        (["tests/laws/test_a.py"], TESTS),
        (["tests/laws/test_a.py::test_one"], TESTS[:2]),
        (["tests/test_cases.py", TESTS[1], "tests/laws/test_a.py"], [OTHERS[0], TESTS[1], TESTS[0], TESTS[2]]),
    ],
)
def test_a_short_list_is_asked_in_its_order(paths: list[str], found: list[str]) -> None:
    assert named_by(paths, [*TESTS, *OTHERS]) == found


def test_a_short_list_names_tests_that_are_there() -> None:
    with pytest.raises(ValueError, match=r"no test has the path tests/law$"):
        named_by(["tests/laws", "tests/law"], TESTS)


ORIGINAL = """
from __future__ import annotations

def least(a, b):
    if a:
        return a < b
    return False

class Size:
    one, two = 1, 2

    def more(self):
        return self._more_of()
    def _more_of(self):
        return (
            self
            .one
        )
"""

COPIES = """
def x_least__mutmut_orig(a, b):
    if a:
        return a < b
    return False

def x_least__mutmut_1(a, b):
    if a:
        return a <= b
    return False

def x_least__mutmut_2(a, b=9):
    if a:
        return a < b
    return False

def x_least__mutmut_3(a, b=nothing):
    if a:
        return a < b
    return False

class Size:
    def xǁSizeǁ_more_of__mutmut_orig(self):
        return (
            self
            .one
        )

    def xǁSizeǁ_more_of__mutmut_12(self):
        return (
            self
            .two
        )
"""
