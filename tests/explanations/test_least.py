"""A least set that is enough: of any monotone test, also one that cannot always tell."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from verifier.explanations.needed import Least, least

ITEMS = range(9)
# Sets of items; what holds one of them whole is enough.
REASONS = st.lists(st.frozensets(st.sampled_from(ITEMS), max_size=4), max_size=4)


def enough(reasons: list[frozenset[int]], kept: frozenset[int]) -> bool:
    return any(reason <= kept for reason in reasons)


@given(REASONS)
def test_what_is_kept_is_enough_and_none_of_it_can_be_left_out(reasons: list[frozenset[int]]) -> None:
    found = least(ITEMS, lambda kept: enough(reasons, kept))
    if found is None:
        assert not enough(reasons, frozenset(ITEMS))
        return
    assert found.unsure == frozenset()
    assert enough(reasons, found.kept)
    assert all(not enough(reasons, found.kept - {item}) for item in found.kept)


@given(REASONS, st.integers(0, 12))
def test_what_cannot_be_told_stays_and_is_named(reasons: list[frozenset[int]], told: int) -> None:
    asked = 0

    def tells(kept: frozenset[int]) -> bool | None:
        nonlocal asked
        asked += 1
        return enough(reasons, kept) if asked <= told else None

    found = least(ITEMS, tells)
    if found is not None:
        assert enough(reasons, found.kept)
        assert found.unsure <= found.kept
        assert all(not enough(reasons, found.kept - {item}) for item in found.kept - found.unsure)


def test_the_front_is_left_out_first() -> None:
    assert least(ITEMS, bool) == Least(frozenset({8}))
    assert least((), lambda _: False) is None
    assert least((), lambda _: True) == Least(frozenset())
