"""One request of each region, replayed through the evaluator.

A request that AWS can make is tried first: a known action of the region, on a resource that it takes, with the keys
that it carries (rule 4). Where none does, it is some request of the region, of a known action if one is in it; whether
another fits is found out later (`today.py`). A request has as few keys as it can without leaving the region.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from verifier.base.budget import Budget
from verifier.clouds.aws.catalogue.actions import Action
from verifier.clouds.aws.world.arn_form import ArnForm
from verifier.clouds.aws.world.facts import Facts, broken, facts_of
from verifier.clouds.aws.world.shrink import polish, resources, without_needless_keys
from verifier.logic.action_classes import representatives
from verifier.logic.formula import Formula
from verifier.logic.holds import holds
from verifier.logic.request import Request
from verifier.logic.rules import Ruleset
from verifier.logic.theory import Model
from verifier.questions.claims import Claim, cloud_of
from verifier.questions.replay import decode, replays
from verifier.regions.region import Area, Part, rules
from verifier.smt.solve import Outcome, Sat, Unknown, Unsat, solve

_MOST_ACTIONS = 24
_MOST_KNOWN = 3


class Witnesses:
    """Finds requests for the regions of one difference; what a guard comes to is found out once for all of them."""

    def __init__(self, claims: Sequence[Claim], budget: Budget) -> None:
        """Begin with no guard known."""
        self._claims = claims
        self._budget = budget
        self._outcomes: dict[Formula, Outcome] = {}

    def is_empty(self, part: Part) -> bool:
        """Whether it is proved that nothing is in `part`. Raises LimitReached."""
        return isinstance(self._outcome(part.guard), Unsat)

    def why_unknown(self, part: Part) -> str | None:
        """Why it is not known whether anything is in `part`; None where it is known. Raises LimitReached."""
        outcome = self._outcome(part.guard)
        return outcome.reason if isinstance(outcome, Unknown) else None

    def request(self, area: Area, part: Part, known: Sequence[Action]) -> Request | None:
        """Return a request of the region; `known` are its actions in the catalogue. None where none was found.

        Raises LimitReached.
        """
        likely = itertools.islice(_on_different_resources(known), _MOST_ACTIONS)
        tries = itertools.chain(
            itertools.chain.from_iterable(self._likely(part.guard, each) for each in likely),
            self._any(area, part, known[:_MOST_KNOWN]),
        )
        for request in tries:
            if self._accepts(part, request):
                return self._polished(part, request)
        return None

    def _likely(self, guard: Formula, facts: Facts) -> Iterator[Request]:
        """Yield requests for the action of `facts` on the likeliest resources, with the keys that the guard needs."""
        model = self._model(guard)
        if model is not None:
            request = decode(self._claims, str(facts.action), model)
            for resource in resources(self._claims, facts, request, likely=True):
                other = replace(request, resource=resource)
                if not broken(other):
                    yield other

    def _any(self, area: Area, part: Part, known: Iterable[Action]) -> Iterator[Request]:
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
        polished = polish(self._claims, request)
        if self._accepts(part, polished):
            return polished
        return without_needless_keys(request, lambda smaller: self._accepts(part, smaller))

    def _accepts(self, part: Part, request: Request) -> bool:
        """Whether the request is one of the difference, says the evaluator, and in the region, says the formula."""
        return holds(part.guard, request) and replays(self._claims, request)

    def _model(self, formula: Formula) -> Model | None:
        outcome = self._outcome(formula)
        return outcome.model if isinstance(outcome, Sat) else None

    def _outcome(self, formula: Formula) -> Outcome:
        if formula not in self._outcomes:
            self._budget.check()
            self._outcomes[formula] = solve(formula, cloud_of(self._claims).domains, self._budget)
        return self._outcomes[formula]


def _on_different_resources(known: Iterable[Action]) -> Iterator[Facts]:
    """Yield the facts of actions that take different types of resources, found as they are asked for."""
    seen: set[tuple[ArnForm, ...]] = set()
    for facts in filter(None, (facts_of(str(action)) for action in known)):
        if facts.forms not in seen:
            seen.add(facts.forms)
            yield facts
