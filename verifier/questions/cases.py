"""What claims become, action by action: one formula for all actions that meet the same rules.

    cases(claims, actions, budget)    each action with its `Case`, the same object for actions that meet the same rules
    standing_for(claims, budget)      actions that stand for all that can make the claims true

Whoever asks about every action goes over these: the search, the regions and their proof, and the world of a cloud.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from verifier.base.budget import Budget
from verifier.logic.action_classes import representatives
from verifier.logic.formula import Formula
from verifier.logic.hinges import under_others
from verifier.logic.propagate import Conjunctions
from verifier.questions.claims import Claim, Level, Signature, reach


class Case:
    """The actions that meet just the rules `met` of each level, and what the claims say of them."""

    __slots__ = ("_conjunctions", "_formula", "_said", "claims", "met")

    def __init__(self, claims: Sequence[Claim], met: dict[Level, Signature], conjunctions: Conjunctions) -> None:
        """Work out what is said when it is asked for."""
        self.claims = claims
        self.met = met
        self._conjunctions = conjunctions
        self._said: tuple[Formula, ...] | None = None
        self._formula: Formula | None = None

    @property
    def said(self) -> tuple[Formula, ...]:
        """What each claim says."""
        if self._said is None:
            self._said = tuple([claim.at(self.met[claim.level]) for claim in self.claims])
        return self._said

    @property
    def formula(self) -> Formula:
        """What all claims say together; of levels with readings under those that are not usual. Raises LimitReached."""
        if self._formula is None:
            formula = self._conjunctions.of(self.said)
            self._formula = under_others(formula) if any(level.readings for level in self.met) else formula
        return self._formula

    @property
    def hangs(self) -> bool:
        """Whether a rule of a level with readings hangs on a point."""
        return any(level.hangs(met) for level, met in self.met.items())


def cases(claims: Sequence[Claim], actions: Iterable[str], budget: Budget) -> Iterator[tuple[str, Case]]:
    """Yield each of `actions`, in lower case, with its case. Raises LimitReached as `actions` do."""
    levels = tuple(dict.fromkeys(claim.level for claim in claims))
    conjunctions = Conjunctions(budget)
    known: dict[tuple[Signature, ...], Case] = {}
    for action in actions:
        met = tuple([level.met(action) for level in levels])
        case = known.get(met)
        if case is None:
            case = known[met] = Case(claims, dict(zip(levels, met, strict=True)), conjunctions)
        yield action, case


def standing_for(claims: Sequence[Claim], budget: Budget) -> Iterator[str]:
    """Yield actions that stand for every action of which `claims` can be true. Raises LimitReached."""
    levels = dict.fromkeys(claim.level for claim in claims)
    return representatives(reach(claims), [ruleset for level in levels for ruleset in level.rulesets], budget)
