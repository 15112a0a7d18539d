"""The trace names every element that failed, says why in words, and where."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from verifier.clouds.aws.documents import Documents, Place
from verifier.clouds.aws.evaluate.evaluate import evaluate
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.policy.types import PolicyType
from verifier.clouds.aws.request import Request
from verifier.clouds.evaluation import Evaluation
from verifier.clouds.trace import Decision

TEXT = """{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Read",
      "Effect": "Allow",
      "Action": ["s3:Get*", "s3:List*"],
      "Resource": "arn:aws:s3:::reports/*",
      "Condition": {
        "StringEquals": {"aws:PrincipalTag/team": "red"},
        "IpAddress": {"aws:SourceIp": "203.0.113.0/24"}
      }
    },
    {
      "Effect": "Deny",
      "NotAction": ["ec2:*", "s3:*"],
      "NotResource": ["arn:aws:s3:::reports/*", "arn:aws:s3:::public/*"]
    }
  ]
}"""


def document(statement: dict[str, Any]) -> Policy:
    """Return the document of one statement, an Allow of everything but for what it says otherwise."""
    whole = {"Effect": "Allow", "Action": "*", "Resource": "*", **statement}
    if "NotAction" in whole:
        del whole["Action"]
    if "NotResource" in whole:
        del whole["Resource"]
    return Policy.parse(json.dumps({"Version": "2012-10-17", "Statement": whole}))


def traced(policy: Policy, context: Mapping[str, str | Sequence[str]], resource: str = "*") -> Evaluation:
    """Return what happens to `s3:GetObject` under one policy."""
    return evaluate(Documents((policy,)), Request.of("s3:GetObject", resource, context))


def test_every_failing_element_is_named_with_its_place() -> None:
    request = Request.of("ec2:RunInstances", "arn:aws:s3:::public/a", {"aws:SourceIp": "198.51.100.1"})
    answer = evaluate(Documents((Policy.parse(TEXT),)), request)
    assert answer.as_json() == {
        "decision": "implicit-deny",
        "statements": [
            {
                "document": "policy 1", "index": 0, "sid": "Read", "effect": "Allow", "matched": False,
                "failed": [
                    {"element": "Action", "reason": "no entry matches `ec2:RunInstances`", "line": 7, "column": 7},
                    {
                        "element": "Resource", "reason": "no entry matches `arn:aws:s3:::public/a`",
                        "line": 8, "column": 7,
                    },
                    {
                        "element": "StringEquals aws:PrincipalTag/team", "reason": "the key is absent",
                        "line": 10, "column": 26,
                    },
                    {
                        "element": "IpAddress aws:SourceIp",
                        "reason": "the key's value `198.51.100.1` does not match `203.0.113.0/24`",
                        "line": 11, "column": 23,
                    },
                ],
            },
            {
                "document": "policy 1", "index": 1, "sid": None, "effect": "Deny", "matched": False,
                "failed": [
                    {
                        "element": "NotAction", "reason": "the entry `ec2:*` matches `ec2:RunInstances`",
                        "line": 16, "column": 21,
                    },
                    {
                        "element": "NotResource",
                        "reason": "the entry `arn:aws:s3:::public/*` matches `arn:aws:s3:::public/a`",
                        "line": 17, "column": 49,
                    },
                ],
            },
        ],
    }  # fmt: skip  # an answer is read by its lines


def test_a_matching_statement_has_no_failures() -> None:
    context = {"aws:SourceIp": "203.0.113.1", "aws:PrincipalTag/team": "red"}
    answer = traced(Policy.parse(TEXT), context, "arn:aws:s3:::reports/a")
    assert answer.decision is Decision.ALLOWED
    first, second = answer.statements
    assert first.matched
    assert first.failed == ()
    assert str(first) == "policy 1, statement 0 `Read` (Allow): matches"
    assert not second.matched
    assert str(second) == (
        "policy 1, statement 1 (Deny): `NotAction`: the entry `s3:*` matches `s3:GetObject`; "
        "`NotResource`: the entry `arn:aws:s3:::reports/*` matches `arn:aws:s3:::reports/a`"
    )


REASONS: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    # operator with key and values, context, the failure
    ({"StringEquals": {"a:b": "x"}}, {}, "`StringEquals a:b`: the key is absent"),
    ({"ForAnyValue:StringNotLike": {"a:b": "x"}}, {}, "`ForAnyValue:StringNotLike a:b`: the key is absent"),
    ({"stringequals": {"a:b": "x"}}, {"a:b": "y"}, "`StringEquals a:b`: the key's value `y` does not match `x`"),
    (
        {"StringLike": {"a:b": ["x", "y*"]}},
        {"a:b": "z"},
        "`StringLike a:b`: the key's value `z` matches none of `x`, `y*`",
    ),
    (
        {"StringLike": {"a:b": ["1", "2", "3"]}},
        {"a:b": "z"},
        "`StringLike a:b`: the key's value `z` matches none of `1`, `2`, `3`",
    ),
    (
        {"StringLike": {"a:b": "${c:d}${e:f}"}},
        {"a:b": "z"},
        (
            "`StringLike a:b`: the key's value `z` does not match `${c:d}${e:f}`; "
            "`${c:d}` has no value; `${e:f}` has no value"
        ),
    ),
    (
        {"StringLike": {"a:b": ["1", "2", "3", "4", "5"]}},
        {"a:b": "z"},
        "`StringLike a:b`: the key's value `z` matches none of `1`, `2`, `3`, and 2 more",
    ),
    ({"StringNotLike": {"a:b": ["x", "y*"]}}, {"a:b": "yz"}, "`StringNotLike a:b`: the key's value `yz` matches `y*`"),
    (
        {"StringNotEqualsIfExists": {"a:b": "x"}},
        {"a:b": ["y", "z"]},
        "`StringNotEqualsIfExists a:b`: the key has a list of 2 values, which only a set operator can match",
    ),
    (
        {"NumericNotEquals": {"a:b": "1"}},
        {"a:b": "one"},
        "`NumericNotEquals a:b`: the key's value `one` is not a number",
    ),
    ({"DateLessThan": {"a:b": "1"}}, {"a:b": "now"}, "`DateLessThan a:b`: the key's value `now` is not a date"),
    ({"Bool": {"a:b": "true"}}, {"a:b": "1"}, "`Bool a:b`: the key's value `1` is not a Boolean"),
    ({"BinaryEquals": {"a:b": "QQ=="}}, {"a:b": "?"}, "`BinaryEquals a:b`: the key's value `?` is not base64 text"),
    (
        {"NotIpAddress": {"a:b": "::/0"}},
        {"a:b": "home"},
        "`NotIpAddress a:b`: the key's value `home` is not an IP address",
    ),
    ({"ArnNotLike": {"a:b": "*"}}, {"a:b": "x"}, "`ArnNotLike a:b`: the key's value `x` is not an ARN"),
    (
        {"ForAllValues:StringEquals": {"a:b": "x"}},
        {"a:b": ["x", "y"]},
        "`ForAllValues:StringEquals a:b`: the key's value `y` does not match `x`",
    ),
    (
        {"ForAnyValue:Bool": {"a:b": "true"}},
        {"a:b": ["0", "1"]},
        "`ForAnyValue:Bool a:b`: the key's value `0` is not a Boolean; the key's value `1` is not a Boolean",
    ),
    (
        {"ForAnyValue:StringEquals": {"a:b": "x"}},
        {"a:b": ""},
        "`ForAnyValue:StringEquals a:b`: the key has no value except the empty string",
    ),
    (
        {"StringEquals": {"a:b": []}},
        {"a:b": "x"},
        "`StringEquals a:b`: the key's value `x` matches nothing, as there is no value to match",
    ),
    (
        {"StringEquals": {"a:b": "${a:c}"}},
        {"a:b": "x"},
        "`StringEquals a:b`: the key's value `x` does not match `${a:c}`; `${a:c}` has no value",
    ),
    ({"Null": {"a:b": "true"}}, {"a:b": "x"}, "`Null a:b`: the key is present"),
    ({"Null": {"a:b": "false"}}, {}, "`Null a:b`: the key is absent"),
    ({"Null": {"a:b": "false"}}, {"a:b": ""}, "`Null a:b`: the key has only the empty string"),
    ({"Null": {"a:b": []}}, {"a:b": "x"}, "`Null a:b`: there is no value to match"),
]


@pytest.mark.parametrize(("condition", "context", "failure"), REASONS)
def test_reasons_of_conditions(condition: dict[str, Any], context: dict[str, Any], failure: str) -> None:
    (statement,) = traced(document({"Condition": condition}), context).statements
    assert [str(found) for found in statement.failed] == [failure]


def test_a_resource_says_which_variable_has_no_value() -> None:
    (statement,) = traced(document({"Resource": "arn:aws:s3:::${aws:username}"}), {}, "arn:aws:s3:::a").statements
    assert str(statement).endswith(
        "`Resource`: no entry matches `arn:aws:s3:::a`; `${aws:username}` has no value"
    )  # fmt: skip


def test_documents_are_named_by_their_places() -> None:
    one = document({})
    documents = Documents((one, one), boundary=one, session=one, scps=((one,), (one, one)), rcps=(one,))
    assert [str(place) for place, _ in documents.placed()] == [
        "policy 1",
        "policy 2",
        "boundary",
        "session",
        "scp level 1",
        "scp level 2 document 1",
        "scp level 2 document 2",
        "rcp 1",
    ]
    traces = evaluate(documents, Request.of("s3:GetObject", "*")).statements
    assert [str(trace.place) for trace in traces] == [str(place) for place, _ in documents.placed()]


def test_what_denies_and_what_does_not_allow_are_told() -> None:
    silent, deny = document({"Action": "ec2:*"}), document({"Effect": "Deny", "Sid": "No"})
    documents = Documents((document({}),), boundary=silent, scps=((silent,),), rcps=(deny,))
    answer = evaluate(documents, Request.of("s3:GetObject", "*"))
    assert answer.decision is Decision.EXPLICIT_DENY
    assert [str(trace) for trace in answer.denied_by] == ["rcp 1, statement 0 `No` (Deny): matches"]
    assert answer.not_allowed_by == (Place(PolicyType.BOUNDARY), Place(PolicyType.SCP, level=1))


def test_the_trace_agrees_with_the_decision() -> None:
    team, address = {"aws:PrincipalTag/team": "red"}, {"aws:SourceIp": "203.0.113.9"}
    for context in ({}, team, address, team | address):
        answer = traced(Policy.parse(TEXT), context, "arn:aws:s3:::reports/a")
        assert (answer.decision is Decision.ALLOWED) is answer.statements[0].matched
