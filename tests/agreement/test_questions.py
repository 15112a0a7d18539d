"""Verdicts never contradict: fast encoding, Z3's string theory, cvc5 on the export, all requests over small pools."""

from __future__ import annotations

import pytest
from hypothesis import given

from tests.agreement.campaign import campaign
from tests.agreement.questions import Question, Tally, compare, questions
from tests.agreement.solvers import Solvers
from tests.commands import PATIENCE
from tests.profiles import share


@share(0.5)
@given(questions())
def test_force_finds_no_escape_from_what_is_contained(question: Question):
    tally = Tally()
    compare(question, None, tally, brute=True)
    assert not tally.contradictions


def test_three_solvers_do_not_contradict():
    tally, solvers = Tally(), Solvers(PATIENCE, z3_units=100_000, cvc5_units=20_000)

    @share(0.33)
    @given(questions(most=1, keys=1))
    def run(question: Question) -> None:
        compare(question, solvers, tally)
        assert not tally.contradictions

    try:
        run()
    finally:
        solvers.end()
    assert tally.counts["strings absent"]
    assert tally.counts["cvc5 absent"]


@pytest.mark.long
@pytest.mark.parametrize(("kind", "count"), [("questions", 20_200), ("force", 20_400)])
def test_campaign(kind: str, count: int, capsys: pytest.CaptureFixture[str]):
    """At least 20,000 questions each."""
    with capsys.disabled():
        whole = campaign(kind, count, 1, 2, print)
    assert not whole.contradictions
    assert whole.counts["questions"] >= 20_000
