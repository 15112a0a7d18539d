"""Why an answer is what it is, as data: what `explain.py` makes, and text, JSON and every other report show.

    Explanation  = WhyAllowed | WhyDifferent | WhyContained
    WhyAllowed     .request, .parts: what each level says of the one request, in the order of the documents
    WhyDifferent   .gained, .lost: each a WhyAllowed, or None
    WhyContained   .grants: each Allow of the policies with what holds it; .needed and .unneeded limits; .vacuous

    LevelTrace     .name (`policy`, `boundary`, `session`, `scp level 1`, `rcp 1`, `maximum`; `document`, `services`;
                   `old`, `new`), .ruling, .statements that decide, .more that are left out, .missed Denies, .note
    Cited          a statement at its place: .document (`policy 1`, `boundary`), .source, .statement, .pieces
    ElementTrace   an element or entry of it: .element, .span, .reason, .met

A level of several documents, the identity policies or one level of SCPs, is one part, as the documents act as one; each
cited statement names its own document. Everything carries its `Span` and `Source`, so a report can quote the very text:
`cited.text`, `cited.text_of(piece)`. Nothing here decides: the evaluator does, and the prover where a containment is
explained. What was not found out is None, never a guess.
"""

from __future__ import annotations

import enum
from dataclasses import field
from typing import TypeAlias

from verifier.base.dataclass import dataclass
from verifier.base.safe import printable
from verifier.base.source import Source
from verifier.clouds.cloud import Document, Statement
from verifier.clouds.trace import ElementTrace
from verifier.logic.readings import USUAL, Reading
from verifier.logic.request import Request
from verifier.shown import Displayed


class Ruling(enum.Enum):
    """What a level by itself says of a request; the values are those of `Decision`, and one for levels that only
    deny.
    """

    ALLOWED = "allowed"
    IMPLICIT_DENY = "implicit-deny"
    EXPLICIT_DENY = "explicit-deny"
    NOT_DENIED = "not-denied"


@dataclass(frozen=True, slots=True)
class Cited:
    """A statement of the document called `document`, and the pieces of it that matter.

    Where it matches: the entries and conditions by which it does. Where it does not: those that fail.
    """

    document: str
    source: Source
    statement: Statement
    pieces: tuple[ElementTrace, ...] = ()

    @staticmethod
    def of(name: str, document: Document, statement: Statement, request: Request, reading: Reading = USUAL) -> Cited:
        """Return `statement` of `document`, which is called `name`, with the pieces that decide about `request`."""
        pieces = document.cloud.pieces(document, statement, request, reading)
        return Cited(name, document.source, statement, tuple(pieces))

    @property
    def matched(self) -> bool:
        """Whether the request meets every element."""
        return all(piece.met for piece in self.pieces)

    @property
    def name(self) -> str:
        """The statement in words: its index in the document, from 0, and its Sid where it has one."""
        sid = self.statement.sid
        return f"statement {self.statement.index}{'' if sid is None else f' {printable(sid)}'}"

    @property
    def stands(self) -> bool:
        """Whether somebody wrote the statement: what stands nowhere is named without a place, and never quoted."""
        return not self.source.stand_in

    @property
    def text(self) -> str:
        """The statement as it is written in its source."""
        return self.source.cut(self.statement.span)

    def text_of(self, piece: ElementTrace) -> str:
        """Return `piece` as it is written in the source."""
        return self.source.cut(piece.span)

    def __str__(self) -> str:
        if not self.stands:
            return self.document
        span = self.statement.span
        place = printable(self.source.at(span.line, span.column))
        reasons = (printable(f"{piece.element}: {piece.reason}") for piece in self.pieces)
        return "; ".join([f"{self.document}, {self.name} ({self.statement.effect.value}), {place}", *reasons])


@dataclass(frozen=True, slots=True)
class LevelTrace:
    """What one level says of the request, and the statements by which.

    `statements` are the Denies that match where it denies explicitly, the Allows that match where it allows, and the
    nearest Allows where none matches (`explain.py` says which are near); `more` others are not given. `missed` are the
    Denies that nearly match where the level does not deny: they name the action, if only to except it. `note` says why
    if nothing cited does: no statement names the service, there is no Allow or Deny, or there is no document.
    """

    name: str
    ruling: Ruling
    statements: tuple[Cited, ...] = ()
    more: int = 0
    missed: tuple[Cited, ...] = ()
    note: str = ""

    def __str__(self) -> str:
        head = f"{self.name}: {self.ruling.value.replace('-', ' ')}{f' ({printable(self.note)})' if self.note else ''}"
        more = [f"  and {self.more} more that do not match"] if self.more else []
        return "\n".join([head, *(f"  {cited}" for cited in (*self.statements, *self.missed)), *more])


