"""Text to `Request` (rules 1 to 3 and 7); malformed texts are in `tests/policy/malformed.json`."""

from __future__ import annotations

import json

import pytest

from verifier.base.errors import RequestError
from verifier.clouds.aws.request import Request, read_request
from verifier.strings.values import Key

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
