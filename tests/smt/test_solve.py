"""What is refuted case by case before Z3 is asked, and how much is tried."""

from __future__ import annotations

import itertools

import pytest

from verifier.base.budget import Budget
from verifier.logic.formula import FALSE, TRUE, And, Formula, Or, Present, all_of, any_of, negate
from verifier.smt import solve as module
from verifier.strings.values import Key

ATOMS = [Present(Key.of(f"acme:k{number}")) for number in range(module._MOST_ATOMS + 1)]


def is_refuted(formula: Formula) -> bool:
    return module._is_false_in_each_case(formula, Budget.of(600))


def every_choice(count: int) -> Formula:
    """Each choice of truths of so many atoms is ruled out, so that it takes one case less to see that none is left."""
    signs = itertools.product((False, True), repeat=count)
    return all_of(
        any_of(negate(one) if sign else one for one, sign in zip(ATOMS, some, strict=False)) for some in signs
    )


@pytest.mark.parametrize(("count", "refuted"), [(2, True), (3, True), (4, False)])
def test_two_levels_of_cases_are_tried(count: int, refuted: bool) -> None:
    assert is_refuted(every_choice(count)) is refuted


def test_what_is_no_choice_is_what_it_is() -> None:
    assert is_refuted(FALSE)
    assert not is_refuted(TRUE)
    assert not is_refuted(ATOMS[0])
    assert not is_refuted(all_of(ATOMS[:2]))


@pytest.mark.parametrize(("count", "refuted"), [(module._MOST_CASES, True), (module._MOST_CASES + 1, False)])
def test_a_choice_of_many_is_left_to_z3(count: int, refuted: bool) -> None:
    some = ATOMS[:count]
    assert is_refuted(And((Or(tuple(some)), *map(negate, some)))) is refuted


@pytest.mark.parametrize(("count", "refuted"), [(module._MOST_ATOMS, True), (module._MOST_ATOMS + 1, False)])
def test_a_formula_about_much_is_left_to_z3(count: int, refuted: bool) -> None:
    assert is_refuted(all_of((every_choice(2), *ATOMS[2:count]))) is refuted
