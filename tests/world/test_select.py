"""Which counterexample is shown, how one is labelled that AWS cannot make, and what `--world aws` answers."""

from __future__ import annotations

import copy
import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cli.conftest import Call, call, folder, policy  # noqa: F401  # fixtures
from tests.world.check_requests import unfit
from verifier import Contained, Escapes, Policy, Undecided, batch, diff, prove
from verifier.base.budget import Budget
from verifier.bulk.records import question_key, recalled, record_of
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.request import Request
from verifier.clouds.aws.world.facts import broken
from verifier.clouds.aws.world.search import _union
from verifier.clouds.aws.world.select import choose
from verifier.questions.answer import answer
from verifier.questions.ask import Ask, World
from verifier.questions.claims import replays
from verifier.questions.prove import beyond
from verifier.questions.question import Posed, ProveQuestion
from verifier.questions.ways import allowed
from verifier.report.answers import answer_of
from verifier.report.style import Style
from verifier.report.text import verdict_text
from verifier.strings.pattern import Pattern, parse_pattern
from verifier.strings.values import Key

MAXIMUM = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}}
BOUNDARY_KEY = {"StringEquals": {"iam:PermissionsBoundary": "arn:aws:iam::111122223333:policy/b"}}

# What is allowed, and what is shown.
SHOWN: list[tuple[Any, Any, Any, str, str, dict[str, str]]] = [
    ("iam:PassRole", "*", {}, "iam:PassRole", "arn:aws:iam::111122223333:role/example-role", {}),
    ("iam:PassRole", "arn:aws:iam::*:role/ci-*", {}, "iam:PassRole", "arn:aws:iam::111122223333:role/ci-example", {}),
    ("s3:GetObject", "arn:aws:s3:::reports/*", {}, "s3:GetObject", "arn:aws:s3:::reports/example-object", {}),
    ("s3:PutObject", "arn:aws:s3:::logs*", {}, "s3:PutObject", "arn:aws:s3:::logs/example-object", {}),
    ("iam:ListUsers", "*", {}, "iam:ListUsers", "*", {}),
    (["s3:Zork", "iam:PassRole"], "*", {}, "iam:PassRole", "arn:aws:iam::111122223333:role/example-role", {}),
    (
        "s3:GetObject",
        "*",
        {"IpAddress": {"aws:SourceIp": ["198.51.100.0/24"]}},
        "s3:GetObject",
        "arn:aws:s3:::example-bucket/example-object",
        {"aws:SourceIp": "198.51.100.7"},
    ),
    (
        "s3:GetObject",
        "arn:aws:s3:::*",
        {"StringEquals": {"aws:PrincipalAccount": "${aws:ResourceAccount}"}},
        "s3:GetObject",
        "arn:aws:s3:::example-bucket/example-object",
        {"aws:PrincipalAccount": "111122223333", "aws:ResourceAccount": "111122223333"},
    ),
    (
        "iam:CreateUser",
        "arn:aws:iam::*:user/${aws:username}/*",
        {},
        "iam:CreateUser",
        "arn:aws:iam::111122223333:user/jane/example",
        {"aws:username": "jane"},
    ),
    (
        "iam:ListUsers",
        "*",
        {"BoolIfExists": {"aws:SecureTransport": "true"}},
        "iam:ListUsers",
        "*",
        {},
    ),
]


def allowing(actions: Any, resources: Any, condition: Any) -> Policy:
    statement = {"Effect": "Allow", "Action": actions, "Resource": resources, "Condition": condition}
    return Policy.parse(json.dumps({"Version": "2012-10-17", "Statement": statement}))


def asked(actions: Any, resources: Any, condition: Any, world: str = "all") -> Contained | Escapes | Undecided:
    maximum = Policy.parse(json.dumps(MAXIMUM))
    return prove([allowing(actions, resources, condition)], maximum, world=world)  # type: ignore[arg-type]  # by name


