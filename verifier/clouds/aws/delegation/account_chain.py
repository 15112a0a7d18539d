"""A chain for an account whose proof failed (`account_proof.py`): among those first through whom it failed.

    chain_of_account(...)    -> a chain, or None if no chain has at most so many moves

An account of thousands has more ways on from each state than can be followed. Most lead nowhere. Those through whom
the proof failed are a few. What is found among them is a chain like any other. One with fewer moves may lead through
others, so that is looked for afterwards.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from verifier.base.budget import Budget
from verifier.base.errors import LimitReached
from verifier.clouds.aws.delegation.chain import ChainSearch
from verifier.clouds.aws.delegation.state import DelegationState
from verifier.delegations.answer import DelegationStep

_MOST_AMONG = 64


def chain_of_account(
    search: ChainSearch,
    start: DelegationState,
    among: Collection[str],
    most: int,
    budget: Budget,
    *,
    shortest: bool = True,
) -> tuple[DelegationStep, ...] | None:
    """Return a chain of at most `most` moves from `start`, found through `among` or else through anybody; None where
    there is none. With `shortest`, no chain is shorter, as far as the budget was enough to tell.

    Raises LimitReached where none was found within the budget.
    """
    found = None
    if sum(arn in start.actors for arn in among) <= _MOST_AMONG:
        few = tuple(dict.fromkeys((*start.acting, *sorted(among))))
        found = search.find(replace(start, among=few), most, budget)
    if found is None:
        return search.find(start, most, budget)
    if shortest and len(found) > 2:  # more than one move, and the request that exceeds
        try:
            return search.find(start, len(found) - 2, budget) or found
        except LimitReached:
            pass
    return found
