"""Explorers by hand: where a step leads, what a pin says, what is wrong with one, and how they show themselves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.commands import ROOT
from verifier import Escapes, Explorer, NoOther, Policy, PolicyError, UsageError, explore
from verifier.explorer.pin import pin


def load(name: str) -> Policy:
    return Policy.load(ROOT / "examples" / name)


ANY = load("john-and-jane/any-policy.json")


@pytest.fixture(scope="module")
def loose() -> Explorer:
    """John's loose boundary: two kinds of requests escape, by the two resources that it allows."""
    boundary = load("john-and-jane/john-boundary-loose.json")
    return explore([ANY], load("john-and-jane/john-maximum.json"), boundary=boundary, timeout=60)


def service(explorer: Explorer) -> str:
    assert explorer.request is not None
    return explorer.request.words[0]


def test_steps_go_on_and_back_and_end(loose: Explorer):
    second = loose.next()
    assert service(loose) != service(second)
    assert {one.request.resource.split(":")[2] for one in (loose, second) if one.request} == {"s3", "dynamodb"}
    end = second.next()
    assert isinstance(end.verdict, NoOther)
    assert (end.verdict.shown, end.request) == (2, None)
    assert end.back().request == second.request
    assert end.first().request == loose.request
    assert loose.back() is loose
    assert loose.first() is loose
    assert [type(one) for one in loose] == [Escapes, Escapes]


def test_a_step_prefers_another_action_where_there_is_no_other_service():
    policy = Policy.parse(
        """{"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": ["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"]},
        {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::a/*"}]}"""
    )
    first = explore([policy], load("john-and-jane/jane-maximum.json"))
    second = first.next()
    assert first.request
    assert second.request
    assert {first.request.action, second.request.action} == {"s3:GetObject", "s3:PutObject"}
    assert len(list(first)) == 3


def test_pins_are_met_together_and_taken_back(loose: Explorer):
    there = loose.where(action="ec2:*", resource="arn:aws:s3:::*").without(key="aws:SourceIp")
    assert there.request
    assert service(there) == "ec2"
    assert there.request.resource.startswith("arn:aws:s3:::")
    assert [str(one) for one in there.pins] == [
        "where action `ec2:*` and resource `arn:aws:s3:::*`",
        "without aws:SourceIp present",
    ]
    assert len(there.unpin().pins) == 1
    assert loose.unpin() is loose
    within = loose.where(service=["s3", "dynamodb"])
    assert isinstance(within.verdict, NoOther)
    assert within.verdict.shown == 0
    assert service(loose.where(action="*:*Backup*", service=["backup", "rds"])) in ("backup", "rds")


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("aws:SourceIp", "203.0.113.0/24", "IpAddress"),
        ("aws:MultiFactorAuthPresent", True, "Bool"),
        ("aws:MultiFactorAuthAge", 3600, "NumericEquals"),
        ("aws:CurrentTime", "2026-01-01", "DateEquals"),
        ("aws:PrincipalArn", "arn:aws:iam::111122223333:role/*", "ArnLike"),
        ("aws:RequestedRegion", ["eu-*", "us-east-1"], "StringLike"),
        ("aws:TagKeys", "team", "ForAnyValue:StringLike"),
    ],
)
def test_a_value_is_read_by_the_operator_of_its_key(loose: Explorer, key: str, value: Any, says: str):
    there = loose.where(key={key: value})
    assert f"{key} {says} " in str(there.pins[0])
    assert there.request
    assert key.lower() in {one.folded for one in there.request.context}
    rest = loose.without(key=key)
    assert rest.request
    assert key.lower() not in {one.folded for one in rest.request.context}


def test_a_condition_says_what_a_value_cannot(loose: Explorer):
    there = loose.where(
        condition={"NumericLessThan": {"aws:MultiFactorAuthAge": 300}, "Bool": {"aws:SecureTransport": True}}
    )
    assert there.request
    held = {key.folded: value for key, value in there.request.context.items()}
    assert held["aws:securetransport"].lower() == "true"
    assert float(held["aws:multifactorauthage"]) < 300


