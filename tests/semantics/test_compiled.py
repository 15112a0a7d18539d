"""A compiled document says of a request what the evaluator says, under each reading of the points that it touches.

Tables of statements, with the points of each, and of requests; the formulas are read by `logic/holds.py`, which knows
neither the solver nor the evaluator.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Set
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import pytest

from tests.agreement.unknowns import with_holes
from verifier import Policy
from verifier.base.errors import Unsupported
from verifier.clouds.aws.compile.compile import compile_policy, compile_readings
from verifier.clouds.aws.compile.conditions import compile_condition
from verifier.clouds.aws.compile.domains import can_hold
from verifier.clouds.aws.compile.touched import touched
from verifier.clouds.aws.evaluate.evaluate import denies
from verifier.clouds.aws.policy.readings import Point
from verifier.clouds.aws.policy.types import PolicyType
from verifier.clouds.aws.request import Request
from verifier.logic.formula import FALSE, TRUE, Atom, Formula, Reads, map_atoms
from verifier.logic.holds import left_open
from verifier.logic.readings import Reading
from verifier.logic.rules import Ruleset
from verifier.strings.values import Comparison, Key

BUCKET = "arn:aws:s3:::"
ACTIONS = ["s3:GetObject", "s3:PutObject", "ec2:GetObject", "kms:RetireGrant", "kms:Decrypt", "sqs:GetObject"]
RESOURCES = [
    "*",
    f"{BUCKET}a",
    f"{BUCKET}A",
    f"{BUCKET}b",
    f"{BUCKET}axb",
    f"{BUCKET}a:b",
    f"{BUCKET}a:",
    "arn:aws:sqs:a:a:a",
]
VALUES = [
    None,
    "",
    "a",
    "b",
    "*",
    "A",
    "1",
    "true",
    "TRUE",
    "false",
    "FALSE",
    "10.0.0.1",
    "2001:db8::1",
    "2020-01-01T00:00:00Z",
]
VALUES += [f"{BUCKET}a", f"{BUCKET}A", f"{BUCKET}a:b", "s3"]
SINGLE = [("aws:SourceIp", "10.0.0.1"), ("aws:SourceIp", "11.0.0.1"), ("aws:CurrentTime", "2020-01-01T00:00:00Z")]
SINGLE += [("aws:UserAgent", ""), ("aws:UserAgent", "a")]
LISTS: list[Any] = [["a", "b"], ["1", "a"], ["b", "c"], ["10.0.0.1", "11.0.0.1"]]

Table = list[tuple[dict[str, Any], set[Point]]]
OF_ACTIONS: Table = [
    ({"Action": "*"}, set()),
    ({"Action": ["s3:Get*", "kms:*"]}, set()),
    ({"NotAction": ["s3:Get*", "ec2:*"]}, set()),
    ({"Action": ["s?:Get*", "s3:Put*"]}, {Point.WILD_SERVICE}),
    ({"Action": ["*:Get*"]}, {Point.WILD_SERVICE}),
    ({"Action": ["*", "s?:Get*"]}, {Point.WILD_SERVICE}),
    ({"NotAction": ["s?:Get*", "s3:Put*"]}, {Point.WILD_SERVICE}),
    ({"NotAction": ["s?:Get*"]}, {Point.WILD_SERVICE}),
    ({"NotAction": ["*", "*:*"]}, {Point.WILD_SERVICE}),
    ({"Action": ["*", "*:*"]}, {Point.WILD_SERVICE}),
]
OF_RESOURCES: Table = [
    ({"Resource": [f"{BUCKET}a", f"{BUCKET}b*"]}, set()),
    ({"NotResource": [f"{BUCKET}a", f"{BUCKET}b*"]}, set()),
    ({"Resource": f"{BUCKET}a*b"}, {Point.STAR_CROSSES}),
    ({"NotResource": [f"{BUCKET}a*b", f"{BUCKET}b"]}, {Point.STAR_CROSSES}),
    ({"Resource": f"{BUCKET}a*:b"}, set()),
    ({"Resource": f"{BUCKET}${{acme:k}}"}, {Point.WILD_VALUE}),
    ({"NotResource": f"{BUCKET}${{acme:k}}"}, {Point.WILD_VALUE}),
    ({"Resource": f"{BUCKET}${{acme:k}}*b"}, {Point.WILD_VALUE, Point.STAR_CROSSES}),
    ({"Resource": f"{BUCKET}${{acme:k, '*'}}"}, {Point.WILD_VALUE}),
    ({"Resource": f"{BUCKET}${{acme:k, '?'}}"}, {Point.WILD_VALUE}),
    ({"Resource": "arn:aws:${acme:k}:::a"}, {Point.WILD_VALUE, Point.EARLY_VARIABLE}),
    ({"Resource": f"{BUCKET}${{aws:CurrentTime}}"}, set()),
    ({"Resource": f"{BUCKET}${{aws:CurrentTime, '*'}}"}, {Point.WILD_VALUE}),
    ({"Resource": f"{BUCKET}${{aws:CurrentTime, '?'}}"}, {Point.WILD_VALUE}),
]


def when(operator: str, value: object, key: str = "acme:k") -> dict[str, Any]:
    return {"Condition": {operator: {key: value}}}


OF_CONDITIONS: Table = [
    (when("StringEquals", ["a", "1"]), set()),
    (when("StringEquals", "${acme:o}"), set()),
    (when("StringNotEquals", "a"), {Point.LIST_UNDER_PLAIN}),
    (when("StringNotEquals", []), {Point.LIST_UNDER_PLAIN, Point.EMPTY_LIST}),
    (when("StringEquals", []), set()),
    (when("StringNotEqualsIfExists", "a"), {Point.LIST_UNDER_PLAIN}),
    (when("ForAllValues:StringEquals", ["a", "b"]), set()),
    (when("ForAllValues:StringNotEquals", "a"), set()),
    (when("ForAnyValue:StringNotEquals", "a"), set()),
    (when("ForAnyValue:StringEquals", "a"), set()),
    (when("ForAnyValue:StringEqualsIfExists", "a"), {Point.ABSENT_UNDER_ANY}),
    (when("StringLike", "${acme:o}"), {Point.WILD_VALUE}),
    (when("StringNotLike", "${acme:o}"), {Point.WILD_VALUE, Point.LIST_UNDER_PLAIN}),
    (when("StringEqualsIgnoreCase", "a"), set()),
    (when("StringEqualsIgnoreCase", "${acme:o}"), set()),
    (when("StringEqualsIgnoreCase", "${acme:o}a"), set()),
    (when("StringEquals", "${acme:k}"), set()),
    (when("StringNotEquals", "${acme:k}"), {Point.LIST_UNDER_PLAIN}),
    (when("StringEquals", "${acme:k}a"), set()),
    (when("StringEquals", "${acme:k}${acme:k}"), set()),
    (when("StringEquals", "${acme:o}${acme:k}"), set()),
    (when("StringLike", "${acme:k}"), {Point.WILD_VALUE}),
    (when("StringLike", "${acme:k}*"), {Point.WILD_VALUE}),
    (when("StringLike", "?${acme:k}"), {Point.WILD_VALUE}),
    (when("StringLike", "*${acme:k}*${acme:o}"), {Point.WILD_VALUE}),
    (when("StringLike", ["${acme:o}*", "b"]), {Point.WILD_VALUE}),
    (when("Null", "true"), {Point.NULL_OF_NOTHING}),
    (when("Null", "false"), {Point.NULL_OF_NOTHING}),
    (when("Null", "false", "aws:SourceIp"), set()),
    (when("Null", "true", "aws:UserAgent"), {Point.NULL_OF_NOTHING}),
    (when("Null", "false", "aws:UserAgent"), {Point.NULL_OF_NOTHING}),
    (when("Bool", "true"), set()),
    (when("Bool", "false"), set()),
    (when("Bool", "${acme:o}"), {Point.BOOL_VARIABLE}),
    (when("Bool", "tr${acme:o}"), {Point.BOOL_VARIABLE}),
    (when("Bool", "TR${acme:o}e"), {Point.BOOL_VARIABLE}),
    (when("Bool", ["x${acme:o}", "fal${acme:o}e"]), {Point.BOOL_VARIABLE}),
    (when("ArnLike", "*"), {Point.ARN_STAR}),
    (when("ArnLike", f"{BUCKET}${{acme:o}}"), {Point.WILD_VALUE}),
    (when("ArnNotLike", f"{BUCKET}a"), {Point.LIST_UNDER_PLAIN, Point.NOT_ARN}),
    (when("NumericLessThan", "2"), set()),
    (when("NumericNotEquals", "2"), {Point.LIST_UNDER_PLAIN, Point.ILL_TYPED}),
    (when("ForAnyValue:NumericNotEquals", "2"), {Point.ILL_TYPED}),
    (when("DateNotEquals", "2020-01-01T00:00:00Z"), {Point.LIST_UNDER_PLAIN, Point.ILL_TYPED}),
    (when("DateNotEquals", "2020-01-01T00:00:00Z", "aws:CurrentTime"), set()),
    (when("IpAddress", "10.0.0.0/8"), set()),
    (when("IpAddress", "2001:db8::1"), {Point.BARE_V6}),
    (when("IpAddress", "2001:db8::1/128"), set()),
    (when("NotIpAddress", "10.0.0.0/8"), {Point.LIST_UNDER_PLAIN, Point.ILL_TYPED}),
    (when("NotIpAddress", "10.0.0.0/8", "aws:SourceIp"), set()),
]


OF_WHAT_IS_UNKNOWN: Table = [
    ({"Action": ["⟦a⟧", "s?:Get*", "kms:*"]}, {Point.WILD_SERVICE}),
    ({"Action": ["s3:⟦a⟧", "kms:*"]}, set()),
    ({"Action": ["s3:⟦a⟧", "⟦b⟧:Get*"]}, set()),
    ({"NotAction": ["s3:⟦a⟧", "s?:Get*", "kms:*"]}, {Point.WILD_SERVICE}),
    ({"NotAction": ["s3:⟦a⟧", "kms:*"]}, set()),
    ({"Resource": [f"{BUCKET}⟦a⟧", f"{BUCKET}b"]}, set()),
    ({"NotResource": [f"{BUCKET}⟦a⟧", f"{BUCKET}b"]}, set()),
    (when("StringEquals", ["⟦a⟧", "b"]), set()),
    (when("ForAnyValue:StringNotEquals", ["⟦a⟧", "b"]), set()),
]


def document(**statement: Any) -> Policy:
    """A document that denies."""
    said = {"Effect": "Deny", **({} if "NotAction" in statement else {"Action": "*"})}
    said |= {} if "NotResource" in statement else {"Resource": "*"}
    return with_holes({"Version": "2012-10-17", "Statement": {**said, **statement}})


def readings(points: Set[Any]) -> Iterator[Reading]:
    ordered = sorted(points, key=lambda point: point.value)
    return (frozenset(some) for count in range(len(points) + 1) for some in itertools.combinations(ordered, count))


def says(rules: Ruleset, request: Request, reading: Reading) -> bool:
    """Whether a rule that the action meets holds of the request, read so."""
    guards = (rules.rules[number].guard for number in rules.at(request.action.lower()))
    return any(holds(left_open(guard, request), reading) for guard in guards)


def holds(formula: Formula, reading: Reading) -> bool:
    def decided(atom: Atom) -> Formula:
        return TRUE if isinstance(atom, Reads) and atom.point in reading else FALSE

    return map_atoms(formula, decided) == TRUE


def are_alike(policy: Policy) -> bool:
    """Whether the rules of every reading are known to be about the same actions as the usual ones, one by one."""
    usual, every = compile_policy(policy), compile_readings(policy)
    return every is usual or every.alike is usual


def mentioned(rules: Ruleset) -> set[str]:
    """The points in the guards, by their names."""
    return {point for rule in rules.rules for point in re.findall(r"reads\(([\w-]+)\)", str(rule.guard))}


def agree(policy: Policy, points: Set[Any], request: Request) -> None:
    usual, every = compile_policy(policy), compile_readings(policy)
    assert not mentioned(usual)
    assert mentioned(every) <= {point.value for point in points}
    assert says(usual, request, frozenset()) == denies((policy,), request)
    for reading in readings(points):
        assert says(every, request, reading) == denies((policy,), request, reading), (request, reading)


@pytest.mark.parametrize(("statement", "points"), OF_ACTIONS)
def test_actions(statement: dict[str, Any], points: set[Point]) -> None:
    """Rules 9 and 11."""
    policy = document(**statement)
    assert touched(policy) == points
    for action in ACTIONS:
        agree(policy, points, Request.of(action, "*"))


@pytest.mark.parametrize("actions", [["s3:Get*", "kms:*"], ["kms:RetireGrant"], ["kms:Retire*", "sqs:*"], ["s3:*"]])
def test_actions_of_an_rcp(actions: list[str]) -> None:
    """Rule 30: some actions are bound by no RCP, whatever it names."""
    (policy,) = (read := document(Action=actions, Principal="*")).cloud.alike((read,), PolicyType.RCP)
    for action in ACTIONS:
        agree(policy, set(), Request.of(action, "*"))


@pytest.mark.parametrize(("statement", "points"), OF_RESOURCES)
def test_resources(statement: dict[str, Any], points: set[Point]) -> None:
    """Rules 10 and 25 to 28."""
    policy = document(**statement)
    assert touched(policy) == points
    assert are_alike(policy)
    for resource, value in itertools.product(RESOURCES, [None, "a", "b", "s3", "*", "a:b", ["a", "b"]]):
        agree(policy, points, Request.of("s3:GetObject", resource, {"acme:k": value} if value is not None else {}))


@pytest.mark.parametrize(("statement", "points"), OF_WHAT_IS_UNKNOWN)
def test_what_is_not_known_before_deployment(statement: dict[str, Any], points: set[Point]) -> None:
    """Each entry that is not known is a point too; a row has one of each element, as several are read together."""
    policy = document(**statement)
    every = touched(policy)
    assert {point for point in every if not point.is_unknown} == points != every
    for action, resource, value in itertools.product(ACTIONS, RESOURCES[:4], [None, "a", "b", ["a", "b"]]):
        agree(policy, every, Request.of(action, resource, {"acme:k": value} if value is not None else {}))


@pytest.mark.parametrize(("statement", "points"), OF_CONDITIONS)
def test_conditions(statement: dict[str, Any], points: set[Point]) -> None:
    """Rules 14 to 28; nobody who asks for no readings gets any."""
    policy = document(**statement)
    assert touched(policy) == points
    assert are_alike(policy)
    assert not any("reads(" in str(compile_condition(each)) for each in policy.statements[0].conditions)
    for value, other in itertools.product(
        [*VALUES, *LISTS], [None, "", "a", "*", "?", "A", "true", "False", "ue", "u", "S"]
    ):
        context = {key: one for key, one in (("acme:k", value), ("acme:o", other)) if one is not None}
        agree(policy, points, Request.of("s3:GetObject", "*", context))
    for key, value in SINGLE:
        agree(policy, points, Request.of("s3:GetObject", "*", {key: value}))


@pytest.mark.parametrize(
    ("key", "value", "formula"),
    [
        ("aws:UserAgent", "a", "(present(aws:useragent) and aws:useragent[0] in `a`)"),
        ("acme:k", "${acme:k}a", "false"),
    ],
)
def test_what_is_plain_is_said_plainly(key: str, value: str, formula: str) -> None:
    """A key of one value is not asked whether it has many, and no value is longer than itself."""
    (condition,) = document(**when("StringLike", value, key)).statements[0].conditions
    assert str(compile_condition(condition)) == formula


def test_an_operator_without_a_formula_is_refused() -> None:
    (condition,) = document(**when("StringEquals", "a")).statements[0].conditions
    planted = replace(condition.test.operator, name="planted", relation=Comparison.LESS)
    with pytest.raises(Unsupported, match=r"^`planted` has no formula$"):
        compile_condition(replace(condition, test=replace(condition.test, operator=planted)))


@pytest.mark.parametrize(("plain", "defaults", "refused"), [(0, 6, False), (1, 6, False), (2, 5, False), (0, 7, True)])
def test_a_value_has_few_variables_with_defaults(plain: int, defaults: int, refused: bool) -> None:
    """Each choice of those that are absent is written out."""
    value = "".join(f"${{acme:p{number}}}" for number in range(plain))
    value += "".join(f"${{acme:d{number}, 'x'}}" for number in range(defaults))
    (condition,) = document(**when("StringEquals", value)).statements[0].conditions
    with pytest.raises(Unsupported, match=r"more than 6 variables with defaults$") if refused else nullcontext():
        compile_condition(condition)
    with pytest.raises(Unsupported, match=r"more than 6 variables with defaults$") if refused else nullcontext():
        compile_policy(document(Resource=f"{BUCKET}{value}"))


@pytest.mark.parametrize(
    ("key", "values", "can"),
    [
        ("acme:k", ["x"], True),
        ("acme:k", ["x", ""], True),
        ("aws:SourceIp", ["10.0.0.1"], True),
        ("aws:SourceIp", ["x"], False),
        ("aws:SourceIp", ["10.0.0.1", "10.0.0.2"], False),
        ("aws:UserAgent", ["x", "y"], False),
        ("aws:TagKeys", ["x", "y"], True),
    ],
)
def test_what_a_key_can_hold(key: str, values: list[str], can: bool) -> None:
    """Rule 3: of one type, and one value only, where AWS says so of the key."""
    assert can_hold(Key.of(key), values) is can
