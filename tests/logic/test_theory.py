"""The theory of texts on every small pattern: its lemmas are true and forbid what was asked, and its models do it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest

from tests.logic.truths import holds, texts_say
from verifier.base.budget import Budget
from verifier.clouds.aws.compile.domains import domains
from verifier.logic.formula import Element, Literal, MatchesTemplate, Member, Not, Present, StringTerm, all_of
from verifier.logic.theory import Model, _read_once, check_theory
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
