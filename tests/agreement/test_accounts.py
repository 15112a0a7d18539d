"""`who` and audits of drawn accounts agree with the evaluator, and a wrong answer is noticed."""

from __future__ import annotations

import random

import pytest

from tests.agreement import accounts
from tests.agreement.accounts import compare_account, drawn_account
from tests.agreement.questions import Tally
from verifier.audits.access import AccessVerdict


@pytest.mark.parametrize("seed", range(12))
def test_who_and_audits_of_accounts_agree_with_the_evaluator(seed: int):
    chance, tally = random.Random(f"fast {seed}"), Tally()  # noqa: S311  # no secret
    compare_account(drawn_account(chance), chance, tally, requests=8)
    assert tally.contradictions == []
    assert tally.counts["pairs"] == 16


def test_a_wrong_answer_is_a_disagreement(monkeypatch: pytest.MonkeyPatch):
    real = accounts._decided
    monkeypatch.setattr(accounts, "_decided", lambda *asked: not real(*asked))
    chance, tally = random.Random("planted"), Tally()  # noqa: S311  # no secret
    compare_account(drawn_account(chance), chance, tally, requests=2)
    assert [text for text in tally.contradictions if text.startswith(f"who says {AccessVerdict.CANNOT.value}")]
