"""The claims that documents allow a request, and questions that are a disjunction.

    allowed            the claims that all documents together allow a request
    allowed_ways       the same where it is told who asks: there are several ways then
    Way                a conjunction of claims; of several ways, one is enough
    ways_not_allowed   the ways in which a request can be one that documents do not allow together
    search_ways        one search after the other: a request of any way, or a proof that there is none

A search is about a conjunction of claims, so each way is searched by itself, with its share of the time. One request
that is found is enough, whatever the other searches came to. A proof takes all of them. A part of a document without a
value yet is the same variable in each search, so the proof holds for every value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

from verifier.base.budget import Budget
from verifier.base.errors import Unsupported
from verifier.clouds.cloud import Document, Documents
from verifier.clouds.split import AllowingWay
from verifier.questions.ask import Ask
from verifier.questions.claims import Claim, Level, Says
from verifier.questions.search import search
from verifier.questions.verdict import Absent, Found, Hinges, SearchResult
from verifier.questions.worlds import Show, as_found, with_leaning
from verifier.smt.solve import Unknown

Way: TypeAlias = tuple[Claim, ...]


def allowed(documents: Documents) -> tuple[Claim, ...]:
    """Return the claims that a request is allowed by all documents together.

    Raises Unsupported where it is told who asks: there are several ways then, not one conjunction.
    """
    if documents.tells_who:
        raise Unsupported("this is not answered where it is told who asks")
    beside_full_access = documents.open_levels()
    levels = [
        Claim(Level(tuple(policies)), Says.DENIES, holds=False)
        if place in beside_full_access
        else Claim(Level(tuple(policies)), Says.ALLOWS)
        for place, policies in documents.levels()
    ]
    return (*levels, *(Claim(Level((policy,)), Says.DENIES, holds=False) for _, policy in documents.denials()))


def allowed_ways(documents: Documents, *beside: Document) -> tuple[Way, ...]:
    """Return the claims of each way in which a request can be allowed; `beside` are documents that are asked about."""
    return tuple(map(_claims, documents.ways(beside))) if documents.tells_who else (allowed(documents),)


def _claims(way: AllowingWay) -> tuple[Claim, ...]:
    return (
        *(Claim(Level(policies), Says.ALLOWS) for policies in way.allowing),
        *(Claim(Level(policies), Says.DENIES, holds=False) for policies in way.silent),
        *(Claim(Level(policies), Says.ALLOWS, holds=False) for policies in way.lacking),
    )


def ways_not_allowed(claims: Way, documents: Documents, *, apart: bool = False) -> tuple[Way, ...]:
    """Return the ways in which a request makes `claims` true, and `documents` do not allow it together.

    With them `apart` no two ways share a request: each is about what the levels before it let through.
    """
    levels = allowed(documents)
    return tuple(
        (*claims, *(levels[:number] if apart else ()), replace(claim, holds=not claim.holds))
        for number, claim in enumerate(levels)
    )


def search_ways(ways: Sequence[Way], budget: Budget, ask: Ask, show: Show = as_found) -> SearchResult:
    """Look for a request that makes all claims of one of `ways` true; `show` is that of `prove`."""
    open_sides: list[Unknown | Hinges] = []
    for number, claims in enumerate(ways):
        share = Budget.of(budget.remaining / (len(ways) - number))
        match with_leaning(claims, show(claims, search(claims, share, ask), share, ask)):
            case Found() as found:
                return found
            case Absent():
                pass
            case side:
                open_sides.append(side)
    hinging = (side for side in open_sides if isinstance(side, Hinges))  # a request says more than a limit
    return next(hinging, open_sides[0]) if open_sides else Absent()
