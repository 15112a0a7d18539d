"""The theory of texts: is there a text inside all of some languages and outside all of others?

`find_string` is exact: it returns a text, or a `Conflict` that names languages which no text satisfies together, or
raises LimitReached; it never guesses. It takes the demands one by one, only those that the text found so far fails
(`_refine`), so a conflict names few of them. Under each set of demands it tries the obvious texts first, then decides
sets of one type outright (`sample_points.py`), and searches the product of the machines last, the nearest to the end
first.

Characters that no language mentions are alike to all, so a single one of them stands for the rest.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterable, Iterator, Sequence, Set

from verifier.base.budget import Budget
from verifier.base.dataclass import dataclass
from verifier.base.errors import LimitReached
from verifier.strings.languages import Glob, Language, State, Wildcard, united
from verifier.strings.machine import STAND_INS
from verifier.strings.sample_points import free_host, one_type, points
from verifier.strings.shape import Shape
from verifier.strings.subsumption import ends_conflict, is_subset
from verifier.strings.typed import CANONICAL_ADDRESS, Host

# Characters to fill wildcards with, the first one that no language mentions; then any other code point.
SPARE = "xyzabcdefghijklmnopqrstuvwABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
_MOST_STATES = 50_000
_MOST_MOVES = 1_024


@dataclass(frozen=True, slots=True)
class Conflict:
    """No text is in all of `inside` and in none of `outside`."""

    inside: tuple[Language, ...]
    outside: tuple[Language, ...]


def find_string(
    inside: Iterable[Language],
    outside: Iterable[Language],
    budget: Budget,
    *,
    spare: str = SPARE,
    closed: bool = False,
    begin: str = "",
) -> str | Conflict:
    """Return a text that is in every language of `inside` and in none of `outside`, or the conflict that forbids one.

    `spare` are the characters to try for "any other"; `closed` says that there are no others; `begin` is the
    text to try first. Raises LimitReached.
    """
    search = _Search(budget, spare, closed)
    found = search.refine(_plain_first(inside), tuple(dict.fromkeys(outside)), begin)
    return search.smallest(found) if isinstance(found, Conflict) else found


def find_string_or_none(
    inside: Iterable[Language],
    outside: Iterable[Language],
    budget: Budget,
    *,
    spare: str = SPARE,
    closed: bool = False,
    begin: str = "",
    avoid: Set[str] = frozenset(),
) -> str | None:
    """Return what `find_string` does, but None instead of a conflict, which costs less; never one of `avoid`.

    Raises LimitReached.
    """
    search = _Search(budget, spare, closed, avoid)
    found = search.refine(_plain_first(inside), tuple(dict.fromkeys(outside)), begin)
    return found if isinstance(found, str) else None


def _plain_first(languages: Iterable[Language]) -> tuple[Language, ...]:
    """The languages, each once: the patterns first, since a search through shapes takes in more letters."""
    return tuple(sorted(dict.fromkeys(languages), key=lambda language: isinstance(language, Shape)))


@dataclass(frozen=True, slots=True)
class _Search:
    budget: Budget
    spare: str
    closed: bool
    avoid: Set[str] = frozenset()

    def refine(self, wanted: Sequence[Language], unwanted: Sequence[Language], begin: str) -> str | Conflict:
        """Take in one demand after the other, as long as the text found fails one."""
        pinned = next((only for one in wanted if isinstance(one, Glob) and (only := one.text) is not None), None)
        if pinned is not None:
            return _check(pinned, wanted, unwanted)
        inside: list[Language] = []
        outside: list[Language] = []
        text: str | None = begin
        while text is not None:
            self.budget.check()
            missed = next((language for language in wanted if not language.matches(text)), None)
            if missed is not None:
                inside.append(missed)
            else:
                hit = next((language for language in unwanted if language.matches(text)), None)
                if hit is None and text in self.avoid:
                    hit = Glob.literal(text)
                if hit is None:
                    return text
                outside.append(hit)
            text = self.solve(inside, outside)
        return Conflict(tuple(inside), tuple(outside))

    def smallest(self, conflict: Conflict) -> Conflict:
        """Drop the demands without which there is still no text."""
        inside, outside = list(conflict.inside), list(conflict.outside)
        for kept in (inside, outside):
            for language in tuple(kept) if len(inside) + len(outside) > 2 else ():
                kept.remove(language)
                try:
                    if self.solve(inside, outside) is not None:
                        kept.append(language)
                except LimitReached:
                    self.budget.check()
                    kept.append(language)
        return Conflict(tuple(inside), tuple(outside))

    def solve(self, inside: Sequence[Language], outside: Sequence[Language]) -> str | None:
        """Decide one set of demands exactly."""
        if ends_conflict(inside) or any(is_subset(one, other) for one in inside for other in outside):
            return None
        kind = one_type((*inside, *outside)) if inside and CANONICAL_ADDRESS not in outside else None
        if kind is Host:
            return free_host(inside, outside)
        letters = frozenset[str]().union(*(language.letters for language in (*inside, *outside)))
        other = _other(letters, self.spare, self.closed)
        for text in _obvious(inside, outside, other):
            if _fits(text, inside, outside):
                return text
        if kind:
            return None
        return _search(inside, united(outside), ([other] if other else []) + sorted(letters), self.budget)


def _check(text: str, wanted: Sequence[Language], unwanted: Sequence[Language]) -> str | Conflict:
    """Decide where `text` is the only one that can do."""
    anchor = Glob.literal(text)
    for language in wanted:
        if not language.matches(text):
            return Conflict((anchor, language), ())
    for language in unwanted:
        if language.matches(text):
            return Conflict((anchor,), (language,))
    return text


def _fits(text: str, inside: Iterable[Language], outside: Iterable[Language]) -> bool:
    return all(language.matches(text) for language in inside) and not any(
        language.matches(text) for language in outside
    )


def _other(letters: frozenset[str], spare: str, closed: bool) -> str | None:
    found = next((char for char in spare if char not in letters), None)
    if found is None and not closed:
        found = next(char for char in map(chr, _more_spare()) if char not in letters)
    return found


def _more_spare() -> Iterator[int]:
    return itertools.chain(range(0xC0, STAND_INS.start), range(STAND_INS.stop, 0x110000))


def _obvious(inside: Sequence[Language], outside: Sequence[Language], other: str | None) -> Iterator[str]:
    """Yield the texts that do nearly always: wildcards filled with a character of no meaning; the points of types."""
    yield from points((*inside, *outside))
    shapes = [language for language in inside if isinstance(language, Shape)]
    for text in _of_patterns([language for language in inside if isinstance(language, Glob)], other or ""):
        yield text
        yield from filter(None, (shape.near(text) for shape in shapes))


def _of_patterns(globs: Sequence[Glob], other: str) -> Iterator[str]:
    for filling in dict.fromkeys(("", other, other * 8)):
        for glob in globs:
            yield _filled(glob.parts, other, filling)
        if len(globs) > 1:
            yield from _merged(globs, other, filling)


def _filled(parts: Iterable[str | Wildcard], char: str, filling: str) -> str:
    return "".join(
        part if isinstance(part, str) else char if part in (Wildcard.CHAR, Wildcard.FIELD_CHAR) else filling
        for part in parts
    )


def _merged(globs: Sequence[Glob], char: str, filling: str) -> Iterator[str]:
    """Yield texts that begin and end as all the patterns demand, with all that stands between their wildcards in
    between.
    """
    head, tail = max((glob.head for glob in globs), key=len), max((glob.tail for glob in globs), key=len)
    for order in (globs, globs[::-1]):
        middle = [_filled(glob.middle, char, filling) for glob in order]
        yield filling.join((head, *filter(None, middle), tail))


def _search(
    inside: Sequence[Language], outside: Sequence[Language], alphabet: Sequence[str], budget: Budget
) -> str | None:
    """Search the product of the machines for an accepted text, best first; None where there is none."""
    machines = tuple(inside)
    moves, shunning = ([_Moves(machine, alphabet) for machine in each] for each in (machines, outside))
    start = (tuple(machine.start() for machine in machines), tuple(machine.start() for machine in outside))
    order = itertools.count()
    heap: list[tuple[int, int, tuple[tuple[State, ...], tuple[State | None, ...]], str]] = []
    seen = {start}
    if not _lost(start[1], outside):
        heapq.heappush(heap, (_missing(start[0], machines), next(order), start, ""))
    while heap:
        _, _, (states, avoided), text = heapq.heappop(heap)
        budget.check()
        if all(map(_accepts, machines, states)) and not any(map(_accepts, outside, avoided)):
            return text
        after_each = [each.of(state) for each, state in zip(moves, states, strict=True)]
        shunned_each = [each.of(state) for each, state in zip(shunning, avoided, strict=True)]
        for char in min(after_each, key=len, default=alphabet):
            if not all(char in after for after in after_each):
                continue
            after = tuple([after[char] for after in after_each])
            shunned = tuple([after.get(char) for after in shunned_each])
            pair = (after, shunned)
            if pair in seen or _lost(shunned, outside):
                continue
            seen.add(pair)
            if len(seen) > _MOST_STATES:
                raise LimitReached(f"the search for a text in several patterns at once passed {_MOST_STATES:,} states")
            heapq.heappush(heap, (_missing(after, machines), next(order), pair, text + char))
    return None


class _Moves:
    """The states of a machine after each letter of an alphabet with which its texts can go on, in its order.

    Most states of a product share theirs with many others, and can go on with few letters.
    """

    def __init__(self, machine: Language, alphabet: Sequence[str]) -> None:
        self._machine = machine
        self._alphabet = alphabet
        self._known: dict[State, dict[str, State]] = {}

    def of(self, state: State | None) -> dict[str, State]:
        """Return the states after `state`; none where that is None."""
        if state is None:
            return {}
        found = self._known.get(state)
        if found is None:
            if len(self._known) >= _MOST_MOVES:
                self._known.clear()
            stepped = ((char, self._machine.step(state, char)) for char in self._alphabet)
            found = self._known[state] = {char: after for char, after in stepped if after is not None}
        return found


def _accepts(machine: Language, state: State | None) -> bool:
    return state is not None and machine.accepts(state)


def _lost(states: Sequence[State | None], outside: Sequence[Language]) -> bool:
    """Whether every continuation lies in one of the languages to avoid."""
    return any(state is not None and machine.absorbs(state) for machine, state in zip(outside, states, strict=True))


def _missing(states: Sequence[State], machines: Sequence[Language]) -> int:
    return sum(
        machine.missing(state) for machine, state in zip(machines, states, strict=True) if isinstance(machine, Glob)
    )
