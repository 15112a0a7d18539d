"""What is plainly within a maximum is so by the proof too, and what might not be is not taken for plain."""

import json
import random
from typing import Any

import pytest

from verifier import Contained, Policy, prove
from verifier.clouds.aws.audit.left_free import is_left_free

ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
NEVER = [ALL, {"Effect": "Deny", "Action": ["s3:GetObject", "iam:Put*"], "Resource": "arn:aws:s3:::prod/*"}]
OFFICE = {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}


def document(*statements: dict[str, Any]) -> Policy:
    return Policy.parse(json.dumps({"Version": "2012-10-17", "Statement": list(statements)}))


def allow(**parts: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Resource": "*", **parts}


@pytest.mark.parametrize(
    ("statement", "maximum", "plain"),
    [
        (allow(Action="sts:AssumeRole"), NEVER, True),
        (allow(Action=["s3:PutObject", "logs:PutLogEvents"], Condition=OFFICE), NEVER, True),
        (allow(Action=["s3:PutObject", "S3:getobject"]), NEVER, False),
        (allow(Action="iam:PutRolePolicy"), NEVER, False),
        (allow(Action="s3:Get*"), NEVER, False),
        (allow(Action="sts:*"), NEVER, False),
        (allow(NotAction="s3:*"), NEVER, False),
        (allow(Action="sts:AssumeRole"), [{**ALL, "Condition": OFFICE}], False),
        (allow(Action="sts:AssumeRole"), [{**ALL, "Resource": "arn:aws:s3:::*"}], False),
        (allow(Action="sts:AssumeRole"), [ALL, {"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}], False),
        (allow(Action="sts:AssumeRole"), [allow(Action="*:AssumeRole")], False),
        (allow(Action="sts:AssumeRole"), [allow(Action="sts:Assume*")], True),
        (allow(Action="sts:AssumeRole"), [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}], False),
    ],
)
def test_only_what_a_maximum_leaves_free_is_plain(statement: dict[str, Any], maximum: list[Any], plain: bool):
    assert is_left_free(document(statement), document(*maximum)) is plain


def test_a_deny_of_the_document_allows_nothing():
    deny = {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*"}
    assert is_left_free(document(allow(Action="sts:AssumeRole"), deny), document(*NEVER))


def test_what_is_plain_is_proved():
    chance, plain = random.Random(12), 0  # noqa: S311 - no secret
    actions = ["sts:AssumeRole", "s3:PutObject", "s3:GetObject", "s3:Get*", "iam:PutRolePolicy", "sts:*", "*"]
    for _ in range(60):
        drawn = [
            {"Effect": chance.choice(["Allow", "Allow", "Deny"]), "Action": chance.choice(actions), "Resource": "*"}
            for _ in range(4)
        ]
        policy, maximum = document(*drawn[:2]), document(ALL, *drawn[2:])
        if is_left_free(policy, maximum):
            plain += 1
            assert isinstance(prove([policy], maximum), Contained)
    assert plain >= 5
