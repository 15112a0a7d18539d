"""How the ARNs of a resource type look: the catalogue's format as a language, and what may stand in its variable parts.

| variable part | what may stand in it |
| --- | --- |
| `${Partition}`, `${Region}` | a partition of AWS, and a region of it (`arn_parts.py`) |
| the whole fifth part | an account: twelve digits, `aws`; nothing too, where AWS writes its own resources so |
| names in the last part | what `arn_parts.py` says: of many neither a colon nor a slash |
| any other, and `*` | anything, without a colon before the last of the six parts; of `*` nothing too |
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TypeAlias

from verifier.base.dataclass import dataclass
from verifier.base.memo import cached_property
from verifier.base.regex import regex
from verifier.clouds.aws.world.arn_parts import (
    ACCOUNT_OR_AWS,
    NO_COLON,
    PARTITION,
    REGION,
    REGIONS,
    is_region,
    name_pieces,
)
from verifier.strings.languages import Glob, Wildcard
from verifier.strings.pattern import arn_fields
from verifier.strings.shape import Alternation, Chars, Pieces, Run, Shape, may_hold

_VARIABLE = regex(r"\$\{([^}]*)\}|\*")
_PARTITION, _SERVICE, _REGION, _ACCOUNT, _LAST = range(1, 6)
_ANYTHING = Chars("", others=True)
_SEPARATORS = ":/"
# It is remembered whether a form matches an ARN of so many characters: the same ones are proposed for many actions.
_SHORT = 128

# Services that write what AWS owns without an account: public documents and parameters ("Working with public
# parameters" of the Systems Manager guide), views that AWS makes in Resource Explorer.
_WITHOUT_ACCOUNT = frozenset(("resource-explorer-2", "ssm"))


@dataclass(frozen=True)
class ArnVariable:
    """A variable part: its `name` in the format (empty for `*`), and what may stand in it."""

    name: str
    pieces: Pieces

    def holds(self, text: str) -> bool:
        """Whether `text` may stand in it, as far as it goes by itself."""
        return _shape(self.pieces).matches(text)

    def wildcards(self, place: int) -> tuple[Wildcard, ...]:
        """What stands for it in a pattern, in part number `place` of an ARN."""
        wild = (Wildcard.CHAR, Wildcard.TEXT)
        if place < _LAST or not may_hold(self.pieces, ":"):
            wild = (Wildcard.FIELD_CHAR, Wildcard.FIELD_TEXT)
        return wild if _least(self.pieces) else wild[1:]


@dataclass(frozen=True, eq=False)
class ArnForm:
    """An ARN format of the catalogue, as `text`; there is one object for each text."""

    text: str

    @staticmethod
    def of(text: str) -> ArnForm:
        """Return the form of `text`."""
        return _form(text)

    @cached_property
    def _texts(self) -> tuple[str, ...]:
        return tuple(self.text.split(":", _LAST))

    @cached_property
    def fields(self) -> tuple[tuple[tuple[str, ArnVariable | None], ...], ...]:
        """The six parts, each as literal runs with the variable part behind them."""
        return tuple(
            tuple(
                (literal, None if name is None else ArnVariable(name, self._slot(place, name)))
                for literal, name in _runs(text)
            )
            for place, text in enumerate(self._texts)
        )

    def _slot(self, place: int, name: str) -> Pieces:
        if not name:
            return (Run(NO_COLON if place < _LAST else _ANYTHING, 0),)
        if place == _PARTITION:
            return (PARTITION,)
        if place == _REGION:
            return (REGION,)
        service = self._texts[_SERVICE]
        if place == _ACCOUNT:
            return (Alternation((*ACCOUNT_OR_AWS.options, ())),) if service in _WITHOUT_ACCOUNT else (ACCOUNT_OR_AWS,)
        if place < _LAST:
            return (Run(NO_COLON),)
        return name_pieces(service, name)

    @cached_property
    def language(self) -> Glob:
        """A pattern that every ARN of this form matches: it is plain to compare with those that documents hold."""
        parts: list[str | Wildcard] = []
        for place, field in enumerate(self.fields):
            for literal, slot in ((":" if place else "", None), *field):
                if parts and isinstance(last := parts[-1], str):
                    parts[-1] = last + literal
                elif literal:
                    parts.append(literal)
                if slot is not None:
                    parts += slot.wildcards(place)
        return Glob(tuple(parts))

    @cached_property
    def pieces(self) -> Pieces:
        """The ARNs of this form, and no others."""
        partition, service, region = (self._pieces(place) for place in (_PARTITION, _SERVICE, _REGION))
        ways: tuple[tuple[Pieces, Pieces], ...] = ((partition, region),)
        if partition == (PARTITION,):
            ways = tuple(((name,), (regions,) if region == (REGION,) else region) for name, regions in REGIONS)
        head = Alternation(tuple((*one, ":", *service, ":", *other) for one, other in ways))
        return ("arn:", head, ":", *self._pieces(_ACCOUNT), ":", *self._pieces(_LAST))

    def _pieces(self, place: int) -> Pieces:
        """Part number `place` alone."""
        return tuple(
            piece
            for literal, slot in self.fields[place]
            for piece in ((literal,) if literal else ()) + (slot.pieces if slot else ())
        )

    @cached_property
    def fixed(self) -> tuple[tuple[int, str], ...]:
        """The fields before the last that hold no variable, which tell most forms apart."""
        plain = enumerate(self._texts[:_LAST])
        return tuple((place, field) for place, field in plain if not _VARIABLE.search(field))

    @cached_property
    def _head(self) -> str:
        return self.fields[_LAST][0][0] if self.fields[_LAST] else ""

    @cached_property
    def _open(self) -> tuple[tuple[int, Shape], ...]:
        """What to ask of the parts that are not fixed, except that a region must be one of its partition."""
        places = sorted({*range(_LAST + 1)} - {place for place, _ in self.fixed})
        return tuple((place, _shape(self._pieces(place))) for place in places)

    def matches(self, resource: str) -> bool:
        """Whether `resource` is an ARN of this form."""
        return self._matches_short(resource) if len(resource) <= _SHORT else self._matches(resource)

    @lru_cache(maxsize=16_384)  # noqa: B019 - there is one object for each format of the catalogue
    def _matches_short(self, resource: str) -> bool:
        return self._matches(resource)

    def _matches(self, resource: str) -> bool:
        fields = arn_fields(resource)
        return (
            fields is not None
            and all(fields[place] == fixed for place, fixed in self.fixed)
            and fields[_LAST].startswith(self._head)
            and all(shape.matches(fields[place]) for place, shape in self._open)
            and (self._pieces(_REGION) != (REGION,) or is_region(fields[_REGION], fields[_PARTITION]))
        )

    @cached_property
    def _between(self) -> tuple[tuple[str, tuple[_Ends, ...]], ...]:
        """Each separator that no variable part can hold, with the ends of what stands between it in every ARN."""
        pieces = (piece for place in range(_LAST + 1) for piece in (":" if place else "", *self._pieces(place)))
        parts = [piece if isinstance(piece, str) else None for piece in pieces]
        held = {char for char in _SEPARATORS for place in range(_LAST + 1) if self._may_hold(place, char)}
        return tuple((char, _between(parts, char)) for char in _SEPARATORS if char not in held)

    def _may_hold(self, place: int, char: str) -> bool:
        return any(slot is not None and may_hold(slot.pieces, char) for _, slot in self.fields[place])

    @lru_cache(maxsize=65_536)  # noqa: B019 - there is one object for each format of the catalogue
    def is_apart(self, pattern: Glob) -> bool:
        """Whether it is plain that no ARN of this form matches `pattern`; False says nothing.

        Where an ARN has five colons and the pattern has five, these stand in the same places, though a `*` may cross
        a colon (rule 10). So what stands between them can be compared one by one. The same goes for slashes.
        """
        if pattern.ignores_case:
            return False
        parts = [part if isinstance(part, str) else None for part in pattern.parts]
        return any(_are_apart(ends, _between(parts, char)) for char, ends in self._between)

    def __str__(self) -> str:
        return self.text


# What a text begins with, what it ends with, and whether that is all of it.
_Ends: TypeAlias = tuple[str, str, bool]


def _ends(parts: Sequence[str | None]) -> _Ends:
    """The ends of what consists of literal runs and, as None, of anything else."""
    if None not in parts:
        whole = "".join(filter(None, parts))
        return whole, whole, True
    first, last = parts.index(None), len(parts) - parts[::-1].index(None)
    return "".join(filter(None, parts[:first])), "".join(filter(None, parts[last:])), False


def _between(parts: Iterable[str | None], char: str) -> tuple[_Ends, ...]:
    """The ends of what stands between each `char` in literal runs."""
    found: list[list[str | None]] = [[]]
    for part in parts:
        if part is None:
            found[-1].append(None)
        else:
            first, *others = part.split(char)
            found[-1].append(first)
            found += ([text] for text in others)
    return tuple(map(_ends, found))


def _are_apart(form: tuple[_Ends, ...], pattern: tuple[_Ends, ...]) -> bool:
    """Whether no text that has just as many separators as `form` matches `pattern`, which has that many or more."""
    if len(pattern) != len(form):
        return len(pattern) > len(form)
    return any(map(_clash, form, pattern))


def _clash(one: _Ends, other: _Ends) -> bool:
    (head, tail, whole), (begin, end, all_) = one, other
    if whole and all_:
        return head != begin
    if whole or all_:
        text, (begin, end, _) = (head, other) if whole else (begin, one)
        return not (text.startswith(begin) and text.endswith(end))
    return not ((head.startswith(begin) or begin.startswith(head)) and (tail.endswith(end) or end.endswith(tail)))


def _runs(text: str) -> Iterator[tuple[str, str | None]]:
    """Yield each literal run with the name of the variable behind it; None where there is none."""
    place = 0
    for found in _VARIABLE.finditer(text):
        yield text[place : found.start()], found[1] or ""
        place = found.end()
    if place < len(text):
        yield text[place:], None


def _least(pieces: Pieces) -> bool:
    """Whether at least one character stands in a variable part with these pieces."""
    return not _shape(pieces).matches("")


@lru_cache(maxsize=4096)
def _shape(pieces: Pieces) -> Shape:
    return Shape(pieces)


@lru_cache(maxsize=4096)
def _form(text: str) -> ArnForm:
    return ArnForm(text)
