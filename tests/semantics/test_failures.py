"""The words for what a request does not meet, and whether it is an exception; the reading of each point by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from verifier import Policy
from verifier.base.errors import PolicyError
from verifier.clouds.aws.evaluate.evaluate import allows, denies, match_statement, meets_actions
from verifier.clouds.aws.policy.readings import Point
from verifier.clouds.aws.policy.types import PolicyType
from verifier.clouds.aws.request import Request
from verifier.logic.actions import Effect
from verifier.logic.readings import USUAL, Reading

RCP = {"Effect": "Deny", "Principal": "*"}


def document(**statement: Any) -> Policy:
    """A document of one statement about `s3:GetObject` and everything, but for what it says otherwise."""
    whole: dict[str, Any] = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", **statement}
    for name in ("Action", "Resource"):
        if f"Not{name}" in whole:
            del whole[name]
    read = Policy.parse(json.dumps({"Version": "2012-10-17", "Statement": whole}))
    (policy,) = read.cloud.alike((read,), PolicyType.RCP) if "Principal" in whole else (read,)
    return policy


def failures(policy: Policy, reading: Reading = USUAL, **request: Any) -> list[tuple[str, str, bool]]:
    """What the statement of `policy` fails on."""
    asked = Request.of(request.pop("action", "s3:GetObject"), request.pop("resource", "*"), request)
    found = [(one.element, one.reason, one.exception) for one in match_statement(policy.statements[0], asked, reading)]
    actions = policy.statements[0].actions
    assert actions is not None
    assert meets_actions(actions, asked, reading) == (not [one for one in found if one[0].endswith("Action")])
    says = denies if policy.statements[0].effect is Effect.DENY else allows
    assert says([policy], asked, reading) == (not found)
    return found


def when(operator: str, value: object) -> dict[str, Any]:
    """A condition on one key."""
    return {"Condition": {operator: {"k:k": value}}}


WORDS: list[tuple[dict[str, Any], dict[str, Any], list[tuple[str, str, bool]]]] = [
    (
        {**RCP, "Action": "kms:*"},
        {"action": "kms:RetireGrant"},
        [("Action", "no RCP applies to `kms:RetireGrant`", False)],
    ),
    ({**RCP, "Action": "kms:*"}, {"action": "kms:GetKeyPolicy"}, []),
    ({"Action": "s3:Put*"}, {}, [("Action", "no entry matches `s3:GetObject`", False)]),
    ({"NotAction": "s3:Get*"}, {}, [("NotAction", "the entry `s3:Get*` matches `s3:GetObject`", True)]),
    ({"NotAction": "s3:Put*"}, {}, []),
    ({"Resource": "arn:aws:s3:::a"}, {}, [("Resource", "no entry matches `*`", False)]),
    (
        {"NotResource": "arn:aws:s3:::*"},
        {"resource": "arn:aws:s3:::b"},
        [("NotResource", "the entry `arn:aws:s3:::*` matches `arn:aws:s3:::b`", True)],
    ),
    (
        {"Resource": ["arn:aws:s3:::${k:a}", "arn:aws:s3:::${k:b}"]},
        {"resource": "arn:aws:s3:::b"},
        [("Resource", "no entry matches `arn:aws:s3:::b`; `${k:a}` has no value; `${k:b}` has no value", False)],
    ),
    (when("Null", "true"), {"k:k": "a"}, [("Null k:k", "the key is present", False)]),
    (when("Null", "false"), {}, [("Null k:k", "the key is absent", False)]),
    (when("Null", "false"), {"k:k": ""}, [("Null k:k", "the key has only the empty string", False)]),
    (when("Null", "false"), {"k:k": ["", ""]}, [("Null k:k", "the key has only empty strings", False)]),
    (when("Null", []), {}, [("Null k:k", "there is no value to match", False)]),
    (
        when("ForAnyValue:StringEquals", "a"),
        {"k:k": [""]},
        [("ForAnyValue:StringEquals k:k", "the key has no value except the empty string", False)],
    ),
]


@pytest.mark.parametrize(("statement", "request_", "expected"), WORDS)
def test_what_fails_is_said(
    statement: dict[str, Any], request_: dict[str, Any], expected: list[tuple[str, str, bool]]
) -> None:
    assert failures(document(**statement), **request_) == expected


JANE, BOB = (f"arn:aws:iam::111122223333:user/{name}" for name in ("jane", "bob"))
OF_WHO: list[tuple[dict[str, Any], str | None, list[tuple[str, str, bool]]]] = [
    ({"Principal": {"AWS": BOB}}, JANE, [("Principal", f"no entry names `{JANE}`", False)]),
    ({"Principal": {"AWS": JANE}}, JANE, []),
    ({"NotPrincipal": {"AWS": JANE}}, JANE, [("NotPrincipal", f"the entry `{JANE}` names `{JANE}`", True)]),
    ({"NotPrincipal": {"AWS": BOB}}, JANE, []),
    ({"NotPrincipal": "*"}, None, [("NotPrincipal", "the entry `*` names `*`", True)]),
]


@pytest.mark.parametrize(("statement", "principal", "expected"), OF_WHO)
def test_whom_a_statement_does_not_name_is_said(
    statement: dict[str, Any], principal: str | None, expected: list[tuple[str, str, bool]]
) -> None:
    whole = {"Effect": "Allow", "Action": "*", "Resource": "*", **statement}
    policy = Policy.parse(json.dumps({"Version": "2012-10-17", "Statement": whole}))
    found = match_statement(policy.statements[0], Request.of("s3:GetObject", "*", principal=principal))
    assert [(one.element, one.reason, one.exception) for one in found] == expected


def test_a_statement_without_actions_is_refused() -> None:
    statement = replace(document().statements[0], actions=None)
    with pytest.raises(PolicyError) as refused:
        next(match_statement(statement, Request.of("s3:GetObject", "*")))
    assert str(refused.value).endswith("the statement has no `Action`; add `Action` or `NotAction`")
    assert refused.value.span == statement.span


@pytest.mark.parametrize(("operator", "exception"), [("StringEquals", False), ("StringNotEquals", True)])
def test_a_negated_condition_is_an_exception(operator: str, exception: bool) -> None:
    ((element, _, excepts),) = failures(
        document(**when(operator, "a")), **{"k:k": "a" if operator == "StringNotEquals" else "b"}
    )
    assert (element, excepts) == (f"{operator} k:k", exception)


EARLY = {"Resource": "arn:aws:s3::${k:k}:b"}
LATE = {"Resource": "arn:aws:s3:::${k:k}"}
OPEN: list[tuple[Point, dict[str, Any], dict[str, Any], bool, bool]] = [
    (Point.WILD_SERVICE, {"Action": "s?:GetObject"}, {}, True, False),
    (Point.WILD_SERVICE, {"Action": "*"}, {}, True, True),
    (Point.WILD_SERVICE, {"Action": "s3:*"}, {}, True, True),
    (
        Point.EARLY_VARIABLE,
        EARLY,
        {"resource": "arn:aws:s3::1:b", "k:k": "1"},
        True,
        False,
    ),
    (Point.EARLY_VARIABLE, LATE, {"resource": "arn:aws:s3:::b", "k:k": "b"}, True, True),
    (Point.WILD_VALUE, LATE, {"resource": "arn:aws:s3:::b", "k:k": "*"}, False, True),
    (Point.WILD_VALUE, LATE, {"resource": "arn:aws:s3:::b", "k:k": "b"}, True, True),
    (Point.EMPTY_LIST, when("ForAllValues:StringNotEquals", []), {"k:k": "a"}, True, False),
    (Point.EMPTY_LIST, when("StringEquals", ["a"]), {"k:k": "a"}, True, True),
    (Point.NULL_OF_NOTHING, when("Null", "true"), {"k:k": ""}, True, False),
]


@pytest.mark.parametrize(("point", "statement", "request_", "usual", "other"), OPEN)
def test_a_statement_matches_under_either_reading(
    point: Point, statement: dict[str, Any], request_: dict[str, Any], usual: bool, other: bool
) -> None:
    policy = document(**statement)
    matches = [not failures(policy, reading, **request_) for reading in (USUAL, frozenset((point,)))]
    assert matches == [usual, other]
