"""What is plain to see within one list: entries that another entry covers, and entries that stand twice.

Sure without a proof, however AWS's guide is read; what is not plain is asked about afterwards (`change.py`).
LimitReached is raised past the budget.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from verifier.base.budget import Budget
from verifier.clouds.aws.compile.touched import has_inner_star, has_wild_service
from verifier.clouds.aws.policy.syntax import ActionEntry, ResourceEntry
from verifier.repairs.listing import Listing
from verifier.strings.languages import Glob
from verifier.strings.pattern import Pattern, Variable, Wild
from verifier.strings.subsumption import is_subset

E = TypeVar("E", ActionEntry, ResourceEntry)


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
    loosened = Pattern.of(Wild.TEXT if isinstance(part, Variable) else part for part in other.template.parts)
    return is_subset(Glob.of(loosened), Glob.of(one.template.pattern))


def _covered(
    entries: Sequence[E], wider: Callable[[E], Iterable[E]], name: Callable[[E], str]
) -> Iterator[tuple[int, E]]:
    """Yield what may be left out together: of entries that are the same, all but the first; and each that one of the
    `wider` entries covers which itself stays.
    """
    first: dict[str, E] = {}
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
