"""What is proved of documents with unknown values holds for every value, wherever it stands; faults are noticed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from functools import partial
from types import SimpleNamespace

import pytest

from tests.agreement.positions import POSITIONS, placed
from tests.agreement.questions import Tally
from tests.agreement.unknowns import compare
from verifier.clouds.aws.compile import compile as compiling
from verifier.clouds.aws.policy.syntax import Statement
from verifier.logic.actions import Effect
from verifier.logic.formula import Formula


def _tallies() -> dict[str, Tally]:
    found: dict[str, Tally] = defaultdict(Tally)
    for name, holed in placed():
        compare(holed, found[name])
    return found


def test_every_position_keeps_what_is_promised() -> None:
    found = _tallies()
    assert not [text for tally in found.values() for text in tally.contradictions]
    assert found.keys() == POSITIONS.keys()
    for name, tally in found.items():
        counts = tally.counts
        assert counts["draws"] > 30, name
        assert counts["with holes Contained"], name
        assert counts["with holes Escapes"] + counts["with holes Escapes leaning"], name
    leaning = {name for name, tally in found.items() if tally.counts["with holes Escapes leaning"]}
    assert len(leaning) > len(POSITIONS) / 2


_guard = compiling._guard


def _denying_whatever(statement: Statement, readings: bool) -> Formula:
    """What a statement says, if an unknown resource of a Deny were taken to match."""
    if statement.effect is Effect.DENY and statement.resources is not None:
        entries = tuple(replace(entry, unknown=None) for entry in statement.resources.entries)
        statement = replace(statement, resources=replace(statement.resources, entries=entries))
    return _guard(statement, readings)


def test_an_unknown_resource_of_a_deny_that_is_taken_to_match_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, readings in (("_GUARDS", False), ("_GUARDS_READ", True)):
        monkeypatch.setattr(compiling, name, SimpleNamespace(of=partial(_denying_whatever, readings=readings)))
    found = Tally()
    for name, holed in placed():
        if name == "Resource":
            compare(holed, found)
    assert any(text.startswith("proved for every value, and") for text in found.contradictions)
