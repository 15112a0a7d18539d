"""The table of condition operators (rule 16), and how names are looked up in it."""

from __future__ import annotations

import pytest

from verifier.clouds.aws.policy.operators import TABLE, Family, Quantifier, all_tests, find_test, nearest_test

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
