"""Which statements of a document can be about an action? `simplify` asks it for each part of each statement.

    StatementActions    the actions that one statement can be about
    Statements          the statements of a document by the actions and the services that they name

Of a large document most statements are about other actions than the part, and are not looked at. A statement that parts
were taken out of counts with the actions that it had: working out anew what is left of a thousand entries after each of
them would cost more than a few statements too many in a question. A NotAction that got shorter counts with every action
anyway.
"""

from __future__ import annotations

from dataclasses import field
from functools import cached_property
from typing import TypeAlias

from verifier.base.dataclass import dataclass
from verifier.clouds.aws.policy.syntax import Actions, Statement
from verifier.logic.actions import EVERY_ACTION, ActionPattern

ActionWord: TypeAlias = tuple[str, str]  # service and name of an action

# Actions that are looked for one by one.
_MOST_WORDS = 16


@dataclass(frozen=True, slots=True)
class StatementActions:
    """The actions that a statement can be about: its services, None for any; literal actions and patterns of others.

    `few` tells that it is about a few literal actions, and no others.
    """

    services: frozenset[str] | None
    words: frozenset[ActionWord]
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
    _places: dict[frozenset[ActionWord] | frozenset[str] | None, tuple[int, ...]] = field(default_factory=dict)
    _about: dict[ActionWord, tuple[int, ...]] = field(default_factory=dict)

    @cached_property
    def _spelling(self) -> dict[ActionWord, list[int]]:
        """By action, the indexes of the statements that spell it."""
        found: dict[ActionWord, list[int]] = {}
        for statement in self.of_document:
            for word in self.actions(statement).words:
                found.setdefault(word, []).append(statement.index)
        return found

    @cached_property
    def _wild(self) -> dict[str | None, list[tuple[int, ActionPattern]]]:
        """By service, and under None, the patterns that stand for several actions, each with its statement's index."""
        found: dict[str | None, list[tuple[int, ActionPattern]]] = {None: []}
        for statement in self.of_document:
            for pattern in self.actions(statement).wild:
                found.setdefault(pattern.service.text, []).append((statement.index, pattern))
        return found

    def actions(self, statement: Statement) -> StatementActions:
        """Return the actions that `statement` can be about."""
        actions = statement.actions
        found = self._known.get(id(actions))
        if found is None:
            # the actions are kept, so that their id stays their own
            found = self._known[id(actions)] = (actions, StatementActions.of(actions))
        return found[1]

    def at_most(self, statement: Statement) -> StatementActions:
        """Return the actions that `statement` had in the document, before parts were taken out: it has no others."""
        return self.actions(self.of_document[statement.index])

    def meet(self, one: Statement, other: Statement) -> bool:
        """Whether `one`, as it was in the document, may be about an action of `other`: False is sure."""
        place = one.index, id(other.actions)
        found = self._met.get(place)
        if found is None:
            found = self._met[place] = self.at_most(one).meets(self.actions(other))
        return found

    def near(self, statement: Statement) -> tuple[int, ...]:
        """Return the indexes of the document's statements that can be about an action of `statement`: about one of its
        words where it is about few, else about one of its services.

        Those that are left of them when parts are taken out are about no other action: a NotAction names none.
        """
        said = self.actions(statement)
        place = said.words if said.few else said.services
        if place not in self._places:
            if said.few:
                found = sorted({index for word in said.words for index in self.about(word)})
            else:
                those = self.of_document
                found = [one.index for one in those if _share(self.actions(one).services, said.services)]
            self._places[place] = tuple(found)
        return self._places[place]

    def about(self, word: ActionWord) -> tuple[int, ...]:
        """Return the indexes of the document's statements that can be about the action `word`."""
        found = self._about.get(word)
        if found is None:
            wild = (*self._wild.get(word[0], ()), *self._wild[None])
            meeting = (index for index, pattern in wild if pattern.meets(*word))
            found = self._about[word] = tuple(sorted({*self._spelling.get(word, ()), *meeting}))
        return found


def _share(some: frozenset[str] | None, others: frozenset[str] | None) -> bool:
    return some is None or others is None or not some.isdisjoint(others)
