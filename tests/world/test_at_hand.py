"""A request that is tried before the search is one that the search could have found, and spares it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import Json, parsed
from tests.world.check_requests import unfit
from tests.world.test_laws import near_life
from verifier import Contained, Escapes, Policy
from verifier.base.budget import Budget
from verifier.clouds.aws.at_hand import at_hand
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.request import Request
from verifier.questions import ways
from verifier.questions.ask import Ask, Encoding, World
from verifier.questions.claims import Claim, replays
from verifier.questions.prove import beyond, prove
from verifier.questions.question import ProveQuestion
from verifier.questions.worlds import as_found, show

ASK = Ask(seconds=2)


def allow(action: Any, resource: Any = "*", **more: Any) -> Json:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any, resource: Any = "*") -> Json:
    return allow(action, resource) | {"Effect": "Deny"}


def document(*statements: Json) -> Policy:
    return Policy.parse(json.dumps({"Version": "2012-10-17", "Statement": list(statements)}))


def claims_of(policy: Policy, maximum: Policy, boundary: Policy | None = None) -> tuple[Claim, ...]:
    return beyond(ways.allowed(Documents((policy,), boundary=boundary)), maximum)


SAME = {"Condition": {"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}}}
LONG = {"Condition": {"IpAddress": {"aws:SourceIp": "2001:DB8:0::1"}}}
BEFORE = {"Condition": {"DateLessThan": {"aws:CurrentTime": "2010-01-01T00:00:00Z"}}}
ONLY_MFA = {"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}
# What is allowed, the boundary, the maximum, and the action and resource that are tried first; None where none is.
TRIED: list[tuple[list[Json], list[Json], list[Json], tuple[str, str] | None]] = [
    (
        [allow("s3:PutObject")],
        [allow("*")],
        [allow("ec2:*")],
        ("s3:PutObject", "arn:aws:s3:::example-bucket/example-object"),
    ),
    ([allow(["ec2:RunInstances", "iam:ListUsers"])], [allow("*")], [allow("ec2:*")], ("iam:ListUsers", "*")),
    ([allow("IAM:listusers")], [allow("*")], [allow("ec2:*")], ("iam:ListUsers", "*")),
    (
        [allow("iam:ListU*")],
        [allow("*")],
        [allow("ec2:*")],
        ("iam:ListUserPolicies", "arn:aws:iam::111122223333:user/jane"),
    ),
    ([allow("*")], [allow("iam:ListUsers")], [allow("ec2:*")], ("iam:ListUsers", "*")),
    (
        [allow("sqs:SendMessage", "arn:aws:sqs:*:*:q-*")],
        [allow("*")],
        [allow("ec2:*")],
        ("sqs:SendMessage", "arn:aws:sqs:us-east-1:111122223333:q-example"),
    ),
    ([allow("iam:ListUsers"), deny("iam:*")], [allow("*")], [allow("ec2:*")], None),
    ([allow("iam:ListUsers")], [allow("s3:*")], [allow("ec2:*")], None),
    ([allow("iam:ListUsers")], [allow("*"), deny("iam:ListUsers")], [allow("ec2:*")], None),
    ([allow("iam:ListUsers")], [allow("*")], [allow("iam:*", "arn:aws:iam::*:user/x")], None),
    ([allow("iam:ListUsers", **ONLY_MFA)], [allow("*")], [allow("ec2:*")], ("iam:ListUsers", "*")),
    (
        [allow("iam:ListUsers", **ONLY_MFA), allow("sqs:ListQueues")],
        [allow("*")],
        [allow("ec2:*")],
        ("sqs:ListQueues", "*"),
    ),
    ([allow("iam:ListUsers", **SAME)], [allow("*")], [allow("ec2:*")], ("iam:ListUsers", "*")),
    ([allow("iam:ListUsers", **LONG)], [allow("*")], [allow("ec2:*")], ("iam:ListUsers", "*")),
    ([allow("iam:ListUsers", **BEFORE)], [allow("*")], [allow("ec2:*")], None),
    ([allow("zork:Zork")], [allow("*")], [allow("ec2:*")], None),
    ([allow("s3:PutObject", "arn:aws:sqs:*:*:q")], [allow("*")], [allow("ec2:*")], None),
    ([{"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}], [allow("*")], [allow("ec2:*")], None),
]


@pytest.mark.parametrize(("allowed", "boundary", "most", "expected"), TRIED)
def test_what_is_tried(allowed: list[Json], boundary: list[Json], most: list[Json], expected: tuple[str, str] | None):
    found = at_hand(claims_of(document(*allowed), document(*most), document(*boundary)), Budget.of(2))
    assert (found and (found.request.action, found.request.resource)) == expected
    assert found is None or found.request == Request.of(**found.request.as_json())  # in its one form


@given(near_life(), near_life(), near_life())
def test_it_makes_all_claims_true_and_could_happen(policy: Json, boundary: Json, maximum: Json):
    claims = claims_of(parsed(policy), parsed(maximum), parsed(boundary))
    found = at_hand(claims, Budget.of(2))
    assert found is None or (replays(claims, found.request) and unfit(found.request.as_json()) == [])


@given(near_life(), near_life(), st.booleans())
def test_what_is_shown_is_the_verdict_of_the_search(policy: Json, maximum: Json, both: bool):
    boundary = parsed(maximum) if both else None
    question = ProveQuestion(Documents((parsed(policy),), boundary=boundary), parsed(maximum))
    shown, found = prove(question, ASK, show), prove(question, ASK, as_found)
    assert {type(shown), type(found)} in ({Contained}, {Escapes})


def test_nothing_is_searched_for_where_one_does(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(ways, "search", None)
    question = ProveQuestion(Documents((document(allow("iam:ListUsers")),)), document(allow("ec2:*")))
    assert isinstance(prove(question, ASK, show), Escapes)
    for ask in (Ask(encoding=Encoding.STRINGS), Ask(world=World.AWS)):
        with pytest.raises(TypeError):
            prove(question, ask, show)
