"""The JSON answers: their keys, what is left out, and that their schema describes them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from verifier import Policy, evaluate
from verifier.base.errors import PolicyError
from verifier.base.source import Span
from verifier.clouds.aws.request import Request
from verifier.questions.verdict import Contained, Difference, Escapes, Relation, Undecided
from verifier.report.answer_schema import schema
from verifier.report.answers import answer_of

REQUEST = Request.of("s3:GetObject", "*", {"aws:TagKeys": ["a", "b"], "aws:SourceIp": "203.0.113.7"})
PLAIN = {
    "action": "s3:GetObject",
    "resource": "*",
    "context": {"aws:SourceIp": "203.0.113.7", "aws:TagKeys": ["a", "b"]},
}
ANSWERS: list[tuple[Any, dict[str, Any]]] = [
    (Contained(vacuous=True, assumes=("x",)), {"verdict": "contained", "vacuous": True, "assumes": ["x"]}),
    (Contained(vacuous=None), {"verdict": "contained", "assumes": []}),
    (Escapes(REQUEST), {"verdict": "escapes", "vacuous": False, "request": PLAIN, "realistic": True, "assumes": []}),
    (Undecided("time"), {"verdict": "undecided", "reason": "time", "assumes": []}),
    (
        Difference(Relation.INCOMPARABLE, REQUEST, REQUEST, denies_same=False),
        {
            "verdict": "incomparable",
            "gained": {"request": PLAIN, "realistic": True},
            "lost": {"request": PLAIN, "realistic": True},
            "denies": "different",
            "assumes": [],
        },
    ),
    (
        Difference(Relation.EQUIVALENT, denies_same=True),
        {"verdict": "equivalent", "vacuous": False, "denies": "same", "assumes": []},
    ),
    (Difference(Relation.EQUIVALENT, vacuous=True), {"verdict": "equivalent", "vacuous": True, "assumes": []}),
    (Difference(Relation.EQUIVALENT, vacuous=None), {"verdict": "equivalent", "assumes": []}),
    (Difference(Relation.UNDECIDED, reason="time"), {"verdict": "undecided", "reason": "time", "assumes": []}),
    (PolicyError("wrong", span=Span(1, 5, 1, 6)), {"error": {"message": "wrong", "line": 1, "column": 5}}),
    (PolicyError("wrong", help="fix it"), {"error": {"message": "wrong", "help": "fix it"}}),
]


@pytest.mark.parametrize(("found", "wanted"), ANSWERS)
def test_an_answer_holds_the_keys_that_apply(found: Any, wanted: dict[str, Any]) -> None:
    assert answer_of(found).as_json() == wanted


def test_an_evaluation_is_what_it_says_of_itself() -> None:
    policy = Policy.parse('{"Statement": {"Effect": "Allow", "Action": "iam:*", "Resource": "*"}}')
    answer = answer_of(evaluate([policy], REQUEST)).as_json()
    assert answer["decision"] == "implicit-deny"
    (statement,) = answer["statements"]
    assert "sid" not in statement
    assert statement["failed"][0]["element"] == "Action"


def test_a_line_of_a_batch_moves_the_places_and_keeps_the_id() -> None:
    answer = answer_of(PolicyError("wrong", span=Span(1, 5, 1, 6)), {"a": None}, 7).as_json()
    assert answer == {"id": {"a": None}, "error": {"message": "wrong", "line": 7, "column": 5}}


def test_the_schema_is_json_and_knows_every_key() -> None:
    found = schema()
    json.dumps(found)
    for _, wanted in ANSWERS:
        assert any(set(wanted) <= set(part["properties"]) for part in found["$defs"].values())
