"""Evaluator, formula and Z3 say the same of every (document, request) pair."""

from __future__ import annotations

import pytest
from hypothesis import given

from tests.agreement.campaign import campaign
from tests.agreement.pairs import Example, disagreements, examples
from tests.profiles import share


@share(1.5)
@given(examples())
def test_evaluator_and_formula_agree(example: Example):
    assert not list(disagreements(example, solver=False)), example.document


@share(0.33)
@given(examples(pairs_each=6, most=2))
def test_evaluator_and_z3_agree(example: Example):
    unknown: list[str] = []
    assert not list(disagreements(example, unknown=unknown)), example.document
    assert not unknown


@pytest.mark.long
def test_campaign(capsys: pytest.CaptureFixture[str]):
    """At least 200,000 pairs."""
    with capsys.disabled():
        whole = campaign("pairs", 220_000, 1, 2, print)
    assert not whole.contradictions
    assert whole.counts["pairs"] >= 200_000
