"""The parts of a statement that may be left out, statements that may be joined, and what either can change.

    places, part_at    the parts of a statement
    joins              statements that differ in their Action, or their Resource, alone: one with both entries says it

Without an entry of a list, or a value of a positive operator, a statement matches fewer requests; without a condition,
an entry of NotAction or NotResource, or a value of a negated operator, it matches more. Either way the requests about
which something changes match all of `RemovablePart.within`, which is as narrow as possible, so that a proof about them
is cheap. The last entry of a list and the last value of a condition are not parts: without them it would say something
else, or nothing (rule 5).
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias, TypeVar

from verifier.base.dataclass import dataclass
from verifier.base.source import Span
from verifier.clouds.aws.policy.operators import Quantifier, Test
from verifier.clouds.aws.policy.syntax import Actions, Condition, ConditionValue, Resources, Statement
from verifier.strings.values import Key

_T = TypeVar("_T")
PartPath: TypeAlias = tuple[int, ...]
PartPlace: TypeAlias = tuple[int, "PartKind", str, Span, tuple[Test, Key] | None]


class PartKind(enum.Enum):
    """What a part is."""

    STATEMENT = "statement"
    ACTION = "action"
    RESOURCE = "resource"
    CONDITION = "condition"
    VALUE = "value"


@dataclass(frozen=True, slots=True)
class RemovablePart:
    """A part of `statement`: `after` is the statement without it, None where the part is all of it.

    `wider` tells that `after` matches more, not less. Requests about which the two differ match all of `within`.
    `condition` is the condition that the part is, or that it is a value of.
    """

    kind: PartKind
    text: str
    span: Span
    statement: Statement
    after: Statement | None
    within: tuple[Statement, ...]
    wider: bool = False
    condition: Condition | None = None

    @property
    def place(self) -> PartPlace:
        """What tells it apart from the other parts of its document, while others are taken out.

        Its text is of it: entries that a template splits out of one text stand in one place.
        """
        condition = self.condition
        test = None if condition is None else (condition.test, condition.key)
        return self.statement.index, self.kind, self.text, self.span, test


def whole_part(statement: Statement) -> RemovablePart:
    """Return a statement as a part of its document."""
    return RemovablePart(PartKind.STATEMENT, statement.effect.value, statement.span, statement, None, (statement,))


def part_paths(statement: Statement, kind: PartKind) -> tuple[PartPath, ...]:
    """Return where in `statement` the parts of `kind` are, the last first: what is left out moves none that follow."""
    match kind:
        case PartKind.STATEMENT:
            found: list[PartPath] = [()]
        case PartKind.ACTION:
            found = _each(statement.actions.entries if statement.actions else ())
        case PartKind.RESOURCE:
            found = _each(statement.resources.entries if statement.resources else ())
        case PartKind.CONDITION:
            found = _each(statement.conditions)
        case PartKind.VALUE:
            numbered = enumerate(statement.conditions)
            found = [(number, *place) for number, condition in numbered for place in _each(condition.values)]
    return tuple(reversed(found))


def part_at(statement: Statement, kind: PartKind, place: PartPath) -> RemovablePart | None:
    """Return the part of `kind` at `place`, None where it cannot be left out."""
    match kind:
        case PartKind.STATEMENT:
            return whole_part(statement)
        case PartKind.ACTION:
            return _action(statement, statement.actions, *place) if statement.actions else None
        case PartKind.RESOURCE:
            return _resource(statement, statement.resources, *place) if statement.resources else None
        case PartKind.CONDITION:
            return _condition(statement, *place)
        case PartKind.VALUE:
            return _value(statement, *place)


def _action(statement: Statement, actions: Actions, place: int) -> RemovablePart | None:
    if len(actions.entries) < 2:
        return None
    entry = actions.entries[place]
    after = replace(statement, actions=replace(actions, entries=_without(actions.entries, place)))
    alone = replace(statement, actions=replace(actions, negated=False, entries=(entry,)))
    within = (after, alone) if actions.negated else (alone,)
    return RemovablePart(PartKind.ACTION, entry.text, entry.span, statement, after, within, actions.negated)


def _resource(statement: Statement, resources: Resources, place: int) -> RemovablePart | None:
    if len(resources.entries) < 2:
        return None
    entry = resources.entries[place]
    after = replace(statement, resources=replace(resources, entries=_without(resources.entries, place)))
    alone = replace(statement, resources=Resources(False, (entry,), resources.span))
    within = (after, alone) if resources.negated else (alone,)
    return RemovablePart(PartKind.RESOURCE, entry.text, entry.span, statement, after, within, resources.negated)


def _condition(statement: Statement, place: int) -> RemovablePart:
    condition = statement.conditions[place]
    after = replace(statement, conditions=_without(statement.conditions, place))
    text = f"{condition.test} {condition.key.name}"
    return RemovablePart(PartKind.CONDITION, text, condition.key_span, statement, after, (after,), True, condition)


def _value(statement: Statement, number: int, place: int) -> RemovablePart | None:
    condition = statement.conditions[number]
    if len(condition.values) < 2:
        return None
    value, wider = condition.values[place], condition.test.operator.negated
    after = _with_values(statement, number, _without(condition.values, place))
    or_ed = not wider and condition.test.quantifier is not Quantifier.ALL
    alone = after if wider else _with_values(statement, number, (value,)) if or_ed else statement
    return RemovablePart(PartKind.VALUE, value.text, value.span, statement, after, (alone,), wider, condition)


def _each(items: Sequence[object]) -> list[PartPath]:
    return [(place,) for place in range(len(items))]


def _without(items: Sequence[_T], place: int) -> tuple[_T, ...]:
    return (*items[:place], *items[place + 1 :])


def _with_values(statement: Statement, number: int, kept: tuple[ConditionValue, ...]) -> Statement:
    found = list(statement.conditions)
    found[number] = replace(found[number], values=kept)
    return replace(statement, conditions=tuple(found))


_Others: TypeAlias = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Join:
    """`whole` stands for `first` and `second`, which differ in `kind` only."""

    first: Statement
    second: Statement
    whole: Statement
    kind: PartKind


def joins(statements: Sequence[Statement]) -> Iterator[Join]:
    """Yield what can be joined, one pair after the other, each with what the pairs before it have made."""
    current = {statement.index: statement for statement in statements}
    for kind in (PartKind.ACTION, PartKind.RESOURCE):
        seen: dict[_Others, int] = {}
        for index in tuple(current):
            second = current[index]
            others = _others(second, kind)
            if others is None:
                continue
            place = seen.setdefault(others, index)
            if place != index:
                first = current[place]
                current[place] = _joined(first, second, kind)
                del current[index]
                yield Join(first, second, current[place], kind)


def _others(statement: Statement, kind: PartKind) -> _Others | None:
    """All that a statement says besides the element of `kind`, without regard to order; None where that is negated."""
    actions, resources = statement.actions, statement.resources
    if actions is None or resources is None or (actions if kind is PartKind.ACTION else resources).negated:
        return None
    if kind is PartKind.ACTION:
        other: _Others = (resources.negated, frozenset(entry.template for entry in resources.entries))
    else:
        other = (actions.negated, frozenset(entry.pattern for entry in actions.entries))
    return statement.effect, statement.principals, *other, frozenset(map(_comparable, statement.conditions))


def _comparable(condition: Condition) -> _Others:
    return condition.test, condition.key, frozenset(value.text for value in condition.values)


def _joined(first: Statement, second: Statement, kind: PartKind) -> Statement:
    if kind is PartKind.ACTION:
        assert first.actions
        assert second.actions
        return replace(
            first, actions=Actions(False, (*first.actions.entries, *second.actions.entries), first.actions.span)
        )
    assert first.resources
    assert second.resources
    entries = (*first.resources.entries, *second.resources.entries)
    return replace(first, resources=Resources(False, entries, first.resources.span))
