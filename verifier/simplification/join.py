"""Statements that differ in their Action, or their Resource, alone: one with the entries of both says the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from verifier.clouds.aws.policy.syntax import Actions, Condition, Resources, Statement
from verifier.simplification.part import PartKind

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
    """All that a statement says beside the element of `kind`, without regard to order; None where that is negated."""
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
