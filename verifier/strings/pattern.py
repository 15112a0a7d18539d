"""Patterns with `*` and `?`, and templates: patterns that also hold policy variables.

A `Pattern` is a sequence of parts in normal form: literal runs (plain `str`, never empty, never two in a row),
`Wild.CHAR` (exactly one code point) and `Wild.TEXT` (any text). Inside a run of wildcards the `CHAR`s come first and at
most one `TEXT` follows, so equal patterns are equal objects (`*?` and `?*` mean the same). Matching is greedy from left
to right over the literal segments between `TEXT`s: linear for practical purposes, never exponential.

A `Template` is the same with `Variable` parts; that of a resource keeps `*?` as it is written, which the other reading
of rule 10 tells from `?*`. `Template.fill` puts values in, literally (rule 27), and gives a `Pattern`. The evaluator
and the prover share this module and `policy/operators.py`, and nothing else. `policy/entries.py` parses texts into
these.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from functools import lru_cache, partial
from typing import TypeAlias

from verifier.base.dataclass import dataclass
from verifier.base.memo import cached_property
from verifier.base.regex import regex
from verifier.strings.values import Key


class Wild(enum.Enum):
    """A wildcard of a pattern (rule 10)."""

    CHAR = "?"
    TEXT = "*"

    def __repr__(self) -> str:
        return self.value


@dataclass(frozen=True)
class Pattern:
    """A pattern over whole texts; build it with `Pattern.of`, which brings the parts to normal form."""

    parts: tuple[str | Wild, ...]

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash(self.parts)

    @staticmethod
    def of(parts: Iterable[str | Wild]) -> Pattern:
        """Return the pattern of `parts` in normal form."""
        normal: list[str | Wild] = []
        for part in parts:
            _append(normal, part)
        return Pattern(tuple(normal))

    @staticmethod
    def literal(text: str) -> Pattern:
        """Return the pattern that only `text` matches."""
        return Pattern((text,) if text else ())

    @cached_property
    def text(self) -> str | None:
        """The one text that matches, or None where a wildcard is present."""
        if not self.parts:
            return ""
        first = self.parts[0]
        return first if len(self.parts) == 1 and isinstance(first, str) else None

    def lowered(self, lower: Callable[[str], str]) -> Pattern:
        """Return the pattern with `lower` applied to its literal runs."""
        return Pattern(tuple(lower(part) if isinstance(part, str) else part for part in self.parts))

    @cached_property
    def head(self) -> str | None:
        """What all that matches begins with, where the pattern is a literal run, or none, and a `*`; else None."""
        match self.parts:
            case (Wild.TEXT,):
                return ""
            case (str(head), Wild.TEXT):
                return head
            case _:
                return None

    @cached_property
    def matches(self) -> Callable[[str], bool]:
        """Tells whether the whole of a text matches, by code point, case-sensitively (rules 10 and 20)."""
        if self.text is not None:
            return self.text.__eq__
        if self.head is not None:
            return partial(_begins, self.head) if self.head else _everything
        if Wild.CHAR in self.parts:
            return self._match_segments
        head, *middle, tail = ("".join(map(str, segment)) for segment in self._segments)
        return partial(_in_order, head, middle, tail)

    @cached_property
    def _segments(self) -> tuple[tuple[str | Wild, ...], ...]:
        segments: list[list[str | Wild]] = [[]]
        for part in self.parts:
            if part is Wild.TEXT:
                segments.append([])
            else:
                segments[-1].append(part)
        return tuple(tuple(segment) for segment in segments)

    @cached_property
    def _widths(self) -> tuple[int, ...]:
        return tuple(map(_width, self._segments))

    def _match_segments(self, text: str) -> bool:
        head, *middle = self._segments
        place, *widths = self._widths
        if not middle:
            return place == len(text) and _stands(head, text, 0)
        *middle, tail = middle
        end = len(text) - widths[-1]
        if place > end or not _stands(head, text, 0) or not _stands(tail, text, end):
            return False
        for segment, width in zip(middle, widths, strict=False):
            found = _find(segment, text, place, end)
            if found < 0:
                return False
            place = found + width
        return True

    def __str__(self) -> str:
        return "".join(part.value if isinstance(part, Wild) else part for part in self.parts)


ANYTHING = Pattern((Wild.TEXT,))
LONGEST_CACHED = 1024
ARN_PARTS = 6
_WILDCARD = regex("([*?])")
_WILD = {wild.value: wild for wild in Wild}


@dataclass(frozen=True, slots=True)
class Variable:
    """`${key}` or `${key, 'default'}` (rules 25 and 26)."""

    key: Key
    default: str | None = None

    def __str__(self) -> str:
        return f"${{{self.key.name}}}" if self.default is None else f"${{{self.key.name}, '{self.default}'}}"


TemplatePart: TypeAlias = str | Wild | Variable


@dataclass(frozen=True)
class Template:
    """A pattern with variables. Its `parts` are `normal`, but that a resource keeps `*?` as it is written."""

    parts: tuple[str | Wild | Variable, ...]

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash(self.parts)

    @cached_property
    def variables(self) -> tuple[Variable, ...]:
        """The variables, each once, in order of appearance."""
        return tuple(dict.fromkeys(part for part in self.parts if isinstance(part, Variable)))

    @cached_property
    def normal(self) -> Template:
        """The same with each stretch between variables in the normal form of `Pattern`."""
        normal: list[TemplatePart] = []
        stretch: list[str | Wild] = []
        for part in self.parts:
            if isinstance(part, Variable):
                normal += [*Pattern.of(stretch).parts, part]
                stretch = []
            else:
                stretch.append(part)
        normal += Pattern.of(stretch).parts
        return self if tuple(normal) == self.parts else Template(tuple(normal))

    @cached_property
    def pattern(self) -> Pattern | None:
        """The pattern it is where it holds no variable, else None."""
        return None if self.variables else Pattern.of(self._plain())

    def fill(self, values: Mapping[Variable, str]) -> Pattern:
        """Return the pattern with each variable's value put in literally (rule 27).

        Raises KeyError where `values` lacks a variable.
        """
        return Pattern.of(values[part] if isinstance(part, Variable) else part for part in self.parts)

    def _plain(self) -> Iterator[str | Wild]:
        for part in self.parts:
            if not isinstance(part, Variable):
                yield part

    def __str__(self) -> str:
        return "".join(part.value if isinstance(part, Wild) else str(part) for part in self.parts)


@dataclass(frozen=True)
class ArnTemplate:
    """The value of an Arn operator (rule 21): six parts matched each on its own, or one variable compared whole."""

    parts: tuple[Template, ...]
    whole: Variable | None = field(default=None)

    @cached_property
    def variables(self) -> tuple[Variable, ...]:
        """The variables, each once, in order of appearance."""
        if self.whole:
            return (self.whole,)
        return tuple(dict.fromkeys(variable for part in self.parts for variable in part.variables))

    def fill(self, values: Mapping[Variable, str]) -> ArnPattern:
        """Return the ARN pattern with each variable's value put in literally, inside its own part."""
        if self.whole:
            return ArnPattern((), whole=values[self.whole])
        return ArnPattern(tuple(part.fill(values) for part in self.parts))


