"""An Allow of a boundary, narrowed to what a maximum allows: the second kind of change that a repair may make.

Its entries are met with those of the maximum (`clouds/aws/entry_lists.py`), its conditions joined with theirs. Where
one statement does not say it, one for each Allow of the maximum does. They are proposals, as in `denials.py`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from verifier.base.budget import Budget
from verifier.clouds.aws.entry_lists import (
    Listing,
    Sharing,
    covers_resource,
    entries_of,
    met_actions,
    met_resources,
)
from verifier.clouds.aws.policy.syntax import Actions, Resources, Statement
from verifier.clouds.aws.policy.write import one_or_list
from verifier.repairs.complement import ConditionDict, as_condition, block, both
from verifier.repairs.denials import STAR, Proposal

# The name of an element, and its entries.
NarrowedElement: TypeAlias = tuple[str, list[str]]

_MOST_PIECES = 12


def narrowings(written: Proposal, statement: Statement, allows: Sharing, budget: Budget) -> list[tuple[Proposal, ...]]:
    """Return what may stand in place of `statement`, whose JSON is `written`; `allows` are those of the maximum."""
    near = allows.with_(statement)
    if not near:
        return [()]
    pieces = [piece for one in near if (piece := _piece(written, statement, one, budget)) is not None]
    found = [*_single(written, statement, near, budget), *((piece,) for piece in pieces)]
    if 1 < len(pieces) <= _MOST_PIECES:
        found.append(tuple(_unnamed(pieces)))
    same = [one for one in found if one != (written,)]
    return list({repr(one): one for one in same}.values())


def _single(
    written: Proposal, statement: Statement, near: Sequence[Statement], budget: Budget
) -> Iterator[tuple[Proposal, ...]]:
    """Yield one statement with narrower actions, narrower resources, more conditions, or several of these."""
    actions = _all_actions(statement.actions, [one.actions for one in near if one.actions], budget)
    resources = _all_resources(statement.resources, [one.resources for one in near if one.resources], budget)
    shared = block(near[0].conditions)
    conditions = (
        both(block(statement.conditions), shared) if all(block(one.conditions) == shared for one in near) else None
    )
    for elements in itertools.product((None, actions), (None, resources), (None, conditions)):
        if any(element is not None for element in elements):
            yield (_written(written, *elements),)


def _all_actions(own: Actions | None, others: Sequence[Actions], budget: Budget) -> NarrowedElement | None:
    """Return Action for what `own` has in common with one of the `others`; None where there is nothing to say."""
    if own is None:
        return None
    named = entries_of(others)
    excluded = [Listing(one.entries, budget) for one in others if one.negated]
    if own.negated:
        listing = Listing(own.entries, budget)
        found = [] if excluded else [entry for entry in named if not listing.meets(entry)]
    else:
        free = [any(not one.meets(entry) for one in excluded) for entry in own.entries]
        rest = (entry for entry, is_free in zip(own.entries, free, strict=True) if not is_free)
        met = met_actions(rest, Listing(named, budget))
        found = [*(entry for entry, is_free in zip(own.entries, free, strict=True) if is_free), *met]
    return _element("Action", [entry.text for entry in found])


def _all_resources(own: Resources | None, others: Sequence[Resources], budget: Budget) -> NarrowedElement | None:
    """Return Resource for what `own` has in common with one of the `others`, likewise."""
    if own is None or own.negated or any(one.negated for one in others):
        return None
    return _element(
        "Resource", [one.text for one in met_resources(own.entries, [e for one in others for e in one.entries], budget)]
    )


def _piece(written: Proposal, statement: Statement, allow: Statement, budget: Budget) -> Proposal | None:
    """Return the statement for what `statement` and `allow` have in common; None where nothing is known to."""
    assert statement.actions
    assert statement.resources
    assert allow.actions
    assert allow.resources
    resources = _common_resources(statement.resources, allow.resources, budget)  # most have none in common
    actions = None if resources is None else _common_actions(statement.actions, allow.actions, budget)
    if actions is None:
        return None
    conditions = both(block(statement.conditions), block(allow.conditions))
    return None if conditions is None else _written(written, actions, resources, conditions)


def _common_actions(own: Actions, other: Actions, budget: Budget) -> NarrowedElement | None:
    if own.negated and other.negated:
        return _element("NotAction", [entry.text for one in (own, other) for entry in one.entries])
    if not own.negated and not other.negated:
        return _element("Action", [entry.text for entry in met_actions(own.entries, Listing(other.entries, budget))])
    named, excluded = (other, own) if own.negated else (own, other)
    if any(entry.text == STAR for entry in named.entries):
        return _element("NotAction", [entry.text for entry in excluded.entries])
    listing = Listing(excluded.entries, budget)
    return _element("Action", [entry.text for entry in named.entries if not listing.covers(entry)])


def _common_resources(own: Resources, other: Resources, budget: Budget) -> NarrowedElement | None:
    if own.negated and other.negated:
        return _element("NotResource", [entry.text for one in (own, other) for entry in one.entries])
    if not own.negated and not other.negated:
        return _element("Resource", [entry.text for entry in met_resources(own.entries, other.entries, budget)])
    named, excluded = (other, own) if own.negated else (own, other)
    if any(entry.text == STAR for entry in named.entries):
        return _element("NotResource", [entry.text for entry in excluded.entries])
    kept = [one.text for one in named.entries if not any(covers_resource(not_, one) for not_ in excluded.entries)]
    return _element("Resource", kept)


def _element(name: str, texts: Sequence[str]) -> NarrowedElement | None:
    unique = list(dict.fromkeys(texts))
    return (name, unique) if unique else None


def _written(
    written: Proposal,
    actions: NarrowedElement | None,
    resources: NarrowedElement | None,
    conditions: ConditionDict | None,
) -> Proposal:
    """Return `written` with other elements, in their places."""
    found: Proposal = {}
    new = {"Action": actions, "Resource": resources}
    for name, value in written.items():
        element = new.get(name.removeprefix("Not"))
        if element is not None:
            found[element[0]] = one_or_list(element[1])
        elif name != "Condition" or conditions is None:
            found[name] = value
    if conditions:
        found["Condition"] = as_condition(conditions)
    return found


def _unnamed(pieces: Sequence[Proposal]) -> Iterator[Proposal]:
    """Yield the pieces, each once, the first with its Sid."""
    unique = list({repr(piece): piece for piece in pieces}.values())
    yield unique[0]
    for piece in unique[1:]:
        yield {name: value for name, value in piece.items() if name != "Sid"}
