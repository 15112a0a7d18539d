"""The conditions that hold just where a condition does not, as far as operators can say it (rules 16 to 19).

A positive operator against its negated one, an order against the opposite one, `ForAllValues` against `ForAnyValue`.
Exact for keys that are typed and single; where a key may be a list or ill-typed the operators leave a gap, so whoever
proposes a complement has it proved.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TypeAlias

from verifier.clouds.aws.policy.operators import Family, Operator, Quantifier, Test, find_test
from verifier.clouds.aws.policy.syntax import Condition
from verifier.clouds.aws.policy.write import one_or_list
from verifier.strings.values import Comparison

# A Condition as JSON: operator, key, values.
ConditionDict: TypeAlias = dict[str, dict[str, list[str]]]

_OPPOSITE = {
    Comparison.LESS: "GreaterThanEquals",
    Comparison.LESS_EQUALS: "GreaterThan",
    Comparison.GREATER: "LessThanEquals",
    Comparison.GREATER_EQUALS: "LessThan",
}
_ANYTHING = {"StringLike": ["*"]}


def as_condition(block: ConditionDict) -> dict[str, dict[str, str | list[str]]]:
    """Return `block` as a document writes it: a value that is alone, each once, stands without a list."""
    return {
        operator: {key: one_or_list(list(dict.fromkeys(values))) for key, values in keys.items()}
        for operator, keys in block.items()
    }


def complement(condition: Condition) -> ConditionDict | None:
    """Return conditions that together hold where `condition` does not; None where none are known."""
    test, key = condition.test, condition.key.name
    values = [value.text for value in condition.values]
    if not values:
        return None
    if test.operator.family in (Family.NULL, Family.BOOL):
        return _flipped(condition)
    opposite = _opposite(test.operator)
    if opposite is None:
        return None
    if test.operator.relation in _OPPOSITE:
        values = [_bound(condition)]
    match test.quantifier:
        case Quantifier.ALL:
            return {f"ForAnyValue:{opposite}": {key: values}}
        case Quantifier.ANY:
            found: ConditionDict = {f"ForAllValues:{opposite}": {key: values}}
            return found | {"Null": {key: ["false"]}} if test.if_exists else found
        case Quantifier.NONE:
            return _single(test, opposite, key, values)


def block(conditions: Iterable[Condition]) -> ConditionDict:
    """Return conditions as JSON."""
    found: ConditionDict = {}
    for condition in conditions:
        found.setdefault(str(condition.test), {})[condition.key.name] = [value.text for value in condition.values]
    return found


def both(one: ConditionDict, other: ConditionDict) -> ConditionDict | None:
    """Return the conditions of both blocks as one; None where an operator cannot say both of one key.

    None also where they exclude each other.
    """
    found = {operator: dict(keys) for operator, keys in one.items()}
    for operator, keys in other.items():
        mine = found.setdefault(operator, {})
        names = {name.lower(): name for name in mine}
        for key, values in keys.items():
            name = names.get(key.lower(), key)
            met = _met(operator, mine[name], values) if name in mine else values
            if met is None:
                return None
            mine[name] = met
    return found


def _met(operator: str, one: list[str], other: list[str]) -> list[str] | None:
    """Return the values with which `operator` says what it says with `one` and with `other`."""
    if set(one) == set(other):
        return one
    test = find_test(operator)
    if test is None or test.quantifier is Quantifier.ANY:
        return None
    if test.operator.negated:
        return list(dict.fromkeys((*one, *other)))
    if test.operator.relation is Comparison.EQUALS:
        return [value for value in one if value in other] or None
    return None


def _single(test: Test, opposite: str, key: str, values: list[str]) -> ConditionDict:
    if test.operator.relation in _OPPOSITE:
        return {opposite if test.if_exists else f"{opposite}IfExists": {key: values}}
    if test.operator.negated or not test.if_exists:
        return {opposite: {key: values}}
    return {opposite: {key: values}} | {name: {key: some} for name, some in _ANYTHING.items()}


def _opposite(operator: Operator) -> str | None:
    """Return the name of the operator that holds of a value where `operator` does not."""
    if operator.relation in _OPPOSITE:
        return operator.family.value + _OPPOSITE[operator.relation]
    if operator.negated:
        return operator.name.replace("Not", "", 1)
    if operator.family is Family.ADDRESS:
        return "NotIpAddress"
    family = operator.family.value
    name = f"{family}Not{operator.name.removeprefix(family)}"
    return name if find_test(name) else None


def _bound(condition: Condition) -> str:
    """Return the value of an order that says all that its or-ed values say."""
    ordered = sorted(condition.values, key=lambda value: value.value if isinstance(value.value, Decimal) else 0)
    least = condition.test.operator.relation in (Comparison.GREATER, Comparison.GREATER_EQUALS)
    return ordered[0 if least else -1].text


def _flipped(condition: Condition) -> ConditionDict | None:
    """Return the complement of a Bool or a Null: the other truth value."""
    test = condition.test
    values = {value.value for value in condition.values}
    if len(values) != 1 or not isinstance(value := values.pop(), bool):
        return None
    other = {condition.key.name: ["false" if value else "true"]}
    if test.operator.family is Family.NULL:
        return {"Null": other}
    match test.quantifier:
        case Quantifier.ALL:
            return {"ForAnyValue:Bool": other}
        case Quantifier.ANY:
            return None if test.if_exists else {"ForAllValues:Bool": other}
        case Quantifier.NONE:
            return {"Bool" if test.if_exists else "BoolIfExists": other}
