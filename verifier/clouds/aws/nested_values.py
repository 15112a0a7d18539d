"""JSON values within a batch line other than documents: an id, an organization. They stay plain data."""

from __future__ import annotations

import math
from typing import NamedTuple

from verifier.base.errors import UsageError, quote
from verifier.base.grammar import Token, span_of
from verifier.base.parse_tree import text_of_token
from verifier.clouds.aws.policy.quick_reader import Doubt, Json, JsonNumber
from verifier.questions.read_id import MAX_DEPTH, JsonValue

_LONGEST_NUMBER = 1_000


class Nested(NamedTuple):
    """A JSON value, and how many lists and objects stand one in the other within it."""

    value: JsonValue
    depth: int


def nested(value: JsonValue, parts: list[Nested], first: Token) -> Nested:
    depth = 1 + max((part.depth for part in parts), default=0)
    if depth > MAX_DEPTH:
        raise UsageError(f"the value is nested more than {MAX_DEPTH} deep", span=span_of(first), help="flatten it")
    return Nested(value, depth)


def scalar(token: Token) -> JsonValue:
    match token.type:
        case "STRING":
            return text_of_token(token)
        case "NUMBER":
            number = number_of(token)
            if number is None:
                message = f"the number {quote(token)} is too large"
                raise UsageError(message, span=span_of(token), help="write it as a string")
            return number
        case _:
            return {"true": True, "false": False, "null": None}[token]


def number_of(text: str) -> int | float | None:
    """Return the number that `text` writes; None where it is too large."""
    if len(text) > _LONGEST_NUMBER:
        return None
    if not any(char in text for char in ".eE"):
        return int(text)
    return number if math.isfinite(number := float(text)) else None


def plain_value(value: Json) -> JsonValue:
    if not isinstance(value, JsonNumber):
        return value
    number = number_of(value)
    if number is None:
        raise Doubt
    return number
