"""A verdict remembers its question: why, all that escapes and the explorer need no documents once more."""

from __future__ import annotations

import pickle
import sys
import types
from dataclasses import replace

import pytest

from tests.commands import ROOT
from verifier import (
    Contained,
    Escapes,
    Policy,
    Request,
    UsageError,
    confine,
    diff,
    differences,
    explain,
    explore,
    prove,
)
from verifier.api import prove_needs


def load(name: str) -> Policy:
    return Policy.load(ROOT / "examples" / "john-and-jane" / name)


ANY, LOOSE, TIGHT, MAXIMUM = (
    load(f"{name}.json") for name in ("any-policy", "john-boundary-loose", "john-boundary", "john-maximum")
)


def test_an_escape_is_explained_listed_and_explored() -> None:
    verdict = prove([ANY], MAXIMUM, LOOSE)
    assert isinstance(verdict, Escapes)
    assert verdict.explain() == explain(verdict, policies=[ANY], maximum=MAXIMUM, boundary=LOOSE)
    assert verdict.groups() == differences(policies=[ANY], maximum=MAXIMUM, boundary=LOOSE)
    assert verdict.groups() is verdict.groups()
    assert verdict.explore().request == explore([ANY], MAXIMUM, boundary=LOOSE).request
    assert "john-boundary-loose.json" in verdict._repr_html_()


def test_a_containment_is_explained_and_has_no_groups() -> None:
    verdict = prove([ANY], MAXIMUM, TIGHT)
    assert isinstance(verdict, Contained)
    assert verdict.explain() is not None
    assert (len(verdict.groups().regions), verdict.groups().complete) == (0, True)


def test_groups_show_themselves_as_text() -> None:
    found = prove([ANY], MAXIMUM, boundary=LOOSE).groups()
    assert repr(found) == str(found)
    assert str(found).startswith("groups of requests: 1 escapes\nnothing else escapes")
    assert "Region(" not in str(found)


def test_a_difference_shows_its_groups() -> None:
    found = diff(TIGHT, LOOSE)
    assert found.groups() == differences(old=TIGHT, new=LOOSE)
    assert "nothing else differs" in found._repr_html_()
    assert found.explain() is not None
    with pytest.raises(UsageError, match="only answers of `prove` can be explored"):
        found.explore()


def test_other_questions_are_remembered_too() -> None:
    assert confine(LOOSE, ["s3"]).groups().regions
    missing = prove_needs([load("jane-boundary.json")], MAXIMUM)
    assert missing.explain() is not None
    assert missing.groups().regions


def test_the_memory_is_no_part_of_the_answer() -> None:
    one, other = prove([ANY], MAXIMUM, LOOSE), prove([ANY], MAXIMUM, LOOSE, timeout=20.0)
    assert one == other
    assert "_asked" not in repr(one)
    travelled = pickle.loads(pickle.dumps(one))  # noqa: S301 - our own
    assert travelled == one
    forgotten = replace(one)
    assert forgotten == one
    for ask, help in (
        (forgotten.explain, "explain"),
        (forgotten.groups, "differences"),
        (forgotten.explore, "explore"),
    ):
        with pytest.raises(UsageError, match="does not know its question") as raised:
            ask()
        assert help in str(raised.value.help)
    assert "john-boundary-loose.json" not in forgotten._repr_html_()


def test_what_answers_nothing_has_no_question() -> None:
    assert not hasattr(Request.of("s3:GetObject", "*"), "explain")


def test_rows_become_a_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    verdict = prove([ANY], MAXIMUM, LOOSE)
    explorer = verdict.explore()
    tables = (verdict.groups(), explorer.regions(), explorer.statements(), explorer.services("s3", "backup"))
    for table in tables:
        rows = table.to_frame()
        assert rows
        assert all(isinstance(row, dict) and row.keys() == rows[0].keys() for row in rows)
    frames = types.ModuleType("pandas")
    frames.DataFrame = lambda rows: ("a frame", rows)  # type: ignore[attr-defined]  # a stand-in
    monkeypatch.setitem(sys.modules, "pandas", frames)
    assert explorer.regions().to_frame()[0] == "a frame"
