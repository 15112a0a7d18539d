"""`prove --needs`: is everything that somebody must be able to do still allowed? The reverse of `prove`.

    granted  =  for every request: needs(request) implies allowed(request)

A request that is missing is one that the needs allow and that some level does not allow, or some document denies:

    needs(request) and (not level 1 or not level 2 or ... or RCP 1 denies or ...)

A search is about a conjunction of claims, so each of these is searched by itself, with its share of the time. One
request that is found is enough, whatever the other searches came to. That all is granted takes a proof of each. A part
of a document without a value yet is the same variable in each search, so the proof holds for every value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TypeAlias

from verifier.base.budget import Budget, deadline
from verifier.base.errors import LimitReached
from verifier.clouds.cloud import Document, Documents
from verifier.logic.readings import USUAL, Reading
from verifier.logic.request import Request
from verifier.questions.ask import Ask
from verifier.questions.claims import Claim, Level, Says, replays
from verifier.questions.prove import allowed, assumptions_of
from verifier.questions.question import NeedsQuestion
from verifier.questions.search import empty, search
from verifier.questions.verdict import Absent, Found, Granted, Hinges, Missing, NeedsVerdict, SearchResult, Undecided
from verifier.questions.worlds import Show, as_found, with_leaning
from verifier.smt.solve import Unknown

Refusal: TypeAlias = tuple[Claim, ...]


def prove_needs(question: NeedsQuestion, ask: Ask = Ask(), show: Show = as_found) -> NeedsVerdict:
    """Return whether the documents allow together all that is needed; `show` is that of `prove`.

    Raises PolicyError where a document is not what its place requires, ValueError where there is no identity policy.
    """
    question.check()
    try:
        with deadline(ask.seconds):
            return _proved(question, ask, show)
    except LimitReached as limit:
        return Undecided(str(limit), world=ask.world)


def refusals(question: NeedsQuestion) -> tuple[Refusal, ...]:
    """Return the claims of each way in which a request can be missing: it is needed, and one claim does not hold of
    those that say together that it is allowed.
    """
    needed = _needed(question.needs)
    return tuple((needed, _denied(claim)) for claim in allowed(question.documents))


def first_refusals(question: NeedsQuestion) -> tuple[Refusal, ...]:
    """Return `refusals` without a request that two of them share: each is about what those before let through."""
    claims = allowed(question.documents)
    needed = _needed(question.needs)
    return tuple((needed, *claims[:number], _denied(claim)) for number, claim in enumerate(claims))


def assumed_of_needs(question: NeedsQuestion, ask: Ask, *, proved: bool = False) -> tuple[str, ...]:
    """Return what an answer to `question` takes for granted."""
    return assumptions_of(question.policies(), ask, question.documents, proved=proved, granting=True)


def stopping(documents: Documents, request: Request, reading: Reading = USUAL) -> tuple[str, ...]:
    """Return what does not let `request` through: the names of levels and of documents that only deny."""
    places = (*(place for place, _ in documents.levels()), *(place for place, _ in documents.denials()))
    claims = allowed(documents)
    named = zip(places, claims, strict=True)
    return tuple(str(place) for place, claim in named if not replays((claim,), request, reading))


def _needed(needs: Document) -> Claim:
    return Claim(Level((needs,)), Says.ALLOWS)


def _denied(claim: Claim) -> Claim:
    return replace(claim, holds=not claim.holds)


def _proved(question: NeedsQuestion, ask: Ask, show: Show) -> NeedsVerdict:
    budget = Budget.of(ask.seconds)
    assumed = partial(assumed_of_needs, question, ask)
    open_sides: list[Unknown | Hinges] = []
    ways = refusals(question)
    for number, claims in enumerate(ways):
        share = Budget.of(budget.remaining / (len(ways) - number))
        match _searched(claims, share, ask, show):
            case Found(request, fit, reading):
                return Missing(request, stopping(question.documents, request, reading), assumed(), fit, ask.world)
            case Absent():
                pass
            case side:
                open_sides.append(side)
    undecided = _open(open_sides, ask, assumed())
    if undecided is not None:
        return undecided
    return Granted(empty((_needed(question.needs),), budget, ask), assumed(proved=True), ask.world)


def _searched(claims: Refusal, budget: Budget, ask: Ask, show: Show) -> SearchResult:
    return with_leaning(claims, show(claims, search(claims, budget, ask), budget, ask))


def _open(sides: Sequence[Unknown | Hinges], ask: Ask, assumes: tuple[str, ...]) -> Undecided | None:
    """Return why nothing is decided, None where nothing is open: a request that depends on a reading says most."""
    for side in sides:
        if isinstance(side, Hinges):
            return Undecided(side.reason("is needed and not allowed"), assumes, ask.world, side)
    return next((Undecided(side.reason, assumes, ask.world) for side in sides if isinstance(side, Unknown)), None)
