"""Does leaving a part out change anything? Asked of the statements that can tell, and proved.

Two documents mean the same with any others iff they allow the same and deny explicitly the same. Leaving out a part
of a Deny changes nothing iff the other Deny statements, and what is left of its own, match every request about which it
matters; a part of an Allow likewise, of the requests that no Deny matches. Statements become documents of one statement
each, which act as one (rule 29) and are compiled once. Statements about other actions, and entries of Action about
other services, are left out of the question: with less to cover a part, a proof that it is covered still holds.

Requests that probably show that a part matters are tried first (`attempts.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field, replace

from verifier.base.budget import Budget
from verifier.base.dataclass import dataclass
from verifier.clouds.aws.policy.syntax import Policy, Statement
from verifier.clouds.split import Respect
from verifier.logic.actions import Effect
from verifier.questions.ask import Ask, World
from verifier.questions.claims import Claim, Level, Says, replays
from verifier.questions.search import search
from verifier.questions.verdict import Absent, Found, SearchResult
from verifier.simplification.attempts import Attempts
from verifier.simplification.part import PartKind, RemovablePart
from verifier.simplification.statement_actions import Statements


@dataclass
class Prover:
    """Proofs about statements of one document; each may take `seconds` at most, and all together `budget`.

    `respects` are those in which nothing may change.
    """

    policy: Policy
    budget: Budget
    ask: Ask
    seconds: float = 1.0
    respects: Sequence[Respect] = (Respect(),)
    _statements: Statements = field(init=False)
    _attempts: Attempts = field(init=False)
    _alone: dict[int, Policy] = field(default_factory=dict)
    _cuts: dict[tuple[int, frozenset[str]], Statement] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin with the statements of the document."""
        self._statements = Statements(self.policy.statements)
        self._attempts = Attempts(self.policy.cloud, self._statements)

    def around(self, part: RemovablePart) -> tuple[int, ...]:
        """Return the indexes of the statements that can say something about the actions of `part`, in order."""
        return self._statements.near(part.within[-1])

    def changes_nothing(self, part: RemovablePart, others: Iterable[Statement]) -> SearchResult:
        """Return Absent where leaving `part` out changes nothing, however AWS's guide is read; `others` are the other
        statements.
        """
        others = tuple(others)
        rest = [other for other in others if other.effect is part.statement.effect]
        if part.after is not None and not self._is_gone_with(part):
            rest.append(part.statement if part.wider else part.after)
        return self.covered(part, rest, [other for other in others if other.effect is Effect.DENY])

    def _is_gone_with(self, part: RemovablePart) -> bool:
        """Whether `part` is an entry without which its statement is plainly not about the action that it names."""
        named, actions = self._statements.actions(part.within[0]), part.statement.actions
        if part.kind is not PartKind.ACTION or part.wider or named.wild or not actions:
            return False
        alike = ((entry, word) for word in named.words for entry in actions.spelling(*word))
        return sum(bool(entry.pattern and entry.pattern.meets(*word)) for entry, word in alike) == 1

    def covered(self, part: RemovablePart, rest: Sequence[Statement], denies: Sequence[Statement]) -> SearchResult:
        """Return Absent where each request that `part` matters for is matched by one of `rest`, or, of an Allow, by
        one of `denies`.
        """
        says = Says.ALLOWS if part.statement.effect is Effect.ALLOW else Says.DENIES
        outcome: SearchResult = Absent()
        tried = tuple(self._attempts.at(part)) if self.ask.world is World.ALL else ()
        for respect in self.respects:
            if says is Says.DENIES and not respect.denying:
                continue
            claims = self._claims(part, rest, denies, says, respect)
            shown = next((request for request in tried if replays(claims, request)), None)
            if shown is not None:
                outcome = Found(shown)
            else:
                outcome = search(claims, Budget.of(min(self.seconds, self.budget.remaining)), self.ask)
            if isinstance(outcome, Found):
                self._attempts.record(part, outcome.request)
            if not isinstance(outcome, Absent):
                break
        return outcome

    def _claims(
        self,
        part: RemovablePart,
        rest: Sequence[Statement],
        denies: Sequence[Statement],
        says: Says,
        respect: Respect,
    ) -> list[Claim]:
        near = denies if says is Says.ALLOWS else ()
        first = self._level((*part.within[:1], *self._near(part, near)), respect)
        more = [Claim(self._level((one,), respect), says) for one in part.within[1:]]
        covering = self._level(tuple(self._near(part, rest)), respect)
        given = (Claim(Level((one,)), Says.ALLOWS) for one in respect.given)
        return [*given, Claim(first, says), *more, Claim(covering, says, holds=False)]

    def proves(self, part: RemovablePart, rest: Sequence[Statement], denies: Sequence[Statement] = ()) -> bool:
        """Whether `covered` is proved."""
        return isinstance(self.covered(part, rest, denies), Absent)

    def near(self, part: RemovablePart, statements: Iterable[Statement]) -> Iterator[Statement]:
        """Yield those of `statements` that can say something about an action of `part`."""
        own = part.within[-1]
        return (statement for statement in statements if self._statements.meet(statement, own))

    def _near(self, part: RemovablePart, statements: Iterable[Statement]) -> Iterator[Statement]:
        """Yield what the statements can say about the services of `part`, where they say anything about its actions."""
        services = self._statements.actions(part.within[-1]).services
        for statement in self.near(part, statements):
            others = self._statements.at_most(statement).services
            if services is None or others is None or others <= services:
                yield statement
            else:
                yield self._cut(statement, services)

    def _cut(self, statement: Statement, services: frozenset[str]) -> Statement:
        """Return `statement` with those entries of Action only that name one of `services`."""
        place = id(self._policy(statement)), services
        if place not in self._cuts:
            actions = statement.actions
            assert actions
            kept = tuple(entry for entry in actions.entries if entry.pattern and entry.pattern.service.text in services)
            self._cuts[place] = replace(statement, actions=replace(actions, entries=kept))
        return self._cuts[place]

    def _level(self, statements: Sequence[Statement], respect: Respect) -> Level:
        return Level(tuple(respect.seen(self._policy(statement)) for statement in statements))

    def _policy(self, statement: Statement) -> Policy:
        found = self._alone.get(id(statement))
        if found is None:
            policy = self.policy
            found = Policy(policy.version, None, (statement,), policy.source, version_written=policy.version_written)
            self._alone[id(statement)] = found  # it holds the statement, so that its id stays its own
        return found
