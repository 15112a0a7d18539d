"""`simplify` asks about the statements that can say something about a part: no other shares an action with it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from tests.laws.test_shared_guards import pairs, policy
from verifier.base.budget import Budget
from verifier.clouds.aws.compile.compile import compile_policy
from verifier.clouds.aws.policy.syntax import Policy
from verifier.questions.ask import Ask
from verifier.simplification.change import Prover
from verifier.simplification.part import PartKind, part_at, part_paths, whole_part

_ACTIONS = ("s3:getobject", "s3:a", "s3:list", "iam:passrole", "ec2:x", "x:y")


@given(pairs())
def test_what_is_not_near_shares_no_action(drawn: tuple[Policy, Policy]):
    statements = [one for each in drawn for one in _listed(json.loads(each.source.text)["Statement"])]
    document = Policy.parse(json.dumps({"Version": "2012-10-17", "Statement": statements}))
    prover = Prover(document, Budget.of(10), Ask())
    rules = compile_policy(document)
    for statement, rule in zip(document.statements, rules.rules, strict=True):
        near = list(prover.near(whole_part(statement), document.statements))
        for against, its in zip(document.statements, rules.rules, strict=True):
            if not any(each is against for each in near):
                assert not any(
                    action in rule.actions and action in its.actions for action in (*_ACTIONS, *rules.spelled)
                )


def _listed(statements: Any) -> list[Any]:
    return statements if isinstance(statements, list) else [statements]


@given(pairs())
def test_what_is_left_of_a_statement_is_near_whatever_it_shares_an_action_with(drawn: tuple[Policy, Policy]):
    document, _ = drawn
    prover = Prover(document, Budget.of(10), Ask())
    for statement in document.statements:
        for place in part_paths(statement, PartKind.ACTION):
            part = part_at(statement, PartKind.ACTION, place)
            if part is None or part.after is None:
                continue
            left = compile_policy(replace(document, statements=(part.after,))).rules[0]
            for other, its in zip(document.statements, compile_policy(document).rules, strict=True):
                spelled = (*_ACTIONS, *compile_policy(document).spelled)
                if any(action in left.actions and action in its.actions for action in spelled):
                    assert list(prover.near(whole_part(other), [part.after])) == [part.after]


@given(pairs())
def test_what_is_near_is_around(drawn: tuple[Policy, Policy]):
    document, _ = drawn
    prover = Prover(document, Budget.of(10), Ask())
    for statement in document.statements:
        part = whole_part(statement)
        assert {one.index for one in prover.near(part, document.statements)} <= set(prover.around(part))


@pytest.mark.parametrize(
    ("action", "other", "is_near"),
    [
        ("s3:GetObject", {"Action": "s3:getobject"}, True),
        ("s3:GetObject", {"Action": "s3:Get*"}, True),
        ("s3:GetObject", {"Action": "*"}, True),
        ("s3:GetObject", {"Action": "s3:PutObject"}, False),
        ("s3:GetObject", {"Action": ["ec2:*", "s3:Put*"]}, False),
        ("s3:Get*", {"Action": "s3:PutObject"}, True),
        ("s3:Get*", {"Action": "ec2:*"}, False),
        ("s?:Get*", {"Action": "ec2:*"}, True),
    ],
)
def test_near_is_what_may_share_an_action(action: str, other: dict[str, object], is_near: bool):
    document = policy({"Action": action}, other)
    prover = Prover(document, Budget.of(10), Ask())
    first, second = document.statements
    assert list(prover.near(whole_part(first), [second])) == ([second] if is_near else [])
