"""Actions first: finitely many actions that stand for all.

A question sees an action only through the rules it meets. `representatives` yields actions such that every action
within reach meets the same rules of all documents as one of them. An action is two words, service and name, and a
pattern meets it word by word, so the services are told apart first, then the names within each. Literal names stand
for themselves; the rest are the non-empty cells that the rules cut, each with a name that no document spells out. A
rule cuts once, by all its patterns together: which of them a name matches makes no difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass

from verifier.errors import LimitReached
from verifier.logic.budget import Budget
from verifier.logic.compile import ActionIndex, Cut, Ruleset
from verifier.logic.languages import Glob, Language
from verifier.logic.relate import apart
from verifier.logic.typed import ACTION_CHARS, IS_NAME, IS_SERVICE
from verifier.logic.words import find_text
from verifier.policy.pattern import Pattern
from verifier.policy.syntax import ActionPattern

_MOST_CELLS = 400
_MOST_SEARCHES = 4_000


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
    cuts = frozenset(frozenset((pattern.service,)) for index in indexes for pattern in index.anywhere)
    yield from _cells(open_patterns, cuts, _Space(IS_SERVICE, {*spelled, *literal}, budget))


def _names(within: Iterable[Pattern], service: str, indexes: Sequence[ActionIndex], budget: Budget) -> Iterator[str]:
    within = dict.fromkeys(within)
    spelled = {name for index in indexes for name in index.names.get(service, ())}
    spelled |= {
        pattern.name.text for index in indexes for pattern in index.patterns(service) if pattern.name.text is not None
    }
    yield from sorted(name for name in spelled if any(pattern.matches(name) for pattern in within))
    cuts = frozenset[Cut]().union(*(index.cuts(service) for index in indexes))
    yield from _cells(within, cuts, _Space(IS_NAME, spelled, budget))


def _cells(within: Iterable[Pattern], cuts: Iterable[Cut], space: _Space) -> Iterator[str]:
    """Yield a word of every non-empty cell that `cuts` make of the union of `within`."""
    globs = [tuple(Glob.of(pattern) for pattern in cut if pattern.text is None) for cut in cuts]
    done: list[Language] = []
    for area in map(Glob.of, within):
        yield from _cut(space, area, globs, done)
        done.append(area)


@dataclass
class _Space:
    """The words among which cells are looked for: those of `domain` that no document spells out."""

    domain: Language
    spelled: Set[str]
    budget: Budget
    searches: int = 0

    def word(
        self,
        inside: Sequence[Language],
        unions: Sequence[Sequence[Language]],
        outside: Sequence[Language],
        begin: str = "",
    ) -> str | None:
        """Return a word inside all of `inside` and one at least of each of `unions`, outside of `outside`, or None."""
        if unions:
            choices = (self.word((*inside, one), unions[1:], outside) for one in unions[0])
            return next((word for word in choices if word is not None), None)
        self.searches += 1
        if self.searches > _MOST_SEARCHES:
            raise LimitReached(f"telling the actions apart took more than {_MOST_SEARCHES} searches")
        return find_text(
            (self.domain, *inside),
            outside,
            self.budget,
            spare=ACTION_CHARS,
            closed=True,
            begin=begin,
            avoid=self.spelled,
        )


@dataclass(frozen=True, slots=True)
class _Cell:
    """The words inside all of some languages and one of each of some unions, outside of others; `word` is one of
    them.
    """

    inside: tuple[Language, ...]
    unions: tuple[Sequence[Glob], ...]
    outside: tuple[Language, ...]
    word: str


def _cut(space: _Space, area: Glob, cuts: Sequence[Sequence[Glob]], done: Sequence[Language]) -> Iterator[str]:
    """Yield a word of every cell that `cuts` make of `area`, outside what is `done`.

    Patterns that are a literal run and a `*` lie within each other or apart, so they cut the area into as many stems as
    there are of them, and one more. Within a stem they are settled, and only the other patterns may multiply the cells.
    """
    plain = {glob for cut in cuts for glob in cut if glob.is_prefix and not apart(glob, area) and not glob.covers(area)}
    divided = [
        ({glob.head for glob in cut if glob.is_prefix}, [glob for glob in cut if not glob.is_prefix]) for cut in cuts
    ]
    for stem, branches in _tree(area, plain):
        inside = (area,) if stem == area else (area, stem)
        first = space.word(inside, (), (*branches, *done), begin=stem.head + ACTION_CHARS[0])
        if first is None:
            continue
        cells = [_Cell(inside, (), (*branches, *done), first)]
        for heads, rest in divided:
            if any(stem.head[:end] in heads for end in range(len(stem.head) + 1)):
                continue
            if any(glob.covers(stem) for glob in rest):
                continue
            open_globs = tuple(glob for glob in rest if not apart(glob, stem))
            if open_globs:
                cells = [part for cell in cells for part in _split(space, cell, open_globs)]
            if len(cells) > _MOST_CELLS:
                raise LimitReached(f"the action patterns cut the actions into more than {_MOST_CELLS} classes")
        yield from (cell.word for cell in cells)


def _tree(area: Glob, plain: Iterable[Glob]) -> Iterator[tuple[Glob, list[Glob]]]:
    """Yield the area and each pattern with the largest patterns within it; `plain` are literal runs and a `*`."""
    stems: list[tuple[Glob, list[Glob]]] = [(area, [])]
    path = [stems[0]]
    for glob in sorted(dict.fromkeys(plain), key=lambda one: one.head):
        while len(path) > 1 and not glob.head.startswith(path[-1][0].head):
            path.pop()
        path[-1][1].append(glob)
        path.append((glob, []))
        stems.append(path[-1])
    yield from stems


def _split(space: _Space, cell: _Cell, cut: Sequence[Glob]) -> Iterator[_Cell]:
    meets = any(glob.matches(cell.word) for glob in cut)
    unions, outside = (*cell.unions, cut), (*cell.outside, *cut)
    within = cell.word if meets else space.word(cell.inside, unions, cell.outside)
    without = space.word(cell.inside, cell.unions, outside) if meets else cell.word
    if within is not None:
        yield _Cell(cell.inside, unions if without is not None else cell.unions, cell.outside, within)
    if without is not None:
        yield _Cell(cell.inside, cell.unions, outside if within is not None else cell.outside, without)
