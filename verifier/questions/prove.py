"""`prove`: is everything that is allowed within the maximum?

    allowed(request)  =  identity and boundary and session and every SCP level allow it, and no RCP denies it
    contained         =  for every request: allowed(request) implies maximum(request)

So the search is for a request that is allowed and that the maximum does not allow (interface.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import assert_never

from verifier.base.budget import Budget
from verifier.base.deadline import deadline
from verifier.base.errors import LimitReached
from verifier.clouds.aws.assumptions import assumptions
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.policy.check import Kind, check
from verifier.clouds.aws.policy.organisation import as_rcp
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.request import Request
from verifier.logic.claims import Claim, Level, Says
from verifier.questions.hinging import to_show
from verifier.questions.limits import Limits, World
from verifier.questions.search import Absent, Found, empty, search
from verifier.questions.verdict import Contained, Escapes, Fit, Hinges, Undecided, Verdict
from verifier.smt.solve import Unknown


def prove(
    *,
    policies: Sequence[Policy],
    maximum: Policy,
    boundary: Policy | None = None,
    session: Policy | None = None,
    scps: Iterable[Sequence[Policy]] = (),
    rcps: Iterable[Policy] = (),
    limits: Limits = Limits(),
) -> Verdict:
    """Return whether what the documents allow together lies within what `maximum` allows.

    `scps` are levels, each one or several documents. Raises PolicyError where a document is not what its place
    requires, ValueError where there is no identity policy.
    """
    if not policies:
        raise ValueError("at least one identity policy is needed")
    documents = Documents(tuple(policies), boundary, session, tuple(map(tuple, scps)), tuple(rcps))
    documents.check()
    check(maximum, Kind.MAXIMUM)
    return contained(documents, maximum, limits)


def allowed(documents: Documents) -> tuple[Claim, ...]:
    """Return the claims that a request is allowed by all documents together."""
    beside_full_access = documents.open_levels()
    levels = [
        Claim(Level(policies), Says.DENIES, holds=False)
        if place in beside_full_access
        else Claim(Level(policies), Says.ALLOWS)
        for place, policies in documents.levels()
    ]
    return (*levels, *(Claim(Level((as_rcp(rcp),)), Says.DENIES, holds=False) for rcp in documents.rcps))


def beyond(claims: Sequence[Claim], maximum: Policy) -> tuple[Claim, ...]:
    """Return the claims of a request that escapes: `claims`, and that the maximum does not allow it."""
    return (*claims, Claim(Level((maximum,)), Says.ALLOWS, holds=False))


def contained(documents: Documents, maximum: Policy, limits: Limits) -> Verdict:
    """Return whether every request that `documents` allow together is allowed by `maximum`; all have been checked."""
    try:
        with deadline(limits.seconds):
            return _contained(documents, maximum, limits)
    except LimitReached as limit:
        return Undecided(str(limit), world=limits.world)


def _contained(documents: Documents, maximum: Policy, limits: Limits) -> Verdict:
    claims, policies = allowed(documents), (*(policy for _, policy in documents.placed()), maximum)
    assumed = partial(assumptions, policies, limits.world, limits.readings, documents=documents)
    budget = Budget.of(limits.seconds)
    escaping = beyond(claims, maximum)
    match search(escaping, budget, limits, shown=False):
        case Found(request):
            return Escapes.later(_chooser(escaping, request, budget, limits), assumed(), limits.world)
        case Hinges() as found:
            shown = to_show(escaping, found, budget, limits)
            return Undecided(shown.reason("escapes"), assumed(), limits.world, shown)
        case Unknown(reason):
            return Undecided(reason, assumed(), limits.world)
        case Absent():
            return Contained(empty(claims, budget, limits), assumed(proved=True), limits.world)
        case other:
            assert_never(other)


def _chooser(
    claims: Sequence[Claim], request: Request, budget: Budget, limits: Limits
) -> Callable[[], tuple[Request, Fit]]:
    """Return what chooses the request to show instead of `request`; it has the time that is left now."""
    seconds = budget.remaining

    def chosen() -> tuple[Request, Fit]:
        from verifier.clouds.aws.world.select import choose, fit  # noqa: PLC0415 - only for a request that is shown

        narrowed = limits.world is World.AWS
        found = fit(claims, request) if narrowed else choose(claims, request, Budget.of(seconds))
        return found.request, found.fit

    return chosen
