"""One value of a resource, with what a plan says of it: which parts are known after apply only, which are sensitive.

A plan has the three apart, in the same shape: `after`, `after_unknown`, `after_sensitive`. In the two others `true`
stands for a whole value. Source: https://developer.hashicorp.com/terraform/internals/json-format#change-representation
"""

from __future__ import annotations

from collections.abc import Sequence

from verifier.base.dataclass import dataclass
from verifier.sources.values import ListValue, ObjectValue, Scalar, TextValue, Value


@dataclass(frozen=True, slots=True)
class Part:
    """A value, None where nothing stands there, and what is unknown and sensitive of it."""

    value: Value | None
    unknown: Value | None = None
    sensitive: Value | None = None

    def member(self, name: str) -> Part:
        """Return the member `name` of an object."""
        return Part(_member(self.value, name), _marked(self.unknown, name), _marked(self.sensitive, name))

    @property
    def is_unknown(self) -> bool:
        """Whether the whole value is unknown."""
        return is_true(self.unknown)

    @property
    def has_unknown(self) -> bool:
        """Whether the value or any part of it is unknown."""
        return _holds_true(self.unknown)

    @property
    def is_null(self) -> bool:
        """Whether it is known that there is nothing."""
        return not self.is_unknown and (self.value is None or is_scalar(self.value, "null"))

    @property
    def is_sensitive(self) -> bool:
        """Whether the value or any part of it is sensitive."""
        return _holds_true(self.sensitive)

    @property
    def text(self) -> str | None:
        """The string that it is; None for anything else, or if it is unknown."""
        return self.value.known if isinstance(self.value, TextValue) and not self.is_unknown else None

    def each(self) -> Sequence[Part] | None:
        """Return the values of a list; None where it is not certain which they are.

        What is unknown in a set is left out of `after` by old versions, and is null there in newer ones.
        """
        if self.is_null:
            return ()
        if self.is_unknown or not isinstance(self.value, ListValue):
            return None
        values: list[Value | None] = list(self.value.values)
        marks = list(self.unknown.values) if isinstance(self.unknown, ListValue) else []
        sensitive = list(self.sensitive.values) if isinstance(self.sensitive, ListValue) else []
        if len(marks) > len(values):
            known = iter(self.value.values)
            values = [None if is_true(mark) else next(known, None) for mark in marks]
            if next(known, None) is not None or sum(each is not None for each in values) != len(self.value.values):
                return None
        return [
            Part(value, _nth(self.unknown, marks, number), _nth(self.sensitive, sensitive, number))
            for number, value in enumerate(values)
        ]


def _member(value: Value | None, name: str) -> Value | None:
    return value.member(name) if isinstance(value, ObjectValue) else None


def _marked(marks: Value | None, name: str) -> Value | None:
    return marks if is_true(marks) else _member(marks, name)


def _nth(whole: Value | None, marks: Sequence[Value], number: int) -> Value | None:
    if is_true(whole):
        return whole
    return marks[number] if number < len(marks) else None


def is_scalar(value: Value | None, text: str) -> bool:
    """Whether `value` is the number, Boolean or null that JSON writes as `text`."""
    return isinstance(value, Scalar) and value.text == text


def is_true(value: Value | None) -> bool:
    """Whether `value` is `true`."""
    return is_scalar(value, "true")


def _holds_true(marks: Value | None) -> bool:
    """Whether `true` stands anywhere in `marks`."""
    pending = [marks]
    while pending:
        match pending.pop():
            case Scalar(text="true"):
                return True
            case ListValue() as found:
                pending.extend(found.values)
            case ObjectValue() as found:
                pending.extend(value for _, value in found.pairs)
            case _:
                pass
    return False
