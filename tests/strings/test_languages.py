"""What a language says of itself beyond the texts that it holds: what it covers, what is missing, how it is called."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator

import pytest

from tests.interpreter import matches
from tests.strategies import texts_over
from verifier.strings.languages import EMPTY, Glob, Language, State, Wildcard, united
from verifier.strings.pattern import parse_pattern
from verifier.strings.values import lower
from verifier.strings.variables import merge

TEXT, CHAR, FIELD_TEXT, FIELD_CHAR = Wildcard.TEXT, Wildcard.CHAR, Wildcard.FIELD_TEXT, Wildcard.FIELD_CHAR
PARTS: tuple[str | Wildcard, ...] = ("a", "B:", TEXT, CHAR, FIELD_TEXT, FIELD_CHAR)
TEXTS = tuple(texts_over("aB:", 3))
STANDS_FOR: dict[Wildcard, tuple[tuple[str | Wildcard, ...], ...]] = {
    CHAR: ((CHAR,), (FIELD_CHAR,), ("B",), (":",)),
    FIELD_CHAR: ((FIELD_CHAR,), ("B",)),
    TEXT: ((), (TEXT,), (FIELD_TEXT,), (CHAR,), (FIELD_CHAR, TEXT), ("a:B",)),
    FIELD_TEXT: ((), (FIELD_TEXT,), (FIELD_CHAR,), (FIELD_CHAR, FIELD_TEXT), ("Ba",)),
}


def glob_of(parts: Iterable[str | Wildcard]) -> Glob:
    """The language of a pattern with these parts, in normal form."""
    return Glob(tuple(part for part in merge(parts) if isinstance(part, str | Wildcard)))


GLOBS = {glob_of(parts) for size in range(4) for parts in itertools.product(PARTS, repeat=size)}


def narrower(glob: Glob) -> Iterator[Glob]:
    """Patterns in which each wildcard gave way to something that it stands for."""
    options = (STANDS_FOR[part] if isinstance(part, Wildcard) else ((part,),) for part in glob.parts)
    for chosen in itertools.product(*options):
        yield glob_of(itertools.chain(*chosen))


def test_a_pattern_covers_those_in_which_wildcards_gave_way_to_what_they_stand_for() -> None:
    for glob in GLOBS:
        assert all(glob.covers(other) for other in narrower(glob)), glob


@pytest.mark.parametrize("other", ["Ab*", "ab*", "AB", "aBx"])
def test_a_pattern_in_any_case_covers_those_that_differ_in_case(other: str) -> None:
    glob = Glob.of(parse_pattern("aB*"), ignores_case=True)
    assert glob.covers(Glob.of(parse_pattern(other)))
    assert glob.covers(Glob.of(parse_pattern(other), ignores_case=True))
    assert not Glob.of(parse_pattern("aB*")).covers(Glob.of(parse_pattern(other), ignores_case=True))


def test_a_pattern_regards_case_unless_told_otherwise() -> None:
    glob = Glob.of(parse_pattern("aB*"))
    assert [text for text in ("aB", "ab", "AB", "aBc") if glob.matches(text)] == ["aB", "aBc"]


def test_no_more_is_missing_than_what_follows() -> None:
    for glob, text in itertools.product(GLOBS, TEXTS):
        if matches(glob, text):
            states = itertools.accumulate(text, glob.machine.advance, initial=glob.start())
            assert all(glob.missing(state) <= len(text) - place for place, state in enumerate(states)), (glob, text)
    word = Glob.literal("aBa")
    states = itertools.accumulate("aBa", word.machine.advance, initial=word.start())
    assert list(map(word.missing, states)) == [3, 2, 1, 0]


@pytest.mark.parametrize("ignores_case", [False, True])
def test_patterns_together_read_as_each_alone(ignores_case: bool) -> None:
    apart = [Glob.of(parse_pattern(text), ignores_case) for text in ("aB", "B?", "*:a", "a*a")]
    (together,) = united(apart)
    for text in (*TEXTS, "AB", "Ab", "b:", "BB", "A:A"):
        holds = any(matches(glob, text) for glob in apart)
        assert together.matches(text) is holds, text
        assert reads(together, text) is holds, text


@pytest.mark.parametrize("text", ["", "a", "a:"])
def test_the_empty_language_holds_nothing(text: str) -> None:
    language: Language = EMPTY
    assert not language.matches(text)
    assert not reads(language, text)
    assert not language.accepts(language.start())
    assert not language.absorbs(language.start())


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        (EMPTY, "nothing"),
        (Glob.of(parse_pattern("a?B*")), "`a?B*`"),
        (Glob.of(parse_pattern("aB*"), ignores_case=True), f"`{lower('aB')}*` in any case"),
        (Glob(("a", FIELD_TEXT, ":", FIELD_CHAR)), "`a*:?`"),
    ],
)
def test_a_language_has_a_name(language: Language, shown: str) -> None:
    assert str(language) == shown


def reads(language: Language, text: str) -> bool:
    """Whether the machine accepts `text`."""
    state: State | None = language.start()
    for char in text:
        state = language.step(state, char)
        if state is None:
            return False
    return language.accepts(state)
