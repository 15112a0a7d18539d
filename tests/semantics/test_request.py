"""A request is read, checked and brought to its one form (rules 1 to 3, 7 and 15).

Malformed texts are in `tests/policy/malformed.json`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from verifier.base.errors import RequestError
from verifier.clouds.aws.request import Request, read_request
from verifier.strings.values import Key

ARN = "arn:aws:s3:::bucket/key"


@pytest.mark.parametrize("action", ["s3:GetObject", "a-1:b_C-2", "s3:NoSuchActionYet", "S3:GetObject"])
def test_actions(action: str) -> None:
    assert Request.of(action, "*").action == action


@pytest.mark.parametrize(
    "action", ["", "s3", "GetObject", "s3:", ":GetObject", "s3:Get*", "s3:Get:Object", "s 3:Get", "s3:Gét", "s3:Get\n"]
)
def test_no_actions(action: str) -> None:
    with pytest.raises(RequestError):
        Request.of(action, "*")


@pytest.mark.parametrize(
    "resource",
    ["*", ARN, "arn:::::x", "arn:aws:s3:::", "arn:aws:s3:::a:b/c", "arn:aws:s3:::\U0001f600", "arn:aws:s3:::*"],
)
def test_resources(resource: str) -> None:
    assert Request.of("s3:GetObject", resource).resource == resource


@pytest.mark.parametrize(
    "resource",
    ["", "**", "bucket", "arn:aws:s3::", "arn:aws:s3::bucket", "ARN:aws:s3:::bucket", "arn:aws:s3:::\ud800"],
)
def test_no_resources(resource: str) -> None:
    with pytest.raises(RequestError):
        Request.of("s3:GetObject", resource)


VALUES: list[tuple[str | Sequence[str], tuple[str, ...]]] = [
    ("a", ("a",)),
    ("", ("",)),
    ([], ()),
    (["a"], ("a",)),
    ([""], ("",)),
    (["a", "b"], ("a", "b")),
    (["a", "a"], ("a", "a")),
]


@pytest.mark.parametrize(("given", "values"), VALUES)
def test_values_of_a_key(given: str | Sequence[str], values: tuple[str, ...]) -> None:
    request = Request.of("s3:GetObject", ARN, {"acme:key": given})
    assert request.values(Key.of("ACME:Key")) == values
    assert (Key.of("acme:key") in request.context) is bool(values)


def test_a_list_of_one_is_a_single_value() -> None:
    single, listed = (Request.of("s3:GetObject", ARN, {"acme:key": value}) for value in ("a", ["a"]))
    assert single == listed


def test_keys_differ_in_more_than_case() -> None:
    with pytest.raises(RequestError, match="twice"):
        Request.of("s3:GetObject", ARN, {"acme:key": "a", "ACME:KEY": "b"})
    with pytest.raises(RequestError, match="twice"):
        Request.of("s3:GetObject", ARN, {"acme:key": [], "acme:Key": [], "acme:KEY": "a", "Acme:key": "b"})


def test_lone_surrogates_are_no_text() -> None:
    for value in ("\ud800", ["a", "\udfff"]):
        with pytest.raises(RequestError, match="surrogate"):
            Request.of("s3:GetObject", ARN, {"acme:key": value})
    with pytest.raises(RequestError, match="surrogate"):
        Request.of("s3:GetObject", ARN, {}, "arn:aws:iam::111122223333:user/\ud800")


def test_addresses_have_their_canonical_text() -> None:
    request = Request.of("s3:GetObject", ARN, {"aws:SourceIp": "2001:DB8:0::1", "acme:address": "2001:DB8:0::1"})
    assert request.values(Key.of("aws:SourceIp")) == ("2001:db8::1",)
    assert request.values(Key.of("acme:address")) == ("2001:DB8:0::1",)


def test_written_as_json() -> None:
    request = Request.of("s3:GetObject", ARN, {"b:k": ["x", "y"], "a:k": ["z"]}, "arn:aws:iam::111122223333:user/jane")
    assert request.as_json() == {
        "principal": "arn:aws:iam::111122223333:user/jane",
        "action": "s3:GetObject",
        "resource": ARN,
        "context": {"a:k": "z", "b:k": ["x", "y"]},
    }
    assert Request.of("s3:GetObject", "*").as_json() == {"action": "s3:GetObject", "resource": "*", "context": {}}


WHOLE = {
    "principal": "arn:aws:iam::111122223333:user/jane",
    "action": "s3:GetObject",
    "resource": "arn:aws:s3:::bucket/key",
    "context": {"aws:SourceIp": "203.0.113.7", "aws:TagKeys": ["a", "b"], "aws:MultiFactorAuthPresent": "true"},
}


def test_a_whole_request_and_back() -> None:
    request = read_request(json.dumps(WHOLE))
    assert request.principal == WHOLE["principal"]
    assert request.values(Key.of("AWS:tagkeys")) == ("a", "b")
    assert request.as_json() == {**WHOLE, "context": dict(sorted(request.as_json()["context"].items()))}  # type: ignore[attr-defined]  # a dict
    assert read_request(json.dumps(request.as_json())) == request


def test_what_may_be_left_out() -> None:
    assert read_request('{"action": "s3:Get", "resource": "*"}') == Request.of("s3:Get", "*")


def test_json_values_are_their_text() -> None:
    request = read_request(
        '{"action": "s3:Get", "resource": "*", "context": {"a": [true, 1.0], "b": false, "c": [], "d": ["x"]}}'
    )
    assert {key.name: value for key, value in request.context.items()} == {"a": ("true", "1.0"), "b": "false", "d": "x"}


def test_escapes() -> None:
    request = read_request(r'{"action": "s3:\u0047et", "resource": "arn:aws:s3:::\ud83d\ude00"}')
    assert (request.action, request.resource) == ("s3:Get", "arn:aws:s3:::😀")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('{"action": "s3",\n "resource": "*"}', (1, 12)),
        ('{"action": "s3:Get",\n "resource": "b"}', (2, 14)),
        ('{"action": "s3:Get",\n "resource": "*", "context": {"a": "\\ud800"}}', (2, 36)),
        ('{"action": "s3:Get",\n "resource": "*",\n "context": {"a": "b",\n  "A": "b"}}', (4, 3)),
    ],
)
def test_errors_know_their_place(text: str, place: tuple[int, int]) -> None:
    with pytest.raises(RequestError) as caught:
        read_request(text, "r.json")
    assert caught.value.span is not None
    assert caught.value.span[:2] == place
    assert str(caught.value).startswith("r.json:")
