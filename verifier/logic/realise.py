"""From literals back to texts: is there a request in which all of these literals hold?

`realise` looks at the texts one by one. For each it asks `words.find` for a text inside the languages that its literals
demand and outside those they forbid. Where patterns have holes (`Fits`), the values of the keys are chosen first and
put in, which makes them languages too. Where that fails it returns lemmas: formulas that hold of every request and
that the literals contradict, so that the solver looks elsewhere. A lemma is always true; that the next choice succeeds
is not promised, so whoever calls in a loop limits the rounds.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field

from verifier.dataclass import dataclass
from verifier.logic.budget import Budget
from verifier.logic.domains import ANY_RESOURCE, domain, spare
from verifier.logic.formula import (
    Element,
    Exists,
    Fits,
    Formula,
    Literal,
    Many,
    Member,
    Not,
    Present,
    Reads,
    Text,
    all_of,
    any_of,
    is_literal,
    member,
    negate,
)
from verifier.logic.holes import Hole, generalise, stand_ins
from verifier.logic.languages import IS_ARN, Any, Glob, Language
from verifier.logic.machine import STAND_INS
from verifier.logic.project import project
from verifier.logic.words import Clash, find
from verifier.policy.key import Key
from verifier.policy.readings import USUAL, Reading

# The texts to try first in a domain.
_LIKELY: dict[Language | None, str] = {ANY_RESOURCE: "*", IS_ARN: "arn:aws:s3:::example"}


@dataclass(frozen=True)
class Model:
    """The texts of a request: of the action and the resource where something is said of them, and of each key's
    values; and the points that must be read the other way.
    """

    texts: Mapping[Text, str]
    lists: frozenset[Key]
    reading: Reading = USUAL


@dataclass(frozen=True)
class Lemmas:
    """Formulas that hold of every request and forbid the literals that were asked about.

    `guiding`: they speak of values that the literals did not mention, so the next literals must say how they are met.
    """

    formulas: tuple[Formula, ...]
    guiding: bool


@dataclass
class _Demands:
    """What is asked of one text."""

    inside: list[Language] = field(default_factory=list)
    outside: list[Language] = field(default_factory=list)
    fits: list[Fits] = field(default_factory=list)
    misfits: list[Fits] = field(default_factory=list)


def realise(literals: Iterable[Literal], budget: Budget) -> Model | Lemmas:
    """Return texts that make all `literals` true, or lemmas that say why none do. Raises LimitReached."""
    literals = tuple(literals)
    live = _live(literals)
    demands: dict[Text, _Demands] = defaultdict(_Demands)
    for text in live:
        demands[text] = _Demands()
    for literal in literals:
        _file(literal, live, demands)
    loose = {text: _loosely(text, asked, budget) for text, asked in demands.items()}
    lemmas = [
        lemma for text, found in loose.items() for lemma in _plainly_impossible(text, demands[text], found, budget)
    ]
    if lemmas:
        return Lemmas(tuple(lemmas), guiding=False)
    texts = {text: found for text, found in loose.items() if isinstance(found, str)}
    if any(asked.fits or asked.misfits for asked in demands.values()):
        chosen = _choose(demands, budget)
        if isinstance(chosen, Lemmas):
            return chosen
        texts = chosen
    lists = frozenset(literal.key for literal in literals if isinstance(literal, Many))
    return Model(texts, lists, frozenset(literal.point for literal in literals if isinstance(literal, Reads)))


def _live(literals: Iterable[Literal]) -> set[Text]:
    """The elements that must exist. Literals about others say nothing."""
    found: set[Text] = set()
    for literal in literals:
        match literal:
            case Present(key) | Many(key):
                found.add(Element(key))
            case Exists(element):
                found |= {element, Element(element.key)}
            case _:
                pass
    return found


def _file(literal: Literal, live: set[Text], demands: dict[Text, _Demands]) -> None:
    atom = literal.part if isinstance(literal, Not) else literal
    if not isinstance(atom, Member | Fits) or (isinstance(atom.text, Element) and atom.text not in live):
        return
    asked = demands[atom.text]
    match literal:
        case Member(_, language):
            asked.inside.append(language)
        case Not(Member(_, language)):
            asked.outside.append(language)
        case Fits():
            asked.fits.append(literal)
        case Not(Fits() as fits):
            asked.misfits.append(fits)
        case _:
            pass


def _loosely(text: Text, asked: _Demands, budget: Budget) -> str | Clash:
    """A text that does if the values of the keys may be anything, each time they are read."""
    return _word(text, [*asked.inside, *(fits.loose() for fits in asked.fits)], asked.outside, budget)


def _plainly_impossible(text: Text, asked: _Demands, found: str | Clash, budget: Budget) -> Iterator[Formula]:
    """Yield why no text does, whatever the values of keys: from the languages alone, and from stand-ins for them."""
    if isinstance(found, Clash):
        loose = {fits.loose(): fits for fits in asked.fits}
        yield any_of(
            (
                *(negate(loose.get(language) or member(text, language)) for language in found.inside),
                *(member(text, language) for language in found.outside),
            )
        )
        return
    yield from _outgrown(asked.fits)
    if asked.misfits or asked.outside:
        for fits in asked.fits:
            yield from _covered(text, fits, asked, budget)


def _outgrown(found: Iterable[Fits]) -> Iterator[Formula]:
    """Yield that no text fits two patterns if one needs more characters than the other has, whatever the values.

    That says nothing of values whose wildcards are wildcards.
    """
    exact = [fits for fits in found if not fits.wild]
    for one, other in itertools.permutations(exact, 2):
        if not any(part in (Any.TEXT, Any.FIELD_TEXT) for part in one.parts):
            (here, length), (there, least) = _measure(one), _measure(other)
            if here <= there and length < least:
                yield any_of((negate(one), negate(other)))


def _measure(atom: Fits) -> tuple[Counter[Key], int]:
    """How often each key stands in the pattern, and how many characters it has beside their values and its `*`."""
    keys = Counter(part.key for part in atom.parts if isinstance(part, Hole))
    sizes = (len(part) if isinstance(part, str) else part in (Any.CHAR, Any.FIELD_CHAR) for part in atom.parts)
    return keys, sum(sizes)


def _covered(text: Text, fits: Fits, asked: _Demands, budget: Budget) -> Iterator[Formula]:
    """Yield that `fits` lies within the union of what is forbidden, where that holds for all values (holes.py)."""
    wild = [part.key for part in fits.parts if isinstance(part, Hole) and part.wild]
    parts = [part for atom in (fits, *asked.misfits) for part in atom.parts]
    letters = stand_ins(parts)
    if fits.ignores_case or len(set(wild)) < len(wild) or len(letters) == len(STAND_INS):
        return
    fields = _in_fields(fits)
    forbidden: dict[Language, Formula] = {
        generalise(misfit.parts, letters): misfit
        for misfit in asked.misfits
        if not misfit.ignores_case and _in_fields(misfit) <= fields
    }
    forbidden |= {language: member(text, language) for language in asked.outside}
    found = find([generalise(fits.parts, letters)], forbidden, budget)
    if isinstance(found, Clash):
        yield any_of((negate(fits), *(forbidden[language] for language in found.outside)))


def _in_fields(atom: Fits) -> set[tuple[Key, bool]]:
    """The keys in fields of an ARN: with a colon in such a value nothing fits, which a stand-in does not show."""
    return {(part.key, part.wild) for part in atom.parts if isinstance(part, Hole) and part.in_field}


def _word(text: Text, inside: Iterable[Language], outside: Iterable[Language], budget: Budget) -> str | Clash:
    """Find a text within its domain too; the languages of the domain are left out of the clash."""
    inside, outside = tuple(inside), tuple(outside)
    chars, closed = spare(text)
    clashes: list[Clash] = []
    areas = domain(text)
    for area in areas or (None,):
        begin = _LIKELY.get(area, "example" if isinstance(text, Element) else "")
        found = find([*inside, area] if area else inside, outside, budget, spare=chars, closed=closed, begin=begin)
        if isinstance(found, str):
            return found
        clashes.append(found)
    return Clash(
        tuple(dict.fromkeys(one for clash in clashes for one in clash.inside if one in inside)),
        tuple(dict.fromkeys(one for clash in clashes for one in clash.outside)),
    )


def _choose(demands: Mapping[Text, _Demands], budget: Budget) -> dict[Text, str] | Lemmas:
    """Choose values for the keys that fill holes, then texts for everything else."""
    lemmas: dict[Formula, None] = {}
    for fixed in _guesses(demands, budget):
        chosen = _complete(demands, fixed, lemmas, budget)
        if chosen is not None:
            return chosen
    return Lemmas(tuple(lemmas), guiding=True)


def _guesses(demands: Mapping[Text, _Demands], budget: Budget) -> Iterator[dict[Text, str]]:
    """Yield values to begin with: none; then those that a text which loosely fits would give to the holes."""
    yield {}
    for text, asked in demands.items():
        for fits in asked.fits:
            guess = _word(text, [*asked.inside, *(other.loose() for other in asked.fits)], asked.outside, budget)
            if isinstance(guess, str):
                for values in project(fits, guess):
                    yield {Element(key): value for key, value in values.items()}


def _complete(
    demands: Mapping[Text, _Demands], fixed: Mapping[Text, str], lemmas: dict[Formula, None], budget: Budget
) -> dict[Text, str] | None:
    """Extend `fixed` to all texts, or note lemmas that forbid what stood in the way."""
    chosen: dict[Text, str] = {}
    for text in _in_order(demands):
        asked = demands[text]
        inside = [*asked.inside, *_filled(asked.fits, chosen)]
        outside = [*asked.outside, *_filled(asked.misfits, chosen)]
        wish = fixed.get(text)
        found = _word(text, [*inside, *((Glob.literal(wish),) if wish is not None else ())], outside, budget)
        if isinstance(found, Clash):
            if wish is None:
                lemmas.update(dict.fromkeys(_instances(text, asked, chosen)))
            return None
        chosen[text] = found
    broken = [fits for asked in demands.values() for fits in asked.fits if _holds(fits, chosen) is False]
    broken += [fits for asked in demands.values() for fits in asked.misfits if _holds(fits, chosen) is True]
    lemmas.update(dict.fromkeys(lemma for fits in broken for lemma in _instances_of(fits, chosen)))
    return None if broken else chosen


def _filled(atoms: Iterable[Fits], chosen: Mapping[Text, str]) -> Iterator[Language]:
    """The languages of those whose holes already have values."""
    for atom in atoms:
        if all(Element(key) in chosen for key in atom.keys):
            yield atom.filled({key: chosen[Element(key)] for key in atom.keys})


def _holds(atom: Fits, chosen: Mapping[Text, str]) -> bool | None:
    """Whether the atom holds; None where a key that fills a hole is absent, so that the atom says nothing."""
    if not all(Element(key) in chosen for key in atom.keys):
        return None
    return atom.filled({key: chosen[Element(key)] for key in atom.keys}).matches(chosen[atom.text])


def _in_order(demands: Mapping[Text, _Demands]) -> list[Text]:
    """The texts, those that fill the holes of others first, as far as there is such an order."""
    order: dict[Text, None] = {}

    def visit(text: Text, above: frozenset[Text]) -> None:
        if text in order or text in above or text not in demands:
            return
        for atom in (*demands[text].fits, *demands[text].misfits):
            for key in atom.keys:
                visit(Element(key), above | {text})
        order[text] = None

    for text in demands:
        visit(text, frozenset())
    return list(order)


def _instances(text: Text, asked: _Demands, chosen: Mapping[Text, str]) -> Iterator[Formula]:
    """Yield what the atoms with holes about `text` say under the values chosen, and, for a fixed text, about the
    values.
    """
    for atom in (*asked.fits, *asked.misfits):
        if all(Element(key) in chosen for key in atom.keys):
            yield from _instances_of(atom, chosen)
        pinned = next(
            (only for language in asked.inside if (only := getattr(language, "text", None)) is not None), None
        )
        if pinned is not None and not atom.wild:
            yield _about_values(atom, text, pinned)


def _instances_of(atom: Fits, chosen: Mapping[Text, str]) -> Iterator[Formula]:
    """Yield: if the keys have these values, the text fits iff it lies in the language that is left."""
    values = {key: chosen[Element(key)] for key in atom.keys}
    given = all_of(is_literal(Element(key), value) for key, value in values.items())
    left = member(atom.text, atom.filled(values))
    yield any_of((negate(given), all_of((any_of((negate(atom), left)), any_of((atom, negate(left)))))))
    if atom.text in chosen and not atom.wild:
        yield _about_values(atom, atom.text, chosen[atom.text])


def _about_values(atom: Fits, text: Text, value: str) -> Formula:
    """Return: if the text is `value`, it fits iff the keys have the values that `value` gives to the holes."""
    some = any_of(
        all_of(member(Element(key), _value(part, atom.ignores_case)) for key, part in values.items())
        for values in project(atom, value)
    )
    return any_of(
        (negate(is_literal(text, value)), all_of((any_of((negate(atom), some)), any_of((atom, negate(some))))))
    )


def _value(text: str, ignores_case: bool) -> Glob:
    return Glob((text,) if text else (), ignores_case) if ignores_case else Glob.literal(text)
