"""Sets by witnesses: `Some` replaced by as many elements as the formula can ask for.

A formula sees a list only through its `Some` atoms. One that holds needs one element to show it, one that is negated
needs none, and of a disjunction one part is enough. So there is a number of elements for each key, `_demand`, beyond
which a list can be cut down to the witnesses of some true parts: what they need still holds, and what held of no
element still does. One element there always is where the key is present. A list needs two values, but may repeat one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from verifier.base.budget import Budget
from verifier.base.errors import LimitReached
from verifier.logic.formula import (
    And,
    Atom,
    Element,
    Exists,
    Formula,
    Many,
    MatchesTemplate,
    Member,
    Or,
    Present,
    Some,
    all_of,
    any_of,
    atoms,
    map_atoms,
    negate,
)
from verifier.logic.request import Domains, member_within
from verifier.strings.languages import NONEMPTY
from verifier.strings.values import Key

_MOST_SPELLED = 30_000


def expand(formula: Formula, domains: Domains, budget: Budget) -> Formula:
    """Return `formula` with every `Some` spelled out over the elements of its key. Raises LimitReached."""
    found = atoms(formula)
    if not any(isinstance(atom, Some) for atom in found):
        return formula
    count = _demand(formula)
    spelled = sum(max(1, count[atom.key]) for atom in found if isinstance(atom, Some))
    if spelled > _MOST_SPELLED:
        raise LimitReached(f"the set operators ask for more than {_MOST_SPELLED:,} combinations of values")

    def change(atom: Atom) -> Formula:
        if not isinstance(atom, Some):
            return atom
        budget.check()
        return _spell_out(atom, max(1, count[atom.key]), domains)

    return map_atoms(formula, change)


def _demand(formula: Formula) -> Counter[Key]:
    """How many elements of each key the formula can need at once; negations stand before atoms only."""
    match formula:
        case And(parts):
            return sum(map(_demand, parts), Counter())
        case Or(parts):
            most: Counter[Key] = Counter()
            for part in parts:
                most |= _demand(part)
            return most
        case Some(key):
            return Counter((key,))
        case _:
            return Counter()


def _spell_out(atom: Some, count: int, domains: Domains) -> Formula:
    return any_of(
        all_of((exists(element), member_within(element, NONEMPTY, domains), _about(atom.test, element)))
        for element in _elements(atom.key, count)
    )


def _elements(key: Key, count: int) -> Iterator[Element]:
    return (Element(key, index) for index in range(count))


def exists(element: Element) -> Formula:
    """Return that the element exists: the first one where the key is present, a later one where the list has it."""
    return Present(element.key) if element.index == 0 else Exists(element)


def _about(test: Formula, element: Element) -> Formula:
    """Return `test`, which is about the first element of the key, said about `element`."""

    def change(atom: Atom) -> Formula:
        match atom:
            case Member(Element(key, 0), language) if key == element.key:
                return Member(element, language)
            case MatchesTemplate(Element(key, 0), parts, ignores_case) if key == element.key:
                return MatchesTemplate(element, parts, ignores_case)
            case _:
                return atom

    return map_atoms(test, change)


def list_axioms(formula: Formula) -> Iterator[Formula]:
    """Yield what holds of the keys of an expanded formula whatever it says: a list is present, later elements are in
    lists.
    """
    found = atoms(formula)
    for atom in found:
        match atom:
            case Many(key):
                yield any_of((negate(atom), Present(key)))
            case Exists(element):
                yield any_of((negate(atom), Many(element.key)))
                yield any_of((negate(Many(element.key)), Present(element.key)))
            case _:
                pass
