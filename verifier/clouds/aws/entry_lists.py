"""Lists of entries, of actions and of resources: which of them plainly covers, meets or repeats another.

    Listing(entries, budget)                entries of actions, indexed by service
    covers_resource, apart_resources        two entries of resources, whatever the values of variables
    covered_actions, covered_resources      the entries of one list that add nothing to the others
    met_actions, met_resources              the entries that lie within entries of another list too
    Sharing(statements, budget)             statements, found by actions that they may share with another

Sure without a proof, however AWS's guide is read; what is not plain is for others to prove. Two patterns meet in the
narrower one where one covers the other. Where they only overlap no entry says what they have in common, and it is left
out: what is made with it is proved before it is used. LimitReached is raised past the budget.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TypeVar

from verifier.base.budget import Budget
from verifier.clouds.aws.compile.touched import has_inner_star, has_wild_service
from verifier.clouds.aws.policy.syntax import ActionEntry, Actions, ResourceEntry, Statement
from verifier.logic.actions import ActionPattern
from verifier.strings.languages import Glob
from verifier.strings.pattern import Pattern, Variable, Wild
from verifier.strings.subsumption import disjoint, is_subset

_E = TypeVar("_E", ActionEntry, ResourceEntry)


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
            if other.pattern and covers_action(other.pattern, entry.pattern):
                yield other

    def covers(self, entry: ActionEntry) -> bool:
        """Whether one entry here plainly matches every action that `entry` does."""
        return next(self.covering(entry), None) is not None

    def inside(self, entry: ActionEntry) -> Iterator[ActionEntry]:
        """Yield the entries here whose every action `entry` plainly matches."""
        return (
            other
            for other in self._near(entry)
            if other.pattern and entry.pattern and covers_action(entry.pattern, other.pattern)
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


def covers_action(outer: ActionPattern, inner: ActionPattern) -> bool:
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


def covered_actions(entries: Sequence[ActionEntry], budget: Budget) -> Iterator[tuple[int, ActionEntry]]:
    """Yield the places of entries of Action or NotAction that add nothing to the others, with one that covers each."""
    listing = Listing(entries, budget)

    def wider(entry: ActionEntry) -> Iterator[ActionEntry]:
        return (one for one in listing.covering(entry) if has_wild_service(entry) or not has_wild_service(one))

    return _covered(entries, wider, lambda entry: entry.text.lower())


def covered_resources(entries: Sequence[ResourceEntry], budget: Budget) -> Iterator[tuple[int, ResourceEntry]]:
    """Yield the places of entries of Resource or NotResource that add nothing to the others, likewise."""
    wild = [entry for entry in entries if entry.template.pattern is not None and entry.template.pattern.text is None]

    def wider(entry: ResourceEntry) -> Iterator[ResourceEntry]:
        budget.check()
        return (other for other in wild if covers_resource(other, entry))

    return _covered(entries, wider, lambda entry: entry.text)


def covers_resource(one: ResourceEntry, other: ResourceEntry) -> bool:
    """Whether it is plain that `one` matches every resource that `other` does, whatever the values of variables, and
    however AWS's guide is read.
    """
    if one.template == other.template:
        return True
    if one.template.pattern is None or has_inner_star(one):
        return False
    return is_subset(_over_approximation(other), _glob(one.template.pattern))


def _covered(
    entries: Sequence[_E], wider: Callable[[_E], Iterable[_E]], name: Callable[[_E], str]
) -> Iterator[tuple[int, _E]]:
    """Yield what may be left out together: of entries that are the same, all but the first; and each that one of the
    `wider` entries covers which itself stays.
    """
    first: dict[str, _E] = {}
    for entry in entries:
        first.setdefault(name(entry), entry)
    stay = {id(entry) for entry in first.values()}
    for place, entry in enumerate(entries):
        twin = first[name(entry)]
        covering = (one for one in wider(entry) if one is not entry and id(one) in stay)
        by = twin if twin is not entry else next(covering, None)
        if by is not None:
            stay.discard(id(entry))
            yield place, by


def met_actions(some: Iterable[ActionEntry], others: Listing) -> list[ActionEntry]:
    """Return entries for the actions that match an entry of both lists."""
    found: dict[str, ActionEntry] = {}
    for entry in some:
        for one in (entry,) if others.covers(entry) else others.inside(entry):
            found.setdefault(one.text, one)
    return list(found.values())


def met_resources(
    some: Iterable[ResourceEntry], others: Sequence[ResourceEntry], budget: Budget
) -> list[ResourceEntry]:
    """Return entries for the resources that match an entry of both lists."""
    found: dict[str, ResourceEntry] = {}
    for entry in some:
        budget.check()
        covered = any(covers_resource(other, entry) for other in others)
        for one in (entry,) if covered else (other for other in others if covers_resource(entry, other)):
            found.setdefault(one.text, one)
    return list(found.values())


def share_actions(one: Statement, other: Statement, budget: Budget) -> bool:
    """Whether two statements may have actions in common: False is sure."""
    return _meet(_listed(one, budget), _listed(other, budget))


class Sharing:
    """Statements, found by the actions that they may have in common with another: by service, then entry by entry."""

    def __init__(self, statements: Sequence[Statement], budget: Budget) -> None:
        """Index `statements`; every question raises LimitReached once `budget` is spent."""
        self._statements = statements
        self._budget = budget
        self._listings: dict[int, Listing | None] = {}
        self._anywhere: set[int] = set()
        self._by_service: dict[str, set[int]] = {}
        for number, statement in enumerate(statements):
            services = _services(statement)
            if services is None:
                self._anywhere.add(number)
            for service in services or ():
                self._by_service.setdefault(service, set()).add(number)

    def with_(self, statement: Statement) -> list[Statement]:
        """Return the statements that may have actions in common with `statement`, in their order: the others are sure
        to have none.
        """
        services, own = _services(statement), _listed(statement, self._budget)
        near: Iterable[int] = range(len(self._statements))
        if services is not None:
            near = sorted(self._anywhere.union(*(self._by_service.get(service, ()) for service in services)))
        return [self._statements[number] for number in near if self._share(own, number)]

    def _share(self, own: Listing | None, number: int) -> bool:
        self._budget.check()
        if number not in self._listings:
            self._listings[number] = _listed(self._statements[number], self._budget)
        return _meet(own, self._listings[number])


def _listed(statement: Statement, budget: Budget) -> Listing | None:
    """Return the entries of a statement; None where it may have any action."""
    actions = statement.actions
    return None if actions is None or actions.negated else Listing(actions.entries, budget)


def _meet(one: Listing | None, other: Listing | None) -> bool:
    """Whether some entry of each meets one of the other; where one may have any action they do."""
    if one is None or other is None:
        return True
    few, many = sorted((one, other), key=lambda listing: len(listing.entries))
    return any(map(many.meets, few.entries))


def _services(statement: Statement) -> frozenset[str] | None:
    """The services of the actions of a statement; None where it does not spell all of them."""
    return None if statement.actions is None else statement.actions.services


def entries_of(actions: Iterable[Actions | None]) -> list[ActionEntry]:
    """Return the entries of all elements that are not negated."""
    return [entry for one in actions if one is not None and not one.negated for entry in one.entries]


def apart_resources(one: ResourceEntry, other: ResourceEntry) -> bool:
    """Whether it is plain that no resource matches both, whatever the values of variables."""
    return disjoint(_over_approximation(one), _over_approximation(other))


def _over_approximation(entry: ResourceEntry) -> Glob:
    """A pattern for every resource that the entry matches, whatever the values of variables."""
    template = entry.template
    if template.pattern is not None:
        return _glob(template.pattern)
    return Glob.of(Pattern.of(Wild.TEXT if isinstance(part, Variable) else part for part in template.parts))
