"""Why a part changes nothing, once that is proved: the simplest reason that can be proved too."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from verifier.clouds.aws.policy.syntax import Statement
from verifier.logic.actions import Effect
from verifier.simplification.change import Prover
from verifier.simplification.part import Part
from verifier.simplification.simplified import Reason, named

_MOST_NAMED = 8


def reason_of(prover: Prover, part: Part, others: Sequence[Statement]) -> tuple[Reason, tuple[str, ...]]:
    """Return why `part` changes nothing beside the `others`, and the names of the statements that make it so."""
    own = [one for one in (part.statement if part.wider else part.after,) if one is not None]
    if prover.proves(part, ()):
        return (Reason.NEEDLESS if part.wider else Reason.IMPOSSIBLE), ()
    if prover.proves(part, own):
        return Reason.NEEDLESS, ()
    alike = [other for other in others if other.effect is part.statement.effect]
    denies = [other for other in others if other.effect is Effect.DENY and part.statement.effect is Effect.ALLOW]
    if prover.proves(part, (), denies):
        return Reason.DENIED, _names(_few(denies, lambda some: prover.proves(part, (), some)))
    if prover.proves(part, [*own, *alike]):
        return Reason.SHADOWED, _names(_few(alike, lambda some: prover.proves(part, [*own, *some])))
    both = [*alike, *denies]
    return Reason.SHADOWED, _names(
        _few(both, lambda some: prover.proves(part, [*own, *_of(some, alike)], _of(some, denies)))
    )


def _few(statements: Sequence[Statement], suffice: Callable[[Sequence[Statement]], bool]) -> Sequence[Statement]:
    """Return few of `statements` that suffice: one where one does, else what is left when all others are taken away."""
    for one in statements:
        if suffice((one,)):
            return (one,)
    left = list(statements)
    for one in statements:
        fewer = [other for other in left if other is not one]
        if suffice(fewer):
            left = fewer
    return left


def _of(some: Sequence[Statement], those: Sequence[Statement]) -> list[Statement]:
    return [one for one in some if any(one is other for other in those)]


def _names(statements: Sequence[Statement]) -> tuple[str, ...]:
    names = [named(statement.index, statement.sid) for statement in sorted(statements, key=lambda one: one.index)]
    more = len(names) - _MOST_NAMED
    return (*names[:_MOST_NAMED], f"{more} more") if more > 0 else tuple(names)
