"""Folding by literals: what is left, beside the truth of every assignment; and which literals an answer needs."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.logic.truths import holds
from verifier.base.budget import Budget
from verifier.clouds.aws.policy.readings import Point
from verifier.logic import propagate as module
from verifier.logic.formula import (
    FALSE,
    RESOURCE,
    TRUE,
    And,
    Atom,
    Element,
    Exists,
    Formula,
    Literal,
    Many,
    Member,
    Not,
    Or,
    Present,
    Reads,
    all_of,
    any_of,
    atoms,
    negate,
)
from verifier.logic.propagate import Conjunctions, Folding, Known, choices, implicant, unit_propagate
from verifier.strings.languages import Glob, Wildcard
from verifier.strings.values import Key

KEY = Key.of("acme:k")
P, Q, R = (Present(Key.of(f"acme:{name}")) for name in "pqr")
A, AB, B, ABC = (Member(RESOURCE, Glob((head, Wildcard.TEXT))) for head in ("a", "ab", "b", "abc"))
TEXTS = ("", "a", "ab", "abc", "b", "ba", "c")
LONG = Budget(math.inf, 60)

LEFT: list[tuple[Formula, Formula]] = [
    (all_of((A, any_of((AB, P)))), all_of((A, any_of((AB, P))))),
    (all_of((AB, any_of((A, P)))), AB),
    (all_of((AB, any_of((B, P)))), all_of((AB, P))),
    (all_of((AB, any_of((Not(A), P)))), all_of((AB, P))),
    (all_of((AB, any_of((Not(B), P)))), AB),
    (all_of((Not(A), any_of((AB, P)))), all_of((Not(A), P))),
    (all_of((Not(A), any_of((Not(AB), P)))), Not(A)),
    (all_of((Not(AB), any_of((A, P)))), all_of((Not(AB), any_of((A, P))))),
    (all_of((AB, Not(A))), FALSE),
    (all_of((Not(A), AB)), FALSE),
    (all_of((AB, B)), FALSE),
    (all_of((B, AB)), FALSE),
    (all_of((A, AB)), all_of((A, AB))),
    (all_of((P, any_of((Not(P), Q)))), all_of((P, Q))),
    (all_of((P, any_of((P, Q)))), P),
    (all_of((Not(P), any_of((P, Q)))), all_of((Not(P), Q))),
    (all_of((Not(P), any_of((Not(P), Q)))), Not(P)),
    # A unit that is left over folds what comes before it.
    (all_of((any_of((Not(Q), R)), P, any_of((Not(P), Q)))), all_of((P, R, Q))),
    # What is false as a whole, because its negation is a part.
    (all_of((any_of((P, Q)), any_of((R, all_of((Not(P), Not(Q))))))), all_of((R, any_of((P, Q))))),
]


@pytest.mark.parametrize(("formula", "left"), LEFT, ids=str)
def test_what_is_left(formula: Formula, left: Formula) -> None:
    assert _parts(unit_propagate(formula, LONG)) == _parts(left)


def _parts(formula: Formula) -> set[Formula]:
    return set(formula.parts) if isinstance(formula, And) else {formula}


def formulas() -> st.SearchStrategy[Formula]:
    """Formulas over few atoms, folded no more than by their constructors."""
    literals = st.sampled_from(
        [*(atom for atom in (P, Q, A, AB, B, ABC)), *map(Not, (P, Q, A, AB, B, ABC)), TRUE, FALSE]
    )
    return st.recursive(
        literals, lambda part: st.tuples(st.sampled_from((all_of, any_of)), st.lists(part, max_size=4)).map(_joined)
    )


def _joined(drawn: tuple[object, list[Formula]]) -> Formula:
    join, parts = drawn
    return all_of(parts) if join is all_of else any_of(parts)


def assignments() -> list[dict[Atom, bool]]:
    """What the atoms say of every text, with each key there or not."""
    return [
        {P: p, Q: q, **{atom: atom.language.matches(text) for atom in (A, AB, B, ABC)}}
        for p, q, text in itertools.product((True, False), (True, False), TEXTS)
    ]


@given(formulas())
def test_folding_changes_no_truth(formula: Formula):
    folded = [unit_propagate(formula, LONG), Folding(LONG).of(formula)]
    for given_ in assignments():
        truth = holds(formula, given_.__getitem__)
        assert [holds(one, given_.__getitem__) for one in folded] == [truth, truth]


@given(st.lists(formulas(), max_size=4))
def test_a_conjunction_is_one(parts: list[Formula]):
    large = all_of([Not(ABC), P, *parts])
    for together in (parts, [large, *parts]):
        found = Conjunctions(LONG).of(together)
        for given_ in assignments():
            assert holds(found, given_.__getitem__) == all(holds(part, given_.__getitem__) for part in together)


@pytest.mark.parametrize("size", [module._LARGE, module._LARGE - 1])
def test_a_large_formula_is_read_once_for_all_others(size: int) -> None:
    known = [Not(Member(RESOURCE, Glob((f"a{number}",)))) for number in range(size - 1)]
    large, together = all_of((*known, any_of((P, Q)))), Conjunctions(LONG)
    for number in range(3):
        small = any_of((negate(known[number]), R))
        found = together.of((TRUE, large, small))
        assert found == (all_of((R, large)) if size == module._LARGE else all_of((large, small)))
    assert together.of((large, FALSE)) == FALSE
    assert together.of((TRUE, large)) == large
    assert together.of((P, large)) == all_of((P, large))


def test_a_literal_that_does_not_go_with_the_others_is_noticed_when_it_comes() -> None:
    known = Known(LONG)
    assert [known.add(literal) for literal in (AB, AB, A, Not(B), P, Not(P))] == [True, True, True, True, True, False]
    assert list(known.literals) == [AB, A, Not(B), P, Not(P)]
    assert [known.truth(atom) for atom in (A, ABC, B, P, Q)] == [True, None, False, True, None]


# --- what makes a formula true ---------------------------------------------------------------------------------------

CHOSEN: list[tuple[Formula, list[list[Literal]]]] = [
    (TRUE, [[], []]),
    (FALSE, []),
    (P, [[P], [P]]),
    (any_of((P, Q, R)), [[P], [R]]),
    (all_of((any_of((P, Q)), Not(P))), [[Not(P), Q], [Not(P), Q]]),
    (all_of((AB, any_of((B, P, Q)))), [[AB, P], [AB, Q]]),
    (all_of((AB, any_of((P, A)))), [[AB], [AB]]),
    (all_of((AB, any_of((B, all_of((P, Not(A))))))), []),
    (all_of((P, any_of((Q, all_of((R, Not(P))))))), [[P, Q], [P, Q]]),
    (Exists(Element(KEY, 1)), [[Exists(Element(KEY, 1)), Many(KEY), Present(KEY)]] * 2),
    (Many(KEY), [[Many(KEY), Present(KEY)]] * 2),
    (all_of((Not(Present(KEY)), Many(KEY))), []),
]


@pytest.mark.parametrize(("formula", "expected"), CHOSEN, ids=str)
def test_choices(formula: Formula, expected: list[list[Literal]]) -> None:
    assert [list(found) for found in choices(formula, LONG)] == expected


READS = Reads(next(iter(Point)))
NEEDED: list[tuple[Formula, list[Literal]]] = [
    (TRUE, []),
    (any_of((P, A)), [A]),
    (any_of((Many(KEY), A)), [A]),
    (any_of((Exists(Element(KEY, 1)), A)), [A]),
    (any_of((A, Not(Q))), [Not(Q)]),
    (any_of((A, Not(READS))), [Not(READS)]),
    (any_of((READS, P)), [P]),
    (any_of((READS, all_of((P, R, A, AB)))), [P, R, A, AB]),
    (any_of((all_of((P, A)), all_of((A, AB)))), [A, AB]),
    (all_of((P, any_of((A, P)))), [P]),
    (all_of((any_of((A, P)), P)), [P]),
    (any_of((all_of((P, any_of((A, Not(Q))))), R)), [R]),
    (any_of((all_of((any_of((P, A)), AB)), R)), [AB, A]),
    (any_of((Q, AB)), [AB]),
    (any_of((all_of((A, any_of((P, R)))), all_of((A, AB, ABC)))), [A, AB, ABC]),
    (all_of((P, any_of((all_of((AB, Not(Q))), all_of((P, A)))))), [P, A]),
]


@pytest.mark.parametrize(("formula", "needed"), NEEDED, ids=str)
def test_what_is_needed_is_what_adds_least(formula: Formula, needed: list[Literal]) -> None:
    """All atoms hold but `Q`, and but the other reading where it is denied."""
    denied = {Q} | {part.part for part in _literals(formula) if isinstance(part, Not)}
    assert list(implicant(formula, lambda atom: atom not in denied)) == needed


def _literals(formula: Formula) -> list[Formula]:
    match formula:
        case And(parts) | Or(parts):
            return [one for part in parts for one in _literals(part)]
        case _:
            return [formula]


@given(formulas())
def test_an_implicant_is_true_and_makes_the_formula_true(formula: Formula):
    for given_ in assignments():
        if holds(formula, given_.__getitem__):
            needed = implicant(formula, given_.__getitem__)
            assert all(holds(literal, given_.__getitem__) for literal in needed)
            told = {atom for literal in needed for atom in atoms(literal)}
            for other in assignments():
                if all(other[atom] == given_[atom] for atom in told):
                    assert holds(formula, other.__getitem__)
