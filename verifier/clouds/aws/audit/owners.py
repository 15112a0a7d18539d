"""Whose RCPs bind a request: those of the account that has the resource, and no others (rule 30).

    OwnerCase      documents, and what is said in addition of the requests that they are asked about
    by_owner       documents with the RCPs of each account that has some, and without any for all other accounts
    whoever_owns   documents, asked about requests on all resources
    escaping_ways  the ways in which the documents of some cases allow what a maximum does not
    is_escape      whether a request is one of those
    belongs_to     the claim that a resource is of one of some accounts

An account whose files are not shown has RCPs that are not known: none binds its resources. That the organization lists
it is not enough: the list has the management account, whose resources no RCP binds, and accounts of other OUs.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import TypeAlias

from verifier.base.source import Source
from verifier.clouds.aws.compile.premises_of_resources import belongs
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.policy.parse import parse_source
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.principals.asking import Membership
from verifier.clouds.aws.principals.principal import Principal
from verifier.clouds.aws.principals.tied import RESOURCE_ACCOUNT
from verifier.logic.request import Request
from verifier.questions.claims import Claim, Level, Says, replays
from verifier.questions.prove import beyond
from verifier.questions.ways import Way, allowed_ways

OwnerCase: TypeAlias = tuple[Documents, Sequence[Claim]]


def by_owner(
    documents: Documents, rcps: Mapping[frozenset[str], tuple[Policy, ...]], principal: Principal | None
) -> Iterator[OwnerCase]:
    """Yield `documents` with the `rcps` of the accounts that have them, for requests on their resources alone; and
    without any, for requests on those of all others.

    A resource whose account is not told is of the account of `principal`.
    """
    asking = documents.asking
    for owners, several in rcps.items():
        members = None if asking is None else replace(asking, organization=Membership(None, owners))
        yield replace(documents, rcps=several, asking=members), (belongs_to(owners, principal),)
    if not rcps:
        yield documents, ()
        return
    limited = frozenset[str]().union(*rcps)
    told = () if asking else (Claim(Level((_told_as_of(limited),)), Says.DENIES, holds=False),)
    yield documents, (replace(belongs_to(limited, principal), holds=False), *told)


@cache
def _told_as_of(accounts: frozenset[str]) -> Policy:
    """Return the document that denies requests on what `aws:ResourceAccount` says is of `accounts`, whose ARN says so
    too, if it tells an account (rule 33); where it is told who asks, that is part of the question.
    """
    own = {"StringEquals": {RESOURCE_ACCOUNT.name: sorted(accounts)}}
    statement = {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": own}
    text = json.dumps({"Version": "2012-10-17", "Statement": statement})
    return parse_source(Source("whose the resource is", text, stand_in=True))


def whoever_owns(documents: Documents) -> OwnerCase:
    """Return `documents`, of whose requests nothing more is said."""
    return documents, ()


def escaping_ways(cases: Iterable[OwnerCase], maximum: Policy) -> Iterator[Way]:
    """Yield the claims of each way in which the documents of one of `cases` allow what `maximum` does not."""
    for documents, also in cases:
        for claims in allowed_ways(documents, maximum):
            yield (*beyond(claims, maximum), *also)


def is_escape(cases: Iterable[OwnerCase], maximum: Policy, request: Request) -> bool:
    """Whether the documents of one of `cases` allow `request` and `maximum` does not, by the evaluator alone."""
    return any(replays(way, request) for way in escaping_ways(cases, maximum))


def belongs_to(accounts: frozenset[str], principal: Principal | None) -> Claim:
    """Return the claim that the resource is of one of `accounts`; if that is not told, it is of that of `principal`."""
    return Claim(Level((belongs(accounts, principal),)), Says.ALLOWS)
