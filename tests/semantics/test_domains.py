"""What a key can be at all is not asked of it again; what it cannot be is refused at once."""

from __future__ import annotations

import pytest

from verifier.clouds.aws.compile.conditions import _is_of_type, member_of_domain
from verifier.clouds.aws.policy.operators import Family
from verifier.logic.formula import FALSE, TRUE, Element, Formula, Member, any_of
from verifier.strings.languages import IS_ARN, Glob, Language
from verifier.strings.typed import CANONICAL_ADDRESS, FALSE_TEXT, IS_ADDRESS, IS_INSTANT, IS_NUMBER, TRUE_TEXT
from verifier.strings.values import Key

NUMBER = Element(Key.of("aws:MultiFactorAuthAge"))
INSTANT = Element(Key.of("aws:CurrentTime"))
ADDRESS = Element(Key.of("aws:SourceIp"))
BOOLEAN = Element(Key.of("aws:SecureTransport"))
NAME = Element(Key.of("aws:PrincipalArn"))
ANY = Element(Key.of("acme:k"))


@pytest.mark.parametrize(
    ("text", "language", "formula"),
    [
        (NUMBER, IS_NUMBER, TRUE),
        (NUMBER, Glob.literal(""), FALSE),
        (BOOLEAN, TRUE_TEXT, Member(BOOLEAN, TRUE_TEXT)),
        (BOOLEAN, FALSE_TEXT, Member(BOOLEAN, FALSE_TEXT)),
        (BOOLEAN, Glob.literal("x"), FALSE),
        (ADDRESS, CANONICAL_ADDRESS, TRUE),
        (ADDRESS, IS_ADDRESS, Member(ADDRESS, IS_ADDRESS)),
        (ANY, IS_NUMBER, Member(ANY, IS_NUMBER)),
    ],
)
def test_a_language_beside_what_a_text_can_be(text: Element, language: Language, formula: Formula) -> None:
    assert member_of_domain(text, language) == formula


@pytest.mark.parametrize(
    ("text", "family", "formula"),
    [
        (NUMBER, Family.NUMERIC, TRUE),
        (INSTANT, Family.DATE, TRUE),
        (ADDRESS, Family.ADDRESS, TRUE),
        (BOOLEAN, Family.BOOL, TRUE),
        (NAME, Family.ARN, TRUE),
        (ANY, Family.STRING, TRUE),
        (ANY, Family.NUMERIC, Member(ANY, IS_NUMBER)),
        (ANY, Family.DATE, Member(ANY, IS_INSTANT)),
        (ANY, Family.ADDRESS, Member(ANY, IS_ADDRESS)),
        (ANY, Family.ARN, Member(ANY, IS_ARN)),
        (ANY, Family.BOOL, any_of((Member(ANY, TRUE_TEXT), Member(ANY, FALSE_TEXT)))),
    ],
)
def test_a_value_of_the_operators_type(text: Element, family: Family, formula: Formula) -> None:
    assert _is_of_type(family, text) == formula
