"""What a containment needs: which limits hold each grant within the maximum, and which hold nothing.

    needed(question)         what the containment needs, as a `WhyContained`
    least(items, enough)     a least set that is enough: no item of it can be left out

A set of limits (`grants.py`) *holds* a grant iff everything that the grant allows under these limits alone is allowed
by the maximum. Fewer limits allow more. So if limits are left out one after the other, as long as the rest still holds,
a set remains from which no limit can be left out; there may be other such sets. Deny statements are left out before
levels, and the boundary last, so that the boundary is the reason if it is one.

Each step is a proof by the questions' own `search`, all of them within one time limit. A step that was not decided
leaves the limit in place, and says so. That all limits together hold a grant is proved here too, not taken from the
verdict: a containment may rest on more than the documents.

Limits hold a grant only if they do under every reading of AWS's guide. What gets through is shown for the usual one.

For each Allow of the boundary it is asked whether it lets something of a grant through; a request that is found answers
for every Allow that matches it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import field, replace
from typing import Generic, TypeVar

from verifier.base.budget import Budget
from verifier.base.dataclass import dataclass
from verifier.clouds.cloud import Document
from verifier.explanations.explanation import Grant, Held, Limit, WhyContained
from verifier.explanations.grants import Hold, Spot, Stack
from verifier.questions.ask import Ask, Readings
from verifier.questions.prove import beyond
from verifier.questions.question import ProveQuestion
from verifier.questions.search import search
from verifier.questions.verdict import Absent, Found, Hinges, SearchResult
from verifier.smt.solve import Unknown

_T = TypeVar("_T")


def needed(question: ProveQuestion, vacuous: bool | None, ask: Ask, alone: str | None = None) -> WhyContained:
    """Return what the containment that `question` asks about needs; `vacuous` is what the verdict says of it.

    `alone` is what the one document is called where there is but one. All proofs together take no longer than `ask`
    allow a question.
    """
    proofs = _Proofs(Stack.of(question.documents, alone), question.maximum, Budget.of(ask.seconds), ask)
    return _why(proofs, vacuous)


@dataclass(frozen=True)
class _Through:
    """What gets through all documents of a grant: `nothing` (None: not found out), and the openings by which."""

    nothing: bool | None
    openings: frozenset[Spot] = frozenset()
    unsure: frozenset[Spot] = frozenset()


@dataclass(frozen=True)
class _Proofs:
    """The proofs about one containment, within one budget."""

    stack: Stack
    maximum: Document
    budget: Budget
    ask: Ask
    every: frozenset[Hold] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "every", frozenset(self.stack.limits))

    def held(self, grants: Sequence[Spot], among: frozenset[Hold]) -> Least[Hold] | None:
        """Return the least of the limits `among` that hold `grants` within the maximum, or None: not found out."""
        return self._least(lambda kept: self._absent(grants, kept, self.maximum), among)

    def blocked(self, grants: Sequence[Spot]) -> Least[Hold] | None:
        """Return the least of all limits under which `grants` allow nothing at all, or None: not found out."""
        return self._least(lambda kept: self._absent(grants, kept, None), self.every)

    def through(self, grant: Spot) -> _Through:
        """Return what gets through of `grant`, and by which Allows of the boundary."""
        opened, unsure = set[Spot](), set[Spot]()
        whole = self._search((grant,), self.every)
        if isinstance(whole, Absent):
            return _Through(nothing=True)
        opened |= self._matching(whole)
        for number, opening in enumerate(self.stack.openings):
            if not self.budget.remaining:
                unsure.update(self.stack.openings[number:])
                break
            if opening not in opened:
                outcome = self._search((grant,), self.every, opening=opening)
                opened |= self._matching(outcome)
                unsure |= {opening} if isinstance(outcome, Unknown) else set()
        nothing = False if opened or isinstance(whole, Found) else None
        return _Through(nothing, frozenset(opened), frozenset(unsure - opened))

    def _matching(self, outcome: SearchResult) -> set[Spot]:
        """Return the Allows of the boundary that match the request that was found."""
        if not isinstance(outcome, Found):
            return set()
        return {opening for opening in self.stack.openings if self.stack.matches(opening, outcome.request)}

    def _least(self, enough: Callable[[frozenset[Hold]], bool | None], among: frozenset[Hold]) -> Least[Hold] | None:
        return least([hold for hold in self.stack.limits if hold in among], enough)

    def _absent(self, grants: Sequence[Spot], kept: frozenset[Hold], maximum: Document | None) -> bool | None:
        match self._search(grants, kept, maximum):
            case Absent():
                return True
            case Found() | Hinges():
                return False
            case Unknown():
                return None

    def _search(
        self,
        grants: Sequence[Spot],
        kept: frozenset[Hold],
        maximum: Document | None = None,
        opening: Spot | None = None,
    ) -> SearchResult:
        if not self.budget.remaining:
            return Unknown("the time is over")
        claims = self.stack.claims(grants, kept, opening)
        if maximum is None:
            return search(claims, self.budget, replace(self.ask, readings=Readings.USUAL))
        return search(beyond(claims, maximum), self.budget, self.ask)


def _why(proofs: _Proofs, vacuous: bool | None) -> WhyContained:
    stack, every = proofs.stack, proofs.every
    held = {grant: proofs.held((grant,), every) for grant in stack.grants}
    enough = frozenset[Hold]().union(*(found.kept for found in held.values() if found))
    whole = proofs.held(stack.grants, enough if all(held.values()) else every) or Least(every, every)
    through = {grant: _Through(nothing=True) if vacuous else proofs.through(grant) for grant in stack.grants}
    blocked = proofs.blocked(stack.grants) if vacuous else None
    known = all(found.nothing is not None for found in through.values())
    busy = frozenset[Spot]().union(*(found.openings | found.unsure for found in through.values()))
    return WhyContained(
        vacuous=vacuous,
        grants=tuple(_grant(stack, grant, held[grant], through[grant]) for grant in stack.grants),
        needed=_limits(stack, whole.kept - whole.unsure),
        unneeded=_limits(stack, every - whole.kept),
        unknown=_limits(stack, whole.unsure),
        idle=tuple(stack.cited(spot) for spot in stack.openings if spot not in busy) if known else (),
        blocked_by=_limits(stack, blocked.kept) if blocked else (),
    )


def _grant(stack: Stack, grant: Spot, found: Least[Hold] | None, through: _Through) -> Grant:
    kept = found.kept if found else frozenset[Hold]()
    return Grant(
        statement=stack.cited(grant),
        held=Held.NOT_FOUND_OUT if found is None else Held.BY_LIMITS if kept else Held.BY_ITSELF,
        limits=_limits(stack, kept),
        least=found is not None and not found.unsure,
        blocked=through.nothing,
        through=tuple(map(stack.cited, sorted(through.openings))),
        through_unknown=tuple(map(stack.cited, sorted(through.unsure))),
    )


def _limits(stack: Stack, holds: frozenset[Hold]) -> tuple[Limit, ...]:
    """Return limits by name in the order of the documents, a level before its Deny statements."""
    ordered = sorted(holds, key=lambda hold: (hold.level, hold.spot or (-1, -1)))
    return tuple(map(stack.limit, ordered))


@dataclass(frozen=True, slots=True)
class Least(Generic[_T]):
    """`kept` are enough; `unsure` are those where it was not found out whether they can be left out."""

    kept: frozenset[_T]
    unsure: frozenset[_T] = frozenset()


def least(items: Sequence[_T], enough: Callable[[frozenset[_T]], bool | None]) -> Least[_T] | None:
    """Return a least subset of `items` that is `enough`, or None where all of them are not, or not known to be.

    `enough` must be monotone, more items are never less; it answers None where it cannot tell, and then nothing is left
    out. Items are tried in halves, those at the front are left out first.
    """
    if enough(frozenset()):
        return Least(frozenset())
    if not items or not enough(frozenset(items)):
        return None
    kept, unsure = set(items), set[_T]()

    def leave_out(chunk: Sequence[_T]) -> None:
        answer = enough(frozenset(kept.difference(chunk)))
        if answer:
            kept.difference_update(chunk)
        elif len(chunk) > 1:
            middle = len(chunk) // 2
            leave_out(chunk[:middle])
            leave_out(chunk[middle:])
        elif answer is None:
            unsure.update(chunk)

    for half in (items[: len(items) // 2], items[len(items) // 2 :]):
        if half:
            leave_out(half)
    return Least(frozenset(kept), frozenset(unsure))
