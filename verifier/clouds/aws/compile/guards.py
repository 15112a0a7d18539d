"""The formulas of statements that say the same of resources and context, made once: there is one object for all.

Large documents say the same in many statements, and documents that are compared say most of it both. What is made once
is compared at once, too. What is remembered is bounded by the size of the texts that it was made of.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeAlias

from verifier.clouds.aws.policy.syntax import Condition, Statement
from verifier.logic.formula import Formula

MOST_REMEMBERED_CHARACTERS = 8_000_000
# What an entry or a value costs besides its characters.
_PIECE = 64
_Content: TypeAlias = tuple[Hashable, ...]


class Guards:
    """What `make` returns of statements, remembered by what they say of resources and context, as they spell it."""

    def __init__(self, make: Callable[[Statement], Formula], most: int = MOST_REMEMBERED_CHARACTERS) -> None:
        """Begin with nothing made; `most` bounds the characters of what is remembered."""
        self._make = make
        self._most = most
        self.forget()

    def of(self, statement: Statement) -> Formula:
        """Return the formula of `statement`. Raises what `make` raises."""
        content = _content(statement)
        found = self._made.get(content)
        if found is None:
            found = self._make(statement)
            self._remember(content, _size(statement), found)
        return found

    def forget(self) -> None:
        """Forget what was made."""
        self._left = self._most
        self._made: dict[_Content, Formula] = {}

    def _remember(self, content: _Content, size: int, formula: Formula) -> None:
        if size > self._left:
            self.forget()
        if size <= self._left:
            self._left -= size
            self._made[content] = formula


def _content(statement: Statement) -> _Content:
    """All that the formula depends on, without the places, which would keep the whole document."""
    resources, principals = statement.resources, statement.principals
    entries = tuple([(entry.text, entry.template, entry.unknown) for entry in resources.entries]) if resources else None
    named = tuple([(one.type, one.text, one.unknown) for one in principals.entries]) if principals else None
    negated = resources is not None and resources.negated, principals is not None and principals.negated
    return negated, entries, named, tuple(map(_said, statement.conditions))


def _said(condition: Condition) -> _Content:
    values = tuple([(value.text, value.value, value.unknown) for value in condition.values])
    return condition.test, condition.key.name, values


def _size(statement: Statement) -> int:
    texts = [entry.text for entry in statement.resources.entries] if statement.resources else []
    texts += [one.text for one in statement.principals.entries] if statement.principals else []
    for condition in statement.conditions:
        texts += (condition.key.name, *(value.text for value in condition.values))
    return sum(map(len, texts)) + _PIECE * (len(texts) + 1)
