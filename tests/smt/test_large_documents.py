"""Documents of a size or a shape on which a search once ran past its limit: an answer in time, sound or undecided."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pytest

from verifier import Contained, Escapes, Policy, Undecided, prove

Statement = dict[str, Any]


def allow(action: str | list[str], **more: object) -> Statement:
    """An Allow on every resource, unless `more` says otherwise."""
    return {"Effect": "Allow", "Action": action, "Resource": "*", **more}


def deny(action: str | list[str], **more: object) -> Statement:
    """The same as a Deny."""
    return allow(action, **more) | {"Effect": "Deny"}


def policy(statements: Iterable[Statement]) -> Policy:
    """A document of these statements."""
    return Policy.parse(json.dumps({"Version": "2012-10-17", "Statement": list(statements)}))


def equals(key: str, value: str, operator: str = "StringEquals") -> Statement:
    """A condition block."""
    return {operator: {key: value}}


MANY = range(2_000)
NOWHERE = [allow("s3:*", Resource="arn:aws:s3:::q")]
CASES: dict[str, tuple[list[Statement], list[Statement], type]] = {
    "patterns that no resource matches": (
        [
            allow("s3:*", Resource=[f"a{number}/*" for number in MANY]),
            deny("s3:*", Resource=[f"b{number}/*" for number in MANY]),
        ],
        NOWHERE,
        Contained,
    ),
    "many set operators denied": (
        [allow("s3:*"), *(deny("s3:*", Condition=equals("acme:k", f"v{n}", "ForAnyValue:StringEquals")) for n in MANY)],
        NOWHERE,
        Escapes,
    ),
    "many set operators allowed": (
        [allow("s3:*", Condition=equals("acme:k", f"v{n}", "ForAnyValue:StringEquals")) for n in MANY],
        NOWHERE,
        Escapes,
    ),
    "many defaults": (
        [allow("s3:*", Resource="/".join(f"${{a{number}, 'x'}}" for number in range(20)))],
        NOWHERE,
        Undecided,
    ),
    "a Bool of many variables": (
        [allow("s3:*", Condition=equals("acme:k", "".join(f"${{a{number}}}" for number in range(30)), "Bool"))],
        NOWHERE,
        Undecided,
    ),
    "a long template": (
        [allow("s3:*", Resource="arn:aws:s3:::" + "${acme:a}/" * 800, Condition=equals("acme:a", "b*", "StringLike"))],
        [allow("s3:*", Resource="arn:aws:s3:::" + "a/" * 800)],
        Escapes,
    ),
    "many conditions": (
        [allow("s3:*", Condition=equals(f"acme:k{number}", "v")) for number in MANY],
        NOWHERE,
        Escapes,
    ),
    "many actions and resources": (
        [allow(f"s3:Get{number}", Resource=f"arn:aws:s3:::b{number}/*") for number in MANY],
        [allow("s3:Get*", Resource=f"arn:aws:s3:::b{number}/*") for number in MANY],
        Contained,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_an_answer_comes_in_time(name: str) -> None:
    asked, maximum, expected = CASES[name]
    verdict = prove(policies=[policy(asked)], maximum=policy(maximum))
    assert isinstance(verdict, expected), verdict