@pytest.mark.parametrize(("actions", "resources", "condition", "action", "on", "context"), SHOWN)
@pytest.mark.parametrize("world", ["all", "aws"])
def test_a_request_that_could_happen_is_shown(
    actions: Any, resources: Any, condition: Any, action: str, on: str, context: dict[str, str], world: str
) -> None:
    verdict = asked(actions, resources, condition, world)
    assert isinstance(verdict, Escapes)
    assert verdict.request.as_json() == {"action": action, "resource": on, "context": context}
    assert verdict.realistic
    assert unfit(verdict.request.as_json()) == []


# What is allowed although AWS cannot do it, and a fact that each such request breaks.
LABELLED: list[tuple[Any, Any, Any, str]] = [
    ("s3:Zork", "*", {}, "AWS has no action `s3:Zork`"),
    ("zork:*", "*", {}, "AWS has no action"),
    ("iam:CreateAccessKey", "*", BOUNDARY_KEY, "`iam:CreateAccessKey` does not support `iam:PermissionsBoundary`"),
    ("s3:GetObject", "arn:aws:s3:::only-a-bucket", {}, "does not support the resource"),
    ("s3:GetObject", "*", {"StringEquals": {"ec2:key": "x"}}, "does not support `ec2:key`"),
    ("s3:GetObject", "*", {"Null": {"aws:SecureTransport": "true"}}, "every request carries `aws:SecureTransport`"),
    (
        "s3:GetObject",
        "*",
        {"Null": {"aws:SourceIp": "false", "aws:SourceVpc": "false"}},
        "no request carries both `aws:SourceIp` and `aws:SourceVpc`",
    ),
]


@pytest.mark.parametrize(("actions", "resources", "condition", "fact"), LABELLED)
def test_a_request_that_cannot_happen_is_labelled(actions: Any, resources: Any, condition: Any, fact: str) -> None:
    verdict = asked(actions, resources, condition)
    assert isinstance(verdict, Escapes)
    assert not verdict.realistic
    assert verdict.fit.none_fits
    assert len(verdict.breaks) == 1
    assert fact in verdict.breaks[0]
    answer = answer_of(verdict).as_json()
    assert (answer["realistic"], answer["breaks"], answer["none_fits"]) == (False, list(verdict.breaks), True)
    text = verdict_text(verdict, Style(False, None))
    assert "NOT REALISTIC  proved: every counterexample contradicts AWS's catalogue" in text
    assert verdict.breaks[0] in text


@pytest.mark.parametrize(("actions", "resources", "condition", "fact"), LABELLED)
def test_what_cannot_happen_is_contained_in_the_world(actions: Any, resources: Any, condition: Any, fact: str) -> None:
    verdict = asked(actions, resources, condition, "aws")
    assert isinstance(verdict, Contained)
    assert verdict.vacuous
    assert verdict.world is World.AWS
    assert any("2026-" in each for each in verdict.assumes)
    assert answer_of(verdict).as_json()["world"] == "aws"
    assert "in the world of AWS's catalogue of 2026-" in verdict_text(verdict, Style(False, None))


def test_each_side_of_a_difference_is_labelled() -> None:
    old, new = allowing("s3:GetObject", "*", {}), allowing("s3:Zork", "*", {})
    found = diff(old, new)
    assert (found.gained_fit.realistic, found.lost_fit.realistic) == (False, True)
    answer = answer_of(found).as_json()
    assert (answer["gained"]["realistic"], answer["lost"]["realistic"]) == (False, True)
    assert answer["gained"]["breaks"] == ["AWS has no action `s3:Zork`"]
    assert diff(old, new, world="aws").relation.value == "narrower"


def test_lines_of_a_batch_name_a_world() -> None:
    document = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Zork", "Resource": "*"}}
    line = {"ask": "prove", "policies": [document], "maximum": MAXIMUM}
    lines = [line, {**line, "world": "aws"}, {**line, "world": "all"}, {**line, "world": "mars"}]
    texts = [json.dumps(each) for each in lines]
    found = list(batch(texts))
    assert [each.get("verdict") for each in found] == ["escapes", "contained", "escapes", None]
    assert found[3]["error"]["help"] == "use `all` or `aws`"
    assert [each.get("verdict") for each in batch(texts[:3], world="aws")] == ["contained", "contained", "escapes"]


