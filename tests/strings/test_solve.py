"""The theory of texts against brute force over all short texts, and the machines against `matches`."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterable, Sequence
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.interpreter import matches
from tests.strategies import ADDRESSES, COMPARED, DATES, NUMBERS, globs, hosts, instants, languages, numbers, texts_over
from verifier.base.budget import Budget
from verifier.base.errors import LimitReached
from verifier.clouds.aws.policy.operators import Comparison
from verifier.strings.languages import Glob, Language, Wildcard, twins, united
from verifier.strings.machine import STAND_INS
from verifier.strings.sample_points import free_host, one_type, points
from verifier.strings.shape import Chars, Run, Shape
from verifier.strings.solve import Conflict, find_string
from verifier.strings.typed import (
    CANONICAL_ADDRESS,
    IS_ACTION,
    IS_ADDRESS,
    IS_BINARY,
    IS_INSTANT,
    IS_NAME,
    IS_NUMBER,
    IS_SERVICE,
    Host,
    Instant,
    Number,
)
from verifier.strings.values import lower, read_address, read_instant, read_network, write_address
from verifier.strings.variables import merge

SMALL = tuple(texts_over("aA:b", 3))
SETS = ("ab", "bc", "ac", "abc", "c")
OF_SETS = tuple(texts_over("abc", 4))
SHORT = tuple(texts_over("abA:k", 4))
ONE_WILDCARD = (Wildcard.CHAR, Wildcard.FIELD_CHAR, Wildcard.FIELD_TEXT)
STOOD_IN = tuple(texts_over("aA:\ud800\udfff", 4))
NUMERIC = tuple(texts_over("-.019", 4))
INSTANTS = (
    *DATES,
    *("", "1", "9", "11", "0000-01-01", "0000-01-01T00:00:00.5+23:59", "9999-12-31T23:59:59.9-23:59", "2026-13-01"),
    *("253402387139", "99999999999999", "99999999999998", "1969-12-31T23:59:59.25Z", "1767225599", "1767225601"),
)
HOSTS = (
    *ADDRESSES,
    *("0.0.0.1", "127.255.255.255", "128.0.0.0", "255.255.255.254", "255.255.255.255", "203.0.113.6", "203.0.113.255"),
    *("203.0.112.255", "7fff::", "8000::", "::fffe:ffff:ffff", "::1:0:0:0", "2001:db9::"),
    *("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff"),
)


def check(inside: Sequence[Language], outside: Sequence[Language], texts: Iterable[str], **more: object) -> None:
    """`find_string` gives a text that does, or a conflict among the languages that no text of `texts` gets around."""
    try:
        found = find_string(inside, outside, Budget.of(0.05), **more)  # type: ignore[arg-type]
    except LimitReached:
        return
    if isinstance(found, Conflict):
        assert set(found.inside) <= set(inside)
        assert set(found.outside) <= set(outside)
        for text in texts:
            assert not (
                all(matches(one, text) for one in found.inside) and not any(matches(one, text) for one in found.outside)
            ), (found, text)
    else:
        assert all(matches(one, found) for one in inside), found
        assert not any(matches(one, found) for one in outside), found


RUNS = st.builds(lambda letters, least: Shape((Run(Chars(letters), least),)), st.sampled_from(SETS), st.integers(0, 2))


@given(st.lists(RUNS, min_size=1, max_size=3), st.lists(RUNS, max_size=2))
@example([Shape((Run(Chars("ab")),)), Shape((Run(Chars("bc")),))], [])
def test_sets_of_characters_that_share_some(inside: list[Shape], outside: list[Shape]):
    check(inside, outside, OF_SETS)


@given(st.lists(globs(), max_size=3), st.lists(globs(), max_size=3))
def test_patterns(inside: list[Glob], outside: list[Glob]):
    check(inside, outside, SHORT)


@given(
    st.lists(numbers(), max_size=2), st.lists(st.one_of(numbers(), globs()), max_size=2), st.lists(globs(), max_size=1)
)
def test_numbers(inside: list[Language], outside: list[Language], also: list[Language]):
    check([*inside, *also], outside, NUMERIC)


@given(st.lists(instants(), min_size=1, max_size=3), st.lists(instants(), max_size=3))
def test_dates(inside: list[Language], outside: list[Language]):
    check(inside, outside, INSTANTS)


@given(st.lists(hosts(), min_size=1, max_size=3), st.lists(hosts(), max_size=3), st.booleans())
def test_addresses(inside: list[Language], outside: list[Language], canonical: bool):
    check(
        [*inside, CANONICAL_ADDRESS] if canonical else inside, outside, map(_canonical, HOSTS) if canonical else HOSTS
    )


def _canonical(text: str) -> str:
    address = read_address(text)
    return write_address(address) if address else text


@given(st.lists(languages(), max_size=3), st.lists(languages(), max_size=2))
def test_any_languages(inside: list[Language], outside: list[Language]):
    check(inside, outside, (*SHORT[:400], *NUMERIC[:400], *INSTANTS, *HOSTS, "arn:a::::b", "a:b", "arn:aws:s3:::b"))


@given(st.lists(globs(cases=False), max_size=3), st.lists(globs(cases=False), max_size=2))
def test_actions(inside: list[Glob], outside: list[Glob]):
    check([IS_ACTION, *inside], outside, texts_over("abk:", 5), spare="xyabk-0", closed=True)


# --- the machines ----------------------------------------------------------------------------------------------------


def reads(language: Language, text: str) -> bool:
    """Whether the machine accepts `text`; what it says of all continuations on the way must come true."""
    state, absorbed = language.start(), False
    for char in text:
        absorbed = absorbed or language.absorbs(state)
        after = language.step(state, char)
        if after is None:
            assert not absorbed
            return False
        state = after
    assert language.accepts(state) or not absorbed
    return language.accepts(state)


@given(
    languages(),
    st.lists(st.one_of(st.sampled_from((*SHORT, *NUMERIC)), st.sampled_from((*INSTANTS, *HOSTS, *NUMBERS)))),
)
def test_machines_read_what_matches(language: Language, texts: list[str]):
    for text in (*texts, *SHORT[:160], "arn:a::::b"):
        assert reads(language, text) == language.matches(text) == matches(language, text), text


NO_HOSTS = ("", "1.2.3", "256.1.1.1", "01.2.3.4", "1.2.3.4.5", "1:2", ":::", "1::2::3", "::g", "::1.2.3.400", "::00001")
BASE64 = tuple(texts_over("A+/=", 5))
TYPED: tuple[tuple[Language, tuple[str, ...]], ...] = (
    (IS_NUMBER, (*NUMERIC, *NUMBERS)),
    (IS_INSTANT, INSTANTS),
    (Instant(Comparison.LESS, Decimal(1_767_225_600)), INSTANTS),
    (IS_ADDRESS, (*HOSTS, *NO_HOSTS, "::1.2.3.4", "ABCD::")),
    (Host(read_network("203.0.113.0/24")), HOSTS),
    (CANONICAL_ADDRESS, (*HOSTS, *NO_HOSTS)),
    (IS_BINARY, BASE64),
    (IS_SERVICE, SMALL),
    (IS_NAME, tuple(texts_over("aA:_", 3))),
    (IS_ACTION, tuple(texts_over("a:_", 5))),
)


@pytest.mark.parametrize(("language", "texts"), [pytest.param(*row, id=str(row[0])) for row in TYPED])
def test_typed_machines_read_what_matches(language: Language, texts: tuple[str, ...]) -> None:
    assert {language.matches(text) for text in texts} == {True, False}
    for text in texts:
        assert reads(language, text) == language.matches(text) == matches(language, text), text


COMPARISONS = [relation for relation in COMPARED if relation]
BOUNDS = ("0", "1", "-1", "9", "10", "-11", "109", "0.5", "-0.5", "1.5", "0.05", "-10.25", "1.90")


@pytest.mark.parametrize("relation", COMPARISONS)
def test_compared_machines_read_what_matches(relation: Comparison) -> None:
    for bound in BOUNDS:
        number = Number(relation, Decimal(bound))
        assert all(reads(number, text) == number.matches(text) == matches(number, text) for text in NUMERIC), number
    for text in DATES:
        instant = Instant(relation, read_instant(text) or Decimal(0))
        assert all(reads(instant, other) == matches(instant, other) for other in INSTANTS), instant


@pytest.mark.parametrize("network", ["0.0.0.0/0", "203.0.113.7/32", "128.0.0.0/1", "::/0", "2001:db8::/32", "::1/128"])
def test_networks_are_read_as_they_match(network: str) -> None:
    host = Host(read_network(network))
    assert all(reads(host, text) == host.matches(text) == matches(host, text) for text in (*HOSTS, *NO_HOSTS)), host


SHOWN: tuple[tuple[Language, str], ...] = (
    (IS_NUMBER, "a number"),
    (Number(Comparison.LESS, Decimal(5)), "< 5"),
    (IS_INSTANT, "a date"),
    (Instant(Comparison.EQUALS, Decimal(7)), "= instant 7"),
    (IS_ADDRESS, "an address"),
    (Host(read_network("203.0.113.0/24")), "in 203.0.113.0/24"),
    (IS_ACTION, "an action"),
    (IS_BINARY, "base64"),
)


@pytest.mark.parametrize(("language", "shown"), SHOWN)
def test_languages_say_what_they_are(language: Language, shown: str) -> None:
    assert str(language) == shown


@given(globs(), st.lists(st.sampled_from(STOOD_IN)))
def test_machines_read_stand_ins_as_they_are_matched(glob: Glob, texts: list[str]):
    for text in (*texts, *STOOD_IN[:31]):
        assert reads(glob, text) == glob.matches(text), text


@pytest.mark.parametrize(
    "parts",
    [
        ("a\ud800b",),
        ("\ud800", Wildcard.TEXT),
        (Wildcard.TEXT, "\ud800", Wildcard.FIELD_TEXT),
        ("\udfff", Wildcard.CHAR),
        (Wildcard.CHAR, Wildcard.TEXT, "b"),
        (Wildcard.FIELD_CHAR,),
    ],
)
def test_a_stand_in_is_matched_by_itself_and_by_a_text_alone(parts: tuple[str | Wildcard, ...]) -> None:
    """Characters before and behind the stand-ins are as others."""
    glob = Glob(parts)
    for text in texts_over("ab\ud800\udfff\ud7ff\ue000\U0001f600", 3):
        assert reads(glob, text) == glob.matches(text), text


@pytest.mark.parametrize(
    ("parts", "text", "holds"),
    [
        *(((wildcard,), stand_in, False) for wildcard in ONE_WILDCARD for stand_in in ("\ud800", "\udfff")),
        *(((wildcard,), other, True) for wildcard in ONE_WILDCARD for other in ("a", "\ud7ff", "\ue000", "\U0001f600")),
        ((Wildcard.TEXT,), "a\ud800", True),
        (("\ud800",), "\ud800", True),
        (("\ud800",), "\ud801", False),
        ((Wildcard.TEXT, "\udfff", Wildcard.CHAR), "aa\udfffb", True),
    ],
)
def test_a_stand_in_is_matched_by_no_wildcard_of_one_character(
    parts: tuple[str | Wildcard, ...], text: str, holds: bool
) -> None:
    assert reads(Glob(parts), text) is holds


@example([Glob((Wildcard.CHAR, "a")), Glob((Wildcard.CHAR, "A", Wildcard.TEXT)), Glob(("b", Wildcard.FIELD_CHAR))], [])
@example([Glob((Wildcard.FIELD_TEXT, ":")), Glob(("b", Wildcard.TEXT)), Glob((Wildcard.FIELD_TEXT, "k"))], [])
@given(st.lists(st.one_of(globs(), numbers()), max_size=5), st.lists(st.sampled_from(STOOD_IN)))
def test_united_patterns_hold_the_same_texts(apart: list[Language], texts: list[str]):
    together = united(apart)
    assert len(together) <= len(apart)
    for text in (*texts, *SHORT[:80], *STOOD_IN[:31]):
        holds = any(language.matches(text) for language in apart)
        assert any(language.matches(text) for language in together) == holds, text
        assert any(reads(language, text) for language in together) == holds, text


@given(globs(), st.sampled_from(SHORT), st.data())
def test_characters_that_no_pattern_mentions_are_alike(glob: Glob, text: str, data: st.DataObject):
    others = [char for char in "zZ\u212b\u00e9\U0001f600\U0010f000" if char not in glob.letters]
    one, other = data.draw(st.sampled_from(others)), data.draw(st.sampled_from(others))
    place = data.draw(st.integers(0, len(text)))
    assert glob.matches(text[:place] + one + text[place:]) == glob.matches(text[:place] + other + text[place:])


@pytest.mark.parametrize("text", ["QUJD", "QUI=", "", "QUI", "=", "QUJ=", "YWI="])
def test_base64_reads_what_matches(text: str):
    assert reads(IS_BINARY, text) == IS_BINARY.matches(text)


@given(globs(), globs())
def test_covers_is_sound(one: Glob, other: Glob):
    if one.covers(other):
        assert all(matches(one, text) for text in SHORT if matches(other, text))
        check([other], [one], SHORT)


def test_covers_is_sound_of_all_small_patterns():
    pieces: tuple[str | Wildcard, ...] = ("a", ":", *Wildcard)
    parts = {merge(some) for size in range(4) for some in itertools.product(pieces, repeat=size)}
    held = {Glob(some): frozenset(text for text in SMALL if matches(Glob(some), text)) for some in parts}  # type: ignore[arg-type]
    for one, other in itertools.product(held, repeat=2):
        assert held[other] <= held[one] or not one.covers(other), (one, other)


def test_covers_is_sound_of_small_patterns_in_any_case():
    pieces: tuple[str | Wildcard, ...] = ("a", ":", Wildcard.TEXT, Wildcard.CHAR)
    parts = {merge(some) for size in range(3) for some in itertools.product(pieces, repeat=size)}
    globs_ = [Glob(some, ignores_case) for some in parts for ignores_case in (False, True)]  # type: ignore[arg-type]
    held = {glob: frozenset(text for text in SMALL if matches(glob, text)) for glob in globs_}
    for one, other in itertools.product(held, repeat=2):
        assert held[other] <= held[one] or not one.covers(other), (one, other)


# --- sets of one type ------------------------------------------------------------------------------------------------


def _points_do(languages_: list[Language], texts: Iterable[str]) -> None:
    assert one_type(languages_) is not None
    found = {tuple(matches(one, text) for one in languages_) for text in points(languages_)}
    for text in texts:
        met = tuple(matches(one, text) for one in languages_)
        assert not any(met) or met in found, (text, met)


@given(st.lists(numbers(), min_size=1, max_size=4))
def test_points_of_numbers(found: list[Number]):
    _points_do(list(found), NUMERIC)


@given(st.lists(instants(), min_size=1, max_size=4))
def test_points_of_dates(found: list[Instant]):
    _points_do(list(found), INSTANTS)


@given(st.lists(hosts(), min_size=1, max_size=4))
def test_points_of_addresses(found: list[Host]):
    _points_do(list(found), HOSTS)


@pytest.mark.parametrize("outer", ["0.0.0.0/0", "128.0.0.0/1", "203.0.113.0/24", "::/0", "2001:db8::/32"])
def test_points_beside_a_network_at_the_beginning_of_another(outer: str):
    whole = read_network(outer)
    assert whole is not None
    quarters = list(whole.subnets(2))
    _points_do([Host(whole), Host(quarters[0]), Host(quarters[3])], [str(quarter[1]) for quarter in quarters])


@given(st.lists(hosts(), min_size=1, max_size=3), st.lists(hosts(), max_size=4))
def test_a_free_host_is_found_where_there_is_one(inside: list[Host], outside: list[Host]):
    check([CANONICAL_ADDRESS, *inside], outside, HOSTS)
    found = free_host([CANONICAL_ADDRESS, *inside], outside)
    free = [text for text in (*HOSTS, *points([*inside, *outside])) if all(matches(one, text) for one in inside)]
    free = [text for text in free if not any(matches(one, text) for one in outside)]
    assert (found is None) == (not free), (found, free)
    if found is not None:
        assert all(matches(one, found) for one in (CANONICAL_ADDRESS, *inside)), found
        assert not any(matches(one, found) for one in outside), found


@pytest.mark.parametrize("whole", ["10.0.0.0/8", "2001:db8::/32"])
def test_a_free_host_in_the_gap_between_many_networks(whole: str):
    network = read_network(whole)
    assert network is not None
    parts = [Host(part) for part in network.subnets(8)]
    assert free_host([CANONICAL_ADDRESS, Host(network)], parts) is None
    gap = parts.pop(100)
    found = free_host([CANONICAL_ADDRESS, Host(network)], parts)
    assert found is not None
    assert gap.matches(found)


def test_an_address_that_is_not_canonical_is_one():
    check([Host()], [CANONICAL_ADDRESS], ["::00", "2001:DB8::1"])


# --- characters ------------------------------------------------------------------------------------------------------


def test_twins_are_all_there_are():
    cased = [char for char in map(chr, range(sys.maxunicode + 1)) if not char.lower() == char.upper() == char.title()]
    by_lower: dict[str, set[str]] = {}
    for char in cased:
        by_lower.setdefault(lower(char), set()).add(char)
    for small, chars in by_lower.items():
        assert {small, *twins(small)} == {small, *chars}


def test_lower_case_is_one_to_one_and_settled():
    """No character's lower case has another lower case, so lowering twice is lowering once."""
    cased = (chr(code) for code in itertools.chain(range(0xD800), range(0xE000, 0x20000)))
    assert all(len(lower(char)) == 1 and lower(lower(char)) == lower(char) for char in cased)


def test_stand_ins_are_no_characters_of_texts():
    assert all(0xD800 <= code < 0xE000 for code in STAND_INS)


@pytest.mark.parametrize("relation", [Comparison.LIKE, Comparison.WITHIN, Comparison.ABSENT])
def test_what_does_not_compare_is_an_error(relation: Comparison) -> None:
    with pytest.raises(ValueError, match="does not compare"):
        Number(relation, Decimal(1)).matches("1")


def test_the_longest_address_is_one() -> None:
    longest = "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255"
    assert IS_ADDRESS.matches(longest)
    assert reads(IS_ADDRESS, longest)
    assert not IS_ADDRESS.matches(f"{longest}0")


def test_numbers_of_any_length():
    bound = Decimal("1" + "0" * 60 + ".0001")
    assert not matches(Number(None), "1e3")
    for language in (Number(relation, bound) for relation in COMPARED):
        for text in (str(10**60), "1" + "0" * 60 + ".0001", "1" + "0" * 60 + ".00010001", "9" * 60, "-" + "9" * 70):
            assert reads(language, text) == matches(language, text)
