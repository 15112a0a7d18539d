"""Claims: what a question says of a request, document by document.

A `Level` is one or several documents that act as one (rule 29 and 30). A `Claim` says that a level allows the request,
or explicitly denies it, or does not. A question is a conjunction of claims; each gives a formula for one action (`at`)
and one formula with the action as a variable (`whole`). The reading of this file is the definition of both.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TypeAlias

from verifier.base.dataclass import dataclass
from verifier.clouds.cloud import Cloud, Document
from verifier.logic.actions import ActionPattern, Effect
from verifier.logic.formula import Formula, all_of, any_of, negate
from verifier.logic.readings import Point, Reading
from verifier.logic.rules import MOST_REMEMBERED, Reach, Rule, Ruleset

# Which rules of each document an action meets.
Signature: TypeAlias = tuple[frozenset[int], ...]


@dataclass(frozen=True, eq=False)
class Level:
    """Documents that act as one: some Allow of them matches, and no Deny of them does.

    With `readings` the points that AWS's guide leaves open are variables; else they are read as usual.
    """

    policies: tuple[Document, ...]
    readings: bool = False

    @property
    def touched(self) -> Reading:
        """The points that the documents touch."""
        return frozenset[Point]().union(*(policy.cloud.touched(policy) for policy in self.policies))

    @cached_property
    def rulesets(self) -> tuple[Ruleset, ...]:
        """The compiled documents."""
        return tuple(policy.cloud.compiled(policy, readings=self.readings) for policy in self.policies)

    def met(self, action: str) -> Signature:
        """Return which rules of which document `action` meets: all that a level knows of an action."""
        return tuple(ruleset.at(action) for ruleset in self.rulesets)

    def rules(self, signature: Signature) -> Iterable[Rule]:
        """Return the rules that a signature names."""
        for ruleset, numbers in zip(self.rulesets, signature, strict=True):
            for number in sorted(numbers):
                yield ruleset.rules[number]

    def hangs(self, signature: Signature) -> bool:
        """Whether a rule that a signature names hangs on a point."""
        return self.readings and any(rule.hangs_on for rule in self.rules(signature))

    @cached_property
    def all_rules(self) -> tuple[Rule, ...]:
        """Every rule of every document."""
        return tuple(rule for ruleset in self.rulesets for rule in ruleset.rules)


class Says(enum.Enum):
    """What a level can say of a request."""

    ALLOWS = "allows"
    DENIES = "denies"


@dataclass(frozen=True, eq=False)
class Claim:
    """`level` says `says` of the request, or does not say it where `holds` is False."""

    level: Level
    says: Says
    holds: bool = True

    def at(self, signature: Signature) -> Formula:
        """Return the claim as a formula, for the actions that meet just the rules of `signature`."""
        found = self._known.get(signature)
        if found is None:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            rules = self.level.rules(signature)
            found = self._known[signature] = self._formula((rule.effect, rule.guard) for rule in rules)
        return found

    @cached_property
    def _known(self) -> dict[Signature, Formula]:
        """The formulas by signature; those of a single document stay with it, for the next question."""
        if len(self.level.rulesets) != 1:
            return {}
        return self.level.rulesets[0].remembered.setdefault((self.says, self.holds), {})

    @cached_property
    def whole(self) -> Formula:
        """The claim as a formula about the action too."""
        return self._formula((rule.effect, rule.whole) for rule in self.level.all_rules)

    def _formula(self, rules: Iterable[tuple[Effect, Formula]]) -> Formula:
        allows: list[Formula] = []
        denies: list[Formula] = []
        for effect, formula in rules:
            (allows if effect is Effect.ALLOW else denies).append(formula)
        denied = any_of(denies)
        said = denied if self.says is Says.DENIES else all_of((any_of(allows), negate(denied)))
        return said if self.holds else negate(said)

    @property
    def reach(self) -> Reach:
        """What covers every action of which a claim that holds can be true."""
        effect = Effect.ALLOW if self.says is Says.ALLOWS else Effect.DENY
        parts = [ruleset.reach[effect] for ruleset in self.level.rulesets]
        return parts[0] if len(parts) == 1 else Reach.of(pattern for part in parts for pattern in part.patterns)


def reach(claims: Sequence[Claim]) -> tuple[ActionPattern, ...]:
    """Return patterns that cover every action of which all `claims` can be true: those of the narrowest claim."""
    return min((claim.reach for claim in claims if claim.holds), key=lambda found: found.breadth).patterns


def cloud_of(claims: Iterable[Claim]) -> Cloud:
    """Return the cloud that the documents of `claims`, of which there is one at least, belong to."""
    return next(policy.cloud for claim in claims for policy in claim.level.policies)
