"""Claims: what a question says of a request, document by document.

    Level               one or several documents that act as one (rules 29 and 30)
    Claim               a level allows the request, or explicitly denies it, or does not
    cases               each action with its `ActionCase`, the same object for actions that meet the same rules
    standing_for        actions that stand for all that can make the claims true
    decode              the request of a model
    replays             whether all claims are true of a request, by the evaluator alone

A question is a conjunction of claims; each gives a formula for one action (`at`) and one formula with the action as a
variable (`whole`). The reading of this file is the definition of both. The search, the regions with their proof, and
the world of a cloud ask about every action by `cases`: one formula for all actions that meet the same rules.

Every counterexample is replayed. The cloud's evaluator alone says what documents do with the request; it shares no code
with the search that found the model. The request must also be possible: if the cloud says that a key holds one value
only, or values of one type (`can_hold`), that is checked too, because the evaluator judges any request.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import TypeAlias, assert_never

from verifier.base.budget import Budget
from verifier.base.dataclass import dataclass
from verifier.base.memo import cached_property
from verifier.clouds.cloud import Cloud, Document
from verifier.logic.action_classes import representatives
from verifier.logic.actions import ActionPattern, Effect
from verifier.logic.formula import ACTION, FALSE, RESOURCE, Element, Formula, all_of, any_of, negate
from verifier.logic.hinges import under_others
from verifier.logic.propagate import Conjunctions
from verifier.logic.readings import USUAL, Point, Reading
from verifier.logic.request import PRINCIPAL, Request
from verifier.logic.rules import MOST_REMEMBERED, Reach, Rule, Ruleset
from verifier.logic.theory import Model
from verifier.strings.values import Key

# Which rules of each document an action meets.
Signature: TypeAlias = tuple[frozenset[int], ...]


@dataclass(frozen=True, eq=False)
class Level:
    """Documents that act as one: some Allow of them matches, and no Deny of them does.

    With `readings` the points that AWS's guide leaves open are variables, and with `only_unknown` of these only what is
    unknown of the documents; else they are read as usual.
    """

    policies: tuple[Document, ...]
    readings: bool = False
    only_unknown: bool = False

    @property
    def touched(self) -> Reading:
        """The points that the documents touch."""
        return frozenset[Point]().union(*(policy.cloud.touched(policy) for policy in self.policies))

    @cached_property
    def rulesets(self) -> tuple[Ruleset, ...]:
        """The compiled documents."""
        return tuple(
            policy.cloud.compiled(policy, readings=self.readings, only_unknown=self.only_unknown)
            for policy in self.policies
        )

    def met(self, action: str) -> Signature:
        """Return, document by document, the rules that `action` meets: all that a level knows of an action."""
        return tuple([ruleset.at(action) for ruleset in self.rulesets])

    def rules(self, signature: Signature) -> Iterable[Rule]:
        """Return the rules that a signature names."""
        for ruleset, numbers in zip(self.rulesets, signature, strict=True):
            for number in sorted(numbers):
                yield ruleset.rules[number]

    def guards(self, signature: Signature) -> Mapping[Effect, Set[Formula]]:
        """Return the guards of the rules that a signature names, by effect."""
        found: dict[Effect, set[Formula]] = {Effect.ALLOW: set(), Effect.DENY: set()}
        for rule in self.rules(signature):
            found[rule.effect].add(rule.guard)
        return found

    def hangs(self, signature: Signature) -> bool:
        """Whether a rule that a signature names depends on a point."""
        return self.readings and any(rule.hangs_on for rule in self.rules(signature))

    @cached_property
    def all_rules(self) -> tuple[Rule, ...]:
        """Every rule of every document."""
        return tuple(rule for ruleset in self.rulesets for rule in ruleset.rules)


class Says(enum.Enum):
    """What a level can say of a request."""

    ALLOWS = "allows"
    DENIES = "denies"

    def at_least(self, one: Mapping[Effect, Set[Formula]], other: Mapping[Effect, Set[Formula]]) -> bool:
        """Whether it is plain that rules with the guards `other` say so wherever rules with the guards `one` do."""
        match self:
            case Says.ALLOWS:
                return one[Effect.ALLOW] <= other[Effect.ALLOW] and other[Effect.DENY] <= one[Effect.DENY]
            case Says.DENIES:
                return one[Effect.DENY] <= other[Effect.DENY]


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
        """What covers every action that can make a claim that holds true."""
        effect = Effect.ALLOW if self.says is Says.ALLOWS else Effect.DENY
        parts = [ruleset.reach[effect] for ruleset in self.level.rulesets]
        return parts[0] if len(parts) == 1 else Reach.of(pattern for part in parts for pattern in part.patterns)


def reach(claims: Sequence[Claim]) -> tuple[ActionPattern, ...]:
    """Return patterns that cover every action that can make all `claims` true: those of the narrowest claim."""
    return min((claim.reach for claim in claims if claim.holds), key=lambda found: found.breadth).patterns


def cloud_of(claims: Iterable[Claim]) -> Cloud:
    """Return the cloud that the documents of `claims` belong to; there is at least one document."""
    return next(policy.cloud for claim in claims for policy in claim.level.policies)


class ActionCase:
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
            formula = FALSE if self.is_refuted else self._conjunctions.of(self.said)
            self._formula = under_others(formula) if any(level.readings for level in self.met) else formula
        return self._formula

    @property
    def is_refuted(self) -> bool:
        """Whether one level says what another does not, although both have the same rules about it.

        Most statements of two documents that are compared are the same, and need no formula then.
        """
        refused = [claim for claim in self.claims if not claim.holds]
        if not refused:
            return False
        guards = {level: level.guards(met) for level, met in self.met.items()}
        return any(
            one.says is other.says and one.says.at_least(guards[one.level], guards[other.level])
            for one in self.claims
            if one.holds
            for other in refused
        )

    @property
    def hangs(self) -> bool:
        """Whether a rule of a level with readings depends on a point."""
        return any(level.hangs(met) for level, met in self.met.items())


def cases(claims: Sequence[Claim], actions: Iterable[str], budget: Budget) -> Iterator[tuple[str, ActionCase]]:
    """Yield each of `actions`, in lower case, with its case. Raises LimitReached as `actions` do."""
    levels = tuple(dict.fromkeys(claim.level for claim in claims))
    conjunctions = Conjunctions(budget)
    known: dict[tuple[Signature, ...], ActionCase] = {}
    for action in actions:
        met = tuple([level.met(action) for level in levels])
        case = known.get(met)
        if case is None:
            case = known[met] = ActionCase(claims, dict(zip(levels, met, strict=True)), conjunctions)
        yield action, case


def standing_for(claims: Sequence[Claim], budget: Budget) -> Iterator[str]:
    """Yield actions that stand for every action that can make `claims` true. Raises LimitReached."""
    levels = dict.fromkeys(claim.level for claim in claims)
    return representatives(reach(claims), [ruleset for level in levels for ruleset in level.rulesets], budget)


def decode(claims: Sequence[Claim], action: str | None, model: Model) -> Request:
    """Return the request of `model`, for `action` where the model does not name it.

    The action is written as some document spells it. A key's list repeats its value where the model needs only one.
    """
    values: dict[Key, list[str]] = {}
    for text, value in model.texts.items():
        if isinstance(text, Element):
            values.setdefault(text.key, []).append(value)
    for key in model.lists:
        if len(values[key]) == 1:
            values[key] *= 2
    lowered = action or model.texts.get(ACTION, "any:action")
    principal, *_ = values.get(PRINCIPAL, (None,))
    context = {key.name: value for key, value in values.items() if not key.is_hidden}
    resource = model.texts.get(RESOURCE, "*")
    return cloud_of(claims).request(_as_written(claims, lowered), resource, context, principal)


def _as_written(claims: Iterable[Claim], action: str) -> str:
    """Return the action in the case in which some document spells it."""
    spelled = (ruleset.spelled.get(action) for claim in claims for ruleset in claim.level.rulesets)
    return next(filter(None, spelled), action)


def replays(claims: Sequence[Claim], request: Request, reading: Reading = USUAL) -> bool:
    """Whether all claims are true of `request` under `reading`, by the evaluator alone, and its keys hold what they can
    hold.
    """
    cloud = cloud_of(claims)
    judged = all(_is_true(claim, cloud, request, reading) for claim in claims)
    return judged and all(cloud.can_hold(key, request.values(key)) for key in request.context)


def _is_true(claim: Claim, cloud: Cloud, request: Request, reading: Reading) -> bool:
    match claim.says:
        case Says.ALLOWS:
            said = cloud.allows(claim.level.policies, request, reading)
        case Says.DENIES:
            said = cloud.denies(claim.level.policies, request, reading)
        case _:
            assert_never(claim.says)
    return said == claim.holds
