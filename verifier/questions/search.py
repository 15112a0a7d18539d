"""The one search behind every question: is there a request of which all claims are true?

    Found(request)   one, replayed through the evaluator
    Absent           none: a proof
    Unknown(reason)  neither was found out

Actions come first: for each action that stands for others (`logic/actions.py`) the claims become a formula about
resource and context, equal formulas are asked about once, and `smt.solve` decides each. Where the patterns cut the
actions into too many classes, the one formula with the action as a variable is asked about instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias, assert_never

from verifier.errors import LimitReached, UndecidedError
from verifier.logic.actions import representatives
from verifier.logic.budget import Budget
from verifier.logic.claims import Claim, Level, Says, reach
from verifier.logic.formula import ACTION, FALSE, RESOURCE, Element, Formula, all_of
from verifier.logic.realise import Model
from verifier.logic.simplify import Conjunctions
from verifier.policy.key import Key
from verifier.questions.limits import Encoding, Limits
from verifier.semantics.evaluate import allows, denies
from verifier.semantics.request import Request
from verifier.smt import solve as smt
from verifier.smt.solve import Sat, Unknown, Unsat, solve

_MOST_DROPPED = 64


@dataclass(frozen=True, slots=True)
class Found:
    """Every claim is true of this request, says the evaluator."""

    request: Request


@dataclass(frozen=True, slots=True)
class Absent:
    """No request makes every claim true."""


Outcome: TypeAlias = Found | Absent | Unknown


def search(claims: Sequence[Claim], budget: Budget, limits: Limits) -> Outcome:
    """Look for a request of which all `claims` are true; at least one of them must be one that holds."""
    try:
        if limits.encoding is Encoding.STRINGS:
            from verifier.smt.strings import solve_strings  # noqa: PLC0415  # rarely asked for

            return _answer(claims, None, solve_strings(whole(claims), budget))
        return _search(claims, budget)
    except _TooManyClasses:
        return _answer(claims, None, solve(whole(claims), budget))
    except UndecidedError as limit:
        return Unknown(str(limit))
    except RecursionError:
        return Unknown("a pattern has too many parts")


def _search(claims: Sequence[Claim], budget: Budget) -> Outcome:
    unknown: Unknown | None = None
    try:
        for action, formula in _cases(claims, budget):
            match _answer(claims, action, solve(formula, budget)):
                case Found() as found:
                    return found
                case Unknown() as reason:
                    unknown = unknown or reason
                    budget.check()
                case Absent():
                    pass
    except _TooManyClasses:
        raise
    except UndecidedError as limit:
        return unknown or Unknown(str(limit))
    return unknown or Absent()


class _TooManyClasses(LimitReached):
    """The actions cannot be told apart one by one."""


def _cases(claims: Sequence[Claim], budget: Budget) -> Iterator[tuple[str, Formula]]:
    """Yield each formula that the claims become for some action, once, with that action."""
    levels = tuple(dict.fromkeys(claim.level for claim in claims))
    rulesets = [ruleset for level in levels for ruleset in level.rulesets]
    seen: set[object] = set()
    conjunctions = Conjunctions(budget)
    try:
        for action in representatives(reach(claims), rulesets, budget):
            met = {level: level.met(action) for level in levels}
            signature = tuple(met.values())
            if signature in seen:
                continue
            seen.add(signature)
            budget.check()
            formula = conjunctions.of(claim.at(met[claim.level]) for claim in claims)
            if formula != FALSE and formula not in seen:
                seen.add(formula)
                yield action, formula
    except LimitReached as limit:
        budget.check()
        raise _TooManyClasses(str(limit)) from None


def whole(claims: Iterable[Claim]) -> Formula:
    """Return the claims as one formula with the action as a variable."""
    return all_of(claim.whole for claim in claims)


def _answer(claims: Sequence[Claim], action: str | None, outcome: smt.Outcome) -> Outcome:
    match outcome:
        case Unsat():
            return Absent()
        case Unknown() as unknown:
            return unknown
        case Sat(model):
            return _replayed(claims, _request(claims, action, model))
        case other:
            assert_never(other)


def _request(claims: Iterable[Claim], action: str | None, model: Model) -> Request:
    """Decode the texts of a model. A key's list repeats its value where the model needs only one."""
    values: dict[Key, list[str]] = {}
    for text, value in model.texts.items():
        if isinstance(text, Element):
            values.setdefault(text.key, []).append(value)
    for key in model.lists:
        if len(values[key]) == 1:
            values[key] *= 2
    lowered = action or model.texts.get(ACTION, "any:action")
    context = {key.name: value for key, value in values.items()}
    return Request.of(_as_written(claims, lowered), model.texts.get(RESOURCE, "*"), context)


def _as_written(claims: Iterable[Claim], action: str) -> str:
    """Return the action in the case in which some document spells it."""
    spelled = (ruleset.spelled.get(action) for claim in claims for ruleset in claim.level.rulesets)
    return next(filter(None, spelled), action)


def _replayed(claims: Sequence[Claim], request: Request) -> Found | Unknown:
    """Return the request once the evaluator agrees, with only those keys that must be present."""
    if not replays(claims, request):
        return Unknown("a counterexample was found that the evaluator does not confirm")
    for key in tuple(request.context)[:_MOST_DROPPED]:
        smaller = _without(request, key)
        if replays(claims, smaller):
            request = smaller
    return Found(_with_known_action(claims, request))


def _with_known_action(claims: Sequence[Claim], request: Request) -> Request:
    """Return the request with an action that AWS has, where one meets the same rules and the evaluator agrees (rule
    4).
    """
    from verifier.questions.known_actions import known_actions  # noqa: PLC0415  # the catalogue only where it is needed

    levels = tuple(dict.fromkeys(claim.level for claim in claims))
    for action in known_actions(request.action, levels):
        other = Request(action, request.resource, request.context, request.principal)
        if replays(claims, other):
            return other
    return request


def _without(request: Request, key: Key) -> Request:
    context = {other: value for other, value in request.context.items() if other != key}
    return Request(request.action, request.resource, context, request.principal)


def replays(claims: Iterable[Claim], request: Request) -> bool:
    """Whether all claims are true of `request`, by the evaluator alone."""
    return all(_says(claim.level, claim.says, request) == claim.holds for claim in claims)


def _says(level: Level, says: Says, request: Request) -> bool:
    match says:
        case Says.ALLOWS:
            return allows(level.policies, request)
        case Says.DENIES:
            return denies(level.policies, request)
        case _:
            assert_never(says)
