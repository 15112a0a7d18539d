"""Sets by witnesses: `Some` replaced by as many elements as the formula can ask for.

A formula sees a list only through its `Some` atoms, and one that holds needs one element to show it. So a key read by n
different `Some` atoms needs at most n elements: a list with more can be cut down to its witnesses without changing any
atom (what holds of no element still holds of none). The bound is exact. A list needs two values, but may repeat one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from verifier.logic.compile_condition import member_of_domain
from verifier.logic.formula import (
    Atom,
    Element,
    Exists,
    Fits,
    Formula,
    Many,
    Member,
    Present,
    Some,
    all_of,
    any_of,
    atoms,
    map_atoms,
    negate,
)
from verifier.logic.languages import NONEMPTY
from verifier.policy.key import Key


def expand(formula: Formula) -> Formula:
    """Return `formula` with every `Some` spelled out over the elements of its key."""
    count = Counter(atom.key for atom in atoms(formula) if isinstance(atom, Some))
    if not count:
        return formula
    return map_atoms(formula, lambda atom: _spell_out(atom, count[atom.key]) if isinstance(atom, Some) else atom)


def _spell_out(atom: Some, count: int) -> Formula:
    return any_of(
        all_of((exists(element), member_of_domain(element, NONEMPTY), _about(atom.test, element)))
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
            case Fits(Element(key, 0), parts, ignores_case) if key == element.key:
                return Fits(element, parts, ignores_case)
            case _:
                return atom

    return map_atoms(test, change)


def structure(formula: Formula) -> Iterator[Formula]:
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
