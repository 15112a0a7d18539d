"""Deny statements of what a maximum does not allow: the first kind of change that a repair may make.

What a maximum does not allow is what one of its Deny statements denies, and what each of its Allow statements lacks:
its actions, its resources, or one of its conditions. Taking one lack of each Allow gives a Deny, and all choices
together give the whole complement. Only statements that share actions need a choice beyond "not its actions": for each
few that do there is a Deny of the actions that they share, or of all but those of the others, with a lack of each.
Then there are Deny statements of the entries of the policies and of the boundary that are plainly beyond the maximum,
which are short. They are proposals: each is proved to deny nothing that the maximum allows before it is used.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeAlias

from verifier.base.budget import Budget
from verifier.clouds.aws.entry_lists import Listing, apart_resources, entries_of, share_actions
from verifier.clouds.aws.policy.syntax import Actions, Policy, ResourceEntry, Statement
from verifier.clouds.aws.policy.write import one_or_list
from verifier.logic.actions import Effect
from verifier.repairs.complement import ConditionDict, as_condition, block, both, complement

Proposal: TypeAlias = dict[str, Any]

_MOST = 160
_MOST_TOGETHER = 3
STAR = "*"


def denials(maximum: Policy, others: Iterable[Policy], budget: Budget) -> list[Proposal]:
    """Return Deny statements, as JSON, of what `maximum` does not allow; `others` are the policies and the boundary.

    Raises LimitReached.
    """
    allows = [statement for statement in maximum.statements if statement.effect is Effect.ALLOW]
    found = itertools.chain(
        (_copied(statement) for statement in maximum.statements if statement.effect is Effect.DENY),
        _beyond(allows, [statement for policy in others for statement in policy.statements], budget),
        _lacks(allows, budget),
    )
    unique = {repr(proposal): proposal for proposal in itertools.islice(found, _MOST)}
    return list(unique.values())


def _copied(statement: Statement) -> Proposal:
    actions, resources = statement.actions, statement.resources
    assert actions
    assert resources
    return _deny(
        "NotAction" if actions.negated else "Action",
        [entry.text for entry in actions.entries],
        "NotResource" if resources.negated else "Resource",
        [entry.text for entry in resources.entries],
        block(statement.conditions),
    )


def _beyond(allows: Sequence[Statement], others: Sequence[Statement], budget: Budget) -> Iterator[Proposal]:
    """Yield Deny statements of the entries of `others` that are plainly apart from all that is allowed."""
    if not any(one.actions and one.actions.negated for one in allows):
        known = Listing(entries_of(one.actions for one in allows), budget)
        apart = [entry.text for entry in entries_of(one.actions for one in others) if not known.meets(entry)]
        if apart:
            yield _deny("Action", apart)
    if not any(one.resources and one.resources.negated for one in allows):
        held = _resources(allows)
        outside = [entry.text for entry in _resources(others) if _is_outside(entry, held, budget)]
        if outside:
            yield _deny("Action", [STAR], "Resource", outside)


def _is_outside(entry: ResourceEntry, held: Sequence[ResourceEntry], budget: Budget) -> bool:
    budget.check()
    return all(apart_resources(entry, other) for other in held)


def _resources(statements: Sequence[Statement]) -> list[ResourceEntry]:
    """Return the entries of all that name resources, each once."""
    named = (one.resources.entries for one in statements if one.resources and not one.resources.negated)
    return list({entry.text: entry for entries in named for entry in entries}.values())


def _lacks(allows: Sequence[Statement], budget: Budget) -> Iterator[Proposal]:
    for some in _groups(allows, budget):
        budget.check()
        rest = [one for one in allows if not any(one is other for other in some)]
        for kind, actions in _actions(some, rest, budget):
            for name, resources, conditions in _lacking(some):
                yield _deny(kind, actions, name, resources, conditions)


def _groups(allows: Sequence[Statement], budget: Budget) -> Iterator[tuple[Statement, ...]]:
    """Yield the few statements together that may all have actions in common: none, one, two, three."""
    groups: list[tuple[int, ...]] = [()]
    shared: dict[tuple[int, int], bool] = {}
    for _ in range(min(_MOST_TOGETHER, len(allows)) + 1):
        yield from (tuple(allows[number] for number in group) for group in groups)
        longer = []
        for group in groups:
            for number in range(group[-1] + 1 if group else 0, len(allows)):
                budget.check()
                for other in group:
                    if (other, number) not in shared:
                        shared[other, number] = share_actions(allows[other], allows[number], budget)
                if all(shared[other, number] for other in group):
                    longer.append((*group, number))
        groups = longer[:_MOST]
    if len(allows) > _MOST_TOGETHER and all(
        shared.get(pair, False) for pair in itertools.combinations(range(len(allows)), 2)
    ):
        yield tuple(allows)


def _actions(some: Sequence[Statement], rest: Sequence[Statement], budget: Budget) -> Iterator[tuple[str, list[str]]]:
    """Yield the action elements of a Deny that lacks something of `some`, and the actions of the `rest`."""
    named = entries_of(one.actions for one in rest)
    known = Listing(named, budget)
    shared = _shared([one.actions for one in some if one.actions and not one.actions.negated], known, budget)
    if some and shared and not any(one.actions and one.actions.negated for one in rest):
        yield "Action", shared
    required = [one.actions.entries for one in rest if one.actions and one.actions.negated]
    if required:
        others = [Listing(entries, budget) for entries in required[1:]]
        inner = (entry for entry in required[0] if all(other.covers(entry) for other in others))
        kept = [entry.text for entry in inner if not known.covers(entry)]
        if kept:
            yield "Action", kept
    elif named:
        if not any(entry.text == STAR for entry in named):
            yield "NotAction", [entry.text for entry in named]
    elif some:
        yield "Action", [STAR]


def _shared(some: Sequence[Actions], rest: Listing, budget: Budget) -> list[str]:
    """Return the entries that all of `some` cover and that are plainly apart from those of the `rest`."""
    listings = [Listing(actions.entries, budget) for actions in some]
    every = (entry for listing in listings for entry in listing.entries)
    return [entry.text for entry in every if all(one.covers(entry) for one in listings) and not rest.meets(entry)]


def _lacking(some: Sequence[Statement]) -> Iterator[tuple[str, list[str], ConditionDict]]:
    """Yield the resources and conditions of a Deny that lacks, of each statement, its resources or a condition."""
    choices = [[None, *one.conditions] for one in some]
    for chosen in itertools.product(*choices):
        outside = [one for one, condition in zip(some, chosen, strict=True) if condition is None]
        resources = _outside(outside)
        conditions: ConditionDict | None = {}
        for condition in chosen:
            if condition is not None and conditions is not None:
                lack = complement(condition)
                conditions = None if lack is None else both(conditions, lack)
        if resources is not None and conditions is not None:
            yield *resources, conditions


def _outside(some: Sequence[Statement]) -> tuple[str, list[str]] | None:
    """Return the resource element of what is outside the resources of all of `some`; None where there is nothing."""
    inside: list[ResourceEntry] = []
    required: list[list[str]] = []
    for one in some:
        if one.resources is not None and one.resources.negated:
            required.append([entry.text for entry in one.resources.entries])
        elif one.resources is not None:
            inside += one.resources.entries
    texts = list(dict.fromkeys(entry.text for entry in inside))
    if required:
        kept = [text for text in required[0] if text not in texts and all(text in each for each in required[1:])]
        return ("Resource", kept) if kept else None
    if STAR in texts:
        return None
    return ("NotResource", texts) if texts else ("Resource", [STAR])


def _deny(
    kind: str,
    actions: list[str],
    name: str = "Resource",
    resources: Sequence[str] = ("*",),
    conditions: ConditionDict | None = None,
) -> Proposal:
    found: Proposal = {"Effect": "Deny", kind: one_or_list(_once(actions)), name: one_or_list(_once(resources))}
    if conditions:
        found["Condition"] = as_condition(conditions)
    return found


def _once(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))
