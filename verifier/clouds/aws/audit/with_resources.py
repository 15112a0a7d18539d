"""What a principal is allowed together with policies of resources, and whether that is within a maximum.

    shown_policies       policies of resources as they travelled, read
    may_exceed           whether they may allow, by themselves, an action that a maximum does not
    escape_of            a request that they allow and a maximum does not, if there is one

A policy that is shown is that of its account, so a request on a resource whose ARN tells no account, such as a bucket,
is one on a resource of that account.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from verifier.base.budget import Budget, deadline
from verifier.base.errors import UndecidedError
from verifier.base.source import Source
from verifier.clouds.aws.audit.left_free import is_left_free
from verifier.clouds.aws.audit.owners import OwnerCase
from verifier.clouds.aws.audit.possible import possible_claims, reads_owner
from verifier.clouds.aws.compile.premises_of_resources import owned
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.policy.parse import parse_source
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.principals.resource_policy import ShownPolicy, account_in
from verifier.logic.request import Request
from verifier.questions.ask import Ask
from verifier.questions.claims import Claim, Level, Says, replays
from verifier.questions.prove import beyond
from verifier.questions.search import NOT_CONFIRMED
from verifier.questions.verdict import Absent, Escapes, Found, Hinges, Undecided
from verifier.questions.ways import Way, allowed_ways, search_ways
from verifier.questions.worlds import show


def shown_policies(several: Iterable[Sequence[str]]) -> tuple[ShownPolicy, ...]:
    """Return policies of resources of what travelled: the ARN, the owner and the text of each."""
    return tuple(ShownPolicy(arn, _shown(arn, text), owner) for arn, owner, text in several)


@lru_cache(maxsize=4096)
def _shown(arn: str, text: str) -> Policy:
    return parse_source(Source(arn, text, stand_in=True))


def may_exceed(granting: Iterable[ShownPolicy], maximum: Policy) -> bool:
    """Whether what policies of resources allow by themselves may be outside of `maximum`; False is sure.

    What is allowed with them and not without them, one of their Allows matches.
    """
    return not all(is_left_free(shown.policy, maximum) for shown in granting)


def _owned(documents: Documents, asked: Iterable[Policy]) -> Iterator[Claim]:
    """Yield the claims that a resource whose policy is shown is that of its account, where its ARN does not say so."""
    if documents.asking is None:
        return
    principal, told_always = documents.asking.principal, any(map(reads_owner, asked))
    for each in documents.asking.resource_policies:
        if each.owner and not account_in(each.arn):
            told = told_always or principal is None or each.owner != principal.account
            yield Claim(Level((owned((each.cover,), each.owner, told=told),)), Says.ALLOWS)


def escape_of(
    parts: Iterable[OwnerCase], maximum: Policy, ask: Ask, tried: Iterable[Request] = (), *, any_request: bool = False
) -> Escapes | Undecided | None:
    """Return a request that some part allows and `maximum` does not, None where there is none.

    It is one that users and roles can make, unless `any_request` will do. One of `tried` is returned if it is such a
    request, as the evaluator alone says.
    """
    try:
        with deadline(ask.seconds):
            return _escape_of(_ways(parts, maximum, any_request=any_request), ask, tried)
    except UndecidedError as why:
        return Undecided(str(why))


def _ways(parts: Iterable[OwnerCase], maximum: Policy, *, any_request: bool) -> Sequence[tuple[Documents, Way]]:
    """Return each way in which the documents of a part allow what `maximum` does not, with these documents."""
    found: list[tuple[Documents, Way]] = []
    for documents, also in parts:
        asked = (*(policy for _, policy in documents.placed()), maximum)
        beside = (*also, *_owned(documents, asked), *(() if any_request else possible_claims(asked)))
        found += ((documents, (*beyond(claims, maximum), *beside)) for claims in allowed_ways(documents, maximum))
    return found


def _escape_of(ways: Sequence[tuple[Documents, Way]], ask: Ask, tried: Iterable[Request]) -> Escapes | Undecided | None:
    for request in tried:
        if any(replays(way, request) for _, way in ways):
            return Escapes(request)
    found = search_ways([way for _, way in ways], Budget.of(ask.seconds), ask, show)
    match found:
        case Absent():
            return None
        case Found(request, fit):
            confirmed = (way for each, way in ways if not each.cloud.contradicts(each, request))
            return Escapes(request, (), fit) if any(replays(way, request) for way in confirmed) else _NOT_CONFIRMED
        case Hinges():
            return Undecided(found.reason("escapes"))
        case _:
            return Undecided(found.reason)


_NOT_CONFIRMED = Undecided(NOT_CONFIRMED)