@dataclass(frozen=True)
class ArnPattern:
    """Six patterns for the six parts of an ARN, or one text compared whole. It matches ARNs only (rule 21)."""

    parts: tuple[Pattern, ...]
    whole: str | None = field(default=None)

    def matches(self, text: str) -> bool:
        """Whether `text` is an ARN (rule 2) and each of its parts matches."""
        fields = arn_fields(text)
        if fields is None:
            return False
        if self.whole is not None:
            return text == self.whole
        return all(pattern.matches(value) for pattern, value in zip(self.parts, fields, strict=True))


def arn_fields(text: str) -> tuple[str, ...] | None:
    """Return the six parts of an ARN `arn:partition:service:region:account:rest`, or None (rule 2).

    The last part may be empty: AWS asks `sqs:ListQueues` on an ARN that ends after the account.
    """
    fields = text.split(":", 5)
    return tuple(fields) if len(fields) == 6 and fields[0] == "arn" else None


def split_wildcards(text: str) -> tuple[str | Wild, ...]:
    """Return `text` split at its wildcards; everything else is literal (rule 10)."""
    return tuple(_WILD.get(piece, piece) for piece in _WILDCARD.split(text))


def parse_pattern(text: str) -> Pattern:
    """Return the pattern that `text` is, with `*` and `?` as wildcards and everything else literal (rule 10)."""
    if "*" not in text and "?" not in text:
        return Pattern.literal(text)
    return _cached_pattern(text) if len(text) <= LONGEST_CACHED else _read_pattern(text)


def split_arn(parts: tuple[TemplatePart, ...]) -> list[list[TemplatePart]]:
    """Return `parts` split at the first five colons that stand outside variables: six fields at most (rule 21)."""
    fields: list[list[TemplatePart]] = [[]]
    for part in parts:
        if not isinstance(part, str) or len(fields) == ARN_PARTS:
            fields[-1].append(part)
            continue
        first, *rest = part.split(":", ARN_PARTS - len(fields))
        fields[-1].append(first)
        fields.extend([field] for field in rest)
    return fields


def _read_pattern(text: str) -> Pattern:
    return Pattern.of(split_wildcards(text))


_cached_pattern = lru_cache(maxsize=16_384)(_read_pattern)


def _everything(text: str) -> bool:  # noqa: ARG001  # a matcher like the others
    return True


def _begins(head: str, text: str) -> bool:
    return text.startswith(head)


def _in_order(head: str, middle: Sequence[str], tail: str, text: str) -> bool:
    """Whether the text begins with `head` and ends with `tail`, with all of `middle` between, one behind the other."""
    place, end = len(head), len(text) - len(tail)
    if place > end or not text.startswith(head) or not text.endswith(tail):
        return False
    for segment in middle:
        found = text.find(segment, place, end)
        if found < 0:
            return False
        place = found + len(segment)
    return True


def _append(parts: list[str | Wild], part: str | Wild) -> None:
    last = parts[-1] if parts else None
    if isinstance(part, str):
        if isinstance(last, str):
            parts[-1] = last + part
        elif part:
            parts.append(part)
    elif last is not Wild.TEXT:
        parts.append(part)
    elif part is Wild.CHAR:
        parts.insert(len(parts) - 1, part)


def _width(segment: tuple[str | Wild, ...]) -> int:
    return sum(len(part) if isinstance(part, str) else 1 for part in segment)


def _stands(segment: tuple[str | Wild, ...], text: str, place: int) -> bool:
    for part in segment:
        if isinstance(part, str):
            if not text.startswith(part, place):
                return False
            place += len(part)
        else:
            place += 1
    return True


def _find(segment: tuple[str | Wild, ...], text: str, start: int, end: int) -> int:
    """Return the first place in text[start:end] where `segment` stands whole, or -1."""
    if len(segment) == 1 and isinstance(segment[0], str):
        return text.find(segment[0], start, end)
    width = _width(segment)
    return next((place for place in range(start, end - width + 1) if _stands(segment, text, place)), -1)
