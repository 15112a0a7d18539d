"""Patterns whose variables range over languages hold what they must, and what the literals about keys then forbid."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.profiles import share
from tests.strategies import globs
from tests.strings.test_variables import ONE, TEXTS, TWO, VALUES, fits
from verifier.base.budget import Budget
from verifier.base.errors import LimitReached
from verifier.clouds.aws.compile.domains import domains
from verifier.logic.demands import demands_of
from verifier.logic.formula import (
    RESOURCE,
    Element,
    Exists,
    Literal,
    Many,
    MatchesTemplate,
    Member,
    Not,
    Present,
    StringTerm,
)
from verifier.logic.ranged import Ranged, lies_within
from verifier.logic.request import Domain
from verifier.logic.theory import Lemmas, Model, check_theory
from verifier.strings.languages import Glob, Language, Wildcard
from verifier.strings.ranging import Range, Ranging, Shunned
from verifier.strings.typed import IS_NUMBER, Host
from verifier.strings.values import Address, Key, read_network, write_address
from verifier.strings.variables import VariableRef, bindings, stand_ins, with_fresh_constants


@st.composite
def ranges(draw: st.DrawFn) -> Range:
    """What is known of a key: at most two patterns, each demanded or forbidden."""
    found = draw(st.lists(st.tuples(globs(), st.booleans()), max_size=2))
    return Range.of([one for one, holds in found if holds], [one for one, holds in found if not holds])


def within(value: str, area: Range) -> bool:
    """Whether a value lies in a range, by the languages alone."""
    return all(one.matches(value) for one in area.inside) and not any(one.matches(value) for one in area.outside)


def of_holes(areas: Mapping[Key, Range]) -> dict[VariableRef, Range]:
    """The ranges of the variables, of those too whose values match as patterns."""
    usual = {VariableRef(key): area for key, area in areas.items()}
    return usual | {VariableRef(key, wild=True): area.matched() for key, area in areas.items()}


def some(atom: MatchesTemplate, text: str, areas: Mapping[Key, Range], without: MatchesTemplate | None = None) -> bool:
    """Whether `text` fits for some values within `areas`, by trying all that it can give to the variables."""
    return any(
        all(within(value, areas[key]) for key, value in values.items())
        and not (without and set(without.keys) <= set(values) and without.filled(values).matches(text))
        for values in bindings(atom.parts, text, ignores_case=atom.ignores_case)
    )


@share(3.3)
@given(fits().filter(lambda atom: not atom.ignores_case), ranges(), ranges(), st.sampled_from(TEXTS))
def test_a_text_that_fits_within_the_ranges_is_held(atom: MatchesTemplate, one: Range, two: Range, text: str):
    areas = {ONE: one, TWO: two}
    held = Ranging(atom.parts, ranges=of_holes(areas)).matches(text)
    assert held or not some(atom, text, areas)
    variables = [part.key for part in atom.parts if isinstance(part, VariableRef)]
    if len(variables) == len(set(variables)):
        assert held == some(atom, text, areas)


@share(3.3)
@given(fits(), fits(), ranges(), ranges(), st.sampled_from(TEXTS))
def test_a_text_that_fits_no_pattern_to_leave_out_is_held(
    atom: MatchesTemplate, other: MatchesTemplate, one: Range, two: Range, text: str
):
    """In values as they are written: those of a pattern that ignores case may be written otherwise."""
    fields = {part.key for part in atom.parts if isinstance(part, VariableRef) and part.in_field}
    if atom.ignores_case or not {p.key for p in other.parts if isinstance(p, VariableRef) and p.in_field} <= fields:
        return
    areas, letters = {ONE: one, TWO: two}, stand_ins((VariableRef(ONE), VariableRef(TWO)))
    shunned = Shunned(with_fresh_constants(other.parts, letters, other.ignores_case), sure=True)
    if some(atom, text, areas, without=other):
        assert Ranging(atom.parts, False, of_holes(areas), (shunned,), letters).matches(text)


@share(6.7)
@given(fits(), ranges(), st.sampled_from(TEXTS), st.sampled_from(VALUES))
def test_without_regard_to_case(atom: MatchesTemplate, area: Range, text: str, value: str):
    values = {ONE: value, TWO: value}
    if within(value, area) and MatchesTemplate(RESOURCE, atom.parts, True).filled(values).matches(text):
        assert Ranging(atom.parts, True, of_holes({ONE: area, TWO: area})).matches(text)


VALUES_WITH_WILDCARDS = ("", "a", "*", "?", "a*", "*B", "?a", "*a*", ":*", "B?")


def made_wild(atom: MatchesTemplate, which: tuple[bool, ...]) -> MatchesTemplate:
    """The pattern with the wildcards of some values being wildcards."""
    flags = itertools.cycle(which)
    parts = tuple(replace(part, wild=next(flags)) if isinstance(part, VariableRef) else part for part in atom.parts)
    return MatchesTemplate(atom.text, parts, atom.ignores_case)


@share(10)
@given(fits(), fits(), st.tuples(*[st.booleans()] * 4), st.data())
def test_values_whose_wildcards_are_wildcards(
    atom: MatchesTemplate, other: MatchesTemplate, which: tuple[bool, ...], data: st.DataObject
):
    """What the pattern matches for a value, and the other does not, is held: the literals say so, and no lemma else."""
    if atom.ignores_case:
        return
    wild, misfit = made_wild(atom, which[:2]), made_wild(other, which[2:])
    values = {key: data.draw(st.sampled_from(VALUES_WITH_WILDCARDS)) for key in (ONE, TWO)}
    text = data.draw(st.sampled_from(TEXTS))
    known: list[Literal] = []
    for key in (ONE, TWO):
        area = data.draw(globs())
        known.append(Member(Element(key), area) if area.matches(values[key]) else Not(Member(Element(key), area)))
    if not wild.filled(values).matches(text) or misfit.filled(values).matches(text):
        return
    asked = [wild, Not(misfit), *known, Present(ONE), Present(TWO)]
    ranged = Ranged(asked, domains, Budget.of(60))
    assert ranged._ranging(wild, demands_of(asked)[RESOURCE], frozenset((RESOURCE,))).matches(text)


def test_typed_languages_are_loosened():
    network = read_network("10.1.0.0/16")
    area = Range.of((Host(network), IS_NUMBER), (Host(network),))
    assert [str(one) for one in area.inside] == ["texts of .0123456789", "`10.1.*`", "a number"]
    assert area.outside == ()


@given(st.ip_addresses(), st.integers(0, 32))
def test_what_is_loosened_holds_every_address_of_its_network(address: Address, length: int) -> None:
    network = read_network(f"{address}/{length}")
    assert all(one.matches(write_address(address)) for one in Range.of((Host(network),), ()).inside)


def glob(text: str) -> Language:
    """The language of a pattern of literal runs and `*`."""
    return Glob(tuple(Wildcard.TEXT if part == "*" else part for part in re.split(r"(\*)", text) if part))


PLACE = MatchesTemplate(RESOURCE, ("arn:aws:s3:::b/", VariableRef(ONE), "/x"))


@pytest.mark.parametrize(
    ("about", "texts", "empty"),
    [
        pytest.param([Member(Element(ONE), glob("b*"))], "arn:aws:s3:::b/b*", True, id="demanded"),
        pytest.param([Member(Element(ONE), glob("*b"))], "arn:aws:s3:::b/b*", False, id="demanded-elsewhere"),
        pytest.param([Not(Member(Element(ONE), glob("b*")))], "arn:aws:s3:::b/*", True, id="all-is-forbidden"),
        pytest.param(
            [MatchesTemplate(Element(ONE), (VariableRef(TWO),)), Member(Element(TWO), glob("b*"))],
            "arn:aws:s3:::b/b*",
            True,
            id="equal",
        ),
        pytest.param(
            [MatchesTemplate(Element(ONE), ("b", VariableRef(TWO)))],
            "arn:aws:s3:::b/b*",
            True,
            id="one-key-holds-another",
        ),
        pytest.param(
            [MatchesTemplate(Element(ONE), (VariableRef(TWO), "b")), Member(Element(TWO), glob("c*"))],
            "arn:aws:s3:::b/c*b/x",
            True,
            id="through-another-key",
        ),
        pytest.param(
            [MatchesTemplate(Element(TWO), (VariableRef(ONE),)), Member(Element(TWO), glob("b*"))],
            "arn:aws:s3:::b/b*",
            True,
            id="equal-the-other-way",
        ),
        pytest.param(
            [MatchesTemplate(Element(TWO), (VariableRef(ONE),)), Member(Element(ONE), glob("b*"))],
            "arn:aws:s3:::b/b*",
            True,
            id="equal-and-demanded-of-the-first",
        ),
        pytest.param(
            [MatchesTemplate(Element(TWO), (VariableRef(ONE),)), Not(Member(Element(ONE), glob("b*")))],
            "arn:aws:s3:::b/*",
            True,
            id="equal-and-all-is-forbidden-of-the-first",
        ),
        pytest.param(
            [MatchesTemplate(Element(TWO), (VariableRef(ONE),), ignores_case=True), Member(Element(TWO), glob("b*"))],
            "arn:aws:s3:::b/b*",
            False,
            id="equal-but-for-the-case",
        ),
        pytest.param(
            [MatchesTemplate(Element(TWO), (VariableRef(ONE, wild=True),)), Member(Element(TWO), glob("b*"))],
            "arn:aws:s3:::b/b*",
            False,
            id="matched-and-not-equal",
        ),
        pytest.param(
            [
                MatchesTemplate(Element(ONE), (VariableRef(TWO), "a")),
                MatchesTemplate(Element(TWO), (VariableRef(ONE), "b")),
            ],
            "arn:aws:s3:::b/*ba/x",
            True,
            id="in-a-circle",
        ),
    ],
)
def test_what_is_known_of_a_key_reaches_the_text(about: list[Literal], texts: str, empty: bool):
    """The text fits the place of the key, and lies outside of `texts`."""
    asked: list[Literal] = [PLACE, Not(Member(RESOURCE, glob(texts))), *about, Present(ONE), Present(TWO)]
    found = Ranged(asked, domains, Budget.of(60)).impossible(RESOURCE)
    assert (found is not None) == empty
    whole = check_theory(asked, domains, Budget.of(60))
    assert isinstance(whole, Lemmas) if empty else isinstance(whole, Model) or whole.splitting


def test_a_lemma_names_what_is_needed_alone():
    needless = [Member(Element(ONE), glob(f"*{letter}*")) for letter in "cdefg"]
    asked: list[Literal] = [PLACE, Not(Member(RESOURCE, glob("arn:aws:s3:::b/b*"))), *needless, Present(ONE)]
    needed = Member(Element(ONE), glob("b*"))
    lemma = str(Ranged([*asked, needed], domains, Budget.of(60)).impossible(RESOURCE))
    assert str(needed) in lemma
    assert not any(str(one) in lemma for one in needless)


FIELDS = MatchesTemplate(RESOURCE, ("arn:", VariableRef(ONE, in_field=True), ":", VariableRef(ONE, in_field=True)))
WILD_FIELDS = made_wild(FIELDS, (True, True))
HALF = MatchesTemplate(RESOURCE, ("arn:", VariableRef(ONE, in_field=True), ":", VariableRef(ONE)))
WILD = made_wild(PLACE, (True,))
SAME = MatchesTemplate(Element(TWO), (VariableRef(ONE),))


@pytest.mark.parametrize(
    ("asked", "empty"),
    [
        pytest.param(
            [PLACE, Member(Element(ONE), Glob.literal("*")), Member(RESOURCE, glob("*/y/x"))], True, id="star"
        ),
        pytest.param(
            [WILD, Member(Element(ONE), Glob.literal("*")), Member(RESOURCE, glob("*/y/x"))], False, id="wild"
        ),
        pytest.param([HALF, Not(FIELDS)], True, id="a-value-in-a-field-has-no-colon-elsewhere"),
        pytest.param([made_wild(HALF, (True, True)), Not(WILD_FIELDS)], False, id="what-a-value-matches-may-have-one"),
        pytest.param([made_wild(HALF, (True, False)), Not(FIELDS)], False, id="a-wildcard-is-another-text-there"),
        pytest.param([MatchesTemplate(RESOURCE, ("arn:", VariableRef(ONE))), Not(FIELDS)], False, id="no-field"),
        pytest.param(
            [
                MatchesTemplate(RESOURCE, ("A", VariableRef(ONE))),
                Not(MatchesTemplate(RESOURCE, ("a", VariableRef(ONE)), True)),
            ],
            True,
            id="in-any-case",
        ),
        pytest.param(
            [
                MatchesTemplate(RESOURCE, ("arn:A", VariableRef(ONE))),
                Not(MatchesTemplate(RESOURCE, ("arn:a", VariableRef(ONE)), True)),
            ],
            True,
            id="an-arn-in-any-case",
        ),
        pytest.param(
            [PLACE, Not(replace(PLACE, parts=(PLACE.parts[0], VariableRef(TWO), "/x"))), SAME],
            True,
            id="a-place-of-an-equal-key",
        ),
        pytest.param(
            [PLACE, Not(Member(Element(ONE), glob("b*"))), Member(RESOURCE, glob("arn:aws:s3:::b/b*")), SAME],
            True,
            id="forbidden-of-the-first-of-two",
        ),
        pytest.param(
            [PLACE, Not(Member(Element(TWO), glob("b*"))), Member(RESOURCE, glob("arn:aws:s3:::b/b*")), SAME],
            True,
            id="forbidden-of-the-second-of-two",
        ),
    ],
)
def test_what_fills_a_field_and_what_fills_a_text(asked: list[Literal], empty: bool) -> None:
    found = Ranged([*asked, Present(ONE), Present(TWO)], domains, Budget.of(60)).impossible(RESOURCE)
    assert (found is not None) == empty


def test_a_later_value_of_a_list_is_known_to_be_there() -> None:
    later = Element(TWO, 1)
    asked: list[Literal] = [Present(ONE), Present(TWO), Many(TWO), Exists(later), Member(Element(ONE), glob("b*"))]
    asked += [MatchesTemplate(later, ("a", VariableRef(ONE))), Not(Member(later, glob("ab*")))]
    assert Ranged(asked, domains, Budget.of(60)).impossible(later) is not None


def test_a_search_that_is_too_long_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def too_long(*_: object) -> str:
        raise LimitReached("planted")

    asked = [PLACE, Member(Element(ONE), glob("b*")), Not(Member(RESOURCE, glob("arn:aws:s3:::b/b*"))), Present(ONE)]
    ranged = Ranged(asked, domains, Budget.of(60))
    monkeypatch.setattr("verifier.logic.ranged.word", too_long)
    assert ranged.impossible(RESOURCE) is None
    assert ranged.guess(RESOURCE) is None


X, FIELD = VariableRef(ONE), VariableRef(ONE, in_field=True)
WITHIN: list[tuple[MatchesTemplate, MatchesTemplate, bool]] = [
    (MatchesTemplate(RESOURCE, ("a", X)), MatchesTemplate(RESOURCE, ("a", X)), True),
    (MatchesTemplate(RESOURCE, ("a", X)), MatchesTemplate(RESOURCE, (Wildcard.TEXT, X)), True),
    (MatchesTemplate(RESOURCE, (Wildcard.TEXT, X)), MatchesTemplate(RESOURCE, ("a", X)), False),
    (MatchesTemplate(RESOURCE, ("a", X)), MatchesTemplate(Element(TWO), ("a", X)), False),
    (MatchesTemplate(RESOURCE, ("a", FIELD)), MatchesTemplate(RESOURCE, ("a", FIELD)), True),
    (MatchesTemplate(RESOURCE, ("a", FIELD)), MatchesTemplate(RESOURCE, ("a", X)), True),
    (MatchesTemplate(RESOURCE, ("a", X)), MatchesTemplate(RESOURCE, ("a", FIELD)), False),
    (MatchesTemplate(RESOURCE, ("a", X), ignores_case=True), MatchesTemplate(RESOURCE, ("a", X)), False),
    (MatchesTemplate(RESOURCE, ("a", X)), MatchesTemplate(RESOURCE, ("a", X), ignores_case=True), False),
    (WILD, WILD, True),
    (WILD_FIELDS, WILD_FIELDS, False),  # a value that is matched may match another text in each place
]


@pytest.mark.parametrize(("one", "other", "within"), WITHIN)
def test_one_pattern_plainly_lies_within_another(one: MatchesTemplate, other: MatchesTemplate, within: bool) -> None:
    assert lies_within(one, other) is within


@pytest.mark.parametrize(
    ("areas", "texts", "empty"),
    [
        pytest.param([glob("a*")], "arn:aws:s3:::b/a*", True, id="one"),
        pytest.param([glob("a*"), IS_NUMBER], "arn:aws:s3:::b/a*", False, id="either"),
        pytest.param([glob("a*"), IS_NUMBER, Host()], "arn:aws:s3:::b/a*", False, id="any"),
        pytest.param([glob("a*")], "arn:aws:s3:::b/b*", False, id="another"),
    ],
)
def test_a_key_has_a_value_of_one_of_its_areas(areas: list[Language], texts: str, empty: bool) -> None:
    def of(text: StringTerm) -> Domain:
        return Domain(areas=tuple(areas)) if text == Element(ONE) else domains(text)

    asked = [PLACE, Not(Member(RESOURCE, glob(texts))), Member(Element(ONE), glob("*1*")), Present(ONE)]
    assert (Ranged(asked, of, Budget.of(60)).impossible(RESOURCE) is not None) == empty


def test_where_there_are_too_many_keys_for_stand_ins_what_is_known_of_them_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("verifier.logic.ranged.STAND_INS", range(1))
    asked = [PLACE, Member(Element(ONE), glob("b*")), Not(Member(RESOURCE, glob("arn:aws:s3:::b/b*"))), Present(ONE)]
    assert Ranged(asked, domains, Budget.of(60)).impossible(RESOURCE) is not None
