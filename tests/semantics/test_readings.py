"""Each point that AWS's guide leaves open, under both of its readings: the evaluator and the formula, row by row."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.interpreter import Interpreter
from tests.strategies import texts_over
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.evaluate.evaluate import allows, denies, evaluate
from verifier.clouds.aws.policy.readings import Point
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.principals.asking import Asking
from verifier.clouds.aws.principals.principal import read_principal
from verifier.clouds.aws.request import Request
from verifier.clouds.trace import Decision
from verifier.logic.readings import USUAL, Reading
from verifier.questions.claims import Claim, Level, Says

ARN = "arn:aws:s3:::a"
TOPIC = "arn:aws:sns:us-east-1:111122223333:topic"
V6 = "2001:db8::1"
# By their other reading less is allowed, and a proof takes the usual one: no statement is read in two ways.
OF_GRANTS = {Point.STAR_PAST_BOUNDARY, Point.TRUSTED_USER}


@dataclass(frozen=True)
class Row:
    """Whether a statement matches under the usual reading of a point, and under the other."""

    point: Point
    usual: bool
    other: bool
    statement: Mapping[str, Any]
    context: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    resource: str = ARN

    def document(self, effect: str) -> Policy:
        """Return the document of the one statement."""
        whole = {"Effect": effect, "Action": "*", "Resource": "*", **self.statement}
        for name in ("Action", "Resource"):
            if f"Not{name}" in whole:
                del whole[name]
        return Policy.parse(json.dumps({"Version": "2012-10-17", "Statement": whole}))

    @property
    def request(self) -> Request:
        """The request that is asked about."""
        return Request.of("s3:GetObject", self.resource, dict(self.context))

    def __str__(self) -> str:
        return f"{self.point.value}-{json.dumps(self.statement)}-{json.dumps(self.context)}"


def where(operator: str, values: Any) -> dict[str, Any]:
    """Return a condition on `acme:k`."""
    return {"Condition": {operator: {"acme:k": values}}}


def at(resource: str) -> dict[str, Any]:
    """Return the element `Resource`."""
    return {"Resource": resource}


ROWS = [
    Row(Point.EMPTY_LIST, True, False, where("StringNotEquals", []), {"acme:k": "a"}),
    Row(Point.EMPTY_LIST, False, False, where("StringEquals", []), {"acme:k": "a"}),
    Row(Point.EMPTY_LIST, True, True, where("StringNotEqualsIfExists", [])),
    Row(Point.WILD_SERVICE, True, False, {"Action": "s?:GetObject"}),
    Row(Point.WILD_SERVICE, True, False, {"Action": "s*:GetObject"}),
    Row(Point.WILD_SERVICE, False, True, {"NotAction": "s*:GetObject"}),
    Row(Point.WILD_SERVICE, True, True, {"Action": "s3:Get*"}),
    Row(Point.WILD_SERVICE, True, True, {"Action": "*"}),
    Row(Point.STAR_CROSSES, True, False, at("arn:aws:s3:::a*b"), resource="arn:aws:s3:::a:b"),
    Row(Point.STAR_CROSSES, True, True, at("arn:aws:s3:::a*b"), resource="arn:aws:s3:::a/b"),
    Row(Point.STAR_CROSSES, True, True, at("arn:aws:s3:::a*"), resource="arn:aws:s3:::a:b"),
    Row(Point.STAR_CROSSES, True, True, at("*n:aws:s3:::a")),
    Row(Point.STAR_CROSSES, False, True, {"NotResource": "arn:aws:s3:::a*b"}, {}, "arn:aws:s3:::a:b"),
    Row(Point.NULL_OF_NOTHING, True, False, where("Null", "true"), {"acme:k": ""}),
    Row(Point.NULL_OF_NOTHING, True, False, where("Null", "true"), {"acme:k": ["", ""]}),
    Row(Point.NULL_OF_NOTHING, False, True, where("Null", "false"), {"acme:k": ""}),
    Row(Point.NULL_OF_NOTHING, True, True, where("Null", "true")),
    Row(Point.NULL_OF_NOTHING, True, True, where("Null", "false"), {"acme:k": ["", "a"]}),
    Row(Point.ABSENT_UNDER_ANY, True, False, where("ForAnyValue:StringEqualsIfExists", "a")),
    Row(Point.ABSENT_UNDER_ANY, True, True, where("ForAllValues:StringEquals", "a")),
    Row(Point.ABSENT_UNDER_ANY, True, True, where("StringEqualsIfExists", "a")),
    Row(Point.LIST_UNDER_PLAIN, False, True, where("StringNotEquals", "a"), {"acme:k": ["b", "c"]}),
    Row(Point.LIST_UNDER_PLAIN, False, True, where("StringNotEquals", "a"), {"acme:k": ["a", "a"]}),
    Row(Point.LIST_UNDER_PLAIN, False, False, where("StringEquals", "a"), {"acme:k": ["a", "a"]}),
    Row(Point.ARN_STAR, True, False, where("ArnLike", "*"), {"acme:k": ARN}),
    Row(Point.ARN_STAR, False, True, where("ArnNotLike", "*"), {"acme:k": ARN}),
    Row(Point.ARN_STAR, True, True, where("ArnLike", ["*", ARN]), {"acme:k": ARN}),
    Row(Point.ARN_STAR, True, True, where("StringLike", "*"), {"acme:k": ARN}),
    Row(Point.NOT_ARN, False, True, where("ArnNotLike", ARN), {"acme:k": "a"}),
    Row(Point.NOT_ARN, False, False, where("ArnLike", ARN), {"acme:k": "a"}),
    Row(Point.NOT_ARN, False, False, where("NumericNotEquals", "5"), {"acme:k": "a"}),
    Row(Point.BARE_V6, True, False, where("IpAddress", V6), {"acme:k": V6}),
    Row(Point.BARE_V6, False, True, where("NotIpAddress", V6), {"acme:k": V6}),
    Row(Point.BARE_V6, True, True, where("IpAddress", f"{V6}/128"), {"acme:k": V6}),
    Row(Point.BARE_V6, True, True, where("IpAddress", "203.0.113.5"), {"acme:k": "203.0.113.5"}),
    Row(Point.ILL_TYPED, False, True, where("NumericNotEquals", "5"), {"acme:k": "a"}),
    Row(Point.ILL_TYPED, False, True, where("NotIpAddress", V6), {"acme:k": "a"}),
    Row(Point.ILL_TYPED, False, True, where("DateNotEquals", "2026-01-01T00:00:00Z"), {"acme:k": "a"}),
    Row(Point.ILL_TYPED, False, False, where("NumericEquals", "5"), {"acme:k": "a"}),
    Row(Point.ILL_TYPED, False, False, where("ArnNotLike", ARN), {"acme:k": "a"}),
    Row(Point.BOOL_VARIABLE, True, False, where("Bool", "${acme:v}"), {"acme:k": "true", "acme:v": "true"}),
    Row(Point.BOOL_VARIABLE, True, True, where("Bool", "true"), {"acme:k": "true"}),
    Row(Point.EARLY_VARIABLE, True, False, at(TOPIC.replace("us-east-1", "${acme:v}")), {"acme:v": "us-east-1"}, TOPIC),
    Row(Point.EARLY_VARIABLE, True, True, at(TOPIC.replace("topic", "${acme:v}")), {"acme:v": "topic"}, TOPIC),
    Row(Point.WILD_VALUE, False, True, where("StringLike", "${acme:v}"), {"acme:k": "ab", "acme:v": "a*"}),
    Row(Point.WILD_VALUE, False, False, where("StringEquals", "${acme:v}"), {"acme:k": "ab", "acme:v": "a*"}),
    Row(Point.WILD_VALUE, True, True, where("StringLike", "${acme:v}"), {"acme:k": "a*", "acme:v": "a*"}),
    Row(Point.WILD_VALUE, False, True, where("ArnLike", "${acme:v}"), {"acme:k": ARN, "acme:v": "arn:aws:s3:::*"}),
    Row(Point.WILD_VALUE, False, True, where("ArnLike", "arn:aws:s3:::${acme:v}"), {"acme:k": ARN, "acme:v": "?"}),
    Row(Point.WILD_VALUE, False, True, at("arn:aws:s3:::${acme:v}"), {"acme:v": "?"}),
]


def test_every_point_that_is_decided_has_a_row_that_differs() -> None:
    assert {row.point for row in ROWS if row.usual != row.other} == set(Point) - OF_GRANTS


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_the_evaluator(row: Row) -> None:
    for reading, truth in read(row):
        allow, deny = Documents((row.document("Allow"),)), Documents((row.document("Allow"), row.document("Deny")))
        for documents, decision in ((allow, Decision.ALLOWED), (deny, Decision.EXPLICIT_DENY)):
            answer = evaluate(documents, row.request, reading)
            assert answer.decision is (decision if truth else Decision.IMPLICIT_DENY)
            assert all(statement.matched == truth for statement in answer.statements)
            assert bool(answer.not_allowed_by) != truth
        assert allows((row.document("Allow"),), row.request, reading) == truth
        assert denies((row.document("Deny"),), row.request, reading) == truth


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_statement_is_read_alike_among_many_and_beside_a_principal(row: Row) -> None:
    """Where there are many, statements are looked up; where one names principals, they are matched in one go."""
    statement = json.loads(row.document("Allow").source.text)["Statement"]
    others = [{"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}] * 20
    for statements in ([*others, statement], [{**statement, "Principal": "*"}]):
        policy = Policy.parse(json.dumps({"Version": "2012-10-17", "Statement": statements}))
        for reading, truth in read(row):
            assert allows((policy,), row.request, reading) == truth


def test_the_evaluator_where_it_is_told_who_asks() -> None:
    row = Row(Point.WILD_SERVICE, True, False, {"Action": "s?:GetObject"})
    asking = Asking(read_principal("arn:aws:iam::111122223333:user/jane"))
    documents = Documents((row.document("Allow"),), asking=asking)
    request = Request.of("s3:GetObject", ARN, principal=asking.principal.text if asking.principal else None)
    for reading, truth in read(row):
        expected = Decision.ALLOWED if truth else Decision.IMPLICIT_DENY
        assert evaluate(documents, request, reading).decision is expected


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_the_formula(row: Row) -> None:
    for says in Says:
        level = Level((row.document("Allow" if says is Says.ALLOWS else "Deny"),), readings=True)
        claim = Claim(level, says)
        for formula in (claim.whole, claim.at(level.met(row.request.action.lower()))):
            for reading, truth in read(row):
                assert Interpreter(row.request, lambda _: "", reading).holds(formula) == truth


@pytest.mark.parametrize(
    "entry", ["*", "*b", "?*", "a*b", "a*b*", "a*", "**b", "*?b", "a?b", "a*:b", "*:*b", "a*b:*", "*a*b", "?", "a*?"]
)
def test_a_star_stays_in_its_segment_by_the_other_reading(entry: str) -> None:
    """Rule 10, as a regular expression: a `*` crosses colons only if a colon of the entry follows, or nothing."""
    prefix, other = "arn:aws:s3:::", frozenset({Point.STAR_CROSSES})
    pattern = re.compile(re.sub(r"\*(?=:|$)", ".+", entry).replace("*", "[^:]*").replace("?", ".").replace(".+", ".*"))
    policy = Row(Point.STAR_CROSSES, True, True, at(prefix + entry)).document("Allow")
    claim = Claim(Level((policy,), readings=True), Says.ALLOWS)
    for text in texts_over("ab:", 5):
        request = Request.of("s3:GetObject", prefix + text, {})
        truth = pattern.fullmatch(text) is not None
        assert allows((policy,), request, other) == truth, text
        assert Interpreter(request, lambda _: "", other).holds(claim.whole) == truth, text


def read(row: Row) -> tuple[tuple[Reading, bool], ...]:
    """Return both readings, each with whether the statement matches."""
    return (USUAL, row.usual), (frozenset({row.point}), row.other)
