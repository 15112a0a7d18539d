"""The values that a key holds in requests that could happen: one or several, and of which type (rules 3 and 4).

    misfit(key, values)    the fact that the values break, as a sentence; None where a request could hold them
    about_values(key)      the same of all requests, as formulas

By the generated catalogue, so these are facts of the world of AWS and no part of a question as asked. Of a list the
type is not asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from verifier.catalogue.keys import KeyType, key_facts
from verifier.errors import quote
from verifier.logic.domains import may_be_list, of_type
from verifier.logic.formula import Element, Formula, Many, Member, Present, any_of, negate
from verifier.policy.key import Key

_TYPES = {
    KeyType.NUMERIC: "a number",
    KeyType.DATE: "a date",
    KeyType.BOOL: "`true` or `false`",
    KeyType.ADDRESS: "an address",
    KeyType.ARN: "an ARN",
    KeyType.BINARY: "base64 text",
}


def misfit(key: Key, values: Sequence[str]) -> str | None:
    """Return the fact that `values` of `key` break, as a sentence, or None where a request could hold them."""
    facts = key_facts(key.folded)
    if facts is None or facts.multivalued:
        return None
    if len(values) > 1:
        return f"{quote(key.name)} holds one value, not a list"
    languages = of_type(facts.type)
    if not languages or all(any(language.matches(value) for language in languages) for value in values):
        return None
    return f"{quote(key.name)} holds {_TYPES[facts.type]}"


def about_values(key: Key) -> Iterator[Formula]:
    """Yield what holds of the values of `key` in every request that could happen."""
    facts = key_facts(key.folded)
    if facts is None or facts.multivalued:
        return
    if may_be_list(key):
        yield negate(Many(key))
    languages = of_type(facts.type)
    if languages:
        yield any_of((negate(Present(key)), *(Member(Element(key), language) for language in languages)))
