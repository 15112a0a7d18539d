"""Formulas: what the functions that build them fold, what they say of a request, and on which points they hang."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.interpreter import Interpreter
from tests.logic.truths import holds as true_where
from verifier.base.budget import Budget
from verifier.base.errors import LimitReached
from verifier.clouds.aws.policy.readings import Point
from verifier.logic import witnesses
from verifier.logic.formula import (
    ACTION,
    FALSE,
    RESOURCE,
    TRUE,
    And,
    Atom,
    Constant,
    Element,
    Exists,
    Formula,
    Many,
    MatchesTemplate,
    Member,
    Not,
    Or,
    Present,
    Reads,
    Some,
    StringTerm,
    all_of,
    any_of,
    atoms,
    is_literal,
    map_atoms,
    map_parts,
    member,
    negate,
)
from verifier.logic.hinges import hangs_on, leaned_on, read_either_way, under_others
from verifier.logic.holds import holds, left_open
from verifier.logic.readings import in_order, rules_of, some_unknown, the_other_way
from verifier.logic.request import PRINCIPAL, Domain, Request, member_within
from verifier.logic.witnesses import expand, list_axioms
from verifier.strings.languages import EMPTY, EVERYTHING, NONEMPTY, Glob, Language, Wildcard
from verifier.strings.typed import IS_NUMBER
from verifier.strings.values import Key
from verifier.strings.variables import VariableRef

ONE, TWO = Key.of("acme:One"), Key.of("acme:two")
P, Q, R = Present(ONE), Many(ONE), Present(TWO)
A = Member(RESOURCE, Glob(("a", Wildcard.TEXT)))
PARTS: tuple[Formula, ...] = (
    *(P, Not(P), Q, TRUE, FALSE, And((P, Q)), Or((P, Q)), Or((Not(P), R)), And((Not(Q), Or((P, R))))),
)
ASSIGNED = [dict(zip((P, Q, R), said, strict=True)) for said in itertools.product((True, False), repeat=3)]


def same(formula: Formula, expected: Callable[[dict[Atom, bool]], bool]) -> bool:
    """Whether a formula says what is expected wherever its atoms are given."""
    return all(true_where(formula, said.__getitem__) is expected(said) for said in ASSIGNED)


def is_folded(formula: Formula) -> bool:
    """Whether a formula holds no constant, nothing twice, and no part of its own kind; then its parts likewise."""
    if not isinstance(formula, And | Or):
        return True
    parts = formula.parts
    plain = not any(isinstance(part, Constant | type(formula)) for part in parts)
    return plain and len(parts) == len(set(parts)) > 1 and all(map(is_folded, parts))


@pytest.mark.parametrize("size", range(4))
def test_joined_formulas_say_what_their_parts_do_and_are_folded(size: int) -> None:
    for parts in itertools.product(PARTS, repeat=size):
        both, either = all_of(parts), any_of(parts)
        assert same(both, lambda said, parts=parts: all(true_where(one, said.__getitem__) for one in parts)), parts
        assert same(either, lambda said, parts=parts: any(true_where(one, said.__getitem__) for one in parts)), parts
        assert is_folded(both), parts
        assert is_folded(either), parts
        for joined in (both, either):
            assert same(negate(joined), lambda said, joined=joined: not true_where(joined, said.__getitem__))


def test_what_contradicts_itself_plainly_is_a_constant() -> None:
    assert all_of((P, R, Not(P))) == FALSE
    assert any_of((Not(P), R, P)) == TRUE
    assert all_of((And((P, Q)), Not(Q))) == FALSE
    assert any_of((Or((P, Q)), Not(Q))) == TRUE
    assert all_of((P, P)) == any_of((P, P)) == all_of((P, TRUE)) == P
    assert all_of(()) == all_of((TRUE, TRUE)) == TRUE
    assert any_of(()) == any_of((FALSE, FALSE)) == FALSE


@pytest.mark.parametrize("size", [1, 3, 63, 64, 65, 66, 200])
def test_what_contradicts_one_of_many_parts_is_seen(size: int) -> None:
    many = [Present(Key.of(f"acme:{number}")) for number in range(size)]
    for opposite in (Not(many[0]), Not(many[-1])):
        assert all_of((all_of(many), opposite)) == all_of((opposite, all_of(many))) == FALSE
        assert all_of((all_of([*many, P]), all_of((opposite, P)))) == FALSE
        assert any_of((any_of(many), opposite)) == any_of((opposite, any_of(many))) == TRUE
    denied = [Not(one) for one in many]
    assert all_of((all_of(denied), many[-1])) == FALSE
    assert any_of((any_of(denied), many[-1])) == TRUE
    joined = all_of((all_of(many), Not(P), many[0]))
    assert isinstance(joined, And)
    assert set(joined.parts) == {*many, Not(P)}
    assert len(joined.parts) == size + 1


@pytest.mark.parametrize(
    ("language", "formula"),
    [
        (EVERYTHING, TRUE),
        (EMPTY, FALSE),
        (IS_NUMBER, Member(RESOURCE, IS_NUMBER)),
        (NONEMPTY, Member(RESOURCE, NONEMPTY)),
    ],
)
def test_a_text_in_all_or_none_is_a_constant(language: Language, formula: Formula) -> None:
    assert member(RESOURCE, language) == formula
    assert is_literal(ACTION, "a:b") == Member(ACTION, Glob(("a:b",)))


def test_atoms_are_replaced_and_the_formula_folded() -> None:
    formula = all_of((any_of((P, Q)), any_of((Not(P), R))))
    assert map_atoms(formula, lambda atom: TRUE if atom == P else atom) == R
    assert map_atoms(formula, lambda atom: FALSE if atom == P else atom) == Q
    assert map_atoms(formula, lambda atom: atom) == formula
    assert map_atoms(Not(P), lambda _: any_of((Q, R))) == all_of((Not(Q), Not(R)))
    assert map_atoms(TRUE, lambda _: FALSE) == TRUE
    assert isinstance(formula, And)
    assert map_parts(formula, lambda part: part) is formula
    assert map_parts(formula, lambda part: FALSE if part == formula.parts[1] else part) == FALSE
    assert map_parts(formula, lambda part: TRUE if part == formula.parts[1] else part) == formula.parts[0]
    either = Or((P, Q, R))
    assert map_parts(either, lambda part: TRUE if part == Q else part) == TRUE
    assert map_parts(either, lambda part: FALSE if part == Q else part) == any_of((P, R))


def test_atoms_are_met_in_order() -> None:
    formula = And((Q, Or((Not(P), And((R, Q)))), Not(A), TRUE, Some(TWO, A)))
    assert list(atoms(formula)) == [Q, P, R, A, Some(TWO, A)]
    assert list(atoms(FALSE)) == []


K, WILD = VariableRef(ONE), VariableRef(ONE, wild=True)
FITS = MatchesTemplate(RESOURCE, ("a/", K, WILD, VariableRef(TWO, in_field=True)), ignores_case=True)


@pytest.mark.parametrize(
    ("formula", "shown"),
    [
        (TRUE, "true"),
        (FALSE, "false"),
        (P, "present(acme:one)"),
        (Q, "many(acme:one)"),
        (Exists(Element(ONE, 2)), "exists(acme:one[2])"),
        (Member(ACTION, IS_NUMBER), "action in a number"),
        (Not(A), "not resource in `a*`"),
        (And((P, Q)), "(present(acme:one) and many(acme:one))"),
        (Or((P, Q)), "(present(acme:one) or many(acme:one))"),
        (Some(TWO, A), "some(acme:two: resource in `a*`)"),
        (Reads(Point.ARN_STAR), "reads(21-star)"),
        (FITS, "resource fits a/${acme:One}${acme:One*}${acme:two}"),
    ],
)
def test_a_formula_is_written(formula: Formula, shown: str) -> None:
    assert str(formula) == shown


def test_a_pattern_with_variables_says_what_it_is() -> None:
    assert FITS.keys == (ONE, TWO)
    assert FITS.wild
    assert not FITS.literally.wild
    assert FITS.literally == MatchesTemplate(RESOURCE, ("a/", K, K, VariableRef(TWO, in_field=True)), True)
    assert FITS.loose() == Glob(("a/", Wildcard.TEXT, Wildcard.FIELD_TEXT), ignores_case=True)
    assert FITS.filled({ONE: "B*", TWO: ""}) == Glob(("a/b*b", Wildcard.TEXT), ignores_case=True)
    assert FITS.filled({ONE: "", TWO: ":"}) == EMPTY


# --- of one request --------------------------------------------------------------------------------------------------

NEITHER, PAIR = Key.of("acme:neither"), Key.of("acme:pair")
REQUEST = Request("S3:Get", "aB", {ONE: "aB", TWO: ("x", "", "y"), PAIR: ("p", "q")})


def text(term: StringTerm, value: str) -> Formula:
    """That a text has a value."""
    return is_literal(term, value)


HELD: list[tuple[Formula, bool]] = [
    (TRUE, True),
    (FALSE, False),
    (Not(P), False),
    (Not(Present(NEITHER)), True),
    (P, True),
    (Present(NEITHER), False),
    (Many(ONE), False),
    (Many(TWO), True),
    (Many(NEITHER), False),
    (Many(PAIR), True),
    (Some(TWO, And((text(Element(TWO), "y"), text(Element(ONE), "aB")))), True),
    (Some(TWO, Or((text(Element(TWO), "y"), text(Element(ONE), "q")))), True),
    (Exists(Element(TWO, 2)), True),
    (Exists(Element(TWO, 3)), False),
    (Exists(Element(ONE, 1)), False),
    (And((P, Many(ONE))), False),
    (And((P, R)), True),
    (Or((Many(ONE), R)), True),
    (Or((Many(ONE), Present(NEITHER))), False),
    (text(ACTION, "s3:get"), True),
    (text(ACTION, "S3:Get"), False),
    (text(RESOURCE, "aB"), True),
    (text(RESOURCE, "ab"), False),
    (text(Element(ONE), "aB"), True),
    (text(Element(TWO, 2), "y"), True),
    (text(Element(TWO, 1), ""), True),
    (text(Element(TWO, 3), ""), False),
    (Not(text(Element(TWO, 3), "")), True),
    (text(Element(NEITHER), ""), False),
    (Reads(Point.ARN_STAR), False),
    (Some(TWO, text(Element(TWO), "y")), True),
    (Some(TWO, text(Element(TWO), "")), False),
    (Some(TWO, Not(text(Element(TWO), "x"))), True),
    (Some(TWO, And((Not(text(Element(TWO), "x")), Not(text(Element(TWO), "y"))))), False),
    (Some(TWO, Or((text(Element(TWO), "z"), text(Element(ONE), "aB")))), True),
    (Some(ONE, And((text(Element(ONE), "aB"), text(Element(TWO), "x")))), True),
    (Some(NEITHER, TRUE), False),
    (Some(TWO, MatchesTemplate(Element(TWO), ("y",))), True),
    (Some(TWO, MatchesTemplate(Element(TWO), ("z",))), False),
    (MatchesTemplate(RESOURCE, (K,)), True),
    (MatchesTemplate(RESOURCE, ("a", K)), False),
    (MatchesTemplate(RESOURCE, (Wildcard.TEXT, VariableRef(TWO))), False),
    (MatchesTemplate(RESOURCE, (Wildcard.TEXT, VariableRef(NEITHER))), False),
    (MatchesTemplate(Element(TWO, 3), (Wildcard.TEXT,)), False),
    (MatchesTemplate(Element(TWO, 2), ("y",)), True),
    (MatchesTemplate(RESOURCE, ("AB",), ignores_case=True), True),
]


@pytest.mark.parametrize(("formula", "held"), HELD, ids=str)
def test_what_holds_of_a_request(formula: Formula, held: bool) -> None:
    assert holds(formula, REQUEST) is held


def test_a_request_in_json() -> None:
    assert REQUEST.as_json() == {
        "action": "S3:Get",
        "resource": "aB",
        "context": {"acme:One": "aB", "acme:two": ["x", "", "y"], "acme:pair": ["p", "q"]},
    }
    assert Request("a:b", "c", principal="arn:p").as_json() == {
        "principal": "arn:p",
        "action": "a:b",
        "resource": "c",
        "context": {},
    }
    assert [REQUEST.values(key) for key in (ONE, TWO, NEITHER)] == [("aB",), ("x", "", "y"), ()]
    assert REQUEST.words == ("s3", "get")


def test_who_asks_is_the_value_of_a_key_that_is_not_in_the_context() -> None:
    asked = Request("a:b", "c", {ONE: "x"}, principal="arn:p")
    assert [asked.values(key) for key in (PRINCIPAL, ONE, TWO)] == [("arn:p",), ("x",), ()]
    assert REQUEST.values(PRINCIPAL) == ()


STARTS_A, STARTS_B = Glob(("a", Wildcard.TEXT)), Glob(("b", Wildcard.TEXT))


@pytest.mark.parametrize(
    ("areas", "language", "formula"),
    [
        ((), STARTS_A, Member(RESOURCE, STARTS_A)),
        ((STARTS_A,), STARTS_A, TRUE),
        ((STARTS_A,), STARTS_B, FALSE),
        ((STARTS_A,), Glob.literal("ab"), Member(RESOURCE, Glob.literal("ab"))),
        ((STARTS_A, STARTS_B), STARTS_A, Member(RESOURCE, STARTS_A)),
        ((STARTS_A, STARTS_B), Glob.literal("c"), FALSE),
        ((STARTS_A, STARTS_B), Glob.literal("b"), Member(RESOURCE, Glob.literal("b"))),
        ((STARTS_A,), EVERYTHING, TRUE),
    ],
)
def test_a_language_is_folded_by_the_domain(areas: tuple[Language, ...], language: Language, formula: Formula) -> None:
    domain = Domain(areas, ("",) * max(1, len(areas)))
    assert member_within(RESOURCE, language, lambda _: domain) == formula


# --- points ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("points", "words"),
    [
        ([Point.WILD_VALUE], "rule 27"),
        ([Point.ARN_STAR, Point.NOT_ARN], "rule 21"),
        ([Point.ABSENT_UNDER_ANY, Point.STAR_CROSSES], "rules 10 and 18"),
        ([Point.WILD_VALUE, Point.STAR_CROSSES, Point.ARN_STAR, Point.NOT_ARN], "rules 10, 21 and 27"),
    ],
)
def test_points_are_named_by_their_rules(points: list[Point], words: str) -> None:
    assert rules_of(points) == rules_of(reversed(points)) == words
    assert the_other_way(points) == f"{words} the other way"


@dataclass(frozen=True)
class Gap:
    """A part of a document that has no value yet."""

    value: str
    place: int = -1
    rule: int = 99
    is_unknown: bool = True
    usual: str = ""
    other: str = ""

    def as_json(self) -> dict[str, object]:
        """No answer names it."""
        return {}


def test_a_part_that_has_no_value_yet_has_no_rule() -> None:
    gaps = [Gap("b"), Gap("a")]
    assert rules_of([Point.WILD_VALUE, *gaps]) == "rule 27"
    assert in_order([Point.WILD_VALUE, *gaps]) == (gaps[1], gaps[0], Point.WILD_VALUE)
    assert some_unknown([Point.WILD_VALUE, *gaps])
    assert not some_unknown([Point.WILD_VALUE])


STAR, VALUE = Reads(Point.ARN_STAR), Reads(Point.WILD_VALUE)


def test_a_formula_hangs_on_the_points_that_it_mentions() -> None:
    formula = all_of((P, any_of((Q, STAR)), Some(TWO, any_of((Not(VALUE), A)))))
    assert hangs_on(formula) == {Point.ARN_STAR, Point.WILD_VALUE}
    assert hangs_on(A) == frozenset()
    assert under_others(A) == FALSE
    assert under_others(formula) == all_of((any_of((STAR, VALUE)), formula))


def test_a_formula_for_each_reading() -> None:
    assert read_either_way(Point.ARN_STAR, usual=P, other=P) == P
    both = read_either_way(Point.ARN_STAR, usual=P, other=Q)
    for reads, p, q in itertools.product((True, False), repeat=3):
        assert true_where(both, {STAR: reads, P: p, Q: q}.__getitem__) is (q if reads else p)


BARE = Reads(Point.BARE_V6)
# True whatever the two points are, which folding does not see.
WHATEVER = Or(tuple(And(two) for two in itertools.product((VALUE, Not(VALUE)), (BARE, Not(BARE)))))
CASES: list[Formula] = [
    STAR,
    Not(STAR),
    all_of((STAR, P)),
    all_of((STAR, Present(NEITHER))),
    any_of((STAR, P)),
    all_of((any_of((STAR, Present(NEITHER))), any_of((Not(VALUE), Present(NEITHER))))),
    Some(TWO, all_of((text(Element(TWO), "y"), VALUE))),
    Some(TWO, all_of((text(Element(TWO), ""), VALUE))),
    Not(Some(TWO, any_of((text(Element(TWO), "z"), VALUE)))),
    Some(TWO, Some(PAIR, all_of((text(Element(PAIR), "q"), any_of((STAR, text(Element(ONE), "aB"))))))),
    all_of((text(ACTION, "s3:get"), any_of((STAR, VALUE)))),
]
READINGS = [frozenset(some) for size in range(3) for some in itertools.combinations((STAR.point, VALUE.point), size)]


@pytest.mark.parametrize("formula", CASES, ids=str)
def test_what_the_points_have_to_be_for_a_formula_to_be_true_of_a_request(formula: Formula) -> None:
    left = left_open(formula, REQUEST)
    assert all(isinstance(atom, Reads) for atom in atoms(left))
    for reading in READINGS:
        said = Interpreter(REQUEST, reading=reading).holds(formula)
        assert Interpreter(REQUEST, reading=reading).holds(left) is said


@pytest.mark.parametrize(
    ("formula", "reading", "points"),
    [
        (TRUE, [], []),
        (STAR, [STAR], [STAR]),
        (Not(STAR), [], [STAR]),
        (any_of((STAR, VALUE)), [STAR], [STAR]),
        (any_of((STAR, VALUE)), [VALUE], [VALUE]),
        (any_of((STAR, VALUE)), [STAR, VALUE], [VALUE]),
        (all_of((STAR, Not(VALUE))), [STAR], [STAR, VALUE]),
        (Or((STAR, Not(STAR))), [], []),
        (Or((And((STAR, VALUE)), And((STAR, Not(VALUE))))), [STAR, VALUE], [STAR]),
        (And((STAR, WHATEVER)), [STAR, VALUE], [STAR]),
    ],
)
def test_the_points_on_which_it_hangs_that_a_formula_is_true(
    formula: Formula, reading: list[Reads], points: list[Reads]
) -> None:
    assert set(leaned_on(formula, frozenset(one.point for one in reading))) == {one.point for one in points}


def test_where_there_are_too_many_points_to_try_more_may_be_named() -> None:
    gaps = [Reads(Gap(f"{number:02}", number)) for number in range(13)]
    named = leaned_on(any_of(gaps), frozenset(one.point for one in gaps))
    assert named
    assert set(named) <= {one.point for one in gaps}


# --- lists -----------------------------------------------------------------------------------------------------------


def nothing_known(_: StringTerm) -> Domain:
    """The domain of a text that may be any."""
    return Domain()


def shown(index: int, test: Formula) -> Formula:
    """That an element is there, not empty, and passes a test."""
    there = Present(TWO) if index == 0 else Exists(Element(TWO, index))
    return all_of((there, Member(Element(TWO, index), NONEMPTY), test))


def about(index: int) -> Formula:
    """A test of an element: with a pattern, with variables, and one of another key."""
    element = Element(TWO, index)
    return all_of((Member(element, STARTS_A), MatchesTemplate(element, (K,), True), Member(Element(ONE), STARTS_B)))


SOME, OTHER = Some(TWO, about(0)), Some(TWO, Member(Element(TWO), STARTS_B))


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (all_of((P, A)), all_of((P, A))),
        (SOME, shown(0, about(0))),
        (Not(SOME), negate(shown(0, about(0)))),
        (any_of((SOME, P)), any_of((shown(0, about(0)), P))),
        (
            all_of((SOME, OTHER)),
            all_of(
                any_of(shown(index, test) for index, test in enumerate(tests))
                for tests in (
                    (about(0), about(1)),
                    (Member(Element(TWO, 0), STARTS_B), Member(Element(TWO, 1), STARTS_B)),
                )
            ),
        ),
        (any_of((SOME, OTHER)), any_of((shown(0, about(0)), shown(0, Member(Element(TWO), STARTS_B))))),
        (
            Some(TWO, MatchesTemplate(Element(TWO, 1), (K,))),
            shown(0, MatchesTemplate(Element(TWO, 1), (K,))),
        ),
    ],
)
def test_a_list_has_as_many_witnesses_as_are_asked_for(formula: Formula, expected: Formula) -> None:
    assert expand(formula, nothing_known, Budget.of(60)) == expected


@pytest.mark.parametrize(
    ("formula", "count"),
    [
        (And((P, Or((SOME, P)), Or((P, SOME)))), 2),
        (Or((And((SOME, OTHER)), SOME)), 2),
        (Or((SOME, And((SOME, OTHER)), P)), 2),
        (And((Not(SOME), OTHER)), 1),
        (And((Not(SOME), Not(OTHER))), 1),
    ],
)
def test_of_a_disjunction_one_part_needs_witnesses(formula: Formula, count: int) -> None:
    spelled = atoms(expand(formula, nothing_known, Budget.of(60)))
    assert {atom.element.index for atom in spelled if isinstance(atom, Exists)} == set(range(1, count))


def test_a_limit_of_what_is_spelled_out(monkeypatch: pytest.MonkeyPatch) -> None:
    formula = all_of((SOME, OTHER))
    monkeypatch.setattr(witnesses, "_MOST_SPELLED", 4)
    assert expand(formula, nothing_known, Budget.of(60)) != formula
    monkeypatch.setattr(witnesses, "_MOST_SPELLED", 3)
    with pytest.raises(LimitReached, match="the set operators ask for more than 3 combinations of values"):
        expand(formula, nothing_known, Budget.of(60))
    monkeypatch.setattr(witnesses, "_MOST_SPELLED", 1)
    assert expand(Not(SOME), nothing_known, Budget.of(60)) == negate(shown(0, about(0)))


def test_what_holds_of_lists() -> None:
    later = Exists(Element(TWO, 1))
    assert set(list_axioms(all_of((P, A)))) == set()
    assert set(list_axioms(all_of((Q, A)))) == {any_of((Not(Q), P))}
    assert set(list_axioms(later)) == {any_of((Not(later), Many(TWO))), any_of((Not(Many(TWO)), Present(TWO)))}
