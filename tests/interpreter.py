"""A second reading of formulas: what one says of one concrete request, without any solver and without the machines.

Texts that a request does not have (elements of absent keys, of later places in a list) mean nothing in a formula; the
interpreter takes them from `missing`, so a test can show that the answer does not depend on them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from verifier.clouds.aws.request import Request
from verifier.logic.formula import (
    ACTION,
    RESOURCE,
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
    Some,
    StringTerm,
    all_of,
    any_of,
    atoms,
    is_literal,
    negate,
)
from verifier.logic.readings import USUAL, Reading
from verifier.strings.languages import Glob, Language, Nothing, Wildcard
from verifier.strings.typed import Chain, Host, Instant, Number
from verifier.strings.values import Comparison, Key, lower, read_address, read_instant
from verifier.strings.variables import VariableRef

Missing = Callable[[StringTerm], str]


def nothing(_: StringTerm) -> str:
    """What stands for a text that a request does not have."""
    return ""


@dataclass(frozen=True)
class Interpreter:
    """What formulas say of `request` under `reading`."""

    request: Request
    missing: Missing = nothing
    reading: Reading = USUAL

    def holds(self, formula: Formula, element: dict[StringTerm, str] | None = None) -> bool:
        """Whether the formula is true; `element` is the value that a `Some` is about."""
        match formula:
            case Constant(value):
                return value
            case Not(part):
                return not self.holds(part, element)
            case And(parts):
                return all(self.holds(part, element) for part in parts)
            case Or(parts):
                return any(self.holds(part, element) for part in parts)
            case Present(key):
                return bool(self.request.values(key))
            case Many(key):
                return len(self.request.values(key)) > 1
            case Exists(Element(key, index)):
                return len(self.request.values(key)) > index
            case Reads(point):
                return point in self.reading
            case Some(key, test):
                return any(value and self.holds(test, {Element(key): value}) for value in self.request.values(key))
            case Member(text, language):
                return matches(language, self.text(text, element))
            case MatchesTemplate():
                return self._fits(formula, self.text(formula.text, element))
        raise AssertionError(f"no formula: {formula}")

    def text(self, text: StringTerm, element: dict[StringTerm, str] | None = None) -> str:
        """The value of a text."""
        if element and text in element:
            return element[text]
        if text == ACTION:
            return self.request.action.lower()
        if text == RESOURCE:
            return self.request.resource
        assert isinstance(text, Element)
        values = self.request.values(text.key)
        return values[text.index] if text.index < len(values) else self.missing(text)

    def _fits(self, atom: MatchesTemplate, text: str) -> bool:
        """A variable holds the value, literally unless it is wild; in a field of an ARN a colon lets nothing fit."""
        pattern = ""
        for part in atom.parts:
            if isinstance(part, VariableRef):
                value = self.text(Element(part.key))
                if part.in_field and ":" in value:
                    return False
                literal = re.escape(lower(value) if atom.ignores_case else value)
                one = "[^:]" if part.in_field else "."
                wild = literal.replace(r"\*", f"{one}*").replace(r"\?", one)
                pattern += wild if part.wild else literal
            else:
                pattern += _regex(part, atom.ignores_case)
        return re.fullmatch(pattern, lower(text) if atom.ignores_case else text, re.DOTALL) is not None


_REGEX = {Wildcard.TEXT: ".*", Wildcard.CHAR: ".", Wildcard.FIELD_TEXT: "[^:]*", Wildcard.FIELD_CHAR: "[^:]"}
_COMPARE: dict[Comparison | None, Callable[[Fraction, Fraction], bool]] = {
    None: lambda _one, _other: True,
    Comparison.EQUALS: lambda one, other: one == other,
    Comparison.LESS: lambda one, other: one < other,
    Comparison.LESS_EQUALS: lambda one, other: one <= other,
    Comparison.GREATER: lambda one, other: one > other,
    Comparison.GREATER_EQUALS: lambda one, other: one >= other,
}


def _regex(part: str | Wildcard, ignores_case: bool) -> str:
    if isinstance(part, Wildcard):
        return _REGEX[part]
    return re.escape(lower(part) if ignores_case else part)


def matches(language: Language, text: str) -> bool:
    """Whether `text` lies in `language`, worked out afresh."""
    match language:
        case Glob(parts, ignores_case):
            pattern = "".join(_regex(part, ignores_case) for part in parts)
            return re.fullmatch(pattern, lower(text) if ignores_case else text, re.DOTALL) is not None
        case Number(relation, bound):
            if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text):
                return False
            return _COMPARE[relation](Fraction(text), _fraction(bound))
        case Instant(relation, bound):
            value = read_instant(text)
            return value is not None and _COMPARE[relation](_fraction(value), _fraction(bound))
        case Host(network):
            address = read_address(text)
            if address is None or network is None:
                return address is not None
            shift = network.max_prefixlen - network.prefixlen
            same = int(address) >> shift == int(network.network_address) >> shift
            return address.version == network.version and same
        case Chain(underscores):
            words = ("[a-z0-9_-]+" if under else "[a-z0-9-]+" for under in underscores)
            return re.fullmatch(":".join(words), text) is not None
        case Nothing():
            return False
        case other:
            return other.matches(text)


def _fraction(value: Decimal) -> Fraction:
    return Fraction(format(value, "f"))


# --- a request, said as a formula ------------------------------------------------------------------------------------


def keys_of(formula: Formula) -> dict[Key, None]:
    """The keys that a formula speaks about."""
    return dict.fromkeys(key for atom in atoms(formula) for key in _keys(atom))


def _keys(atom: Atom) -> Iterator[Key]:
    match atom:
        case Present(key) | Many(key) | Exists(Element(key)):
            yield key
        case Reads():
            pass
        case Some(key, test):
            yield key
            yield from keys_of(test)
        case Member(text):
            yield from (text.key,) if isinstance(text, Element) else ()
        case MatchesTemplate(text):
            yield from (text.key,) if isinstance(text, Element) else ()
            yield from atom.keys


def pinned(request: Request, formula: Formula) -> Formula:
    """Return `formula`, and that the texts of the request, as far as it speaks of them, are those of `request`."""
    pins: list[Formula] = [is_literal(RESOURCE, request.resource)]
    if any(isinstance(atom, Member) and atom.text == ACTION for atom in atoms(formula)):
        pins.append(is_literal(ACTION, request.action.lower()))
    for key in keys_of(formula):
        pins += _pin(key, request.values(key))
    return all_of((formula, *pins))


def _pin(key: Key, values: tuple[str, ...]) -> Iterator[Formula]:
    if not values:
        yield negate(Present(key))
        return
    yield Present(key)
    if len(values) == 1:
        yield negate(Many(key))
        yield is_literal(Element(key), values[0])
        return
    literals = [is_literal(Element(key), value) for value in dict.fromkeys(filter(None, values))]
    yield Many(key)
    yield negate(Some(key, negate(any_of(literals))))
    yield from (Some(key, literal) for literal in literals)
