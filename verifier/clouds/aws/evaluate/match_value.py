"""One value of a request compared with one value of a condition, and policy variables put in (rules 20 to 28).

    match_value            whether a value that was read matches a policy value, before any negation
    read_as                a text read in an operator's family
    substitute             the pattern that a template is on one request (rules 25 to 28)
    matches_in_segments    whether a resource matches under the other reading of rule 10

A text that cannot be read matches neither an operator nor its negation (rule 24); `match_condition.py` sees to that.

Under the other reading of rule 10, a `*` crosses colons only if it ends a segment. A segment ends at a colon of the
entry, or at its end; `policy/readings.py` says why. The places in the resource up to which the parts so far can match
are read part by part: the cost is that of the entry times the resource, whatever its `*`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple, TypeAlias, assert_never

from verifier.base.dataclass import dataclass
from verifier.clouds.aws.policy.operators import Family, Operator
from verifier.clouds.aws.policy.readings import Point
from verifier.clouds.aws.policy.syntax import ParsedValue
from verifier.logic.readings import USUAL, Reading
from verifier.logic.request import Request
from verifier.strings.pattern import ArnTemplate, Pattern, Template, Variable, Wild, arn_fields, parse_pattern
from verifier.strings.values import (
    Address,
    Comparison,
    Network,
    lower,
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
_TEXTS = (Comparison.EQUALS, Comparison.LIKE)
TypedValue: TypeAlias = str | Arn | Decimal | bool | bytes | Address


def match_value(
    operator: Operator, value: ParsedValue, found: TypedValue, request: Request, reading: Reading = USUAL
) -> bool:
    """Whether `found`, read in the operator's family, stands in the operator's relation to `value`.

    `request` says what the variables of `value` stand for. A value whose variable has none matches nothing (rule 28).
    """
    relation = operator.relation
    match operator.family:
        case Family.STRING if relation in _TEXTS and isinstance(found, str) and isinstance(value, Template):
            wild = Point.WILD_VALUE in reading and relation is Comparison.LIKE
            return _string(operator.ignores_case, substitute(value, request, wild=wild), found)
        case Family.ARN if (
            relation is Comparison.LIKE and isinstance(found, Arn) and isinstance(value, ArnTemplate | Pattern)
        ):
            return _arn(value, found, request, wild=Point.WILD_VALUE in reading)
        case Family.NUMERIC | Family.DATE if isinstance(found, Decimal) and isinstance(value, Decimal):
            return _compare(relation, found, value)
        case Family.BOOL if (
            relation is Comparison.EQUALS and isinstance(found, bool) and isinstance(value, bool | Template)
        ):
            return found is (_bool(value, request) if isinstance(value, Template) else value)
        case Family.BINARY if relation is Comparison.EQUALS and isinstance(found, bytes) and isinstance(value, bytes):
            return found == value
        case Family.ADDRESS if (
            relation is Comparison.WITHIN and isinstance(found, Address) and isinstance(value, Network)
        ):
            return found.version == value.version and found in value
        case _:
            raise TypeError(f"`{operator.name}` is not defined for the value {value!r}")


def read_as(family: Family, text: str) -> TypedValue | None:
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


def _compare(relation: Comparison, left: Decimal, right: Decimal) -> bool:
    """Rule 22: numbers and instants, exactly."""
    match relation:
        case Comparison.EQUALS:
            return left == right
        case Comparison.LESS:
            return left < right
        case Comparison.LESS_EQUALS:
            return left <= right
        case Comparison.GREATER:
            return left > right
        case Comparison.GREATER_EQUALS:
            return left >= right
        case Comparison.LIKE | Comparison.WITHIN | Comparison.ABSENT:
            raise ValueError(f"`{relation.value}` does not compare numbers")
    assert_never(relation)


def _bool(template: Template, request: Request) -> bool | None:
    """Rule 25: filled in first, read as a Boolean then; None, which nothing matches, where it does not read as one."""
    pattern = substitute(template, request)
    return None if pattern is None or pattern.text is None else read_bool(pattern.text)


def substitute(template: Template, request: Request, *, wild: bool = False) -> Pattern | None:
    """Return the pattern that `template` is on `request`, or None where a variable has no value (rule 28).

    Values go in literally: a `*` in one is an ordinary character (rule 27), or a wildcard where `wild`.
    """
    if template.pattern is not None:
        return template.pattern
    values: dict[Variable, str] = {}
    for variable in template.variables:
        value = variable_value(variable, request)
        if value is None:
            return None
        values[variable] = value
    if wild:
        parts = (parse_pattern(values[p]).parts if isinstance(p, Variable) else (p,) for p in template.parts)
        return Pattern.of(itertools.chain.from_iterable(parts))
    return template.fill(values)


def variable_value(variable: Variable, request: Request) -> str | None:
    """Return the value of `variable`: the key's single value; its default where the key is absent, and only there
    (rule 26); None where there is neither, and where the key holds a list (rule 28).
    """
    values = request.values(variable.key)
    if not values:
        return variable.default
    return values[0] if len(values) == 1 else None


class _Within(NamedTuple):
    """A `*` that stays within its segment."""


_Piece: TypeAlias = str | Wild | _Within


def matches_in_segments(template: Template, request: Request, reading: Reading) -> bool:
    """Whether the request's resource matches, values put in as rule 27 says under `reading` (rules 10 and 25 to 28)."""
    pieces: list[_Piece] = []
    for place, part in enumerate(template.parts):
        match part:
            case Variable():
                value = variable_value(part, request)
                if value is None:
                    return False
                pieces += parse_pattern(value).parts if Point.WILD_VALUE in reading else (value,)
            case Wild.TEXT if not _ends_segment(template, place):
                pieces.append(_Within())
            case _:
                pieces.append(part)
    text = request.resource
    places = {0}
    for piece in pieces:
        places = set(_after(piece, text, places))
    return len(text) in places


def _ends_segment(template: Template, place: int) -> bool:
    after = template.parts[place + 1] if place + 1 < len(template.parts) else ":"
    return isinstance(after, str) and after.startswith(":")


def _after(piece: _Piece, text: str, places: set[int]) -> Iterator[int]:
    """Yield the places up to which `text` matches once `piece` has followed."""
    match piece:
        case str():
            yield from (place + len(piece) for place in places if text.startswith(piece, place))
        case Wild.CHAR:
            yield from (place + 1 for place in places if place < len(text))
        case Wild.TEXT:
            yield from range(min(places), len(text) + 1) if places else ()
        case _Within():
            end = -1
            for place in sorted(places):
                if place > end:
                    colon = text.find(":", place)
                    end = colon if colon >= 0 else len(text)
                    yield from range(place, end + 1)
