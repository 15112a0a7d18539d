"""`repair`: cases with the boundary that results, and the law that the evaluator checks on drawn requests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.strategies import Json, documents, mentioned, parsed, requests, varied, worlds
from verifier import repair as asked_by_api
from verifier.base.errors import PolicyError
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.evaluate.evaluate import evaluate, match_statement
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.policy.write import characters
from verifier.clouds.aws.request import Request
from verifier.clouds.trace import Decision
from verifier.questions.ask import Ask
from verifier.questions.question import ProveQuestion
from verifier.repairs.complement import block, complement
from verifier.repairs.repair import Repaired, RepairOutcome, repair

CASES = json.loads((Path(__file__).parent / "cases.json").read_text(encoding="utf-8"))
ANY = [{"Effect": "Allow", "Action": "*", "Resource": "*"}]
ASK = Ask(seconds=5)


def policy(statements: list[Json]) -> Policy:
    return Policy.parse(json.dumps({"Version": "2012-10-17", "Statement": statements}))


def repaired(case: dict[str, Any]) -> Repaired:
    boundary = policy(case["boundary"]) if "boundary" in case else None
    documents_ = Documents((policy(case.get("policy", ANY)),), boundary)
    return repair(ProveQuestion(documents_, policy(case["maximum"])), ASK)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_case(case: dict[str, Any]) -> None:
    found = repaired(case)
    assert found.outcome.value == case["outcome"], found
    assert (found.text is not None) == ("left" in case)
    if found.text is not None:
        assert json.loads(found.text)["Statement"] == case["left"]
        assert found.characters == characters(found.text)
        assert found.statements >= 1
        assert (found.source is None) == ("boundary" not in case)
    if found.outcome is RepairOutcome.NO_REPAIR:
        assert found.reason
        assert found.request


def test_what_is_added_and_changed_is_told() -> None:
    added = repaired(CASES[4])
    assert (added.added, added.changed, added.statements) == ((CASES[4]["maximum"][1],), (), 1)
    narrowed = repaired(CASES[2])
    (change,) = narrowed.changed
    assert (change.statement, change.sid, change.line, change.now) == (0, "Reads", 1, tuple(CASES[2]["left"]))


def test_other_documents_count() -> None:
    wide, maximum = policy(ANY), policy([{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}])
    assert asked_by_api([wide], maximum, wide, session=maximum).outcome is RepairOutcome.CONTAINED
    assert asked_by_api([wide], maximum, wide, scps=[[wide, maximum], maximum]).outcome is RepairOutcome.CONTAINED
    assert asked_by_api([wide], maximum, wide, scps=[wide]).outcome is RepairOutcome.REPAIRED


def test_a_time_limit_is_no_repair() -> None:
    actions = [f"s3:{letter}*{number}" for letter in "abcdefgh" for number in range(100)]
    wide, maximum = policy(ANY), policy([{"Effect": "Allow", "Action": actions, "Resource": "*"}])
    found = repair(ProveQuestion(Documents((wide,), wide), maximum), Ask(seconds=0.01))
    assert found.outcome is RepairOutcome.NO_REPAIR
    assert found.reason is not None
    assert found.text is None


def test_another_kind_of_document_is_an_error() -> None:
    other = policy([{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}])
    with pytest.raises(PolicyError, match="`Principal` is not allowed in"):
        repair(ProveQuestion(Documents((policy(ANY),), other), policy(ANY)))


def test_an_answer_has_no_truth_value() -> None:
    with pytest.raises(TypeError, match="no truth value"):
        bool(repaired(CASES[0]))


Questions = tuple[Json, Json, Json, list[Request]]


@st.composite
def questions(draw: st.DrawFn) -> Questions:
    """A policy, a boundary, a maximum near it, and requests near all three."""
    world = draw(worlds(most_keys=2))
    boundary = draw(documents(world, most=2))
    maximum = draw(varied(world, boundary))
    whole = draw(documents(world, most=1, effects=("Allow",))) if draw(st.booleans()) else _FULL
    near = mentioned([boundary, maximum, whole], world)
    return whole, boundary, maximum, [draw(requests(world, near)) for _ in range(12)]


_FULL: Json = {"Version": "2012-10-17", "Statement": ANY}


@settings(max_examples=60)
@given(questions())
def test_just_what_was_allowed_and_is_within_the_maximum_is_allowed(drawn: Questions) -> None:
    whole, boundary, maximum, near = drawn
    policies, top = (parsed(whole),), parsed(maximum)
    found = repair(ProveQuestion(Documents(policies, parsed(boundary)), top), Ask(seconds=1))
    if found.outcome is RepairOutcome.NO_REPAIR:
        return
    new = Policy.parse(found.text) if found.text is not None else parsed(boundary)
    for request in near:
        before = evaluate(Documents(policies, parsed(boundary)), request).decision is Decision.ALLOWED
        after = evaluate(Documents(policies, new), request).decision is Decision.ALLOWED
        within = evaluate(Documents((top,)), request).decision is Decision.ALLOWED
        assert after == (before and within), request


CONDITIONS: list[tuple[Json, list[Any]]] = [
    ({"StringEquals": {"aws:username": ["jane", "john"]}}, ["jane", "john", "jack", None]),
    ({"StringNotLike": {"aws:username": "j*"}}, ["jane", "mary", None]),
    ({"StringEqualsIfExists": {"aws:username": "jane"}}, ["jane", "", "jack", None]),
    (
        {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2001:db8::/32"]}},
        ["203.0.113.7", "10.0.0.1", "2001:db8::1", None],
    ),
    ({"IpAddressIfExists": {"aws:SourceIp": "203.0.113.0/24"}}, ["203.0.113.7", "10.0.0.1", "::1", None]),
    ({"NumericLessThan": {"aws:MultiFactorAuthAge": [60, 3600]}}, ["59", "60", "3599", "3600", "4000", None]),
    ({"NumericGreaterThanEqualsIfExists": {"aws:MultiFactorAuthAge": ["60", "3600"]}}, ["59", "60", "3600", None]),
    ({"DateLessThanEquals": {"aws:CurrentTime": "2026-01-01"}}, ["2025-12-31", "2026-01-01", "2026-01-02", None]),
    ({"Bool": {"aws:SecureTransport": "true"}}, ["true", "false", None]),
    ({"BoolIfExists": {"aws:SecureTransport": "false"}}, ["true", "false", None]),
    ({"Null": {"aws:username": "true"}}, ["jane", "", None]),
    (
        {"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}},
        ["a", "c", ["a", "b"], ["a", "c"], ["c", "d"], "", None],
    ),
    ({"ForAnyValue:StringLike": {"aws:TagKeys": ["a*"]}}, ["a", "c", ["c", "ab"], ["c", "d"], "", None]),
    (
        {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/x"}},
        ["arn:aws:iam::1:role/x", "arn:aws:iam::1:role/y", None],
    ),
]


@pytest.mark.parametrize(("condition", "values"), CONDITIONS, ids=[str(condition) for condition, _ in CONDITIONS])
def test_a_complement_holds_just_where_the_condition_does_not(condition: Json, values: list[Any]) -> None:
    (key,) = next(iter(condition.values()))
    whole = policy([{**ANY[0], "Condition": condition}]).statements[0]
    other = complement(whole.conditions[0])
    assert other is not None
    opposite = policy([{**ANY[0], "Condition": other}]).statements[0]
    assert block(opposite.conditions) == other
    for value in values:
        request = Request.of("s3:GetObject", "arn:aws:s3:::b", {} if value is None else {key: value})
        holds = [next(match_statement(one, request), None) is None for one in (whole, opposite)]
        assert holds in ([True, False], [False, True]), (value, holds)


@pytest.mark.parametrize(
    "condition",
    [
        {"BinaryEquals": {"acme:blob": "QUI="}},
        {"Bool": {"aws:SecureTransport": ["true", "false"]}},
        {"StringEquals": {"aws:username": []}},
    ],
)
def test_where_no_operator_says_it_there_is_no_complement(condition: Json) -> None:
    assert complement(policy([{**ANY[0], "Condition": condition}]).statements[0].conditions[0]) is None
