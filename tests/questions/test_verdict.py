"""Verdicts as Python shows them, what they refuse, and how they travel."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pytest

from verifier import Policy, diff, prove
from verifier.clouds.aws.policy.readings import Point
from verifier.clouds.aws.policy.unknown import MayMatch
from verifier.clouds.aws.request import Request
from verifier.questions.verdict import (
    Contained,
    Difference,
    Escapes,
    Fit,
    Granted,
    Hinges,
    Leaning,
    Missing,
    Relation,
    Undecided,
)

REQUEST = Request.of("s3:GetObject", "arn:aws:s3:::a")
TAGGED = Request.of("s3:PutObject", "*", {"aws:PrincipalTag/Ö": ["a", "b"]})
UNREAL = Fit(("no such key", "no such type"))
HINGES = Hinges(REQUEST, (Point.STAR_CROSSES, Point.ABSENT_UNDER_ANY))
WHO = "arn:aws:iam::111122223333:user/a"
ASKED = Request.of("s3:GetObject", "*", principal=WHO)
LEANS = (Leaning(MayMatch((), "Resource", "${b}"), True), Leaning(MayMatch((), "Resource", "${c}"), False))

ALLOW = {"Effect": "Allow", "Resource": "*"}

SHOWN: list[tuple[Any, str]] = [
    (Contained(vacuous=False), "contained"),
    (Contained(vacuous=None), "contained"),
    (Contained(vacuous=True), "contained, vacuously: nothing at all is allowed"),
    (Escapes(REQUEST), "escapes: s3:GetObject on arn:aws:s3:::a"),
    (
        Escapes(TAGGED, fit=UNREAL),
        'escapes: s3:PutObject on * with {"aws:PrincipalTag/Ö": ["a", "b"]} (not realistic: no such key; no such type)',
    ),
    (
        Escapes(ASKED, fit=Fit(leans=LEANS, where="a user\u001b asks")),
        f"escapes: s3:GetObject on * by {WHO}, where a user\\x1b asks, if `${{b}}` matches and `${{c}}` does not match",
    ),
    (Granted(vacuous=False), "granted"),
    (Granted(vacuous=None), "granted"),
    (Granted(vacuous=True), "granted, vacuously: nothing at all is needed"),
    (
        Missing(REQUEST, ("boundary", "scp level 1"), fit=Fit(("no such key",))),
        "missing: s3:GetObject on arn:aws:s3:::a, stopped by boundary, scp level 1 (not realistic: no such key)",
    ),
    (Undecided("no time\u001b"), "undecided: no time\\x1b"),
    (Undecided("it hangs", hinges=HINGES), "undecided: it hangs: s3:GetObject on arn:aws:s3:::a"),
    (
        Undecided("it hangs", hinges=Hinges(REQUEST, HINGES.points, Fit(("no such key",)))),
        "undecided: it hangs: s3:GetObject on arn:aws:s3:::a (not realistic: no such key)",
    ),
    (Difference(Relation.EQUIVALENT), "equivalent"),
    (Difference(Relation.EQUIVALENT, vacuous=True), "equivalent, vacuously: neither document allows anything"),
    (
        Difference(Relation.EQUIVALENT, vacuous=True, only_deny=True),
        "equivalent, vacuously: neither document denies anything",
    ),
    (
        Difference(Relation.INCOMPARABLE, REQUEST, Request.of("s3:PutObject", "*"), gained_fit=Fit(("no such key",))),
        "incomparable\ngained: s3:GetObject on arn:aws:s3:::a (not realistic: no such key)\nlost: s3:PutObject on *",
    ),
    (
        Difference(Relation.DIFFERENT, lost=REQUEST, lost_fit=Fit(("no such key",)), reason="no time\u001b"),
        "different\nlost: s3:GetObject on arn:aws:s3:::a (not realistic: no such key)\nreason: no time\\x1b",
    ),
]


@pytest.mark.parametrize(("verdict", "text"), SHOWN)
def test_what_is_shown(verdict: object, text: str) -> None:
    assert str(verdict) == repr(verdict) == text


@pytest.mark.parametrize(("effect", "verb"), [("Allow", "allows"), ("Deny", "denies")])
def test_of_two_documents_without_effect_it_is_said_what_they_do_not(effect: str, verb: str) -> None:
    never = '"Condition": {"StringEquals": {"aws:username": []}}'
    text = f'{{"Statement": {{"Effect": "{effect}", "Action": "*", "Resource": "*", {never}}}}}'
    found = diff(Policy.parse(text), Policy.parse(text))
    assert str(found) == f"equivalent, vacuously: neither document {verb} anything"


@pytest.mark.parametrize("verdict", [verdict for verdict, _ in SHOWN])
def test_a_verdict_has_no_truth_value(verdict: object) -> None:
    with pytest.raises(TypeError, match=f"no truth value.*, {type(verdict).__name__}\\)"):
        bool(verdict)


def test_an_action_is_spelled_as_in_the_document() -> None:
    document, maximum = (
        Policy.parse(json.dumps({"Version": "2012-10-17", "Statement": {**ALLOW, "Action": action}}))
        for action in ("acme:DoIt", "acme:Other")
    )
    answer = prove(policies=[document], maximum=maximum)
    assert isinstance(answer, Escapes)
    assert answer.request.action == "acme:DoIt"


def test_what_an_answer_hangs_on_is_a_reason() -> None:
    assert HINGES.reason("escapes") == "escapes if AWS reads rules 10 and 18 the other way"


@pytest.mark.parametrize("verdict", [verdict for verdict, _ in SHOWN])
def test_a_verdict_travels(verdict: object) -> None:
    assert pickle.loads(pickle.dumps(verdict)) == verdict  # noqa: S301 - our own


def test_what_an_answer_leans_on_is_named_with_the_way_it_has_to_be() -> None:
    named = {"unknown": "${b}", "element": "Resource"}, {"unknown": "${c}", "element": "Resource"}
    assert [one.as_json() for one in LEANS] == [{**named[0], "matches": True}, {**named[1], "matches": False}]


def test_what_speaks_against_a_request_is_the_verdicts() -> None:
    assert (Escapes(TAGGED, fit=UNREAL).breaks, Escapes(TAGGED, fit=UNREAL).realistic) == (UNREAL.breaks, False)
    assert (Escapes(TAGGED).breaks, Escapes(TAGGED).realistic) == ((), True)
