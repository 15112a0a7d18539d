"""The table of condition operators (rule 16), and how names are looked up in it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from verifier import Request
from verifier.base.errors import Unsupported
from verifier.clouds.aws.compile.conditions import compile_condition
from verifier.clouds.aws.evaluate import match_condition
from verifier.clouds.aws.policy import conditions
from verifier.clouds.aws.policy.operators import TABLE, Family, Operator, Quantifier, all_tests, find_test, nearest_test
from verifier.clouds.aws.policy.syntax import Condition, Policy
from verifier.strings.values import Comparison

OTHERS = ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
NAMES = {
    *(
        f"String{name}"
        for name in ("Equals", "NotEquals", "EqualsIgnoreCase", "NotEqualsIgnoreCase", "Like", "NotLike")
    ),
    *(f"{family}{name}" for family in ("Numeric", "Date") for name in OTHERS),
    *(f"Arn{name}" for name in ("Equals", "Like", "NotEquals", "NotLike")),
    *("Bool", "BinaryEquals", "IpAddress", "NotIpAddress", "Null"),
}


def test_the_table_is_that_of_rule_16() -> None:
    assert [operator.name for operator in TABLE if TABLE.count(operator) > 1] == []
    assert {operator.name for operator in TABLE} == NAMES
    assert {operator.family for operator in TABLE} == set(Family)
    assert all(operator.negated == ("Not" in operator.name) for operator in TABLE)
    assert all(operator.ignores_case == ("IgnoreCase" in operator.name) for operator in TABLE)


def test_all_but_null_take_prefixes_and_if_exists() -> None:
    assert len(all_tests()) == 6 * (len(TABLE) - 1) + 1


@pytest.mark.parametrize("test", all_tests(), ids=str)
def test_every_test_is_found_by_its_name_in_any_case(test: object) -> None:
    name = str(test)
    assert find_test(name) == find_test(name.upper()) == find_test(name.lower()) == test


@pytest.mark.parametrize(
    "name",
    [
        "",
        "StringEqual",
        "NullIfExists",
        "ForAnyValue:Null",
        "ForAllValues:NullIfExists",
        "ForAllValues:",
        "ForAnyValue:ForAnyValue:Bool",
        "BoolIfExistsIfExists",
        "IfExists",
        "ForAnyValue: Bool",
        " Bool",
        "Bool ",
        "ſtringEquals",
        "StringNotEqualsIfExist",
    ],
)
def test_other_names_are_no_operators(name: str) -> None:
    assert find_test(name) is None


def test_the_kelvin_sign_is_no_k() -> None:
    assert find_test("StringLi\u212ae") is None


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("StringEqual", "StringEquals"),
        ("stringequls", "StringEquals"),
        ("NumericLessThen", "NumericLessThan"),
        ("ForAnyValues:StringLike", "ForAnyValue:StringLike"),
        ("IPAdress", "IpAddress"),
        ("zzz", None),
    ],
)
def test_the_nearest_operator(name: str, near: str | None) -> None:
    assert nearest_test(name) == near


@pytest.mark.parametrize(
    ("name", "holds"),
    [
        ("StringEquals", False),
        ("StringNotEquals", True),
        ("StringEqualsIfExists", True),
        ("ForAllValues:StringEquals", True),
        ("ForAllValues:StringNotEquals", True),
        ("ForAnyValue:StringEquals", False),
        ("ForAnyValue:StringNotEquals", False),
        ("ForAnyValue:StringNotEqualsIfExists", True),
    ],
)
def test_absent_keys(name: str, holds: bool) -> None:
    test = find_test(name)
    assert test is not None
    assert test.holds_on_absent_key is holds


def test_quantifiers_are_parts_of_the_name() -> None:
    test = find_test("forallvalues:arnlikeifexists")
    assert test is not None
    assert (test.operator.name, test.quantifier, test.if_exists) == ("ArnLike", Quantifier.ALL, True)


VALUES = {
    Family.STRING: "a",
    Family.NUMERIC: "1",
    Family.DATE: "2020-01-01T00:00:00Z",
    Family.BOOL: "true",
    Family.BINARY: "QQ==",
    Family.ADDRESS: "203.0.113.1",
    Family.ARN: "arn:aws:s3:::a",
}


def condition(name: str, value: str) -> Condition:
    """The condition that compares the tag `t` with `value`."""
    block = {name: {"aws:PrincipalTag/t": value}}
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": block}
    policy = Policy.parse(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    (found,) = policy.statements[0].conditions
    return found


@pytest.mark.parametrize("operator", TABLE, ids=lambda operator: operator.name)
def test_a_relation_that_has_no_meaning_for_a_type_is_refused(operator: Operator) -> None:
    if operator.family is Family.NULL:
        return
    value = VALUES[operator.family]
    written = condition(operator.name, value)
    request = Request.of("s3:GetObject", "*", {"aws:PrincipalTag/t": value})
    compile_condition(written)
    match_condition.match_condition(written, request)
    changed = replace(written, test=replace(written.test, operator=replace(operator, relation=Comparison.ABSENT)))
    with pytest.raises(Unsupported, match="has no formula"):
        compile_condition(changed)
    with pytest.raises((TypeError, AssertionError, ValueError)):
        match_condition.match_condition(changed, request)


def test_messages_know_each_type_of_values() -> None:
    assert set(match_condition._TYPES) == set(Family) - {Family.NULL}
    assert set(conditions._EXPECTED) == set(Family) - {Family.STRING, Family.ARN}
