"""`simplify`: cases with what is left out and why, and laws that the evaluator checks on drawn requests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.profiles import share
from tests.strategies import Json, World, documents, mentioned, parsed, requests, varied, worlds
from verifier.base.errors import PolicyError
from verifier.clouds.aws.evaluate.evaluate import allows, denies
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.policy.types import PolicyType
from verifier.clouds.aws.request import Request
from verifier.questions.ask import Ask
from verifier.questions.question import SimplifyQuestion
from verifier.simplification.part import PartKind
from verifier.simplification.simplified import Redundancy, Removed, Simplified
from verifier.simplification.simplify import simplify

CASES = json.loads((Path(__file__).parent / "cases.json").read_text(encoding="utf-8"))
ASK = Ask(seconds=5)


def document(statements: list[Json]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def said(part: Removed) -> str:
    by = f" by {' and '.join(part.by)}" if part.by and part.by[0].startswith("statement") else ""
    return f"{part.kind.value} {part.text}: {part.reason.value}{by}"


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_case(case: dict[str, Any]) -> None:
    text = document(case["statements"])
    found = simplify(SimplifyQuestion(Policy.parse(text)), ASK)
    assert [said(part) for part in found.removed] == case["removed"]
    assert found.reason is None
    assert found.redundancy is (Redundancy.REDUNDANT if case["removed"] else Redundancy.IRREDUNDANT)
    assert (found.text == text) is not bool(case["removed"])
    if "left" in case:
        assert json.loads(found.text)["Statement"] == case["left"]


SPLIT = """\
Resources:
  P:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Action: !Split [",", "s3:PutObject,ec2:RunInstances,iam:GetUser"], Resource: "*"}
          - {Effect: Allow, Action: ["s3:PutObject", "ec2:*"], Resource: "*"}
"""


def test_parts_that_stand_in_one_place_are_each_looked_at(tmp_path: Path) -> None:
    (tmp_path / "template.yaml").write_text(SPLIT, encoding="utf-8")
    found = simplify(SimplifyQuestion(Policy.load(tmp_path / "template.yaml")), ASK)
    assert [one.text for one in found.removed if one.kind is PartKind.ACTION] == ["ec2:RunInstances", "s3:PutObject"]


def test_the_place_of_a_part_is_that_of_its_text() -> None:
    text = '{"Statement": [\n  {"Effect": "Allow", "Resource": "*",\n   "Action": ["s3:*", "s3:Get*"]}]}'
    found = simplify(SimplifyQuestion(Policy.parse(text)), ASK)
    (part,) = found.removed
    assert (part.span.line, part.span.column) == (3, 23)
    assert found.text == '{"Statement": [\n  {"Effect": "Allow", "Resource": "*",\n   "Action": ["s3:*"]}]}'


def test_a_time_limit_is_said() -> None:
    entries = [f"s3:{letter}*{number}" for letter in "abcdefgh" for number in range(200)]
    policy = Policy.parse(document([{"Effect": "Allow", "Action": entries, "Resource": "*"}]))
    found = simplify(SimplifyQuestion(policy), Ask(seconds=0.2))
    assert found.redundancy is Redundancy.UNDECIDED
    assert found.reason
    assert found.text == policy.source.text


def test_another_kind_of_document_is_an_error() -> None:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}
    with pytest.raises(PolicyError, match="`Principal` is not allowed in"):
        simplify(SimplifyQuestion(Policy.parse(document([statement])), PolicyType.BOUNDARY))


def test_an_answer_has_no_truth_value() -> None:
    with pytest.raises(TypeError, match="no truth value"):
        bool(simplify(SimplifyQuestion(Policy.parse(document([CASES[0]["statements"][0]])))))


@st.composite
def redundant(draw: st.DrawFn) -> tuple[World, Json]:
    """A document with statements of another beside its own, which it often says already."""
    world = draw(worlds(most_keys=2))
    first = draw(documents(world, most=2))
    second = draw(varied(world, first))
    body = [statement for one in (first, second) for statement in _body(one)]
    return world, {**first, "Statement": body}


def _body(whole: Json) -> list[Json]:
    return whole["Statement"] if isinstance(whole["Statement"], list) else [whole["Statement"]]


@st.composite
def asked(draw: st.DrawFn) -> tuple[Json, list[Request]]:
    """A document and requests near it."""
    world, whole = draw(redundant())
    near = mentioned([whole], world)
    return whole, [draw(requests(world, near)) for _ in range(12)]


def simplified(whole: Json) -> tuple[Policy, Policy, Simplified]:
    policy = parsed(whole)
    found = simplify(SimplifyQuestion(policy), Ask(seconds=2))
    return policy, Policy.parse(found.text), found


@share(0.33)
@given(asked())
def test_the_smaller_document_says_the_same(drawn: tuple[Json, list[Request]]) -> None:
    whole, near = drawn
    old, new, _ = simplified(whole)
    for request in near:
        assert allows((old,), request) == allows((new,), request), request
        assert denies((old,), request) == denies((new,), request), request


@share(0.33)
@given(redundant())
def test_it_is_never_longer_and_simplified_once_and_for_all(drawn: tuple[World, Json]) -> None:
    _, new, found = simplified(drawn[1])
    before, after = found.characters
    assert (after < before) == bool(found.removed)
    assert bool(found.removed) == (found.text != found.source.text)
    if found.reason is None:
        again = simplify(SimplifyQuestion(new), Ask(seconds=2))
        assert again.removed == () or again.reason is not None, (found.text, again)