def test_a_cache_keeps_worlds_and_labels_apart() -> None:
    policies, maximum = (allowing("s3:Zork", "*", {}),), Policy.parse(json.dumps(MAXIMUM))
    question = ProveQuestion(Documents(policies), maximum)
    plain, narrowed = Posed(question, Ask()), Posed(question, Ask(world=World.AWS))
    assert question_key(plain) != question_key(narrowed)
    for each in (plain, narrowed):
        found = answer(each.question, each.ask)
        record = record_of(found)
        assert record is not None
        assert recalled(each, record) == found


COMMANDS = [
    ("prove --policy zork.json --maximum maximum.json", "CONTAINED"),
    ("diff zork.json none.json", "EQUIVALENT"),
    ("confine zork.json --to s3", "CONFINED"),
    ("sweep zork.json --maximum maximum.json -v", "CONTAINED"),
]


@pytest.mark.parametrize(("line", "word"), COMMANDS)
def test_commands_take_a_world(line: str, word: str, call: Call, folder: Path) -> None:  # noqa: F811  # fixtures
    for name, action in (("zork.json", "iam:Zork"), ("none.json", "zork:Zork")):
        (folder / name).write_text(json.dumps(policy(action=action)), encoding="utf-8")
    assert call(*line.split()).code == 1
    narrowed = call(*line.split(), "--world", "aws")
    assert narrowed.code == 0, narrowed.err
    assert narrowed.out.startswith(word)
    assert "catalogue of 2026-" in narrowed.out
    assert call(*line.split(), "--world", "mars").code == 2


def test_a_verdict_that_nobody_looked_at_is_as_good_as_another() -> None:
    looked, travelled, compared = (asked("iam:PassRole", "*", {}) for _ in range(3))
    assert isinstance(looked, Escapes)
    again = pickle.loads(pickle.dumps(travelled))  # noqa: S301 - our own
    assert looked.request.action == "iam:PassRole"
    assert again == looked == compared == copy.copy(looked)
    assert type(again) is Escapes
    assert Escapes(looked.request, looked.assumes) == looked
    with pytest.raises(AttributeError):
        looked.nothing  # type: ignore[attr-defined]  # noqa: B018 - on purpose


def test_without_time_the_request_found_stands() -> None:
    policy_, maximum = allowing("iam:*", "*", {}), Policy.parse(json.dumps(MAXIMUM))
    claims = beyond(allowed(Documents((policy_,))), maximum)
    found = choose(claims, Request.of("iam:xyz", "arn:aws:zork:::x", {"zork:key": "x"}), Budget.of(0))
    assert replays(claims, found.request)
    assert found.fit.breaks == broken(found.request)
    assert not found.fit.none_fits


def test_documents_of_thousands_of_resources_are_chosen_from() -> None:
    resources = [f"arn:aws:s3:::bucket-{number}/*" for number in range(4_000)]
    conditions = {"StringLike": {"aws:PrincipalTag/team": [f"team-{number}-*" for number in range(4_000)]}}
    verdict = asked("s3:*", resources, conditions)
    assert isinstance(verdict, Escapes)
    assert verdict.realistic


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("aws:CurrentTime", ["jane", "19*"]),
        ("aws:EpochTime", ["jane", "??"]),
        ("aws:SourceIp", ["203.0.113.0/24", "10.*"]),
        ("aws:SecureTransport", ["yes", "TRU*"]),
        ("aws:PrincipalArn", ["jane", "arn:aws:iam::999999999999:user/x*"]),
        ("aws:MultiFactorAuthAge", ["soon", "9?"]),
    ],
)
def test_a_key_holds_values_of_its_type_only(key: str, values: list[str]) -> None:
    """Rule 3, though the documents spell likelier texts."""
    verdict = asked("s3:GetObject", "*", {"StringLike": {key: values}})
    assert isinstance(verdict, Escapes)
    assert verdict.request.context[Key.of(key)] not in values


@given(st.lists(st.text("ab*?", min_size=1, max_size=4).map(parse_pattern), max_size=5), st.text("ab", max_size=5))
def test_names_are_matched_together_as_one_by_one(names: list[Pattern], word: str) -> None:
    assert _union(names)(word) == any(name.matches(word) for name in names)
