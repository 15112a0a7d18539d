"""Patterns as bit-parallel machines: bit i of a state stands for "the first i items have matched".

One whole number is the state of a pattern, and of many patterns side by side as well (`Machine.beside`): a character
moves all of them by the same few operations.
"""

from __future__ import annotations

from collections.abc import Sequence

from verifier.base.dataclass import dataclass

# Stand-ins for the unknown values of keys (variables.py): no `?` and no field wildcard matches them, a `*` does.
# They are lone surrogates, which no text of a document or a request can hold.
STAND_INS = range(0xD800, 0xE000)
_FIRST_STAND_IN = chr(STAND_INS.start)


@dataclass(frozen=True, slots=True)
class Machine:
    """The places of a state, `width` bits, in which something may happen.

    `start` and `final` are those before the first and behind the last item. `loops` stay at any character,
    `field_loops` at any but a colon and a stand-in; `moves` go on at a letter, `wild` at any character but these two,
    and `colon_wild`, which are among them, at a colon too.
    """

    width: int
    start: int
    final: int
    loops: int
    field_loops: int
    moves: dict[str, int]
    wild: int
    colon_wild: int

    @staticmethod
    def beside(machines: Sequence[Machine]) -> Machine:
        """Return the machine that has those of `machines` side by side, and accepts where any of them does."""
        width = start = final = loops = field_loops = wild = colon_wild = 0
        moves: dict[str, int] = {}
        for one in machines:
            start |= one.start << width
            final |= one.final << width
            loops |= one.loops << width
            field_loops |= one.field_loops << width
            wild |= one.wild << width
            colon_wild |= one.colon_wild << width
            for char, places in one.moves.items():
                moves[char] = moves.get(char, 0) | places << width
            width += one.width
        return Machine(width, start, final, loops, field_loops, moves, wild, colon_wild)

    def advance(self, state: int, char: str) -> int:
        """Return the state after `char`; 0 where no continuation matches."""
        if char == ":":
            return state & self.loops | (state & (self.moves.get(char, 0) | self.colon_wild)) << 1
        if char >= _FIRST_STAND_IN and ord(char) in STAND_INS:
            return state & self.loops | (state & self.moves.get(char, 0)) << 1
        return state & (self.loops | self.field_loops) | (state & (self.moves.get(char, 0) | self.wild)) << 1
