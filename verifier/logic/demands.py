"""What literals ask of each text: the languages it must lie in and those it must not, the patterns it must fit or not.

`word` finds a text that does, within its domain (`domains.py`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import field

from verifier.base.budget import Budget
from verifier.base.dataclass import dataclass
from verifier.logic.domains import Domains
from verifier.logic.formula import Element, Exists, Literal, Many, MatchesTemplate, Member, Not, Present, StringTerm
from verifier.strings.languages import Language
from verifier.strings.solve import Conflict, find_string


@dataclass
class Demands:
    """What is asked of one text."""

    inside: list[Language] = field(default_factory=list)
    outside: list[Language] = field(default_factory=list)
    fits: list[MatchesTemplate] = field(default_factory=list)
    misfits: list[MatchesTemplate] = field(default_factory=list)


def demands_of(literals: Iterable[Literal]) -> dict[StringTerm, Demands]:
    """Return what `literals` ask of the texts that they speak of or that must exist; literals about others say
    nothing.
    """
    literals = tuple(literals)
    live = _live(literals)
    found: dict[StringTerm, Demands] = defaultdict(Demands)
    for text in live:
        found[text] = Demands()
    for literal in literals:
        _file(literal, live, found)
    return dict(found)


def _live(literals: Iterable[Literal]) -> set[StringTerm]:
    """The elements that must exist."""
    found: set[StringTerm] = set()
    for literal in literals:
        match literal:
            case Present(key) | Many(key):
                found.add(Element(key))
            case Exists(element):
                found |= {element, Element(element.key)}
            case _:
                pass
    return found


def _file(literal: Literal, live: set[StringTerm], demands: dict[StringTerm, Demands]) -> None:
    atom = literal.part if isinstance(literal, Not) else literal
    if not isinstance(atom, Member | MatchesTemplate) or (isinstance(atom.text, Element) and atom.text not in live):
        return
    asked = demands[atom.text]
    match literal:
        case Member(_, language):
            asked.inside.append(language)
        case Not(Member(_, language)):
            asked.outside.append(language)
        case MatchesTemplate():
            asked.fits.append(literal)
        case Not(MatchesTemplate() as fits):
            asked.misfits.append(fits)
        case _:
            pass


def word(
    text: StringTerm, inside: Iterable[Language], outside: Iterable[Language], domains: Domains, budget: Budget
) -> str | Conflict:
    """Find a text within its domain too; a conflict leaves out the languages of the domain. Raises LimitReached."""
    inside, outside = tuple(inside), tuple(outside)
    domain = domains(text)
    clashes: list[Conflict] = []
    for area, begin in zip(domain.areas or (None,), domain.begin, strict=True):
        within = [*inside, area] if area else inside
        found = find_string(within, outside, budget, spare=domain.spare, closed=domain.closed, begin=begin)
        if isinstance(found, str):
            return found
        clashes.append(found)
    return Conflict(
        tuple(dict.fromkeys(one for conflict in clashes for one in conflict.inside if one in inside)),
        tuple(dict.fromkeys(one for conflict in clashes for one in conflict.outside)),
    )
