"""What `prove --needs` says where one of its searches is made undecided, and of parts without a value."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.agreement.unknowns import with_holes
from verifier import Granted, Missing, Policy, Undecided, explain, prove_needs
from verifier.clouds.aws.documents import Documents
from verifier.questions import ways as asking
from verifier.questions.needs import refusals
from verifier.questions.question import NeedsQuestion
from verifier.questions.verdict import SearchResult
from verifier.smt.solve import Unknown


@pytest.fixture(autouse=True)
def nothing_at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """No request is at hand before the search, which is what these tests are about."""
    monkeypatch.setattr("verifier.questions.ways.plainly", lambda *_: None)


_SEARCH = asking.search


def policy(*actions: str) -> Policy:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    return Policy.parse(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))


def plant(monkeypatch: pytest.MonkeyPatch, *undecided: int) -> list[int]:
    """Make the searches of the numbers `undecided`, from 0, find nothing out; return what counts them."""
    calls: list[int] = []

    def search(*arguments: Any, **options: Any) -> SearchResult:
        calls.append(len(calls))
        return Unknown("planted") if calls[-1] in undecided else _SEARCH(*arguments, **options)

    monkeypatch.setattr("verifier.questions.ways.search", search)
    return calls


# What policy and boundary allow, which searches are undecided (0 policy, 1 boundary), and the answer.
OPEN: list[tuple[str, str, tuple[int, ...], type]] = [
    ("s3:*", "s3:*", (), Granted),
    ("s3:*", "s3:*", (0,), Undecided),
    ("s3:*", "s3:*", (1,), Undecided),
    ("ec2:*", "s3:*", (1,), Missing),
    ("s3:*", "ec2:*", (0,), Missing),
    ("s3:*", "ec2:*", (0, 1), Undecided),
    ("ec2:*", "s3:*", (0,), Undecided),
]


@pytest.mark.parametrize(("policies", "boundary", "undecided", "answer"), OPEN)
def test_one_that_is_found_is_enough_and_a_proof_takes_all(
    policies: str, boundary: str, undecided: tuple[int, ...], answer: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch, *undecided)
    found = prove_needs([policy(policies)], policy("s3:Get*"), policy(boundary))
    assert type(found) is answer
    if isinstance(found, Undecided):
        assert found.reason == "planted"


def test_what_may_be_missing_is_told_apart_only_if_it_is_asked_for() -> None:
    """Then each way is about what the levels before let through."""
    question = NeedsQuestion(Documents((policy("s3:*"),), policy("ec2:*")), policy("s3:Get*"))
    assert [len(way) for way in refusals(question)] == [2, 2]
    assert [len(way) for way in refusals(question, apart=True)] == [2, 3]


def holed(**statement: object) -> Policy:
    whole = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"} | statement
    return with_holes({"Version": "2012-10-17", "Statement": [whole]})


NEEDS = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/x"}


@pytest.mark.parametrize(
    ("allowed", "needed", "answer", "leans"),
    [
        ({}, {"Resource": "arn:aws:s3:::⟦b⟧/x"}, Granted, {}),
        ({"Resource": "arn:aws:s3:::⟦b⟧/*"}, NEEDS, Missing, {"arn:aws:s3:::${b}/*": False}),
        ({"Resource": "⟦b⟧"}, {"Resource": "⟦b⟧"}, Granted, {}),
        ({"Resource": "⟦b⟧"}, {"Resource": "⟦c⟧"}, Missing, {"${b}": False, "${c}": True}),
        ({"Resource": "arn:aws:s3:::a/*"}, {"Resource": "⟦b⟧"}, Missing, {"${b}": True}),
        ({"Action": "ec2:*"}, {"Resource": "*"}, Missing, {}),
    ],
)
def test_a_part_without_a_value_can_be_any(
    allowed: dict[str, Any], needed: dict[str, Any], answer: type, leans: dict[str, bool]
) -> None:
    found = prove_needs([policy("*")], holed(**needed), holed(**allowed))
    assert type(found) is answer, found
    if isinstance(found, Missing):
        assert {one.point.text: one.matches for one in found.fit.leans} == leans  # type: ignore[attr-defined]  # a point of AWS
        assert found.stopped_by == ("boundary",)


def test_what_stops_a_request_comes_last() -> None:
    policies, wanted, boundary = [policy("s3:*")], policy("s3:Get*"), policy("ec2:*")
    found = prove_needs(policies, wanted, boundary, scps=[policy("*")])
    why = explain(found, policies=policies, needs=wanted, boundary=boundary, scps=[policy("*")])
    assert [line.split(":")[0] for line in str(why).splitlines() if not line.startswith(" ")] == [
        "needs",
        "policy",
        "scp level 1",
        "boundary",
    ]