BAD: list[tuple[dict[str, Any], str]] = [
    ({}, "nothing is pinned; name an action"),
    ({"action": "GetObject"}, "it has no service; write `service:Name`"),
    ({"action": []}, "the action of a pin is empty"),
    ({"action": ["s3:GetObject", 3]}, "the action of a pin is empty or no text"),
    ({"action": "${aws:username}:x"}, "is not allowed in"),
    ({"service": "s 3"}, "white space"),
    ({"resource": "my-bucket"}, "`my-bucket` is not an ARN"),
    ({"key": ""}, "the key of a pin is empty"),
    ({"key": {"aws:SourceIp": "office"}}, "`office` is not an IP address or CIDR block"),
    ({"key": {"aws:SourceIp": []}}, "no value was given for the key `aws:SourceIp`"),
    ({"key": {"aws:SourceIp": None}}, "no value was given for the key `aws:SourceIp`"),
    ({"key": {"aws:PrincipalArn": "jane"}}, "six parts of an ARN"),
    ({"condition": {"StringLiek": {"a": "b"}}}, "did you mean `StringLike`?"),
    (
        {"key": "aws:SourceIp", "condition": {"Null": {"aws:SourceIp": "true"}}},
        "the key `aws:SourceIp` is pinned twice",
    ),
    ({"key": "aws:SourceVcp"}, "AWS has no condition key `aws:SourceVcp`; did you mean `aws:SourceVpc`?"),
    ({"key": {"SourceIp": "203.0.113.7"}}, "AWS has no condition key `SourceIp`; did you mean `aws:SourceIp`?"),
    ({"key": "acme:team"}, "AWS has no condition key `acme:team`; name one"),
    ({"key": "aws:RequestTag/${TagKey}"}, "has an open part; write a name in its place"),
]


def test_the_words_of_a_pin_are_not_read_as_those_of_a_warning(loose: Explorer):
    """The warning is about the variable, and only quotes the text."""
    assert loose.where(resource="arn:aws:s3:${aws:username}::matches nothing")


@pytest.mark.parametrize(("given", "says"), BAD, ids=lambda value: str(value)[:40])
def test_a_bad_pin_is_one_clear_error(loose: Explorer, given: dict[str, Any], says: str):
    for call in (loose.where, loose.without):
        with pytest.raises(UsageError) as wrong:
            call(**given)
        assert says in str(wrong.value)
        assert wrong.value.help
        assert "<pin>" not in str(wrong.value)


def test_documents_must_suit_their_places():
    with pytest.raises(UsageError, match="no identity policy"):
        explore([], ANY)
    with pytest.raises(UsageError, match="must be a positive number of seconds"):
        explore([ANY], ANY, timeout=0)
    trust = Policy.parse('{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}')
    with pytest.raises(PolicyError, match="`Principal` is not allowed in"):
        explore([ANY], trust)


def test_time_that_runs_out_is_said():
    tags = [f"*{i}*{i + 1}*" for i in range(60)]
    statement = {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"StringLike": {"a:b": tags}}}
    hard = Policy.parse(json.dumps({"Statement": statement}))
    explorer = explore([hard], ANY, timeout=1e-9)
    assert "time limit" in str(explorer.verdict)
    assert [str(one) for one in explorer] == [str(explorer.verdict)]


def test_what_is_shown_in_terminals_and_notebooks(loose: Explorer):
    assert repr(loose).splitlines()[0] == "counterexample 1"
    assert repr(loose.where(service="s3")).splitlines()[0] == "no counterexample, where service `s3`"
    assert repr(loose.next().next()).splitlines()[0] == "after 2 counterexamples"
    hostile = loose.where(condition={"StringLike": {"acme:<b>": "<script>"}})
    assert "<script>" not in hostile._repr_html_()
    assert "&lt;script&gt;" in hostile._repr_html_()
    assert "no other kind" in repr(loose.next().next())


def test_regions_are_counted(loose: Explorer):
    counted = loose.count()
    assert counted.reason is None
    assert counted.regions == len(loose.regions()) > 0
    assert str(loose.where(service="s3").count()) == "0 regions"
    (region,) = loose.regions()
    assert region.exact
    assert loose.regions().complete
    assert "* except s3:*, dynamodb:*" in repr(loose.regions())
    assert "proved" in loose.regions()._repr_html_()
    late = explore(loose.question.documents.policies, loose.question.maximum, timeout=1e-9).count()
    assert late.reason is not None
    assert "not known to be all" in str(late)
    assert loose.where(service="ec2").count().regions > 0


def test_a_counterexample_is_explained(loose: Explorer):
    why = loose.explain()
    assert why is not None
    assert loose.where(service="s3").explain() is None


def test_a_pin_is_a_document():
    found = pin(action="s3:Get*", service="s3", key="aws:SourceIp")
    assert [one.effect.value for one in found.policy.statements] == ["Allow", "Deny"]


TEMPLATE = """
Parameters:
  Name: {Type: String}
Resources:
  P:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Action: [s3:GetObject, "sqs:SendMessage"]
            Resource: !Sub "arn:aws:s3:::${Name}/*"
"""


def test_what_is_not_known_before_deployment_is_named(tmp_path: Path):
    template = tmp_path / "template.yaml"
    template.write_text(TEMPLATE, encoding="utf-8")
    maximum = Policy.parse(
        '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}}'
    )
    explorer = explore([Policy.load(f"{template}#P")], maximum)
    kinds = list(explorer)
    assert len(kinds) == 2
    for verdict in kinds:
        assert isinstance(verdict, Escapes)
        assert [str(one) for one in verdict.fit.leans] == ["`arn:aws:s3:::${Name}/*` matches"]
        assert "`arn:aws:s3:::${Name}/*` matches" in str(verdict)
    assert "${Name}" in explorer._repr_html_()
