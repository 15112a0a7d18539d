"""`diff`: do two documents allow the same requests?

Gained is what only the second allows, lost what only the first does. Whether both also deny explicitly the same matters
beside other documents, and is told apart. What differs under another reading of AWS's guide only is neither gained nor
lost, and leaves that side undecided. Two documents without any Allow are compared by what they deny
(interface.md). Of two SCPs, one that only denies is beside AWS's full access (rule 30): what it does not deny passes.
"""

from __future__ import annotations

from collections.abc import Sequence

from verifier.base.budget import Budget
from verifier.base.deadline import deadline
from verifier.base.errors import LimitReached
from verifier.clouds.aws.assumptions import assumptions
from verifier.clouds.aws.by_itself import by_itself
from verifier.clouds.aws.policy.check import alike
from verifier.clouds.aws.policy.organisation import as_rcp, is_rcp, only_denies
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.policy.types import PolicyType
from verifier.logic.request import Request
from verifier.questions.ask import Ask
from verifier.questions.claims import Claim, Level, Says
from verifier.questions.hinging import open_reason
from verifier.questions.prove import allowed
from verifier.questions.question import DiffQuestion
from verifier.questions.search import Absent, Found, Outcome, empty, search
from verifier.questions.verdict import Difference, Fit, Hinges, Relation
from verifier.questions.worlds import Show, as_found

_BESIDE = "rule 30: the SCP that only denies is beside FullAWSAccess, as AWS attaches it"


def diff(question: DiffQuestion, ask: Ask = Ask(), show: Show = as_found) -> Difference:
    """Return how what the new document allows stands to what the old one allows.

    `show` is that of `prove`. An RCP says itself what it is, and others are read as a boundary where they are not told.
    Raises PolicyError for a document that is something else, or two of different kinds.
    """
    old, new = alike((question.old, question.new), question.told)
    try:
        with deadline(ask.seconds):
            return _diff(DiffQuestion(old, new, question.told), ask, show)
    except LimitReached as limit:
        return not_compared(str(limit), ask)


def not_compared(reason: str, ask: Ask) -> Difference:
    """Return the answer that nothing was found out, for `reason`."""
    return Difference(Relation.UNDECIDED, reason=reason, world=ask.world, vacuous=None)


def _diff(question: DiffQuestion, ask: Ask, show: Show) -> Difference:
    budget = Budget.of(ask.seconds)
    asked = sides(question)
    gained, lost = (show(claims, search(claims, budget, ask), budget, ask) for claims in asked)
    same, denied = _denies_same(Level((question.old,)), Level((question.new,)), budget, ask)
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
    old, new = alike((question.old, question.new), question.told)
    found = assumptions((old, new), ask.world, ask.readings, proved=proved)
    return (*found, _BESIDE) if _one_is_beside(old, new, question.told) else found


def _one_is_beside(old: Policy, new: Policy, told: PolicyType | None) -> bool:
    """Whether one of two SCPs only denies, and the other does not."""
    return told is PolicyType.SCP and only_denies((old,)) is not only_denies((new,))


def sides(question: DiffQuestion) -> tuple[Sequence[Claim], Sequence[Claim]]:
    """Return the claims of a request that is gained, and those of one that is lost. Raises as `diff`."""
    old, new = alike((question.old, question.new), question.told)
    before, after = (Level((as_rcp(policy) if is_rcp(policy) else policy,)) for policy in (old, new))
    if compares_denials(question):
        return _only(before, after, Says.DENIES), _only(after, before, Says.DENIES)
    if _one_is_beside(old, new, question.told):
        return (*_passing(new), _stopped(before, old)), (*_passing(old), _stopped(after, new))
    return _only(after, before, Says.ALLOWS), _only(before, after, Says.ALLOWS)


def compares_denials(question: DiffQuestion) -> bool:
    """Whether neither document has any Allow, so that what they deny is compared. Raises as `diff`."""
    return only_denies(alike((question.old, question.new), question.told))


def _passing(scp: Policy) -> Sequence[Claim]:
    """Return the claims of a request that an SCP lets through."""
    return allowed(by_itself(scp, PolicyType.SCP))


def _stopped(level: Level, scp: Policy) -> Claim:
    """Return the claim that an SCP does not let a request through."""
    return Claim(level, Says.DENIES) if only_denies((scp,)) else Claim(level, Says.ALLOWS, holds=False)


def _only(this: Level, other: Level, says: Says) -> tuple[Claim, Claim]:
    return Claim(this, says), Claim(other, says, holds=False)


def _denies_same(before: Level, after: Level, budget: Budget, ask: Ask) -> tuple[bool | None, Sequence[Outcome]]:
    pairs = ((before, after), (after, before))
    found = [search(_only(*pair, Says.DENIES), budget, ask) for pair in pairs]
    if any(isinstance(side, Found) for side in found):
        return False, ()
    return (True, ()) if all(isinstance(side, Absent) for side in found) else (None, found)


def _hinges(side: Outcome) -> Hinges | None:
    return side if isinstance(side, Hinges) else None


def _request(side: Outcome) -> Request | None:
    return side.request if isinstance(side, Found) else None


def _fit(side: Outcome) -> Fit:
    return side.fit if isinstance(side, Found) else Fit()


def _relation(gained: Outcome, lost: Outcome) -> Relation:
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
