"""The terms over strings say of each short text what the languages say; a renamed character keeps its place."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

import pytest
import z3
from hypothesis import example, given

from tests.strategies import globs, texts_over
from tests.strings.test_variables import ONE, TWO, fits
from verifier.base.errors import Unsupported
from verifier.logic.formula import RESOURCE, MatchesTemplate, Member
from verifier.smt.regular import Renaming, fits_term, member_term, shape_term
from verifier.strings.languages import Glob, Language, Wildcard
from verifier.strings.shape import Alternation, Chars, Run, Shape
from verifier.strings.typed import IS_ACTION, IS_ADDRESS, IS_INSTANT, IS_NAME, IS_NUMBER, IS_SERVICE, Host
from verifier.strings.variables import PatternPart, VariableRef

SHORT = (
    "",
    *texts_over("aA:b", 2),
    "a:b",
    "aab",
    "aAb",
    "k",
    "K",
    "\u212a",
    "-1",
    "1.5",
    "10.0.0.1",
    "2020-01-01",
    "a_b:a-b",
    "a_b",
    "a-b:a_b",
)
NAMES: Mapping[str, str] = {}
LANGUAGES: list[Language] = [
    Glob(("a", Wildcard.TEXT)),
    Glob(("a", Wildcard.TEXT), True),
    Glob(("k",), True),
    Glob(("a:", Wildcard.TEXT), True),
    Glob(("a", Wildcard.FIELD_TEXT)),
    Glob((Wildcard.FIELD_CHAR, Wildcard.CHAR)),
    Glob(()),
    IS_SERVICE,
    IS_NAME,
    IS_ACTION,
    Shape(("a", Run(Chars(":b"), 0, 1), Alternation((("b",), ("a", Run(Chars("b"), 1)), ())))),
    Shape((Run(Chars("a", others=True), 2, 3),)),
]


def says(term: str, **strings: str) -> bool:
    """Whether Z3 finds a ground term true where its constants are these strings."""
    declared = "".join(
        f"(declare-const {name} String)(assert (= {name} {Renaming({}).write(value)}))"
        for name, value in strings.items()
    )
    solver = z3.SimpleSolver()
    solver.from_string(f"{declared}(assert {term})")
    answer = solver.check()
    assert answer != z3.unknown
    return bool(answer == z3.sat)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_holds_the_same_texts(language: Language) -> None:
    for text in SHORT:
        assert says(member_term(Renaming({}).write(text), language, Renaming({}))) == language.matches(text), text


@given(globs())
def test_a_pattern_holds_the_same_texts(glob: Glob) -> None:
    for text in SHORT[:12]:
        assert says(member_term(Renaming({}).write(text), glob, Renaming({}))) == glob.matches(text), text


@example(MatchesTemplate(RESOURCE, ("a", VariableRef(ONE))))
@example(MatchesTemplate(RESOURCE, ("a", VariableRef(ONE), Wildcard.TEXT)))
@example(MatchesTemplate(RESOURCE, (Wildcard.TEXT, VariableRef(ONE), "a")))
@example(MatchesTemplate(RESOURCE, (Wildcard.TEXT, VariableRef(ONE), Wildcard.TEXT)))
@example(MatchesTemplate(RESOURCE, (Wildcard.TEXT, VariableRef(ONE, in_field=True), Wildcard.CHAR)))
@given(fits())
def test_a_pattern_with_variables_fits_the_same_texts(atom: MatchesTemplate) -> None:
    if atom.ignores_case or not atom.keys:
        return
    term = fits_term("text", atom, {ONE: "one", TWO: "two"}, Renaming({}))
    for text, value in [("a", ""), ("aa", "a"), ("aab", "a"), ("ba:a", "a:"), ("aBa", "B"), (":", ":"), ("", "")]:
        filled = atom.filled({ONE: value, TWO: "a"})
        assert says(term, text=text, one=value, two="a") == filled.matches(text), (text, value)


@pytest.mark.parametrize(
    "parts",
    [
        parts
        for count in (2, 3, 4)
        for parts in itertools.product(("a", VariableRef(ONE), Wildcard.TEXT, Wildcard.CHAR), repeat=count)
        if parts.count(VariableRef(ONE)) == 1 and parts.count("a") <= 1 and (count < 4 or Wildcard.CHAR not in parts)
    ],
    ids=str,
)
def test_wildcards_at_every_place_beside_a_variable(parts: tuple[PatternPart, ...]) -> None:
    """The shapes that have a term of their own, and those between them."""
    atom = MatchesTemplate(RESOURCE, parts)
    term = fits_term("text", atom, {ONE: "one"}, Renaming({}))
    for text in ("b", "ab", "ba", "bb", "xb", "abx", "bxa", "xabx", "axb"):
        assert says(term, text=text, one="b") == atom.filled({ONE: "b"}).matches(text), text


@pytest.mark.parametrize(
    ("kind", "language", "exact"),
    [("is_number", IS_NUMBER, True), ("is_instant", IS_INSTANT, False), ("is_address", IS_ADDRESS, False)],
)
def test_the_form_of_a_type_holds_all_of_its_texts(kind: str, language: Language, exact: bool) -> None:
    forms = (
        "1",
        "-1",
        "-",
        "1.",
        ".5",
        "1.5",
        "-0.25",
        "10.0.0.1",
        "ABCD::1",
        "::",
        "2020-01-01T00:00:00.5+01:00",
        "2020-01-01Z",
        "x",
    )
    for text in forms:
        may_be = says(f"(and yes {shape_term(kind, 'yes', Renaming({}).write(text))})".replace("yes", "true"))
        assert may_be >= language.matches(text), text
        assert not exact or may_be == language.matches(text), text
        may_not_be = says(shape_term(kind, "false", Renaming({}).write(text)))
        assert may_not_be == (not exact or not language.matches(text)), text


def test_what_no_regular_expression_says_is_refused() -> None:
    with pytest.raises(Unsupported, match=r"^`an address` is not a regular expression$"):
        member_term("text", Host(), Renaming({}))
    ignoring = MatchesTemplate(RESOURCE, ("a", VariableRef(ONE)), ignores_case=True)
    with pytest.raises(Unsupported, match=r"^a policy variable stands under an operator that ignores case$"):
        fits_term("text", ignoring, {ONE: "one"}, Renaming({}))


def test_one_string_is_joined_with_no_other() -> None:
    """SMT-LIB's `str.++` has two arguments or more."""
    assert (
        fits_term("text", MatchesTemplate(RESOURCE, (VariableRef(ONE),)), {ONE: "one"}, Renaming({}))
        == "(and (= text one))"
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_joined_alone(language: Language) -> None:
    """Nor have SMT-LIB's `re.++` and `re.union` one argument, which Z3 lets pass and others do not."""
    term = member_term("text", language, Renaming({}))
    assert all(count > 1 for count in _joins(term)), term


def _joins(term: str) -> Iterator[int]:
    """How many arguments each join in a term has; no text in it holds a blank or a bracket."""
    open_ones: list[list[str]] = []
    for word in term.replace("(", " ( ").replace(")", " ) ").split():
        if word == "(":
            open_ones.append([])
            continue
        if word == ")":
            operator, *arguments = open_ones.pop()
            if operator in ("re.++", "re.union"):
                yield len(arguments)
        if open_ones:
            open_ones[-1].append(word)


def test_a_character_beyond_the_last_is_renamed_to_one_that_is_not_used() -> None:
    high, taken = "\U0010ffff", "\U0002ffff"
    atoms = [
        Member(RESOURCE, Glob((high, Wildcard.TEXT))),
        MatchesTemplate(RESOURCE, (taken, VariableRef(ONE), "\U00030000")),
    ]
    renaming = Renaming.of(atoms)
    assert renaming.there == {0x30000: 0x2FFFE, 0x10FFFF: 0x2FFFD}
    assert renaming.write(f'{high}"\\a ~\x7f') == '"\\u{2fffd}""\\u{5c}a ~\\u{7f}"'
    assert renaming.back("a\U0002fffd\U0002fffe") == f"a{high}\U00030000"
