"""From literals back to texts: is there a request in which all of these literals hold?

`check_theory` looks at the texts one by one. For each it asks `find_string` for a text inside the languages that its
literals demand and outside those they forbid. Where patterns have variables (`MatchesTemplate`), the values of the keys
are chosen first and put in, which makes them languages too. Where that fails it returns lemmas: formulas that hold of
every request and that the literals contradict, so that the solver looks elsewhere. A lemma is always true; that the
next choice succeeds is not promised, so whoever calls in a loop limits the rounds.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from verifier.base.budget import Budget
from verifier.base.dataclass import dataclass
from verifier.logic.demands import Demands, demands_of, emptied, too_long, word
from verifier.logic.equalities import cancelled
from verifier.logic.formula import (
    Element,
    Formula,
    Literal,
    Many,
    MatchesTemplate,
    Reads,
    StringTerm,
    all_of,
    any_of,
    is_literal,
    member,
    negate,
)
from verifier.logic.ranged import Ranged, comparable, letters_for
from verifier.logic.readings import USUAL, Reading
from verifier.logic.request import Domains
from verifier.strings.languages import Glob, Language, Wildcard
from verifier.strings.solve import Conflict, find_string
from verifier.strings.values import Key
from verifier.strings.variables import VariableRef, bindings, with_fresh_constants

_MOST_READ = 4  # of one key, in one pattern


@dataclass(frozen=True)
class Model:
    """The texts of a request: of the action and the resource where something is said of them, and of each key's
    values; and the points that must be read the other way.
    """

    texts: Mapping[StringTerm, str]
    lists: frozenset[Key]
    reading: Reading = USUAL


@dataclass(frozen=True)
class Lemmas:
    """Formulas that hold of every request and forbid the literals that were asked about.

    `splitting`: they mention values that the literals did not mention, so the next literals must say how they are met.
    """

    formulas: tuple[Formula, ...]
    splitting: bool


def check_theory(literals: Iterable[Literal], domains: Domains, budget: Budget) -> Model | Lemmas:
    """Return texts that make all `literals` true, or lemmas that say why none do. Raises LimitReached."""
    literals = tuple(literals)
    demands = demands_of(literals)
    loose = {text: _loosely(text, asked, domains, budget) for text, asked in demands.items()}
    lemmas = [
        lemma for text, found in loose.items() for lemma in _plainly_impossible(text, demands[text], found, budget)
    ]
    lemmas += too_long(demands, budget)
    if lemmas:
        return Lemmas(tuple(lemmas), splitting=False)
    texts = {text: found for text, found in loose.items() if isinstance(found, str)}
    if any(asked.fits or asked.misfits for asked in demands.values()):
        chosen = _choose(demands, Ranged(literals, domains, budget), domains, budget)
        if isinstance(chosen, Lemmas):
            return chosen
        texts = chosen
    lists = frozenset(literal.key for literal in literals if isinstance(literal, Many))
    return Model(texts, lists, frozenset(literal.point for literal in literals if isinstance(literal, Reads)))


def _loosely(text: StringTerm, asked: Demands, domains: Domains, budget: Budget) -> str | Conflict:
    """A text that does if the values of the keys may be anything, each time they are read."""
    return word(text, [*asked.inside, *(fits.loose() for fits in asked.fits)], asked.outside, domains, budget)


def _plainly_impossible(text: StringTerm, asked: Demands, found: str | Conflict, budget: Budget) -> Iterator[Formula]:
    """Yield why no text does, whatever the values of keys: from the languages alone, and from stand-ins for them."""
    if isinstance(found, Conflict):
        loose = {fits.loose(): fits for fits in asked.fits}
        yield any_of(
            (
                *(negate(loose.get(language) or member(text, language)) for language in found.inside),
                *(member(text, language) for language in found.outside),
            )
        )
        return
    if asked.misfits or asked.outside:
        for fits in asked.fits:
            yield from _covered(text, fits, asked, budget)


def _covered(text: StringTerm, fits: MatchesTemplate, asked: Demands, budget: Budget) -> Iterator[Formula]:
    """Yield that `fits` lies within the union of what is forbidden, where that holds for all values
    (`strings/variables.py`).
    """
    letters = letters_for(fits, asked.misfits)
    if letters is None:
        return
    forbidden: dict[Language, Formula] = {
        with_fresh_constants(misfit.parts, letters): misfit for misfit in asked.misfits if comparable(misfit, fits)
    }
    forbidden |= {language: member(text, language) for language in asked.outside}
    found = find_string([with_fresh_constants(fits.parts, letters)], forbidden, budget)
    if isinstance(found, Conflict):
        yield any_of((negate(fits), *(forbidden[language] for language in found.outside)))


def _choose(
    demands: Mapping[StringTerm, Demands], ranged: Ranged, domains: Domains, budget: Budget
) -> dict[StringTerm, str] | Lemmas:
    """Choose values for the keys that fill variables, then texts for everything else."""
    lemmas: dict[Formula, None] = {}
    chosen = _complete(demands, {}, lemmas, domains, budget)
    if chosen is not None:
        return chosen
    ruled_out = [lemma for text, asked in demands.items() if asked.fits and (lemma := ranged.impossible(text))]
    if ruled_out:
        return Lemmas(tuple(ruled_out), splitting=False)
    for fixed in _guesses(demands, ranged):
        chosen = _complete(demands, fixed, lemmas, domains, budget)
        if chosen is not None:
            return chosen
    return Lemmas(tuple(dict.fromkeys((*emptied(demands), *cancelled(demands), *lemmas))), splitting=True)


def _guesses(demands: Mapping[StringTerm, Demands], ranged: Ranged) -> Iterator[dict[StringTerm, str]]:
    """Yield values to begin with: a wildcard, where it is one; those that a text which may fit would give."""
    wild = [fits for asked in demands.values() for fits in asked.fits if fits.wild]
    if wild:
        yield {Element(key): "*" for fits in wild for key in fits.keys}
    for text, asked in demands.items():
        guess = ranged.guess(text) if asked.fits else None
        if guess is None:
            continue
        for fits in itertools.chain.from_iterable(map(_read_once, asked.fits)):
            for values in bindings(fits.parts, guess, ignores_case=fits.ignores_case):
                yield {Element(one): value for key, value in values.items() for one in ranged.alike(key)}


def _read_once(fits: MatchesTemplate) -> Iterator[MatchesTemplate]:
    """Yield `fits`, and where a key stands in it more than once, what asks for one of its values only: in a guess each
    variable ranges on its own.
    """
    yield fits
    places: dict[Key, list[int]] = {}
    for place, part in enumerate(fits.parts):
        if isinstance(part, VariableRef):
            places.setdefault(part.key, []).append(place)
    most = max(map(len, places.values()), default=0)
    for number in range(min(most, _MOST_READ) if most > 1 else 0):
        kept = {found[min(number, len(found) - 1)] for found in places.values()}
        parts = (
            (Wildcard.FIELD_TEXT if part.in_field else Wildcard.TEXT)
            if isinstance(part, VariableRef) and place not in kept
            else part
            for place, part in enumerate(fits.parts)
        )
        yield replace(fits, parts=tuple(parts))


def _complete(
    demands: Mapping[StringTerm, Demands],
    fixed: Mapping[StringTerm, str],
    lemmas: dict[Formula, None],
    domains: Domains,
    budget: Budget,
) -> dict[StringTerm, str] | None:
    """Extend `fixed` to all texts, or note lemmas that forbid what stood in the way."""
    chosen: dict[StringTerm, str] = {}
    for text in _in_order(demands):
        asked = demands[text]
        inside = [*asked.inside, *_filled(asked.fits, chosen)]
        outside = [*asked.outside, *_filled(asked.misfits, chosen)]
        wish = fixed.get(text)
        inside += [Glob.literal(wish)] if wish is not None else []
        found = word(text, inside, outside, domains, budget)
        if isinstance(found, Conflict):
            if wish is None:
                lemmas.update(dict.fromkeys(_instances(text, asked, chosen)))
            return None
        chosen[text] = found
    broken = [fits for asked in demands.values() for fits in asked.fits if _holds(fits, chosen) is False]
    broken += [fits for asked in demands.values() for fits in asked.misfits if _holds(fits, chosen) is True]
    lemmas.update(dict.fromkeys(lemma for fits in broken for lemma in _instances_of(fits, chosen)))
    return None if broken else chosen


def _filled(atoms: Iterable[MatchesTemplate], chosen: Mapping[StringTerm, str]) -> Iterator[Language]:
    """The languages of those whose variables already have values."""
    for atom in atoms:
        if all(Element(key) in chosen for key in atom.keys):
            yield atom.filled({key: chosen[Element(key)] for key in atom.keys})


def _holds(atom: MatchesTemplate, chosen: Mapping[StringTerm, str]) -> bool | None:
    """Whether the atom holds; None where a key that fills a variable is absent, so that the atom says nothing."""
    if not all(Element(key) in chosen for key in atom.keys):
        return None
    return atom.filled({key: chosen[Element(key)] for key in atom.keys}).matches(chosen[atom.text])


def _in_order(demands: Mapping[StringTerm, Demands]) -> list[StringTerm]:
    """The texts, those that fill the variables of others first, as far as there is such an order."""
    order: dict[StringTerm, None] = {}

    def visit(text: StringTerm, above: frozenset[StringTerm]) -> None:
        if text in order or text in above or text not in demands:
            return
        for atom in (*demands[text].fits, *demands[text].misfits):
            for key in atom.keys:
                visit(Element(key), above | {text})
        order[text] = None

    for text in demands:
        visit(text, frozenset())
    return list(order)


def _instances(text: StringTerm, asked: Demands, chosen: Mapping[StringTerm, str]) -> Iterator[Formula]:
    """Yield what the atoms with variables about `text` say under the values chosen, and, for a fixed text, about the
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


