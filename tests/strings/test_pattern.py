"""Patterns and templates: what they match, what they are once values are put in, and how they are written."""

from __future__ import annotations

import itertools
import re

import pytest

from tests.strategies import texts_over
from verifier.strings.pattern import (
    ArnPattern,
    ArnTemplate,
    Pattern,
    Template,
    Variable,
    Wild,
    arn_fields,
    parse_pattern,
)
from verifier.strings.values import Key

NAME = Variable(Key.of("acme:name"))
KIND = Variable(Key.of("acme:kind"), "a b")
VALUES = {NAME: "a*", KIND: "b:"}
TEXTS = tuple(texts_over("ab", 5))
SPELLED = tuple(texts_over("ab*?", 5))


def expected(spelled: str, text: str) -> bool:
    """Whether `text` matches, by a regular expression."""
    pattern = "".join({"*": ".*", "?": "."}.get(char, re.escape(char)) for char in spelled)
    return re.fullmatch(pattern, text, re.DOTALL) is not None


@pytest.mark.parametrize(
    "spelled",
    [
        "a?b",
        "*a?b*",
        "*?b?*",
        "a*?b*b",
        "*a?*?b",
        "**",
        "*a*b*",
        "b?*?a",
        "*ab?",
        "?",
        "a*a",
        "ab*b*ab",
        "a*b*a*",
        "*ab*ba",
    ],
)
def test_wildcards_match_as_in_a_regular_expression(spelled: str) -> None:
    pattern = parse_pattern(spelled)
    assert [text for text in TEXTS if pattern.matches(text)] == [text for text in TEXTS if expected(spelled, text)]


def test_patterns_that_mean_the_same_are_equal() -> None:
    assert {parse_pattern(text) for text in ("a*?", "a?*", "a**?", "a*?*")} == {parse_pattern("a?*")}
    assert Pattern.literal("") == Pattern.of(()) == Pattern.of(("", "")) == parse_pattern("")
    assert Pattern.literal("*").matches("*")
    assert not Pattern.literal("*").matches("a")


def test_a_pattern_is_written_as_it_is_read() -> None:
    for spelled in SPELLED:
        written = str(parse_pattern(spelled))
        assert parse_pattern(written) == parse_pattern(spelled)
        assert len(written) <= len(spelled)


@pytest.mark.parametrize("size", [1_000, 1_023, 1_024, 1_025, 10_000])
def test_a_pattern_of_any_length_is_read_alike(size: int) -> None:
    """Those that are long are not remembered."""
    pattern = parse_pattern("a" * size + "*b")
    assert pattern == Pattern(("a" * size, Wild.TEXT, "b"))
    assert parse_pattern("a" * size + "*b") == pattern


@pytest.mark.parametrize(
    ("template", "written", "filled"),
    [
        (Template(("x/", NAME, Wild.TEXT)), "x/${acme:name}*", Pattern(("x/a*", Wild.TEXT))),
        (Template((KIND, Wild.CHAR)), "${acme:kind, 'a b'}?", Pattern(("b:", Wild.CHAR))),
        (Template((NAME, "-", KIND)), "${acme:name}-${acme:kind, 'a b'}", Pattern(("a*-b:",))),
        (Template(("x", Wild.TEXT)), "x*", Pattern(("x", Wild.TEXT))),
    ],
)
def test_a_template_is_written_and_filled(template: Template, written: str, filled: Pattern) -> None:
    assert str(template) == written
    assert template.fill(VALUES) == filled


ARN = "arn:aws:s3:::bucket/key"
PARTS = tuple(parse_pattern(text) for text in ("arn", "aws", "*", "", "?*", "*"))


@pytest.mark.parametrize(
    ("pattern", "text", "holds"),
    [
        (ArnPattern((), whole=ARN), ARN, True),
        (ArnPattern(PARTS), "arn:aws:sqs::1:q", True),
        (ArnPattern(PARTS), "arn:aws:sqs::1:", True),
        (ArnPattern(PARTS), ARN, False),
        (ArnPattern(PARTS), "arn:aws:sqs:eu:1:q", False),
        (ArnPattern(tuple(parse_pattern("*") for _ in range(6))), "bucket", False),
        (ArnPattern(tuple(parse_pattern("*") for _ in range(6))), "urn:a:b:c:d:e", False),
    ],
)
def test_the_pattern_of_an_arn_matches_arns(pattern: ArnPattern, text: str, holds: bool) -> None:
    assert pattern.matches(text) is holds


def test_a_variable_that_is_a_whole_arn_is_compared() -> None:
    template = ArnTemplate((), whole=NAME)
    assert template.variables == (NAME,)
    assert template.fill({NAME: ARN}).matches(ARN)
    assert not template.fill({NAME: ARN}).matches(f"{ARN}s")
    assert not template.fill({NAME: "*"}).matches(ARN)
    assert not template.fill({NAME: "bucket"}).matches("bucket")


@pytest.mark.parametrize("spelled", ["*", "a*"])
def test_an_arn_is_matched_part_by_part(spelled: str) -> None:
    """No wildcard of the first five parts matches a colon; one in the last does."""
    pattern = ArnPattern(tuple(map(parse_pattern, ("arn", spelled, "*", "*", "*", spelled))))
    for fields in itertools.product(("a", "b", ""), ("a", "a:b")):
        text = f"arn:{fields[0]}::::{fields[1]}"
        held = arn_fields(text)
        assert held is not None
        assert pattern.matches(text) is (expected(spelled, fields[0]) and expected(spelled, fields[1]))
