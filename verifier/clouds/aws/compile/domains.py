"""Which texts a request can hold at all (rules 1 to 3): what exists, apart from what policies mean.

An axiom about a text is its domain: a language that every value lies in. That a key is never a list, or holds values of
one type only, is taken for granted where a page of AWS says so of that very key (`clouds/aws/catalogue/keys.py`); every
other key may hold any text, single or list.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from verifier.clouds.aws.catalogue.keys import KeyType, documented_facts
from verifier.clouds.aws.principals.forms import AREAS, EXAMPLE_TEXTS
from verifier.logic.formula import ActionText, Element, Formula, ResourceText, StringTerm
from verifier.logic.request import PRINCIPAL, Domain, member_within
from verifier.strings.languages import IS_ARN, Glob, Language
from verifier.strings.typed import (
    ACTION_CHARS,
    CANONICAL_ADDRESS,
    FALSE_TEXT,
    IS_ACTION,
    IS_BINARY,
    IS_INSTANT,
    IS_NUMBER,
    TRUE_TEXT,
)
from verifier.strings.values import Key

ANY_RESOURCE = Glob.literal("*")
_ACTIONS = Domain((IS_ACTION,), spare=ACTION_CHARS, closed=True)
_PRINCIPALS = Domain(
    tuple(area for areas in AREAS.values() for area in areas),
    tuple(EXAMPLE_TEXTS[kind] for kind, areas in AREAS.items() for _ in areas),
)
_RESOURCES = Domain((ANY_RESOURCE, IS_ARN), ("*", "arn:aws:s3:::example"))


@lru_cache(maxsize=65_536)
def may_be_list(key: Key) -> bool:
    """Whether the key can hold two values or more (rule 3)."""
    if key.is_hidden:
        return False
    facts = documented_facts(key.folded)
    return facts is None or facts.multivalued


def can_hold(key: Key, values: Sequence[str]) -> bool:
    """Whether a request can hold `values`, one or several, for `key` (rule 3)."""
    languages = domain(Element(key))
    typed = not languages or all(any(language.matches(value) for language in languages) for value in values)
    return typed and (len(values) < 2 or may_be_list(key))


@lru_cache(maxsize=65_536)
def domains(text: StringTerm) -> Domain:
    """Return the domain of `text` in a request that AWS may be sent (rules 1 to 3)."""
    match text:
        case ActionText():
            return _ACTIONS
        case ResourceText():
            return _RESOURCES
        case Element(key):
            return _key_domain(key)


@lru_cache(maxsize=65_536)
def _key_domain(key: Key) -> Domain:
    if key == PRINCIPAL:
        return _PRINCIPALS
    facts = documented_facts(key.folded)
    areas = of_type(facts.type) if facts else ()
    return Domain(areas, ("example",) * max(1, len(areas)))


def domain(text: StringTerm) -> tuple[Language, ...]:
    """Return languages such that every value of `text` lies in one of them; empty if it may be any text."""
    return domains(text).areas


def member_of_domain(text: StringTerm, language: Language) -> Formula:
    """Return that `text` lies in `language`, folded by what `text` can be at all."""
    return member_within(text, language, domains)


def of_type(kind: KeyType) -> tuple[Language, ...]:
    """Return languages such that every value of the type lies in one of them; empty if it may be any text."""
    match kind:
        case KeyType.STRING:
            return ()
        case KeyType.NUMERIC:
            return (IS_NUMBER,)
        case KeyType.DATE:
            return (IS_INSTANT,)
        case KeyType.BOOL:
            return (TRUE_TEXT, FALSE_TEXT)
        case KeyType.ADDRESS:
            return (CANONICAL_ADDRESS,)
        case KeyType.ARN:
            return (IS_ARN,)
        case KeyType.BINARY:
            return (IS_BINARY,)
