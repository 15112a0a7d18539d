"""Formulas over requests: Booleans over a few typed atoms, built by functions that fold.

The texts of a request are objects, never names: `ACTION`, `RESOURCE`, and `Element(key, i)`, the i-th value of a key.
Element 0 is the single value of a key, or the first of a list. An atom about an element means nothing where that
element does not exist, so whoever builds a formula guards such atoms with `Present`, `Many` or `Exists`, as
`compile/conditions.py` does.

`Some(key, test)` says that some non-empty value of `key` passes `test`, which is about `Element(key, 0)`;
`witnesses.py` replaces it by as many witnesses as the formula needs. Build formulas with `all_of`, `any_of`, `negate`,
`member`: they fold constants, flatten, and drop repetitions, so an obvious question never reaches a solver.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from typing import TypeAlias

from verifier.base.dataclass import dataclass
from verifier.base.memo import Hashed, cached_property
from verifier.logic.readings import Point
from verifier.strings.languages import EMPTY, EVERYTHING, Glob, Language
from verifier.strings.values import Key
from verifier.strings.variables import PatternPart, VariableRef, fill, over_approximate


@dataclass(frozen=True, slots=True)
class ActionText:
    """The request's action, `service:name` in lower case."""

    def __str__(self) -> str:
        return "action"


@dataclass(frozen=True, slots=True)
class ResourceText:
    """The request's resource."""

    def __str__(self) -> str:
        return "resource"


@dataclass(frozen=True, slots=True)
class Element:
    """The value number `index` of a key; number 0 exists where the key is present."""

    key: Key
    index: int = 0

    def __str__(self) -> str:
        return f"{self.key.folded}[{self.index}]"


StringTerm: TypeAlias = ActionText | ResourceText | Element
ACTION, RESOURCE = ActionText(), ResourceText()


@dataclass(frozen=True, slots=True)
class Constant:
    """True or false."""

    value: bool

    def __str__(self) -> str:
        return str(self.value).lower()


@dataclass(frozen=True, slots=True)
class Present:
    """The key is in the request."""

    key: Key

    def __str__(self) -> str:
        return f"present({self.key.folded})"


@dataclass(frozen=True, slots=True)
class Many:
    """The key holds a list of two or more values."""

    key: Key

    def __str__(self) -> str:
        return f"many({self.key.folded})"


@dataclass(frozen=True, slots=True)
class Exists:
    """The list of the key has this element (index 1 and up; element 0 exists iff the key is present)."""

    element: Element

    def __str__(self) -> str:
        return f"exists({self.element})"


@dataclass(frozen=True)
class Member(Hashed):
    """The text lies in the language."""

    text: StringTerm
    language: Language
    hashed = "text", "language"
    __hash__ = Hashed.__hash__

    def __str__(self) -> str:
        return f"{self.text} in {self.language}"


@dataclass(frozen=True)
class MatchesTemplate(Hashed):
    """The text matches a pattern with variables, each filled with the single value of its key (rule 27).

    Where a variable is `wild`, the wildcards of its value are wildcards.
    """

    text: StringTerm
    parts: tuple[PatternPart, ...]
    ignores_case: bool = False
    hashed = "text", "parts", "ignores_case"
    __hash__ = Hashed.__hash__

    def filled(self, values: dict[Key, str]) -> Language:
        """Return the language that is left once every variable has its value."""
        return fill(self.parts, values, self.ignores_case)

    def loose(self) -> Language:
        """Return a language that holds every text that fits, whatever the values."""
        return over_approximate(self.parts, self.ignores_case)

    @property
    def keys(self) -> tuple[Key, ...]:
        """The keys whose values fill the variables, each once."""
        return tuple(dict.fromkeys(part.key for part in self.parts if isinstance(part, VariableRef)))

    @property
    def literally(self) -> MatchesTemplate:
        """The same with every value put in literally."""
        parts = (VariableRef(one.key, one.in_field) if isinstance(one, VariableRef) else one for one in self.parts)
        return MatchesTemplate(self.text, tuple(parts), self.ignores_case)

    @property
    def wild(self) -> bool:
        """Whether wildcards of some value are wildcards."""
        return any(isinstance(part, VariableRef) and part.wild for part in self.parts)

    def __str__(self) -> str:
        return f"{self.text} fits {''.join(map(str, self.parts))}"


@dataclass(frozen=True)
class Some(Hashed):
    """Some non-empty value of the key passes the test, a formula about `Element(key, 0)` (rule 18)."""

    key: Key
    test: Formula
    hashed = "key", "test"
    __hash__ = Hashed.__hash__

    def __str__(self) -> str:
        return f"some({self.key.folded}: {self.test})"


@dataclass(frozen=True, slots=True)
class Reads:
    """AWS reads the point the other way (semantics.md, section 7): the same for every document and every request."""

    point: Point

    def __str__(self) -> str:
        return f"reads({self.point.value})"


