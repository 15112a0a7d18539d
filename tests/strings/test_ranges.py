"""Which texts a pattern holds whose variables range over languages, and which ranges are kept of a key."""

from __future__ import annotations

import itertools
import re

import pytest

from tests.strategies import texts_over
from verifier.base.errors import LimitReached
from verifier.strings import ranging
from verifier.strings.languages import Glob, Language, State, Wildcard
from verifier.strings.machine import STAND_INS
from verifier.strings.ranging import Letters, Range, Ranging, Shunned
from verifier.strings.shape import Chars, Run, Shape
from verifier.strings.typed import IS_BINARY, IS_INSTANT, IS_NAME, IS_NUMBER, Host
from verifier.strings.values import Key, read_network
from verifier.strings.variables import VariableRef, alike

X = VariableRef(Key.of("acme:one"))
FIELD = VariableRef(X.key, in_field=True)
Y = VariableRef(Key.of("acme:two"))
STAND_IN = {alike(X): chr(STAND_INS.start)}
TEXTS = tuple(texts_over("aAb:", 3))


def only(*texts: str) -> Range:
    """The range of values inside the patterns of these texts."""
    return Range.of([glob(text) for text in texts], ())


def but(*texts: str) -> Range:
    """The range of values outside these patterns."""
    return Range.of((), [glob(text) for text in texts])


def glob(text: str) -> Glob:
    """The language of a pattern of literal runs and `*`."""
    return Glob(tuple(Wildcard.TEXT if part == "*" else part for part in re.split(r"(\*)", text) if part))


def without(text: str, *, sure: bool = True) -> tuple[Shunned, ...]:
    """A pattern to leave out; `$` stands for the variable."""
    return (Shunned(glob(text.replace("$", STAND_IN[alike(X)])), sure),)


HELD: list[tuple[Ranging, str]] = [
    (Ranging(("a", X)), "a.*"),
    (Ranging(("a", X), ranges={X: only("b*")}), "ab.*"),
    (Ranging(("a", X), ranges={X: but("ab")}), "a(?!ab$).*"),
    (Ranging(("a", X), ranges={X: but("*b")}), "a(.*[^b])?"),
    (Ranging(("a", X), ranges={X: but("b*")}), "a([^b].*)?"),
    (Ranging((X,), ranges={X: but("*")}), "(?!)"),
    (Ranging((X, Y), ranges={X: only("a", "*"), Y: only("b")}), "ab"),
    (Ranging((Wildcard.FIELD_CHAR, "a")), "[^:]a"),
    (Ranging((Wildcard.CHAR, "a")), ".a"),
    (Ranging((Wildcard.FIELD_TEXT, "a:", Wildcard.TEXT)), "[^:]*a:.*"),
    (Ranging(("aA", Wildcard.CHAR)), "aA."),
    (Ranging(("a", Wildcard.CHAR, ":")), "a.:"),
    (Ranging(("a", FIELD, ":", X)), "a[^:]*:.*"),
    (Ranging((X, "b"), ignores_case=True, ranges={X: only("A")}), "[aA]b"),
    (Ranging(("A", X), ignores_case=True, ranges={X: but("a*")}), "[aA].*"),
    (Ranging(("a", X), ranges={X: only("b")}, shunned=without("ab"), stand_ins=STAND_IN), "(?!)"),
    (Ranging(("a", X), shunned=without("a$"), stand_ins=STAND_IN), "(?!)"),
    (Ranging(("a", X), shunned=without("a$", sure=False), stand_ins=STAND_IN), "a.*"),
    (Ranging(("a", X, "b"), shunned=without("a*b"), stand_ins=STAND_IN), "(?!)"),
    (Ranging((Wildcard.TEXT, X), shunned=without("a$"), stand_ins=STAND_IN), ".*"),
    (Ranging(("a", X, Wildcard.CHAR), shunned=without("a$:"), stand_ins=STAND_IN), "a.*[^:]"),
    (Ranging((Wildcard.CHAR, X), shunned=without("b*"), stand_ins=STAND_IN), "[^b].*"),
    (Ranging((Wildcard.CHAR, "a", Wildcard.TEXT), shunned=(*without("aa*"), *without("*b"))), "(?!aa).a(.*[^b])?"),
]


@pytest.mark.parametrize(("held", "expected"), HELD)
def test_what_is_held(held: Ranging, expected: str) -> None:
    for text in TEXTS:
        assert held.matches(text) is (re.fullmatch(expected, text) is not None), text
        assert reads(held, text) is held.matches(text), text


