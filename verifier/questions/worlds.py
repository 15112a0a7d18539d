"""What depends on the world and on the readings of a question: its search, and which request is shown.

    search_in(world)                       the search among its requests alone; None if it has all requests
    show(claims, outcome, budget, ask)     the outcome, with the request that people are shown instead
    plainly(claims, budget, ask, show)     a request to show that takes no search, where there is one
    judged(claims, outcome, budget, ask)   the outcome with the request that was found, and the facts that it breaks
    as_found(claims, outcome, budget, ask) the outcome as it is, for callers that show nothing
    every_reading(claims)                  the claims under every reading of AWS's guide
    with_leaning(claims, outcome)          the outcome, with what is unknown and has to be as it was taken to be
    hinges(every, found)                   an outcome under another reading, with the points that it depends on

A search finds one request of many. Callers that show an answer ask with `show`, which costs more than most searches:
the request becomes one that AWS can make, wherever there is one (rule 4), and easy to believe. The cloud knows how.

The readings that are not usual are asked about once nothing was found under the usual one. The points are shared by all
documents of a question (semantics.md, section 7). In the claims of `every_reading` the points that the documents touch
are variables. `smallest` takes out of a reading what a request does not need, judged by the evaluator, so that an
answer names exactly the points that it depends on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TypeAlias

from verifier.base.budget import Budget
from verifier.logic.formula import Formula, all_of
from verifier.logic.hinges import leaned_on
from verifier.logic.holds import left_open
from verifier.logic.readings import Reading, in_order
from verifier.logic.request import Domains, Request
from verifier.questions.ask import Ask, Encoding, Readings, World
from verifier.questions.claims import Claim, Level, cloud_of, replays
from verifier.questions.verdict import Fit, Found, Hinges, Leaning, SearchResult
from verifier.smt import solve as smt
from verifier.smt.solve import Unknown

Solver: TypeAlias = Callable[[Formula, Domains, Budget], smt.Satisfiability]
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
        case Found(reading=reading):
            varied = every_reading(claims, Readings.USUAL) if reading else claims
            return _chosen(varied, outcome, budget, ask)
        case Hinges(request, points, fit):
            every = every_reading(claims)
            reading = frozenset((*points, *(one.point for one in fit.leans)))
            return hinges(every, _chosen(every, Found(request, reading=reading), budget, ask))
        case _:
            return outcome


def plainly(claims: Sequence[Claim], budget: Budget, ask: Ask, wanted: Show) -> Found | None:
    """Return a request that can be shown and that takes no search, where one is asked for that is shown; else None.

    The evaluator judged it, as it does every request.
    """
    if wanted is not show or ask.world is not World.ALL or ask.encoding is not Encoding.FAST:
        return None
    found: Found | None = cloud_of(claims).at_hand(claims, budget)
    return found


def judged(claims: Sequence[Claim], outcome: SearchResult, budget: Budget, ask: Ask) -> SearchResult:
    """Return `outcome` with the request that was found, and how it stands to what AWS has."""
    if not isinstance(outcome, Found):
        return show(claims, outcome, budget, ask)
    return replace(outcome, fit=Fit(cloud_of(claims).broken(outcome.request)))


def as_found(claims: Sequence[Claim], outcome: SearchResult, budget: Budget, ask: Ask) -> SearchResult:  # noqa: ARG001 - a `Show`
    """Return `outcome`."""
    return outcome


# What shows the request that the search finds: of an answer that is shown to nobody, any will do.
ANY_WILL_DO = (as_found, judged)


def _chosen(claims: Sequence[Claim], found: Found, budget: Budget, ask: Ask) -> Found:
    cloud = cloud_of(claims)
    shown: Found = cloud.polish(claims, found) if ask.world is World.AWS else cloud.choose(claims, found, budget)
    return shown


def touch(claims: Sequence[Claim], readings: Readings = Readings.ALL) -> bool:
    """Whether some document of `claims` touches a point that can be another way, so that it could make a difference."""
    return any(readings is Readings.ALL or point.is_unknown for claim in claims for point in claim.level.touched)


def every_reading(claims: Sequence[Claim], readings: Readings = Readings.ALL) -> tuple[Claim, ...]:
    """Return `claims` of the same documents under every reading; under the usual one only unknown points are open."""
    only_unknown = readings is Readings.USUAL
    levels = {claim.level: Level(claim.level.policies, readings=True, only_unknown=only_unknown) for claim in claims}
    return tuple(replace(claim, level=levels[claim.level]) for claim in claims)


def hinges(claims: Sequence[Claim], found: Found) -> Found | Hinges:
    """Return what was found under another reading, with the points that it depends on.

    A request that depends only on what is unknown is one for some value of that.
    """
    points = smallest(claims, found.request, found.reading)
    unknown = [point for point in in_order(points) if point.is_unknown]
    if len(unknown) == len(points):
        return replace(found, reading=points)
    fit = replace(found.fit, leans=tuple(Leaning(point, matches=True) for point in unknown))
    return Hinges(found.request, in_order(points - set(unknown)), fit)


def with_leaning(claims: Sequence[Claim], outcome: SearchResult) -> SearchResult:
    """Return `outcome`, what was found with the unknown points on which it leans.

    As long as these points are so, all `claims` are true of the request.
    """
    if not isinstance(outcome, Found) or not touch(claims, Readings.USUAL):
        return outcome
    return replace(outcome, fit=replace(outcome.fit, leans=_leaning(claims, outcome)))


def _leaning(claims: Sequence[Claim], found: Found) -> tuple[Leaning, ...]:
    action = found.request.action.lower()
    said = (claim.at(claim.level.met(action)) for claim in every_reading(claims, Readings.USUAL))
    formula = all_of(left_open(one, found.request) for one in said)
    return tuple(Leaning(point, matches=point in found.reading) for point in leaned_on(formula, found.reading))


def open_reason(sides: Iterable[tuple[SearchResult, str]]) -> str | None:
    """Return why something is not decided, None where all is; each side says what happens to a request of it."""
    for side, what in sides:
        match side:
            case Unknown(reason):
                return reason
            case Hinges():
                return side.reason(f"a request is {what}")
            case _:
                pass
    return None


def smallest(claims: Sequence[Claim], request: Request, reading: Reading) -> Reading:
    """Return points of `reading` under which all `claims` are true of `request`; each point is needed."""
    for point in in_order(reading):
        if replays(claims, request, frozenset((point,))):
            return frozenset((point,))
    for point in in_order(reading):
        if replays(claims, request, reading - {point}):
            reading = reading - {point}
    return reading
