"""`repair`: a small change to a boundary after which just what is within the maximum is allowed.

    allowed'  =  allowed and maximum, for every request

    repair      the answer to a question
    Repaired    the answer: the boundary's text with its changes, or why there is none

Changes are proposed (`denials.py`, `narrowings.py`), and each that is used is proved to take away nothing that the
maximum allows. The cheapest choice of them that excludes all escaping requests known so far (`move.py`) is written into
the boundary's text, which is read anew and asked about: a request that still escapes joins the known ones, and the next
choice is made. Once nothing escapes, three proofs are made of the text as it would be saved: what is allowed is within
the maximum, nothing is lost that the maximum allows, and nothing is gained. Without them nothing is shown.

Without a boundary, the maximum itself is the proposal, and is proved like any other.
"""

from __future__ import annotations

import enum
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from typing import Any, NoReturn

from verifier.base.budget import Budget, deadline
from verifier.base.dataclass import dataclass
from verifier.base.errors import InputError, LimitReached
from verifier.base.safe import printable
from verifier.base.source import Source
from verifier.clouds.aws.documents import Documents, aws_documents, aws_policy
from verifier.clouds.aws.entry_lists import Sharing
from verifier.clouds.aws.policy.edit import policy_text, rewrite, statement_json
from verifier.clouds.aws.policy.parse import parse
from verifier.clouds.aws.policy.syntax import Policy, Statement
from verifier.clouds.aws.policy.write import MANAGED, characters
from verifier.logic.actions import Effect
from verifier.logic.readings import NOT_KNOWN, some_unknown
from verifier.logic.request import Request
from verifier.questions.ask import Ask
from verifier.questions.claims import Claim, Level, Says
from verifier.questions.prove import assumptions_of, beyond
from verifier.questions.question import ProveQuestion
from verifier.questions.search import search
from verifier.questions.verdict import Absent, Found, Hinges
from verifier.questions.verdict import SearchResult as Searched
from verifier.questions.ways import allowed
from verifier.questions.worlds import show
from verifier.repairs.denials import denials
from verifier.repairs.move import Choice, Move, Moves
from verifier.repairs.narrowings import narrowings
from verifier.shown import Displayed
from verifier.smt.solve import Unknown


class RepairOutcome(enum.Enum):
    """What came of a repair."""

    CONTAINED = "contained"
    REPAIRED = "repaired"
    NO_REPAIR = "no-repair"


@dataclass(frozen=True, slots=True)
class Change:
    """A statement of the boundary, by its number from 0, and what now stands in its place: nothing, one or several."""

    statement: int
    sid: str | None
    line: int
    now: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Repaired(Displayed):
    """What `repair` found. It has no truth value, as no verdict has.

    REPAIRED: `text` is the boundary, `added` and `changed` are how it differs from `source`, None where there was no
    boundary; both halves are proved. CONTAINED: there is nothing to repair. NO_REPAIR: none was found, for `reason`;
    `request` is allowed, but not by the maximum, still under the nearest proposal.
    """

    outcome: RepairOutcome
    source: Source | None
    text: str | None = None
    added: tuple[Mapping[str, Any], ...] = ()
    changed: tuple[Change, ...] = ()
    reason: str | None = None
    request: Request | None = None
    assumes: tuple[str, ...] = ()

    @property
    def statements(self) -> int:
        """How many statements are added or changed; one that becomes several counts as so many."""
        return len(self.added) + sum(max(1, len(change.now)) for change in self.changed)

    @property
    def characters(self) -> int | None:
        """How many characters without white space the boundary has now."""
        return None if self.text is None else characters(self.text)

    @property
    def most(self) -> int:
        """How many of them AWS saves as a managed policy."""
        return MANAGED

    def __str__(self) -> str:
        return self.outcome.value + (f": {printable(self.reason)}" if self.reason else "")

    def __bool__(self) -> NoReturn:
        raise TypeError("an answer has no truth value; look at `outcome`")


_SECONDS_FOR_A_MOVE = 2.0
_NONE_SUITS = "no candidate change removes everything outside the maximum without removing something inside it"


def repair(question: ProveQuestion, ask: Ask = Ask()) -> Repaired:
    """Return a boundary with which all that the documents allow together is within the maximum, and nothing else is
    lost.

    Raises PolicyError where a document is not what its place requires, ValueError where there is no identity policy.
    """
    question.check()
    try:
        with deadline(ask.seconds):
            return _repair(question, ask)
    except LimitReached as limit:
        return Repaired(RepairOutcome.NO_REPAIR, None, reason=str(limit))


