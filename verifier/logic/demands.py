"""What literals ask of each text, and what the lengths of texts forbid.

    demands_of    the languages that each text must lie in and those it must not, the patterns it must fit or not
    word          a text that does, within its domain (`request.py`)
    too_long, emptied    what lengths forbid

A text is as long as the values in it and the characters around them. So a text that fits a pattern without `*` does not
fit one that needs more characters, whatever the values; if the other needs as many and holds further values, these are
empty. And no text stands, with a character next to it, in a value that stands in a text that stands in the first.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field

from verifier.base.budget import Budget
from verifier.base.dataclass import dataclass
from verifier.logic.formula import (
    Element,
    Exists,
    Formula,
    Literal,
    Many,
    MatchesTemplate,
    Member,
    Not,
    Present,
    StringTerm,
    all_of,
    any_of,
    is_literal,
    negate,
)
from verifier.logic.request import Domains
from verifier.strings.languages import Language, Wildcard
from verifier.strings.solve import Conflict, find_string
from verifier.strings.values import Key
from verifier.strings.variables import VariableRef


@dataclass
class Demands:
    """What is asked of one text."""

    inside: list[Language] = field(default_factory=list)
    outside: list[Language] = field(default_factory=list)
    fits: list[MatchesTemplate] = field(default_factory=list)
    misfits: list[MatchesTemplate] = field(default_factory=list)


def demands_of(literals: Iterable[Literal]) -> dict[StringTerm, Demands]:
    """Return what `literals` ask of the texts that they mention or that must exist; others are not in it."""
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


def too_long(demands: Mapping[StringTerm, Demands], budget: Budget) -> Iterator[Formula]:
    """Yield why the patterns demanded cannot all be fitted, as far as lengths tell. Raises LimitReached."""
    for asked in demands.values():
        budget.check()
        yield from _outgrown(asked.fits)
    yield from _circles(demands, budget)


def _exact(found: Iterable[MatchesTemplate]) -> list[MatchesTemplate]:
    """Those whose values are put in as they are: of others, with wildcards of their own, nothing is known."""
    return [fits for fits in found if not fits.wild]


def _outgrown(found: Iterable[MatchesTemplate]) -> Iterator[Formula]:
    """Yield that no text fits two patterns if one needs more characters than the other has, whatever the values."""
    for one, other in itertools.permutations(_exact(found), 2):
        if _spare(one, other)[0] < 0:
            yield any_of((negate(one), negate(other)))


def emptied(demands: Mapping[StringTerm, Demands]) -> Iterator[Formula]:
    """Yield which values are empty where a text fits two patterns."""
    for asked in demands.values():
        for one, other in itertools.permutations(_exact(asked.fits), 2):
            characters, keys = _spare(one, other)
            if characters == 0 and keys:
                empty = all_of(is_literal(Element(key), "") for key in keys)
                yield any_of((negate(one), negate(other), empty))


def _spare(one: MatchesTemplate, other: MatchesTemplate) -> tuple[int, Counter[Key]]:
    """How many characters `one` has that `other` does not need, and the values for which these must do.

    None, and no values, where `one` has a `*` or a value of its own, so that nothing is known.
    """
    if any(part in (Wildcard.TEXT, Wildcard.FIELD_TEXT) for part in one.parts):
        return 0, Counter()
    (here, length), (there, least) = _measure(one), _measure(other)
    return (length - least, there - here) if here <= there else (0, Counter())


def _measure(atom: MatchesTemplate) -> tuple[Counter[Key], int]:
    """How often each key stands in the pattern, and how many characters it has besides their values and its `*`."""
    keys = Counter(part.key for part in atom.parts if isinstance(part, VariableRef))
    sizes = (
        len(part) if isinstance(part, str) else part in (Wildcard.CHAR, Wildcard.FIELD_CHAR) for part in atom.parts
    )
    return keys, sum(sizes)


def _circles(demands: Mapping[StringTerm, Demands], budget: Budget) -> Iterator[Formula]:
    """Yield that a circle of texts, each with the next one in it, has no other characters."""
    done: set[StringTerm] = set()
    for start in demands:
        budget.check()
        found = _circle(start, demands, done)
        if found is not None:
            yield any_of(map(negate, found))
        done.add(start)


def _circle(
    start: StringTerm, demands: Mapping[StringTerm, Demands], done: set[StringTerm]
) -> list[MatchesTemplate] | None:
    """A way from `start` to itself on which a character stands next to a value, by texts that are not `done`."""
    seen: set[tuple[StringTerm, bool]] = set()
    waiting: list[tuple[StringTerm, bool, tuple[MatchesTemplate, ...]]] = [(start, False, ())]
    while waiting:
        text, longer, way = waiting.pop()
        for fits in _exact(demands[text].fits) if text in demands else ():
            for key in fits.keys:
                reached = (Element(key), longer or _measure(fits)[1] > 0)
                if reached == (start, True):
                    return [*way, fits]
                if reached not in seen and reached[0] not in done:
                    seen.add(reached)
                    waiting.append((*reached, (*way, fits)))
    return None
