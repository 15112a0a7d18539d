"""Entries that lie within others: lists of actions and of resources, met with each other as far as is plain.

Two patterns meet in the narrower one where one covers the other. Where they only overlap no entry says what they have
in common, and it is left out: what is made with it is proved before it is used.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from verifier.base.budget import Budget
from verifier.clouds.aws.policy.syntax import ActionEntry, Actions, ResourceEntry, Statement
from verifier.repairs.listing import Listing
from verifier.simplification.plain import covers_resource
from verifier.strings.languages import Glob
from verifier.strings.pattern import Pattern, Variable, Wild
from verifier.strings.subsumption import disjoint


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
    if one.actions is None or other.actions is None or one.actions.negated or other.actions.negated:
        return True
    few, many = sorted((one.actions.entries, other.actions.entries), key=len)
    return any(map(Listing(many, budget).meets, few))


def entries_of(actions: Iterable[Actions | None]) -> list[ActionEntry]:
    """Return the entries of all elements that are not negated."""
    return [entry for one in actions if one is not None and not one.negated for entry in one.entries]


def apart_resources(one: ResourceEntry, other: ResourceEntry) -> bool:
    """Whether it is plain that no resource matches both, whatever the values of variables."""
    return disjoint(_loosened(one), _loosened(other))


def _loosened(entry: ResourceEntry) -> Glob:
    return Glob.of(Pattern.of(Wild.TEXT if isinstance(part, Variable) else part for part in entry.template.parts))
