"""What the lengths of texts forbid: a text is as long as the values in it and the characters around them.

So a text that fits a pattern without `*` does not fit one that needs more characters, whatever the values, and where
the other needs as many and holds further values, these are empty. And no text stands, with a character next to it, in a
value that stands in a text that stands in the first.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from verifier.base.budget import Budget
from verifier.logic.demands import Demands
from verifier.logic.formula import Element, Formula, MatchesTemplate, StringTerm, all_of, any_of, is_literal, negate
from verifier.strings.key import Key
from verifier.strings.languages import Wildcard
from verifier.strings.variables import VariableRef


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
    """How often each key stands in the pattern, and how many characters it has beside their values and its `*`."""
    keys = Counter(part.key for part in atom.parts if isinstance(part, VariableRef))
    sizes = (
        len(part) if isinstance(part, str) else part in (Wildcard.CHAR, Wildcard.FIELD_CHAR) for part in atom.parts
    )
    return keys, sum(sizes)


def _circles(demands: Mapping[StringTerm, Demands], budget: Budget) -> Iterator[Formula]:
    """Yield that a circle of texts, each with the next one in it, has no characters beside them."""
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
    """A way from `start` to itself on which a character stands beside a value, by texts that are not `done`."""
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
