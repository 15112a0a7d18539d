"""Does leaving a part out change anything? Asked of the statements that can tell, and proved.

Two documents mean the same with any others iff they allow the same and deny explicitly the same. Leaving out a part
of a Deny changes nothing iff the other Deny statements, and what is left of its own, match every request about which it
matters; a part of an Allow likewise, of the requests that no Deny matches. Statements become documents of one statement
each, which act as one (rule 29) and are compiled once. Statements about other actions, and entries of Action about
other services, are left out of the question: with less to cover a part, a proof that it is covered still holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from verifier.base.budget import Budget
from verifier.clouds.aws.policy.syntax import Policy, Statement
from verifier.logic.actions import EVERY_ACTION, ActionPattern, Effect
from verifier.questions.ask import Ask
from verifier.questions.claims import Claim, Level, Says
from verifier.questions.search import search
from verifier.questions.verdict import Absent, SearchResult
from verifier.simplification.part import RemovablePart

# Actions that are looked for one by one.
_MOST_WORDS = 16


@dataclass(frozen=True, slots=True)
class _Spoken:
    """The actions that a statement can be about: its services, None for any; literal actions and patterns of others.

    `few` tells that it is about a few literal actions, and no others.
    """

    services: frozenset[str] | None
    words: frozenset[tuple[str, str]]
    wild: tuple[ActionPattern, ...]
    few: bool

    @staticmethod
    def of(statement: Statement) -> _Spoken:
        """Return the actions of `statement`."""
        actions = statement.actions
        if actions is None or actions.negated:
            return _Spoken(None, frozenset(), (EVERY_ACTION,), few=False)
        patterns = [entry.pattern for entry in actions.entries if entry.pattern is not None]
        named = [(pattern.service.text, pattern.name.text) for pattern in patterns]
        services = frozenset(service for service, _ in named if service is not None)
        words = frozenset((service, name) for service, name in named if service is not None and name is not None)
        wild = tuple(pattern for pattern in patterns if pattern.service.text is None or pattern.name.text is None)
        known = all(service is not None for service, _ in named)
        return _Spoken(services if known else None, words, wild, not wild and len(words) <= _MOST_WORDS)

    def meets(self, other: _Spoken) -> bool:
        """Whether some action of this may be one of `other`: False is sure."""
        if other.few:
            return not other.words.isdisjoint(self.words) or any(
                pattern.meets(*word) for pattern in self.wild for word in other.words
            )
        return self.services is None or other.services is None or not self.services.isdisjoint(other.services)


@dataclass
class Prover:
    """Proofs about statements of one document; each may take `seconds` at most, and all together `budget`."""

    policy: Policy
    budget: Budget
    ask: Ask
    seconds: float = 1.0
    _alone: dict[int, Policy] = field(default_factory=dict)
    _spoken: dict[int, _Spoken] = field(default_factory=dict)
    _cuts: dict[tuple[int, frozenset[str]], Statement] = field(default_factory=dict)

    def changes_nothing(self, part: RemovablePart, others: Iterable[Statement]) -> SearchResult:
        """Return Absent where leaving `part` out changes nothing, however AWS's guide is read; `others` are the other
        statements.
        """
        others = tuple(others)
        rest = [other for other in others if other.effect is part.statement.effect]
        if part.after is not None:
            rest.append(part.statement if part.wider else part.after)
        return self.covered(part, rest, [other for other in others if other.effect is Effect.DENY])

    def covered(self, part: RemovablePart, rest: Sequence[Statement], denies: Sequence[Statement]) -> SearchResult:
        """Return Absent where each request that `part` matters for is matched by one of `rest`, or, of an Allow, by
        one of `denies`.
        """
        says = Says.ALLOWS if part.statement.effect is Effect.ALLOW else Says.DENIES
        near = denies if says is Says.ALLOWS else ()
        first = self._level((*part.within[:1], *self._near(part, near)))
        more = [Claim(self._level((one,)), says) for one in part.within[1:]]
        covering = self._level(tuple(self._near(part, rest)))
        claims = [Claim(first, says), *more, Claim(covering, says, holds=False)]
        return search(claims, Budget.of(min(self.seconds, self.budget.remaining)), self.ask)

    def proves(self, part: RemovablePart, rest: Sequence[Statement], denies: Sequence[Statement] = ()) -> bool:
        """Whether `covered` is proved."""
        return isinstance(self.covered(part, rest, denies), Absent)

    def near(self, part: RemovablePart, statements: Iterable[Statement]) -> Iterator[Statement]:
        """Yield those of `statements` that can say something about an action of `part`."""
        own = self._actions(part.within[-1])
        return (statement for statement in statements if self._actions(statement).meets(own))

    def _near(self, part: RemovablePart, statements: Iterable[Statement]) -> Iterator[Statement]:
        """Yield what the statements can say about the services of `part`, where they say anything about its actions."""
        services = self._actions(part.within[-1]).services
        for statement in self.near(part, statements):
            others = self._actions(statement).services
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

    def _level(self, statements: Sequence[Statement]) -> Level:
        return Level(tuple(map(self._policy, statements)))

    def _policy(self, statement: Statement) -> Policy:
        found = self._alone.get(id(statement))
        if found is None:
            policy = self.policy
            found = Policy(policy.version, None, (statement,), policy.source, version_written=policy.version_written)
            self._alone[id(statement)] = found  # it holds the statement, so that its id stays its own
        return found

    def _actions(self, statement: Statement) -> _Spoken:
        """The actions that `statement` can be about."""
        found = self._spoken.get(id(statement))
        if found is None:
            found = _Spoken.of(self._policy(statement).statements[0])
            self._spoken[id(statement)] = found  # the policy holds the statement
        return found
