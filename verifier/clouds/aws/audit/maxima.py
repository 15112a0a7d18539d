"""The maxima of an audit, read once in each process: of each fence, of several at once, and those of the intent."""

from __future__ import annotations

import json
from functools import cache
from weakref import WeakKeyDictionary

from verifier.base.source import Source
from verifier.clouds.aws.audit.plan import AuditPlan
from verifier.clouds.aws.audit.shapes import maximum_of_shapes
from verifier.clouds.aws.audit.subject import Subject
from verifier.clouds.aws.policy.parse import parse_source
from verifier.clouds.aws.policy.syntax import Policy
from verifier.questions.ask import Ask
from verifier.questions.verdict import Escapes, Verdict


class Maxima:
    """See above; `ask` bounds each question about a boundary, `time` is that of a Subject."""

    def __init__(self, plan: AuditPlan, ask: Ask, time: Policy | None = None) -> None:
        self.ask = ask
        self._plan, self._time = plan, time
        self._fences = [parse_source(Source(one.name, one.maximum, stand_in=True)) for one in plan.fences]
        self._maxima = [parse_source(Source("the maximum", text, stand_in=True)) for text in plan.maxima]
        self._of_boundaries: WeakKeyDictionary[Policy, dict[int, Verdict]] = WeakKeyDictionary()
        self._together: dict[tuple[int, ...], Policy] = {}

    def fence(self, number: int) -> Policy:
        """Return the maximum of a fence."""
        return self._fences[number]

    def of_boundary(self, boundary: Policy, number: int) -> Verdict:
        """Return whether a boundary by itself is within a fence, with a request to show; worked out once."""
        known = self._of_boundaries.setdefault(boundary, {})
        if number not in known:
            alone = Subject((boundary,), time=self._time)
            verdict = alone.within(self._fences[number], self.ask)
            if isinstance(verdict, Escapes):
                verdict = alone.shown(self._fences[number], verdict, self.ask)
            known[number] = verdict
        return known[number]

    def maximum(self, number: int) -> Policy:
        """Return a maximum of the intent."""
        return self._maxima[number]

    def together(self, numbers: tuple[int, ...]) -> Policy:
        """Return the maximum of several fences that have shapes."""
        found = self._together.get(numbers)
        if found is None:
            shapes = [shape for number in numbers for shape in self._plan.fences[number].shapes]
            text = maximum_of_shapes(shapes)
            found = self._together[numbers] = parse_source(Source("all fences", text, stand_in=True))
        return found


@cache
def all_but(shape: str) -> Policy:
    """Return the maximum that allows everything except a shape, which is written as JSON."""
    return parse_source(Source("everything else", maximum_of_shapes([json.loads(shape)]), stand_in=True))
