"""`diff`: do two documents allow the same requests? And `alone`: what is gained or lost if one does not exist?

Gained is what only the second allows, lost what only the first does. Whether both also deny explicitly the same matters
with other documents, and is answered separately. What differs only under another reading of AWS's guide is neither
gained nor lost, and leaves that side undecided. Two documents without any Allow are compared by what they deny
(interface.md). If one of two SCPs only denies, it acts with AWS's full access (rule 30): what it does not deny passes.

A file that is not there is not a policy: nothing stands in for it, and what is assumed is about the one document. All
that the document allows is gained when it appears, and lost when it vanishes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from verifier.base.budget import Budget, deadline
from verifier.base.errors import LimitReached
from verifier.clouds.cloud import Document, DocumentType
from verifier.logic.request import Request
from verifier.questions.ask import Ask
from verifier.questions.claims import Claim, Level, Says
from verifier.questions.prove import assumptions_of
from verifier.questions.question import AloneQuestion, DiffQuestion
from verifier.questions.search import empty, search
from verifier.questions.verdict import Absent, Difference, Fit, Found, Hinges, Relation, SearchResult
from verifier.questions.ways import allowed
from verifier.questions.worlds import Show, as_found, open_reason, with_leaning
from verifier.smt.solve import Unknown


def diff(question: DiffQuestion, ask: Ask = Ask(), show: Show = as_found) -> Difference:
    """Return how what the new document allows stands to what the old one allows.

    `show` is that of `prove`. An RCP says itself what it is, and others are read as a boundary where they are not told.
    Raises PolicyError for a document that is something else, or two of different kinds.
    """
    old, new = question.levels()
    try:
        with deadline(ask.seconds):
            return _diff(DiffQuestion.of_levels(old, new, question.told), ask, show)
    except LimitReached as limit:
        return not_compared(str(limit), ask)


def not_compared(reason: str, ask: Ask) -> Difference:
    """Return the answer that nothing was found out, for `reason`."""
    return Difference(Relation.UNDECIDED, reason=reason, world=ask.world, vacuous=None)


def _diff(question: DiffQuestion, ask: Ask, show: Show) -> Difference:
    budget = Budget.of(ask.seconds)
    asked = sides(question)
    gained, lost = (with_leaning(claims, show(claims, search(claims, budget, ask), budget, ask)) for claims in asked)
    before, after = map(Level, question.given)
    same, denied = _denies_same(before, after, budget, ask)
    relation = _relation(gained, lost)
    vacuous = empty(asked[0][:-1], budget, ask) if relation is Relation.EQUIVALENT else False
    proved = relation is Relation.EQUIVALENT
    return Difference(
        relation,
        _request(gained),
        _request(lost),
        same,
        open_reason(((gained, "gained"), (lost, "lost"), *((side, "denied by one document") for side in denied))),
        assumed(question, ask, proved=proved),
        _fit(gained),
        _fit(lost),
        ask.world,
        vacuous,
        _hinges(gained),
        _hinges(lost),
        compares_denials(question),
    )


def assumed(question: DiffQuestion, ask: Ask, *, proved: bool = False) -> tuple[str, ...]:
    """Return what an answer to `question` takes for granted."""
    old, new = question.levels()
    found = assumptions_of((*old, *new), ask, proved=proved)
    beside = _attached_to_one(old, new, question.told)
    return found if beside is None else (*found, beside)


def _attached_to_one(old: Sequence[Document], new: Sequence[Document], told: DocumentType | None) -> str | None:
    """Return what an answer assumes if the cloud attaches full access to one of the levels only; else None."""
    before, after = (level[0].cloud.attaches(level, told) for level in (old, new))
    return None if before and after else before or after


def sides(question: DiffQuestion) -> tuple[Sequence[Claim], Sequence[Claim]]:
    """Return the claims of a request that is gained, and those of one that is lost. Raises as `diff`."""
    old, new = question.levels()
    before, after = map(Level, (old, new))
    if compares_denials(question):
        return _only(before, after, Says.DENIES), _only(after, before, Says.DENIES)
    if _attached_to_one(old, new, question.told):
        gained = (*_passing(after, question.told), _stopped(before))
        return gained, (*_passing(before, question.told), _stopped(after))
    return _only(after, before, Says.ALLOWS), _only(before, after, Says.ALLOWS)


def compares_denials(question: DiffQuestion) -> bool:
    """Whether no document has any Allow, so that what they deny is compared. Raises as `diff`."""
    return question.old.cloud.only_denies([policy for level in question.levels() for policy in level])


def _passing(level: Level, told: DocumentType | None) -> Sequence[Claim]:
    """Return the claims of a request that a level lets through, together with what the cloud attaches."""
    first, *rest = level.policies
    if first.cloud.attaches(level.policies, told) is None:
        return (Claim(level, Says.ALLOWS),)
    denials = (Claim(Level((document,)), Says.DENIES, holds=False) for document in rest)
    return (*allowed(first.cloud.by_itself(first, told)), *denials)


def _stopped(level: Level) -> Claim:
    """Return the claim that a level does not let a request through."""
    only_denies = level.policies[0].cloud.only_denies(level.policies)
    return Claim(level, Says.DENIES) if only_denies else Claim(level, Says.ALLOWS, holds=False)


def _only(this: Level, other: Level, says: Says) -> tuple[Claim, Claim]:
    return Claim(this, says), Claim(other, says, holds=False)


def _denies_same(before: Level, after: Level, budget: Budget, ask: Ask) -> tuple[bool | None, Sequence[SearchResult]]:
    pairs = ((before, after), (after, before))
    found = [search(_only(*pair, Says.DENIES), budget, ask) for pair in pairs]
    if any(isinstance(side, Found) for side in found):
        return False, ()
    return (True, ()) if all(isinstance(side, Absent) for side in found) else (None, found)


def _hinges(side: SearchResult) -> Hinges | None:
    return side if isinstance(side, Hinges) else None


def _request(side: SearchResult) -> Request | None:
    return side.request if isinstance(side, Found) else None


def _fit(side: SearchResult) -> Fit:
    return side.fit if isinstance(side, Found) else Fit()


def _relation(gained: SearchResult, lost: SearchResult) -> Relation:
    match gained, lost:
        case Found(), Found():
            return Relation.INCOMPARABLE
        case Found(), Absent():
            return Relation.WIDER
        case Absent(), Found():
            return Relation.NARROWER
        case (Found(), _) | (_, Found()):
            return Relation.DIFFERENT
        case Absent(), Absent():
            return Relation.EQUIVALENT
        case _:
            return Relation.UNDECIDED


def alone(question: AloneQuestion, ask: Ask = Ask(), show: Show = as_found) -> Difference:
    """Return what is gained by a document that was not there before, or lost with one that is no longer there.

    `show` is that of `prove`. Raises PolicyError as `diff` does.
    """
    (document,) = question.document.cloud.alike((question.document,), question.told)
    try:
        with deadline(ask.seconds):
            return _searched(document, ask, show, came=question.appeared)
    except LimitReached as limit:
        return not_compared(str(limit), ask)


def _searched(document: Document, ask: Ask, show: Show, *, came: bool) -> Difference:
    budget = Budget.of(ask.seconds)
    denies = document.cloud.only_denies((document,))
    claims = [Claim(Level((document,)), Says.DENIES if denies else Says.ALLOWS)]
    said = with_leaning(claims, show(claims, search(claims, budget, ask), budget, ask))
    denied = search([Claim(Level((document,)), Says.DENIES)], budget, ask)
    found, fit = (said.request, said.fit) if isinstance(said, Found) else (None, Fit())
    gains = came is not denies
    hinges = said if isinstance(said, Hinges) else None
    relation = _relation_alone(said, gains=gains)
    proved = relation is Relation.EQUIVALENT
    return Difference(
        relation,
        gained=found if gains else None,
        lost=None if gains else found,
        denies_same=None if isinstance(denied, Unknown | Hinges) else isinstance(denied, Absent),
        reason=open_reason(((said, "gained" if gains else "lost"), (denied, "denied"))),
        assumes=assumptions_of((document,), ask, proved=proved),
        gained_fit=fit if gains else Fit(),
        lost_fit=Fit() if gains else fit,
        world=ask.world,
        gained_hinges=hinges if gains else None,
        lost_hinges=None if gains else hinges,
        only_deny=denies,
    )


def _relation_alone(said: SearchResult, *, gains: bool) -> Relation:
    match said:
        case Found():
            return Relation.WIDER if gains else Relation.NARROWER
        case Absent():
            return Relation.EQUIVALENT
        case Unknown() | Hinges():
            return Relation.UNDECIDED
    assert_never(said)
