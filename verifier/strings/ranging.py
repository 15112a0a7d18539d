"""Patterns whose variables range over languages: what a text can be when something is known of the keys in it.

`Ranging` holds every text that fits a pattern with variables for some values of its keys, each value inside some
languages and outside others. The texts that surely fit one of some other patterns with variables, under the same
values, are left out ("surely": by its literals and wildcards, or because the same variable stands in both at the same
place).

It never lacks a text that it should hold, so that what is impossible within it is impossible. It may hold more: each
variable of a key that stands there twice ranges on its own, and typed languages are loosened to machines of few states.
Where the wildcards of a value are wildcards (`VariableRef.wild`), the variable ranges over what such values match.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from typing import TypeAlias, cast

from verifier.base.dataclass import dataclass
from verifier.base.errors import LimitReached
from verifier.base.memo import cached_property
from verifier.strings.languages import Glob, Language, State, Wildcard, twins
from verifier.strings.shape import Shape, may_hold
from verifier.strings.typed import Chain, Host, Instant, Number, Shaped
from verifier.strings.values import lower
from verifier.strings.variables import PatternPart, VariableRef, alike

_MOST_PLACES = 2_000
_OF_IPV4 = frozenset("0123456789.")


@dataclass(frozen=True)
class Range:
    """The values of one key: inside all of some languages, outside all of others."""

    inside: tuple[Language, ...] = ()
    outside: tuple[Language, ...] = ()

    @staticmethod
    def of(inside: Iterable[Language], outside: Iterable[Language]) -> Range:
        """Return a range that holds all those values: languages without a small machine are loosened, or left out."""
        kept = tuple(language for language in outside if not isinstance(language, Host | Instant | Shaped))
        return Range(tuple(itertools.chain.from_iterable(map(_plainer, inside))), kept)

    def matched(self) -> Range:
        """Return a range that holds every text which a value of this one matches as a pattern."""
        return Range(tuple(found for one in self.inside if (found := _matched(one)) is not None))


@dataclass(frozen=True, slots=True)
class Letters:
    """The texts of some characters alone."""

    letters: frozenset[str]

    def matches(self, text: str) -> bool:
        """See Language."""
        return self.letters.issuperset(text)

    def start(self) -> bool:
        """See Language."""
        return True

    def step(self, state: State, char: str) -> State | None:
        """See Language."""
        return True if char in self.letters else None

    def accepts(self, state: State) -> bool:
        """See Language."""
        return True

    def absorbs(self, state: State) -> bool:
        """See Language."""
        return False

    def __str__(self) -> str:
        return f"texts of {''.join(sorted(self.letters))}"


def _plainer(language: Language) -> Iterator[Language]:
    """Yield languages with few states; each holds all texts of `language`."""
    match language:
        case Host(network) if network is not None and network.version == 4:
            whole = str(network.network_address).split(".")[: network.prefixlen // 8]
            text = ".".join(whole)
            if len(whole) < 4:
                yield Letters(_OF_IPV4)
            if whole:
                yield Glob.literal(text) if len(whole) == 4 else Glob((f"{text}.", Wildcard.TEXT))
        case Host() | Instant() | Shaped():
            yield Letters(language.letters)
        case _:
            yield language


def _matched(language: Language) -> Language | None:
    """A language of every text that a text of `language` matches as a pattern; None where that is not known."""
    match language:
        case Glob(parts, ignores_case):
            return Glob(tuple(_freed(parts)), ignores_case)
        case Number() | Chain():
            return language
        case Letters(letters):
            return None if letters & {"*", "?"} else language
        case Shape(pieces):
            return None if may_hold(pieces, "*") or may_hold(pieces, "?") else language
        case _:
            return None


def _freed(parts: Iterable[str | Wildcard]) -> Iterator[str | Wildcard]:
    """The parts with a `*` wherever a text may have a wildcard."""
    starred = "".join(part if isinstance(part, str) else "*" for part in parts)
    for number, run in enumerate(re.split("[*?]+", starred)):
        if number:
            yield Wildcard.TEXT
        if run:
            yield run


# How far the languages of a variable have read: None where a language to avoid has been left for good.
_Read: TypeAlias = tuple[tuple[State, ...], tuple[State | None, ...]]


@dataclass(frozen=True, slots=True)
class _Place:
    """How far a text has been read: `offset` characters of the part numbered `part`, or into its variable as `read`
    says.

    `shunned` are the states of the patterns to leave out, `before` what they were where the variable began.
    """

    part: int
    shunned: tuple[int, ...]
    offset: int = 0
    read: _Read | None = None
    before: tuple[int, ...] = ()


@dataclass(frozen=True)
class Shunned:
    """A pattern to leave out, with a stand-in for each key (variables.py); `sure`: variables of that key match it."""

    glob: Glob
    sure: bool


@dataclass(frozen=True)
class Ranging:
    """The texts that fit `parts` for some values of its keys within `ranges`, and surely not one of `shunned`."""

    parts: tuple[PatternPart, ...]
    ignores_case: bool = False
    ranges: Mapping[VariableRef, Range] = field(default_factory=dict, compare=False)
    shunned: tuple[Shunned, ...] = ()
    stand_ins: Mapping[VariableRef, str] = field(default_factory=dict, compare=False)

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other

    @cached_property
    def _read_as(self) -> tuple[PatternPart, ...]:
        """The parts, in lower case where case is ignored."""
        if not self.ignores_case:
            return self.parts
        return tuple(lower(part) if isinstance(part, str) else part for part in self.parts)

    @cached_property
    def _range_of(self) -> dict[int, Range]:
        return {
            number: self.ranges.get(alike(part), Range())
            for number, part in enumerate(self.parts)
            if isinstance(part, VariableRef)
        }

    @cached_property
    def letters(self) -> frozenset[str]:
        """See Language."""
        found = {char for part in self.parts if isinstance(part, str) for char in part}
        if any(part.in_field if isinstance(part, VariableRef) else part in _OF_FIELD for part in self.parts):
            found.add(":")
        for one in self._range_of.values():
            found.update(*(language.letters for language in (*one.inside, *one.outside)))
        found.update(*(shunned.glob.letters for shunned in self.shunned))
        if self.ignores_case:
            found |= {twin for char in found for twin in _alike(char)}
        return frozenset(found - set(self.stand_ins.values()))

    def matches(self, text: str) -> bool:
        """See Language."""
        state: State | None = self.start()
        for char in text:
            state = self.step(state, char)
            if state is None:
                return False
        return self.accepts(state)

    def start(self) -> State:
        """See Language."""
        return self._closed((_Place(0, tuple(shunned.glob.start() for shunned in self.shunned)),))

    def step(self, state: State, char: str) -> State | None:
        """See Language."""
        return self._closed(self._stepped(cast("frozenset[_Place]", state), char)) or None

    def accepts(self, state: State) -> bool:
        """See Language."""
        return any(
            place.part == len(self.parts)
            and not any(one.glob.accepts(at) for one, at in zip(self.shunned, place.shunned, strict=True) if at)
            for place in cast("frozenset[_Place]", state)
        )

    def absorbs(self, state: State) -> bool:
        """See Language."""
        return False

    def _closed(self, places: Iterable[_Place]) -> frozenset[_Place]:
        """The places reached from `places` without a character, those without a future left out."""
        found: set[_Place] = set()
        waiting = list(places)
        while waiting:
            place = waiting.pop()
            if place in found or self._is_lost(place):
                continue
            found.add(place)
            if len(found) > _MOST_PLACES:
                raise LimitReached(f"a pattern with variables can be read in more than {_MOST_PLACES:,} ways")
            waiting.extend(self._passed(place))
        return frozenset(found)

    def _is_lost(self, place: _Place) -> bool:
        """Whether all that begins so lies in a pattern to leave out."""
        return any(one.glob.absorbs(at) for one, at in zip(self.shunned, place.shunned, strict=True))

    def _passed(self, place: _Place) -> Iterator[_Place]:
        part = self.parts[place.part] if place.part < len(self.parts) else None
        match part:
            case Wildcard.TEXT | Wildcard.FIELD_TEXT:
                yield _Place(place.part + 1, place.shunned)
            case VariableRef() if place.read is None:
                inside, outside = self._range_of[place.part].inside, self._range_of[place.part].outside
                starts = (tuple(one.start() for one in inside), tuple(one.start() for one in outside))
                if not any(one.absorbs(at) for one, at in zip(outside, starts[1], strict=True)):
                    yield _Place(place.part, place.shunned, 0, starts, place.shunned)
            case VariableRef() if place.read is not None and self._is_value(place.part, place.read):
                yield _Place(place.part + 1, self._behind(part, place))
            case _:
                pass

    def _is_value(self, part: int, read: _Read) -> bool:
        inside, outside = self._range_of[part].inside, self._range_of[part].outside
        return all(one.accepts(at) for one, at in zip(inside, read[0], strict=True)) and not any(
            one.accepts(at) for one, at in zip(outside, read[1], strict=True) if at is not None
        )

    def _behind(self, variable: VariableRef, place: _Place) -> tuple[int, ...]:
        """The states of what is to be left out behind what fills `variable`: read as it is, or as a variable of the
        same key.

        A value matches itself as a pattern, so a variable whose wildcards are wildcards matches it too.
        """
        same = {alike(variable), VariableRef(variable.key, wild=True)}
        stand_ins = [self.stand_ins[one] for one in same if one in self.stand_ins]
        states = zip(self.shunned, place.before, place.shunned, strict=True)
        return tuple(self._after(one, before, read, stand_ins) for one, before, read in states)

    def _after(self, one: Shunned, before: int, read: int, stand_ins: Iterable[str]) -> int:
        if one.sure:
            for stand_in in stand_ins:
                read |= one.glob.machine.advance(before, stand_in)
        return read

    def _stepped(self, places: Iterable[_Place], char: str) -> Iterator[_Place]:
        shuns: dict[tuple[int, ...], tuple[int, ...]] = {}
        for place in places:
            if place.part == len(self.parts):
                continue
            shunned = shuns.get(place.shunned)
            if shunned is None:
                shunned = shuns[place.shunned] = tuple(
                    cast("int | None", one.glob.step(at, char)) or 0 if at else 0
                    for one, at in zip(self.shunned, place.shunned, strict=True)
                )
            yield from self._moved(place, char, shunned)

    def _moved(self, place: _Place, char: str, shunned: tuple[int, ...]) -> Iterator[_Place]:
        part = self._read_as[place.part]
        match part:
            case str():
                if part[place.offset] == (lower(char) if self.ignores_case else char):
                    over = place.offset + 1 == len(part)
                    yield _Place(place.part + over, shunned, 0 if over else place.offset + 1)
            case VariableRef(_, in_field):
                if place.read is not None and not (in_field and char == ":"):
                    for twin in _alike(char) if self.ignores_case else (char,):
                        read = self._read(place.part, place.read, twin)
                        if read is not None:
                            yield _Place(place.part, shunned, 0, read, place.before)
            case Wildcard.CHAR | Wildcard.FIELD_CHAR:
                if part is Wildcard.CHAR or char != ":":
                    yield _Place(place.part + 1, shunned)
            case Wildcard.TEXT | Wildcard.FIELD_TEXT:
                if part is Wildcard.TEXT or char != ":":
                    yield _Place(place.part, shunned)

    def _read(self, part: int, read: _Read, char: str) -> _Read | None:
        inside: list[State] = []
        for one, at in zip(self._range_of[part].inside, read[0], strict=True):
            after = one.step(at, char)
            if after is None:
                return None
            inside.append(after)
        outside: list[State | None] = []
        for one, state in zip(self._range_of[part].outside, read[1], strict=True):
            after = None if state is None else one.step(state, char)
            if after is not None and one.absorbs(after):
                return None
            outside.append(after)
        return tuple(inside), tuple(outside)

    def __str__(self) -> str:
        return f"what fits `{''.join(map(str, self.parts))}`"


_OF_FIELD = (Wildcard.FIELD_CHAR, Wildcard.FIELD_TEXT)


def _alike(char: str) -> tuple[str, ...]:
    """The characters that equal `char` where case is ignored."""
    return (lower(char), *twins(char))
