"""A request: one concrete action on one resource in one context; and which texts it can hold at all.

    Request          each cloud says how one is built
    PRINCIPAL        the key under which formulas have the text of who asks; documents cannot name it
    Domain           some languages such that every value of a text lies in one of them: an axiom about the text
    member_within    that a text lies in a language, folded by its domain

A cloud says which domain each text has (`Domains`); every search for a request is given them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import NamedTuple, TypeAlias

from verifier.base.dataclass import dataclass
from verifier.base.memo import cached_property
from verifier.base.source import HasSpan
from verifier.logic.formula import FALSE, TRUE, Formula, StringTerm, member
from verifier.shown import Displayed
from verifier.strings.languages import Language
from verifier.strings.solve import SPARE
from verifier.strings.subsumption import disjoint
from verifier.strings.values import Key

# A single value, or a list of two or more.
KeyValue: TypeAlias = str | tuple[str, ...]
# Keys that documents name are folded to lower case, so they cannot name this one.
PRINCIPAL = Key("PRINCIPAL", "principal")


class RequestSpans(NamedTuple):
    """Where a request and its elements stand in the text that it was read from."""

    whole: HasSpan
    action: HasSpan
    resource: HasSpan
    keys: Mapping[Key, HasSpan]


@dataclass(frozen=True)
class Request(Displayed):
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
        if value is None:
            return (self.principal,) if key == PRINCIPAL and self.principal is not None else ()
        return parts(value)

    def as_json(self) -> dict[str, object]:
        """Return the request as interface.md writes it."""
        found: dict[str, object] = {} if self.principal is None else {"principal": self.principal}
        context = {key.name: value if isinstance(value, str) else list(value) for key, value in self.context.items()}
        return found | {"action": self.action, "resource": self.resource, "context": context}


def parts(value: KeyValue) -> tuple[str, ...]:
    """Return the values of a key, one or several."""
    return (value,) if isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class Domain:
    """Every value of a text lies in one of `areas`; where there is none it may be any text.

    `spare` are the characters that may stand for any other, and there are no others where it is `closed`. `begin` has
    the text to try first in each area, or the one to try first where there is no area.
    """

    areas: tuple[Language, ...] = ()
    begin: tuple[str, ...] = ("",)
    spare: str = SPARE
    closed: bool = False


Domains: TypeAlias = Callable[[StringTerm], Domain]


def member_within(text: StringTerm, language: Language, domains: Domains) -> Formula:
    """Return that `text` lies in `language`, folded by what `text` can be at all."""
    known = domains(text).areas
    if language in known and len(known) == 1:
        return TRUE
    if known and all(disjoint(language, area) for area in known):
        return FALSE
    return member(text, language)
