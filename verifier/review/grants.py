"""What gives permissions without a document, and is not what it was.

    changed_grants(before, after)    each of them

A resource that is gone runs as no role any more. Where its role is new too, the review says what that role can do.
Tags of resources matter where a condition of some document reads them.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.base.regex import regex
from verifier.checks.compare import PathChange
from verifier.review.holding import Holding
from verifier.review.reviewed import GrantChange
from verifier.review.side import ReviewSide
from verifier.sources.other_grants import OtherGrant, OtherGrantKind

# The keys of conditions that are about tags of what is asked for: `aws:ResourceTag/team`, `s3:ExistingObjectTag/team`.
_READS_TAGS = regex(r"(?<!principal)(?<!request)tag/")
_ALWAYS = (OtherGrantKind.PERMISSIONS, OtherGrantKind.TAG)


def changed_grants(before: ReviewSide, after: ReviewSide) -> Iterator[GrantChange]:
    """Yield the resources that give permissions without a document and are not what they were."""
    found = list(_changed(before, after))
    of_tags = any(each.kind in (OtherGrantKind.TAGS, OtherGrantKind.TAG) for each in found)
    reads_tags = of_tags and (_reads_tags(before) or _reads_tags(after))
    yield from (each for each in found if reads_tags or each.kind in (OtherGrantKind.PERMISSIONS, OtherGrantKind.ROLE))


def _changed(before: ReviewSide, after: ReviewSide) -> Iterator[GrantChange]:
    left = dict(before.grants)
    for (name, kind), now in after.grants.items():
        earlier = left.pop((after.previous(name), kind), None) or left.pop((name, kind), None)
        if earlier is None:
            if now.told and (kind in _ALWAYS or (kind is OtherGrantKind.ROLE and not _is_new(now, before))):
                yield GrantChange(name, PathChange.NEW, kind)
        elif earlier.told != now.told:
            yield GrantChange(name, PathChange.CHANGED, kind)
    yield from (GrantChange(name, PathChange.GONE, kind) for name, kind in left if kind in _ALWAYS)


def _is_new(grant: OtherGrant, before: ReviewSide) -> bool:
    """Whether the roles as which something runs are known, and new."""
    there = {name.partition("?")[0] for name in before.principals}
    return bool(grant.roles) and grant.roles is not None and there.isdisjoint(grant.roles)


def _reads_tags(side: ReviewSide) -> bool:
    """Whether a condition of some document may be about tags of resources."""
    held = (one for each in side.principals.values() for one in Holding(side, each).documents_here)
    return any(_READS_TAGS.search(one.held.text.lower()) for one in (*side.documents.values(), *held))
