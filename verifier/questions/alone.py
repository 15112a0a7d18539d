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
from verifier.clouds.aws.assumptions import assumptions
from verifier.clouds.aws.policy.check import PolicyType, alike
from verifier.clouds.aws.policy.organisation import only_denies
from verifier.clouds.aws.policy.syntax import Policy
from verifier.logic.claims import Claim, Level, Says
from verifier.questions.diff import not_compared
from verifier.questions.hinging import open_reason
from verifier.questions.limits import Limits
from verifier.questions.search import Absent, Found, Outcome, search
from verifier.questions.verdict import Difference, Fit, Hinges, Relation
from verifier.smt.solve import Unknown


def appeared(document: Policy, *, told: PolicyType | None = None, limits: Limits = Limits()) -> Difference:
    """Return what is gained by `document`, which was not there before. Raises PolicyError as `diff` does."""
    return _alone(document, told, limits, came=True)


def vanished(document: Policy, *, told: PolicyType | None = None, limits: Limits = Limits()) -> Difference:
    """Return what is lost with `document`, which is no longer there. Raises PolicyError as `diff` does."""
    return _alone(document, told, limits, came=False)


def _alone(document: Policy, told: PolicyType | None, limits: Limits, *, came: bool) -> Difference:
    (document,) = alike((document,), told)
    try:
        with deadline(limits.seconds):
            return _searched(document, limits, came=came)
    except LimitReached as limit:
        return not_compared(str(limit), limits)


def _searched(document: Policy, limits: Limits, *, came: bool) -> Difference:
    budget = Budget.of(limits.seconds)
    denies = only_denies((document,))
    said = search([Claim(Level((document,)), Says.DENIES if denies else Says.ALLOWS)], budget, limits)
    denied = search([Claim(Level((document,)), Says.DENIES)], budget, limits, shown=False)
    found, fit = (said.request, said.fit) if isinstance(said, Found) else (None, Fit())
    gains = came is not denies
    hinges = said if isinstance(said, Hinges) else None
    relation = _relation(said, gains=gains)
    proved = relation is Relation.EQUIVALENT
    return Difference(
        relation,
        gained=found if gains else None,
        lost=None if gains else found,
        denies_same=None if isinstance(denied, Unknown | Hinges) else isinstance(denied, Absent),
        reason=open_reason(((said, "gained" if gains else "lost"), (denied, "denied"))),
        assumes=assumptions((document,), limits.world, limits.readings, proved=proved),
        gained_fit=fit if gains else Fit(),
        lost_fit=Fit() if gains else fit,
        world=limits.world,
        gained_hinges=hinges if gains else None,
        lost_hinges=None if gains else hinges,
    )


def _relation(said: Outcome, *, gains: bool) -> Relation:
    match said:
        case Found():
            return Relation.WIDER if gains else Relation.NARROWER
        case Absent():
            return Relation.EQUIVALENT
        case Unknown() | Hinges():
            return Relation.UNDECIDED
    assert_never(said)
