"""RCPs: which documents are some, and which actions they bind, by the evaluator and by the prover (rule 30)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import RCP_ACTIONS
from verifier.base.budget import Budget
from verifier.clouds.aws.catalogue.actions import NEVER, bound_by_rcps, rcp_services, services
from verifier.clouds.aws.compile.compile import compile_policy
from verifier.clouds.aws.compile.domains import domains
from verifier.clouds.aws.evaluate.evaluate import denies
from verifier.clouds.aws.policy.check import as_rcp, is_rcp, only_denies
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.request import Request
from verifier.logic.formula import ACTION, all_of, any_of, is_literal
from verifier.smt.solve import Sat, solve

ACTIONS = (
    "s3:GetObject",
    "s3:PutObject",
    "s3-x:GetObject",
    "iam:PassRole",
    "kms:RetireGrant",
    "KMS:retiregrant",
    "kms:RetireGrants",
    "kms:Decrypt",
    "zz:Zork",
)
DENY = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}
FULL = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}


def policy(*statements: dict[str, Any]) -> Policy:
    return Policy.parse(json.dumps({"Version": "2012-10-17", "Statement": list(statements)}))


@given(st.lists(st.lists(st.sampled_from(RCP_ACTIONS), min_size=1, max_size=3), min_size=1, max_size=3))
def test_evaluator_and_prover_bind_the_same_actions(drawn: list[list[str]]):
    rcp = as_rcp(policy(*({**DENY, "Action": actions} for actions in drawn)))
    rules = compile_policy(rcp)
    for action in ACTIONS:
        folded = action.lower()
        said = denies((rcp,), Request.of(action, "*"))
        assert bool(rules.at(folded)) is said
        assert any(folded in rule.actions for rule in rules.rules) is said
        whole = any_of(rule.whole for rule in rules.rules)
        assert isinstance(solve(all_of((whole, is_literal(ACTION, folded))), domains, Budget.of(10)), Sat) is said
        assert not said or bound_by_rcps(action)


def test_the_services_are_those_of_the_page():
    assert len(rcp_services()) == 62
    assert rcp_services() <= set(services())
    assert {"s3", "sqs", "kms", "sts", "secretsmanager", "dynamodb", "ecr", "logs"} <= rcp_services()
    assert not {"iam", "ec2", "lambda", "sns"} & rcp_services()
    assert all(action.partition(":")[0] in rcp_services() for action in NEVER)


@pytest.mark.parametrize(
    ("statements", "is_one"),
    [
        ([DENY], True),
        ([FULL], True),
        ([FULL, DENY], True),
        ([{**DENY, "Principal": {"AWS": "*"}}], False),
        ([{**DENY, "Principal": {"AWS": "111122223333"}}], False),
        ([{**FULL, "Action": "s3:*"}, DENY], False),
        ([{key: value for key, value in DENY.items() if key != "Principal"}], False),
        ([DENY, {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}], False),
    ],
)
def test_a_document_says_itself_that_it_is_an_rcp(statements: list[dict[str, Any]], is_one: bool):
    assert is_rcp(policy(*statements)) is is_one


def test_an_rcp_is_marked_once():
    document = policy(FULL, DENY)
    marked = as_rcp(document)
    assert as_rcp(document) is marked is as_rcp(marked)
    assert [one.actions.rcp for one in marked.statements if one.actions] == [False, True]
    assert only_denies((document,))
    assert not only_denies((policy({"Effect": "Allow", "Action": "*", "Resource": "*"}),))


def test_what_limits_nothing_is_warned_of():
    document = policy({**DENY, "Action": ["s3:*", "lambda:*", "kms:RetireGrant", "kms:*"]})
    assert [warning.message for warning in document.warnings] == [
        "the action `lambda:*` limits nothing: `lambda` does not support RCPs",
        "the action `kms:RetireGrant` limits nothing: no RCP applies to it",
    ]
