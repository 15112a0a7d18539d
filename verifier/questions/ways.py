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

from collections.abc import Mapping, Sequence
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
from verifier.questions.worlds import Show, as_found, plainly, with_leaning
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
    return (*_given(way), *_conditions(way))


def _given(way: AllowingWay) -> tuple[Claim, ...]:
    return tuple(Claim(Level((one,)), Says.ALLOWS) for one in way.given)


def _conditions(way: AllowingWay) -> tuple[Claim, ...]:
    return (
        *(Claim(Level(policies), Says.ALLOWS) for policies in way.allowing),
        *(Claim(Level(policies), Says.DENIES, holds=False) for policies in way.silent),
        *(Claim(Level(policies), Says.ALLOWS, holds=False) for policies in way.lacking),
    )


def ways_not_allowed(claims: Way, documents: Documents, *, apart: bool = False) -> tuple[Way, ...]:
    """Return the ways in which a request makes `claims` true, and `documents` do not allow it together.

    With them `apart` no two ways share a request: each is about what the levels before it let through. Raises
    Unsupported where it is told who asks, and that cannot be said.
    """
    if documents.tells_who:
        return _refused_in_all(claims, documents)
    levels = allowed(documents)
    return tuple(
        (*claims, *(levels[:number] if apart else ()), replace(claim, holds=not claim.holds))
        for number, claim in enumerate(levels)
    )


_MOST_REFUSED = 512
_Said: TypeAlias = tuple[tuple[Document, ...], Says]


def _refused_in_all(claims: Way, documents: Documents) -> tuple[Way, ...]:
    """Return the ways in which a request makes `claims` true, and something of each way of `documents` is not so.

    No two share a request: each takes a first claim of a way to be false, and those before it to be true. So what one
    way is about, as the resource of a policy that is shown, soon rules out the others.
    """
    beside = tuple(policy for claim in claims for policy in claim.level.policies)
    ways = documents.sure_ways(beside)
    found: list[Way] = []
    conditions = [sorted(_conditions(way), key=_may_be_shared) for way in ways]
    _refuse([tuple(way) for way in conditions], {}, (*_given(ways[0]), *claims), found)
    return tuple(found)


def _refuse(ways: Sequence[Way], known: Mapping[_Said, bool], begun: Way, found: list[Way]) -> None:
    """Add to `found` the claims `begun` with whatever makes each of `ways` false. Raises Unsupported."""
    if not ways:
        if len(found) == _MOST_REFUSED:
            raise Unsupported(f"there are more than {_MOST_REFUSED} ways in which something can be missing")
        found.append(begun)
        return
    first, *rest = ways
    if any(known.get(_said(one), one.holds) is not one.holds for one in first):
        _refuse(rest, known, begun, found)
        return
    for one in first:
        if _said(one) not in known:
            _refuse(rest, {**known, _said(one): not one.holds}, (*begun, replace(one, holds=not one.holds)), found)
            known, begun = {**known, _said(one): one.holds}, (*begun, one)


def _may_be_shared(claim: Claim) -> bool:
    """Whether a claim is none about what a way lacks, which tells ways apart."""
    return claim.holds or claim.says is Says.DENIES


def _said(claim: Claim) -> _Said:
    return claim.level.policies, claim.says


def search_ways(ways: Sequence[Way], budget: Budget, ask: Ask, show: Show = as_found) -> SearchResult:
    """Look for a request that makes all claims of one of `ways` true; `show` is that of `prove`."""
    open_sides: list[Unknown | Hinges] = []
    for number, claims in enumerate(ways):
        share = Budget.of(budget.remaining / (len(ways) - number))
        outcome = plainly(claims, share, ask, show) or show(claims, search(claims, share, ask), share, ask)
        match with_leaning(claims, outcome):
            case Found() as found:
                return found
            case Absent():
                pass
            case side:
                open_sides.append(side)
    hinging = (side for side in open_sides if isinstance(side, Hinges))  # a request says more than a limit
    return next(hinging, open_sides[0]) if open_sides else Absent()
