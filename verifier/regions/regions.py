"""Everything that two documents differ in, or that escapes a maximum, as a list of regions, proved complete and exact.

    regions_of(question, ask)    the regions of a question: what is gained and lost (`diff`), or what escapes
    regions(sides, ...)          the regions of differences that claims describe
    known, severest_levels       the actions that the cloud has in a set of actions, and the severest of each pattern

The steps, each a module:

    classes.py      which actions differ alike, with the formula of their difference
    decompose.py    that formula as parts: resources, exceptions, a condition
    cover.py        those actions as areas: patterns, exceptions
    check.py        a request of each region, replayed; and the proof, of what came out

So a region is an area with a part. Actions of several services are one area if they differ alike.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import field, replace
from typing import TypeAlias

from verifier.base.budget import Budget, bounded, deadline
from verifier.base.dataclass import dataclass
from verifier.base.errors import LimitReached, UndecidedError, Unsupported
from verifier.clouds.cloud import AccessLevel, Cloud, Happens, KnownAction
from verifier.logic.actions import ActionPattern
from verifier.logic.propagate import Folding
from verifier.logic.readings import NOT_KNOWN, Point, in_order, some_unknown
from verifier.questions.answer import counterclaims, tells_who
from verifier.questions.ask import Ask, World
from verifier.questions.claims import Claim, cloud_of
from verifier.questions.needs import refusals
from verifier.questions.question import ConfineQuestion, DiffQuestion, NeedsQuestion, ProveQuestion
from verifier.questions.verdict import Happening
from verifier.regions.check import Witnesses, prove_regions
from verifier.regions.classes import classes
from verifier.regions.cover import Folder
from verifier.regions.decompose import split
from verifier.regions.region import Area, Disjunct, Region, Regions, Side, SiftedActions, lowered

# Of the time that is left once the regions are proved, for what AWS has in them.
_SHARE = 0.5
_MOST_SECONDS = 5.0
_NONE_CONFIRMED = "no request of a region was found that the evaluator confirms"

# Service and name of an action in lower case, and its level.
_Leveled: TypeAlias = tuple[str, str, AccessLevel]
Parted: TypeAlias = ProveQuestion | NeedsQuestion | DiffQuestion | ConfineQuestion


def regions_of(question: Parted, ask: Ask, *, whole: bool = True) -> Regions:
    """Return all that makes a difference to `question` in the world of `ask`, found within its time; `whole` as below.

    The documents suit their places: an answer to the question was found before.
    """
    try:
        with deadline(ask.seconds):
            return regions(_sides(question), Budget.of(ask.seconds), ask.world, whole=whole)
    except (LimitReached, Unsupported) as limit:
        return Regions((), complete=False, reason=str(limit))


def _sides(question: Parted) -> Sequence[tuple[Side, Sequence[Claim]]]:
    if isinstance(question, NeedsQuestion):
        return [(Side.MISSING, claims) for claims in refusals(question, apart=True)]
    named = (Side.GAINED, Side.LOST) if isinstance(question, DiffQuestion) else (Side.ESCAPES,)
    sides = counterclaims(question)
    if tells_who(question) and not (isinstance(question, ProveQuestion) and question.documents.names_who):
        raise Unsupported("groups of requests are listed only where it is told by name who asks")
    return [(side, claims) for side, ways in zip(named, sides, strict=True) for claims in ways]


def regions(
    sides: Sequence[tuple[Side, Sequence[Claim]]], budget: Budget, world: World = World.ALL, *, whole: bool = True
) -> Regions:
    """Return the regions of each side, a difference that claims describe. The budget is for all of them.

    Which actions of each can really happen is found out for all where `whole`, else up to the severest that can.
    Where it runs out, the list is as long as it had become, and not complete. In the world of AWS those are left out
    that are proved to hold no request that AWS can make: the list holds all others, since it does so of all requests.
    """
    found: list[Region] = []
    reasons: list[str] = []
    for side, claims in sides:
        listed = _side(side, claims, budget)
        held = _held_to_facts(claims, listed, budget, whole)
        found += (one for one in held if world is World.ALL or one.can_happen)
        if listed.reason is not None:
            reasons.append(listed.reason)
    levels = {claim.level: None for _, claims in sides for claim in claims}
    as_usual = in_order(frozenset[Point]().union(*(level.touched for level in levels)))
    if some_unknown(as_usual):
        reasons.insert(0, NOT_KNOWN)
        as_usual = tuple(point for point in as_usual if not point.is_unknown)
    reason = reasons[0] if reasons else None
    return Regions(tuple(sorted(found, key=_order)), not reasons, reason, as_usual=as_usual)


def _held_to_facts(claims: Sequence[Claim], listed: _Listed, budget: Budget, whole: bool) -> Iterator[Region]:
    """Yield the regions with what AWS has in each, within a share of the time that is left."""
    share = Budget.of(min(budget.remaining * _SHARE, _MOST_SECONDS))
    happens = cloud_of(claims).happening(claims)
    for place, region in enumerate(listed.regions):
        yield _held(happens, region, Budget.of(share.remaining / (len(listed.regions) - place)), whole)


def _held(happens: Happens, region: Region, budget: Budget, whole: bool) -> Region:
    found: Happening = happens.among(region.there.living, region.part.guard, region.request, budget)
    there = SiftedActions(found.actions.living, found.actions.dead) if whole else found.actions
    return replace(region, request=found.shown.request, fit=found.shown.fit, there=there)


@dataclass
class _Listed:
    """The regions of a side, and why the list is not known to be whole."""

    regions: list[Region] = field(default_factory=list)
    reason: str | None = None


def _side(side: Side, claims: Sequence[Claim], budget: Budget) -> _Listed:
    listed = _Listed()
    try:
        with bounded():
            for found in _found(side, claims, budget, listed):
                listed.regions.append(found)
    except UndecidedError as limit:
        listed.reason = str(limit)
        return listed
    checked = prove_regions(claims, listed.regions, budget)
    for number in checked.exact:
        listed.regions[number] = listed.regions[number].proved()
    listed.reason = listed.reason or checked.incomplete
    return listed


def _found(side: Side, claims: Sequence[Claim], budget: Budget, listed: _Listed) -> Iterator[Region]:
    """Yield each region of the side. Raises LimitReached."""
    actions, cloud = classes(claims, budget), cloud_of(claims)
    folding = Folding(budget)
    cells: dict[Disjunct, int] = {}
    for formula, mask in actions.formulas.items():
        for part in split(formula, folding, cloud.single, budget):
            cells[part] = cells.get(part, 0) | mask
    folder, witnesses = Folder(actions, budget), Witnesses(claims, budget)
    for part, mask in cells.items():
        if witnesses.is_empty(part):
            continue
        for area in folder.fold(mask):
            there = known(cloud, area)
            request = witnesses.request(area, part, there)
            if request is None:
                listed.reason = witnesses.why_unknown(part) or _NONE_CONFIRMED
            else:
                yield Region(side, area, part, request, cloud, SiftedActions(there))


def _order(region: Region) -> tuple[object, ...]:
    """By service, those of several first; within one the severest first, and gained before lost."""
    return (region.service or "", region.severity, list(Side).index(region.side))


def known(cloud: Cloud, area: Area) -> Sequence[KnownAction]:
    """Return the actions that `cloud` has in `area`, the severest first."""
    actions, excepts, *also = (tuple(map(lowered, each)) for each in (area.actions, area.excepts, *area.also))
    return cloud.known(actions, excepts, also)


def severest_levels(cloud: Cloud, area: Area) -> Iterator[tuple[ActionPattern, AccessLevel | None]]:
    """Yield each pattern of `area` with the severest access level of its actions there; None where `cloud` has none."""
    there, read = known(cloud, area), list[_Leveled]()
    for pattern in area.actions:
        wanted = lowered(pattern)
        fits = (level for service, name, level in _leveled(there, read) if wanted.meets(service, name))
        yield pattern, next(fits, None)


def _leveled(there: Sequence[KnownAction], read: list[_Leveled]) -> Iterator[_Leveled]:
    """Yield the actions, no more of them than are asked for; `read` keeps those of the times before."""
    yield from read
    for action in itertools.islice(there, len(read), None):
        service, _, name = str(action).lower().partition(":")
        read.append((service, name, action.access_level))
        yield read[-1]
