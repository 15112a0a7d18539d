"""What a file of any notation holds, as values that know where they stand in it: what all readers make, and all use.

    TextValue, Scalar, ListValue, ObjectValue    a string; a number, Boolean or null; a list; an object
    Unresolved, AnyValue      what is not known before deployment: a part of a text, or a whole value of any shape
    text_of, under, each_of    careful access

A `TextValue` is a row of parts: what is known of it, and what is not. A reader of templates resolves what it can, and
leaves an `Unresolved` where the value exists only after deployment. Such a part may be any text, wildcards included.
Two with one name are the same value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from verifier.base.dataclass import dataclass
from verifier.base.regex import regex
from verifier.base.source import HasSpan, Span


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A value that is not known before deployment; `name` is what people call it, as in `aws_iam_role.ci.arn`.

    A `placeholder` stands in a document that a tool has yet to fill in. `digest` is of what it is made of, where that
    stands in the file, and the name does not tell it: another version of the file may make it of something else.
    """

    name: str
    placeholder: bool = False
    digest: str = ""


# The name of an unknown that is called by its place in the file says so.
BY_PLACE = regex(r" in line \d+, column \d+")
# What a text begins with that was a placeholder outside of a text: a private character, which no document needs.
BARE = "\uf8ff"


@dataclass(frozen=True, slots=True)
class TextValue:
    """A string. Neighbours among `parts` are never both known; a string that is known has one part."""

    parts: tuple[str | Unresolved, ...]
    place: HasSpan

    @property
    def known(self) -> str | None:
        """The whole text, None where a part is unknown."""
        match self.parts:
            case (str() as only,):
                return only
            case _:
                return None

    @property
    def span(self) -> Span:
        """Where it stands."""
        return self.place.span


@dataclass(frozen=True, slots=True)
class Scalar:
    """A number, `true`, `false` or `null`, as JSON writes it."""

    text: str
    place: HasSpan

    @property
    def span(self) -> Span:
        """Where it stands."""
        return self.place.span


class ListValue:
    """A list; its values are read when they are asked for."""

    def __init__(self, place: HasSpan, read: Callable[[], Sequence[Value]]) -> None:
        self.place = place
        self._read = read
        self._values: tuple[Value, ...] | None = None

    @property
    def span(self) -> Span:
        """Where it stands."""
        return self.place.span

    @property
    def values(self) -> tuple[Value, ...]:
        """Its values."""
        if self._values is None:
            self._values = tuple(self._read())
        return self._values


class ObjectValue:
    """An object: its members in their order, a name perhaps more than once; read when they are asked for."""

    def __init__(self, place: HasSpan, read: Callable[[], Sequence[tuple[TextValue, Value]]]) -> None:
        self.place = place
        self._read = read
        self._pairs: tuple[tuple[TextValue, Value], ...] | None = None
        self._named: dict[str, Value] | None = None

    @property
    def span(self) -> Span:
        """Where it stands."""
        return self.place.span

    @property
    def pairs(self) -> tuple[tuple[TextValue, Value], ...]:
        """Its members."""
        if self._pairs is None:
            self._pairs = tuple(self._read())
        return self._pairs

    @property
    def named(self) -> dict[str, Value]:
        """Its members by name, of several with one name the last; without those whose name is unknown."""
        if self._named is None:
            self._named = {name.known: value for name, value in self.pairs if name.known is not None}
        return self._named

    def member(self, name: str) -> Value | None:
        """Its member `name`, as in `named`; None where it has none."""
        return self.named.get(name)

    def text(self, name: str) -> str | None:
        """The text that its member `name` is; None where it has none, or one that is anything else, or not known."""
        return text_of(self.member(name))

    def is_empty(self, name: str) -> bool:
        """Whether its member `name` is an empty list, `null`, or missing."""
        found = self.member(name)
        match found:
            case ListValue():
                return not found.values
            case Scalar():
                return found.text == "null"
            case _:
                return found is None


@dataclass(frozen=True, slots=True)
class AnyValue:
    """A value that is not known, not even whether it is a text or a list."""

    unknown: Unresolved
    place: HasSpan

    @property
    def span(self) -> Span:
        """Where it would stand."""
        return self.place.span


Value: TypeAlias = TextValue | Scalar | ListValue | ObjectValue | AnyValue


def text_value(parts: Sequence[str | Unresolved], place: HasSpan) -> TextValue:
    """Return the text of `parts`, with known neighbours put together."""
    joined: list[str | Unresolved] = []
    for part in parts:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        elif part != "":
            joined.append(part)
    return TextValue(tuple(joined) or ("",), place)


def list_value(values: Sequence[Value], place: HasSpan) -> ListValue:
    """Return the list of `values`."""
    return ListValue(place, lambda: values)


def object_value(pairs: Sequence[tuple[TextValue, Value]], place: HasSpan) -> ObjectValue:
    """Return the object with the members `pairs`."""
    return ObjectValue(place, lambda: pairs)


def text_of(value: Value | None) -> str | None:
    """Return the string that `value` is; None where it is anything else, or not known."""
    return value.known if isinstance(value, TextValue) else None


def under(value: Value | None, *path: str) -> Value | None:
    """Return what stands in `value` under `path`, name by name; None where nothing does."""
    for name in path:
        value = value.member(name) if isinstance(value, ObjectValue) else None
    return value


def each_of(value: Value | None) -> Iterator[Value]:
    """Yield the values of a list; nothing of anything else."""
    if isinstance(value, ListValue):
        yield from value.values
