"""Requests that may show that a part of a statement matters, tried before anything is searched for.

Most parts matter, and for most of them a request shows it that is quickly made: one that was found for the same part,
when less was known of the document; one that was found for another part of the statement, with the action, the resource
or the key changed that the part is about; and for a whole statement what it spells itself, with the action that the
fewest others name. The evaluator judges each of them like every request, so a bad guess costs time only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field, replace
from typing import assert_never

from verifier.base.dataclass import dataclass
from verifier.base.errors import RequestError
from verifier.clouds.aws.policy.operators import Family, Quantifier
from verifier.clouds.aws.policy.syntax import Condition, Statement
from verifier.clouds.cloud import Cloud
from verifier.logic.request import Request
from verifier.simplification.part import PartKind, PartPlace, RemovablePart
from verifier.simplification.statement_actions import Statements


@dataclass
class Attempts:
    """Requests for the parts of a document's statements, and what was found for them so far."""

    cloud: Cloud
    statements: Statements
    _found: dict[int, Request] = field(default_factory=dict)
    _shown: dict[PartPlace, Request] = field(default_factory=dict)

    def record(self, part: RemovablePart, request: Request) -> None:
        """Remember that `request` shows that `part` matters."""
        self._found[part.statement.index] = self._shown[part.place] = request

    def at(self, part: RemovablePart) -> Iterator[Request]:
        """Yield requests to try. An action without a name makes no request (rules 1 and 2)."""
        shown, found = self._shown.get(part.place), self._found.get(part.statement.index)
        if shown is not None:
            yield shown
        try:
            if found is not None:
                yield self._changed(found, part)
            elif part.kind is PartKind.STATEMENT and not part.statement.principals:
                yield from self._spelled(part.statement)
        except RequestError:
            return

    def _changed(self, request: Request, part: RemovablePart) -> Request:
        """Return `request` about the entry that `part` is, with its value, or so that its condition does not hold.

        Raises RequestError.
        """
        condition, context = part.condition, dict(request.context)
        match part.kind:
            case PartKind.STATEMENT:
                return request
            case PartKind.CONDITION | PartKind.VALUE:
                assert condition
                context.pop(condition.key, None)
                value = _plain(part.text) or "x" if part.kind is PartKind.VALUE else _other_value(condition)
                return replace(request, context=context if value is None else {**context, condition.key: value})
            case PartKind.ACTION:
                changed = self.cloud.request(_plain(part.text), request.resource, {}, request.principal)
            case PartKind.RESOURCE:
                changed = self.cloud.request(request.action, _plain(part.text), {}, request.principal)
            case other:
                assert_never(other)
        return replace(changed, context=request.context)

    def _spelled(self, statement: Statement) -> Iterator[Request]:
        """Yield a request of what `statement` spells, where it spells an action. Raises RequestError."""
        words = self.statements.actions(statement).words
        if not words:
            return
        service, name = min(words, key=lambda word: (len(self.statements.about(word)), word))
        resources = statement.resources
        resource = _plain(resources.entries[0].text) if resources and not resources.negated else "x"
        context = {one.key.name: [value] for one in statement.conditions if (value := _value(one)) is not None}
        yield self.cloud.request(f"{service}:{name}", resource or "*", context)


def _value(condition: Condition) -> str | None:
    """Return a value of its key with which `condition` probably holds, None where it needs none."""
    test, text = condition.test, condition.values[0].text
    if test.operator.family is Family.NULL:
        return None if text.lower() == "true" else "x"
    if test.operator.negated or test.quantifier is Quantifier.ALL:
        return None
    if test.operator.family is Family.ADDRESS:
        return text.partition("/")[0]
    return _plain(text) or "x"


def _other_value(condition: Condition) -> str | None:
    """Return a value of its key with which `condition` probably does not hold, None where it does not without one."""
    test, text = condition.test, condition.values[0].text
    if test.operator.family is Family.NULL:
        return "x" if text.lower() == "true" else None
    if test.operator.negated:
        return _plain(text) or "x"
    return "x" if test.holds_on_absent_key else None


def _plain(text: str) -> str:
    return text.replace("*", "").replace("?", "x")
