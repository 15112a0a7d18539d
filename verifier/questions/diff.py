"""`diff`: do two documents allow the same requests? And `alone`: what is gained or lost if one does not exist?

Gained is what only the second allows, lost what only the first does. Whether both also deny explicitly the same matters
with other documents, and is answered separately. What differs only under another reading of AWS's guide is neither
gained nor lost, and leaves that side undecided. Two documents without any Allow are compared by what they deny
(interface.md). If one of two SCPs only denies, it acts with AWS's full access (rule 30): what it does not deny passes.

Documents that say who may do something are compared in several respects (`Respect`): they are equivalent iff nothing
is gained or lost in any of them, so each side has several ways, and an answer says in which situation it is found.

A file that is not there is not a policy: nothing stands in for it, and what is assumed is about the one document. All
that the document allows is gained when it appears, and lost when it vanishes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import assert_never

from verifier.base.budget import Budget, deadline
from verifier.base.dataclass import dataclass
from verifier.base.errors import LimitReached, Unsupported
from verifier.clouds.cloud import Document, Documents, DocumentType
from verifier.clouds.split import Respect
from verifier.logic.readings import USUAL, Reading
from verifier.logic.request import Request
from verifier.questions.ask import Ask, Readings
from verifier.questions.claims import Claim, Level, Says, replays
from verifier.questions.prove import all_empty, assumptions_of
from verifier.questions.question import AloneQuestion, DiffQuestion
from verifier.questions.verdict import Absent, Difference, Fit, Found, Hinges, Relation, SearchResult
from verifier.questions.ways import Way, allowed, search_ways
from verifier.questions.worlds import Show, as_found, open_reason
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
    try:
        compared = _compared(question)
    except Unsupported as unsupported:
        return not_compared(str(unsupported), ask)
    gained, lost = (_search(side, budget, ask, show) for side in zip(*map(_ways_of, compared), strict=True))
    same, denied = _denies_same([one for one in compared if one.respect.denying], budget, ask)
    relation = _relation(gained, lost)
    proved = relation is Relation.EQUIVALENT
    vacuous = all_empty([one.ways[0][:-1] for one in compared], budget, ask) if proved else False
    denials = ((side, "denied by one document") for side in denied)
    return Difference(
        relation,
        _request(gained),
        _request(lost),
        same,
        open_reason(((gained, "gained"), (lost, "lost"), *denials)),
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
    found = assumptions_of((*old, *new), ask, _letting_in(old, question.told), proved=proved)
    beside = _attached_to_one(old, new, question.told)
    return found if beside is None else (*found, beside)


def _letting_in(level: Sequence[Document], told: DocumentType | None) -> Documents | None:
    """Return the first document in its place, if it is one that says who may do something; else None."""
    documents = level[0].cloud.by_itself(level[0], told)
    return documents if documents.tells_who else None


def _attached_to_one(old: Sequence[Document], new: Sequence[Document], told: DocumentType | None) -> str | None:
    """Return what an answer assumes if the cloud attaches full access to one of the levels only; else None."""
    before, after = (level[0].cloud.attaches(level, told) for level in (old, new))
    return None if before and after else before or after


def sides(question: DiffQuestion, readings: Readings = Readings.USUAL) -> tuple[Sequence[Way], Sequence[Way]]:
    """Return the ways in which a request is gained, and those in which one is lost, under `readings` of when it matters
    what a document allows. Raises as `diff`, and Unsupported.
    """
    every = readings is Readings.ALL
    ways = [one.ways for one in _compared(question) if every or not one.respect.points]
    return tuple(way for way, _ in ways), tuple(way for _, way in ways)


def where_it_matters(question: DiffQuestion, request: Request, *, gained: bool) -> str:
    """Return in which situation `request` is gained, or lost; empty where it always is. Raises as `sides`."""
    of_side = [(one.respect, one.ways[0 if gained else 1]) for one in _compared(question)]
    return _where(of_side, request)


def _where(side: Sequence[tuple[Respect, Way]], request: Request, reading: Reading = USUAL) -> str:
    return next((respect.where for respect, way in side if replays(way, request, reading)), "")


@dataclass(frozen=True, eq=False)
class _Compared:
    """Two levels as they are in one respect, and the ways in which a request is gained and lost in it."""

    respect: Respect
    before: Level
    after: Level
    ways: tuple[Way, Way]

    def denied(self) -> Iterator[Way]:
        """Yield the claims of a request that only one of them denies."""
        for pair in ((self.before, self.after), (self.after, self.before)):
            yield (*given(self.respect), *_only(*pair, Says.DENIES))


def given(respect: Respect) -> Way:
    """Return the claims that a request is one that `respect` is about."""
    return tuple(Claim(Level((one,)), Says.ALLOWS) for one in respect.given)


def _compared(question: DiffQuestion) -> tuple[_Compared, ...]:
    """Return the levels in every respect in which they are compared. Raises as `diff`, and Unsupported."""
    levels = question.levels()
    return tuple(_in_respect(question, each, *map(partial(_seen, each), levels)) for each in question.respects())


def _seen(respect: Respect, level: Sequence[Document]) -> Level:
    return Level(tuple(map(respect.seen, level)))


def _in_respect(question: DiffQuestion, respect: Respect, before: Level, after: Level) -> _Compared:
    first = given(respect)
    if compares_denials(question):
        gained, lost = _only(before, after, Says.DENIES), _only(after, before, Says.DENIES)
    elif _attached_to_one(before.policies, after.policies, question.told):
        gained = (*_passing(after, question.told), _stopped(before))
        lost = (*_passing(before, question.told), _stopped(after))
    else:
        gained, lost = _only(after, before, Says.ALLOWS), _only(before, after, Says.ALLOWS)
    return _Compared(respect, before, after, ((*first, *gained), (*first, *lost)))


def _ways_of(compared: _Compared) -> tuple[tuple[Respect, Way], tuple[Respect, Way]]:
    gained, lost = compared.ways
    return (compared.respect, gained), (compared.respect, lost)


def _search(side: Sequence[tuple[Respect, Way]], budget: Budget, ask: Ask, show: Show) -> SearchResult:
    """Look for a request that is gained, or lost, in one respect; then for one in a respect that depends on how AWS's
    guide is read.
    """
    usual = [(respect, way) for respect, way in side if not respect.points]
    found = search_ways([way for _, way in usual], budget, ask, show)
    if isinstance(found, Found):
        return replace(found, fit=replace(found.fit, where=_where(usual, found.request, found.reading)))
    if not isinstance(found, Absent) or ask.readings is Readings.USUAL:
        return found
    for respect, way in side:
        if respect.points:
            outcome = search_ways([way], budget, ask, show)
            if not isinstance(outcome, Absent):
                return _if_read_so(outcome, respect)
    return found


def _if_read_so(outcome: SearchResult, respect: Respect) -> SearchResult:
    """Return what was found in a respect that depends on its points."""
    match outcome:
        case Found(request, fit):
            return Hinges(request, respect.points, replace(fit, where=respect.where))
        case Hinges(request, points, fit):
            return Hinges(request, (*respect.points, *points), replace(fit, where=respect.where))
        case _:
            return outcome


def compares_denials(question: DiffQuestion) -> bool:
    """Whether no document has any Allow, so that what they deny is compared. Raises as `diff`."""
    policies = [policy for level in question.levels() for policy in level]
    return question.old.cloud.only_denies(policies, question.told)


def _passing(level: Level, told: DocumentType | None) -> Way:
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


def _only(this: Level, other: Level, says: Says) -> Way:
    return Claim(this, says), Claim(other, says, holds=False)


def _denies_same(compared: Sequence[_Compared], budget: Budget, ask: Ask) -> tuple[bool | None, Sequence[SearchResult]]:
    found = [search_ways([way], budget, ask) for one in compared for way in one.denied()]
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
            return _searched(document, question.told, ask, show, came=question.appeared)
    except LimitReached as limit:
        return not_compared(str(limit), ask)


def _searched(document: Document, told: DocumentType | None, ask: Ask, show: Show, *, came: bool) -> Difference:
    budget = Budget.of(ask.seconds)
    denies = document.cloud.only_denies((document,), told)
    try:
        respects = [one for one in document.cloud.respects((document,), told) if one.denying]
    except Unsupported as unsupported:
        return not_compared(str(unsupported), ask)
    says = Says.DENIES if denies else Says.ALLOWS
    said = search_ways([_said(one, document, says) for one in respects], budget, ask, show)
    denied = search_ways([_said(one, document, Says.DENIES) for one in respects], budget, ask)
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
        assumes=assumptions_of((document,), ask, _letting_in((document,), told), proved=proved),
        gained_fit=fit if gains else Fit(),
        lost_fit=Fit() if gains else fit,
        world=ask.world,
        gained_hinges=hinges if gains else None,
        lost_hinges=None if gains else hinges,
        only_deny=denies,
    )


def _said(respect: Respect, document: Document, says: Says) -> Way:
    return (*given(respect), Claim(Level((respect.seen(document),)), says))


def _relation_alone(said: SearchResult, *, gains: bool) -> Relation:
    match said:
        case Found():
            return Relation.WIDER if gains else Relation.NARROWER
        case Absent():
            return Relation.EQUIVALENT
        case Unknown() | Hinges():
            return Relation.UNDECIDED
    assert_never(said)
