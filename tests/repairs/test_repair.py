"""`repair`: cases with the boundary that results, and the law that the evaluator checks on drawn requests."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.commands import PATIENCE
from tests.strategies import Json, documents, mentioned, parsed, requests, varied, worlds
from verifier import repair as asked_by_api
from verifier.base.budget import Budget
from verifier.base.errors import PolicyError
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.entry_lists import Sharing, share_actions
from verifier.clouds.aws.evaluate.evaluate import evaluate, match_statement
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.policy.write import characters
from verifier.clouds.aws.request import Request
from verifier.clouds.trace import Decision
from verifier.questions.ask import Ask
from verifier.questions.question import ProveQuestion
from verifier.repairs.complement import block, complement
from verifier.repairs.move import Choice, Move
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


def test_no_combination_of_moves_that_excludes_the_request_is_left_out() -> None:
    boundary = parsed(
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
                {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"},
                {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"},
            ],
        }
    )
    request = Request.of("s3:GetObject", "arn:aws:s3:::a/b", {})
    moves = [
        Move(index, ({},) * count, parsed(document).statements if count else (), size)
        for size, (index, (count, document)) in enumerate(itertools.product((None, 0, 1, 2), enumerate(REPLACING)))
        if index is not None or count
    ]
    choice = Choice(boundary, moves, 100)
    choice.add(request)
    several = (itertools.combinations(moves, count) for count in (1, 2, 3))
    excluding = {some for each in several for some in each if choice._possible(some) and choice.excludes(some)}
    assert set(choice._ordered) == excluding
    assert len(choice._ordered) == len(excluding)
    assert {len(some) for some in excluding} == {1, 2, 3}


REPLACING = [
    {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": action, "Resource": "*"}}
    for action in ("sqs:Send*", "s3:Put*", "s3:GetObject")
]


@pytest.mark.parametrize("relevant", [1, 2])
def test_combinations_grow_as_the_moves(relevant: int) -> None:
    allow = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    boundary = parsed({"Version": "2012-10-17", "Statement": [allow]})
    deny = parsed(REPLACING[2]).statements
    other = parsed(REPLACING[0]).statements

    def tried(size: int) -> int:
        moves = [Move(None, ({},), deny if place < relevant else other, place) for place in range(size)]
        choice = Choice(boundary, moves, 100)
        choice.add(Request.of("s3:GetObject", "arn:aws:s3:::a/b", {}))
        return sum(1 for _ in choice._combinations())

    assert tried(400) <= 2.1 * tried(200)


def test_statements_that_may_share_actions_are_found_by_their_services() -> None:
    elements: list[Json] = [{"Action": [f"service{i}:Get*", f"service{i}:List"]} for i in range(100)]
    elements += [{"Action": "*:Get*"}, {"NotAction": "iam:*"}, {"Action": ["service7:Put", "service8:List*"]}]
    statements = [{"Effect": "Allow", "Resource": "*"} | one for one in elements]
    policy = parsed({"Version": "2012-10-17", "Statement": statements})
    sharing, budget = Sharing(policy.statements, Budget.of(PATIENCE)), Budget.of(PATIENCE)
    for one in policy.statements:
        expected = [other.index for other in policy.statements if share_actions(one, other, budget)]
        assert [other.index for other in sharing.with_(one)] == expected
    assert [other.index for other in sharing.with_(policy.statements[8])] == [8, 100, 101, 102]
