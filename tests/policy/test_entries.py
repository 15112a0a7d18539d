"""Text to patterns, templates and ARN templates (rules 10, 20, 21, 25 and 26)."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.clouds.aws.policy import entries
from verifier.clouds.aws.policy.entries import TemplateError, parse_arn, parse_template
from verifier.strings.pattern import ANYTHING, ArnTemplate, Pattern, Template, Variable, Wild, parse_pattern
from verifier.strings.values import Key

X, Y = Variable(Key.of("x")), Variable(Key.of("y:z/a b"), "d, e: }")
CHAR, TEXT = Wild.CHAR, Wild.TEXT


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", ()),
        ("a", ("a",)),
        ("*", (TEXT,)),
        ("**", (TEXT,)),
        ("*?*", (CHAR, TEXT)),
        ("a*b?c", ("a", TEXT, "b", CHAR, "c")),
        ("${x}", ("${x}",)),
        ("$*{", ("$", TEXT, "{")),
        (" \n*", (" \n", TEXT)),
    ],
)
def test_patterns(text: str, parts: tuple[object, ...]) -> None:
    assert parse_pattern(text).parts == parts
    assert parse_template(text, variables=False).parts == parts


@given(st.text(alphabet="ab*?${}:,'\n", max_size=2_000))
def test_a_pattern_is_that_of_the_plain_split(text: str) -> None:
    wild = {"*": TEXT, "?": CHAR}
    assert parse_pattern(text) == Pattern.of(wild.get(part, part) for part in re.split(r"([*?])", text))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("${x}", (X,)),
        ("a${x}*", ("a", X, TEXT)),
        ("*?${x}*?", (CHAR, TEXT, X, CHAR, TEXT)),
        ("${*}${?}${$}", ("*?$",)),
        ("a${*}b", ("a*b",)),
        ("${$}{x}${x}", ("${x}", X)),
        ("${y:z/a b, 'd, e: }'}", (Y,)),
        ("${x , ''}", (Variable(Key.of("x"), ""),)),
        ("$x ${x}$", ("$x ", X, "$")),
        ("$${x}", ("$", X)),
        ("}{${x}}", ("}{", X, "}")),
        ("${x}${x}", (X, X)),
    ],
)
def test_templates(text: str, parts: tuple[object, ...]) -> None:
    assert parse_template(text).parts == parts


def test_defaults_are_part_of_a_variable() -> None:
    found = parse_template("${x, '*'}").parts
    assert found == (Variable(Key.of("X"), "*"),)
    assert found != (X,)


@pytest.mark.parametrize(
    "text",
    [
        "${",
        "${}",
        "${x",
        "a${x*}",
        "${ x}",
        "${x }",
        "${x,}",
        "${x, y}",
        "${x, 'y}",
        "${x, 'y''}",
        "${${x}}",
        "${**}",
        "${\n}",
        "${x'y'}",
    ],
)
def test_malformed_variables(text: str) -> None:
    with pytest.raises(TemplateError, match="malformed policy variable"):
        parse_template(text)
    assert parse_template(text, variables=False) == Template(parse_pattern(text).parts)


def test_without_wildcards_they_are_literal() -> None:
    assert parse_template("a*?b", wildcards=False).parts == ("a*?b",)
    assert parse_template("*?${x}?*${*}", wildcards=False).parts == ("*?", X, "?**")
    assert parse_template("a*${x}", wildcards=False, variables=False).parts == ("a*${x}",)


@given(st.text(alphabet="ab*?:", max_size=30), st.booleans())
def test_the_longest_cached_text_makes_no_difference(text: str, wildcards: bool) -> None:
    long = text + "c" * 2_000
    parts = parse_template(text + "c", wildcards=wildcards).parts
    found = parse_template(long, wildcards=wildcards).parts
    assert found[:-1] == parts[:-1]
    assert isinstance(found[-1], str)


def _fields(text: str, *, variables: bool = True) -> list[str]:
    found = parse_arn(text, variables=variables)
    assert isinstance(found, ArnTemplate)
    assert found.whole is None
    return [str(part) for part in found.parts]


def test_arns() -> None:
    assert parse_arn("*") == ANYTHING
    assert parse_arn("${x}") == ArnTemplate((), whole=X)
    assert parse_arn("${y:z/a b, 'd, e: }'}") == ArnTemplate((), whole=Y)
    assert _fields("arn:aws:s3:::b/k:x:y") == ["arn", "aws", "s3", "", "", "b/k:x:y"]
    assert _fields("a:*:?:::*") == ["a", "*", "?", "", "", "*"]
    assert _fields("arn:aws:iam::${aws:PrincipalAccount}:role/${a:b, 'c:d'}:x") == [
        "arn",
        "aws",
        "iam",
        "",
        "${aws:PrincipalAccount}",
        "role/${a:b, 'c:d'}:x",
    ]
    assert _fields("arn:aws:iam::${a:b}", variables=False) == ["arn", "aws", "iam", "", "${a", "b}"]
    assert _fields("arn:aws:iam:::${*}") == ["arn", "aws", "iam", "", "", "*"]


def test_a_variable_stays_inside_its_part_and_is_literal() -> None:
    found = parse_arn("arn:aws:s3:::${x}")
    assert isinstance(found, ArnTemplate)
    assert found.fill({X: "*"}).matches("arn:aws:s3:::*")
    assert not found.fill({X: "*"}).matches("arn:aws:s3:::b")


@pytest.mark.parametrize(
    "text", ["", "**", "?", "arn", "arn:aws:iam::1", "arn:*", "${x}*", "${a:b}:${c:d}", "arn:aws:iam::${a:b}"]
)
def test_values_that_are_no_arns(text: str) -> None:
    with pytest.raises(TemplateError, match="of the six parts"):
        parse_arn(text)


PIECES = ("${", "}", "a", "aws:PrincipalTag/x", "*", "?", "$", "{", ",", " ", "'b'", "/", ".", "${x}", "${aws:userid}")


@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
def test_variables_are_read_as_the_grammar_reads_them(text: str) -> None:
    """Most variables are found without a parser; here the same text is read by one too."""

    def found() -> object:
        try:
            return parse_arn(f"arn:a:b:c:d:{text}")
        except TemplateError as wrong:
            return wrong.message

    quick = found()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(entries, "_PLAIN_VARIABLE", re.compile("(?!)()"))
        assert found() == quick
