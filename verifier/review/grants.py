"""What gives permissions without a document, and is not what it was; and what conditions read that stands elsewhere.

    changed_grants(before, after)    each of them
    may_be_read(before, after)       whether anything changed that a condition may read, of whatever document

A resource that is gone runs as no role any more. Where its role is new too, the review says what that role can do.
Tags of resources, tags of principals, aliases of keys and the organization of an account matter where a condition of
some document reads them, also one that did not change. What else a condition may read of a resource, as its type or its
network, is not followed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from functools import cache

from verifier.base.regex import regex
from verifier.checks.compare import PathChange
from verifier.clouds.aws.policy.types import PolicyType
from verifier.review.holding import Holding
from verifier.review.reviewed import GrantChange
from verifier.review.side import ReviewSide, SideDocument
from verifier.sources.other_grants import OtherGrant, OtherGrantKind

# The keys of conditions that are about tags of what is asked for: `aws:ResourceTag/team`, `s3:ExistingObjectTag/team`.
_OF_RESOURCES = regex(r"(?<!principal)(?<!request)tag/")
_OF_PRINCIPALS = regex("principaltag/")
_OF_ORGANIZATIONS = regex("org(?:id|paths)")
_READ_BY: Mapping[OtherGrantKind, re.Pattern[str]] = {
    OtherGrantKind.TAGS: _OF_RESOURCES,
    OtherGrantKind.TAG: _OF_RESOURCES,
    OtherGrantKind.ALIAS: regex("kms:(?:resourcealiases|requestalias)"),
    OtherGrantKind.ORGANIZATION: _OF_ORGANIZATIONS,
}
_ALWAYS = (OtherGrantKind.PERMISSIONS, OtherGrantKind.TAG, OtherGrantKind.ALIAS)


def changed_grants(before: ReviewSide, after: ReviewSide, told: Set[str] = frozenset()) -> Iterator[GrantChange]:
    """Yield the resources that give permissions without a document and are not what they were, and those whose tags or
    names are read. `told` are principals about which it is said already that this may matter.
    """

    @cache
    def is_read(key: re.Pattern[str]) -> bool:
        documents = _of_others if key is _OF_PRINCIPALS else _every
        return any(_reads(document, key) for side in (before, after) for document in documents(side))

    for change in _changed(before, after):
        if change.kind not in _READ_BY or is_read(_READ_BY[change.kind]):
            yield change
    for change in _retagged(before, after):  # a principal is a resource too
        if change.name not in told and (is_read(_OF_PRINCIPALS) or is_read(_OF_RESOURCES)):
            yield change


def may_be_read(before: ReviewSide, after: ReviewSide) -> bool:
    """Whether anything changed that a condition may read, of whatever document."""
    is_read = any(each.kind in _READ_BY for each in _changed(before, after))
    return is_read or any(True for _ in _retagged(before, after))


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


def _retagged(before: ReviewSide, after: ReviewSide) -> Iterator[GrantChange]:
    """Yield the principals that are there before and after with other tags."""
    for name, now in after.principals.items():
        earlier = before.principals.get(after.previous(name)) or before.principals.get(name)
        if earlier is not None and earlier.tags != now.tags:
            yield GrantChange(name, PathChange.CHANGED, OtherGrantKind.TAGS)


def _every(side: ReviewSide) -> Iterator[SideDocument]:
    yield from side.documents.values()
    for each in side.principals.values():
        yield from Holding(side, each).documents_here


def _of_others(side: ReviewSide) -> Iterator[SideDocument]:
    """Yield the documents that may be about principals which do not have them themselves."""
    held = {link.selector for each in side.principals.values() for link in each.policies}
    for one in side.documents.values():
        if one.type is not PolicyType.IDENTITY or not (one.name in held or one.owner in side.principals):
            yield one


def _reads(document: SideDocument, key: re.Pattern[str]) -> bool:
    """Whether a condition of a document may be about a key; an RCP binds the accounts of an organization."""
    if key is _OF_ORGANIZATIONS and document.type is PolicyType.RCP:
        return True
    if key.search(document.held.text.lower()):
        return True
    policy = document.policy if document.unknowns else None
    return policy is not None and (bool(policy.unknown) or any(one.unknowns for one in policy.statements))
