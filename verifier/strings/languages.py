"""Languages: the sets of texts that atoms speak about, each readable one character at a time.

A formula sees a text only through the languages it lies in. Every language answers `matches(text)` outright, and offers
itself as a lazy machine (`start`, `step`, `accepts`, `absorbs`) so that `solve.py` can search for a text inside several
of them and outside others. `letters` are the characters that the language tells apart: it treats all others alike.

`Glob`, here, is the language of a pattern, and `AnyOf` that of many patterns together, where a character costs the
same for hundreds as for one; `typed.py` has those of numbers, dates, addresses and other forms.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Protocol, TypeAlias

from verifier.base.dataclass import dataclass
from verifier.base.memo import cached_property
from verifier.strings.machine import Machine
from verifier.strings.pattern import Pattern, Wild
from verifier.strings.values import lower

State: TypeAlias = Hashable


class Language(Protocol):
    """A set of texts, with a machine that reads them from left to right."""

    @property
    def letters(self) -> frozenset[str]:
        """The characters told apart; all others are treated alike."""

    def matches(self, text: str) -> bool:
        """Whether the text is in the set."""

    def start(self) -> State:
        """The state before the first character."""

    def step(self, state: State, char: str) -> State | None:
        """The state after `char`, or None where no continuation is in the set."""

    def accepts(self, state: State) -> bool:
        """Whether the text read so far is in the set."""

    def absorbs(self, state: State) -> bool:
        """Whether every continuation is in the set (False where that is not known)."""

    def __hash__(self) -> int: ...


class Wildcard(enum.Enum):
    """A wildcard; those of a field match no colon."""

    CHAR = "?"
    TEXT = "*"
    FIELD_CHAR = "?:"
    FIELD_TEXT = "*:"

    def __str__(self) -> str:
        return self.value[0]


@dataclass(frozen=True)
class Glob:
    """The language of a pattern; its states are those of its `machine`."""

    parts: tuple[str | Wildcard, ...]
    ignores_case: bool = False

    @staticmethod
    def of(pattern: Pattern, ignores_case: bool = False) -> Glob:
        """Return the language of `pattern`."""
        if ignores_case:
            pattern = pattern.lowered(lower)
        return Glob(tuple(_WILD[part] if isinstance(part, Wild) else part for part in pattern.parts), ignores_case)

    @staticmethod
    def literal(text: str) -> Glob:
        """Return the language that holds `text` alone."""
        return Glob((text,) if text else ())

    def __reduce__(self) -> tuple[object, ...]:
        """Travel without what was worked out: not all of that can."""
        return Glob, (self.parts, self.ignores_case)

    @cached_property
    def text(self) -> str | None:
        """The one text of the language, or None where it has none or several."""
        if self.ignores_case or len(self.parts) > 1:
            return None
        if not self.parts:
            return ""
        return self.parts[0] if isinstance(self.parts[0], str) else None

    @cached_property
    def head(self) -> str:
        """The literal run with which every text begins (in lower case where case is ignored)."""
        return self.parts[0] if self.parts and isinstance(self.parts[0], str) else ""

    @cached_property
    def tail(self) -> str:
        """The literal run with which every text ends, likewise."""
        return self.parts[-1] if self.parts and isinstance(self.parts[-1], str) else ""

    @cached_property
    def middle(self) -> tuple[str | Wildcard, ...]:
        """The parts between the literal runs at the ends."""
        return self.parts[1 if self.head else 0 : -1 if self.tail and len(self.parts) > 1 else len(self.parts)]

    @cached_property
    def runs(self) -> tuple[str, ...]:
        """The literal runs, in order."""
        return tuple(part for part in self.parts if isinstance(part, str))

    def covers(self, other: Glob) -> bool:
        """Whether every text of `other` is here, as far as reading its wildcards tells: True is sure, False is not."""
        if self.ignores_case and not other.ignores_case:
            other = Glob(tuple(lower(part) if isinstance(part, str) else part for part in other.parts), True)
        if other.ignores_case and not self.ignores_case:
            return False
        machine = self.machine
        loops, field_loops, state = machine.loops, machine.field_loops, machine.start
        for part in other.parts:
            match part:
                case Wildcard.TEXT:
                    state &= loops
                case Wildcard.FIELD_TEXT:
                    state &= loops | field_loops
                case Wildcard.CHAR:
                    state = state & loops | (state & machine.colon_wild) << 1
                case Wildcard.FIELD_CHAR:
                    state = state & (loops | field_loops) | (state & machine.wild) << 1
                case _:
                    for char in part:
                        state = machine.advance(state, char)
            if not state:
                return False
        return self.accepts(state)

    @cached_property
    def letters(self) -> frozenset[str]:
        """See Language."""
        found = {char for part in self.parts if isinstance(part, str) for char in part}
        if any(part in (Wildcard.FIELD_CHAR, Wildcard.FIELD_TEXT) for part in self.parts):
            found.add(":")
        if self.ignores_case:
            found |= {twin for char in found for twin in twins(char)}
        return frozenset(found)

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((self.parts, self.ignores_case))

    def matches(self, text: str) -> bool:
        """See Language."""
        return bool(self._matches(lower(text) if self.ignores_case else text))

    @cached_property
    def _matches(self) -> Callable[[str], object]:
        """The quickest way to match, in which none can go astray. `Pattern` knows no stand-ins, so it is for those
        that have no other wildcard than `*`, and for texts that are ASCII.
        """
        kinds = {part for part in self.parts if isinstance(part, Wildcard)}
        if kinds <= {Wildcard.TEXT}:
            return Pattern(tuple(Wild.TEXT if isinstance(part, Wildcard) else part for part in self.parts)).matches
        if kinds <= {Wildcard.TEXT, Wildcard.CHAR} and self.parts.count(Wildcard.TEXT) <= 1:
            plain = Pattern.of(_PLAIN[part] if isinstance(part, Wildcard) else part for part in self.parts).matches
            return lambda text: plain(text) if text.isascii() else self._run(text)
        after = (*self.parts[1:], "")
        whole = all(
            isinstance(rest, str) and rest.startswith(":")
            for part, rest in zip(self.parts, after, strict=True)
            if part is Wildcard.FIELD_TEXT
        )
        if whole and self.parts.count(Wildcard.TEXT) <= 1:
            pieces = (re.escape(part) if isinstance(part, str) else _EXPRESSIONS[part] for part in self.parts)
            quick = re.compile("".join(pieces), re.DOTALL).fullmatch
            return lambda text: quick(text) if text.isascii() else self._run(text)
        return self._run

    def _run(self, text: str) -> bool:
        state = self.start()
        for char in text:
            state = self.machine.advance(state, char)
            if not state:
                return False
        return self.accepts(state)

    def start(self) -> int:
        """See Language."""
        return self.machine.start

    def step(self, state: State, char: str) -> State | None:
        """See Language."""
        assert isinstance(state, int)
        return self.machine.advance(state, lower(char) if self.ignores_case else char) or None

    def accepts(self, state: State) -> bool:
        """See Language."""
        assert isinstance(state, int)
        return state & self.machine.final != 0

    def absorbs(self, state: State) -> bool:
        """See Language."""
        assert isinstance(state, int)
        return state & self.machine.loops & self.machine.final != 0

    def missing(self, state: State) -> int:
        """Return how many characters at least are missing to a text of the language."""
        assert isinstance(state, int)
        return self.machine.width - state.bit_length()

    @cached_property
    def machine(self) -> Machine:
        """What reads a text, in lower case where case is ignored."""
        place = loops = field_loops = wild = field_wild = 0
        moves: dict[str, int] = {}
        for part in self.parts:
            match part:
                case Wildcard.TEXT:
                    loops |= 1 << place
                case Wildcard.FIELD_TEXT:
                    field_loops |= 1 << place
                case Wildcard.CHAR:
                    wild |= 1 << place
                    place += 1
                case Wildcard.FIELD_CHAR:
                    field_wild |= 1 << place
                    place += 1
                case _:
                    for char in part:
                        moves[char] = moves.get(char, 0) | 1 << place
                        place += 1
        return Machine(place + 1, 1, 1 << place, loops, field_loops, moves, wild | field_wild, wild)

    def __str__(self) -> str:
        return f"`{''.join(map(str, self.parts))}`" + (" in any case" if self.ignores_case else "")


class AnyOf:
    """The texts of any of `globs`, which all regard case or all ignore it."""

    def __init__(self, globs: Sequence[Glob]) -> None:
        self._machine = Machine.beside([glob.machine for glob in globs])
        self._ignores_case = globs[0].ignores_case
        self._ends = self._machine.final & self._machine.loops
        self.letters = frozenset[str]().union(*(glob.letters for glob in globs))

    def matches(self, text: str) -> bool:
        """See Language."""
        state = self.start()
        for char in lower(text) if self._ignores_case else text:
            state = self._machine.advance(state, char)
        return self.accepts(state)

    def start(self) -> int:
        """See Language."""
        return self._machine.start

    def step(self, state: State, char: str) -> State | None:
        """See Language."""
        assert isinstance(state, int)
        return self._machine.advance(state, lower(char) if self._ignores_case else char) or None

    def accepts(self, state: State) -> bool:
        """See Language."""
        assert isinstance(state, int)
        return state & self._machine.final != 0

    def absorbs(self, state: State) -> bool:
        """See Language."""
        assert isinstance(state, int)
        return state & self._ends != 0


@dataclass(frozen=True, slots=True)
class Nothing:
    """The language without texts."""

    @property
    def letters(self) -> frozenset[str]:
        """See Language."""
        return frozenset()

    def matches(self, text: str) -> bool:
        """See Language."""
        return False

    def start(self) -> None:
        """See Language."""

    def step(self, state: State, char: str) -> None:
        """See Language."""

    def accepts(self, state: State) -> bool:
        """See Language."""
        return False

    def absorbs(self, state: State) -> bool:
        """See Language."""
        return False

    def __str__(self) -> str:
        return "nothing"


# For texts without stand-ins: a class that leaves those out takes a millisecond to compile, and a world has hundreds.
_EXPRESSIONS = {Wildcard.CHAR: ".", Wildcard.TEXT: ".*", Wildcard.FIELD_CHAR: "[^:]", Wildcard.FIELD_TEXT: "[^:]*"}
_WILD = {Wild.CHAR: Wildcard.CHAR, Wild.TEXT: Wildcard.TEXT}
_PLAIN = {Wildcard.CHAR: Wild.CHAR, Wildcard.TEXT: Wild.TEXT}
EMPTY = Nothing()
EVERYTHING = Glob((Wildcard.TEXT,))
NONEMPTY = Glob((Wildcard.CHAR, Wildcard.TEXT))
IS_ARN = Glob(("arn:", *(part for _ in range(4) for part in (Wildcard.FIELD_TEXT, ":")), Wildcard.TEXT))


def united(languages: Iterable[Language]) -> list[Language]:
    """Return languages that hold the same texts together, all patterns among them as one or two."""
    found: list[Language] = []
    globs: dict[bool, list[Glob]] = {}
    for language in languages:
        if isinstance(language, Glob):
            globs.setdefault(language.ignores_case, []).append(language)
        else:
            found.append(language)
    return [*found, *map(AnyOf, globs.values())]


def twins(char: str) -> tuple[str, ...]:
    """The other characters whose simple lower case is that of `char`."""
    small = lower(char)
    likely = (small.upper(), small.title(), *_FURTHER_TWINS.get(small, ()))
    return tuple(sorted({one for one in likely if len(one) == 1 and one != small == lower(one)}))


# The others: they are not the upper case of that lower case. A test looks for more.
_FURTHER_TWINS = {
    "i": "\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}",
    "k": "\N{KELVIN SIGN}",
    "\N{LATIN SMALL LETTER A WITH RING ABOVE}": "\N{ANGSTROM SIGN}",
    "\N{GREEK SMALL LETTER THETA}": "\N{GREEK CAPITAL THETA SYMBOL}",
    "\N{GREEK SMALL LETTER OMEGA}": "\N{OHM SIGN}",
    "\N{LATIN SMALL LETTER SHARP S}": "\N{LATIN CAPITAL LETTER SHARP S}",
}
