"""A list of action entries, indexed by service, to tell quickly how another entry stands to it."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from functools import lru_cache

from verifier.base.budget import Budget
from verifier.clouds.aws.policy.syntax import ActionEntry
from verifier.logic.actions import ActionPattern
from verifier.strings.languages import Glob
from verifier.strings.pattern import Pattern
from verifier.strings.subsumption import disjoint, is_subset


class Listing:
    """Entries of Action or NotAction; those that match nothing are left out."""

    def __init__(self, entries: Iterable[ActionEntry], budget: Budget) -> None:
        """Index `entries`; every question raises LimitReached once `budget` is spent."""
        self._budget = budget
        self.entries = tuple(entry for entry in entries if entry.pattern is not None)
        self._names: dict[str, dict[str, list[ActionEntry]]] = {}
        self._wild: dict[str | None, list[ActionEntry]] = {}
        for entry in self.entries:
            assert entry.pattern
            service, name = entry.pattern.service.text, entry.pattern.name.text
            if service is not None and name is not None:
                self._names.setdefault(service, {}).setdefault(name, []).append(entry)
            else:
                self._wild.setdefault(service, []).append(entry)

    def covering(self, entry: ActionEntry) -> Iterator[ActionEntry]:
        """Yield the entries that plainly match every action that `entry` does, itself among them if it is here."""
        self._budget.check()
        if entry.pattern is None:
            return
        service, name = entry.pattern.service.text, entry.pattern.name.text
        if service is not None and name is not None:
            yield from self._names.get(service, {}).get(name, ())
        for other in self._wide(service):
            if other.pattern and covers(other.pattern, entry.pattern):
                yield other

    def covers(self, entry: ActionEntry) -> bool:
        """Whether one entry here plainly matches every action that `entry` does."""
        return next(self.covering(entry), None) is not None

    def inside(self, entry: ActionEntry) -> Iterator[ActionEntry]:
        """Yield the entries here of which `entry` plainly matches every action."""
        return (
            other
            for other in self._near(entry)
            if other.pattern and entry.pattern and covers(entry.pattern, other.pattern)
        )

    def meets(self, entry: ActionEntry) -> bool:
        """Whether some action may match `entry` and one here: False is sure."""
        return any(not _apart(entry.pattern, other.pattern) for other in self._near(entry))

    def _wide(self, service: str | None) -> Iterable[ActionEntry]:
        return itertools.chain(self._wild.get(service, ()) if service is not None else (), self._wild.get(None, ()))

    def _near(self, entry: ActionEntry) -> Iterable[ActionEntry]:
        """The entries that may have an action in common with `entry`, and some more."""
        self._budget.check()
        if entry.pattern is None:
            return ()
        service, name = entry.pattern.service.text, entry.pattern.name.text
        if service is None:
            return self.entries
        names = self._names.get(service, {})
        literal = names.get(name, ()) if name is not None else itertools.chain.from_iterable(names.values())
        return itertools.chain(literal, self._wide(service))


def covers(outer: ActionPattern, inner: ActionPattern) -> bool:
    """Whether it is plain that `outer` matches every action that `inner` does."""
    pairs = ((inner.service, outer.service), (inner.name, outer.name))
    return all(is_subset(_glob(one), _glob(other)) for one, other in pairs)


def _apart(one: ActionPattern | None, other: ActionPattern | None) -> bool:
    if one is None or other is None:
        return True
    pairs = ((one.service, other.service), (one.name, other.name))
    return any(disjoint(_glob(first), _glob(second)) for first, second in pairs)


@lru_cache(maxsize=16_384)
def _glob(pattern: Pattern) -> Glob:
    return Glob.of(pattern)
