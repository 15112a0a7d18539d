"""A request: one concrete action on one resource in one context. Each cloud says how one is built."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from functools import cached_property
from typing import NamedTuple, TypeAlias

from verifier.base.dataclass import dataclass
from verifier.base.source import Span
from verifier.shown import Shown
from verifier.strings.key import Key

# A single value, or a list of two or more.
KeyValue: TypeAlias = str | tuple[str, ...]


class RequestSpans(NamedTuple):
    """Where a request and its elements stand in the text that it was read from."""

    whole: Span
    action: Span
    resource: Span
    keys: Mapping[Key, Span]


@dataclass(frozen=True)
class Request(Shown):
    """One request. A key that is not in `context` is absent; a tuple (of two or more) is a multi-valued key."""

    action: str
    resource: str
    context: Mapping[Key, KeyValue] = field(default_factory=dict)
    principal: str | None = None
    spans: RequestSpans | None = field(default=None, compare=False, repr=False)

    @cached_property
    def words(self) -> tuple[str, str]:
        """The service and the name of the action, in lower case."""
        service, _, name = self.action.lower().partition(":")
        return service, name

    def values(self, key: Key) -> tuple[str, ...]:
        """Return the values of `key`: none where it is absent, one, or two and more."""
        value = self.context.get(key)
        return () if value is None else parts(value)

    def as_json(self) -> dict[str, object]:
        """Return the request as interface.md writes it."""
        found: dict[str, object] = {} if self.principal is None else {"principal": self.principal}
        context = {key.name: value if isinstance(value, str) else list(value) for key, value in self.context.items()}
        return found | {"action": self.action, "resource": self.resource, "context": context}


def parts(value: KeyValue) -> tuple[str, ...]:
    """Return the values of a key, one or several."""
    return (value,) if isinstance(value, str) else value
