"""Patterns with variables whose values bring their wildcards along (rule 27, the other reading): what is sure of two.

A stand-in of such a variable stands for a text that the value matches (variables.py). So what it shows holds only where
the variable stands once in the pattern that is to lie within the other: a value may match several texts, one in each
place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from verifier.logic.formula import Fits
from verifier.strings.key import Key
from verifier.strings.machine import STAND_INS
from verifier.strings.variables import VariableRef, stand_ins, with_fresh_constants


def letters_for(fits: Fits, others: Iterable[Fits]) -> Mapping[VariableRef, str] | None:
    """Return stand-ins under which `fits` may be compared with `others`; None where they would show nothing."""
    wild = [part.key for part in fits.parts if isinstance(part, VariableRef) and part.wild]
    letters = stand_ins(part for atom in (fits, *others) for part in atom.parts)
    if fits.ignores_case or len(set(wild)) < len(wild) or len(letters) == len(STAND_INS):
        return None
    return letters


def comparable(other: Fits, fits: Fits) -> bool:
    """Whether what stand-ins show of `fits` lying within `other` holds of all values.

    With a colon in the value of a key in a field of an ARN nothing fits, which a stand-in does not show.
    """
    return not other.ignores_case and _in_fields(other) <= _in_fields(fits)


def lies_within(one: Fits, other: Fits) -> bool:
    """Whether it is plain that every text that fits `one` fits `other`, whatever the values."""
    letters = letters_for(one, (other,))
    if letters is None or one.text != other.text or not comparable(other, one):
        return False
    return with_fresh_constants(other.parts, letters).covers(with_fresh_constants(one.parts, letters))


def _in_fields(atom: Fits) -> set[tuple[Key, bool]]:
    return {(part.key, part.wild) for part in atom.parts if isinstance(part, VariableRef) and part.in_field}
