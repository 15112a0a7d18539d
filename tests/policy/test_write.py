"""Syntax tree to text and back: the law `parse(write_policy(p)) == p`, but for spans and source."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st
from moto.iam.aws_managed_policies import aws_managed_policies_data

from tests.strategies import Json, documents, worlds
from verifier.clouds.aws.policy.parse import parse
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.policy.write import write_policy

WHOLE = r"""{"Id": "\u00e9\"\\", "Statement": [{
  "Sid": "", "Effect": "Deny", "NotPrincipal": {"AWS": ["*", "1"], "Service": "x"},
  "NotAction": ["a:b", "nothing", "**:x"], "NotResource": ["arn:aws:s3:::b", ""],
  "Condition": {"forallvalues:stringlikeifexists": {"A:b": ["", 1.0, true], "c": []}, "Null": {"c": false}}},
  {"Effect": "Allow", "Principal": "*"}]}"""


def same(left: Policy, right: Policy) -> bool:
    """Whether two policies say the same in every field but spans and source, which do not count in comparisons."""
    fields = [(one.version, one.version_written, one.id, one.statements) for one in (left, right)]
    messages = [[warning.message for warning in one.warnings] for one in (left, right)]
    return fields[0] == fields[1] and messages[0] == messages[1]


def again(policy: Policy) -> Policy:
    return parse(write_policy(policy))


def test_everything_that_a_document_may_hold() -> None:
    policy = parse(WHOLE)
    assert same(again(policy), policy)
    assert write_policy(again(policy)) == write_policy(policy)


def test_the_layout() -> None:
    text = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Resource":["*"],"Action":"s3:*"}}'
    assert (
        write_policy(parse(text))
        == """{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": "s3:*",
      "Resource": "*"
    }
  ]
}
"""
    )


@given(st.data())
def test_any_document(data: st.DataObject) -> None:
    written: Json = data.draw(documents(data.draw(worlds())))
    policy = parse(json.dumps(written))
    assert same(again(policy), policy)


@given(st.text(st.characters(exclude_categories=["Cs"])), st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_text(text: str, key: str) -> None:
    condition = {"StringEquals": {key: text}}
    statement = {"Sid": text, "Effect": "Allow", "Action": text, "Resource": [text, key], "Condition": condition}
    if set(text) <= {"*", "?"}:
        statement["Action"] = "a:b"
    policy = parse(json.dumps({"Version": "2008-10-17", "Id": text, "Statement": statement}))
    assert same(again(policy), policy)
    assert policy.id == policy.statements[0].sid == policy.statements[0].conditions[0].values[0].text == text


def test_managed_policies() -> None:
    every = json.loads(aws_managed_policies_data)
    for name in sorted(every)[::10]:
        policy = parse(json.dumps(every[name]["Document"]))
        assert same(again(policy), policy), name
