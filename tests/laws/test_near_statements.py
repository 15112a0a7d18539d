"""`simplify` asks about the statements that can say something about a part: no other shares an action with it."""

from __future__ import annotations

import pytest
from hypothesis import given

from tests.laws.test_shared_guards import pairs, policy
from verifier.base.budget import Budget
from verifier.clouds.aws.compile.compile import compile_policy
from verifier.clouds.aws.policy.syntax import Policy
from verifier.questions.ask import Ask
from verifier.simplification.change import Prover
from verifier.simplification.part import whole_part

_ACTIONS = ("s3:getobject", "s3:a", "s3:list", "iam:passrole", "ec2:x", "x:y")


@given(pairs())
def test_what_is_not_near_shares_no_action(drawn: tuple[Policy, Policy]):
    one, other = drawn
    prover = Prover(one, Budget.of(10), Ask())
    spelled = {action for each in drawn for action in compile_policy(each).spelled}
    for statement, rule in zip(one.statements, compile_policy(one).rules, strict=True):
        near = list(prover.near(whole_part(statement), other.statements))
        for against, its in zip(other.statements, compile_policy(other).rules, strict=True):
            if not any(each is against for each in near):
                assert not any(action in rule.actions and action in its.actions for action in (*_ACTIONS, *spelled))


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
