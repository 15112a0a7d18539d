"""Premises: what is taken for granted of a request, in the place of a document (`compile/principals.py` makes them).

A premise allows the requests that it is true of, and denies none. So a search, its replay and the choice of what is
shown treat it like every other document: its `formulas` are for the prover, its `test` for the evaluator; neither is
made of the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from verifier.base.dataclass import dataclass
from verifier.base.memo import cached_property
from verifier.base.source import Source
from verifier.clouds.aws.policy.syntax import Policy, Version
from verifier.logic.actions import EVERY_ACTION, ActionSet, Effect
from verifier.logic.formula import Formula
from verifier.logic.request import Request
from verifier.logic.rules import Rule, Ruleset

EVERY = ActionSet((EVERY_ACTION,))


@dataclass(frozen=True, eq=False)
class Premise(Policy):
    """See above. It has no statements; `formulas` says for which actions which formula must hold."""

    formulas: tuple[tuple[ActionSet, Formula], ...] = ()
    test: Callable[[Request], bool] = bool

    @cached_property
    def ruleset(self) -> Ruleset:
        """It, compiled."""
        return Ruleset(tuple(Rule.of(Effect.ALLOW, *each) for each in self.formulas), dict)


def premise(name: str, formulas: Iterable[tuple[ActionSet, Formula]], test: Callable[[Request], bool]) -> Premise:
    """Return the premise called `name`."""
    source = Source(name, "", stand_in=True)
    return Premise(Version.V2012, None, (), source, formulas=tuple(formulas), test=test)
