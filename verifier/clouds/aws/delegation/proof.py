"""The proof: an invariant that every move keeps, and that implies the maximum.

    attempt(design, invariant, ask)   -> Attempt: what is kept, and what is not
    widened(design, invariant, ask)   whom he may widen without being able to act as them
    least_assuming(design, attempt, ask)   the same with an invariant that assumes no more than it needs

Each move is an emptiness question for everybody whom he can act as: a maximum that allows everything except the
requests that break the invariant. They are asked together; a request that is found names the move that is not kept,
and the others are asked again without it. A verdict `proved` rests on these containments alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import assert_never

from verifier.base.budget import Budget, deadline
from verifier.base.dataclass import dataclass
from verifier.base.errors import UndecidedError
from verifier.base.source import Source
from verifier.clouds.aws.audit.shapes import DeniedShape, maximum_of_shapes
from verifier.clouds.aws.delegation.invariant import Design, Invariant, breaking, carriers, shape_of, widening
from verifier.clouds.aws.delegation.moves import MOVES, DelegationMove, Spared, granting_moves
from verifier.clouds.aws.delegation.service_ways import PASSING, TAKING_OVER, ServiceWay, taking_over_in
from verifier.clouds.aws.documents import Documents, services_maximum
from verifier.clouds.aws.policy.parse import parse_source
from verifier.clouds.aws.policy.syntax import Policy
from verifier.delegations.answer import Breach, MoveProof
from verifier.logic.actions import Effect
from verifier.logic.request import Request
from verifier.questions.ask import Ask
from verifier.questions.claims import Claim, Level, Says
from verifier.questions.prove import prove
from verifier.questions.question import ProveQuestion
from verifier.questions.search import NOT_CONFIRMED
from verifier.questions.verdict import Absent, Contained, Escapes, Found, Hinges, Undecided, Verdict
from verifier.questions.ways import allowed_ways, search_ways
from verifier.questions.worlds import Show, as_found, show
from verifier.smt.solve import Unknown
from verifier.strings.pattern import Pattern


@dataclass(frozen=True)
class Attempt:
    """What came of an invariant. `within` is what came of those whom he can act as, by what they are called."""

    invariant: Invariant
    within: tuple[tuple[str, Verdict], ...]
    moves: tuple[MoveProof, ...]

    @property
    def proved(self) -> bool:
        """Whether every move keeps the invariant, and it implies the maximum."""
        return all(isinstance(verdict, Contained) for _, verdict in self.within) and not any(
            move.breach for move in self.moves
        )

    @property
    def reason(self) -> str:
        """What else keeps it from being a proof: of a design, nothing."""
        return ""

    def breaches(self) -> Iterator[MoveProof]:
        """Yield the moves that are not kept."""
        yield from (move for move in self.moves if move.breach)


def attempt(design: Design, invariant: Invariant, ask: Ask) -> Attempt:
    """Return what comes of `invariant`."""
    everybody = tuple(carriers(invariant, design))
    own = len(everybody) - 1 if invariant.own_policies_stay else -1
    within = tuple(
        (who, outside(documents, design.maxima(own=place == own), ask))
        for place, (who, documents) in enumerate(everybody)
    )
    return Attempt(invariant, within, tuple(_moves(design, invariant, everybody, ask)))


def outside(documents: Documents, maxima: Sequence[Policy], ask: Ask, shown: Show = show) -> Verdict:
    """Return whether what `documents` allow is allowed by one of `maxima`: an escape is a request that none allows.

    Whether they allow anything at all is not asked.
    """
    refused = tuple(Claim(Level((maximum,)), Says.ALLOWS, holds=False) for maximum in maxima)
    try:
        with deadline(ask.seconds):
            ways = [(*claims, *refused) for claims in allowed_ways(documents, *maxima)]
            found = search_ways(ways, Budget.of(ask.seconds), ask, shown)
    except UndecidedError as why:
        return Undecided(str(why))
    match found:
        case Found(request, fit):
            if not fit.leans and documents.cloud.contradicts(documents, request):
                return Undecided(NOT_CONFIRMED)
            return Escapes(request, fit=fit)
        case Absent():
            return Contained(vacuous=None)
        case Hinges():
            return Undecided(found.reason("escapes"))
        case Unknown(reason):
            return Undecided(reason)
        case other:
            assert_never(other)


def widened(design: Design, invariant: Invariant, ask: Ask) -> tuple[MoveProof, ...]:
    """Return the moves by which somebody may come to have other policies whom he cannot act as."""
    shapes = {place: shape for place, move in enumerate(MOVES) if (shape := widening(move, invariant, design))}
    found = _breaches(tuple(carriers(invariant, design)), shapes, ask)
    return tuple(
        MoveProof(move.name, move.rows, move.why, found[place]) for place, move in enumerate(MOVES) if place in found
    )


def least_assuming(design: Design, found: Attempt, ask: Ask) -> Attempt:
    """Return an attempt that is proved as `found` is, without paths that it does not need."""
    for kind, globs in found.invariant.delegated.items():
        for glob in globs:
            narrower = found.invariant.without(kind, glob)
            everybody = tuple(carriers(narrower, design))
            moves = tuple(_moves(design, narrower, everybody, ask))
            if not any(move.breach for move in moves):
                found = Attempt(narrower, found.within, moves)
    return found


_Everybody = Sequence[tuple[str, Documents]]


def _moves(design: Design, invariant: Invariant, everybody: _Everybody, ask: Ask) -> Iterator[MoveProof]:
    moves = [*MOVES, *granting_moves()]
    shapes = {place: shape for place, move in enumerate(moves) if (shape := breaking(move, invariant, design))}
    steps = sorted({action for way in (*PASSING, *TAKING_OVER) for action in way.actions})
    steps_at = {len(moves) + number: shape_of([step], design) for number, step in enumerate(steps)}
    found = _breaches(everybody, {**shapes, **steps_at}, ask)
    granting = []
    for place, move in enumerate(moves):
        breach = found.get(place)
        if breach is not None and move.spared is Spared.GRANTABLE and grants_nothing(move, design.maximum, ask):
            breach = None
        result = MoveProof(move.name, move.rows, move.why, breach)
        if move.spared is Spared.GRANTABLE and breach is None:
            granting.append(result)
        else:
            yield result
    if granting:
        yield MoveProof("grants of services", ("Q17",), "a resource would let him in past the boundary")
    open_ = {step: breach for number, step in enumerate(steps) if (breach := found.get(len(moves) + number))}
    passes = next(found.get(place) for place, move in enumerate(moves) if move.name == "PassRole")
    yield from _ways(PASSING, open_, passes, "a service could act as a role that is not delegated")
    yield from _ways(TAKING_OVER, open_, None, "what runs as another role would be his")


def _ways(
    ways: Sequence[ServiceWay], open_: Mapping[str, Breach], passes: Breach | None, why: str
) -> Iterator[MoveProof]:
    for way in ways:
        # What is taken over may go on by somebody else's hand: then the first action is enough.
        needed = [open_.get(action) for action in way.actions[: None if way.service else 1]]
        if way.service is not None:
            needed = [passes, *needed]
        breach = None if None in needed else next((one for one in needed if one and not one.request), needed[0])
        yield MoveProof(way.name, (way.row,), why, breach)


def grants_nothing(move: DelegationMove, maximum: Policy, ask: Ask) -> bool:
    """Whether a resource of the service lets nobody beyond the maximum, nor take over what runs as a role."""
    return not any(taking_over_in(move.granted)) and all_within(move, maximum, ask)


def all_within(move: DelegationMove, maximum: Policy, ask: Ask) -> bool:
    """Whether all of the service is within the maximum: then its resources can grant nothing beyond it."""
    return isinstance(prove(ProveQuestion(all_granted(move), maximum), ask), Contained)


def all_granted(move: DelegationMove) -> Documents:
    """Return all that a resource of the service of `move` can grant."""
    return Documents((services_maximum(move.granted),))


def _breaches(everybody: _Everybody, shapes: Mapping[int, DeniedShape], ask: Ask) -> dict[int, Breach]:
    """Return those of `shapes` that somebody can meet, and those that were not decided."""
    found: dict[int, Breach] = {}
    for who, documents in everybody:
        left = {place: shape for place, shape in shapes.items() if place not in found}
        found |= {place: breach for place, breach in breaches_of(who, documents, left, ask) if breach}
    return found


def breaches_of(
    who: str, documents: Documents, shapes: Mapping[int, DeniedShape], ask: Ask
) -> Iterator[tuple[int, Breach | None]]:
    """Yield each of `shapes` with how `who` can make such a request, or that it was not decided; with None where nobody
    can. Those whose actions some Allow of each level names are asked about at once; the others need no search.
    """
    named = named_shapes(documents, shapes)
    yield from ((place, None) for place in shapes if place not in named)
    yield from _in_halves(who, documents, named, ask)


def named_shapes(documents: Documents, shapes: Mapping[int, DeniedShape]) -> dict[int, DeniedShape]:
    """Return those of `shapes` whose actions some Allow of each level names: nobody can meet the others."""
    ways = [
        [Level(one.level.policies, readings=True) for one in way if one.holds and one.says is Says.ALLOWS]
        for way in allowed_ways(documents)
    ]

    into = [[_services_of(level) for level in way] for way in ways]

    @cache
    def ways_to(service: str) -> list[list[Level]]:
        return [way for way, named in zip(ways, into, strict=True) if all(one.may_be(service) for one in named)]

    def is_named(action: str) -> bool:
        if action.endswith("*"):
            return True
        lowered = action.lower()
        among = ways_to(lowered.partition(":")[0])
        return any(all(level.guards(level.met(lowered))[Effect.ALLOW] for level in way) for way in among)

    return {place: shape for place, shape in shapes.items() if any(map(is_named, _actions(shape)))}


@dataclass(frozen=True)
class _Services:
    """The services that the Allow statements of a level can name: those that they spell, and what may be any."""

    spelled: frozenset[str]
    others: tuple[Pattern, ...]

    def may_be(self, service: str) -> bool:
        """Whether `service` is one of them."""
        return service in self.spelled or any(pattern.matches(service) for pattern in self.others)


def _services_of(level: Level) -> _Services:
    patterns = {one.service for ruleset in level.rulesets for one in ruleset.reach[Effect.ALLOW].patterns}
    spelled = frozenset(pattern.text for pattern in patterns if pattern.text is not None)
    return _Services(spelled, tuple(pattern for pattern in patterns if pattern.text is None))


def _in_halves(
    who: str, documents: Documents, shapes: Mapping[int, DeniedShape], ask: Ask
) -> Iterator[tuple[int, Breach | None]]:
    """Yield the same of `shapes`, asked about at once. When a request is found, what is left is asked about in two
    halves.
    """
    if not shapes:
        return
    verdict = allows_some(documents, list(shapes.values()), ask)
    if isinstance(verdict, Contained):
        yield from ((place, None) for place in shapes)
        return
    met = (not isinstance(verdict, Undecided) and met_shapes(shapes, verdict.request)) or list(shapes)
    for place in met:
        yield place, breach_of(who, documents, shapes[place], ask)
    left = [place for place in shapes if place not in met]
    for half in (left[: len(left) // 2], left[len(left) // 2 :]):
        yield from _in_halves(who, documents, {place: shapes[place] for place in half}, ask)


def breach_of(who: str, documents: Documents, shape: DeniedShape, ask: Ask) -> Breach | None:
    """Return how `who` can make a request of `shape`, or that it was not decided; None where nobody can."""
    match allows_some(documents, [shape], ask, show):
        case Escapes(request):
            return Breach(who, request)
        case Undecided(reason):
            return Breach(who, reason=reason)
        case _:
            return None


def allows_some(documents: Documents, shapes: Sequence[DeniedShape], ask: Ask, shown: Show = as_found) -> Verdict:
    """Return whether `documents` allow a request of one of `shapes`: an escape is one, a containment says that none."""
    return outside(documents, (top_of(shapes),), ask, shown)


def top_of(shapes: Sequence[DeniedShape]) -> Policy:
    """Return the maximum that allows everything except `shapes`."""
    return parse_source(Source("the requests that break the invariant", maximum_of_shapes(shapes), stand_in=True))


def is_certain(found: Escapes) -> bool:
    """Whether AWS can make the request, and nothing that is not known yet decides it."""
    return found.realistic and not found.fit.leans


def met_shapes(shapes: Mapping[int, DeniedShape], request: Request) -> list[int]:
    """Return the shapes whose actions name that of `request`: they are asked about one by one."""
    action = request.action.lower()
    return [place for place, shape in shapes.items() if any(names_action(one, action) for one in _actions(shape))]


def _actions(shape: DeniedShape) -> list[str]:
    named = shape["Action"]
    return [named] if isinstance(named, str) else list(named)


def names_action(entry: str, action: str) -> bool:
    """Whether an entry, perhaps with a wildcard at its end, names an action, which is in lower case."""
    entry = entry.lower()
    return action.startswith(entry[:-1]) if entry.endswith("*") else action == entry
