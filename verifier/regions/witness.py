"""One request of each region, replayed through the evaluator.

A request that AWS can make is tried first: a known action of the region, on a resource that it takes, with the keys
that it carries (rule 4). Where none does, it is some request of the region, of a known action if one is in it; whether
another fits is found out later (`Cloud.happening`). A request has as few keys as it can without leaving the region.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence

from verifier.base.budget import Budget
from verifier.clouds.cloud import KnownAction
from verifier.logic.action_classes import representatives
from verifier.logic.formula import Formula
from verifier.logic.holds import holds
from verifier.logic.request import Request
from verifier.logic.rules import Ruleset
from verifier.logic.theory import Model
from verifier.questions.claims import Claim, cloud_of
from verifier.questions.replay import decode, replays
from verifier.regions.region import Area, Part, rules
from verifier.smt.solve import Satisfiability, Sat, Unknown, Unsat, solve

_MOST_KNOWN = 3


class Witnesses:
    """Finds requests for the regions of one difference; what a guard comes to is found out once for all of them."""

    def __init__(self, claims: Sequence[Claim], budget: Budget) -> None:
        """Begin with no guard known."""
        self._claims = claims
        self._budget = budget
        self._outcomes: dict[Formula, Satisfiability] = {}

    def is_empty(self, part: Part) -> bool:
        """Whether it is proved that nothing is in `part`. Raises LimitReached."""
        return isinstance(self._outcome(part.guard), Unsat)

    def why_unknown(self, part: Part) -> str | None:
        """Why it is not known whether anything is in `part`; None where it is known. Raises LimitReached."""
        outcome = self._outcome(part.guard)
        return outcome.reason if isinstance(outcome, Unknown) else None

    def request(self, area: Area, part: Part, known: Sequence[KnownAction]) -> Request | None:
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

    def _any(self, area: Area, part: Part, known: Iterable[KnownAction]) -> Iterator[Request]:
        """Yield requests of the region that AWS may not make: of `known` actions, then of whatever actions stand for
        others in it.
        """
        model = self._model(part.guard)
        if model is None:
            return
        for action in known:
            yield decode(self._claims, str(action), model)
        ruleset = Ruleset(rules(area, part.guard), {})
        for name in representatives(ruleset.rules[0].actions.these, [ruleset], self._budget):
            if ruleset.at(name) == {0}:
                yield decode(self._claims, name, model)

    def _polished(self, part: Part, request: Request) -> Request:
        """Return a request that reads better, where it is still one of the region."""
        return cloud_of(self._claims).easier(self._claims, request, lambda other: self._accepts(part, other))

    def _accepts(self, part: Part, request: Request) -> bool:
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
