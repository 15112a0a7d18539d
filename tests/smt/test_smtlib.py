"""The exports: standard scripts that cvc5 and Z3 read and decide alike, whatever characters the documents hold."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.agreement.solvers import cvc5_answer, z3_answer
from tests.commands import PATIENCE
from tests.test_cases import CASES, Asked
from verifier import Contained, Escapes, Policy, prove
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.policy.types import PolicyType
from verifier.questions.answer import export_question
from verifier.questions.ask import Ask
from verifier.questions.question import ConfineQuestion, DiffQuestion, ProveQuestion

# What is found of what is gained and of what is lost, by the verdict; what is undecided hinges on a reading.
_SIDES = {
    "equivalent": [["unsat", "unsat"]],
    "wider": [["sat", "unsat"]],
    "narrower": [["unsat", "sat"]],
    "incomparable": [["sat", "sat"]],
    "undecided": [["sat", "unsat"], ["unsat", "sat"], ["sat", "sat"]],
}
HIGH = "\U0010ffff"  # beyond SMT-LIB's last character


def policy(resource: str, action: str = "s3:GetObject", effect: str = "Allow", **more: object) -> Policy:
    """A document of one statement."""
    statement = {"Effect": effect, "Action": action, "Resource": resource, **more}
    return Policy.parse(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))


def on(name: str) -> str:
    """An object in a bucket."""
    return f"arn:aws:s3:::bucket/{name}"


def when(**tests: object) -> dict[str, object]:
    """Conditions on one key."""
    return {"Condition": {operator: {"acme:k": value} for operator, value in tests.items()}}


PAIRS: dict[str, tuple[Policy, Policy, str]] = {
    "plain": (policy(on("a*")), policy(on("*")), "unsat"),
    "wider": (policy(on("*")), policy(on("a*")), "sat"),
    "a character beyond the last": (policy(on(HIGH)), policy(on("?")), "unsat"),
    "which is not another": (policy(on(HIGH)), policy(on("\U0010fffe")), "sat"),
    "nor one that it is renamed to": (policy(on(HIGH)), policy(on("\U0002ffff")), "sat"),
    "quotes, backslashes and escapes": (policy(on('"\\u{41}')), policy(on('"\\u{41}*')), "unsat"),
    "an escape is no character": (policy(on("\\u{41}")), policy(on("A")), "sat"),
    "a command within a text": (policy(on("(check-sat)x")), policy(on("x")), "sat"),
    "case ignored": (
        policy("*", **when(StringEqualsIgnoreCase="Key")),
        policy("*", **when(StringLike=["[K]*", "k*", "K*", "\u212a*"])),
        "unsat",
    ),
    "numbers": (policy("*", **when(NumericLessThan="5")), policy("*", **when(NumericLessThan="5.5")), "unsat"),
    "networks": (
        policy("*", **when(IpAddress="203.0.113.0/25")),
        policy("*", **when(IpAddress="203.0.113.0/24")),
        "unsat",
    ),
    "networks apart": (policy("*", **when(IpAddress="10.0.0.0/8")), policy("*", **when(IpAddress="11.0.0.0/8")), "sat"),
    "networks of 128 bits": (
        policy("*", **when(IpAddress="2001:db8::/32")),
        policy("*", **when(IpAddress=["2001:db8::/33", "2001:db8:8000::/33"])),
        "unsat",
    ),
    "networks of 128 bits apart": (
        policy("*", **when(IpAddress="2001:db8::/32")),
        policy("*", **when(IpAddress=["2001:db9::/32", "0.0.0.0/0"])),
        "sat",
    ),
    "variables": (policy(on("${aws:username}/x")), policy(on("${aws:username}/*")), "unsat"),
    "a list escapes": (
        policy("*", **when(**{"ForAnyValue:StringEquals": "a"})),
        policy("*", **when(StringEquals="a")),
        "sat",
    ),
    "lists": (
        policy("*", **when(**{"ForAllValues:StringEquals": ["a"], "ForAnyValue:StringLike": "*"})),
        policy("*", **when(**{"ForAnyValue:StringEquals": "a"})),
        "unsat",
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_solvers_agree_on_the_export(name: str) -> None:
    asked, maximum, expected = PAIRS[name]
    (script,) = export_question(ProveQuestion(Documents((asked,)), maximum), Ask())
    assert cvc5_answer(script, PATIENCE) == expected
    assert z3_answer((script, [], 1024), PATIENCE).answer == expected


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("encoding", ["fast", "strings"])
def test_encodings_say_what_the_solvers_say(name: str, encoding: str) -> None:
    asked, maximum, expected = PAIRS[name]
    verdict = prove([asked], maximum, encoding=encoding)
    assert isinstance(verdict, Contained if expected == "unsat" else Escapes), verdict


def test_a_renamed_character_comes_back() -> None:
    """The counterexample of the string encoding holds the character of the document."""
    verdict = prove([policy(on(HIGH))], policy(on("x")), encoding="strings")
    assert isinstance(verdict, Escapes)
    assert verdict.request.resource == on(HIGH)


def test_every_question_has_its_script() -> None:
    """A script is ASCII, ends in one `(check-sat)`, and says what its being unsatisfiable means."""
    questions = (
        ConfineQuestion(policy(on("*")), ("s3",)),
        DiffQuestion(policy(on("a")), policy(on("b"))),
        ProveQuestion(Documents((policy(on("é")),)), policy("*")),
    )
    scripts = [script for question in questions for script in export_question(question, Ask())]
    assert len(scripts) == 4
    for script in scripts:
        assert script.isascii()
        assert len(re.findall(r"^\(check-sat\)$", script, re.MULTILINE)) == 1
        assert "unsatisfiable" in script


NAMING_WHO = [
    case
    for case in CASES
    if case["ask"] == "diff" and "Principal" in json.dumps(case) and case["expect"].get("verdict") in _SIDES
    if isinstance(case["old"], dict)
]


@pytest.mark.parametrize("case", NAMING_WHO, ids=lambda case: case["name"])
def test_solvers_say_how_documents_that_name_principals_differ(case: dict[str, Any]) -> None:
    """What is equivalent or not is so under every reading, unless the case asks for the usual one only."""
    asked = Asked(case)
    types = {type_.value: type_ for type_ in PolicyType}
    question = DiffQuestion(asked.needed("old"), asked.needed("new"), types.get(case.get("type", "")))
    said = [
        {z3_answer((script, [], 1024), PATIENCE, 100_000).answer, cvc5_answer(script, PATIENCE, 20_000).split()[0]}
        for script in export_question(question, Ask(readings=asked.reading))
    ]
    gained, lost = (one - {"unknown"} for one in said)
    assert gained or lost
    assert any(gained <= {one} and lost <= {other} for one, other in _SIDES[case["expect"]["verdict"]])
