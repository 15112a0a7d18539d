"""The statements and entries that are looked up by service and name are those that match, and no others decide."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import documents, mentioned, parsed, requests, worlds
from verifier.clouds.aws.evaluate import evaluate
from verifier.clouds.aws.evaluate.evaluate import (
    allows,
    denies,
    match_statement,
    matches,
    meeting,
    meets_actions,
    naming_actions,
)
from verifier.clouds.aws.policy.syntax import Actions, Policy
from verifier.clouds.aws.request import Request
from verifier.logic.actions import Effect
from verifier.logic.readings import USUAL, Reading


@st.composite
def judged(draw: st.DrawFn) -> tuple[Policy, list[Request]]:
    """A document, and requests near it."""
    world = draw(worlds(most_keys=1))
    document = draw(documents(world, most=4))
    near = mentioned([document], world)
    return parsed(document), [draw(requests(world, near)) for _ in range(4)]


@given(judged())
def test_looking_up_says_what_looking_at_every_statement_says(drawn: tuple[Policy, list[Request]]):
    policy, asked = drawn
    for request in asked:
        matching = {
            effect: [one for one in policy.by_effect[effect] if not list(match_statement(one, request))]
            for effect in Effect
        }
        assert denies([policy], request) == bool(matching[Effect.DENY])
        assert allows([policy], request) == (bool(matching[Effect.ALLOW]) and not matching[Effect.DENY])
        for effect, found in matching.items():
            assert {one.index for one in found} <= {one.index for one in policy.naming(effect, request.words[0])}


@given(judged())
def test_entries_that_spell_another_name_are_those_that_do_not_match(drawn: tuple[Policy, list[Request]]):
    policy, asked = drawn
    for request in asked:
        for statement in policy.statements:
            assert statement.actions is not None
            found = list(naming_actions(statement.actions, request, USUAL))
            assert set(map(id, found)) <= set(map(id, statement.actions.spelling(*request.words)))
            assert meets_actions(statement.actions, request) == (bool(found) != statement.actions.negated)


def test_what_spells_every_service_is_not_looked_at_for_another():
    statements = [
        {"Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": "*"},
        {"Effect": "Allow", "Action": ["s3:Put*", "ec2:*"], "Resource": "*"},
        {"Effect": "Allow", "Action": ["ec2:*", "*:Get*"], "Resource": "*"},
        {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"},
        {"Effect": "Deny", "Action": "s3:*", "Resource": "*"},
    ]
    policy = parsed({"Version": "2012-10-17", "Statement": statements})
    by_service = {
        service: [one.index for one in policy.naming(Effect.ALLOW, service)] for service in ("s3", "ec2", "iam")
    }
    assert by_service == {"s3": [0, 1, 2, 3], "ec2": [1, 2, 3], "iam": [2, 3]}
    assert [one.index for one in policy.naming(Effect.DENY, "s3")] == [4]
    assert policy.naming(Effect.DENY, "ec2") == ()
    actions = policy.statements[2].actions
    assert actions is not None
    assert [one.text for one in actions.spelling("ec2", "get")] == ["ec2:*", "*:Get*"]
    assert [one.text for one in actions.spelling("s3", "get")] == ["*:Get*"]


@given(judged())
def test_statements_that_an_action_meets_are_remembered_as_they_are(drawn: tuple[Policy, list[Request]]):
    policy, asked = drawn
    for request in (*asked, *asked):
        met = [one for one in policy.statements if one.actions is None or meets_actions(one.actions, request)]
        assert list(meeting(policy, request)) == met
        assert [matches(one, request) for one in policy.statements] == [
            not list(match_statement(one, request)) for one in policy.statements
        ]


MANY = [
    {"Effect": "Allow", "Action": [f"s3:Get{i}", f"s3:List{i}"], "Resource": f"arn:aws:s3:::bucket-{i}"}
    for i in range(100)
]


def test_requests_for_one_action_look_at_the_statements_that_it_meets(monkeypatch: pytest.MonkeyPatch):
    looked_at: list[int] = []

    def counted(actions: Actions, request: Request, reading: Reading = USUAL) -> bool:
        looked_at.append(1)
        return meets_actions(actions, request, reading)

    monkeypatch.setattr(evaluate, "meets_actions", counted)
    policy = parsed({"Version": "2012-10-17", "Statement": MANY})
    said = [allows([policy], Request.of("s3:Get7", f"arn:aws:s3:::bucket-{i}", {})) for i in range(100)]
    assert said == [i == 7 for i in range(100)]
    assert len(looked_at) <= 100 + 100


def test_what_is_remembered_of_a_document_has_a_bound(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(evaluate, "_MOST_REMEMBERED", 1_000)
    policy = parsed({"Version": "2012-10-17", "Statement": MANY})
    for i in range(100):
        assert [one.index for one in meeting(policy, Request.of(f"s3:Get{i}", "*", {}))] == [i]
        assert len(policy.meeting) <= 10
