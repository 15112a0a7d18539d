"""Questions made of AWS managed policies and their mutations: engine, string solvers and evaluator never contradict."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from tests.agreement import judge as judging
from tests.agreement.campaign import campaign
from tests.agreement.judge import economical, judge
from tests.agreement.managed import ManagedQuestion, draw
from tests.agreement.questions import Tally
from tests.agreement.solvers import Solvers
from tests.commands import PATIENCE
from verifier.questions.verdict import Contained

_SEED = 2026
_COUNT = 40


def drawn(count: int, seed: int = _SEED) -> Iterator[tuple[random.Random, ManagedQuestion]]:
    """Questions, each with what it was drawn by."""
    for place in range(count):
        chance = random.Random(f"{seed}.{place}")  # noqa: S311  # no secret
        yield chance, draw(chance)


@pytest.fixture(scope="module")
def solvers() -> Iterator[Solvers]:
    """String solvers with little effort."""
    found = economical(PATIENCE)
    yield found
    found.end()


def test_no_judge_contradicts_another(solvers: Solvers):
    tally = Tally()
    for chance, question in drawn(_COUNT):
        judge(question, solvers, chance, tally)
    assert not tally.contradictions
    assert not tally.undecided
    assert tally.counts["questions"] == _COUNT
    assert tally.counts["questions decided by a string solver"] >= _COUNT // 2


def test_a_seed_draws_the_same_questions_again():
    assert [question.line for _, question in drawn(20)] == [question.line for _, question in drawn(20)]


@pytest.mark.parametrize("referred", [True, False], ids=["string solvers", "evaluator alone"])
def test_a_wrong_proof_is_noticed(referred: bool, solvers: Solvers, monkeypatch: pytest.MonkeyPatch):
    """Of questions whose answer is an escape, most are noticed by each kind of judge if `prove` says `contained`."""
    monkeypatch.setattr(judging, "prove", lambda *_: Contained(vacuous=False))
    tally = Tally()
    for chance, question in drawn(_COUNT):
        if question.line["ask"] == "prove":
            judge(question, solvers if referred else None, chance, tally)
    assert len(tally.contradictions) > 5


@pytest.mark.long
def test_campaign(capsys: pytest.CaptureFixture[str]):
    """At least 50,000 questions, most of them decided by a string solver too."""
    with capsys.disabled():
        whole = campaign("managed", 50_000, 1, 2, print)
    assert not whole.contradictions
    assert whole.counts["questions"] >= 50_000
    assert whole.counts["questions decided by a string solver"] >= 40_000
