"""`diff` where one of the two versions does not exist: what a document allows that has appeared, or has vanished.

A file that is not there is not a policy: nothing stands in for it, and what is assumed is about the one document. All
that it allows is gained when it appears, and lost when it vanishes. A document without any Allow is compared by what
it denies, as `diff.py` does.
"""

from __future__ import annotations

from typing import assert_never

from verifier.base.budget import Budget
from verifier.base.deadline import deadline
from verifier.base.errors import LimitReached
from verifier.clouds.cloud import Document
from verifier.questions.ask import Ask
from verifier.questions.assumed import assumptions
from verifier.questions.claims import Claim, Level, Says
from verifier.questions.diff import not_compared
from verifier.questions.hinging import open_reason
from verifier.questions.question import AloneQuestion
from verifier.questions.search import Absent, Found, SearchResult, search
from verifier.questions.verdict import Difference, Fit, Hinges, Relation
from verifier.questions.worlds import Show, as_found
from verifier.smt.solve import Unknown


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
    said = show(claims, search(claims, budget, ask), budget, ask)
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
        assumes=assumptions((document,), ask, proved=proved),
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
