"""The one search behind every question: is there a request that makes all claims true?

    Found(request)           one, replayed through the evaluator, under the usual reading of AWS's guide
    Hinges(request, points)  one under another reading only: if AWS reads these points the other way
    Absent                   no request, under every reading: a proof
    Unknown(reason)          neither was found out

Actions come first. For each action that stands for others (`logic/action_classes.py`) the claims become a formula about
resource and context, equal formulas are asked about once, and `smt.solve` decides each. If the patterns cut the actions
into too many classes, one formula with the action as a variable is asked about instead.

For most actions all documents but one have nothing to say: their Allow has no condition, or the maximum does not allow
the action at all. What is left is the formula of one document, the same in every question about it, so
`solve_memoised` remembers its outcome with that document. That is exact: the outcome depends on the formula alone, and
what was not found out is not remembered.

If AWS's guide is unclear, the usual reading is asked about first, as if there were no other. Only if nothing was found,
and a document touches such a point, the question is asked again with the points as variables (`worlds.py`), for the
actions on which a point can bear. With `Readings.USUAL` only what is unknown of a document is open. A request that
escapes for some value of an unknown is one that escapes, and the answer says so (`worlds.leaning`).

In the world of AWS's catalogue (`--world aws`) the question itself is narrowed, and that world searches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import assert_never
from weakref import WeakKeyDictionary

from verifier.base.budget import Budget, bounded
from verifier.base.errors import LimitReached, UndecidedError
from verifier.clouds.cloud import Document
from verifier.logic.formula import FALSE, TRUE, Formula, all_of
from verifier.logic.hinges import under_others
from verifier.logic.request import Domains
from verifier.logic.rules import MOST_REMEMBERED
from verifier.questions.ask import Ask, Encoding, Readings, World
from verifier.questions.claims import ActionCase, Claim, Says, cases, cloud_of, decode, replays, standing_for
from verifier.questions.verdict import Absent, Found, Hinges, SearchResult
from verifier.questions.worlds import Solver, every_reading, hinges, search_in, touch
from verifier.smt import solve as smt
from verifier.smt.solve import Sat, Satisfiability, Unknown, Unsat, solve

NOT_CONFIRMED = "a counterexample was found that the evaluator does not confirm"


def search(claims: Sequence[Claim], budget: Budget, ask: Ask) -> SearchResult:
    """Look for a request that makes all `claims` true; at least one of them must be one that holds.

    The request is replayed, and otherwise left as it was found: which one to show is not for the search to say
    (`worlds.py`).
    """
    if _is_about_nothing(claims, ask):
        return Absent()
    usual = _asked(claims, budget, ask)
    if not isinstance(usual, Absent) or not touch(claims, ask.readings):
        return usual
    every = every_reading(claims, ask.readings)
    match _asked(every, budget, ask):
        case Found() as found:
            return hinges(every, found)
        case Unknown(reason):
            return Unknown(f"there is none under the usual reading of AWS's guide; under the others, {reason}")
        case other:
            return other


def _asked(claims: Sequence[Claim], budget: Budget, ask: Ask) -> SearchResult:
    """Look for a request; of claims under every reading, for one under a reading that is not usual."""
    answer = partial(_answer, claims)
    try:
        with bounded():
            budget.check()  # before the documents are compiled
            in_world = search_in(ask.world)
            if in_world is not None:
                return in_world(claims, budget, _solver(ask))
            if ask.encoding is Encoding.STRINGS:
                return answer(None, _solver(ask)(_hinging(claims, whole(claims)), cloud_of(claims).domains, budget))
            return _search(claims, budget, answer)
    except _TooManyClasses:
        return answer(None, solve(_hinging(claims, whole(claims)), cloud_of(claims).domains, budget))
    except UndecidedError as limit:
        return Unknown(str(limit))


def empty(claims: Sequence[Claim], budget: Budget, ask: Ask) -> bool | None:
    """Return whether no request makes all `claims` true under the usual reading; None where that was not found out.

    That something would under another reading does not make a proof about nothing a good one. Of one document alone it
    is remembered.
    """
    alone = _alone(claims, ask)
    known = None if alone is None else _EMPTY.get(alone)
    if known is not None:
        return known
    match search(claims, budget, replace(ask, readings=Readings.USUAL)):
        case Found():
            found = False
        case Absent() | Hinges():
            found = True
        case Unknown():
            return None
        case other:
            assert_never(other)
    if alone is not None:
        _EMPTY[alone] = found
    return found


def _alone(claims: Sequence[Claim], ask: Ask) -> Document | None:
    """Return the document where the claims are that it, by itself, allows a request, of all that there are."""
    plain = ask.world is World.ALL and ask.encoding is Encoding.FAST
    return _allowing(claims[0]) if plain and len(claims) == 1 else None


def _allowing(claim: Claim) -> Document | None:
    """Return the document that `claim` says to allow a request, if it is just one."""
    policies = claim.level.policies
    return policies[0] if claim.holds and claim.says is Says.ALLOWS and len(policies) == 1 else None


def _is_about_nothing(claims: Sequence[Claim], ask: Ask) -> bool:
    """Whether the claims contradict each other as they stand, or one alone is known to be true of no request, under
    every reading: then all together are.
    """
    if ask.encoding is not Encoding.FAST:
        return False
    said = {(claim.level.policies, claim.says, claim.holds) for claim in claims}
    if any((policies, says, not holds) in said for policies, says, holds in said):
        return True
    allowing = filter(None, map(_allowing, claims))
    return any(_EMPTY.get(document) is True and not document.cloud.touched(document) for document in allowing)


def _solver(ask: Ask) -> Solver:
    if ask.encoding is Encoding.STRINGS:
        from verifier.smt.strings import solve_strings  # noqa: PLC0415  # rarely asked for

        return solve_strings
    return solve


def _search(
    claims: Sequence[Claim], budget: Budget, answer: Callable[[str | None, smt.Satisfiability], SearchResult]
) -> SearchResult:
    unknown: Unknown | None = None
    try:
        for action, case in _cases(claims, budget):
            match answer(
                action, solve_memoised(case.formula, speaker(claims, case.said), cloud_of(claims).domains, budget)
            ):
                case Found() as found:
                    return found
                case Unknown() as reason:
                    unknown = unknown or reason
                    budget.check()
                case Absent() | Hinges():
                    pass
    except _TooManyClasses:
        raise
    except UndecidedError as limit:
        return unknown or Unknown(str(limit))
    return unknown or Absent()


class _TooManyClasses(LimitReached):
    """The actions cannot be told apart one by one."""


def _cases(claims: Sequence[Claim], budget: Budget) -> Iterator[tuple[str, ActionCase]]:
    """Yield, for each formula that the claims become for some action, the first case of it, with an action."""
    seen: set[object] = set()
    hinging = any(claim.level.readings for claim in claims)
    try:
        for action, case in cases(claims, standing_for(claims, budget), budget):
            if case in seen:
                continue
            seen.add(case)
            if hinging and not case.hangs:
                continue
            budget.check()
            formula = case.formula
            if formula != FALSE and formula not in seen:
                seen.add(formula)
                yield action, case
    except LimitReached as limit:
        budget.check()
        raise _TooManyClasses(str(limit)) from None


def _hinging(claims: Iterable[Claim], formula: Formula) -> Formula:
    """Return `formula`, of claims under every reading what they say under those that are not usual."""
    return under_others(formula) if any(claim.level.readings for claim in claims) else formula


def whole(claims: Iterable[Claim]) -> Formula:
    """Return the claims as one formula with the action as a variable."""
    return all_of(claim.whole for claim in claims)


def _answer(claims: Sequence[Claim], action: str | None, outcome: smt.Satisfiability) -> SearchResult:
    match outcome:
        case Unsat():
            return Absent()
        case Unknown() as unknown:
            return unknown
        case Sat(model):
            request, reading = decode(claims, action, model), model.reading
            if not replays(claims, request, reading):
                return Unknown(NOT_CONFIRMED)
            return Found(request, reading=reading)
        case other:
            assert_never(other)


_DECIDED: WeakKeyDictionary[Document, dict[Formula, Satisfiability]] = WeakKeyDictionary()
# Whether a document, by itself and under the usual reading, allows nothing.
_EMPTY: WeakKeyDictionary[Document, bool] = WeakKeyDictionary()


def solve_memoised(formula: Formula, said_by: Document | None, domains: Domains, budget: Budget) -> Satisfiability:
    """Return what `solve` returns; of a formula that `said_by` says alone, without solving it again."""
    if said_by is None:
        return solve(formula, domains, budget)
    known = _DECIDED.setdefault(said_by, {})
    outcome = known.get(formula)
    if outcome is None:
        outcome = solve(formula, domains, budget)
        if not isinstance(outcome, Unknown) and len(known) < MOST_REMEMBERED:
            known[formula] = outcome
    return outcome


def speaker(claims: Sequence[Claim], said: Sequence[Formula]) -> Document | None:
    """Return the document that alone says something, None where several do; `said` are the formulas of `claims`."""
    speaking = [claim.level.policies for claim, formula in zip(claims, said, strict=True) if formula != TRUE]
    return speaking[0][0] if len(speaking) == 1 and len(speaking[0]) == 1 else None
