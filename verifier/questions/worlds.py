"""What the world of a question has of its own: its search, and which request is shown. The cloud knows the rest.

    search_in(world)                       the search among its requests alone; None of all requests
    show(claims, outcome, budget, ask)     the outcome, with the request that people are shown instead
    judged(claims, outcome, budget, ask)   the outcome with the request that was found, and what speaks against it
    as_found(claims, outcome, budget, ask) the outcome as it is, for whoever shows nothing

A search finds one request of many. Whoever shows an answer asks with `show`, which costs more than most searches:
the request becomes one that AWS can make, wherever there is one (rule 4), and easy to believe.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeAlias

from verifier.base.budget import Budget
from verifier.logic.domains import Domains
from verifier.logic.formula import Formula
from verifier.questions.ask import Ask, World
from verifier.questions.claims import Claim, cloud_of
from verifier.questions.hinging import every_reading, hinges
from verifier.questions.outcome import Found, SearchResult
from verifier.questions.verdict import Fit, Hinges
from verifier.smt import solve as smt

Solver: TypeAlias = Callable[[Formula, Domains, Budget], smt.SearchResult]
Search: TypeAlias = Callable[[Sequence[Claim], Budget, Solver], SearchResult]
Show: TypeAlias = Callable[[Sequence[Claim], SearchResult, Budget, Ask], SearchResult]


def search_in(world: World) -> Search | None:
    """Return the search among the requests of `world`, None where it has all of them."""
    if world is World.ALL:
        return None
    return _in_world


def _in_world(claims: Sequence[Claim], budget: Budget, solver: Solver) -> SearchResult:
    found: SearchResult = cloud_of(claims).search(claims, budget, solver)
    return found


def show(claims: Sequence[Claim], outcome: SearchResult, budget: Budget, ask: Ask) -> SearchResult:
    """Return `outcome` with the request that is shown instead of the one found, and how it stands to what AWS has."""
    match outcome:
        case Found():
            return _chosen(claims, outcome, budget, ask)
        case Hinges(request, points):
            every = every_reading(claims)
            return hinges(every, _chosen(every, Found(request, reading=frozenset(points)), budget, ask))
        case _:
            return outcome


def judged(claims: Sequence[Claim], outcome: SearchResult, budget: Budget, ask: Ask) -> SearchResult:
    """Return `outcome` with the request that was found, and how it stands to what AWS has."""
    if not isinstance(outcome, Found):
        return show(claims, outcome, budget, ask)
    return replace(outcome, fit=Fit(cloud_of(claims).broken(outcome.request)))


def as_found(claims: Sequence[Claim], outcome: SearchResult, budget: Budget, ask: Ask) -> SearchResult:  # noqa: ARG001 - a `Show`
    """Return `outcome`."""
    return outcome


def _chosen(claims: Sequence[Claim], found: Found, budget: Budget, ask: Ask) -> Found:
    cloud = cloud_of(claims)
    shown: Found = cloud.polish(claims, found) if ask.world is World.AWS else cloud.choose(claims, found, budget)
    return shown
