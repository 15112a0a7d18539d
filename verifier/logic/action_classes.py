"""Actions first: finitely many actions that stand for all.

A question sees an action only through the rules it meets. `representatives` yields actions such that every action
within reach meets the same rules of all documents as one of them. An action is two words, service and name, and a
pattern meets it word by word, so the services are told apart first, then the names within each. Literal names stand
for themselves; the rest are the non-empty cells that the rules cut, each with a name that no document spells out. A
rule cuts once, by all its patterns together: which of them a name matches makes no difference.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import replace

from verifier.base.budget import Budget
from verifier.base.dataclass import dataclass
from verifier.base.errors import LimitReached
from verifier.base.memo import cached_property
from verifier.logic.actions import ActionPattern
from verifier.logic.rules import ActionIndex, Cut, Ruleset
from verifier.strings.languages import Glob, Language, Wildcard
from verifier.strings.pattern import Pattern
from verifier.strings.solve import find_string_or_none
from verifier.strings.subsumption import disjoint, is_subset
from verifier.strings.typed import ACTION_CHARS, IS_NAME, IS_SERVICE

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
    cuts = frozenset(frozenset((pattern,)) for index in indexes for pattern in index.service_cuts)
    yield from _cells(
        _Union.of(open_patterns), sorted(cuts, key=_breadth), _Space(IS_SERVICE, {*spelled, *literal}, budget)
    )


def _names(within: Iterable[Pattern], service: str, indexes: Sequence[ActionIndex], budget: Budget) -> Iterator[str]:
    area = _Union.of(within)
    spelled = area.words.union(*(index.spelled(service) for index in indexes))
    yield from sorted(filter(area.matches, spelled))
    cuts = frozenset[Cut]().union(*(index.cuts(service) for index in indexes))
    yield from _cells(area, sorted(cuts, key=_breadth), _Space(IS_NAME, spelled, budget))


def _breadth(cut: Cut) -> tuple[int, list[str]]:
    """What orders cuts: those of few patterns first, as alternatives multiply the searches; always the same."""
    return len(cut), sorted(map(str, cut))


def _cells(area: _Union, cuts: Iterable[Cut], space: _Space) -> Iterator[str]:
    """Yield a word of every non-empty cell that `cuts` make of `area`.

    Patterns that are a literal run and a `*` lie within each other or apart, so they cut the words into as many stems
    as there are of them, and one more. Within a stem they are settled, and only the others may multiply the cells.
    """
    unions = [_Union.of(sorted(cut, key=str)) for cut in cuts]  # the order of hashes is another one in each process
    heads = {head for union in (area, *unions) for head in union.heads if area.reaches(head)}
    for stem, branches in _tree(heads):
        first = area.part(stem)
        if first is None:
            continue
        yield from _cut(space, _Cell((stem,), first, tuple(branches), ""), stem, unions)


@dataclass(frozen=True)
class _Union:
    """Patterns, at least one must match: single words, the literal runs of those that are one and a `*`, the others."""

    words: frozenset[str]
    heads: frozenset[str]
    others: tuple[Glob, ...]

    @staticmethod
    def of(patterns: Iterable[Pattern]) -> _Union:
        patterns = tuple(patterns)
        return _Union(
            frozenset(pattern.text for pattern in patterns if pattern.text is not None),
            frozenset(pattern.head for pattern in patterns if pattern.head is not None),
            tuple(Glob.of(pattern) for pattern in patterns if pattern.text is None and pattern.head is None),
        )

    def matches(self, word: str) -> bool:
        """Whether one of the patterns matches."""
        return word in self.words or self.holds(word) or any(glob.matches(word) for glob in self.others)

    @cached_property
    def _lengths(self) -> frozenset[int]:
        return frozenset(map(len, self.heads))

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self.heads)

    def reaches(self, head: str) -> bool:
        """Whether some of the words that begin with `head` may match."""
        if self.others or self.holds(head):
            return True
        place = bisect_left(self._sorted, head)
        return place < len(self._sorted) and self._sorted[place].startswith(head)

    def holds(self, head: str) -> bool:
        """Whether all words that begin with `head` match, by a pattern that is a literal run and a `*`."""
        return any(head[:end] in self.heads for end in self._lengths)

    def part(self, stem: Glob) -> tuple[tuple[Glob, ...], ...] | None:
        """Return what is still to be matched within the stem: nothing, one of some patterns; None where nothing can."""
        if self.holds(stem.head) or any(glob.covers(stem) for glob in self.others):
            return ()
        left = tuple(glob for glob in self.others if not disjoint(glob, stem))
        return (left,) if left else None


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
        """Return a word inside all of `inside` and one at least of each of `unions`, outside of `outside`, or None.

        `begin` is the word to try first; where it does, nothing is searched for.
        """
        if unions:
            if any(is_subset(one, other) for one in inside for other in unions[0]):
                return self.word(inside, unions[1:], outside)
            choices = (
                self.word((*inside, one), unions[1:], outside)
                for one in unions[0]
                if not any(disjoint(one, other) for other in inside)
                and not any(is_subset(one, other) for other in outside)
            )
            return next((word for word in choices if word is not None), None)
        if begin and self._does(begin, inside, outside):
            return begin
        self.searches += 1
        if self.searches > _MOST_SEARCHES:
            raise LimitReached(f"telling the actions apart took more than {_MOST_SEARCHES} searches")
        return find_string_or_none(
            (self.domain, *inside),
            outside,
            self.budget,
            spare=ACTION_CHARS,
            closed=True,
            avoid=self.spelled,
        )

    def _does(self, word: str, inside: Iterable[Language], outside: Iterable[Language]) -> bool:
        return (
            word not in self.spelled
            and all(language.matches(word) for language in (self.domain, *inside))
            and not any(language.matches(word) for language in outside)
        )


@dataclass(frozen=True, slots=True)
class _Cell:
    """The words inside some languages and one of each of some unions, outside of others; `word` is one of them."""

    inside: tuple[Language, ...]
    unions: tuple[Sequence[Glob], ...]
    outside: tuple[Language, ...]
    word: str


def _cut(space: _Space, whole: _Cell, stem: Glob, unions: Iterable[_Union]) -> Iterator[str]:
    """Yield a word of every cell that `unions` make of the cell `whole`, which lies within `stem`."""
    first = space.word(whole.inside, whole.unions, whole.outside, begin=stem.head + ACTION_CHARS[0])
    if first is None:
        return
    cells = [replace(whole, word=first)]
    for union in unions:
        for part in union.part(stem) or ():
            cells = [one for cell in cells for one in _split(space, cell, part)]
            if len(cells) > _MOST_CELLS:
                raise LimitReached(f"the action patterns cut the actions into more than {_MOST_CELLS} classes")
    yield from (cell.word for cell in cells)


def _tree(heads: Iterable[str]) -> Iterator[tuple[Glob, list[Glob]]]:
    """Yield the pattern of all words, and of each literal run, with the largest patterns within it."""
    root = Glob((Wildcard.TEXT,))
    stems: list[tuple[Glob, list[Glob]]] = [(root, [])]
    path = [stems[0]]
    for head in sorted(heads):
        if not head:
            continue
        glob = Glob((head, Wildcard.TEXT))
        while not head.startswith(path[-1][0].head):
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
