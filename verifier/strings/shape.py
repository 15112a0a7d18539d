"""Texts of a regular form, such as `arn:aws:ec2:` and then a region: literal runs, runs of some characters, choices.

A `Shape` is a language like any other (`languages.py`), for what no pattern can say: twelve digits, one of several
words. Its states are the ways in which a text can go on, numbered as they are met: there are finitely many, so that
every search through them ends. Nothing is plain to see of two shapes (`subsumption.py`), so where a pattern will do,
take `Glob`; and where both say something, say both.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import field
from functools import partial
from typing import TypeAlias, assert_never

from verifier.base.dataclass import dataclass
from verifier.base.memo import cached_property
from verifier.strings.languages import State
from verifier.strings.machine import STAND_INS

Piece: TypeAlias = "str | Run | Alternation"
Pieces: TypeAlias = tuple[Piece, ...]


@dataclass(frozen=True)
class Chars:
    """The characters in `letters`, or all `others`. A stand-in for an unknown text (`variables.py`) is not one."""

    letters: str
    others: bool = False

    def __contains__(self, char: str) -> bool:
        return (char in self.letters) is not self.others and ord(char) not in STAND_INS

    @property
    def expression(self) -> str:
        """The regular expression of one such character of ASCII."""
        return f"[{'^' if self.others else ''}{re.escape(self.letters)}]" if self.letters else "."


@dataclass(frozen=True)
class Run:
    """`least` or more of `chars`, at most `most` where that is given."""

    chars: Chars
    least: int = 1
    most: int | None = None


@dataclass(frozen=True)
class Alternation:
    """One of several ways to go on."""

    options: tuple[Pieces, ...]


def _nothing(_: str) -> None:
    return None


@dataclass(frozen=True)
class Shape:
    """The texts that consist of `pieces`, one after the other.

    `near` proposes one that is like a given text, for a search to try first; it may fail, and may propose another.
    """

    pieces: Pieces
    near: Callable[[str], str | None] = field(default=_nothing, compare=False)

    @cached_property
    def letters(self) -> frozenset[str]:
        """See Language."""
        return frozenset(_letters(self.pieces))

    def matches(self, text: str) -> bool:
        """See Language."""
        if text.isascii():
            return bool(self._matcher(text))
        state: State | None = self.start()
        for char in text:
            state = self.step(state, char)
            if state is None:
                return False
        return self.accepts(state)

    @cached_property
    def _matcher(self) -> Callable[[str], object]:
        match self.pieces:
            case (str(head), Run(chars, least, None)):
                return partial(_ends_in_run, head, chars, least)
            case _:
                return re.compile(_expression(self.pieces), re.DOTALL).fullmatch

    @cached_property
    def _machine(self) -> _Machine:
        return _Machine(self.pieces)

    def start(self) -> State:
        """See Language."""
        return self._machine.start

    def step(self, state: State, char: str) -> State | None:
        """See Language."""
        return self._machine.step(state, char)

    def accepts(self, state: State) -> bool:
        """See Language."""
        return self._machine.accepts(state)

    def absorbs(self, state: State) -> bool:
        """See Language."""
        return False

    def __str__(self) -> str:
        return f"`{_expression(self.pieces)}`"


def _ends_in_run(head: str, chars: Chars, least: int, text: str) -> bool:
    """Whether `text`, of ASCII, is `head` and a run. This is asked more quickly than an expression is compiled."""
    rest = text[len(head) :]
    if len(rest) < least or not text.startswith(head):
        return False
    return not any(letter in rest for letter in chars.letters) if chars.others else not rest.strip(chars.letters)


class _Machine:
    """Reads a text from left to right. A state is a number that stands for the ways in which the text can go on."""

    start = 0

    def __init__(self, pieces: Pieces) -> None:
        self._ways = {0: frozenset((pieces,))}
        self._numbers = {self._ways[0]: 0}
        self._steps: dict[tuple[State, str], State | None] = {}

    def step(self, state: State, char: str) -> State | None:
        if (state, char) not in self._steps:
            assert isinstance(state, int)
            after = frozenset(rest for pieces in self._ways[state] for rest in _after(pieces, char))
            self._steps[state, char] = self._number(after) if after else None
        return self._steps[state, char]

    def _number(self, ways: frozenset[Pieces]) -> int:
        """Return the number of `ways`. Between two steps a deadline may come, or another thread that does the same."""
        found = self._numbers.get(ways)
        if found is None:
            number = len(self._ways)
            while self._ways.setdefault(number, ways) is not ways:
                number += 1
            found = self._numbers.setdefault(ways, number)
        return found

    def accepts(self, state: State) -> bool:
        assert isinstance(state, int)
        return any(map(_may_end, self._ways[state]))


def _after(pieces: Pieces, char: str) -> Iterator[Pieces]:
    """Yield what is left of `pieces` behind `char`, in each way to read it."""
    if not pieces:
        return
    first, rest = pieces[0], pieces[1:]
    match first:
        case str():
            if first[0] == char:
                yield (first[1:], *rest) if len(first) > 1 else rest
        case Run(chars, least, most):
            if char in chars:
                more = None if most is None else most - 1
                yield (Run(chars, max(least - 1, 0), more), *rest) if more != 0 else rest
            if least == 0:
                yield from _after(rest, char)
        case Alternation(options):
            for option in options:
                yield from _after((*option, *rest), char)
        case other:
            assert_never(other)


def _may_end(pieces: Pieces) -> bool:
    """Whether the text may end here."""
    return all(
        (isinstance(piece, Run) and piece.least == 0)
        or (isinstance(piece, Alternation) and any(map(_may_end, piece.options)))
        for piece in pieces
    )


def may_hold(pieces: Pieces, char: str) -> bool:
    """Whether `char` may stand somewhere in a text of `pieces`."""
    return any(
        any(may_hold(option, char) for option in piece.options)
        if isinstance(piece, Alternation)
        else char in (piece.chars if isinstance(piece, Run) else piece)
        for piece in pieces
    )


def _letters(pieces: Pieces) -> Iterator[str]:
    for piece in pieces:
        match piece:
            case str():
                yield from piece
            case Run(chars):
                yield from chars.letters
            case Alternation(options):
                for option in options:
                    yield from _letters(option)
            case other:
                assert_never(other)


def _expression(pieces: Iterable[Piece]) -> str:
    """The regular expression of `pieces`, for texts of ASCII."""
    found = ""
    for piece in pieces:
        match piece:
            case str():
                found += re.escape(piece)
            case Run(chars, least, most):
                found += f"{chars.expression}{{{least},{'' if most is None else most}}}"
            case Alternation(options):
                found += f"(?:{'|'.join(map(_expression, options))})"
            case other:
                assert_never(other)
    return found
