"""Refuting before searching: requests that a document allows are tried on the maximum.

Where every document of a large set is compared with every other, nearly all of them differ in something plain, mostly
in an action that one names and the other does not. So a few requests that a document allows are found once and
remembered with it. One that the maximum does not allow is a counterexample, and no formula was needed; where none is,
the search decides as if this step were not there.

    refuted_by_memory(question, ask, show)  the verdict by what is remembered of both documents, or None
    tried(question, ask, show, budget)      the same, and first what is not remembered yet; within a deadline

What it decides: whether one document by itself, without a boundary or anything else that limits it, lies within a
maximum, where the answer is shown to nobody (`chosen=False`): which request is shown then never depends on what was
asked before. It only ever says `Escapes`. It trusts nothing but the evaluator: a request is remembered once that says
the document allows it, and counts once it says that the maximum does not. That is all that `replays` asks. A question
about requests that AWS can make, or for another encoding, goes to the search.

Bit sets over the actions that documents spell were compared with it (1,582 managed policies, 11,920 actions). One
and-not costs 0.1 µs a pair with Python's integers, 1.4 µs with numpy, 0.2 µs with numpy for a whole row of pairs. They
refute 98.1 % of all pairs of 200 documents; eight requests refute 98.8 % of 20,000 pairs drawn from all, since requests
also differ in resources and conditions. Each counterexample must be replayed all the same. So the replay alone is the
step, and the evaluator looks statements up by service (`Policy.naming`).
"""

from __future__ import annotations

import math
from dataclasses import field
from functools import lru_cache
from weakref import WeakKeyDictionary

from verifier.base.budget import Budget, bounded
from verifier.base.dataclass import dataclass
from verifier.base.errors import UndecidedError
from verifier.clouds.cloud import Cloud, Document
from verifier.logic.readings import USUAL
from verifier.logic.request import Request, parts
from verifier.questions.ask import Ask, Encoding, Readings, World
from verifier.questions.claims import Claim, Level, Says, cases, decode, replays, standing_for
from verifier.questions.question import ProveQuestion
from verifier.questions.search import solve_memoised
from verifier.questions.verdict import Escapes, Found
from verifier.questions.worlds import Show
from verifier.smt.solve import Sat

_PLAIN = (World.ALL, Encoding.FAST, Readings.ALL)
_MOST_REQUESTS = 8
_MOST_SECONDS = 0.1
# Characters of a request times those of a maximum: what is compared without a deadline.
_MOST_WORK = 2**22


@dataclass(frozen=True, eq=False, slots=True)
class _Allowed:
    """A request that a document allows, of `size` characters; `shown` is what is shown of it, by the `Show`."""

    request: Request
    size: int
    shown: dict[Show, Found] = field(default_factory=dict)


@dataclass(frozen=True, eq=False, slots=True)
class _Policy:
    """What is remembered of a document that has been checked: requests that it allows, and what answers assume."""

    requests: tuple[_Allowed, ...]
    assumes: tuple[str, ...]


@dataclass(frozen=True, eq=False, slots=True)
class _Maximum:
    """What is remembered of a maximum that has been checked: `size` is the number of its characters."""

    cloud: Cloud
    size: int
    assumes: tuple[str, ...]


_POLICIES: WeakKeyDictionary[Document, _Policy] = WeakKeyDictionary()
_MAXIMA: WeakKeyDictionary[Document, _Maximum] = WeakKeyDictionary()


def refuted_by_memory(question: ProveQuestion, ask: Ask, show: Show, most: float = _MOST_WORK) -> Escapes | None:
    """Return the verdict by what is remembered of both documents, which have been checked then, or None.

    `most` bounds the work of each comparison.
    """
    if not _decides(question, ask):
        return None
    policy, maximum = _POLICIES.get(question.documents.policies[0]), _MAXIMA.get(question.maximum)
    if policy is None or maximum is None:
        return None
    for one in policy.requests:
        if one.size * maximum.size <= most and not maximum.cloud.allows((question.maximum,), one.request, USUAL):
            found = one.shown.get(show) or _shown(one, question, ask, show)
            assumes = _together(maximum.cloud, policy.assumes, maximum.assumes)
            return Escapes(found.request, assumes, found.fit, ask.world)
    return None


def _decides(question: ProveQuestion, ask: Ask) -> bool:
    if (ask.world, ask.encoding, ask.readings) != _PLAIN:
        return False
    documents = question.documents
    return len(documents.policies) == 1 and not documents.beside() and not documents.tells_who


def _claims(policy: Document, maximum: Document) -> tuple[Claim, ...]:
    """Return the claims of a request that escapes."""
    return Claim(Level((policy,)), Says.ALLOWS), Claim(Level((maximum,)), Says.ALLOWS, holds=False)


def _shown(one: _Allowed, question: ProveQuestion, ask: Ask, show: Show) -> Found:
    """Return what `show` shows of a request, and remember it; for the questions that this decides it is the same."""
    claims = _claims(question.documents.policies[0], question.maximum)
    found = show(claims, Found(one.request), Budget.of(ask.seconds), ask)
    assert isinstance(found, Found)
    one.shown[show] = found
    return found


@lru_cache(maxsize=65_536)
def _together(cloud: Cloud, one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    """Return what an answer about two documents assumes: what answers about each of them do, in the usual order, and
    then what only these documents say.
    """
    usual = tuple(cloud.every_assumption())
    own = tuple(text for text in dict.fromkeys((*one, *other)) if text not in usual)
    return (*(text for text in usual if text in one or text in other), *own)


def tried(question: ProveQuestion, ask: Ask, show: Show, budget: Budget) -> Escapes | None:
    """Return the verdict by requests that the document, which has been checked, allows.

    None if no such request is a counterexample. Raises LimitReached.
    """
    if not _decides(question, ask):
        return None
    policy, maximum = question.documents.policies[0], question.maximum
    if any(point.is_unknown for each in (policy, maximum) for point in each.cloud.touched(each)):
        return None  # an answer says what it leans on
    if policy not in _POLICIES:
        _POLICIES[policy] = _Policy(tuple(map(_allowed, _requests(policy, budget))), _assumed(policy))
    if maximum not in _MAXIMA:
        _MAXIMA[maximum] = _Maximum(maximum.cloud, len(maximum.source.text), _assumed(maximum))
    return refuted_by_memory(question, ask, show, math.inf)


def _assumed(document: Document) -> tuple[str, ...]:
    """Return what an answer about `document` alone assumes."""
    how = {"narrowed": False, "as_usual": False, "proved": False, "every_service": False}
    return document.cloud.assumptions((document,), None, **how)


def _allowed(request: Request) -> _Allowed:
    values = (text for value in request.context.values() for text in parts(value))
    return _Allowed(request, sum(map(len, (request.action, request.resource, *values))))


def _requests(policy: Document, budget: Budget) -> list[Request]:
    """Return some requests that `policy` allows: of the actions that it names first. Raises LimitReached."""
    claims = (Claim(Level((policy,)), Says.ALLOWS),)
    share = Budget.of(min(budget.remaining, _MOST_SECONDS))
    found: list[Request] = []
    try:
        with bounded():
            for action, case in cases(claims, standing_for(claims, share), share):
                outcome = solve_memoised(case.formula, policy, policy.cloud.domains, share)
                if isinstance(outcome, Sat):
                    request = decode(claims, action, outcome.model)
                    if replays(claims, request):
                        found.append(request)
                if len(found) == _MOST_REQUESTS:
                    break
    except UndecidedError:
        budget.check()
    return found
