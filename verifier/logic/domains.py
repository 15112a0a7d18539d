"""Which texts a request can hold at all: what exists, apart from what policies mean.

An axiom about a text is its domain: some languages, and every value lies in one of them. A cloud says which domain each
text has (`Domains`), and whoever looks for a request is told.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from verifier.base.dataclass import dataclass
from verifier.logic.formula import FALSE, TRUE, Formula, StringTerm, member
from verifier.strings.languages import Language
from verifier.strings.solve import SPARE
from verifier.strings.subsumption import disjoint


@dataclass(frozen=True, slots=True)
class Domain:
    """Every value of a text lies in one of `areas`; where there is none it may be any text.

    `spare` are the characters that may stand for any other, and there are no others where it is `closed`. `begin` has
    the text to try first in each area, or the one to try first where there is no area.
    """

    areas: tuple[Language, ...] = ()
    begin: tuple[str, ...] = ("",)
    spare: str = SPARE
    closed: bool = False


Domains: TypeAlias = Callable[[StringTerm], Domain]


def member_within(text: StringTerm, language: Language, domains: Domains) -> Formula:
    """Return that `text` lies in `language`, folded by what `text` can be at all."""
    known = domains(text).areas
    if language in known and len(known) == 1:
        return TRUE
    if known and all(disjoint(language, area) for area in known):
        return FALSE
    return member(text, language)