def _instances_of(atom: MatchesTemplate, chosen: Mapping[StringTerm, str]) -> Iterator[Formula]:
    """Yield: if the keys have these values, the text fits iff it lies in the language that is left; and what the text
    chosen, if there is one, says about the values.
    """
    values = {key: chosen[Element(key)] for key in atom.keys}
    given = all_of(is_literal(Element(key), value) for key, value in values.items())
    left = member(atom.text, atom.filled(values))
    yield any_of((negate(given), all_of((any_of((negate(atom), left)), any_of((atom, negate(left)))))))
    if atom.text in chosen and not atom.wild:
        yield _about_values(atom, atom.text, chosen[atom.text])


def _about_values(atom: MatchesTemplate, text: StringTerm, value: str) -> Formula:
    """Return: if the text is `value`, it fits iff the keys have the values that `value` gives to the variables."""
    some = any_of(
        all_of(member(Element(key), _value(part, atom.ignores_case)) for key, part in values.items())
        for values in bindings(atom.parts, value, ignores_case=atom.ignores_case)
    )
    return any_of(
        (negate(is_literal(text, value)), all_of((any_of((negate(atom), some)), any_of((atom, negate(some))))))
    )


def _value(text: str, ignores_case: bool) -> Glob:
    return Glob((text,) if text else (), ignores_case) if ignores_case else Glob.literal(text)
