"""`prove`: is everything that is allowed within the maximum? And `confine`: is every service blocked but these?

    allowed(request)  =  identity and boundary and session and every SCP level allow it, and no RCP denies it
    contained         =  for every request: allowed(request) implies maximum(request)

So the search is for a request that is allowed and that the maximum does not allow (interface.md). The maximum of
`confine` is every action of the services named. `assumptions_of` is what an answer takes for granted, said by the cloud
of the documents.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import TypeAlias, assert_never

from verifier.base.budget import Budget, deadline
from verifier.base.errors import LimitReached, Unsupported
from verifier.clouds.cloud import Document, Documents
from verifier.questions.ask import Ask, Readings, World
from verifier.questions.claims import Claim, Level, Says
from verifier.questions.question import ConfineQuestion, ProveQuestion
from verifier.questions.search import NOT_CONFIRMED, empty
from verifier.questions.verdict import Absent, Contained, Escapes, Found, Hinges, Undecided, Verdict
from verifier.questions.ways import allowed_ways, search_ways
from verifier.questions.worlds import ANY_WILL_DO, Show, as_found
from verifier.smt.solve import Unknown

# What may refute a question before the search; raises LimitReached.
First: TypeAlias = Callable[[Budget], Escapes | None]


def assumptions_of(
    policies: Sequence[Document],
    ask: Ask,
    together: Documents | None = None,
    *,
    proved: bool = False,
    every_service: bool = False,
    granting: bool = False,
) -> tuple[str, ...]:
    """Return what an answer about `policies` assumes, asked as `ask` says, and about the places that they have
    `together`; `proved`: it is one about all requests; `every_service`: it decides about every
    service, whatever the documents name; `granting`: it says that something is allowed.
    """
    return policies[0].cloud.assumptions(
        policies,
        together,
        narrowed=ask.world is not World.ALL,
        as_usual=ask.readings is Readings.USUAL,
        proved=proved,
        every_service=every_service,
        granting=granting,
    )


def prove(question: ProveQuestion, ask: Ask = Ask(), show: Show = as_found) -> Verdict:
    """Return whether what the documents allow together lies within what the maximum allows.

    `show` says which counterexample is shown: the one that is found, where the answer is shown to nobody.
    Raises PolicyError where a document is not what its place requires, ValueError where there is no identity policy.
    """
    if show not in ANY_WILL_DO:
        question.check()
        return contained(question.documents, question.maximum, ask, show)
    known, tried = _refuting()
    found = known(question, ask, show)
    if found is None:
        question.check()
        first = partial(tried, question, ask, show)
        return contained(question.documents, question.maximum, ask, show, first=first)
    return found


@cache
def _refuting() -> tuple[Callable[[ProveQuestion, Ask, Show], Escapes | None], Callable[..., Escapes | None]]:
    """Return the step before the search, which is loaded where it may show any request, and once."""
    from verifier.questions.refute import refuted_by_memory, tried  # noqa: PLC0415 - as above

    return refuted_by_memory, tried


def beyond(claims: Sequence[Claim], maximum: Document) -> tuple[Claim, ...]:
    """Return the claims of a request that escapes: `claims`, and that the maximum does not allow it."""
    return (*claims, Claim(Level((maximum,)), Says.ALLOWS, holds=False))


def contained(
    documents: Documents,
    maximum: Document,
    ask: Ask,
    show: Show,
    *,
    every_service: bool = False,
    first: First | None = None,
) -> Verdict:
    """Return whether every request that `documents` allow together is allowed by `maximum`; all have been checked.

    `every_service` is that of `assumptions_of`. `first` may find a counterexample before the search.
    """
    try:
        with deadline(ask.seconds):
            found = first(Budget.of(ask.seconds)) if first else None
            if found is not None:
                return found
            return _contained(documents, maximum, ask, show, every_service=every_service)
    except LimitReached as limit:
        return Undecided(str(limit), world=ask.world)


def _contained(documents: Documents, maximum: Document, ask: Ask, show: Show, *, every_service: bool) -> Verdict:
    policies = (*(policy for _, policy in documents.placed()), maximum)
    assumed = partial(assumptions_of, policies, ask, documents, every_service=every_service)
    budget = Budget.of(ask.seconds)
    try:
        ways = allowed_ways(documents, maximum)
    except Unsupported as unsupported:
        return Undecided(str(unsupported), assumed(), ask.world)
    match search_ways([beyond(claims, maximum) for claims in ways], budget, ask, show):
        case Found(request, fit):
            if not fit.leans and documents.cloud.contradicts(documents, request):
                return Undecided(NOT_CONFIRMED, assumed(), ask.world)
            return Escapes(request, assumed(), fit, ask.world)
        case Hinges() as found:
            return Undecided(found.reason("escapes"), assumed(), ask.world, found)
        case Unknown(reason):
            return Undecided(reason, assumed(), ask.world)
        case Absent():
            return Contained(all_empty(ways, budget, ask), assumed(proved=True), ask.world)
        case other:
            assert_never(other)


def all_empty(ways: Sequence[Sequence[Claim]], budget: Budget, ask: Ask) -> bool | None:
    """Return whether nothing at all is allowed; None where that was not found out."""
    found = [empty(claims, budget, ask) for claims in ways]
    return None if None in found and False not in found else all(found)


def confine(question: ConfineQuestion, ask: Ask = Ask(), show: Show = as_found) -> Verdict:
    """Return whether everything that the document allows is an action of one of the services (`s3`, `dynamodb`, ...).

    `show` is that of `prove`.
    Raises PolicyError for a document that is not what it is told to be, UsageError for a name that is not a service's.
    """
    return contained(question.documents, maximum_of(question), ask, show, every_service=True)


def maximum_of(question: ConfineQuestion) -> Document:
    """Return the document that allows all of the services and nothing else. Raises as `confine`."""
    return question.document.cloud.only_services(question.services)
