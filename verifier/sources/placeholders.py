"""Placeholders of Landing Zone Accelerator and the like in a document: what each will be is not known.

`${ACCELERATOR_PREFIX}`, `${PARTITION}` and `${ACCELERATOR_LOOKUP::...}` are filled in when the tool deploys the policy.
As policy variables they would be keys that no request has, and a Deny with an exception for the roles
`${ACCELERATOR_PREFIX}*` would seem to deny more than it does. No key of AWS has a name in capitals without a colon
(rule 26). One that stands where a value is due, outside of a text, may become any value: a text, or several.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from verifier.base.regex import regex
from verifier.base.source import Source
from verifier.sources.values import BARE, AnyValue, ListValue, ObjectValue, TextValue, Unresolved, Value, text_value

PLACEHOLDER = regex(r"\$\{((?!AWS::)[A-Z][A-Z0-9_]*+(?:::[^{}\"]{0,200})?)\}")


def filled(document: Value, source: Source) -> Value:
    """Return a document of the file with an unknown part for each placeholder."""
    return with_unknowns(document) if PLACEHOLDER.search(source.text) else document


def with_unknowns(value: Value) -> Value:
    """Return the document with an unknown part for each placeholder; one with one name is one unknown."""
    match value:
        case TextValue(parts=(str(held),)) if held.startswith(BARE):
            return AnyValue(Unresolved(held.removeprefix(BARE), placeholder=True), value.place)
        case TextValue():
            return text_value([part for held in value.parts for part in _parts(held)], value.place)
        case ListValue():
            return ListValue(value.place, partial(_each, value))
        case ObjectValue():
            return ObjectValue(value.place, partial(_members, value))
        case _:
            return value


def _each(value: ListValue) -> list[Value]:
    return [with_unknowns(each) for each in value.values]


def _members(value: ObjectValue) -> list[tuple[TextValue, Value]]:
    return [(name, with_unknowns(held)) for name, held in value.pairs]


def _parts(held: str | Unresolved) -> Iterator[str | Unresolved]:
    if isinstance(held, Unresolved):
        yield held
        return
    for number, piece in enumerate(PLACEHOLDER.split(held)):
        yield Unresolved(piece, placeholder=True) if number % 2 else piece