def reads(language: Language, text: str) -> bool:
    """Whether the machine accepts `text`; what it says of all continuations on the way must come true."""
    state: State | None = language.start()
    absorbed = False
    for char in text:
        assert state is not None
        absorbed = absorbed or language.absorbs(state)
        state = language.step(state, char)
        if state is None:
            assert not absorbed
            return False
    assert language.accepts(state) or not absorbed
    return language.accepts(state)


def test_the_letters_are_read_one_by_one() -> None:
    letters = Letters(frozenset("ab"))
    for text in TEXTS:
        assert letters.matches(text) is reads(letters, text) is (set(text) <= {"a", "b"})
    assert str(letters) == "texts of ab"


@pytest.mark.parametrize(
    ("held", "shown"),
    [
        (Ranging(("a", X, Wildcard.TEXT)), f"what fits `a{X}*`"),
        (Ranging(("a",)), "what fits `a`"),
    ],
)
def test_what_is_held_has_a_name(held: Ranging, shown: str) -> None:
    assert str(held) == shown


def test_one_that_is_equal_in_all_is_another() -> None:
    one, other = Ranging(("a", X)), Ranging(("a", X))
    assert one != other
    assert {one, other} == {other, one}


def test_a_pattern_that_is_read_in_too_many_ways_is_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranging, "_MOST_PLACES", 20)
    held = Ranging((X, Wildcard.TEXT) * 15)
    with pytest.raises(LimitReached, match="a pattern with variables can be read in more than 20 ways"):
        held.matches("abab")


@pytest.mark.parametrize("length", [0, 1, 7, 8, 9, 15, 16, 23, 24, 25, 31, 32])
@pytest.mark.parametrize("address", ["10.1.2.3", "0.0.0.0", "255.255.255.255"])  # noqa: S104  # nothing is bound
def test_what_is_known_of_a_network_holds_its_addresses(address: str, length: int) -> None:
    network = read_network(f"{address}/{length}")
    assert network is not None
    plainer = Range.of([Host(network)], ())
    for text in (address, str(network[0]), str(network[-1])):
        assert all(one.matches(text) for one in plainer.inside), text
    assert not any(all(one.matches(text) for one in plainer.inside) for text in ("::1", "a"))
    assert length < 8 or not all(one.matches("99.1.1.1") for one in plainer.inside)


A_WORD, ANY = Shape((Run(Chars("ab")),)), Shape((Run(Chars(":", others=True)),))
MATCHED: list[tuple[Language, tuple[Language, ...]]] = [
    (glob("ab"), (glob("ab"),)),
    (Glob(("a", Wildcard.CHAR, "b")), (glob("a*b"),)),
    (Glob(("a?b",)), (glob("a*b"),)),
    (Glob((Wildcard.TEXT, "ab", Wildcard.TEXT)), (glob("*ab*"),)),
    (Glob(("a*", Wildcard.CHAR, "?b")), (glob("a*b"),)),
    (Glob(("ab",), ignores_case=True), (Glob(("ab",), ignores_case=True),)),
    (IS_NUMBER, (IS_NUMBER,)),
    (IS_NAME, (IS_NAME,)),
    (Letters(frozenset("ab")), (Letters(frozenset("ab")),)),
    (Letters(frozenset("a*")), ()),
    (Letters(frozenset("a?")), ()),
    (A_WORD, (A_WORD,)),
    (ANY, ()),
    (Shape((Run(Chars("a*")),)), ()),
    (Shape((Run(Chars("a?")),)), ()),
    (IS_BINARY, ()),
]


@pytest.mark.parametrize(("language", "matched"), MATCHED)
def test_what_the_values_of_a_range_match_as_patterns(language: Language, matched: tuple[Language, ...]) -> None:
    assert Range((language,), (glob("a"),)).matched() == Range(matched)


def test_a_value_without_a_small_machine_is_kept_by_its_letters() -> None:
    assert Range.of([IS_INSTANT, IS_BINARY, Host()], [IS_INSTANT, glob("a")]) == Range(
        (Letters(IS_INSTANT.letters), Letters(IS_BINARY.letters), Letters(Host.letters)), (glob("a"),)
    )


@pytest.mark.parametrize("parts", [("aA", X, ":"), (X, "a", FIELD), (Wildcard.FIELD_CHAR, X)])
def test_characters_that_are_not_told_apart_are_alike(parts: tuple[str | Wildcard | VariableRef, ...]) -> None:
    held = Ranging(parts, ignores_case=True, ranges={X: only("*b")}, shunned=without("$"), stand_ins=STAND_IN)
    assert STAND_IN[alike(X)] not in held.letters
    one, other = [char for char in "xyz:" if char not in held.letters][:2]
    for text in itertools.chain(texts_over(f"aB{one}", 3), texts_over(f":b{one}", 3)):
        assert held.matches(text) is held.matches(text.replace(one, other)), text
