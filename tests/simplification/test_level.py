"""`simplify` of levels: what is left out, where statements go, and that the new documents say the same together."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.profiles import share
from tests.strategies import Json, documents, parsed, varied, worlds
from verifier import Policy, SimplifiedLevel, UsageError, simplify
from verifier.api import type_of
from verifier.clouds.aws.evaluate.evaluate import allows, denies
from verifier.clouds.aws.policy.types import PolicyType
from verifier.logic.readings import USUAL
from verifier.questions.ask import Ask
from verifier.questions.diff import diff
from verifier.questions.question import DiffQuestion
from verifier.questions.verdict import Relation
from verifier.simplification import level as simplifying
from verifier.simplification.level import simplify_level

CASES = json.loads((Path(__file__).parent / "levels.json").read_text(encoding="utf-8"))
MOST = {"scp": 10_240, "rcp": 5_120, "identity": 6_144}


def policy(number: int, said: Any) -> Policy:
    """The document of a case: its statements, or so many characters of resources, in one statement or two."""
    statements = said if isinstance(said, list) else list(large(said))
    text = json.dumps({"Version": "2012-10-17", "Statement": statements})
    return Policy.parse(text, f"document {number}")


def test_python_takes_a_level_and_shows_it() -> None:
    case = next(case for case in CASES if case["verdict"] == "redundant" and case.get("removed"))
    level = [policy(number, said) for number, said in enumerate(case["documents"], start=1)]
    found = simplify(level, timeout=60, type=case["type"])
    assert isinstance(found, SimplifiedLevel)
    assert str(found).startswith("redundant\ndocument ")
    page = found._repr_html_()
    assert "REDUNDANT" in page
    assert all(removed.text in page for _, removed in found.removed)
    with pytest.raises(TypeError, match="no truth value"):
        bool(found)


@pytest.mark.parametrize(("documents", "wrong"), [([], "no document"), (["x", "x"], "there can be only one")])
def test_what_is_no_level_is_an_error(documents: list[str], wrong: str) -> None:
    policies = [Policy.at_most(["s3"]) for _ in documents]
    with pytest.raises(UsageError, match=wrong):
        simplify(policies, type="boundary")


def large(said: dict[str, Any]) -> Any:
    mark = said["mark"]
    names = [f"arn:aws:s3:::{mark}-{number:06}" for number in range(said["characters"] // 28)]
    whom = {"Principal": "*"} if said.get("rcp") else {}
    for half in range(2 if said.get("twice") else 1):
        resources = [f"{name}-{half}" for name in names]
        yield {"Effect": "Deny", **whom, "Action": f"s3:Get{mark}{half}*", "Resource": resources}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_level(case: dict[str, Any]) -> None:
    level = [policy(number, said) for number, said in enumerate(case["documents"], start=1)]
    told = type_of(case["type"])
    found = simplify_level(level, told, Ask(seconds=60))
    assert found.redundancy.value == case["verdict"], found.reason
    if "removed" in case:
        assert [f"{name}: {removed}".split(": ", 2)[:2] for name, removed in found.removed] == [
            one.split(": ", 1) for one in case["removed"]
        ]
    if "sizes" in case:
        assert [len(json.loads(text)["Statement"]) for text in found.documents] == case["sizes"]
    assert found.moved == case.get("moved", 0)
    assert found.fits
    assert all(len(text) <= MOST[case["type"] or "rcp"] for text in found.documents)
    new = [Policy.parse(text) for text in found.documents]
    together = diff(DiffQuestion.of_levels(level, new, told))
    assert (together.relation, together.denies_same) == (Relation.EQUIVALENT, True)


def test_nothing_is_shown_that_is_not_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault in where statements go: the last document is left out."""
    packed = simplifying._Level._packed
    monkeypatch.setattr(simplifying._Level, "_packed", lambda level, left: packed(level, left)[:-1])
    level = [policy(number, said) for number, said in enumerate(CASES[2]["documents"], start=1)]
    found = simplify_level(level, PolicyType.SCP, Ask(seconds=60))
    assert found.redundancy.value == "undecided"
    assert "not proved equivalent" in (found.reason or "")
    assert found.documents == found.before


def test_documents_of_two_versions_stay() -> None:
    old = Policy.parse('{"Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]}')
    found = simplify_level([policy(1, CASES[0]["documents"][0]), old], PolicyType.SCP)
    assert (found.redundancy.value, found.documents) == ("undecided", found.before)


@st.composite
def levels(draw: st.DrawFn) -> list[Json]:
    """Two or three documents near each other."""
    world = draw(worlds(most_keys=1))
    first = draw(documents(world, most=2))
    return [first, draw(varied(world, first)), *([draw(documents(world, most=1))] if draw(st.booleans()) else [])]


@share(0.33)
@given(levels())
def test_the_new_documents_decide_as_the_old_ones(drawn: list[Json]) -> None:
    level = tuple(map(parsed, drawn))
    found = simplify_level(level, PolicyType.IDENTITY, Ask(seconds=2))
    new = tuple(map(Policy.parse, found.documents))
    compared = diff(DiffQuestion.of_levels(level, new, PolicyType.IDENTITY), Ask(seconds=2))
    for request in filter(None, (compared.gained, compared.lost)):
        assert allows(level, request, USUAL) == allows(new, request, USUAL)
        assert denies(level, request, USUAL) == denies(new, request, USUAL)
