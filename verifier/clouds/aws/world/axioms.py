"""The facts of `facts.py` about one action as formulas, to be asked together with a question's.

An action may be asked on resources of several forms. Each gives a formula of its own, so that the questions stay
conjunctions: a request fits iff what is said of the keys holds, and of the resource one of these. Only the keys that a
question mentions are spoken of, because no other can make a difference to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache, partial

from verifier.clouds.aws.compile.domains import ANY_RESOURCE
from verifier.clouds.aws.world.arn_form import ArnForm
from verifier.clouds.aws.world.examples import arn_like, resource_like
from verifier.clouds.aws.world.facts import Facts
from verifier.clouds.aws.world.global_keys import ALWAYS, PRIVATE, PUBLIC, is_global
from verifier.clouds.aws.world.places import ANY_ARN
from verifier.clouds.aws.world.ties import formulas
from verifier.logic.formula import (
    FALSE,
    RESOURCE,
    Atom,
    Element,
    Exists,
    Formula,
    Many,
    MatchesTemplate,
    Member,
    Present,
    Some,
    StringTerm,
    all_of,
    atoms,
    map_atoms,
    negate,
)
from verifier.strings.key import Key
from verifier.strings.languages import Glob
from verifier.strings.shape import Shape


def about_keys(facts: Facts, mentioned: Iterable[Key]) -> Formula:
    """Return what holds of the keys of every request that could happen for the action of `facts`.

    `mentioned` are the keys that the question speaks of.
    """
    return AboutKeys(mentioned).of(facts)


class AboutKeys:
    """`about_keys` for one question and many actions: those that list the same keys of it share a formula."""

    def __init__(self, mentioned: Iterable[Key]) -> None:
        """Begin with the keys that the question speaks of."""
        self._keys = sorted(set(mentioned))
        self._own = frozenset(key.folded for key in self._keys if not is_global(key.folded))
        self._known: dict[tuple[frozenset[str], tuple[tuple[str, str], ...]], Formula] = {}

    def of(self, facts: Facts) -> Formula:
        """Return what holds of these keys in every request for the action of `facts`."""
        exact, around = facts.listed
        alike = (exact & self._own, around if self._own else ())
        found = self._known.get(alike)
        if found is None:
            found = self._known[alike] = all_of(_about_keys(facts, self._keys))
        return found


def about_resource(facts: Facts) -> Iterator[Formula]:
    """Yield formulas, one of which holds of the resource of every request that could happen for the action."""
    yield from map(of_form, facts.forms)
    if facts.any_resource:
        yield Member(RESOURCE, ANY_RESOURCE)
    if facts.any_arn:
        yield OF_ANY_ARN


OF_ANY_ARN = Member(RESOURCE, Shape(ANY_ARN.pieces, arn_like))


@lru_cache(maxsize=4096)
def of_form(form: ArnForm) -> Formula:
    """Return the formula that the resource is an ARN of `form`: a pattern, as far as one can say it, and the rest."""
    return all_of((Member(RESOURCE, form.language), Member(RESOURCE, Shape(form.pieces, partial(resource_like, form)))))


def read_under(formula: Formula, form: ArnForm) -> Formula:
    """Return `formula` as it reads on resources of `form`: without the patterns that plainly match none of them."""

    def read(atom: Atom) -> Formula:
        match atom:
            case Member(text, Glob(ignores_case=False) as language) if text == RESOURCE:
                return FALSE if _begins_elsewhere(language.head, form) or form.is_apart(language) else atom
            case MatchesTemplate(text, parts, ignores_case=False) if (
                text == RESOURCE and parts and isinstance(parts[0], str)
            ):
                return FALSE if _begins_elsewhere(parts[0], form) else atom
            case _:
                return atom

    return map_atoms(formula, read)


def _begins_elsewhere(head: str, form: ArnForm) -> bool:
    whole = head.split(":")[:-1]  # the last one may go on
    return any(whole[place] != fixed for place, fixed in form.fixed if place < len(whole))


def _about_keys(facts: Facts, keys: list[Key]) -> Iterator[Formula]:
    yield from (negate(Present(key)) for key in keys if not facts.carries(key))
    yield from (Present(key) for key in ALWAYS if key in keys)
    carried = [key for key in keys if facts.carries(key)]
    yield from formulas(carried)
    if PUBLIC in keys:
        yield from (negate(all_of((Present(PUBLIC), Present(key)))) for key in PRIVATE if key in keys)


def mentioned(formula: Formula) -> tuple[frozenset[Key], bool]:
    """Return the keys that `formula` speaks of, each as it is spelled first, and whether it speaks of the resource."""
    keys: dict[Key, None] = {}
    texts: dict[
        StringTerm, None
    ] = {}  # no sets: their order, and so the spelling, would be another one in each process
    for atom in atoms(formula):
        match atom:
            case Present(key) | Many(key):
                keys.setdefault(key)
            case Exists(element):
                keys.setdefault(element.key)
            case Some(key, test):
                for each in (key, *mentioned(test)[0]):
                    keys.setdefault(each)
            case MatchesTemplate(text):
                texts.setdefault(text)
                for each in atom.keys:
                    keys.setdefault(each)
            case Member(text):
                texts.setdefault(text)
    for text in texts:
        if isinstance(text, Element):
            keys.setdefault(text.key)
    return frozenset(keys), RESOURCE in texts
