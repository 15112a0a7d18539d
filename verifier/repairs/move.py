"""The changes to a boundary that a repair chooses from, and the cheapest choice that excludes given requests.

A move adds a Deny, or puts other statements in the place of an Allow. Its cost is how many statements are added or
changed; among moves of the same cost the shorter text wins, and before both what keeps within the size of a managed
policy. Few moves are tried in all combinations, in the order of their cost, then more are taken greedily.
"""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any, TypeAlias

from verifier.base.dataclass import dataclass
from verifier.base.memo import cached_property
from verifier.clouds.aws.evaluate.evaluate import matches
from verifier.clouds.aws.policy.syntax import Policy, Statement
from verifier.logic.actions import Effect
from verifier.logic.request import Request

_MOST_TOGETHER = 3
_MOST_IN_TRIPLES = 40


@dataclass(frozen=True, eq=False)
class Move:
    """`statements`, written as `proposals`, stand in place of the Allow `index`; None for one that is added.

    `size` is by how many characters the text grows.
    """

    index: int | None
    proposals: tuple[Mapping[str, Any], ...]
    statements: tuple[Statement, ...]
    size: int

    @property
    def cost(self) -> int:
        """How many statements are added or changed."""
        return max(1, len(self.proposals))


Moves: TypeAlias = tuple[Move, ...]


@dataclass
class Choice:
    """The moves that may be made on a boundary with `room` for so many characters more, and the requests that they must
    exclude.

    A request is bit n of a mask, which a move has for what its statements match, and each Allow of the boundary for
    what it matches; the boundary as it stands allows all of them.
    """

    boundary: Policy
    moves: list[Move]
    room: int
    requests: list[Request] = field(default_factory=list)
    _masks: dict[int, int] = field(default_factory=dict)
    _allows: dict[int, int] = field(default_factory=dict)

    def add(self, request: Request) -> None:
        """Ask that `request` be excluded too."""
        bit = 1 << len(self.requests)
        self.requests.append(request)
        for statement in self.boundary.statements:
            if statement.effect is Effect.ALLOW and matches(statement, request):
                self._allows[statement.index] = self._allows.get(statement.index, 0) | bit
        for move in self.moves:
            if any(matches(statement, request) for statement in move.statements):
                self._masks[id(move)] = self._mask(move) | bit

    def cheapest(self, usable: Callable[[Moves], bool]) -> Moves | None:
        """Return the cheapest moves that exclude all requests and are `usable`; None where no moves do."""
        found = next((some for some in self._ordered if self.excludes(some) and usable(some)), None)
        return found or self._greedy(usable)

    def excludes(self, moves: Iterable[Move]) -> bool:
        """Whether no request is allowed any more once `moves` are made."""
        return self._left(moves) == 0

    def _left(self, moves: Iterable[Move]) -> int:
        """Return the mask of the requests that are still allowed once `moves` are made."""
        denied = allowed = 0
        replaced = []
        for move in moves:
            if move.index is None:
                denied |= self._mask(move)
            else:
                allowed |= self._mask(move)
                replaced.append(move.index)
        for index, mask in self._allows.items():
            if index not in replaced:
                allowed |= mask
        return allowed & ~denied

    def _mask(self, move: Move) -> int:
        """Return the mask of the requests that some statement of `move` matches."""
        return self._masks.get(id(move), 0)

    @cached_property
    def _ordered(self) -> list[Moves]:
        """Few moves in all combinations that exclude the requests known so far, the cheapest first."""
        return sorted(filter(self.excludes, self._combinations()), key=self._price)

    def _combinations(self) -> Iterator[Moves]:
        """Yield few moves together: one and two of all, three of the first. Without one that changes whether the first
        request is allowed, none exclude it.
        """
        for count in range(1, _MOST_TOGETHER + 1):
            moves = self.moves if count < _MOST_TOGETHER else self.moves[:_MOST_IN_TRIPLES]
            yield from filter(self._possible, self._with_one_that_bears(moves, count))

    def _with_one_that_bears(self, moves: Sequence[Move], count: int) -> Iterator[Moves]:
        bearing = [self._bears(move) for move in moves]
        if count != 2:
            for some in itertools.combinations(range(len(moves)), count):
                if any(bearing[place] for place in some):
                    yield tuple(moves[place] for place in some)
            return
        others = [place for place, bears in enumerate(bearing) if bears]
        for place, move in enumerate(moves):
            behind = range(place + 1, len(moves)) if bearing[place] else others[bisect_right(others, place) :]
            yield from ((move, moves[other]) for other in behind)

    def _bears(self, move: Move) -> bool:
        """Whether `move` can have a part in that the first request is not allowed."""
        if not self.requests:
            return True
        return bool((self._mask(move) if move.index is None else self._allows.get(move.index, 0)) & 1)

    def _possible(self, moves: Sequence[Move]) -> bool:
        """Whether no statement is replaced twice, and some statement is left."""
        indexes = [move.index for move in moves if move.index is not None]
        gone = sum(1 for move in moves if move.index is not None and not move.proposals)
        added = any(move.index is None for move in moves)
        return len(indexes) == len(set(indexes)) and (added or gone < len(self.boundary.statements))

    def _price(self, moves: Moves) -> tuple[bool, int, int]:
        size = sum(move.size for move in moves)
        return size > max(self.room, 0), sum(move.cost for move in moves), size

    def _greedy(self, usable: Callable[[Moves], bool]) -> Moves | None:
        """Return moves; each excludes the most requests of those that are left."""
        chosen: Moves = ()
        while left := self._left(chosen):
            better = [
                (*chosen, move)
                for move in self.moves
                if self._possible((*chosen, move)) and self._left((*chosen, move)) != left and usable((move,))
            ]
            if not better:
                return None
            chosen = min(better, key=lambda some: (self._left(some).bit_count(), self._price(some)))
        return chosen if chosen and usable(chosen) else None
