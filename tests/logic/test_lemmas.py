"""The lemmas about lengths and equal keys against brute force: they are true, and say all that they are there for."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

import pytest

from tests.logic.truths import Truth, holds, texts_say
from verifier.base.budget import Budget
from verifier.logic.demands import demands_of, emptied, too_long
from verifier.logic.equalities import cancelled, equalities
from verifier.logic.formula import (
    RESOURCE,
    And,
    Atom,
    Element,
    Formula,
    Literal,
    MatchesTemplate,
    Member,
    Or,
    Present,
    StringTerm,
    all_of,
    any_of,
    atoms,
    is_literal,
    negate,
)
from verifier.strings.languages import Glob, Wildcard
from verifier.strings.values import Key
from verifier.strings.variables import PatternPart, VariableRef, merge

KEYS = ONE, TWO, THREE = Key.of("acme:one"), Key.of("acme:two"), Key.of("acme:three")
FOUR = Key.of("acme:four")
K, L, IN_FIELD = VariableRef(ONE), VariableRef(TWO), VariableRef(TWO, in_field=True)


def fits(*parts: PatternPart, text: StringTerm = RESOURCE) -> MatchesTemplate:
    """A text fits a pattern."""
    return MatchesTemplate(text, merge(parts))


def asked(*literals: Literal) -> Iterable[Literal]:
    """Literals about a resource and keys that are there."""
    return (*literals, *(Present(key) for key in KEYS))


# --- lengths ---------------------------------------------------------------------------------------------------------

PIECES: tuple[PatternPart, ...] = ("a", K, L, Wildcard.CHAR, Wildcard.TEXT)
PATTERNS = [fits(*some) for size in range(1, 3) for some in itertools.product(PIECES, repeat=size)] + [
    fits(K, K, "a"),
    fits("a", "a", "a"),
    fits(K, L, "a"),
]
WORDS = ("", "a", "aa")
FITTING = {
    pattern: {
        (one, two, text)
        for one, two, text in itertools.product(WORDS, WORDS, ["a" * size for size in range(6)])
        if pattern.filled({ONE: one, TWO: two}).matches(text)
    }
    for pattern in PATTERNS
}


def is_exact(pattern: MatchesTemplate) -> bool:
    """Whether a pattern has no `*`."""
    return Wildcard.TEXT not in pattern.parts


def shortest(pattern: MatchesTemplate) -> int:
    """The length of the shortest text that fits a pattern, whatever the values."""
    return min(len(text) for _, _, text in FITTING[pattern])


def count(pattern: MatchesTemplate) -> Counter[Key]:
    """How often each key stands in a pattern."""
    return Counter(part.key for part in pattern.parts if isinstance(part, VariableRef))


@pytest.mark.parametrize("pattern", PATTERNS, ids=str)
def test_lemmas_of_lengths_say_what_all_texts_of_one_letter_do(pattern: MatchesTemplate) -> None:
    for other in PATTERNS:
        demands = demands_of(asked(pattern, other))
        outgrown, lemmas = list(too_long(demands, Budget.of(60))), list(emptied(demands))
        both = FITTING[pattern] & FITTING[other]
        for one, two, text in both:
            truth = texts_say({RESOURCE: text, Element(ONE): one, Element(TWO): two}, {})
            assert all(holds(lemma, truth) for lemma in (*outgrown, *lemmas)), (other, one, two, text)
        pairs = ((pattern, other), (other, pattern))
        within = [(here, there) for here, there in pairs if is_exact(here) and count(here) <= count(there)]
        assert bool(outgrown) == any(shortest(here) < shortest(there) for here, there in within)
        for here, there in within:
            keys = [key for key in (ONE, TWO) if count(there)[key] > count(here)[key]]
            said = any_of((negate(here), negate(there), all_of(is_literal(Element(key), "") for key in keys)))
            assert (said in lemmas) == (bool(keys) and shortest(here) == shortest(there)), (here, there)


@pytest.mark.parametrize(
    ("way", "closes"),
    [
        ((fits("a", L, text=Element(ONE)), fits(K, text=Element(TWO))), True),
        ((fits(L, text=Element(ONE)), fits(K, text=Element(TWO))), False),
        ((fits(L, text=Element(ONE)), fits(K, Wildcard.CHAR, text=Element(TWO))), True),
        ((fits(L, text=Element(ONE)), fits(K, Wildcard.TEXT, text=Element(TWO))), False),
        ((fits("a", L, text=Element(ONE)), fits("a", VariableRef(THREE), text=Element(TWO))), False),
        ((fits("a", K, text=Element(ONE)),), True),
        (
            (
                fits(L, text=Element(ONE)),
                fits("a", VariableRef(THREE), text=Element(TWO)),
                fits(K, text=Element(THREE)),
            ),
            True,
        ),
        ((fits(VariableRef(TWO, wild=True), text=Element(ONE)), fits(K, "a", text=Element(TWO))), False),
    ],
)
def test_no_text_stands_in_itself_with_a_character_more(way: tuple[MatchesTemplate, ...], closes: bool) -> None:
    lemmas = list(too_long(demands_of(asked(*way)), Budget.of(60)))
    assert [_parts(lemma) for lemma in lemmas] == ([set(map(negate, way))] if closes else [])


def test_of_values_whose_wildcards_are_wildcards_no_length_is_known() -> None:
    wild = replace(K, wild=True)
    demands = demands_of(asked(fits("a"), fits("a", "a", wild), fits("a", wild)))
    assert not list(too_long(demands, Budget.of(60)))
    assert not list(emptied(demands))
    assert not list(cancelled(demands))


# --- what a value is -------------------------------------------------------------------------------------------------

EQUAL = all_of((fits(K, text=Element(TWO)), fits(L, text=Element(ONE))))
CANCELLED: list[tuple[MatchesTemplate, MatchesTemplate, Sequence[Formula]]] = [
    (fits("a/", K), fits("a/b"), [is_literal(Element(ONE), "b")]),
    (fits("a/", K), fits("a/"), [is_literal(Element(ONE), "")]),
    (fits("a/", K, "/c"), fits("a/bb/c"), [is_literal(Element(ONE), "bb")]),
    (fits("ab", K), fits("ac", L), []),
    (fits("a", K, "b"), fits("ca", L, "b"), []),
    (fits("xa", K), fits("xaL"), [is_literal(Element(ONE), "L")]),
    (fits("x", K, "az"), fits("x", "bz"), []),
    (fits("x", L, K), fits("x", L, "yy"), [is_literal(Element(ONE), "yy")]),
    (fits(K, L), fits("yy", L), [is_literal(Element(ONE), "yy")]),
    (fits("x", K, "y"), fits("x", L, "zy"), [fits(L, "z", text=Element(ONE))]),
    (fits("x", K, "y"), fits("xz", L, "y"), [fits("z", L, text=Element(ONE))]),
    (fits("x", K), fits("x", K, "y"), []),
    (fits("x", K), fits("x", Wildcard.TEXT), []),
    (fits("x", K), fits("x", IN_FIELD), [EQUAL]),
    (fits("x", K, "yx"), fits("x", IN_FIELD, "y", IN_FIELD, "x"), []),
    (replace(fits("x", K), ignores_case=True), replace(fits("xb"), ignores_case=True), []),
    (replace(fits("x", K), ignores_case=True), fits("xb"), []),
]


@pytest.mark.parametrize(("one", "other", "values"), CANCELLED, ids=str)
def test_a_value_that_alone_tells_two_patterns_apart(
    one: MatchesTemplate, other: MatchesTemplate, values: Sequence[Formula]
) -> None:
    for some in ((one, other), (other, one)):
        lemmas = [lemma for lemma in cancelled(demands_of(asked(*some))) if _is_about(lemma, ONE)]
        expected = [any_of((negate(one), negate(other), value)) for value in values]
        assert [_parts(lemma) for lemma in lemmas] == [_parts(lemma) for lemma in expected]


def _is_about(lemma: Formula, key: Key) -> bool:
    """Whether a lemma says what the value of `key` is."""
    return any(atom.text == Element(key) for atom in atoms(lemma) if isinstance(atom, Member | MatchesTemplate))


def _parts(formula: Formula) -> set[Formula]:
    return set(formula.parts) if isinstance(formula, Or) else {formula}


def test_two_values_in_the_same_place_are_equal_both_ways() -> None:
    lemmas = list(cancelled(demands_of(asked(fits("x", K), fits("x", L)))))
    assert len(lemmas) == 2
    for lemma in lemmas:
        for one, two, text in itertools.product(("", "a", "b"), ("", "a", "b"), ("xa", "xb", "x", "y")):
            truth = texts_say({RESOURCE: text, Element(ONE): one, Element(TWO): two}, {})
            assert holds(lemma, truth)
    equal: Truth = lambda atom: atom.text == RESOURCE if isinstance(atom, MatchesTemplate) else False  # noqa: E731
    assert not any(holds(lemma, equal) for lemma in lemmas)


# --- equal keys ------------------------------------------------------------------------------------------------------

VALUES = [f"{number}{tail}" for number in range(3) for tail in ("", "m", "p", "mp")]
HAS_M = [Member(Element(key), Glob((Wildcard.TEXT, "m", Wildcard.TEXT))) for key in (ONE, THREE)]
ENDS_IN_P = [fits(Wildcard.TEXT, VariableRef(FOUR), text=Element(key)) for key in (TWO, THREE)]


IN_ANY_CASE = [replace(one, ignores_case=True) for one in ENDS_IN_P]


@pytest.mark.parametrize(
    "also", [HAS_M, ENDS_IN_P, IN_ANY_CASE, []], ids=["languages", "patterns", "in any case", "alone"]
)
def test_equalities_leave_just_what_some_values_make_true(also: Sequence[Atom]) -> None:
    """`one` equals `two`, and `two` equals `three`: what all atoms about them can say together."""
    chain = [fits(L, text=Element(ONE)), fits(VariableRef(THREE), text=Element(TWO))]
    lemmas = list(equalities(And((*chain, *also))))
    told = list(dict.fromkeys([*chain, *also, *(atom for lemma in lemmas for atom in atoms(lemma))]))
    left = {
        said
        for said in itertools.product((True, False), repeat=len(told))
        if all(holds(lemma, dict(zip(told, said, strict=True)).__getitem__) for lemma in lemmas)
    }
    made = {
        tuple(map(texts_say({Element(key): value for key, value in zip(KEYS, values, strict=True)}, {FOUR: "p"}), told))
        for values in itertools.product(VALUES, repeat=3)
    }
    assert made <= left
    asked_about = [place for place, atom in enumerate(told) if atom in also or is_equality(atom)]
    assert len(asked_about) == len(also) + 6
    assert {tuple(said[place] for place in asked_about) for said in left - made} <= {
        tuple(said[place] for place in asked_about) for said in made
    }


def is_equality(atom: Atom) -> bool:
    """Whether an atom says that one key equals another."""
    return isinstance(atom, MatchesTemplate) and len(atom.parts) == 1


def test_what_is_not_an_equality_makes_nothing_equal() -> None:
    like = replace(fits(L, text=Element(ONE)), ignores_case=True)
    assert not list(equalities(And((like, fits("a", L, text=Element(ONE))))))


def test_many_texts_are_not_compared_pair_by_pair() -> None:
    def chain(length: int) -> Formula:
        keys = [Key.of(f"acme:k{number}") for number in range(length)]
        return And(tuple(fits(VariableRef(two), text=Element(one)) for one, two in itertools.pairwise(keys)))

    assert list(equalities(chain(8)))
    assert not list(equalities(chain(9)))
    assert list(equalities(And((chain(9), fits(K, text=Element(TWO))))))


def test_a_resource_that_equals_a_key_leaves_out_no_pair_of_keys() -> None:
    same = fits(K)
    lemmas = list(equalities(And((same, fits(L, text=Element(ONE))))))
    there, back = fits(L, text=Element(ONE)), fits(K, text=Element(TWO))
    assert all_of((any_of((negate(there), back)), any_of((there, negate(back))))) in lemmas


def test_of_a_key_that_is_absent_no_way_goes_on() -> None:
    """`two` is not known to be there, so nothing is asked of it."""
    demands = demands_of((fits("a", L, text=Element(ONE)), Present(ONE)))
    assert Element(TWO) not in demands
    assert not list(too_long(demands, Budget.of(60)))


def test_a_resource_is_on_the_left_only() -> None:
    """No key's value is said to be the resource, and what is equal to one key lies where it does."""
    lemmas = list(equalities(And((fits(K), Member(RESOURCE, Glob(("a", Wildcard.TEXT)))))))
    told = {atom for lemma in lemmas for atom in atoms(lemma)}
    starts = Glob(("a", Wildcard.TEXT))
    assert told == {fits(K), Member(RESOURCE, starts), Member(Element(ONE), starts)}
