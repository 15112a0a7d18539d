"""The answer of `simplify`: what was left out of a document and why, and the smaller document, proved equivalent.

    Simplified    the answer
    Removed       a part that was left out
    reason_of     why it changes nothing: the simplest reason that can be proved too

`Simplified.text` is the smaller document as it would be written to a file.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from typing import NoReturn

from verifier.base.dataclass import dataclass
from verifier.base.errors import quote
from verifier.base.safe import printable, quoted
from verifier.base.source import Source, Span
from verifier.clouds.aws.policy.syntax import Statement
from verifier.clouds.aws.policy.write import characters, too_large_for
from verifier.logic.actions import Effect
from verifier.shown import Displayed
from verifier.simplification.change import Prover
from verifier.simplification.part import PartKind, RemovablePart


class Reason(enum.Enum):
    """Why a part changes nothing."""

    REPEATED = "repeated"
    COVERED = "covered"
    SHADOWED = "shadowed"
    DENIED = "denied"
    IMPOSSIBLE = "impossible"
    NEEDLESS = "needless"
    JOINED = "joined"


_WORDS = {
    Reason.REPEATED: "it appears twice, as {by}",
    Reason.COVERED: "{by} covers it",
    Reason.SHADOWED: "shadowed by {by}",
    Reason.DENIED: "all that it allows is denied by {by}",
    Reason.IMPOSSIBLE: "impossible: it never matches",
    Reason.NEEDLESS: "needless: the rest of the statement implies it",
    Reason.JOINED: "joined with {by}, which differs in {kind} only",
}
_ELEMENTS = {PartKind.ACTION: "Action", PartKind.RESOURCE: "Resource"}


@dataclass(frozen=True, slots=True)
class Removed:
    """A part that was left out: its text as written, `statement` its number from 0, `by` what makes it superfluous.

    A statement is also left out where another one takes in its entries; `joins` says in which element.
    """

    kind: PartKind
    text: str
    statement: int
    sid: str | None
    span: Span
    reason: Reason
    by: tuple[str, ...] = ()
    joins: PartKind | None = None

    @property
    def why(self) -> str:
        """The reason in words."""
        element = _ELEMENTS.get(self.joins, "") if self.joins else ""
        return _WORDS[self.reason].format(by=" and ".join(self.by), kind=element)

    def __str__(self) -> str:
        name = statement_name(self.statement, self.sid)
        what = name if self.kind is PartKind.STATEMENT else f"{self.kind.value} {quote(self.text)} of {name}"
        return f"{what}: {self.why}"


class Redundancy(enum.Enum):
    """What was found out about a document."""

    REDUNDANT = "redundant"
    IRREDUNDANT = "irredundant"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Simplified(Displayed):
    """What `simplify` found; REDUNDANT only where `text` has been proved to allow and deny the same as the source.

    `text` is the smaller document, or the same where nothing was left out. `reason` tells why not everything was
    looked at, or why nothing was proved. It has no truth value, as no verdict has.
    """

    source: Source
    text: str
    removed: tuple[Removed, ...] = ()
    reason: str | None = None
    assumes: tuple[str, ...] = ()

    @property
    def redundancy(self) -> Redundancy:
        """The verdict."""
        if self.removed:
            return Redundancy.REDUNDANT
        return Redundancy.UNDECIDED if self.reason else Redundancy.IRREDUNDANT

    @property
    def characters(self) -> tuple[int, int]:
        """How many characters without white space the document has, before and after."""
        return characters(self.source.text), characters(self.text)

    @property
    def too_large_for(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What the document is too large to be saved as, before and after."""
        before, after = self.characters
        return too_large_for(before), too_large_for(after)

    def __str__(self) -> str:
        reason = [printable(self.reason)] if self.reason else []
        return "\n".join([self.redundancy.value, *map(str, self.removed), *reason])

    def __bool__(self) -> NoReturn:
        raise TypeError("an answer has no truth value; look at `redundancy`")


def statement_name(statement: int, sid: str | None) -> str:
    """Return how a statement is called in answers: its number, and its Sid where it has one."""
    return f"statement {statement}" + (f" {quoted(sid)}" if sid else "")


_MOST_NAMED = 8


def why_redundant(prover: Prover, part: RemovablePart, others: Sequence[Statement]) -> tuple[Reason, tuple[str, ...]]:
    """Return why `part` changes nothing together with the `others`, and the names of the statements that make it so."""
    own = [one for one in (part.statement if part.wider else part.after,) if one is not None]
    if prover.proves(part, ()):
        return (Reason.NEEDLESS if part.wider else Reason.IMPOSSIBLE), ()
    if prover.proves(part, own):
        return Reason.NEEDLESS, ()
    others = tuple(prover.near(part, others))
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
    names = [
        statement_name(statement.index, statement.sid) for statement in sorted(statements, key=lambda one: one.index)
    ]
    more = len(names) - _MOST_NAMED
    return (*names[:_MOST_NAMED], f"{more} more") if more > 0 else tuple(names)
