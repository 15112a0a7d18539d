"""The counterexamples of real policies could happen, wherever one that could exists."""

from __future__ import annotations

import pytest

from tests.world.campaign import collect


@pytest.mark.parametrize("count", [25, pytest.param(500, marks=pytest.mark.long)])
def test_a_counterexample_fits_where_one_exists(count: int) -> None:
    found = collect(count, seed=1)
    assert found.missed == []
    assert found.counts["fit"] + found.counts["none exists"] == count