@dataclass(frozen=True, slots=True, repr=False)
class WhyAllowed(Displayed):
    """Why `request` is a counterexample: what each level says of it, the level that should have allowed it last."""

    request: Request
    parts: tuple[LevelTrace, ...]

    def __str__(self) -> str:
        return "\n".join(map(str, self.parts))

    __repr__ = __str__


@dataclass(frozen=True, slots=True, repr=False)
class WhyDifferent(Displayed):
    """Why a request is gained and why one is lost, each next to what the other document says of it."""

    gained: WhyAllowed | None = None
    lost: WhyAllowed | None = None

    def __str__(self) -> str:
        sides = (("gained", self.gained), ("lost", self.lost))
        return "\n".join(f"{name}:\n{why}" for name, why in sides if why)

    __repr__ = __str__


@dataclass(frozen=True, slots=True)
class Limit:
    """Something that holds a grant back: that a level must allow too (`statement` None), or one Deny statement.

    `document` is the level (`boundary`, `scp level 1`) or the document of the statement.
    """

    document: str
    statement: Cited | None = None

    def __str__(self) -> str:
        if self.statement is None:
            return f"what {self.document} does not allow"
        return f"{self.document}, {self.statement.name} (Deny)"


class Held(enum.Enum):
    """How a grant stays within the maximum."""

    BY_ITSELF = "by-itself"
    """The maximum allows all that the statement alone allows."""
    BY_LIMITS = "by-limits"
    """Only with the limits named."""
    NOT_FOUND_OUT = "not-found-out"
    """The time was over."""


@dataclass(frozen=True, slots=True)
class Grant:
    """An Allow statement of a policy, and what holds it within the maximum.

    `limits` are enough, and no limit can be left out; where `least` is False the time was over before the last was
    tried, and one may be superfluous. `blocked` tells whether all the documents together let nothing of it through.
    `through` are the Allows of the boundary that let something of it through, `through_unknown` those where it was
    not found out.
    """

    statement: Cited
    held: Held
    limits: tuple[Limit, ...] = ()
    least: bool = True
    blocked: bool | None = None
    through: tuple[Cited, ...] = ()
    through_unknown: tuple[Cited, ...] = ()

    def __str__(self) -> str:
        match self.held:
            case Held.BY_ITSELF:
                how = "within the maximum by itself"
            case Held.BY_LIMITS:
                how = f"held by {'; '.join(map(str, self.limits))}"
            case Held.NOT_FOUND_OUT:
                how = "what holds it was not found out"
        return f"{self.statement}: {how}"


@dataclass(frozen=True, slots=True, repr=False)
class WhyContained(Displayed):
    """What a containment needs.

    `needed` and `unneeded` part the limits: without all the `unneeded` ones together it still holds, without any one of
    the `needed` it does not; `unknown` are those where that was not found out. `idle` are the Allows of the boundary
    that let nothing of any policy through. `vacuous`: nothing at all is allowed, because of `blocked_by` (empty: the
    policies allow nothing by themselves).
    """

    vacuous: bool | None
    grants: tuple[Grant, ...] = ()
    needed: tuple[Limit, ...] = ()
    unneeded: tuple[Limit, ...] = ()
    unknown: tuple[Limit, ...] = ()
    idle: tuple[Cited, ...] = ()
    blocked_by: tuple[Limit, ...] = field(default=())

    def __str__(self) -> str:
        lines = list(map(str, self.grants))
        for title, limits in (("needed", self.needed), ("not needed", self.unneeded), ("not found out", self.unknown)):
            lines += [f"{title}: {'; '.join(map(str, limits))}"] if limits else []
        lines += [f"lets nothing through: {cited}" for cited in self.idle]
        if self.vacuous:
            lines.append(f"nothing is allowed, by {'; '.join(map(str, self.blocked_by)) or 'the policies themselves'}")
        return "\n".join(lines)

    __repr__ = __str__


Explanation: TypeAlias = WhyAllowed | WhyDifferent | WhyContained
