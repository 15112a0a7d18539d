"""Whether a formula is true of one request: the formulas' own reading, apart from the evaluator's of documents.

holds(formula, request)        whether it is true under the usual reading
left_open(formula, request)    what the points have to be for it to be true
"""

from __future__ import annotations

from typing import assert_never

from verifier.logic.formula import (
    FALSE,
    TRUE,
    ActionText,
    And,
    Atom,
    Constant,
    Element,
    Exists,
    Formula,
    Many,
    MatchesTemplate,
    Member,
    Not,
    Or,
    Present,
    Reads,
    ResourceText,
    Some,
    StringTerm,
    any_of,
    map_atoms,
)
from verifier.logic.request import Request
from verifier.strings.values import Key


def holds(formula: Formula, request: Request, chosen: tuple[Key, str] | None = None) -> bool:
    """Whether `formula` is true of `request`; `chosen` is the value of a list that a test is about (rule 18)."""
    match formula:
        case Constant(value):
            return value
        case Not(part):
            return not holds(part, request, chosen)
        case And(parts):
            return all(holds(part, request, chosen) for part in parts)
        case Or(parts):
            return any(holds(part, request, chosen) for part in parts)
        case Present(key):
            return bool(request.values(key))
        case Many(key):
            return len(request.values(key)) > 1
        case Exists(element):
            return len(request.values(element.key)) > element.index
        case Member(text, language):
            read = _value(text, request, chosen)
            return read is not None and language.matches(read)
        case MatchesTemplate(text):
            return _fits(formula, _value(text, request, chosen), request)
        case Reads():
            return False  # regions are of the usual reading
        case Some(key, test):
            return any(holds(test, request, (key, value)) for value in request.values(key) if value)
        case other:
            assert_never(other)


def left_open(formula: Formula, request: Request, chosen: tuple[Key, str] | None = None) -> Formula:
    """Return what the points have to be for `formula` to be true of `request`: a formula about points alone."""

    def decided(atom: Atom) -> Formula:
        match atom:
            case Reads():
                return atom
            case Some(key, test):
                return any_of(left_open(test, request, (key, value)) for value in request.values(key) if value)
            case _:
                return TRUE if holds(atom, request, chosen) else FALSE

    return map_atoms(formula, decided)


def _value(text: StringTerm, request: Request, chosen: tuple[Key, str] | None) -> str | None:
    match text:
        case ActionText():
            return request.action.lower()
        case ResourceText():
            return request.resource
        case Element(key, index):
            if chosen is not None and chosen[0] == key:
                return chosen[1]
            values = request.values(key)
            return values[index] if index < len(values) else None
        case other:
            assert_never(other)


def _fits(atom: MatchesTemplate, value: str | None, request: Request) -> bool:
    values = {key: request.values(key) for key in atom.keys}
    if value is None or any(len(found) != 1 for found in values.values()):
        return False
    return atom.filled({key: found[0] for key, found in values.items()}).matches(value)
