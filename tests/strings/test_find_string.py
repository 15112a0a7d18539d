"""The search for a text: what it tries first, what it must not give, how small its conflicts are, where it ends."""

from __future__ import annotations

import itertools
import sys

import pytest

from tests.interpreter import matches
from tests.strategies import texts_over
from verifier.base.budget import Budget
from verifier.base.errors import LimitReached
from verifier.strings import solve
from verifier.strings.languages import EVERYTHING, Glob, Language
from verifier.strings.machine import STAND_INS
from verifier.strings.pattern import parse_pattern
from verifier.strings.solve import SPARE, Conflict, _more_spare, find_string, find_string_or_none
from verifier.strings.typed import CANONICAL_ADDRESS, IS_BINARY, IS_INSTANT, IS_NUMBER, Host


def glob(text: str) -> Glob:
    """The language of a pattern."""
    return Glob.of(parse_pattern(text))


def found(inside: list[Language], outside: list[Language], begin: str = "") -> str:
    """The text of a search that must find one."""
    text = find_string(inside, outside, Budget.of(60), begin=begin)
    assert isinstance(text, str), text
    assert all(matches(one, text) for one in inside), text
    assert not any(matches(one, text) for one in outside), text
    return text


# --- what is tried, and what is to be avoided ------------------------------------------------------------------------


def test_the_text_to_begin_with_is_taken_where_it_does() -> None:
    assert found([glob("a*")], [glob("*b")], begin="aa") == "aa"
    assert found([glob("a*")], [glob("*b")], begin="ab") != "ab"
    assert find_string([EVERYTHING], [], Budget.of(60)) == ""
    assert find_string_or_none([EVERYTHING], [], Budget.of(60)) == ""


def test_no_text_to_avoid_is_given() -> None:
    avoid: set[str] = set()
    for _ in range(3):
        text = find_string_or_none([glob("a?")], [], Budget.of(60), spare="bcd", closed=True, avoid=avoid)
        assert text is not None
        assert text not in avoid
        avoid.add(text)
    assert find_string_or_none([glob("a?")], [glob("aa")], Budget.of(60), spare="bcd", closed=True, avoid=avoid) is None
    assert find_string_or_none([], [], Budget.of(60), avoid={""}) not in ("", None)


def test_other_characters_than_the_spare_ones_are_there_unless_the_alphabet_is_closed() -> None:
    apart: list[Language] = [Glob.literal(char) for char in SPARE]
    assert found([glob("?")], apart).isprintable()
    assert find_string_or_none([glob("?")], apart, Budget.of(60)) is not None
    assert isinstance(find_string([glob("?")], apart, Budget.of(60), closed=True), Conflict)
    assert find_string_or_none([glob("?")], apart, Budget.of(60), closed=True) is None


def test_any_character_that_a_text_may_hold_is_found_where_no_language_mentions_it() -> None:
    """A stand-in is no character of a text."""
    spare = list(_more_spare())
    assert len(spare) == len(set(spare)) > 1_000_000
    assert set(spare) == set(range(min(spare), sys.maxunicode + 1)) - set(STAND_INS)
    assert find_string_or_none([glob("?")], [Glob.literal(chr(min(spare)))], Budget.of(60), spare="") == chr(spare[1])


@pytest.mark.parametrize("language", [IS_NUMBER, IS_INSTANT, Host(), CANONICAL_ADDRESS, IS_BINARY])
def test_a_text_outside_a_type_need_not_be_of_the_type(language: Language) -> None:
    begin = next(text for text in ("1", "1.1.1.1") if language.matches(text)) if language != IS_BINARY else "QQ=="
    found([], [language], begin)
    found([glob("?*")], [language], begin)


# --- conflicts -------------------------------------------------------------------------------------------------------

SMALL: list[Language] = [glob(text) for text in ("a*", "*b", "*a*", "?", "??", "*ab*", "b*", "*")]


def test_no_conflict_names_what_is_not_needed() -> None:
    """Three languages or more; without any of them there is a text."""
    for *inside, other in itertools.product(SMALL[:-1], SMALL[1:-1], SMALL[2:-1], SMALL[2:]):
        conflict = find_string(inside, [other], Budget.of(60))
        if not isinstance(conflict, Conflict) or len(conflict.inside) + len(conflict.outside) < 3:
            continue
        for language in (*conflict.inside, *conflict.outside):
            rest = [one for one in conflict.inside if one != language]
            others = [one for one in conflict.outside if one != language]
            assert isinstance(find_string(rest, others, Budget.of(60)), str), conflict


def test_of_two_that_are_one_nothing_is_left() -> None:
    """No search through the texts would end."""
    conflict = Conflict((IS_BINARY,), (IS_BINARY,))
    assert find_string([IS_BINARY], [IS_BINARY], Budget.of(60)) == conflict


def test_a_single_text_is_tried_alone() -> None:
    for text in texts_over("ab", 3):
        for language in SMALL:
            only: list[Language] = [glob(text), language]
            held = isinstance(find_string(only, [], Budget.of(60)), str)
            assert held is matches(language, text)
            assert isinstance(find_string([glob(text)], [language], Budget.of(60)), str) is not held


# --- limits ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [10, 25])
def test_patterns_that_can_all_hold_need_no_search(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solve, "_MOST_STATES", 0)
    words = [f"w{number}-" for number in range(size)]
    found([glob("head*"), glob("he*"), *(glob(f"*{word}*") for word in words), glob("*il"), glob("*tail")], [])
    found([glob("*a?c*"), glob("*d??f*")], [])
    found([glob("?????????*"), glob("a*")], [])


def test_a_search_that_is_too_long_says_how_many_states_it_met(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solve, "_MOST_STATES", 3)
    with pytest.raises(LimitReached, match="a text in several patterns at once passed 3 states"):
        find_string([glob("*a*b*")], [glob("?b*a"), glob("a*b*"), glob("?*a*b*")], Budget.of(60))
