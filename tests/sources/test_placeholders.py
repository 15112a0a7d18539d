"""Placeholders that a tool fills in are unknown: a Deny with an exception for one is not trusted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands import run
from verifier import Contained, Escapes, prove
from verifier.base.errors import PolicyError
from verifier.base.source import Source
from verifier.clouds.aws.policy.parse import parse_source
from verifier.clouds.aws.policy.syntax import Policy
from verifier.sources.open import open_document, open_documents, open_level

ALL = Policy.parse('{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}')
NOT_CONFIG = Policy.parse(
    '{"Version": "2012-10-17",'
    ' "Statement": {"Effect": "Allow", "NotAction": "config:DeleteConfigRule", "Resource": "*"}}'
)


def guardrail(principal: str) -> Policy:
    """Return an SCP that denies one action to all but a principal."""
    statement = {
        "Effect": "Deny",
        "Action": "config:DeleteConfigRule",
        "Resource": "*",
        "Condition": {"ArnNotLike": {"aws:PrincipalArn": [principal]}},
    }
    both = [{"Effect": "Allow", "Action": "*", "Resource": "*"}, statement]
    text = json.dumps({"Version": "2012-10-17", "Statement": both})
    return parse_source(open_document(Source("guardrails.json", text)))


def test_an_exception_that_is_not_known_is_open():
    """As a policy variable it would match no one, and the Deny would seem to hold for everyone."""
    unknown = guardrail("arn:${PARTITION}:iam::*:role/${ACCELERATOR_PREFIX}*")
    verdict = prove([ALL], boundary=unknown, maximum=NOT_CONFIG)
    assert not isinstance(verdict, Contained)
    known = prove([ALL], boundary=guardrail("arn:aws:iam::*:role/Accelerator*"), maximum=NOT_CONFIG)
    assert isinstance(known, Escapes)


def test_a_part_that_is_unknown_and_changes_nothing_leaves_a_proof():
    statement = {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::${BUCKET}"}
    source = Source("x.json", json.dumps({"Version": "2012-10-17", "Statement": statement}))
    assert isinstance(prove([parse_source(open_document(source))], maximum=ALL), Contained)


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("${ACCELERATOR_PREFIX}-x", True),
        ("${ACCELERATOR_LOOKUP::VPC_ID:main}", True),
        ("${aws:username}", False),
        ("${AWS::Region}", False),
        ("${*}", False),
        ("${bucket}", False),
    ],
)
def test_which_texts_are_placeholders(text: str, marked: bool):
    document = {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": f"arn:aws:s3:::{text}"},
    }
    for written in (json.dumps(document), json.dumps([document, document])):
        source = Source("x.json", written)
        assert ("\ue000" in open_level(source).text) == marked
        for found in open_documents(source):
            assert ("\ue000" in open_document(source, found.selector).text) == marked


def test_the_command_takes_a_placeholder_for_unknown(tmp_path: Path):
    limit = json.loads((Path(__file__).parent / "files" / "lza-guardrails.json").read_text(encoding="utf-8"))
    limit["Statement"].append({"Effect": "Allow", "Action": "*", "Resource": "*"})
    (tmp_path / "limit.json").write_text(json.dumps(limit))
    most = {"Effect": "Allow", "NotAction": ["config:DeleteConfigRule", "config:PutConfigRule"], "Resource": "*"}
    (tmp_path / "most.json").write_text(json.dumps({"Version": "2012-10-17", "Statement": most}))
    ran = run("verifier prove --any-policy --boundary limit.json --maximum most.json", tmp_path)
    assert ran.code != 0
    assert "`arn:${PARTITION}:iam::*:role/${ACCELERATOR_PREFIX}*` matches" in ran.out


@pytest.mark.parametrize(
    "list_", ["[${ACCEL_LOOKUP::VPC_ID:main}]", "${ACCEL_LOOKUP::VPC_ID:main}", '["vpc-1", ${ACCEL_LOOKUP::V}]']
)
def test_one_outside_of_a_text_may_be_any_value(list_: str):
    """Landing Zone Accelerator writes them so where it fills in a list; places stay those of the file."""
    text = f"""{{
  "Version": "2012-10-17",
  "Statement": [
    {{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}, // all but ${{X::Y}}
    {{"Effect": "Deny", "Action": "s3:*", "Resource": "*",
      "Condition": {{"StringNotEquals": {{"aws:SourceVpc": {list_}}}}}}}
  ]
}}"""
    policy = parse_source(open_document(Source("endpoint.json", text)))
    none_but_reading = {"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}
    maximum = parse_source(Source("m.json", json.dumps({"Version": "2012-10-17", "Statement": none_but_reading})))
    verdict = prove([policy], maximum=maximum)
    assert isinstance(verdict, Escapes)
    assert verdict.fit.leans or "vpc-1" in str(verdict.request)
    (condition,) = policy.statements[1].conditions
    assert condition.values[-1].span[:2] == (6, text.splitlines()[5].index("${ACCEL") + 1)


def test_a_text_of_another_form_stays_an_error():
    text = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ${foo}, "Resource": "*"}]}'
    with pytest.raises(PolicyError, match="not allowed here"):
        parse_source(open_document(Source("x.json", text)))
