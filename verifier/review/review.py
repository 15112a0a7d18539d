"""`review`: what a change gains and loses, for documents and for principals, and what becomes of boundaries.

    review_sides(before, after, ask, maximum)    ->  Reviewed

This and `changes` compare documents in the same way, and answer different questions. `changes` asks about files that it
is told, each against its version in git, and `check` about files that a rule names: a file is one document, which acts
wherever it is attached. Here a change is asked about as a whole: documents come and go and move, a plan or a template
says who has them, and a boundary may be taken off without any document changing. So what a principal can do is
compared too, and where a document belongs to one principal alone, that decides whether something is gained.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace

from verifier.base.errors import InputError
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.policy.types import PolicyType
from verifier.questions.ask import Ask
from verifier.questions.prove import prove
from verifier.questions.question import ProveQuestion
from verifier.questions.verdict import Undecided
from verifier.questions.worlds import show
from verifier.review.documents import Comparisons, DocumentPair, document_change, paired
from verifier.review.effects import principal_change
from verifier.review.grants import changed_grants
from verifier.review.holding import Holding, not_held
from verifier.review.reviewed import DocumentChange, PrincipalChange, Reviewed, Within
from verifier.review.side import ReviewSide
from verifier.review.targets import target_change
from verifier.sources.file_principals import FilePrincipal

SAME_VALUES = "what is not known before deployment has the same value before and after the change"
_WITHIN_MAXIMUM = (None, PolicyType.IDENTITY, PolicyType.BOUNDARY)


def review_sides(before: ReviewSide, after: ReviewSide, ask: Ask = Ask(), maximum: Policy | None = None) -> Reviewed:
    """Return what a change gains and loses; with a `maximum` also whether what changed stays within it."""
    pairs = paired(before, after)
    principals = tuple(_principals(before, after, ask, maximum))
    unclear = {one.name for one in principals if one.open}
    held = _held_by(before, unclear) | _held_by(after, unclear)
    known: Comparisons = {}
    documents = tuple(
        replace(change, held_by=held.get(pair.name, ""), within=_document_within(change, ask, maximum))
        for pair in pairs
        if (change := document_change(pair, ask, known, held=pair.name in held)) is not None
    )
    moved = tuple((pair.moved_from, pair.name) for pair in pairs if pair.moved_from and pair.is_same)
    unread = {**before.errors, **after.errors}
    assumes = tuple(_assumes(pairs, documents, principals))
    return Reviewed(documents, principals, unread, moved, assumes, tuple(changed_grants(before, after, unclear)))


def _principals(before: ReviewSide, after: ReviewSide, ask: Ask, maximum: Policy | None) -> Iterator[PrincipalChange]:
    """Yield the principals about which there is something to say."""
    left = dict(before.principals)
    for name, principal in after.principals.items():
        old = left.pop(after.previous(name), None) or left.pop(name, None)
        now = Holding(after, principal)
        change = _change(name, Holding(before, old or _without(principal)), now, ask)
        if change is not None:
            change = replace(change, within=_principal_within(now, change, ask, maximum))
            if change.shows:
                yield change
    for name, principal in left.items():
        change = _change(name, Holding(before, principal), Holding(after, _without(principal)), ask)
        if change is not None and change.shows:
            yield change


def _without(principal: FilePrincipal) -> FilePrincipal | None:
    """Return a principal that is there anyway without what the files give it; None for any other."""
    if principal.others is None:
        return None
    return replace(principal, policies=(), open="", assumes=())


def _change(name: str, before: Holding, after: Holding, ask: Ask) -> PrincipalChange | None:
    principal = after.principal or before.principal
    assert principal is not None
    if principal.attached is not None:
        return target_change(name, principal.attached, before, after, ask)
    return principal_change(name, before, after, ask)


def _held_by(side: ReviewSide, unclear: set[str]) -> dict[str, str]:
    """Return the documents that belong to one principal alone, about which enough is known, with its name."""
    return {
        link.selector: name
        for name, principal in side.principals.items()
        for link in itertools.chain(principal.policies, *principal.scps)
        if link.is_here
        and name not in unclear
        and (document := side.documents.get(link.selector)) is not None
        and document.owner
        and document.type in (PolicyType.IDENTITY, PolicyType.SCP)
    }


def _document_within(change: DocumentChange, ask: Ask, maximum: Policy | None) -> Within | None:
    """Return whether a document stays within the maximum by itself."""
    if maximum is None or change.new is None or change.difference is None or change.type not in _WITHIN_MAXIMUM:
        return None
    return _within(Documents((change.new,)), ask, maximum)


def _principal_within(now: Holding, change: PrincipalChange, ask: Ask, maximum: Policy | None) -> Within | None:
    is_more = now.principal is not None and (now.principal.attached or now.principal.others)
    if maximum is None or not now.policies or change.open or is_more:
        return None
    if now.elsewhere:
        return Undecided(not_held(now.elsewhere))
    return _within(now.documents(), ask, maximum)


def _within(documents: Documents, ask: Ask, maximum: Policy) -> Within:
    try:
        return prove(ProveQuestion(documents, maximum), ask, show)
    except InputError as error:
        return Undecided(error.message)


def _assumes(
    pairs: Sequence[DocumentPair], documents: Sequence[DocumentChange], principals: Sequence[PrincipalChange]
) -> Iterator[str]:
    found: dict[str, None] = {}
    for document in documents:
        if document.difference is not None:
            found |= dict.fromkeys(document.difference.assumes)
    for principal in principals:
        found |= dict.fromkeys(principal.assumes)
    changed = {document.name for document in documents}
    for pair in pairs:
        if pair.name in changed:
            found |= dict.fromkeys(one.assumes for one in (pair.old, pair.new) if one is not None and one.assumes)
    if any(one.unknowns for pair in pairs for one in (pair.old, pair.new) if one):
        found[SAME_VALUES] = None
    yield from found
