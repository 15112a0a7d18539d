"""`prove --needs`: is everything that somebody must be able to do still allowed? The reverse of `prove`.

    granted  =  for every request: needs(request) implies allowed(request)

A request that is missing is one that the needs allow and that some level does not allow, or some document denies:

    needs(request) and (not level 1 or not level 2 or ... or RCP 1 denies or ...)
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import assert_never

from verifier.base.budget import Budget, deadline
from verifier.base.errors import LimitReached, Unsupported
from verifier.clouds.cloud import Documents
from verifier.logic.readings import USUAL, Reading
from verifier.logic.request import Request
from verifier.questions.ask import Ask
from verifier.questions.claims import Claim, Level, Says, replays
from verifier.questions.prove import assumptions_of
from verifier.questions.question import NeedsQuestion
from verifier.questions.search import NOT_CONFIRMED, empty
from verifier.questions.verdict import Absent, Found, Granted, Hinges, Missing, NeedsVerdict, Undecided
from verifier.questions.ways import Way, allowed, search_ways, ways_not_allowed
from verifier.questions.worlds import Show, as_found
from verifier.smt.solve import Unknown


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


def refusals(question: NeedsQuestion, *, apart: bool = False) -> tuple[Way, ...]:
    """Return the claims of each way in which a request can be missing; `apart` is that of `ways_not_allowed`."""
    return ways_not_allowed(_needed(question), question.documents, apart=apart)


def assumed_of_needs(question: NeedsQuestion, ask: Ask, *, proved: bool = False) -> tuple[str, ...]:
    """Return what an answer to `question` takes for granted."""
    return assumptions_of(question.policies(), ask, question.documents, proved=proved, granting=True)


def stopping(documents: Documents, request: Request, reading: Reading = USUAL) -> tuple[str, ...]:
    """Return what does not let `request` through: the names of levels and of documents that only deny."""
    if documents.tells_who:
        return tuple(_not_letting(documents, request, reading))
    places = (*(place for place, _ in documents.levels()), *(place for place, _ in documents.denials()))
    claims = allowed(documents)
    named = zip(places, claims, strict=True)
    return tuple(str(place) for place, claim in named if not replays((claim,), request, reading))


def _not_letting(documents: Documents, request: Request, reading: Reading) -> Iterator[str]:
    """Yield the levels and documents that do not let `request` through, where it is told who asks."""
    cloud, open_ = documents.cloud, documents.open_levels()
    for place, level in documents.levels():
        denies = cloud.denies(level, request, reading)
        if denies or (place not in open_ and not cloud.allows(level, request, reading)):
            yield str(place)
    yield from (str(place) for place, one in documents.denials() if cloud.denies((one,), request, reading))
    for place, one in documents.resource_side(request):
        if not cloud.allows((one,), request, reading):
            yield str(place)


def _needed(question: NeedsQuestion) -> Way:
    return (Claim(Level((question.needs,)), Says.ALLOWS),)


def _proved(question: NeedsQuestion, ask: Ask, show: Show) -> NeedsVerdict:
    budget = Budget.of(ask.seconds)
    assumed = partial(assumed_of_needs, question, ask)
    try:
        ways = refusals(question)
    except Unsupported as unsupported:
        return Undecided(str(unsupported), assumed(), ask.world)
    match search_ways(ways, budget, ask, show):
        case Found(request, fit, reading):
            documents = question.documents
            if documents.tells_who and not fit.leans and not documents.cloud.contradicts(documents, request):
                return Undecided(NOT_CONFIRMED, assumed(), ask.world)
            return Missing(request, stopping(question.documents, request, reading), assumed(), fit, ask.world)
        case Hinges() as found:
            return Undecided(found.reason("is needed and not allowed"), assumed(), ask.world, found)
        case Unknown(reason):
            return Undecided(reason, assumed(), ask.world)
        case Absent():
            return Granted(empty(_needed(question), budget, ask), assumed(proved=True), ask.world)
        case other:
            assert_never(other)
