"""One value of a request compared with one value of a condition, before any negation (rules 20 to 28).

`read_as` reads the request's text in the operator's family; what cannot be read matches neither an operator nor its
negation (rule 24), which `match_condition.py` sees to. `match_value` compares what was read with one policy value.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TypeAlias, assert_never

from verifier.base.dataclass import dataclass
from verifier.clouds.aws.evaluate.substitute import substitute, variable_value
from verifier.clouds.aws.policy.operators import Family, Operator
from verifier.clouds.aws.policy.readings import Point
from verifier.clouds.aws.policy.syntax import Value
from verifier.logic.readings import USUAL, Reading
from verifier.logic.request import Request
from verifier.strings.key import lower
from verifier.strings.pattern import ArnTemplate, Pattern, Template, arn_fields, parse_pattern
from verifier.strings.values import (
    Address,
    Network,
    Relation,
    read_address,
    read_bool,
    read_bytes,
    read_instant,
    read_number,
)


@dataclass(frozen=True, slots=True)
class Arn:
    """An ARN of a request: whole, and in its six parts (rule 2)."""

    text: str
    parts: tuple[str, ...]


# What a request's text is read as, family by family: String, Arn, Numeric and Date, Bool, Binary, IpAddress.
Read: TypeAlias = str | Arn | Decimal | bool | bytes | Address


def read_as(family: Family, text: str) -> Read | None:
    """Return `text` read in `family`, or None where it is not of that type (rules 21 to 24). Null reads nothing."""
    match family:
        case Family.STRING:
            return text
        case Family.ARN:
            parts = arn_fields(text)
            return None if parts is None else Arn(text, parts)
        case Family.NUMERIC:
            return read_number(text)
        case Family.DATE:
            return read_instant(text)
        case Family.BOOL:
            return read_bool(text)
        case Family.BINARY:
            return read_bytes(text)
        case Family.ADDRESS:
            return read_address(text)
        case Family.NULL:
            raise ValueError("`Null` looks at the key, not at its values")
    assert_never(family)


def match_value(operator: Operator, value: Value, found: Read, request: Request, reading: Reading = USUAL) -> bool:
    """Whether `found`, read in the operator's family, stands in the operator's relation to `value`.

    `request` says what the variables of `value` stand for. A value whose variable has none matches nothing (rule 28).
    """
    match operator.family:
        case Family.STRING if isinstance(found, str) and isinstance(value, Template):
            wild = Point.WILD_VALUE in reading and operator.relation is Relation.LIKE
            return _string(operator.ignores_case, substitute(value, request, wild=wild), found)
        case Family.ARN if isinstance(found, Arn) and isinstance(value, ArnTemplate | Pattern):
            return _arn(value, found, request, wild=Point.WILD_VALUE in reading)
        case Family.NUMERIC | Family.DATE if isinstance(found, Decimal) and isinstance(value, Decimal):
            return _compare(operator.relation, found, value)
        case Family.BOOL if isinstance(found, bool) and isinstance(value, bool | Template):
            return found is (_bool(value, request) if isinstance(value, Template) else value)
        case Family.BINARY if isinstance(found, bytes) and isinstance(value, bytes):
            return found == value
        case Family.ADDRESS if isinstance(found, Address) and isinstance(value, Network):
            return found.version == value.version and found in value
        case _:
            raise TypeError(f"`{operator.name}` cannot have the value {value!r}")


def _string(ignores_case: bool, pattern: Pattern | None, text: str) -> bool:
    """Rule 20. Templates of StringEquals hold no wildcards, so equality is a match like any other."""
    if pattern is None:
        return False
    return pattern.lowered(lower).matches(lower(text)) if ignores_case else pattern.matches(text)


def _arn(value: ArnTemplate | Pattern, arn: Arn, request: Request, *, wild: bool) -> bool:
    """Rule 21: `*` alone matches every ARN, one variable is compared whole, else part by part."""
    if isinstance(value, Pattern):
        return value.matches(arn.text)
    if value.whole is not None:
        whole = variable_value(value.whole, request)
        return whole is not None and (parse_pattern(whole).matches(arn.text) if wild else whole == arn.text)
    patterns = [substitute(part, request, wild=wild) for part in value.parts]
    return all(pattern is not None and pattern.matches(part) for pattern, part in zip(patterns, arn.parts, strict=True))


def _compare(relation: Relation, left: Decimal, right: Decimal) -> bool:
    """Rule 22: numbers and instants, exactly."""
    match relation:
        case Relation.EQUALS:
            return left == right
        case Relation.LESS:
            return left < right
        case Relation.LESS_EQUALS:
            return left <= right
        case Relation.GREATER:
            return left > right
        case Relation.GREATER_EQUALS:
            return left >= right
        case Relation.LIKE | Relation.WITHIN | Relation.ABSENT:
            raise ValueError(f"`{relation.value}` does not compare numbers")
    assert_never(relation)


def _bool(template: Template, request: Request) -> bool | None:
    """Rule 25: filled in first, read as a Boolean then; None, which nothing matches, where it does not read as one."""
    pattern = substitute(template, request)
    return None if pattern is None or pattern.text is None else read_bool(pattern.text)
