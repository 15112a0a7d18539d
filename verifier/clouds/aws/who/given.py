"""A region as it is shown of somebody: without what follows from who asks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from verifier.clouds.aws.audit.possible import all_parts_of, said_of_all
from verifier.clouds.aws.principals.principal import Principal
from verifier.clouds.aws.principals.tied import RESOURCE_ACCOUNT, IsAbsent, IsValue, ties
from verifier.clouds.aws.world.facts import mentioned
from verifier.logic.formula import Formula, all_of
from verifier.logic.request import PRINCIPAL
from verifier.questions.claims import Claim
from verifier.regions.region import Region
from verifier.strings.values import Key

_ABOUT_WHO = frozenset((PRINCIPAL,)), False


def without_given(
    region: Region, claims: Sequence[Claim], principal: Principal | None, read: Collection[Key], fixed: Collection[Key]
) -> Region:
    """Return `region` without the parts of its condition that follow from who asks, and from whose the resource is.

    `read` are the keys that documents read, `fixed` those whose values are known. A part about such keys is true of all
    requests of who asks, since it is true of some. Which of several outsiders it is about is not told: then the region
    is an outline.
    """
    known = set(fixed)
    if principal is not None:
        known |= {PRINCIPAL, *(key for key, tie in ties(principal) if isinstance(tie, IsValue | IsAbsent))}
    if RESOURCE_ACCOUNT not in read:
        known.add(RESOURCE_ACCOUNT)
    premises = said_of_all(claims)

    def says_more(part: Formula) -> bool:
        keys, about_resource = mentioned(part)
        return about_resource or not (keys <= known or part in premises)

    told = [part for part in all_parts_of(region.part.condition) if says_more(part)]
    others = [part for part in told if mentioned(part) != _ABOUT_WHO]
    part = replace(region.part, condition=all_of(others))
    return replace(region, part=part, exact=region.exact and len(others) == len(told))
