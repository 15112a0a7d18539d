"""The theory of texts on every small pattern: its lemmas are true and forbid what was asked, and its models do it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest

from tests.logic.truths import holds, texts_say
from verifier.base.budget import Budget
from verifier.clouds.aws.compile.domains import domains
from verifier.clouds.aws.policy.readings import Point
from verifier.logic.formula import (
    RESOURCE,
    Element,
    Literal,
    Many,
    MatchesTemplate,
    Member,
    Not,
    Or,
    Present,
    Reads,
    StringTerm,
    all_of,
    any_of,
    negate,
)
from verifier.logic.theory import Lemmas, Model, _instances_of, _read_once, check_theory
from verifier.smt.solve import Sat, Unsat, solve
from verifier.strings.languages import Glob, Wildcard
from verifier.strings.values import Key
from verifier.strings.variables import PatternPart, VariableRef, merge

ONE, TWO, THREE = Key.of("acme:one"), Key.of("acme:two"), Key.of("acme:three")
K, L, IN_FIELD = VariableRef(ONE), VariableRef(TWO), VariableRef(ONE, in_field=True)
ABOUT = Element(THREE)


def fits(*parts: PatternPart, ignores_case: bool = False) -> MatchesTemplate:
    """The text fits a pattern."""
    return MatchesTemplate(ABOUT, merge(parts), ignores_case)


PATTERNS = [
    fits(K),
    fits("a", K),
    fits(K, "a"),
    fits(K, K),
    fits(K, L),
    fits(L, "A"),
    fits("a", Wildcard.TEXT, K),
    fits(Wildcard.CHAR, L),
    fits("a", K, ignores_case=True),
    fits(L, K, ignores_case=True),
]
LANGUAGES = [
    Member(ABOUT, Glob.literal("a")),
    Member(ABOUT, Glob.literal("aA")),
    Member(ABOUT, Glob(("A", Wildcard.TEXT))),
    Member(Element(ONE), Glob.literal("a")),
    Member(Element(TWO), Glob(("a", Wildcard.CHAR))),
]
VALUES, TEXTS = ("", "a", "A", "aA"), ("", "a", "A", "aA", "aa", "aAA")
WORLDS = [
    texts_say({ABOUT: text, Element(ONE): one, Element(TWO): two}, {})
    for text, one, two in itertools.product(TEXTS, VALUES, VALUES)
]


@pytest.mark.parametrize("pattern", PATTERNS, ids=str)
def test_every_two_patterns_and_a_language(pattern: MatchesTemplate) -> None:
    for other, (first, second) in itertools.product(
        [*PATTERNS, *LANGUAGES], ((True, True), (True, False), (False, True))
    ):
        if other != pattern:
            judged([pattern if first else Not(pattern), other if second else Not(other)])


@pytest.mark.parametrize("language", LANGUAGES, ids=str)
def test_two_patterns_where_a_text_is_known(language: Member) -> None:
    for one, other in itertools.combinations(PATTERNS[:9:2], 2):
        judged([one, other, language])
        judged([one, Not(other), language])


def judged(asked: Sequence[Literal]) -> None:
    """What the theory says of literals, and what a solver with it does."""
    literals = [*asked, *(Present(key) for key in (ONE, TWO, THREE))]
    said = check_theory(literals, domains, Budget.of(0.05))
    if isinstance(said, Model):
        assert do(asked, said.texts)
    else:
        for lemma in said.formulas:
            assert all(holds(lemma, world) for world in WORLDS), (asked, str(lemma))
        asked_for = set(literals)
        assert said.splitting or not all(holds(lemma, asked_for.__contains__) for lemma in said.formulas), asked
    solved = solve(all_of(literals), domains, Budget.of(0.05))
    if isinstance(solved, Sat):
        assert do(asked, solved.model.texts)
    if isinstance(solved, Unsat):
        assert not any(all(holds(literal, world) for literal in asked) for world in WORLDS), asked


def do(asked: Sequence[Literal], texts: object) -> bool:
    """Whether texts make all literals true."""
    assert isinstance(texts, dict)
    found: dict[StringTerm, str] = texts
    return all(holds(literal, texts_say(found, {})) for literal in asked)


@pytest.mark.parametrize(
    ("parts", "once"),
    [
        (("a", K, "b", L), []),
        (("a", K, "b", K), [("a", K, "b", Wildcard.TEXT), ("a", Wildcard.TEXT, "b", K)]),
        ((K, L, K), [(K, L, Wildcard.TEXT), (Wildcard.TEXT, L, K)]),
        ((IN_FIELD, ":", IN_FIELD), [(IN_FIELD, ":", Wildcard.FIELD_TEXT), (Wildcard.FIELD_TEXT, ":", IN_FIELD)]),
        (("a",), []),
    ],
)
def test_a_guess_reads_one_value_of_each_key(
    parts: tuple[PatternPart, ...], once: list[tuple[PatternPart, ...]]
) -> None:
    found = [one.parts for one in _read_once(MatchesTemplate(ABOUT, parts))]
    assert found == [parts, *once]


def test_no_more_than_four_values_of_one_key_are_read() -> None:
    assert len(list(_read_once(MatchesTemplate(ABOUT, (K, ":") * 6)))) == 5


# --- what is known at once -------------------------------------------------------------------------------------------

WILD = VariableRef(ONE, wild=True)
THERE = tuple(Present(key) for key in (ONE, TWO, THREE))


@pytest.mark.parametrize(
    "asked",
    [
        [],
        [Member(ABOUT, Glob(("a", Wildcard.TEXT)))],
        [fits("a", K)],
        [fits("a", K), Not(fits("a", L))],
        [Not(fits(Wildcard.TEXT, "a", L))],
        [fits("a", K), Not(Member(ABOUT, Glob.literal("a")))],
        [fits("a", K), Member(ABOUT, Glob.literal("abc"))],
        [fits("a", WILD), Member(ABOUT, Glob.literal("abc"))],
        [fits("a", WILD, "c", WILD), Member(ABOUT, Glob(("a", Wildcard.TEXT, "c", Wildcard.CHAR)))],
        [
            fits("a", WILD),
            Member(ABOUT, Glob.literal("abc")),
            MatchesTemplate(RESOURCE, ("arn:aws:", WILD)),
            Member(RESOURCE, Glob.literal("arn:aws:s3:::b")),
        ],
        [fits(K, "a", K), Member(ABOUT, Glob(("ba", Wildcard.TEXT)))],
        [fits(K, ":", L), Member(ABOUT, Glob(("b", Wildcard.TEXT, "c")))],
        [fits(K, L, ignores_case=True), Member(ABOUT, Glob.literal("aB")), Member(Element(TWO), Glob.literal("b"))],
    ],
)
def test_a_model_is_found_without_another_question(asked: list[Literal]) -> None:
    found = check_theory((*asked, *THERE), domains, Budget.of(60))
    assert isinstance(found, Model), found
    values = {text: value for text, value in found.texts.items() if isinstance(text, Element)}
    assert set(values) == {ABOUT, Element(ONE), Element(TWO)}
    assert do(asked, found.texts)


STARTS_A = Member(ABOUT, Glob(("a", Wildcard.TEXT)))
STARTS_B = Member(ABOUT, Glob(("b", Wildcard.TEXT)))
K_IS_B, L_IS_B = (Member(Element(key), Glob(("b", Wildcard.TEXT))) for key in (ONE, TWO))


@pytest.mark.parametrize(
    ("asked", "needed"),
    [
        ([STARTS_A, STARTS_B], [STARTS_A, STARTS_B]),
        ([fits("a", K), STARTS_B], [fits("a", K), STARTS_B]),
        ([fits("a", K), Not(STARTS_A)], [fits("a", K), Not(STARTS_A)]),
        ([fits("a", K), Not(fits("a", Wildcard.TEXT))], [fits("a", K), Not(fits("a", Wildcard.TEXT))]),
        (
            [fits("a", K), Not(STARTS_B), Not(fits(Wildcard.TEXT, K))],
            [fits("a", K), Not(fits(Wildcard.TEXT, K))],
        ),
        ([fits(K, "a"), K_IS_B, Not(STARTS_B)], [fits(K, "a"), K_IS_B, Not(STARTS_B)]),
        ([fits(K, L), K_IS_B, L_IS_B, STARTS_A], [fits(K, L), K_IS_B, STARTS_A]),
        ([fits("a"), fits("a", Wildcard.CHAR, K)], [fits("a"), fits("a", Wildcard.CHAR, K)]),
    ],
)
def test_what_cannot_be_is_said_of_the_literals_alone(asked: list[Literal], needed: list[Literal]) -> None:
    """No value is brought in that they do not mention."""
    found = check_theory((*asked, *THERE), domains, Budget.of(60))
    assert isinstance(found, Lemmas)
    assert not found.splitting
    lemma = any_of(map(negate, needed))
    assert isinstance(lemma, Or)
    assert lemma.members in [one.members for one in found.formulas if isinstance(one, Or)]


def test_a_model_says_which_keys_are_lists_and_what_is_read_the_other_way() -> None:
    point = Point.ARN_STAR
    found = check_theory((Reads(point), Many(ONE), Present(TWO), Not(Many(TWO))), domains, Budget.of(60))
    assert isinstance(found, Model)
    assert found.lists == {ONE}
    assert found.reading == {point}
    assert set(found.texts) == {Element(ONE), Element(TWO)}


def test_values_that_were_tried_are_ruled_out_for_the_next_question() -> None:
    asked = [fits(K, L), Not(fits(L, K)), fits(K, "a", L)]
    found = check_theory((*asked, *THERE), domains, Budget.of(60))
    assert isinstance(found, Lemmas)
    assert found.formulas
    assert all(holds(lemma, world) for lemma in found.formulas for world in WORLDS)


IN_ONE, IN_TWO = (Member(Element(key), Glob(("a", Wildcard.TEXT))) for key in (ONE, TWO))
ROUNDS: list[tuple[list[Literal], bool]] = [
    ([fits(K, L), Not(fits(L, K))], True),
    ([fits(K, L), Not(fits(L, K)), IN_ONE, IN_TWO], True),
    ([fits(K, K), Member(ABOUT, Glob.literal("aba"))], False),
    ([fits(K, K), Member(ABOUT, Glob.literal("abab"))], True),
    ([Not(fits(K, K)), Member(ABOUT, Glob.literal("abab"))], True),
    ([fits(K, K, ignores_case=True), Member(ABOUT, Glob.literal("abAB"))], True),
    ([fits(K, K, ignores_case=True), Member(ABOUT, Glob.literal("abA"))], False),
    (
        [
            fits(K, K),
            fits(L, L, L),
            Member(ABOUT, Glob.literal("aaaaaa")),
            Not(Member(Element(TWO), Glob.literal("aa"))),
        ],
        False,
    ),
    ([fits(K, L), fits(L, K), Member(ABOUT, Glob.literal("aab"))], True),
    ([fits(K, L), fits(L, K), Member(ABOUT, Glob.literal("aab")), IN_ONE, IN_TWO], False),
    ([fits(K), MatchesTemplate(Element(ONE), (VariableRef(TWO),)), Not(fits(L))], False),
    ([fits(K), MatchesTemplate(Element(ONE), (VariableRef(THREE),)), Not(Member(ABOUT, Glob.literal("")))], True),
    ([fits("a", K), MatchesTemplate(Element(ONE), (Wildcard.TEXT, VariableRef(THREE)))], False),
    (
        [fits(K, L), MatchesTemplate(Element(ONE), ("a", VariableRef(TWO))), Not(fits("aa", Wildcard.TEXT)), IN_TWO],
        False,
    ),
]


@pytest.mark.parametrize(("asked", "can_be"), ROUNDS)
def test_rounds_of_lemmas_come_to_an_end(asked: list[Literal], can_be: bool) -> None:
    """A solver with the theory decides, since each round rules out what was tried."""
    found = solve(all_of((*asked, *THERE)), domains, Budget.of(60))
    if can_be:
        assert isinstance(found, Sat), found
        assert do(asked, found.model.texts)
    else:
        assert isinstance(found, Unsat), found


# --- what is learnt of values that were tried ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "about", "text"),
    [
        ([fits(K, K), Member(ABOUT, Glob.literal("aba"))], fits(K, K), "aba"),
        ([Not(fits(K, "a", L)), fits(L, "a", K), Member(ABOUT, Glob.literal("a"))], fits(K, "a", L), "a"),
        (
            [fits(K, L), fits(L, K), Member(ABOUT, Glob.literal("aab")), IN_ONE, IN_TWO],
            fits(K, L),
            "aab",
        ),
        (
            [
                fits(K, L, ignores_case=True),
                fits(L, K, ignores_case=True),
                Member(ABOUT, Glob.literal("AaA")),
                Member(Element(ONE), Glob.literal("aA")),
            ],
            fits(L, K, ignores_case=True),
            "AaA",
        ),
        (
            [fits("a", K, "a", K, ignores_case=True), Member(ABOUT, Glob.literal("AaAA"))],
            fits("a", K, "a", K, ignores_case=True),
            "AaAA",
        ),
    ],
)
def test_of_a_fixed_text_the_lemmas_say_which_values_make_it_fit(
    asked: list[Literal], about: MatchesTemplate, text: str
) -> None:
    found = check_theory((*asked, *THERE), domains, Budget.of(60))
    if isinstance(found, Model):
        assert do(asked, found.texts)
        return
    assert says_which_values_fit(found, about, text)
    assert all(holds(lemma, world) for lemma in found.formulas for world in WORLDS)


def says_which_values_fit(found: Lemmas, about: MatchesTemplate, text: str) -> bool:
    """Whether lemmas let the text fit the pattern for all values with which it does, and for no others."""

    def allows(one: str, two: str, said: bool) -> bool:
        truth = texts_say({ABOUT: text, Element(ONE): one, Element(TWO): two}, {})
        return all(holds(lemma, lambda atom: said if atom == about else truth(atom)) for lemma in found.formulas)

    return all(
        allows(one, two, said) is (said is about.filled({ONE: one, TWO: two}).matches(text))
        for one, two, said in itertools.product(VALUES, VALUES, (True, False))
    )


@pytest.mark.parametrize(
    "asked",
    [
        [fits(K, L), MatchesTemplate(Element(ONE), (VariableRef(THREE),)), IN_TWO],
        [fits(K, L), Not(fits(L, K))],
        [fits(K, L), Not(fits(L, K)), IN_ONE],
        [fits(K), MatchesTemplate(Element(ONE), (VariableRef(TWO),)), Not(fits(L))],
        [fits(K, "a"), MatchesTemplate(Element(ONE), (VariableRef(THREE), Wildcard.TEXT))],
        [fits(K, L), MatchesTemplate(Element(ONE), (L, VariableRef(THREE)))],
        [fits(L), MatchesTemplate(Element(TWO), (K,)), MatchesTemplate(Element(ONE), (VariableRef(THREE),)), STARTS_A],
    ],
)
def test_a_model_makes_all_literals_true_in_whatever_order_values_are_chosen(asked: list[Literal]) -> None:
    for some in (asked, asked[::-1]):
        found = check_theory((*some, *THERE), domains, Budget.of(60))
        assert isinstance(found, Lemmas) or do(asked, found.texts), found
        without = check_theory((*some, Present(THREE)), domains, Budget.of(60))
        assert isinstance(without, Model | Lemmas)


def test_of_a_text_that_was_chosen_the_lemmas_say_which_values_make_it_fit() -> None:
    chosen = {ABOUT: "aA", Element(ONE): "a", Element(TWO): "a"}
    lemmas = tuple(_instances_of(fits(K, L), chosen))
    assert says_which_values_fit(Lemmas(lemmas, splitting=True), fits(K, L), "aA")
    assert all(holds(lemma, world) for lemma in lemmas for world in WORLDS)
    # What a value with wildcards of its own matches does not tell the value.
    assert len(list(_instances_of(fits(WILD, L), chosen))) == 1


def test_a_pattern_of_an_absent_key_says_nothing() -> None:
    found = check_theory((fits("a", K), Not(fits("b", L)), STARTS_A, Present(THREE)), domains, Budget.of(60))
    assert isinstance(found, Model)
    assert set(found.texts) == {ABOUT}
