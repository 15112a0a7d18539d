"""The proof about a list of regions, and one request of each.

    check        nothing outside of the regions differs, and everything inside does
    Witnesses    finds a request of each region, replayed through the evaluator

For every action that the documents and the regions tell apart, two questions go to the solver: is there a request of
the difference that no region holds, and is there one in a region that is not of the difference? Regions are read from
their rules here, as documents are; how they were found plays no part.

For a witness, a request that AWS can make is tried first: a known action of the region, on a resource that it takes,
with the keys that it carries (rule 4). If there is no such request, it is some request of the region, of a known action
if one is in it; whether another fits is found out later (`Cloud.happening`). A request has as few keys as it can
without leaving the region.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence, Set
from typing import assert_never

from verifier.base.budget import Budget, bounded
from verifier.base.dataclass import dataclass
from verifier.base.errors import UndecidedError
from verifier.clouds.cloud import KnownAction
from verifier.logic.action_classes import representatives
from verifier.logic.actions import ActionPattern, Effect
from verifier.logic.formula import Formula, all_of, any_of, negate
from verifier.logic.holds import holds
from verifier.logic.propagate import Folding
from verifier.logic.request import Request
from verifier.logic.rules import Ruleset
from verifier.logic.theory import Model
from verifier.questions.claims import Claim, cases, cloud_of, decode, reach, replays
from verifier.regions.classes import Patterns, cuts, cutting, is_word
from verifier.regions.region import Area, Disjunct, Region, rules
from verifier.smt.solve import Sat, Satisfiability, Unknown, Unsat, solve


@dataclass(frozen=True)
class ProvedRegions:
    """What was proved: `exact` are the regions within the difference; `incomplete` says why completeness was not."""

    exact: frozenset[int]
    incomplete: str | None


def prove_regions(claims: Sequence[Claim], regions: Sequence[Region], budget: Budget) -> ProvedRegions:
    """Return which of `regions`, by number, lie within the difference that `claims` describe, and whether they are all
    of it.
    """
    checker = _Checker(claims, regions, budget)
    try:
        with bounded():
            checker.run()
    except UndecidedError as limit:
        return ProvedRegions(frozenset(), str(limit))
    return ProvedRegions(frozenset(range(len(regions))) - checker.inexact, checker.incomplete)


def _made_of(patterns: Iterable[ActionPattern], found: Iterable[Patterns], spelled: Set[ActionPattern]) -> bool:
    """Whether `patterns` are whole ones of the cuts `found`, and words that documents spell."""
    left = set(patterns) - spelled
    for cut in found:
        if left.issuperset(cut):
            left -= set(cut)
    return not left


class _Checker:
    def __init__(self, claims: Sequence[Claim], regions: Sequence[Region], budget: Budget) -> None:
        self._claims = claims
        self._levels = tuple(dict.fromkeys(claim.level for claim in claims))
        self._domains = cloud_of(claims).domains
        self._budget = budget
        self._folding = Folding(budget)
        self._guards = [region.part.guard for region in regions]
        self._rules = Ruleset(tuple(rule for region in regions for rule in region.rules))
        self._owner = [number for number, region in enumerate(regions) for _ in region.rules]
        self._found: dict[Formula, str | None] = {}
        self.inexact: set[int] = set()
        self.incomplete: str | None = None

    def run(self) -> None:
        seen: set[object] = set()
        for action, case in cases(self._claims, self._actions(), self._budget):
            self._budget.check()
            inside = self._inside(action)
            if (case, inside) in seen:
                continue
            seen.add((case, inside))
            self._compare(self._folding.of(all_of(case.said)), inside)

    def _actions(self) -> Iterator[str]:
        """Actions that stand for all of the difference and all of the regions.

        Regions are made of what cuts the actions in the documents, so those cuts tell the regions apart too. A rule
        that is not made of them cuts by itself.
        """
        rulesets = [ruleset for level in self._levels for ruleset in level.rulesets]
        within = reach(self._claims)
        found = cuts(rulesets, within)
        parts = [part for each in rulesets for rule in each.rules for part in rule.actions.cuts]
        spelled = {pattern for part in parts for pattern in part if is_word(pattern)}
        made = [part for rule in self._rules.rules for part in rule.actions.cuts]
        others = [part for part in made if not _made_of(part, found, spelled)]
        allowed = self._rules.reach[Effect.ALLOW].patterns
        reached = dict.fromkeys((*within, *allowed))
        yield from representatives(reached, [*rulesets, cutting([*found, *others])], self._budget)

    def _inside(self, action: str) -> tuple[int, ...]:
        """The regions that hold `action`: it meets their Allow and no Deny of theirs."""
        met = self._rules.at(action)
        allowed = {self._owner[rule] for rule in met if self._rules.rules[rule].effect is Effect.ALLOW}
        return tuple(
            sorted(allowed - {self._owner[rule] for rule in met if self._rules.rules[rule].effect is Effect.DENY})
        )

    def _compare(self, difference: Formula, inside: Iterable[int]) -> None:
        guards = {number: self._guards[number] for number in inside}
        together, outside = any_of(guards.values()), negate(difference)
        self.incomplete = self.incomplete or self._met(all_of((difference, negate(together))))
        # Each guard by itself: its literals settle nearly all, where those of all guards together are none.
        self.inexact |= {number for number, guard in guards.items() if self._met(all_of((guard, outside)))}

    def _met(self, formula: Formula) -> str | None:
        """Return None where it is proved that no request makes `formula` true, else what stands against that."""
        if formula not in self._found:
            self._found[formula] = self._solved(formula)
        return self._found[formula]

    def _solved(self, formula: Formula) -> str | None:
        match solve(formula, self._domains, self._budget):
            case Unsat():
                return None
            case Unknown(reason):
                return reason
            case Sat():
                return "some of the difference lies in no region"
            case other:
                assert_never(other)


_MOST_KNOWN = 3


class Witnesses:
    """Finds requests for the regions of one difference; what a guard comes to is found out once for all of them."""

    def __init__(self, claims: Sequence[Claim], budget: Budget) -> None:
        """Begin with no guard known."""
        self._claims = claims
        self._budget = budget
        self._outcomes: dict[Formula, Satisfiability] = {}

    def is_empty(self, part: Disjunct) -> bool:
        """Whether it is proved that nothing is in `part`. Raises LimitReached."""
        return isinstance(self._outcome(part.guard), Unsat)

    def why_unknown(self, part: Disjunct) -> str | None:
        """Why it is not known whether anything is in `part`; None where it is known. Raises LimitReached."""
        outcome = self._outcome(part.guard)
        return outcome.reason if isinstance(outcome, Unknown) else None

    def request(self, area: Area, part: Disjunct, known: Sequence[KnownAction]) -> Request | None:
        """Return a request of the region; `known` are its actions in the catalogue. None where none was found.

        Raises LimitReached.
        """
        tries = itertools.chain(self._likely(part.guard, known), self._any(area, part, known[:_MOST_KNOWN]))
        for request in tries:
            if self._accepts(part, request):
                return self._polished(part, request)
        return None

    def _likely(self, guard: Formula, known: Sequence[KnownAction]) -> Iterator[Request]:
        """Yield requests of actions in `known` that can happen, with the keys that the guard needs."""
        model = self._model(guard)
        if model is not None:
            yield from cloud_of(self._claims).likely(self._claims, known, model)

    def _any(self, area: Area, part: Disjunct, known: Iterable[KnownAction]) -> Iterator[Request]:
        """Yield requests of the region that AWS may not make: of `known` actions, then of whatever actions stand for
        others in it.
        """
        model = self._model(part.guard)
        if model is None:
            return
        for action in known:
            yield decode(self._claims, str(action), model)
        ruleset = Ruleset(rules(area, part.guard))
        for name in representatives(ruleset.rules[0].actions.these, [ruleset], self._budget):
            if ruleset.at(name) == {0}:
                yield decode(self._claims, name, model)

    def _polished(self, part: Disjunct, request: Request) -> Request:
        """Return a request that reads better, where it is still one of the region."""
        return cloud_of(self._claims).easier(self._claims, request, lambda other: self._accepts(part, other))

    def _accepts(self, part: Disjunct, request: Request) -> bool:
        """Whether the request is one of the difference, says the evaluator, and in the region, says the formula."""
        return holds(part.guard, request) and replays(self._claims, request)

    def _model(self, formula: Formula) -> Model | None:
        outcome = self._outcome(formula)
        return outcome.model if isinstance(outcome, Sat) else None

    def _outcome(self, formula: Formula) -> Satisfiability:
        if formula not in self._outcomes:
            self._budget.check()
            self._outcomes[formula] = solve(formula, cloud_of(self._claims).domains, self._budget)
        return self._outcomes[formula]
