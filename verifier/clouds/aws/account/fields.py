"""The members of an object that an API printed, read with care: each wrong one is an error with its place.

A list that is left out is empty, as some dumps leave out empty lists. Members that are not asked for are not read.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.base.dataclass import dataclass
from verifier.base.errors import UsageError, quote
from verifier.base.source import Source
from verifier.sources.values import ListValue, ObjectValue, Scalar, TextValue, Value

_NULL = "null"


@dataclass(frozen=True, eq=False, slots=True)
class Fields:
    """The members of `value`, which is called `what` in messages and stands in `file`."""

    value: ObjectValue
    file: Source
    what: str

    @staticmethod
    def of(value: Value, file: Source, what: str) -> Fields:
        """Return the members of an object. Raises UsageError for another value."""
        if not isinstance(value, ObjectValue):
            raise UsageError(f"{what} must be an object", source=file, span=value.span, help="write `{...}`")
        return Fields(value, file, what)

    def find(self, name: str) -> Value | None:
        """Return the member `name`; None where it is left out or null."""
        found = self.value.member(name)
        return None if isinstance(found, Scalar) and found.text == _NULL else found

    def need(self, name: str) -> Value:
        """Return the member `name`. Raises UsageError where there is none."""
        found = self.find(name)
        if found is None:
            message = f"{self.what} has no {quote(name)}"
            raise UsageError(message, source=self.file, span=self.value.span, help="add it, or fetch the account again")
        return found

    def text(self, name: str) -> str:
        """Return the text `name`. Raises UsageError where there is none."""
        found = self.value.text(name)
        return self._text(name, self.need(name)) if found is None else found

    def text_or(self, name: str, other: str) -> str:
        """Return the text `name`, or `other` where it is left out. Raises UsageError for another value."""
        text = self.value.text(name)
        if text is not None:
            return text
        found = self.find(name)
        return other if found is None else self._text(name, found)

    def truth(self, name: str) -> bool:
        """Return whether `name` is true; it is not where it is left out. Raises UsageError for another value."""
        found = self.find(name)
        if found is None:
            return False
        if not isinstance(found, Scalar) or found.text not in ("true", "false"):
            raise self.wrong(name, found, "true or false")
        return found.text == "true"

    def count(self, name: str) -> int:
        """Return the number `name`; 0 where it is left out. Raises UsageError for another value."""
        found = self.find(name)
        if found is None:
            return 0
        if not isinstance(found, Scalar) or not found.text.isdigit() or len(found.text) > 9:
            raise self.wrong(name, found, "a count")
        return int(found.text)

    def each(self, name: str) -> Iterator[Value]:
        """Yield the values of the list `name`; none where it is left out. Raises UsageError for another value."""
        if self.value.is_empty(name):
            return
        found = self.need(name)
        if not isinstance(found, ListValue):
            raise self.wrong(name, found, "a list")
        yield from found.values

    def each_of(self, name: str, what: str) -> Iterator[Fields]:
        """Yield the objects of the list `name`, called `what`. Raises UsageError for another value."""
        for value in self.each(name):
            yield Fields.of(value, self.file, what)

    def texts(self, name: str) -> tuple[str, ...]:
        """Return the texts of the list `name`. Raises UsageError for another value."""
        return tuple(self._text(name, value) for value in self.each(name))

    def _text(self, name: str, found: Value) -> str:
        if not isinstance(found, TextValue) or found.known is None:
            raise self.wrong(name, found, "a text")
        return found.known

    def wrong(self, name: str, found: Value, wanted: str) -> UsageError:
        """Return the error of a member that is not what is `wanted`."""
        message = f"{quote(name)} of {self.what} is not {wanted}"
        return UsageError(message, source=self.file, span=found.span, help=f"write {wanted}")
