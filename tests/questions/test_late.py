"""What is not begun any more once the time is over."""

from __future__ import annotations

import math

import pytest

from verifier.base.budget import Budget
from verifier.clouds.aws.policy.parse import parse
from verifier.clouds.aws.request import Request
from verifier.clouds.aws.world import shrink as polish
from verifier.clouds.aws.world.shrink import Judge, with_likely_values
from verifier.questions.ask import Ask
from verifier.questions.claims import Claim, Level, Says
from verifier.questions.search import search
from verifier.smt.solve import Unknown
from verifier.strings.values import Key

OVER = Budget(-math.inf, 2)
KEYS = {Key.of(name): "x" for name in (*(f"acme:k{number}" for number in range(20)), "aws:SourceIp")}
POLICY = parse('{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}')


def refused(*_: object, **__: object) -> None:
    """Fail the test."""
    pytest.fail("it was begun although the time is over")


def test_no_document_is_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verifier.clouds.aws.cloud.compile_policy", refused)
    assert search([Claim(Level((POLICY,)), Says.ALLOWS)], OVER, Ask(2)) == Unknown("the time limit of 2 s was reached")


def test_no_value_is_proposed(monkeypatch: pytest.MonkeyPatch) -> None:
    claims = [Claim(Level((POLICY,)), Says.ALLOWS)]
    request = Request("s3:GetObject", "*", KEYS)
    monkeypatch.setattr(polish, "proposals", refused)
    assert with_likely_values(Judge(claims, OVER), request) is request
    monkeypatch.setattr(Budget, "of", lambda _: OVER)
    assert polish.polish(claims, request) is request
