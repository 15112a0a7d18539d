"""The documents of a containment as what can be put in and left out: grants, limits, and their claims.

A *grant* is an Allow statement of an identity policy. A *limit* is what can hold it back: that the boundary, the
session policy or a level of SCPs must allow too, and each Deny statement of any document but the maximum. Every part
is a policy with some of its statements, so the claims mean what the questions mean by them (`questions/prove.py`).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import field
from typing import TypeAlias

from verifier.base.dataclass import dataclass
from verifier.base.memo import cached_property
from verifier.clouds.cloud import Document, Documents, Place, Statement
from verifier.explanations.explanation import Cited, Limit
from verifier.logic.actions import Effect
from verifier.logic.readings import USUAL
from verifier.logic.request import Request
from verifier.questions.claims import Claim, Level, Says

PlacedDocument: TypeAlias = tuple[Place, Document]
# The number of the level of the identity policies.
GRANTING = 0
# A statement, by the number of its document and its index there.
Spot: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Hold:
    """A limit by number: that level `level` must allow, or the Deny statement at `spot` of it."""

    level: int
    spot: Spot | None = None


@dataclass(frozen=True, slots=True)
class Storey:
    """One level: where it stands, and the numbers of its documents; what only denies is one by itself.

    `limits` tells that it must allow, too.
    """

    place: Place
    documents: tuple[int, ...]
    limits: bool


@dataclass(frozen=True)
class Stack:
    """All documents by number, with what they are called, and their levels: the identity policies come first."""

    names: tuple[str, ...]
    policies: tuple[Document, ...]
    storeys: tuple[Storey, ...]
    _levels: dict[tuple[int, frozenset[Spot]], Level] = field(default_factory=dict)
    _cited: dict[Spot, Cited] = field(default_factory=dict)

    @staticmethod
    def of(documents: Documents, alone: str | None = None) -> Stack:
        """Return the stack of `documents`; `alone` is what the one document is called where there is but one."""
        placed = list(documents.placed())
        levels, denials = in_levels(documents)
        open_levels = documents.open_levels()
        number = itertools.count()
        storeys = [
            Storey(at, tuple(next(number) for _ in inside), limits=place != GRANTING and at not in open_levels)
            for place, (at, inside) in enumerate(levels)
        ]
        storeys += [Storey(at, (next(number),), limits=False) for at, _ in denials]
        names = tuple(p.source.name if p.source.stand_in else alone or str(at) for at, p in placed)
        return Stack(names, tuple(policy for _, policy in placed), tuple(storeys))

    @cached_property
    def grants(self) -> tuple[Spot, ...]:
        """The Allow statements of the identity policies."""
        return tuple(self._spots(GRANTING, Effect.ALLOW))

    @cached_property
    def limits(self) -> tuple[Hold, ...]:
        """Every limit: Deny statements first, then levels, each from the last document to the first."""
        numbers = range(len(self.storeys) - 1, -1, -1)
        denying = [Hold(level, spot) for level in numbers for spot in self._spots(level, Effect.DENY)]
        allowing = (level for level in numbers if self.storeys[level].limits)
        return (*denying, *map(Hold, allowing))

    @cached_property
    def openings(self) -> tuple[Spot, ...]:
        """The Allow statements of the boundary."""
        return () if self._boundary is None else tuple(self._spots(self._boundary, Effect.ALLOW))

    @cached_property
    def _boundary(self) -> int | None:
        return next((n for n, storey in enumerate(self.storeys) if storey.place.opens), None)

    def claims(self, grants: Iterable[Spot], kept: frozenset[Hold], opening: Spot | None = None) -> tuple[Claim, ...]:
        """Return the claims of a request that `grants` allow under the limits `kept`.

        Where `opening` is given, the boundary has no other Allow.
        """
        found: list[Claim] = []
        for level in range(len(self.storeys)):
            denying = frozenset(hold.spot for hold in kept if hold.level == level and hold.spot)
            if level == GRANTING:
                found.append(Claim(self._level(level, denying.union(grants)), Says.ALLOWS))
            elif Hold(level) in kept:
                only = opening is not None and level == self._boundary
                allowing = [opening] if only and opening else self._spots(level, Effect.ALLOW)
                found.append(Claim(self._level(level, denying.union(allowing)), Says.ALLOWS))
            elif denying:
                found.append(Claim(self._level(level, denying), Says.DENIES, holds=False))
        return tuple(found)

    def statement(self, spot: Spot) -> Statement:
        """Return the statement at `spot`."""
        return self.policies[spot[0]].statements[spot[1]]

    def matches(self, spot: Spot, request: Request) -> bool:
        """Whether the statement at `spot` matches `request`."""
        cloud = self.policies[spot[0]].cloud
        return next(cloud.failures(self.statement(spot), request, USUAL), None) is None

    def cited(self, spot: Spot) -> Cited:
        """Return the statement at `spot`, cited: always the same object, as many grants may cite it."""
        found = self._cited.get(spot)
        if found is None:
            source = self.policies[spot[0]].source
            found = self._cited[spot] = Cited(self.names[spot[0]], source, self.statement(spot))
        return found

    def limit(self, hold: Hold) -> Limit:
        """Return a limit by name."""
        if hold.spot is None:
            return Limit(str(self.storeys[hold.level].place))
        return Limit(self.names[hold.spot[0]], self.cited(hold.spot))

    def _spots(self, level: int, effect: Effect) -> Iterator[Spot]:
        for number in self.storeys[level].documents:
            for statement in self.policies[number].statements:
                if statement.effect is effect:
                    yield number, statement.index

    def _level(self, level: int, spots: frozenset[Spot]) -> Level:
        """Return the level with the statements at `spots` and no others; each is compiled once."""
        found = self._levels.get((level, spots))
        if found is None:
            documents = self.storeys[level].documents
            found = self._levels[level, spots] = Level(tuple(self._only(number, spots) for number in documents))
        return found

    def _only(self, number: int, spots: frozenset[Spot]) -> Document:
        return self.policies[number].only([index for document, index in spots if document == number])


def in_levels(documents: Documents) -> tuple[list[tuple[Place, list[PlacedDocument]]], list[PlacedDocument]]:
    """Return the documents of each level, each with its own place, and those that only deny."""
    placed = documents.placed()
    levels = [(at, list(itertools.islice(placed, len(policies)))) for at, policies in documents.levels()]
    return levels, list(documents.denials())