@dataclass(frozen=True)
class Not(Hashed):
    """The negation of an atom; `negate` pushes it inwards, so it stands before atoms only."""

    part: Atom
    hashed = ("part",)
    __hash__ = Hashed.__hash__

    def __str__(self) -> str:
        return f"not {self.part}"


class _Parts(Hashed):
    """A conjunction or disjunction."""

    parts: tuple[Formula, ...]

    @cached_property
    def members(self) -> frozenset[Formula]:
        """The parts as a set."""
        return frozenset(self.parts)


@dataclass(frozen=True)
class And(_Parts):
    """All parts hold."""

    parts: tuple[Formula, ...]
    __hash__ = Hashed.__hash__

    def __str__(self) -> str:
        return f"({' and '.join(map(str, self.parts))})"


@dataclass(frozen=True)
class Or(_Parts):
    """Some part holds."""

    parts: tuple[Formula, ...]
    __hash__ = Hashed.__hash__

    def __str__(self) -> str:
        return f"({' or '.join(map(str, self.parts))})"


Atom: TypeAlias = Present | Many | Exists | Member | MatchesTemplate | Some | Reads
Literal: TypeAlias = Atom | Not
Formula: TypeAlias = Constant | Atom | Not | And | Or

TRUE = Constant(True)
FALSE = Constant(False)


def member(text: StringTerm, language: Language) -> Formula:
    """Return `Member`, folded where the language holds every text or none."""
    if language == EVERYTHING:
        return TRUE
    return FALSE if language == EMPTY else Member(text, language)


def is_literal(text: StringTerm, value: str) -> Formula:
    """Return the formula that `text` is `value`."""
    return member(text, Glob.literal(value))


def negate(formula: Formula) -> Formula:
    """Return the negation, pushed inwards to the atoms."""
    match formula:
        case Constant(value):
            return FALSE if value else TRUE
        case Not(part):
            return part
        # Parts that are folded already are so when each is negated: there is nothing to join.
        case And(parts):
            return Or(tuple(map(negate, parts)))
        case Or(parts):
            return And(tuple(map(negate, parts)))
        case _:
            return Not(formula)


def all_of(parts: Iterable[Formula]) -> Formula:
    """Return the conjunction."""
    return _join(And, parts, unit=TRUE, zero=FALSE)


def any_of(parts: Iterable[Formula]) -> Formula:
    """Return the disjunction."""
    return _join(Or, parts, unit=FALSE, zero=TRUE)


_MANY = 64


def _join(kind: type[And | Or], parts: Iterable[Formula], unit: Constant, zero: Constant) -> Formula:
    open_parts: list[Formula] = []
    for part in parts:
        if not isinstance(part, Constant):
            open_parts.append(part)
        elif part.value is zero.value:
            return zero
    if len(open_parts) < 2:
        return open_parts[0] if open_parts else unit
    found: dict[Formula, None] = {}
    for part in sorted(open_parts, key=_size):
        if not isinstance(part, kind):
            found[part] = None
        elif len(part.parts) > _MANY and any(_opposite(one) in part.members for one in found):
            return zero
        else:
            found |= dict.fromkeys(part.parts)
    if any(isinstance(one, Not) and one.part in found for one in found):
        return zero
    return next(iter(found)) if len(found) == 1 else kind(tuple(found))


def _size(formula: Formula) -> int:
    return len(formula.parts) if isinstance(formula, And | Or) else 1


def _opposite(formula: Formula) -> Formula | None:
    """The negation of a literal; of other formulas it would cost more than it tells."""
    match formula:
        case Not(part):
            return part
        case And() | Or() | Constant():
            return None
        case atom:
            return Not(atom)


def map_parts(formula: And | Or, change: Callable[[Formula], Formula]) -> Formula:
    """Return `formula` with every part replaced by `change(part)`, folded again; itself where no part changes."""
    zero = FALSE if isinstance(formula, And) else TRUE
    changed: list[Formula] = []
    for part in formula.parts:
        one = change(part)
        if one == zero:
            return zero
        changed.append(one)
    if all(map(operator.is_, changed, formula.parts)):
        return formula
    return all_of(changed) if isinstance(formula, And) else any_of(changed)


def map_atoms(formula: Formula, change: Callable[[Atom], Formula]) -> Formula:
    """Return `formula` with every atom replaced by `change(atom)`, folded again."""
    match formula:
        case Constant():
            return formula
        case Not(part):
            return negate(change(part))
        case And(parts):
            return all_of(map_atoms(part, change) for part in parts)
        case Or(parts):
            return any_of(map_atoms(part, change) for part in parts)
        case _:
            return change(formula)


def atoms(formula: Formula) -> dict[Atom, None]:
    """Return the atoms of `formula`, each once, in order of appearance (a `Some` counts as one atom)."""
    found: dict[Atom, None] = {}
    waiting = [formula]
    while waiting:
        match waiting.pop():
            case Constant():
                pass
            case Not(part):
                found[part] = None
            case And(parts) | Or(parts):
                waiting.extend(reversed(parts))
            case atom:
                found[atom] = None
    return found