def _repair(question: ProveQuestion, ask: Ask) -> Repaired:
    documents, maximum = aws_documents(question.documents), aws_policy(question.maximum)
    if any(some_unknown(policy.cloud.touched(policy)) for policy in question.policies()):
        return Repaired(RepairOutcome.NO_REPAIR, None, reason=NOT_KNOWN)
    found = Repairer(documents, maximum, Budget.of(ask.seconds), ask)
    boundary = documents.boundary
    source = replace(boundary.source, text=policy_text(boundary), within=None) if boundary else None
    repaired = found.repair()
    proved = repaired.outcome is not RepairOutcome.NO_REPAIR
    assumes = assumptions_of(question.policies(), ask, documents, proved=proved)
    return replace(repaired, source=source, assumes=assumes)


@dataclass
class Repairer:
    """The search for a repair; `reason`, and `request` under the proposal `nearest`, are what stood in its way last."""

    documents: Documents
    maximum: Policy
    budget: Budget
    ask: Ask
    reason: str = _NONE_SUITS
    request: Request | None = None
    nearest: Policy | None = None
    _harmless: dict[int, bool] = field(default_factory=dict)
    _failed: list[Moves] = field(default_factory=list)

    def repair(self) -> Repaired:
        """Return the answer, without its source and assumptions."""
        match self._escape(self.documents.boundary):
            case Absent():
                return Repaired(RepairOutcome.CONTAINED, None)
            case Hinges() as hinges:
                shown = show(self._escaping(self.documents.boundary), hinges, self.budget, self.ask)
                assert isinstance(shown, Hinges)
                return Repaired(RepairOutcome.NO_REPAIR, None, reason=shown.reason("escapes"), request=shown.request)
            case Unknown(reason):
                return Repaired(RepairOutcome.NO_REPAIR, None, reason=reason)
            case Found(request):
                self.request = request
        try:
            boundary = self.documents.boundary
            found = self._without() if boundary is None else self._changed(boundary)
        except LimitReached as limit:
            self.reason, found = str(limit), None
        if found is None:
            return Repaired(RepairOutcome.NO_REPAIR, None, reason=self.reason, request=self._shown())
        return found

    def _without(self) -> Repaired | None:
        maximum = self.maximum
        text = policy_text(maximum)
        added = tuple(statement_json(maximum, statement) for statement in maximum.statements)
        return (
            Repaired(RepairOutcome.REPAIRED, None, text, added)
            if self._exact(parse(text, maximum.source.name))
            else None
        )

    def _changed(self, boundary: Policy) -> Repaired | None:
        size = characters(policy_text(boundary))
        choice = Choice(boundary, self._moves(boundary), MANAGED - size)
        assert self.request
        choice.add(self.request)
        while True:
            self.budget.check()
            moves = choice.cheapest(self._usable)
            if moves is None:
                return None
            answer, policy = made(boundary, moves)
            outcome = self._escape(policy)
            if isinstance(outcome, Found):
                self.request = outcome.request
                choice.add(outcome.request)
            elif self._exact(policy):
                return answer
            else:
                self._failed.append(moves)

    def _moves(self, boundary: Policy) -> list[Move]:
        """Return the changes that may be made, the cheap ones first."""
        allows = [statement for statement in self.maximum.statements if statement.effect is Effect.ALLOW]
        sharing = Sharing(allows, self.budget)
        others = (*self.documents.policies, boundary)
        moves = [self._move(None, (one,), 0) for one in denials(self.maximum, others, self.budget)]
        for statement in boundary.statements:
            if statement.effect is Effect.ALLOW:
                written = statement_json(boundary, statement)
                size = _size(written)
                moves += [
                    self._move(statement.index, new, size)
                    for new in narrowings(written, statement, sharing, self.budget)
                ]
        return sorted(filter(None, moves), key=lambda move: (move.cost, move.size))

    def _move(self, index: int | None, proposals: Sequence[Mapping[str, Any]], size: int) -> Move | None:
        """Return the move that puts `proposals` in; None where they are not statements under the boundary's version."""
        assert self.documents.boundary
        version = self.documents.boundary.version.value
        statements: tuple[Statement, ...] = ()
        if proposals:
            text = json.dumps({"Version": version, "Statement": list(proposals)}, ensure_ascii=False)
            try:
                statements = parse(text, "proposal").statements
            except InputError:
                return None
        return Move(index, tuple(proposals), statements, sum(map(_size, proposals)) - size)

    def _usable(self, moves: Moves) -> bool:
        """Whether each of the moves takes away nothing that the maximum allows, and together they have not failed.

        What is known to do harm says so first: most choices hold such a move, and to ask about the others costs much.
        """
        known = any(self._harmless.get(id(move)) is False for move in moves)
        return not known and moves not in self._failed and all(map(self._is_harmless, moves))

    def _is_harmless(self, move: Move) -> bool:
        if id(move) not in self._harmless:
            self.budget.check()
            outcome = self._search((*self._taken(move), Claim(Level((self.maximum,)), Says.ALLOWS)))
            self._harmless[id(move)] = isinstance(outcome, Absent)
        return self._harmless[id(move)]

    def _taken(self, move: Move) -> tuple[Claim, ...]:
        """Return the claims of a request that is allowed and that `move` takes away."""
        boundary = self.documents.boundary
        assert boundary
        new = tuple(replace(boundary, statements=(statement,)) for statement in move.statements)
        if move.index is None:
            return (*allowed(self.documents), Claim(Level(new), Says.DENIES))
        denies = [one for one in boundary.statements if one.effect is Effect.DENY]
        kept = replace(boundary, statements=(boundary.statements[move.index], *denies))
        claims = allowed(replace(self.documents, boundary=kept))
        return (*claims, Claim(Level(new), Says.ALLOWS, holds=False))

    def _escape(self, boundary: Policy | None) -> Searched:
        self.nearest = boundary
        return self._search(self._escaping(boundary), whole=True)

    def _escaping(self, boundary: Policy | None) -> tuple[Claim, ...]:
        return beyond(allowed(replace(self.documents, boundary=boundary)), self.maximum)

    def _shown(self) -> Request | None:
        """Return a request that escapes from the nearest proposal, chosen for people as far as there is time."""
        claims, budget = self._escaping(self.nearest), Budget.of(max(self.budget.remaining, _SECONDS_FOR_A_MOVE))
        found = show(claims, search(claims, budget, self.ask), budget, self.ask)
        return found.request if isinstance(found, Found) else self.request

    def _exact(self, boundary: Policy) -> bool:
        """Whether it is proved that with `boundary` just what was allowed and is within the maximum is allowed."""
        old, new = allowed(self.documents), allowed(replace(self.documents, boundary=boundary))
        within = Claim(Level((self.maximum,)), Says.ALLOWS)
        limit = Level((boundary,))
        questions = [beyond(new, self.maximum), (*old, within, Claim(limit, Says.ALLOWS, holds=False))]
        if self.documents.boundary:
            questions.append((*new, Claim(Level((self.documents.boundary,)), Says.ALLOWS, holds=False)))
        for question in questions:
            outcome = self._search(question, whole=True)
            if isinstance(outcome, Unknown):
                self.reason = outcome.reason
            if isinstance(outcome, Hinges):
                self.reason = outcome.reason("what the nearest change allows differs from what is within the maximum")
            if not isinstance(outcome, Absent):
                return False
        return True

    def _search(self, claims: Iterable[Claim], *, whole: bool = False) -> Searched:
        """Ask the one search, with all the time that is left if `whole`, else with that for a move."""
        seconds = self.budget.remaining if whole else min(_SECONDS_FOR_A_MOVE, self.budget.remaining)
        return search(tuple(claims), Budget.of(seconds), self.ask)


def made(boundary: Policy, moves: Moves) -> tuple[Repaired, Policy]:
    """Return what becomes of `boundary` by `moves`, as an answer and as it reads once it is written."""
    added = tuple(one for move in moves if move.index is None for one in move.proposals)
    replaced = {move.index: move.proposals for move in moves if move.index is not None}
    text = rewrite(boundary, replaced, added)
    changes = tuple(
        Change(index, statement.sid, statement.span.line, replaced[index])
        for index, statement in enumerate(boundary.statements)
        if index in replaced
    )
    return Repaired(RepairOutcome.REPAIRED, None, text, added, changes), parse(text, boundary.source.name)


def _size(proposal: Mapping[str, Any]) -> int:
    return characters(json.dumps(proposal, ensure_ascii=False)) + 1
