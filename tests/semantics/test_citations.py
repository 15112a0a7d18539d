"""What of a statement a request meets or fails, and how near a statement comes to it, under either reading."""

from __future__ import annotations

import json
from typing import Any

import pytest

from verifier import Policy
from verifier.clouds.aws.evaluate.citations import nearness, pieces
from verifier.clouds.aws.policy.readings import Point
from verifier.clouds.aws.policy.types import PolicyType
from verifier.clouds.aws.request import Request
from verifier.clouds.trace import Nearness
from verifier.logic.readings import USUAL, Reading

RCP = {"Effect": "Deny", "Principal": "*"}
OTHER_WAY = frozenset((Point.WILD_SERVICE, Point.STAR_CROSSES))


def document(**statement: Any) -> Policy:
    """A document of one statement."""
    return Policy.parse(json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", **statement}}))


NEAR: list[tuple[dict[str, Any], str, Reading, Nearness]] = [
    ({"Action": "s3:Get*"}, "s3:GetObject", USUAL, Nearness.ACTION),
    ({"Action": ["ec2:*", "s3:Put*"]}, "s3:GetObject", USUAL, Nearness.SERVICE),
    ({"Action": ["ec2:*", "sqs:*"]}, "s3:GetObject", USUAL, Nearness.OTHER),
    ({"NotAction": "ec2:*"}, "s3:GetObject", USUAL, Nearness.ACTION),
    ({"NotAction": "s3:Get*"}, "s3:GetObject", USUAL, Nearness.EXCEPTED),
    ({"Action": "s?:GetObject"}, "s3:GetObject", USUAL, Nearness.ACTION),
    ({"Action": "s?:GetObject"}, "s3:GetObject", OTHER_WAY, Nearness.SERVICE),
    ({"NotAction": "s?:GetObject"}, "s3:GetObject", USUAL, Nearness.EXCEPTED),
    ({"NotAction": "s?:GetObject"}, "s3:GetObject", OTHER_WAY, Nearness.ACTION),
    # No RCP binds this action (rule 30).
    ({**RCP, "Action": "kms:*"}, "kms:RetireGrant", USUAL, Nearness.EXCEPTED),
    ({**RCP, "Action": "kms:Get*"}, "kms:RetireGrant", USUAL, Nearness.SERVICE),
    ({**RCP, "Action": "kms:*"}, "kms:GetKeyPolicy", USUAL, Nearness.ACTION),
]


@pytest.mark.parametrize(("statement", "action", "reading", "near"), NEAR)
def test_how_near_a_statement_is(statement: dict[str, Any], action: str, reading: Reading, near: Nearness) -> None:
    read = document(Resource="*", **statement)
    (policy,) = read.cloud.alike((read,), PolicyType.RCP) if "Principal" in statement else (read,)
    (only,) = policy.statements
    assert nearness(only, Request.of(action, "*"), reading) is near
    if reading == USUAL:
        assert nearness(only, Request.of(action, "*")) is near


CITED: list[tuple[dict[str, Any], Reading, list[tuple[str, str]]]] = [
    (
        {"NotAction": ["ec2:*"], "NotResource": "arn:aws:s3:::other"},
        USUAL,
        [("NotAction", "no entry matches `s3:GetObject`"), ("NotResource", "no entry matches `arn:aws:s3:::a:b`")],
    ),
    (
        {"Action": ["s3:*", "ec2:*", "s3:Get*"], "Resource": ["arn:aws:s3:::x", "arn:aws:s3:::a*b", "*"]},
        USUAL,
        [
            ("Action", "`s3:*` matches `s3:GetObject`"),
            ("Action", "`s3:Get*` matches `s3:GetObject`"),
            ("Resource", "`arn:aws:s3:::a*b` matches `arn:aws:s3:::a:b`"),
            ("Resource", "`*` matches `arn:aws:s3:::a:b`"),
        ],
    ),
    (
        {"Action": ["s?:Get*", "s3:*"], "Resource": ["arn:aws:s3:::a*b", "*"]},
        OTHER_WAY,
        [("Action", "`s3:*` matches `s3:GetObject`"), ("Resource", "`*` matches `arn:aws:s3:::a:b`")],
    ),
]


@pytest.mark.parametrize(("statement", "reading", "cited"), CITED)
def test_by_what_a_statement_matches(statement: dict[str, Any], reading: Reading, cited: list[tuple[str, str]]) -> None:
    policy = document(**statement)
    found = pieces(policy.source, policy.statements[0], Request.of("s3:GetObject", "arn:aws:s3:::a:b"), reading)
    assert [(piece.element, piece.reason) for piece in found] == cited
    assert all(piece.met for piece in found)


JANE = "arn:aws:iam::111122223333:user/jane"
NAMED: list[tuple[dict[str, Any], str | None, list[tuple[str, str]]]] = [
    (
        {"Principal": {"AWS": ["444455556666", "111122223333", JANE]}},
        JANE,
        [("Principal", f"`111122223333` names `{JANE}`"), ("Principal", f"`{JANE}` names `{JANE}`")],
    ),
    ({"Principal": "*"}, JANE, [("Principal", f"`*` names `{JANE}`")]),
    ({"NotPrincipal": {"AWS": "444455556666"}}, JANE, [("NotPrincipal", f"no entry names `{JANE}`")]),
    ({"Principal": "*"}, None, []),
]


@pytest.mark.parametrize(("statement", "principal", "cited"), NAMED)
def test_whom_a_statement_that_matches_names(
    statement: dict[str, Any], principal: str | None, cited: list[tuple[str, str]]
) -> None:
    policy = document(Action="*", Resource="*", **statement)
    request = Request.of("s3:GetObject", "*", principal=principal)
    *found, action, resource = pieces(policy.source, policy.statements[0], request)
    assert [(piece.element, piece.reason, piece.met) for piece in found] == [(*each, True) for each in cited]
    assert [action.element, resource.element] == ["Action", "Resource"]


def test_what_fails_is_what_fails_under_the_reading() -> None:
    policy = document(Action="s?:GetObject", Resource="arn:aws:s3:::a*b")
    request = Request.of("s3:GetObject", "arn:aws:s3:::a:b")
    usual, other = (pieces(policy.source, policy.statements[0], request, how) for how in (USUAL, OTHER_WAY))
    assert [(piece.element, piece.met) for piece in usual] == [("Action", True), ("Resource", True)]
    assert [(piece.element, piece.met) for piece in other] == [("Action", False), ("Resource", False)]


HELD: list[tuple[str, object, dict[str, Any], str]] = [
    ("Null", "true", {}, "the key is absent"),
    ("Null", "true", {"k:k": ""}, "the key is ``"),
    ("Null", "false", {"k:k": "a"}, "the key is present"),
    ("StringEquals", "a", {"k:k": "a"}, "the key is `a`"),
    ("ForAnyValue:StringEquals", "a", {"k:k": ["a", "b"]}, "the key holds `a`, `b`"),
    ("ForAnyValue:StringEquals", "a", {"k:k": ["a", "b", "c"]}, "the key holds `a`, `b`, `c`"),
    ("ForAnyValue:StringEquals", "a", {"k:k": ["a", "b", "c", "d", "e"]}, "the key holds `a`, `b`, `c` and 2 more"),
]


@pytest.mark.parametrize(("operator", "value", "context", "reason"), HELD)
def test_why_a_condition_holds(operator: str, value: object, context: dict[str, Any], reason: str) -> None:
    policy = document(Action="*", Resource="*", Condition={operator: {"k:k": value}})
    request = Request.of("s3:GetObject", "*", context)
    *_, last = pieces(policy.source, policy.statements[0], request)
    assert (last.element, last.reason, last.met) == (f"{operator} k:k", reason, True)


CUT = [
    ('{"StringEquals":{"k:k":"a"}}', '"k:k":"a"'),
    ('{"StringEquals":{"k:k":["a"]}}', '"k:k":["a"]'),
    ('{"StringEquals":{"k:k":["a" ]}}', '"k:k":["a" ]'),
    ('{"StringEquals":{"k:k":["b","a"]}}', '"k:k":["b","a"]'),
    ('{"StringEquals":{"k:k":["a"],"l:l":["b"]}}', '"k:k":["a"]'),
    ('{"StringEquals":{"k:k":"a","l:l":["b"]}}', '"k:k":"a"'),
    ('{"StringEquals":{"k:k":["a"\n]}}', '"k:k":["a"'),
    ('{"StringEquals":{"k:k":["a"]\n,"l:l":["b"]}}', '"k:k":["a"]'),
]


@pytest.mark.parametrize(("condition", "cut"), CUT)
def test_a_condition_is_cited_up_to_the_end_of_its_list(condition: str, cut: str) -> None:
    """Whether it holds or fails."""
    text = f'{{"Statement":{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{condition}}}}}'
    policy = Policy.parse(text)
    request = Request.of("s3:GetObject", "*", {"k:k": "a", "l:l": "b"})
    cited = {piece.element: piece.span for piece in pieces(policy.source, policy.statements[0], request)}
    assert policy.source.cut(cited["StringEquals k:k"]) == cut
    failing = pieces(policy.source, policy.statements[0], Request.of("s3:GetObject", "*", {"k:k": "z", "l:l": "b"}))
    assert [(piece.element, piece.met, piece.span) for piece in failing] == [
        ("StringEquals k:k", False, cited["StringEquals k:k"])
    ]
