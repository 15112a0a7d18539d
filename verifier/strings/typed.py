"""The languages of typed values: numbers, dates, addresses, and texts of a fixed form (rules 1, 22, 23).

A relation of None stands for "any value of the type". `Number` and `Chain` are finite machines. The others read by
prefixes, `viable` telling which prefixes can still lead to a text: exact as well, though a search over endless texts
may then end by its limit. Sets of one type alone are decided exactly by `sample_points.py`, without any machine.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import field
from decimal import Decimal
from functools import lru_cache
from typing import TypeAlias, cast

from verifier.base.dataclass import dataclass
from verifier.base.memo import cached_property
from verifier.base.regex import regex
from verifier.strings.languages import Glob, State
from verifier.strings.values import (
    Comparison,
    Network,
    read_address,
    read_bytes,
    read_instant,
    read_number,
    write_address,
)

_DIGITS = "0123456789"


def stands(relation: Comparison | None, value: Decimal, bound: Decimal) -> bool:
    """Whether `value` stands in `relation` to `bound`; None demands nothing."""
    match relation:
        case None:
            return True
        case Comparison.EQUALS:
            return value == bound
        case Comparison.LESS:
            return value < bound
        case Comparison.LESS_EQUALS:
            return value <= bound
        case Comparison.GREATER:
            return value > bound
        case Comparison.GREATER_EQUALS:
            return value >= bound
    raise ValueError(f"{relation} does not compare")


# Where the reading of a number stands: before all, after the sign, in the digits, after the point, in the fraction.
_START, _SIGN, _WHOLE, _POINT, _FRACTION = range(5)
# phase, negative, whole digits seen (no leading zeros), comparison so far, fraction digits seen, any digit not zero.
_NumberState: TypeAlias = tuple[int, bool, int, int, int, bool]


@dataclass(frozen=True)
class Number:
    """Decimals `-?digits[.digits]` that stand in `relation` to `bound`: a machine that compares digit by digit."""

    relation: Comparison | None = None
    bound: Decimal = Decimal(0)

    letters = frozenset(_DIGITS + "-.")

    def matches(self, text: str) -> bool:
        """See Language."""
        value = read_number(text)
        return value is not None and stands(self.relation, value, self.bound)

    @cached_property
    def _digits(self) -> tuple[str, str]:
        whole, _, fraction = format(self.bound.copy_abs(), "f").partition(".")
        return whole.lstrip("0"), fraction.rstrip("0")

    def start(self) -> _NumberState:
        """See Language."""
        return (_START, False, 0, 0, 0, False)

    def step(self, state: State, char: str) -> State | None:
        """See Language."""
        phase, negative, count, order, place, nonzero = cast("_NumberState", state)
        if char == "-":
            return (_SIGN, True, 0, 0, 0, False) if phase == _START else None
        if char == ".":
            return (_POINT, negative, count, self._whole_order(count, order), 0, nonzero) if phase == _WHOLE else None
        if char not in _DIGITS:
            return None
        nonzero = nonzero or char != "0"
        if phase in (_POINT, _FRACTION):
            return (_FRACTION, negative, count, order or self._order_at(1, place, char), self._seen(1, place), nonzero)
        if count == 0 and char == "0":
            return (_WHOLE, negative, 0, 0, 0, nonzero)
        return (_WHOLE, negative, self._seen(0, count), order or self._order_at(0, count, char), 0, nonzero)

    def accepts(self, state: State) -> bool:
        """See Language."""
        phase, negative, count, order, place, nonzero = cast("_NumberState", state)
        if phase not in (_WHOLE, _FRACTION):
            return False
        if phase == _WHOLE:
            order = self._whole_order(count, order)
        if order == 0 and place < len(self._digits[1]):
            order = -1
        return stands(self.relation, self._sample(negative and nonzero, order), self.bound)

    def absorbs(self, state: State) -> bool:
        """See Language."""
        return False

    def _seen(self, side: int, place: int) -> int:
        """One digit more, as far as counting makes a difference."""
        return min(place + 1, len(self._digits[side]) + 1)

    def _order_at(self, side: int, place: int, char: str) -> int:
        digits = self._digits[side]
        other = digits[place] if place < len(digits) else "0"
        return (char > other) - (char < other)

    def _whole_order(self, count: int, order: int) -> int:
        size = len(self._digits[0])
        return order if count == size else (count > size) - (count < size)

    def _sample(self, negative: bool, order: int) -> Decimal:
        """A number whose magnitude stands to that of the bound as `order` says."""
        bound = self.bound.copy_abs()
        magnitude = bound if order == 0 else bound.next_plus() if order > 0 else bound.next_minus()
        return magnitude.copy_negate() if negative else magnitude

    def __str__(self) -> str:
        return f"{self.relation.value} {self.bound}" if self.relation else "a number"


class _Prefixes(ABC):
    """A machine whose state is the text read so far."""

    @abstractmethod
    def matches(self, text: str) -> bool:
        """See Language."""

    @abstractmethod
    def viable(self, prefix: str) -> bool:
        """Whether some text of the language may begin with `prefix`."""

    def start(self) -> str:
        """See Language."""
        return ""

    def step(self, state: State, char: str) -> State | None:
        """See Language."""
        text = f"{state}{char}"
        return text if self.viable(text) else None

    def accepts(self, state: State) -> bool:
        """See Language."""
        return self.matches(str(state))

    def absorbs(self, state: State) -> bool:
        """See Language."""
        return False


def _nested(classes: list[str], tail: str = "") -> str:
    """A regular expression for every prefix of a text with a character of each class in turn, then `tail`."""
    found = tail
    for chars in reversed(classes):
        found = f"(?:{chars}{found})?"
    return found


_D = "[0-9]"
_ZONE = "(?:Z|[+-](?:[0-9]{0,4}|[0-9]{2}:[0-9]{0,2}))?"
_SECONDS = "(?::" + _nested([_D, _D], rf"(?:\.[0-9]*)?{_ZONE}") + f"|{_ZONE})"
_INSTANT_PREFIX = regex("[0-9]*|" + _nested([_D] * 4 + ["-", _D, _D, "-", _D, _D, "T", _D, _D, ":", _D, _D], _SECONDS))
_OCTET = "(?:0|1[0-9]{0,2}|2[0-4]?[0-9]?|25[0-5]|[3-9][0-9]?)"
_OLD_PREFIX = rf"(?:(?:{_OCTET}\.){{0,3}}{_OCTET}?)"
_ADDRESS_PREFIX = regex(
    rf"{_OLD_PREFIX}|[0-9a-fA-F]{{0,4}}|(?:[0-9a-fA-F]{{0,4}}:){{1,8}}(?:[0-9a-fA-F]{{0,4}}|{_OLD_PREFIX})"
)
_CANONICAL_PREFIX = regex(rf"{_OLD_PREFIX}|(?:[0-9a-f]{{0,4}}:){{0,8}}[0-9a-f]{{0,4}}")


@dataclass(frozen=True)
class Instant(_Prefixes):
    """Dates that stand in `relation` to `bound`, in seconds since 1970 (rule 22)."""

    relation: Comparison | None = None
    bound: Decimal = Decimal(0)

    letters = frozenset(_DIGITS + "-:.TZ+")

    def matches(self, text: str) -> bool:
        """See Language."""
        value = read_instant(text)
        return value is not None and stands(self.relation, value, self.bound)

    def viable(self, prefix: str) -> bool:
        """See _Prefixes."""
        return _INSTANT_PREFIX.fullmatch(prefix) is not None

    def __str__(self) -> str:
        return f"{self.relation.value} instant {self.bound}" if self.relation else "a date"


# Eight groups of IPv6; the last two are written as IPv4.
_LONGEST_ADDRESS = len("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255")
_short_address = lru_cache(maxsize=4_096)(read_address)


@dataclass(frozen=True)
class Host(_Prefixes):
    """Addresses within `network`, or every address (rule 23)."""

    network: Network | None = None

    letters = frozenset("0123456789abcdefABCDEF:.")

    def matches(self, text: str) -> bool:
        """See Language."""
        address = _short_address(text) if len(text) <= _LONGEST_ADDRESS else None
        if address is None:
            return False
        return self.network is None or (address.version == self.network.version and address in self.network)

    def viable(self, prefix: str) -> bool:
        """See _Prefixes."""
        return _ADDRESS_PREFIX.fullmatch(prefix) is not None

    def __str__(self) -> str:
        return f"in {self.network}" if self.network else "an address"


@dataclass(frozen=True)
class Shaped(_Prefixes):
    """Texts that pass a test, given with a test for their prefixes."""

    name: str
    letters: frozenset[str] = field(repr=False)
    test: Callable[[str], bool] = field(repr=False, compare=False)
    prefix: re.Pattern[str] = field(repr=False)

    def matches(self, text: str) -> bool:
        """See Language."""
        return self.test(text)

    def viable(self, prefix: str) -> bool:
        """See _Prefixes."""
        return self.prefix.fullmatch(prefix) is not None

    def __str__(self) -> str:
        return self.name


TRUE_TEXT = Glob(("true",), ignores_case=True)
FALSE_TEXT = Glob(("false",), ignores_case=True)
IS_NUMBER = Number()
IS_INSTANT = Instant()
IS_ADDRESS = Host()
CANONICAL_ADDRESS = Shaped(
    "a canonical address",
    Host.letters,
    lambda text: (address := read_address(text)) is not None and write_address(address) == text,
    _CANONICAL_PREFIX,
)
IS_BINARY = Shaped(
    "base64",
    frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="),
    lambda text: read_bytes(text) is not None,
    regex("[A-Za-z0-9+/]*={0,2}"),
)

ACTION_CHARS = "xyzabcdefghijklmnopqrstuvw0123456789-"


@dataclass(frozen=True)
class Chain:
    """Words with colons between them, none empty: lower-case letters, digits, `-`, and `_` where `underscores` says
    so.
    """

    underscores: tuple[bool, ...]

    letters = frozenset(":_")

    def matches(self, text: str) -> bool:
        """See Language."""
        state: State | None = self.start()
        for char in text:
            state = self.step(state, char)
            if state is None:
                return False
        return self.accepts(state)

    def start(self) -> tuple[int, bool]:
        """See Language."""
        return (0, False)

    def step(self, state: State, char: str) -> State | None:
        """See Language."""
        word, started = cast("tuple[int, bool]", state)
        if char == ":":
            return (word + 1, False) if started and word + 1 < len(self.underscores) else None
        return (word, True) if char in ACTION_CHARS or (char == "_" and self.underscores[word]) else None

    def accepts(self, state: State) -> bool:
        """See Language."""
        return state == (len(self.underscores) - 1, True)

    def absorbs(self, state: State) -> bool:
        """See Language."""
        return False

    def __str__(self) -> str:
        return "an action"


IS_SERVICE = Chain((False,))
IS_NAME = Chain((True,))
IS_ACTION = Chain((False, True))
