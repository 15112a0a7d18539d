"""One condition compared with one request: an operator on a key with its or-ed values (rules 14, 17 to 19 and 24).

`match_condition` answers with the reason for which the condition fails, or None where it holds; the decision and the
explanation come from the same lines. A reason is put into words when it is called: most are shown to nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from ipaddress import IPv6Network
from typing import TypeAlias, assert_never

from verifier.base.errors import quote
from verifier.clouds.aws.evaluate.match_value import TypedValue, match_value, read_as, variable_value
from verifier.clouds.aws.policy.operators import Family, Operator, Quantifier
from verifier.clouds.aws.policy.readings import Point
from verifier.clouds.aws.policy.syntax import Condition, ConditionValue
from verifier.logic.readings import USUAL, Reading
from verifier.logic.request import Request
from verifier.strings.pattern import ANYTHING, ArnTemplate, Pattern, Template, Variable

_MANY = 3

Told: TypeAlias = Callable[[], str]

_TYPES = {
    Family.STRING: "a string",
    Family.NUMERIC: "a number",
    Family.DATE: "a date",
    Family.BOOL: "a Boolean",
    Family.BINARY: "base64 text",
    Family.ADDRESS: "an IP address",
    Family.ARN: "an ARN",
}


def match_condition(condition: Condition, request: Request, reading: Reading = USUAL) -> Told | None:
    """Return why `condition` does not hold on `request`, or None iff it holds."""
    values = request.values(condition.key)
    if Point.EMPTY_LIST in reading and not condition.values:
        condition = _affirmed(condition)
    if condition.test.operator.family is Family.NULL:
        return _null(condition, values, reading)
    if not values:
        return None if _holds_on_absent_key(condition, reading) else _absent
    match condition.test.quantifier:
        case Quantifier.NONE:
            return _plain(condition, values, request, reading)
        case Quantifier.ALL:
            return _for_all(condition, values, request, reading)
        case Quantifier.ANY:
            return _for_any(condition, values, request, reading)
    assert_never(condition.test.quantifier)


def _absent() -> str:
    return "the key is absent"


def _affirmed(condition: Condition) -> Condition:
    """Return the condition with the operator that its own negates (rule 5, the other reading)."""
    operator = replace(condition.test.operator, negated=False)
    return replace(condition, test=replace(condition.test, operator=operator))


def _holds_on_absent_key(condition: Condition, reading: Reading) -> bool:
    """Rules 17 and 18."""
    if condition.test.quantifier is Quantifier.ANY and Point.ABSENT_UNDER_ANY in reading:
        return False
    return condition.test.holds_on_absent_key


def _is_void(value: ConditionValue, family: Family, reading: Reading) -> bool:
    """Whether `value` matches nothing: it is not known, or under the other reading of rule 21, 23 or 25."""
    if value.unknown is not None:
        return value.unknown not in reading
    match family, value.value:
        case Family.ARN, Pattern():
            return Point.ARN_STAR in reading
        case Family.ADDRESS, IPv6Network():
            return Point.BARE_V6 in reading and "/" not in value.text
        case Family.BOOL, Template():
            return Point.BOOL_VARIABLE in reading
    return False


def _null(condition: Condition, values: Sequence[str], reading: Reading) -> Told | None:
    """Rule 17: `true` holds iff the key is absent or its values come to nothing, `false` iff it does not."""
    is_null = values == () or (not any(values) and Point.NULL_OF_NOTHING not in reading)
    if any(value.value is is_null for value in condition.values):
        return None
    return partial(_why_not_null, condition, values, is_null)


def _why_not_null(condition: Condition, values: Sequence[str], is_null: bool) -> str:
    if not condition.values:
        return "there is no value to match"
    if not is_null:
        return "the key is present"
    if not values:
        return _absent()
    return "the key has only the empty string" if len(values) == 1 else "the key has only empty strings"


def _plain(condition: Condition, values: Sequence[str], request: Request, reading: Reading) -> Told | None:
    """Rule 19: without a set operator only a single value can match, whether the operator is negated or not."""
    if len(values) > 1:
        if condition.test.operator.negated and Point.LIST_UNDER_PLAIN in reading:
            return None
        return lambda: f"the key has a list of {len(values)} values, which only a set operator can match"
    return _one(condition, values[0], request, reading)


def _for_all(condition: Condition, values: Sequence[str], request: Request, reading: Reading) -> Told | None:
    """Rule 18: every value passes; true where none is left."""
    reasons = (_one(condition, value, request, reading) for value in values if value)
    return next((reason for reason in reasons if reason is not None), None)


def _for_any(condition: Condition, values: Sequence[str], request: Request, reading: Reading) -> Told | None:
    """Rule 18: some value passes; false where none is left. The key is present here, so `IfExists` does not matter."""
    failed: list[Told] = []
    for value in values:
        if value:
            reason = _one(condition, value, request, reading)
            if reason is None:
                return None
            failed.append(reason)
    if not failed:
        return lambda: "the key has no value except the empty string"
    return lambda: "; ".join(reason() for reason in failed)


def _one(condition: Condition, text: str, request: Request, reading: Reading) -> Told | None:
    """Return why the one value `text` of the key does not pass: the test of rules 14 and 24, applied to each value."""
    operator = condition.test.operator
    found = read_as(operator.family, text)
    if found is None:
        unreadable = Point.NOT_ARN if operator.family is Family.ARN else Point.ILL_TYPED
        if operator.negated and unreadable in reading:
            return None
        return lambda: f"the key's value {quote(text)} is not {_TYPES[operator.family]}"
    values = (v for v in condition.values if not _is_void(v, operator.family, reading))
    matching = next((v for v in values if _matches(operator, v, found, request, reading)), None)
    if operator.negated:
        return None if matching is None else partial(_matches_one, text, matching)
    return partial(_matches_none, text, condition.values, request) if matching is None else None


def _matches(operator: Operator, value: ConditionValue, found: TypedValue, request: Request, reading: Reading) -> bool:
    if value.unknown is not None and value.value == ANYTHING:
        return True
    return match_value(operator, value.value, found, request, reading)


def _matches_one(text: str, value: ConditionValue) -> str:
    return f"the key's value {quote(text)} matches {quote(value.text)}"


def _matches_none(text: str, values: Sequence[ConditionValue], request: Request) -> str:
    """Return that `text` "does not match ..." or "matches none of ...", and names the variables without a value."""
    return f"the key's value {quote(text)} {_no_match(values, request)}"


def _no_match(values: Sequence[ConditionValue], request: Request) -> str:
    """Return "does not match ..." or "matches none of ...", naming the variables without a value (rule 28)."""
    if not values:
        return "matches nothing, as there is no value to match"
    shown = ", ".join(quote(value.text) for value in values[:_MANY])
    more = f", and {len(values) - _MANY} more" if len(values) > _MANY else ""
    lacking = dict.fromkeys(str(variable) for value in values[:_MANY] for variable in _lacking(value, request))
    note = "".join(f"; {quote(name)} has no value" for name in lacking)
    return f"{'does not match' if len(values) == 1 else 'matches none of'} {shown}{more}{note}"


def _lacking(value: ConditionValue, request: Request) -> list[Variable]:
    variables = value.value.variables if isinstance(value.value, Template | ArnTemplate) else ()
    return [variable for variable in variables if variable_value(variable, request) is None]
