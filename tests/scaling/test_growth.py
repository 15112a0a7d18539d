"""How proofs scale, as it is measured for people."""

from __future__ import annotations

import pytest

from verifier import UsageError, growth
from verifier.scaling.growth import Growth


def test_growth_measures_the_families_that_are_named():
    measured = growth("statements", "documents", seconds=0.2)
    assert [one.family for one in measured] == ["statements", "documents"]
    for one in measured:
        assert one.points[0][0] == 10
        assert all(taken > 0 for _, taken in one.points)
    assert len(measured.as_rows()) == repr(measured).count("\n") == 2
    assert "<table>" in measured._repr_html_()


def test_the_exponent_is_the_slope_of_the_upper_half():
    points = ((10, 5.0), (20, 9.0), (100, 1.0), (1000, 100.0), (10_000, 10_000.0))
    assert Growth("f", points).exponent == pytest.approx(2)
    assert str(Growth("f", ((10, 5.0),)).exponent) == "nan"


def test_growth_knows_its_families():
    with pytest.raises(UsageError, match="there is no family `statement`; use one of `statements`"):
        growth("statement")
    with pytest.raises(UsageError, match="must be a positive number of seconds"):
        growth(seconds=-1)
