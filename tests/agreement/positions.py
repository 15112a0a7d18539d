"""An unknown value in every position of a statement, in an Allow and in a Deny, in what is asked about and the maximum.

    placed()    each position with two documents that have a hole there, as `unknowns.compare` takes them

What is drawn (`unknowns.py`) seldom has its one hole where the answer depends on it. Here each pair is made so that it
does: with one value in the hole the policy stays within the maximum, with another it does not.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from tests.agreement.unknowns import Holed
from tests.strategies import Json
from verifier.clouds.aws.request import Request

_HOLE = {"hole": "h"}
_OBJECT, _OTHER = "arn:aws:s3:::b/x", "arn:aws:s3:::c/x"
_KEY = "aws:PrincipalTag/team"
_PLAIN: Json = {"Action": "s3:GetObject", "Resource": _OBJECT}
# Each position with a statement, without its Effect, that has a hole there, and values that could stand in it.
POSITIONS: dict[str, tuple[Json, tuple[object, ...]]] = {
    "Action": (_PLAIN | {"Action": _HOLE}, ("s3:GetObject", "sqs:SendMessage", "*")),
    "an entry of Action": (_PLAIN | {"Action": ["sqs:SendMessage", _HOLE]}, ("s3:GetObject", "s3:*", "ec2:x")),
    "a part of Action": (_PLAIN | {"Action": "s3:⟦h⟧"}, ("GetObject", "*", "PutObject")),
    "NotAction": ({"NotAction": ["ec2:*", _HOLE], "Resource": _OBJECT}, ("s3:GetObject", "*", "sqs:x")),
    "Resource": (_PLAIN | {"Resource": _HOLE}, (_OBJECT, "*", _OTHER)),
    "an entry of Resource": (_PLAIN | {"Resource": [_OTHER, _HOLE]}, (_OBJECT, "*", "arn:aws:s3:::d")),
    "a part of Resource": (_PLAIN | {"Resource": "arn:aws:s3:::⟦h⟧/x"}, ("b", "*", "c")),
    "NotResource": ({"Action": "s3:GetObject", "NotResource": _HOLE}, (_OBJECT, "*", _OTHER)),
    "a value": (_PLAIN | {"Condition": {"StringLike": {_KEY: _HOLE}}}, ("a", "*", "b")),
    "a part of a value": (_PLAIN | {"Condition": {"StringLike": {_KEY: ["c", "⟦h⟧a"]}}}, ("", "*", "b")),
    "a value of a negated operator": (_PLAIN | {"Condition": {"StringNotLike": {_KEY: _HOLE}}}, ("a", "*", "b")),
    "a value of ForAllValues": (_PLAIN | {"Condition": {"ForAllValues:StringLike": {_KEY: _HOLE}}}, ("a", "*", "b")),
    "a negated value of ForAnyValue": (
        _PLAIN | {"Condition": {"ForAnyValue:StringNotLike": {_KEY: [_HOLE, "c"]}}},
        ("a", "*", "b"),
    ),
    "a number": (_PLAIN | {"Condition": {"NumericLessThan": {"s3:max-keys": _HOLE}}}, ("5", "0", "1000")),
    "a key": (_PLAIN | {"Condition": {"StringEquals": {"⟦h⟧": "a"}}}, (_KEY, "aws:username", "s3:prefix")),
    "an operator": (_PLAIN | {"Condition": {"⟦h⟧": {_KEY: "a"}}}, ("StringEquals", "StringNotEquals", "StringLike")),
    "Condition": (_PLAIN | {"Condition": _HOLE}, ({"StringEquals": {_KEY: "a"}}, {}, {"Null": {_KEY: "true"}})),
}
_ALL: Json = {"Effect": "Allow", "Action": "*", "Resource": "*"}
# What stands on the other side: what the statement is about, with and without its condition, and nothing like it.
_SIDES: tuple[Json, ...] = (
    {"Effect": "Allow", **_PLAIN},
    {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {_KEY: "a"}}},
    {"Effect": "Allow", "NotAction": "s3:GetObject", "Resource": "*"},
    _ALL,
)
_REQUESTS = tuple(
    Request.of(action, resource, context)
    for action, resource, context in itertools.product(
        ("s3:GetObject", "sqs:SendMessage"), (_OBJECT, _OTHER), ({}, {_KEY: "a"}, {_KEY: ["a", "b"]})
    )
)


def _document(*statements: Json) -> Json:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def placed() -> Iterator[tuple[str, Holed]]:
    """Yield each position, as an Allow and as a Deny, in the policy and in the maximum, against each other side."""
    for name, (statement, values) in POSITIONS.items():
        fills = {"h": (*values, *values)}
        for effect, side in itertools.product(("Allow", "Deny"), _SIDES):
            own = ({"Effect": effect, **statement}, *((_ALL,) if effect == "Deny" else ()))
            yield name, Holed(_document(*own), _document(side), fills, _REQUESTS)
            yield name, Holed(_document(side), _document(*own), fills, _REQUESTS)
