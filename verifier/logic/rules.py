"""Rules: what a document says, compiled, and looked up by action.

A rule is an effect, a set of actions, and a guard: a formula about resource and context alone. Which rules an action
meets is looked up (`Ruleset.at`), so that a question costs what its actions touch. `whole` gives the same as one
formula with the action as a variable. A cloud compiles its documents into these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field
from typing import TypeAlias

from verifier.base.dataclass import dataclass
from verifier.base.memo import cached_property
from verifier.logic.actions import EVERY_ACTION, ActionPattern, ActionSet, Effect, distinct
from verifier.logic.formula import ACTION, TRUE, Formula, all_of, any_of, member, negate
from verifier.logic.hinges import hangs_on
from verifier.logic.readings import Reading
from verifier.strings.languages import Glob, Wildcard
from verifier.strings.pattern import Pattern

MOST_REMEMBERED = 20_000


@dataclass(frozen=True)
class Rule:
    """A statement, compiled: it applies iff the action is in `actions` and `guard` holds.

    `make` returns the guard. Most questions are decided by few statements of a document, so it is made when it is asked
    for.
    """

    effect: Effect
    actions: ActionSet
    make: Callable[[], Formula] = field(repr=False)

    @staticmethod
    def of(effect: Effect, actions: ActionSet, guard: Formula) -> Rule:
        """Return the rule with this guard."""
        return Rule(effect, actions, lambda: guard)

    @cached_property
    def guard(self) -> Formula:
        """What must hold of resource and context."""
        return self.make()

    @cached_property
    def hangs_on(self) -> Reading:
        """The points that the guard depends on; empty if only the usual reading was compiled."""
        return hangs_on(self.guard)

    @cached_property
    def whole(self) -> Formula:
        """The rule as a formula about the action too."""
        these, excepted, also = map(_lies_in, (self.actions.these, self.actions.excepted, self.actions.also))
        return all_of((any_of((all_of((these, negate(excepted))), also)), self.guard))


def _lies_in(patterns: Iterable[ActionPattern]) -> Formula:
    return any_of(TRUE if one == EVERY_ACTION else member(ACTION, action_language(one)) for one in patterns)


@dataclass(frozen=True, eq=False)
class Ruleset:
    """The compiled statements of one document; `spell` tells how it spells its literal actions, by their lower case.

    `remembered` is for what claims make of it (`questions/claims.py`), which is the same in every question. `alike` is
    another one whose rules, one by one, are about the same actions.
    """

    rules: tuple[Rule, ...]
    spell: Callable[[], Mapping[str, str]] = field(default=dict, repr=False)
    remembered: dict[object, dict[tuple[frozenset[int], ...], Formula]] = field(default_factory=dict, repr=False)
    alike: Ruleset | None = field(default=None, repr=False)

    @cached_property
    def spelled(self) -> Mapping[str, str]:
        """What `spell` returns."""
        return self.spell()

    @cached_property
    def index(self) -> ActionIndex:
        """The actions of all rules."""
        if self.alike is not None:
            return self.alike.index
        return ActionIndex([rule.actions for rule in self.rules])

    def at(self, action: str) -> frozenset[int]:
        """Return the numbers of the rules that `action`, in lower case, meets."""
        return self.index.at(action)

    @cached_property
    def reach(self) -> Mapping[Effect, Reach]:
        """What the rules of each effect can be about."""
        return {
            effect: Reach.of(p for r in self.rules if r.effect is effect for p in r.actions.reach) for effect in Effect
        }


@dataclass(frozen=True)
class Reach:
    """Patterns that cover every action of something; `breadth` guesses how many classes of actions they hold."""

    patterns: tuple[ActionPattern, ...]
    breadth: int

    @staticmethod
    def of(patterns: Iterable[ActionPattern]) -> Reach:
        """Return the reach of `patterns`, each once."""
        found = distinct(patterns)
        return Reach(found, sum([pattern.breadth for pattern in found]))


# Patterns that a set or-s: it sees the name of an action only through whether one of them matches.
Cut: TypeAlias = frozenset[Pattern]


class ActionIndex:
    """Which of several sets hold an action, found by service and name instead of by trying every pattern."""

    def __init__(self, sets: Iterable[ActionSet]) -> None:
        """Index the patterns of `sets`: what they hold, what they except, and what they hold all the same."""
        self._these, self._excepted, self._also = self._parts = (_Patterns(), _Patterns(), _Patterns())
        for number, one in enumerate(sets):
            for part, patterns in zip(self._parts, (one.these, one.excepted, one.also), strict=True):
                if patterns:
                    part.add(patterns, number)
        self._used = tuple(part for part in self._parts if part)
        self._met: dict[str, frozenset[int]] = {}
        self._sets: dict[frozenset[int], frozenset[int]] = {}
        self._cuts: dict[str, frozenset[Cut]] = {}

    def at(self, action: str) -> frozenset[int]:
        """Return the numbers of the sets that hold `action`; what was asked is remembered, within a bound.

        There is one object for each answer: thousands of actions are in the same sets, most of them in none.
        """
        found = self._met.get(action)
        if found is None:
            if len(self._met) >= MOST_REMEMBERED:
                self._met.clear()
                self._sets.clear()
            found = self._at(action)
            found = self._met[action] = self._sets.setdefault(found, found)
        return found

    def _at(self, action: str) -> frozenset[int]:
        service, _, name = action.partition(":")
        found = self._these.at(service, name)
        if self._excepted:
            found -= self._excepted.at(service, name)
        if self._also:
            found |= self._also.at(service, name)
        return frozenset(found)

    @property
    def services(self) -> Iterator[str]:
        """The services that stand literally in some pattern."""
        for part in self._used:
            yield from part.services

    def spelled(self, service: str) -> Iterator[str]:
        """The names of `service` that stand literally in some pattern, whether it spells the service or not."""
        for part in self._used:
            yield from part.of(service).names
            yield from (one.name.text for one in part.patterns(service) if one.name.text is not None)

    @property
    def service_cuts(self) -> Iterator[Pattern]:
        """The patterns with a wildcard that services are told apart by."""
        for part in self._used:
            yield from (pattern.service for pattern in part.anywhere)

    def cuts(self, service: str) -> frozenset[Cut]:
        """Return, for each set, the patterns with which it tells apart the names of `service` that nobody spells."""
        found = self._cuts.get(service)
        if found is None:
            if len(self._cuts) >= MOST_REMEMBERED:
                self._cuts.clear()
            found = self._cuts[service] = frozenset(cut for part in self._used for cut in part.cuts(service))
        return found


class _OfService:
    """Patterns of one service with the numbers of the sets that have them, by the name where that is literal."""

    def __init__(self, added: Iterable[tuple[ActionPattern, int]]) -> None:
        self.names: dict[str, set[int]] = {}
        self.wild: dict[ActionPattern, set[int]] = {}
        self._heads: dict[str, set[int]] = {}
        self._lengths: set[int] = set()
        self._headless: dict[ActionPattern, None] = {}
        for pattern, number in added:
            if pattern.name.text is not None:
                self.names.setdefault(pattern.name.text, set()).add(number)
                continue
            self.wild.setdefault(pattern, set()).add(number)
            if pattern.name.head is None:
                self._headless[pattern] = None
            else:
                self._heads.setdefault(pattern.name.head, set()).add(number)
                self._lengths.add(len(pattern.name.head))

    def at(self, name: str) -> set[int]:
        """Return the numbers of the sets with a pattern that meets `name`."""
        found = set(self.names.get(name, ()))
        for length in self._lengths:
            found.update(self._heads.get(name[:length], ()))
        for pattern in self._headless:
            if pattern.name.matches(name):
                found |= self.wild[pattern]
        return found


class _Patterns:
    """Action patterns with the numbers of the sets that have them: by literal action, by literal service, the rest."""

    def __init__(self) -> None:
        self.anywhere: dict[ActionPattern, set[int]] = {}
        self._everywhere: set[int] = set()
        self._named: dict[str, None] = {}
        self._wild: dict[str, None] = {}
        self._added: dict[str, list[tuple[ActionPattern, int]]] = {}
        self._of: dict[str, _OfService] = {}

    def __bool__(self) -> bool:
        return bool(self._added or self.anywhere or self._everywhere)

    def add(self, patterns: Iterable[ActionPattern], number: int) -> None:
        """Note that the set `number` has `patterns`."""
        added = self._added
        for pattern in patterns:
            service = pattern.service.text
            if service is None:
                everywhere = pattern == EVERY_ACTION
                (self._everywhere if everywhere else self.anywhere.setdefault(pattern, set())).add(number)
                continue
            (self._named if pattern.name.text is not None else self._wild)[service] = None
            if service in added:
                added[service].append((pattern, number))
            else:
                added[service] = [(pattern, number)]

    def of(self, service: str) -> _OfService:
        """Return the patterns that spell `service`, sorted out when they are asked for: most never are."""
        found = self._of.get(service)
        if found is None:
            found = _OfService(self._added.get(service, ()))
            if service in self._added:
                self._of[service] = found
        return found

    @property
    def services(self) -> Iterator[str]:
        """The services that stand in patterns literally. Those with a literal name come first."""
        yield from self._named
        yield from self._wild

    def at(self, service: str, name: str) -> set[int]:
        """Return the numbers of the sets with a pattern that meets `service:name`."""
        found = set(self._everywhere)
        if service in self._added:
            found |= self.of(service).at(name)
        for pattern, numbers in self.anywhere.items():
            if pattern.meets(service, name):
                found |= numbers
        return found

    def patterns(self, service: str) -> Iterator[ActionPattern]:
        """The patterns with a wildcard that can meet an action of `service`."""
        yield from self.of(service).wild
        yield from (pattern for pattern in self.anywhere if pattern.service.matches(service))

    def cuts(self, service: str) -> Iterator[Cut]:
        """Yield, for each set, its patterns for names of `service` that nobody spells."""
        by_set: dict[int, dict[Pattern, None]] = {}
        wild = self.of(service).wild
        for pattern in self.patterns(service):
            for number in wild.get(pattern) or self.anywhere[pattern]:
                if pattern.name.text is None:
                    by_set.setdefault(number, {})[pattern.name] = None
        yield from map(frozenset, by_set.values())


def action_language(pattern: ActionPattern) -> Glob:
    """Return the language of the actions that `pattern` matches, as `service:name` in lower case."""
    service, name = Glob.of(pattern.service).parts, Glob.of(pattern.name).parts
    parts: list[str | Wildcard] = []
    for part in (*service, ":", *name):
        if isinstance(part, str) and parts and isinstance(parts[-1], str):
            parts[-1] += part
        else:
            parts.append(part)
    return Glob(tuple(parts))
