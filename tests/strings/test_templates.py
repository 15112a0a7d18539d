"""What becomes of a template: its parts, with values, wildcards or stand-ins in the places of its variables."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import pytest

from tests.strategies import texts_over
from verifier.base.errors import LimitReached
from verifier.strings.languages import EMPTY, Glob, Language, Wildcard
from verifier.strings.machine import STAND_INS
from verifier.strings.pattern import ArnTemplate, Template, Variable, Wild
from verifier.strings.values import Key
from verifier.strings.variables import (
    USUALLY,
    HowRead,
    PatternPart,
    VariableRef,
    alike,
    arn_parts,
    bindings,
    fill,
    merge,
    over_approximate,
    stand_ins,
    stays_within,
    template_parts,
    with_fresh_constants,
)

ONE, TWO = Key.of("acme:one"), Key.of("acme:two")
X, Y = VariableRef(ONE), VariableRef(TWO)
FIELD, WILD = VariableRef(ONE, in_field=True), VariableRef(ONE, wild=True)
WILD_FIELD = VariableRef(ONE, in_field=True, wild=True)
TEXT, CHAR, FIELD_TEXT, FIELD_CHAR = Wildcard.TEXT, Wildcard.CHAR, Wildcard.FIELD_TEXT, Wildcard.FIELD_CHAR
HERE, THERE = Variable(ONE), Variable(TWO, "b*")
BOTH, NONE = {ONE: True, TWO: True}, {ONE: False, TWO: False}
ONLY_ONE = {ONE: True, TWO: False}
WITHIN, AS_PATTERNS = HowRead(within=True), HowRead(wild=True)


@pytest.mark.parametrize(
    ("parts", "merged"),
    [
        (("a", "b", "", "c"), ("abc",)),
        (("a", TEXT, "", TEXT, "b"), ("a", TEXT, "b")),
        ((TEXT, TEXT, "a"), (TEXT, "a")),
        ((FIELD_TEXT, FIELD_TEXT), (FIELD_TEXT,)),
        ((FIELD_TEXT, TEXT), (FIELD_TEXT, TEXT)),
        ((CHAR, CHAR, FIELD_CHAR, FIELD_CHAR), (CHAR, CHAR, FIELD_CHAR, FIELD_CHAR)),
        ((X, X, "", Y), (X, X, Y)),
        (("", ""), ()),
        (("XXXX", "a"), ("XXXXa",)),
    ],
)
def test_parts_are_joined(parts: tuple[PatternPart, ...], merged: tuple[PatternPart, ...]) -> None:
    assert merge(parts) == merged


# --- templates -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("template", "present", "how", "parts"),
    [
        (("a", Wild.TEXT, HERE, Wild.CHAR), BOTH, USUALLY, ("a", TEXT, X, CHAR)),
        (("a", HERE), NONE, USUALLY, None),
        (("a", THERE), NONE, USUALLY, ("ab*",)),
        (("a", THERE), BOTH, USUALLY, ("a", Y)),
        ((HERE, THERE), ONLY_ONE, USUALLY, (X, "b*")),
        ((HERE, THERE), ONLY_ONE, AS_PATTERNS, (WILD, "b", TEXT)),
        ((HERE, Variable(TWO, "")), ONLY_ONE, AS_PATTERNS, (WILD,)),
        ((HERE, Variable(TWO, "")), ONLY_ONE, USUALLY, (X,)),
        (("a/", Wild.TEXT, "/b", Wild.TEXT), BOTH, WITHIN, ("a/", FIELD_TEXT, "/b", TEXT)),
        (("a/", Wild.TEXT, "/b", Wild.TEXT), BOTH, USUALLY, ("a/", TEXT, "/b", TEXT)),
        (("a", Wild.TEXT, ":b"), BOTH, WITHIN, ("a", TEXT, ":b")),
        (("a", Wild.TEXT, HERE), BOTH, WITHIN, ("a", FIELD_TEXT, X)),
        (("a", Wild.CHAR, "b"), BOTH, WITHIN, ("a", CHAR, "b")),
    ],
)
def test_the_parts_of_a_template(
    template: tuple[str | Wild | Variable, ...],
    present: Mapping[Key, bool],
    how: HowRead,
    parts: tuple[PatternPart, ...] | None,
) -> None:
    assert template_parts(Template(template), present, how) == parts


@pytest.mark.parametrize(
    ("parts", "place", "within"),
    [
        (("a", Wild.TEXT, "b"), 1, True),
        (("a", Wild.TEXT), 1, False),
        (("a", Wild.TEXT, ":b"), 1, False),
        (("a", Wild.TEXT, "b:"), 1, True),
        ((Wild.TEXT, HERE, ":"), 0, True),
        ((Wild.CHAR, Wild.TEXT, Wild.CHAR), 1, True),
    ],
)
def test_a_star_stays_in_its_segment(parts: tuple[str | Wild | Variable, ...], place: int, within: bool) -> None:
    assert stays_within(Template(parts), place) is within


def arn(*fields: str | tuple[str | Wild | Variable, ...]) -> ArnTemplate:
    """The template of an ARN."""
    return ArnTemplate(tuple(Template((field,) if isinstance(field, str) else field) for field in fields))


@pytest.mark.parametrize(
    ("template", "present", "how", "parts"),
    [
        (arn("arn", "aws", "s3", "", "", "b"), BOTH, USUALLY, ("arn:aws:s3:::b",)),
        (
            arn("arn", (Wild.TEXT,), "s3", (Wild.CHAR,), (HERE,), (Wild.TEXT, HERE, Wild.CHAR)),
            BOTH,
            USUALLY,
            ("arn:", FIELD_TEXT, ":s3:", FIELD_CHAR, ":", FIELD, ":", TEXT, X, CHAR),
        ),
        (arn("arn", (HERE,), "", "", "", ""), NONE, USUALLY, None),
        (arn("arn", (THERE,), "", "", "", (HERE,)), ONLY_ONE, USUALLY, ("arn:b*::::", X)),
        (arn("arn", (THERE,), "", "", "", (HERE,)), ONLY_ONE, AS_PATTERNS, ("arn:b", FIELD_TEXT, "::::", WILD)),
        (arn("arn", (HERE,), "", "", "", ""), BOTH, AS_PATTERNS, ("arn:", WILD_FIELD, "::::")),
        (arn("arn", (Variable(TWO, "a:b"),), "", "", "", ""), ONLY_ONE, USUALLY, None),
        (arn("arn", "", "", "", (Variable(TWO, ":"),), ""), ONLY_ONE, USUALLY, None),
        (arn("arn", "", "", "", "", (Variable(TWO, "a:b"),)), ONLY_ONE, USUALLY, ("arn:::::a:b",)),
        (arn("arn", "", "", "", "", (Variable(TWO, "a?b"),)), ONLY_ONE, AS_PATTERNS, ("arn:::::a", CHAR, "b")),
        (arn("arn", "", "", "", "", (Wild.TEXT, "/b", Wild.TEXT)), BOTH, WITHIN, ("arn:::::", FIELD_TEXT, "/b", TEXT)),
        (ArnTemplate((), whole=HERE), BOTH, USUALLY, (X,)),
        (ArnTemplate((), whole=HERE), BOTH, AS_PATTERNS, (WILD,)),
        (ArnTemplate((), whole=HERE), NONE, USUALLY, None),
        (ArnTemplate((), whole=THERE), ONLY_ONE, USUALLY, ("b*",)),
    ],
)
def test_the_parts_of_the_template_of_an_arn(
    template: ArnTemplate, present: Mapping[Key, bool], how: HowRead, parts: tuple[PatternPart, ...] | None
) -> None:
    assert arn_parts(template, present, how) == parts


def test_wildcards_are_read_as_usual_unless_told_otherwise() -> None:
    spelled = Template(("a", Wild.TEXT, "b", HERE))
    assert template_parts(spelled, BOTH) == template_parts(spelled, BOTH, HowRead(within=False, wild=False))
    assert arn_parts(ArnTemplate((spelled,) * 6), BOTH) == arn_parts(ArnTemplate((spelled,) * 6), BOTH, USUALLY)


# --- what stands in the place of a variable --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parts", "ignores_case", "filled"),
    [
        (("a", X, TEXT), False, Glob(("aV*", TEXT))),
        (("a", X, TEXT), True, Glob(("av*", TEXT), ignores_case=True)),
        ((WILD, "B"), False, Glob(("V", TEXT, "B"))),
        ((WILD_FIELD, ":"), False, Glob(("V", FIELD_TEXT, ":"))),
        ((FIELD, ":", X), False, Glob(("V*:V*",))),
        (("a", Y), False, Glob(("a:",))),
        (("a", VariableRef(TWO, in_field=True)), False, EMPTY),
        ((X, VariableRef(TWO, in_field=True, wild=True)), False, EMPTY),
        (("A", CHAR), True, Glob(("a", CHAR), ignores_case=True)),
    ],
)
def test_values_are_put_in(parts: tuple[PatternPart, ...], ignores_case: bool, filled: Language) -> None:
    assert fill(parts, {ONE: "V*", TWO: ":"}, ignores_case) == filled


@pytest.mark.parametrize(
    ("parts", "ignores_case", "loose"),
    [
        (("a", X, "B"), False, Glob(("a", TEXT, "B"))),
        (("a", FIELD, ":", X, X), False, Glob(("a", FIELD_TEXT, ":", TEXT))),
        (("aB", WILD, WILD_FIELD), True, Glob(("ab", TEXT, FIELD_TEXT), ignores_case=True)),
    ],
)
def test_wildcards_are_put_in(parts: tuple[PatternPart, ...], ignores_case: bool, loose: Glob) -> None:
    assert over_approximate(parts, ignores_case) == loose


def test_a_stand_in_for_each_key_and_each_way_to_put_it_in() -> None:
    letters = stand_ins((X, "a", FIELD, TEXT, WILD, Y, WILD_FIELD))
    assert set(letters) == {X, WILD, Y}
    assert len(set(letters.values())) == 3
    assert all(ord(letter) in STAND_INS for letter in letters.values())
    assert alike(FIELD) == X
    assert alike(WILD_FIELD) == WILD
    parts = (X, "A", FIELD, WILD_FIELD, Y)
    x, wild, y = letters[X], letters[WILD], letters[Y]
    assert with_fresh_constants(parts, letters) == Glob((f"{x}A{x}{wild}{y}",))
    assert with_fresh_constants(parts, letters, ignores_case=True) == Glob((f"{x}a{x}{wild}{y}",), ignores_case=True)


def test_stand_ins_for_as_many_keys_as_there_are() -> None:
    many = [VariableRef(Key.of(f"acme:{number}")) for number in range(len(STAND_INS) + 5)]
    assert len(stand_ins(many)) == len(STAND_INS)


@pytest.mark.parametrize(("variable", "shown"), [(X, "${acme:one}"), (WILD, "${acme:one*}"), (FIELD, "${acme:one}")])
def test_a_variable_has_a_name(variable: VariableRef, shown: str) -> None:
    assert str(variable) == shown


# --- the values that make a text fit ---------------------------------------------------------------------------------

SHORT = tuple(texts_over("a:B", 2))


@pytest.mark.parametrize(
    "parts",
    [
        ("a", X),
        (X, Y),
        (X, ":", X),
        (FIELD, ":", X),
        (FIELD, Y, "B"),
        (CHAR, X, FIELD_CHAR),
        (TEXT, X, FIELD_TEXT),
        (FIELD_TEXT, X, "a"),
        (X, X, CHAR),
    ],
)
@pytest.mark.parametrize("ignores_case", [False, True])
def test_every_choice_of_values_is_found(parts: tuple[PatternPart, ...], ignores_case: bool) -> None:
    keys = tuple(dict.fromkeys(part.key for part in parts if isinstance(part, VariableRef)))
    spelled = tuple(texts_over("a:b", 2)) if ignores_case else SHORT
    for text in (*SHORT, "aB:a", ":aa", "aaB", "b:B", "a:B:a"):
        found = bindings(parts, text, ignores_case=ignores_case)
        assert len(found) == len({tuple(values.items()) for values in found})
        assert all(fill(parts, values, ignores_case).matches(text) for values in found), text
        for chosen in itertools.product(spelled, repeat=len(keys)):
            values = dict(zip(keys, chosen, strict=True))
            assert (values in found) is fill(parts, values, ignores_case).matches(text), (text, values)


def test_a_pattern_without_variables_is_read_too() -> None:
    assert bindings(("a", TEXT), "ab") == ({},)
    assert bindings(("a", TEXT), "ba") == ()
    assert bindings(("aB",), "Ab") == ()
    assert bindings(("aB",), "Ab", ignores_case=True) == ({},)


def test_values_are_left_out_by_no_limit() -> None:
    parts = tuple(VariableRef(Key.of(f"acme:{number}")) for number in range(200))
    assert len(bindings(parts, "")) == 1
    with pytest.raises(LimitReached, match="a pattern with variables has more than 200 parts"):
        bindings((*parts, X), "")
    with pytest.raises(LimitReached, match="reading the values of keys out of a text took more than 20,000 steps"):
        bindings(parts[:6], "a" * 40)
