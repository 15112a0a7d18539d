"""The evaluator against truths written out by hand from semantics.md: each form of each operator, then the rest."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from verifier.base.errors import PolicyError, Unsupported
from verifier.base.source import Source, Span
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.evaluate.evaluate import allows, denies, evaluate
from verifier.clouds.aws.policy.operators import TABLE, Family, Operator, Quantifier, all_tests
from verifier.clouds.aws.policy.operators import Test as Form
from verifier.clouds.aws.policy.syntax import Actions, Policy, Principals, Statement, Version
from verifier.clouds.aws.request import Request
from verifier.clouds.trace import Decision
from verifier.logic.actions import Effect

KEY = "example:Key"
BUCKET = "arn:aws:s3:::bucket"
SPAN = Span(1, 1, 1, 2)


def policy(*statements: Mapping[str, Any], version: str = "2012-10-17") -> Policy:
    """Return the document of `statements`, each an Allow of everything but for what it says otherwise."""
    return Policy.parse(json.dumps({"Version": version, "Statement": [complete(one) for one in statements]}))


def complete(statement: Mapping[str, Any]) -> dict[str, Any]:
    """Return `statement` with an Effect, an action and a resource."""
    whole = {"Effect": "Allow", **statement}
    if "NotAction" not in whole:
        whole.setdefault("Action", "*")
    if "NotResource" not in whole:
        whole.setdefault("Resource", "*")
    return whole


def request(action: str = "s3:GetObject", resource: str = BUCKET, **context: str | Sequence[str]) -> Request:
    """Return a request; a keyword is the name of a key in the service `example`."""
    return Request.of(action, resource, {f"example:{name}": value for name, value in context.items()})


def holds(operator: str, values: Any, found: str | Sequence[str] | None, key: str = KEY) -> bool:
    """Whether a condition holds where the key has the value `found`, or is absent (None)."""
    document = policy({"Condition": {operator: {key: values}}})
    return allows([document], Request.of("s3:GetObject", BUCKET, {} if found is None else {key: found}))


# --- each operator with each prefix, with and without IfExists -------------------------------------------------------


@dataclass(frozen=True)
class Sample:
    """A value of a policy, texts that match it (before negation) and that do not, and one that is of no such type."""

    value: str
    matching: str
    other: str
    ill_typed: str | None


_TEXT = Sample("red", "red", "blue", None)
_ARN = Sample("arn:aws:iam::*:role/a*", "arn:aws:iam::1:role/ab", "arn:aws:iam::1:role/b", "role/ab")
_DAY = "2024-05-01T00:00:00Z"
_BEFORE, _AFTER = "2024-04-30T23:59:59Z", "2024-05-01T00:00:01Z"

SAMPLES = {
    "StringEquals": _TEXT,
    "StringNotEquals": _TEXT,
    "StringEqualsIgnoreCase": Sample("red", "RED", "blue", None),
    "StringNotEqualsIgnoreCase": Sample("red", "RED", "blue", None),
    "StringLike": Sample("r*d", "rapid", "blue", None),
    "StringNotLike": Sample("r*d", "rapid", "blue", None),
    "NumericEquals": Sample("10", "10.0", "11", "1e1"),
    "NumericNotEquals": Sample("10", "10.0", "11", "1e1"),
    "NumericLessThan": Sample("10", "9.99", "10", "low"),
    "NumericLessThanEquals": Sample("10", "10", "10.01", "low"),
    "NumericGreaterThan": Sample("10", "10.01", "10", "high"),
    "NumericGreaterThanEquals": Sample("10", "10", "9.99", "high"),
    "DateEquals": Sample(_DAY, "2024-05-01", _AFTER, "yesterday"),
    "DateNotEquals": Sample(_DAY, "2024-05-01", _AFTER, "yesterday"),
    "DateLessThan": Sample(_DAY, _BEFORE, _DAY, "yesterday"),
    "DateLessThanEquals": Sample(_DAY, _DAY, _AFTER, "yesterday"),
    "DateGreaterThan": Sample(_DAY, _AFTER, _DAY, "tomorrow"),
    "DateGreaterThanEquals": Sample(_DAY, _DAY, _BEFORE, "tomorrow"),
    "Bool": Sample("true", "True", "false", "yes"),
    "BinaryEquals": Sample("QmluYXJ5", "QmluYXJ5", "QQ==", "?"),
    "IpAddress": Sample("203.0.113.0/24", "203.0.113.7", "198.51.100.1", "203.0.113"),
    "NotIpAddress": Sample("203.0.113.0/24", "203.0.113.7", "198.51.100.1", "203.0.113"),
    "ArnEquals": _ARN,
    "ArnNotEquals": _ARN,
    "ArnLike": _ARN,
    "ArnNotLike": _ARN,
}

# What a key holds: m a matching value, n another one, i one of no type, e the empty string; "" is the absent key.
# T where the condition holds (rules 14, 17, 18, 19, 24). `e` alone under a plain operator is in `EMPTY` below.
SITUATIONS = ("", "m", "n", "i", "mm", "mn", "nn", "mi", "ni", "em", "en", "ei", "ee")
ALL_ANY_SITUATIONS = (*SITUATIONS, "e")
TRUTHS: dict[tuple[str, str, str], str] = {
    # prefix, sense, suffix                  -   m   n   i  mm  mn  nn  mi  ni  em  en  ei  ee   e
    ("", "positive", ""):                  " F   T   F   F   F   F   F   F   F   F   F   F   F",
    ("", "positive", "IfExists"):          " T   T   F   F   F   F   F   F   F   F   F   F   F",
    ("", "negated", ""):                   " T   F   T   F   F   F   F   F   F   F   F   F   F",
    ("", "negated", "IfExists"):           " T   F   T   F   F   F   F   F   F   F   F   F   F",
    ("ForAllValues:", "positive", ""):     " T   T   F   F   T   F   F   F   F   T   F   F   T   T",
    ("ForAllValues:", "positive", "IfExists"): " T   T   F   F   T   F   F   F   F   T   F   F   T   T",
    ("ForAllValues:", "negated", ""):      " T   F   T   F   F   F   T   F   F   F   T   F   T   T",
    ("ForAllValues:", "negated", "IfExists"): " T   F   T   F   F   F   T   F   F   F   T   F   T   T",
    ("ForAnyValue:", "positive", ""):      " F   T   F   F   T   T   F   T   F   T   F   F   F   F",
    ("ForAnyValue:", "positive", "IfExists"): " T   T   F   F   T   T   F   T   F   T   F   F   F   F",
    ("ForAnyValue:", "negated", ""):       " F   F   T   F   F   T   T   F   T   F   T   F   F   F",
    ("ForAnyValue:", "negated", "IfExists"): " T   F   T   F   F   T   T   F   T   F   T   F   F   F",
}  # fmt: skip  # a table is read by its columns

TESTS = [test for test in all_tests() if test.operator.family is not Family.NULL]


def test_every_operator_has_a_sample_and_every_form_a_row() -> None:
    assert set(SAMPLES) == {operator.name for operator in TABLE} - {"Null"}
    forms = {(test.quantifier.value, sense(test.operator), suffix(test)) for test in TESTS}
    assert forms == set(TRUTHS)
    assert {len(row.split()) for row in TRUTHS.values()} == {len(SITUATIONS), len(ALL_ANY_SITUATIONS)}


def sense(operator: Operator) -> str:
    """Return how the rows of `TRUTHS` name negation."""
    return "negated" if operator.negated else "positive"


def suffix(test: Form) -> str:
    """Return how the rows of `TRUTHS` name the suffix."""
    return "IfExists" if test.if_exists else ""


@pytest.mark.parametrize("test", TESTS, ids=str)
def test_truth_of_every_form(test: Form) -> None:
    sample = SAMPLES[test.operator.name]
    texts = {"m": sample.matching, "n": sample.other, "i": sample.ill_typed, "e": ""}
    truths = TRUTHS[test.quantifier.value, sense(test.operator), suffix(test)].split()
    for situation, truth in zip(ALL_ANY_SITUATIONS, truths, strict=False):
        values = [texts[letter] for letter in situation]
        if None in values:
            continue
        found = None if situation == "" else [value for value in values if value is not None]
        assert holds(str(test), sample.value, found) is (truth == "T"), (str(test), situation)


# A key that holds the empty string, under an operator without a set prefix: a string like others (rule 19), of no other
# type (rule 24).
EMPTY = {
    "StringEquals": False, "StringNotEquals": True, "StringEqualsIgnoreCase": False, "StringNotEqualsIgnoreCase": True,
    "StringLike": False, "StringNotLike": True,
    "NumericEquals": False, "NumericNotEquals": False, "NumericLessThan": False, "NumericLessThanEquals": False,
    "NumericGreaterThan": False, "NumericGreaterThanEquals": False,
    "DateEquals": False, "DateNotEquals": False, "DateLessThan": False, "DateLessThanEquals": False,
    "DateGreaterThan": False, "DateGreaterThanEquals": False,
    "Bool": False, "BinaryEquals": False, "IpAddress": False, "NotIpAddress": False,
    "ArnEquals": False, "ArnNotEquals": False, "ArnLike": False, "ArnNotLike": False,
}  # fmt: skip  # a table is read by its columns


@pytest.mark.parametrize("suffix", ["", "IfExists"])
@pytest.mark.parametrize(("operator", "truth"), EMPTY.items())
def test_empty_string_under_plain_operators(operator: str, truth: bool, suffix: str) -> None:
    assert holds(operator + suffix, SAMPLES[operator].value, "") is truth


# Operator, values of the policy, what the key holds (None: it is absent), whether the condition holds.
Row = tuple[str, Any, Any, bool]

# Two values in the policy, of which the request's value matches one, or none (rule 14); no value at all (rule 5).
OR_ED: list[Row] = [
    ("StringEquals", ["a", "b"], "b", True),
    ("StringEquals", ["a", "b"], "c", False),
    ("StringNotEquals", ["a", "b"], "b", False),
    ("StringNotEquals", ["a", "b"], "c", True),
    ("NotIpAddress", ["10.0.0.0/8", "192.168.0.0/16"], "192.168.1.1", False),
    ("NotIpAddress", ["10.0.0.0/8", "192.168.0.0/16"], "172.16.0.1", True),
    ("ForAllValues:StringEquals", ["a", "b"], ["a", "b"], True),
    ("ForAllValues:StringEquals", ["a", "b"], ["a", "b", "c"], False),
    ("ForAllValues:StringNotEquals", ["a", "b"], ["c", "d"], True),
    ("ForAllValues:StringNotEquals", ["a", "b"], ["c", "b"], False),
    ("ForAnyValue:StringNotEquals", ["a", "b"], ["a", "b"], False),
    ("ForAnyValue:StringNotEquals", ["a", "b"], ["a", "c"], True),
    ("StringEquals", [], "a", False),
    ("StringEquals", [], None, False),
    ("StringEqualsIfExists", [], None, True),
    ("StringNotEquals", [], "a", True),
    ("StringNotEquals", [], None, True),
    ("StringNotEquals", [], ["a", "b"], False),
    ("NumericNotEquals", [], "low", False),
    ("ForAllValues:StringEquals", [], ["a", "b"], False),
    ("ForAllValues:StringEquals", [], None, True),
    ("ForAllValues:StringNotEquals", [], ["a", "b"], True),
    ("ForAnyValue:StringEquals", [], ["a", "b"], False),
    ("ForAnyValue:StringNotEquals", [], ["a", "b"], True),
    ("ForAnyValue:StringNotEquals", [], None, False),
]

NULL: list[tuple[Any, Any, bool]] = [
    ("true", None, True),
    ("true", "", True),
    ("true", [], True),
    ("true", [""], True),
    ("true", "a", False),
    ("true", ["a", "b"], False),
    ("true", ["", "a"], False),
    ("true", ["", ""], True),
    ("false", None, False),
    ("false", "", False),
    ("false", [], False),
    ("false", "a", True),
    ("false", ["a", "b"], True),
    ("false", ["", ""], False),
    ("TRUE", None, True),
    (["true", "false"], None, True),
    (["true", "false"], "a", True),
    ([], None, False),
    ([], "a", False),
    (True, None, True),
    (False, None, False),
]

STRINGS: list[Row] = [
    ("StringEquals", "a", "A", False),
    ("StringEquals", "a*", "a*", True),
    ("StringEquals", "a*", "ab", False),
    ("StringEquals", "a?", "ab", False),
    ("StringEquals", "", "", True),
    ("StringEquals", "é", "e\u0301", False),
    ("StringEquals", 10, "10", True),
    ("StringEquals", True, "true", True),
    ("StringEqualsIgnoreCase", "É", "é", True),
    ("StringEqualsIgnoreCase", "\u03a3", "\u03c3", True),
    ("StringEqualsIgnoreCase", "\u03a3", "\u03c2", False),
    ("StringEqualsIgnoreCase", "ß", "ss", False),
    ("StringEqualsIgnoreCase", "a*", "AB", False),
    ("StringNotEqualsIgnoreCase", "Straße", "STRASSE", True),
    ("StringLike", "a*", "a", True),
    ("StringLike", "a*", "a/b:c\nd", True),
    ("StringLike", "a?c", "abc", True),
    ("StringLike", "a?c", "ac", False),
    ("StringLike", "?", "\U0001f600", True),
    ("StringLike", "?", "e\u0301", False),
    ("StringLike", "A*", "ab", False),
    ("StringLike", "*", "", True),
    ("StringLike", "a.c", "abc", False),
    ("StringLike", ["x*", "*y"], "ay", True),
    ("StringNotLike", ["x*", "*y"], "ay", False),
    ("StringNotLike", ["x*", "*y"], "yx", True),
]

NUMBERS: list[Row] = [
    ("NumericEquals", "1.0", "1", True),
    ("NumericEquals", "-0", "0", True),
    ("NumericEquals", "007", "7", True),
    ("NumericEquals", "0.1", "0.10000000000000000000000000000000000000001", False),
    ("NumericEquals", "1", "+1", False),
    ("NumericNotEquals", "1", "+1", False),
    ("NumericNotEquals", "1", " 1", False),
    ("NumericEquals", "1", "1.", False),
    ("NumericEquals", "1", "\u0661", False),
    ("NumericLessThan", "-1", "-1.5", True),
    ("NumericLessThan", "9007199254740993", "9007199254740992.5", True),
    ("NumericGreaterThan", ["100", "1"], "5", True),
    ("NumericEquals", 1, "1", True),
]

DATES: list[Row] = [
    ("DateEquals", "1714521600", "2024-05-01T00:00:00Z", True),
    ("DateEquals", "2024-05-01", "2024-05-01T02:00:00+02:00", True),
    ("DateEquals", "2024-05-01T00:00:00", "2024-05-01T00:00:00.000Z", True),
    ("DateEquals", "2024-05-01T00:00:00.5Z", "2024-05-01T00:00:00Z", False),
    ("DateLessThan", "2024-05-01T00:00:00.5Z", "2024-05-01T00:00:00.4999Z", True),
    ("DateLessThan", "1970-01-01", "1969-12-31", True),
    ("DateNotEquals", "2024-05-01", "2024-02-30", False),
    ("DateNotEquals", "2024-05-01", "-1", False),
    ("DateEquals", "2024-05-01", "01.05.2024", False),
]

OTHERS: list[Row] = [
    ("Bool", "false", "FALSE", True),
    ("Bool", True, "true", True),
    ("Bool", ["true", "false"], "maybe", False),
    ("BinaryEquals", "QQ==", "QQ", False),
    ("BinaryEquals", "QQ==", "QR==", False),
    ("IpAddress", "203.0.113.7", "203.0.113.7", True),
    ("IpAddress", "203.0.113.7", "203.0.113.8", False),
    ("IpAddress", "203.0.113.200/24", "203.0.113.7", True),
    ("IpAddress", "0.0.0.0/0", "8.8.8.8", True),
    ("IpAddress", "0.0.0.0/0", "::1", False),
    ("NotIpAddress", "0.0.0.0/0", "::1", True),
    ("IpAddress", "::/0", "8.8.8.8", False),
    ("NotIpAddress", "::/0", "8.8.8.8", True),
    ("IpAddress", "::/0", "::ffff:8.8.8.8", True),
    ("IpAddress", "8.8.8.8/32", "::ffff:8.8.8.8", False),
    ("IpAddress", "2001:DB8::/32", "2001:0db8:0:0::1", True),
    ("IpAddress", "2001:db8::1", "2001:db8::1", True),
    ("IpAddress", "2001:db8::1", "2001:db8::2", False),
    ("NotIpAddress", "10.0.0.0/8", "10.0.0.1/32", False),
    ("NotIpAddress", "10.0.0.0/8", "", False),
]

ROLE = "arn:aws:iam::111122223333:role/path/ab"
ARNS: list[Row] = [
    ("ArnLike", "*", ROLE, True),
    ("ArnNotLike", "*", ROLE, False),
    ("ArnLike", "*", "no arn", False),
    ("ArnNotLike", "*", "no arn", False),
    ("ArnLike", "arn:*:*:*:*:*", ROLE, True),
    ("ArnLike", "arn:aws:iam::*:role/*", ROLE, True),
    ("ArnLike", "arn:aws:iam::*:role/*", "arn:aws:iam:eu:1:role/a", False),
    ("ArnLike", "arn:aws:s*:::bucket", "arn:aws:s3:::bucket", True),
    ("ArnLike", "arn:aws:s*::bucket:x", "arn:aws:s3:::bucket:x", False),
    ("ArnLike", "arn:aws:sns:*:*:a:*", "arn:aws:sns:eu-west-1:1:a:b:c", True),
    ("ArnLike", "arn:aws:iam::111122223333:role/path/a?", ROLE, True),
    ("ArnEquals", "arn:aws:iam::*:role/*", ROLE, True),
    ("ArnNotEquals", "arn:aws:iam::*:role/*", ROLE, False),
    ("ArnNotEquals", "arn:aws:iam::*:user/*", ROLE, True),
    ("ArnLike", "arn:AWS:iam::*:role/*", ROLE, False),
]


@pytest.mark.parametrize(("operator", "values", "found", "truth"), OR_ED + STRINGS + NUMBERS + DATES + OTHERS + ARNS)
def test_values(operator: str, values: Any, found: Any, truth: bool) -> None:
    assert holds(operator, values, found) is truth


@pytest.mark.parametrize(("values", "found", "truth"), NULL)
def test_null(values: Any, found: Any, truth: bool) -> None:
    assert holds("Null", values, found) is truth


def test_operators_and_keys_are_and_ed() -> None:
    document = policy(
        {"Condition": {"StringEquals": {"example:a": "1", "example:b": "2"}, "NumericLessThan": {"example:c": "3"}}}
    )
    assert allows([document], request(a="1", b="2", c="2"))
    assert not allows([document], request(a="1", b="2", c="3"))
    assert not allows([document], request(a="1", b="3", c="2"))
    assert not allows([document], request(b="2", c="2"))


def test_key_and_operator_names_ignore_case() -> None:
    assert holds("stringEQUALS", "a", "a", key="aws:PrincipalTag/Team")
    document = policy({"Condition": {"StringEquals": {"AWS:principaltag/TEAM": "a"}}})
    assert allows([document], Request.of("s3:GetObject", BUCKET, {"aws:PrincipalTag/team": "a"}))


def test_operators_on_one_key_see_the_same_text() -> None:
    both = policy({"Condition": {"StringLike": {KEY: "10.*"}, "IpAddress": {KEY: "10.0.0.0/8"}}})
    assert allows([both], request(Key="10.1.2.3"))
    assert not allows([both], request(Key="10.1.2"))


# --- actions and resources -------------------------------------------------------------------------------------------

ACTIONS = [
    ({"Action": "*"}, True),
    ({"Action": "s3:*"}, True),
    ({"Action": "S3:getobject"}, True),
    ({"Action": "s3:Get*"}, True),
    ({"Action": "s3:GetObjec?"}, True),
    ({"Action": "s3:GetObject?"}, False),
    ({"Action": "s?:GetObject"}, True),
    ({"Action": "*:GetObject"}, True),
    ({"Action": "s3:Put*"}, False),
    ({"Action": ["s3:Put*", "s3:GetObject"]}, True),
    ({"Action": "GetObject"}, False),
    ({"Action": "s3:Get Object"}, False),
    ({"Action": "s3:GetObject,s3:PutObject"}, False),
    ({"NotAction": "s3:Put*"}, True),
    ({"NotAction": ["s3:Put*", "S3:GETOBJECT"]}, False),
    ({"NotAction": "*"}, False),
    ({"NotAction": "GetObject"}, True),
]

OBJECT = "arn:aws:s3:::bucket/a/b:c"
RESOURCES = [
    ({"Resource": "*"}, OBJECT, True),
    ({"Resource": "arn:aws:s3:::bucket/*"}, OBJECT, True),
    ({"Resource": "arn:aws:s3:::bucket/a/b:?"}, OBJECT, True),
    ({"Resource": "arn:aws:s3:::bucket"}, OBJECT, False),
    ({"Resource": "arn:aws:s3:::Bucket/*"}, OBJECT, False),
    ({"Resource": "arn:*:c"}, OBJECT, True),
    ({"Resource": "arn:aws:*/a/*"}, OBJECT, True),
    ({"Resource": ["arn:aws:s3:::other", "arn:aws:s3:::bucket/*"]}, OBJECT, True),
    ({"Resource": "arn:aws:s3:::bucket/?"}, "arn:aws:s3:::bucket/\U0001f600", True),
    ({"NotResource": "arn:aws:s3:::bucket/*"}, OBJECT, False),
    ({"NotResource": "arn:aws:s3:::other/*"}, OBJECT, True),
    ({"NotResource": ["arn:aws:s3:::other", "arn:aws:s3:::bucket/*"]}, OBJECT, False),
    ({"Resource": "*"}, "*", True),
    ({"Resource": "arn:*"}, "*", False),
    ({"NotResource": "arn:aws:s3:::bucket/*"}, "*", True),
    ({"NotResource": "*"}, "*", False),
]


@pytest.mark.parametrize(("element", "truth"), ACTIONS)
def test_actions(element: dict[str, Any], truth: bool) -> None:
    assert allows([policy(element)], request("s3:GetObject")) is truth


@pytest.mark.parametrize(("element", "resource", "truth"), RESOURCES)
def test_resources(element: dict[str, Any], resource: str, truth: bool) -> None:
    assert allows([policy(element)], request(resource=resource)) is truth


def test_deny_of_a_specific_resource_does_not_deny_an_action_without_resources() -> None:
    document = policy({}, {"Effect": "Deny", "Action": "s3:ListAllMyBuckets", "Resource": BUCKET})
    assert allows([document], request("s3:ListAllMyBuckets", "*"))


# --- policy variables ------------------------------------------------------------------------------------------------

HOME = "arn:aws:s3:::home/${example:User}"
DEFAULT = "arn:aws:s3:::home/${example:User, 'anyone'}"
VARIABLES: list[tuple[dict[str, Any], str, str | list[str] | None, bool]] = [
    # statement, last part of the resource, the key example:User, whether it matches
    ({"Resource": HOME}, "jane", "jane", True),
    ({"Resource": HOME}, "joe", "jane", False),
    ({"Resource": HOME}, "jane", None, False),
    ({"Resource": HOME}, "jane", ["jane", "joe"], False),
    ({"Resource": HOME + "/*"}, "jane/x", "jane", True),
    ({"Resource": HOME}, "jane", "*", False),
    ({"Resource": HOME}, "*", "*", True),
    ({"Resource": HOME}, "Jane", "jane", False),
    ({"Resource": HOME + "x"}, "x", "", True),
    ({"Resource": DEFAULT}, "anyone", None, True),
    ({"Resource": DEFAULT}, "jane", "jane", True),
    ({"Resource": DEFAULT}, "anyone", "jane", False),
    ({"Resource": DEFAULT + "x"}, "x", "", True),
    ({"Resource": DEFAULT + "x"}, "anyonex", "", False),
    ({"Resource": DEFAULT}, "anyone", ["jane", "joe"], False),
    ({"Resource": "arn:aws:s3:::home/${*}${?}${$}"}, "*?$", None, True),
    ({"Resource": "arn:aws:s3:::home/${*}${?}${$}"}, "abc", None, False),
    ({"Resource": "arn:aws:${example:User}:::home/x"}, "x", "s3", True),
    ({"Resource": "arn:aws:${example:User}home/x"}, "x", "s3:::", True),
    ({"NotResource": HOME}, "jane", "jane", False),
    ({"NotResource": HOME}, "joe", "jane", True),
    ({"NotResource": HOME}, "jane", None, True),
    ({"NotResource": HOME}, "jane", ["jane", "joe"], True),
    ({"NotResource": [HOME, "arn:aws:s3:::home/j*"]}, "jane", None, False),
    ({"Resource": ["arn:aws:s3:::home/${example:User}/${example:User}"]}, "a/a", "a", True),
    ({"Resource": ["arn:aws:s3:::home/${EXAMPLE:user}"]}, "a", "a", True),
]


@pytest.mark.parametrize(("element", "last", "user", "truth"), VARIABLES)
def test_variables_in_resources(element: dict[str, Any], last: str, user: Any, truth: bool) -> None:
    context = {} if user is None else {"example:User": user}
    asked = Request.of("s3:GetObject", f"arn:aws:s3:::home/{last}", context)
    assert allows([policy(element)], asked) is truth


def test_variables_are_plain_text_before_2012() -> None:
    document = policy({"Resource": HOME}, version="2008-10-17")
    assert not allows([document], Request.of("s3:GetObject", "arn:aws:s3:::home/jane", {"example:User": "jane"}))
    assert allows([document], Request.of("s3:GetObject", HOME, {"example:User": "jane"}))


ACCOUNT = "arn:aws:iam::${example:User}:role/a"
CONDITION_VARIABLES: list[tuple[str, Any, str | list[str] | None, str | list[str] | None, bool]] = [
    # operator, values, the key itself, the key example:User, whether it holds
    ("StringEquals", "${example:User}", "jane", "jane", True),
    ("StringEquals", "${example:User}", "jane", "joe", False),
    ("StringEquals", "${example:User}", "jane", None, False),
    ("StringEquals", "${example:User}", "jane", ["jane", "joe"], False),
    ("StringEquals", ["${example:User}", "jane"], "jane", None, True),
    ("StringEquals", "${example:User}", "", None, False),
    ("StringEquals", "${example:User}", "", "", True),
    ("StringEquals", "${example:User, 'jane'}", "jane", None, True),
    ("StringEquals", "${example:User, 'jane'}", "jane", "joe", False),
    ("StringEquals", "${example:User, 'jane'}", "jane", ["jane", "joe"], False),
    ("StringEquals", "${example:User}", None, None, False),
    ("StringEqualsIfExists", "${example:User}", None, None, True),
    ("StringEqualsIfExists", "${example:User}", "jane", None, False),
    ("StringEqualsIgnoreCase", "${example:User}", "JANE", "jAnE", True),
    ("StringNotEquals", "${example:User}", "jane", "jane", False),
    ("StringNotEquals", "${example:User}", "jane", "joe", True),
    ("StringNotEquals", "${example:User}", "jane", None, True),
    ("StringNotEquals", "${example:User}", "jane", ["jane", "joe"], True),
    ("StringNotEquals", ["${example:User}", "jane"], "jane", None, False),
    ("StringLike", "a-${example:User}-*", "a-x-b", "x", True),
    ("StringLike", "a-${example:User}-*", "a-y-b", "*", False),
    ("StringLike", "a-${example:User}-*", "a-*-b", "*", True),
    ("StringLike", "${example:User}", "", "", True),
    ("StringNotLike", "a-${example:User}-*", "a-y-b", "*", True),
    ("StringLike", "${example:Key}", "jane", None, True),
    ("StringNotLike", "${example:Key}", "jane", None, False),
    ("ForAllValues:StringEquals", "${example:User}", ["jane", "joe"], None, False),
    ("ForAllValues:StringEquals", "${example:User}", ["jane", "jane"], "jane", True),
    ("ForAllValues:StringNotEquals", "${example:User}", ["jane", "joe"], None, True),
    ("ForAllValues:StringNotEquals", "${example:User}", ["jane", "joe"], "jane", False),
    ("ForAnyValue:StringEquals", "${example:User}", ["jane", "joe"], "joe", True),
    ("ForAnyValue:StringEquals", "${example:User}", ["jane", "joe"], None, False),
    ("ForAnyValue:StringNotEquals", "${example:User}", ["jane", "joe"], None, True),
    ("ForAnyValue:StringEquals", "${example:Key}", ["jane", "joe"], None, False),
    ("ArnLike", ACCOUNT, "arn:aws:iam::1:role/a", "1", True),
    ("ArnLike", ACCOUNT, "arn:aws:iam::1:role/a", "*", False),
    ("ArnLike", ACCOUNT, "arn:aws:iam::1:role/a", None, False),
    ("ArnNotLike", ACCOUNT, "arn:aws:iam::1:role/a", None, True),
    ("ArnNotLike", ACCOUNT, "no arn", None, False),
    ("ArnLike", "arn:aws:iam:${example:User}:2:a", "arn:aws:iam::1:2:a", ":1", False),
    ("ArnEquals", "${example:User}", "arn:aws:iam::1:role/a", "arn:aws:iam::1:role/a", True),
    ("ArnEquals", "${example:User}", "arn:aws:iam::1:role/a", "arn:aws:iam::*:role/a", False),
    ("ArnEquals", "${example:User}", "arn:aws:iam::1:role/a", None, False),
    ("ArnNotEquals", "${example:User}", "arn:aws:iam::1:role/a", "arn:aws:iam::1:role/b", True),
    ("ArnNotEquals", "${example:User}", "arn:aws:iam::1:role/a", None, True),
    ("ArnEquals", "${example:User}", "no arn", "no arn", False),
    ("Bool", "${example:User}", "true", "TRUE", True),
    ("Bool", "${example:User}", "true", "false", False),
    ("Bool", "${example:User}", "true", "yes", False),
    ("Bool", "${example:User}", "true", None, False),
    ("Bool", "${example:User, 'true'}", "true", None, True),
    ("Bool", "t${example:User}e", "true", "ru", True),
    ("Bool", "${example:User}", "yes", "yes", False),
    ("BoolIfExists", "${example:User}", None, "yes", True),
]


@pytest.mark.parametrize(("operator", "values", "found", "user", "truth"), CONDITION_VARIABLES)
def test_variables_in_conditions(operator: str, values: Any, found: Any, user: Any, truth: bool) -> None:
    context = {name: value for name, value in ((KEY, found), ("example:User", user)) if value is not None}
    document = policy({"Condition": {operator: {KEY: values}}})
    assert allows([document], Request.of("s3:GetObject", BUCKET, context)) is truth


# --- composition -----------------------------------------------------------------------------------------------------

ALLOW, DENY, SILENT = policy({}), policy({"Effect": "Deny"}), policy({"Action": "ec2:*"})
BOTH = policy({}, {"Effect": "Deny", "Action": "s3:Get*"})
ELSEWHERE = policy({"Effect": "Deny", "Action": "ec2:*"})

COMPOSITIONS = [
    (Documents((ALLOW,)), Decision.ALLOWED),
    (Documents((SILENT,)), Decision.IMPLICIT_DENY),
    (Documents(()), Decision.IMPLICIT_DENY),
    (Documents((ELSEWHERE,)), Decision.IMPLICIT_DENY),
    (Documents((DENY,)), Decision.EXPLICIT_DENY),
    (Documents((BOTH,)), Decision.EXPLICIT_DENY),
    (Documents((SILENT, ALLOW)), Decision.ALLOWED),
    (Documents((ALLOW, DENY)), Decision.EXPLICIT_DENY),
    (Documents((ALLOW, ELSEWHERE)), Decision.ALLOWED),
    (Documents((ALLOW,), boundary=ALLOW), Decision.ALLOWED),
    (Documents((ALLOW,), boundary=SILENT), Decision.IMPLICIT_DENY),
    (Documents((ALLOW,), boundary=BOTH), Decision.EXPLICIT_DENY),
    (Documents((SILENT,), boundary=ALLOW), Decision.IMPLICIT_DENY),
    (Documents((SILENT,), boundary=DENY), Decision.EXPLICIT_DENY),
    (Documents((ALLOW,), session=ALLOW), Decision.ALLOWED),
    (Documents((ALLOW,), session=SILENT), Decision.IMPLICIT_DENY),
    (Documents((SILENT,), session=ALLOW), Decision.IMPLICIT_DENY),
    (Documents((ALLOW,), session=BOTH), Decision.EXPLICIT_DENY),
    (Documents((ALLOW,), boundary=ALLOW, session=SILENT), Decision.IMPLICIT_DENY),
    (Documents((ALLOW,), scps=((ALLOW,),)), Decision.ALLOWED),
    (Documents((ALLOW,), scps=((SILENT,),)), Decision.IMPLICIT_DENY),
    (Documents((ALLOW,), scps=((SILENT, ALLOW),)), Decision.ALLOWED),
    (Documents((ALLOW,), scps=((ALLOW,), (SILENT,))), Decision.IMPLICIT_DENY),
    (Documents((ALLOW,), scps=((ALLOW,), (SILENT, ALLOW))), Decision.ALLOWED),
    (Documents((ALLOW,), scps=((ALLOW,), (ALLOW, DENY))), Decision.EXPLICIT_DENY),
    (Documents((SILENT,), scps=((ALLOW,),)), Decision.IMPLICIT_DENY),
    (Documents((ALLOW,), rcps=(DENY,)), Decision.EXPLICIT_DENY),
    (Documents((ALLOW,), rcps=(ELSEWHERE,)), Decision.ALLOWED),
    (Documents((SILENT,), rcps=(ALLOW,)), Decision.IMPLICIT_DENY),
    (Documents((ALLOW,), boundary=SILENT, rcps=(ELSEWHERE, DENY)), Decision.EXPLICIT_DENY),
]


@pytest.mark.parametrize(("documents", "decision"), COMPOSITIONS)
def test_composition(documents: Documents, decision: Decision) -> None:
    assert evaluate(documents, request()).decision is decision


def test_a_level_of_several_acts_as_one() -> None:
    assert allows([SILENT, ALLOW], request())
    assert not allows([ALLOW, DENY], request())
    assert not allows([SILENT], request())
    assert not allows([], request())
    assert denies([ALLOW, DENY], request())
    assert not denies([ALLOW, ELSEWHERE], request())


def test_an_rcp_says_principal_everyone() -> None:
    rcp = policy({"Effect": "Deny", "Principal": "*", "Action": "s3:*"})
    assert evaluate(Documents((ALLOW,), rcps=(rcp,)), request()).decision is Decision.EXPLICIT_DENY


def test_named_principals_are_never_guessed() -> None:
    named = policy({"Principal": {"AWS": "arn:aws:iam::111122223333:root"}})
    with pytest.raises(Unsupported):
        allows([named], request())


def bare(actions: Actions | None, principals: Principals | None = None) -> Policy:
    """Return a policy that `parse` would not make."""
    statement = Statement(0, None, Effect.ALLOW, principals, actions, None, (), SPAN)
    return Policy(Version.V2012, None, (statement,), Source("<text>", ""))


def test_a_statement_without_an_action_is_an_error() -> None:
    with pytest.raises(PolicyError):
        allows([bare(None)], request())


def test_a_statement_without_a_resource_matches_any() -> None:
    assert allows([bare(policy({}).statements[0].actions)], request())


def test_quantifiers_are_all_in_the_table() -> None:
    assert {prefix for prefix, _, _ in TRUTHS} == {quantifier.value for quantifier in Quantifier}


def test_a_large_document_is_fast_enough_and_right() -> None:
    actions = [f"svc{number}:Do{number}*" for number in range(2_700)]
    document = policy({"Action": actions}, {"Effect": "Deny", "Action": "svc7:Do7Never"})
    assert allows([document], request("svc2699:Do2699It"))
    assert not allows([document], request("svc2700:Do2700It"))
    assert denies([document], request("svc7:Do7Never"))
