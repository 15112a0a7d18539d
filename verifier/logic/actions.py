"""Actions first: finitely many actions that stand for all.

A question sees an action only through the patterns it meets. `representatives` yields actions such that every action
within reach meets the same patterns of all documents as one of them. An action is two words, service and name, and a
pattern meets it word by word, so the services are told apart first, then the names within each. Literal names stand for
themselves; the rest are the non-empty cells that the wildcards cut, each with a name that no document spells out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from verifier.errors import LimitReached
from verifier.logic.budget import Budget
from verifier.logic.compile import ActionIndex, Ruleset
from verifier.logic.languages import Glob, Language
from verifier.logic.typed import ACTION_CHARS, IS_NAME, IS_SERVICE
from verifier.logic.words import find_text
from verifier.policy.pattern import Pattern
from verifier.policy.syntax import ActionPattern

_MOST_CELLS = 400


def representatives(reach: Iterable[ActionPattern], rulesets: Sequence[Ruleset], budget: Budget) -> Iterator[str]:
    """Yield actions in lower case that stand for all within `reach`; may repeat itself. Raises LimitReached."""
    indexes = [ruleset.index for ruleset in dict.fromkeys(rulesets)]
    wild = []
    for pattern in reach:
        if pattern.service.text is not None and pattern.name.text is not None:
            yield f"{pattern.service.text}:{pattern.name.text}"
        else:
            wild.append(pattern)
    for service in _services(wild, indexes, budget):
        names = [pattern.name for pattern in wild if pattern.service.matches(service)]
        for name in _names(names, service, indexes, budget):
            yield f"{service}:{name}"


def _services(wild: Sequence[ActionPattern], indexes: Sequence[ActionIndex], budget: Budget) -> Iterator[str]:
    literal = dict.fromkeys(pattern.service.text for pattern in wild if pattern.service.text is not None)
    yield from literal
    open_patterns = dict.fromkeys(pattern.service for pattern in wild if pattern.service.text is None)
    if not open_patterns:
        return
    spelled = dict.fromkeys(service for index in indexes for service in index.services)
    yield from (
        service
        for service in spelled
        if service not in literal and any(pattern.matches(service) for pattern in open_patterns)
    )
    cutting = dict.fromkeys(pattern.service for index in indexes for pattern in index.anywhere)
    yield from _cells(open_patterns, cutting, {*spelled, *literal}, IS_SERVICE, budget)


def _names(within: Iterable[Pattern], service: str, indexes: Sequence[ActionIndex], budget: Budget) -> Iterator[str]:
    within = dict.fromkeys(within)
    spelled = {name for index in indexes for name in index.names.get(service, ())}
    spelled |= {
        pattern.name.text for index in indexes for pattern in index.patterns(service) if pattern.name.text is not None
    }
    yield from sorted(name for name in spelled if any(pattern.matches(name) for pattern in within))
    cutting = dict.fromkeys(pattern.name for index in indexes for pattern in index.patterns(service))
    yield from _cells(within, cutting, spelled, IS_NAME, budget)


@dataclass(frozen=True, slots=True)
class _Cell:
    """The words inside some patterns and outside others; `word` is one of them."""

    inside: tuple[Language, ...]
    outside: tuple[Language, ...]
    word: str


def _cells(
    within: Iterable[Pattern], cutting: Iterable[Pattern], spelled: set[str], domain: Language, budget: Budget
) -> Iterator[str]:
    """Yield a word of every non-empty cell within the union of `within`, none of them in `spelled`."""
    literals = tuple(map(Glob.literal, sorted(spelled)))
    cuts = [Glob.of(pattern) for pattern in cutting if pattern.text is None]
    done: list[Language] = []
    for area in (Glob.of(pattern) for pattern in within):
        yield from _cut((domain, area), (*literals, *done), [cut for cut in cuts if cut != area], budget)
        done.append(area)


def _cut(
    inside: tuple[Language, ...], outside: tuple[Language, ...], cuts: Sequence[Glob], budget: Budget
) -> Iterator[str]:
    first = _word(inside, outside, budget)
    if first is None:
        return
    cells = [_Cell(inside, outside, first)]
    for cut in cuts:
        cells = [part for cell in cells for part in _split(cell, cut, budget)]
        if len(cells) > _MOST_CELLS:
            raise LimitReached(f"the action patterns cut the actions into more than {_MOST_CELLS} classes")
    yield from (cell.word for cell in cells)


def _split(cell: _Cell, cut: Glob, budget: Budget) -> Iterator[_Cell]:
    meets = cut.matches(cell.word)
    inside, outside = (*cell.inside, cut), (*cell.outside, cut)
    within = cell.word if meets else _word(inside, cell.outside, budget)
    without = _word(cell.inside, outside, budget) if meets else cell.word
    if within is not None:
        yield _Cell(inside if without is not None else cell.inside, cell.outside, within)
    if without is not None:
        yield _Cell(cell.inside, outside if within is not None else cell.outside, without)


def _word(inside: Sequence[Language], outside: Sequence[Language], budget: Budget) -> str | None:
    return find_text(inside, outside, budget, spare=ACTION_CHARS, closed=True)
