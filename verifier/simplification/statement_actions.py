"""Which statements of a document can be about an action? `simplify` asks it for each part of each statement.

    StatementActions    the actions that one statement can be about
    Statements          the statements of a document by the services that they name

Of a large document most statements are about other services than the part, and are not looked at.
"""

from __future__ import annotations

from dataclasses import field

from verifier.base.dataclass import dataclass
from verifier.clouds.aws.policy.syntax import Actions, Statement
from verifier.logic.actions import EVERY_ACTION, ActionPattern

# Actions that are looked for one by one.
_MOST_WORDS = 16


@dataclass(frozen=True, slots=True)
class StatementActions:
    """The actions that a statement can be about: its services, None for any; literal actions and patterns of others.

    `few` tells that it is about a few literal actions, and no others.
    """

    services: frozenset[str] | None
    words: frozenset[tuple[str, str]]
    wild: tuple[ActionPattern, ...]
    few: bool

    @staticmethod
    def of(actions: Actions | None) -> StatementActions:
        """Return what `actions` say, of a statement that has them; None can be about any action."""
        if actions is None or actions.negated:
            return StatementActions(None, frozenset(), (EVERY_ACTION,), few=False)
        words, wild, services = set(), [], set()
        for pattern in (entry.pattern for entry in actions.entries if entry.pattern is not None):
            service, name = pattern.service.text, pattern.name.text
            services.add(service)
            if service is None or name is None:
                wild.append(pattern)
            else:
                words.add((service, name))
        known = frozenset(service for service in services if service is not None)
        few = not wild and len(words) <= _MOST_WORDS
        return StatementActions(None if None in services else known, frozenset(words), tuple(wild), few)

    def meets(self, other: StatementActions) -> bool:
        """Whether some action of this may be one of `other`: False is sure."""
        if other.few:
            return not other.words.isdisjoint(self.words) or any(
                pattern.meets(*word) for pattern in self.wild for word in other.words
            )
        return _share(self.services, other.services)


@dataclass
class Statements:
    """The statements of a document, and others that are made of them; of each the actions, worked out once.

    The actions of a statement are known as the object that they are, not by what they say: most statements that are
    made of another share its actions.
    """

    of_document: tuple[Statement, ...]
    _known: dict[int, tuple[Actions | None, StatementActions]] = field(default_factory=dict)
    _met: dict[tuple[int, int], bool] = field(default_factory=dict)
    _places: dict[frozenset[str] | None, tuple[int, ...]] = field(default_factory=dict)

    def actions(self, statement: Statement) -> StatementActions:
        """Return the actions that `statement` can be about."""
        actions = statement.actions
        found = self._known.get(id(actions))
        if found is None:
            # the actions are kept, so that their id stays their own
            found = self._known[id(actions)] = (actions, StatementActions.of(actions))
        return found[1]

    def meet(self, one: Statement, other: Statement) -> bool:
        """Whether some action of `one` may be one of `other`: False is sure."""
        place = id(one.actions), id(other.actions)
        found = self._met.get(place)
        if found is None:
            found = self._met[place] = self.actions(one).meets(self.actions(other))
        return found

    def near(self, statement: Statement) -> tuple[int, ...]:
        """Return the indexes of the document's statements that can be about one of the services of `statement`.

        Those that are left of them when parts are taken out are about no other service: a NotAction names none.
        """
        services = self.actions(statement).services
        if services not in self._places:
            self._places[services] = tuple(
                one.index for one in self.of_document if _share(self.actions(one).services, services)
            )
        return self._places[services]


def _share(some: frozenset[str] | None, others: frozenset[str] | None) -> bool:
    return some is None or others is None or not some.isdisjoint(others)
