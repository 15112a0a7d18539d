"""The answers of `prove`, `confine` and `diff`, and the outcomes of a search.

    Contained, Escapes, Undecided         a verdict
    Granted, Missing, Undecided           the verdict of `prove --needs`
    Difference                            the answer of `diff`
    Found, Hinges, Absent, Unknown        what a search comes to (`search.py`)

They are separate classes without a truth value, so that no answer is mistaken for a yes. `request` of an `Escapes` and
each side of a `Difference` have been replayed through the evaluator. `assumes` names the decided rules that the
documents touch and the standing assumptions (interface.md). An `Undecided` never counts as contained.
"""

from __future__ import annotations

import enum
import json
from collections.abc import Sequence
from typing import ClassVar, NoReturn, Protocol, TypeAlias

from verifier.base.dataclass import dataclass
from verifier.base.safe import plain_or_quoted, printable
from verifier.clouds.cloud import AccessLevel, KnownAction
from verifier.logic.readings import USUAL, Point, Reading, the_other_way
from verifier.logic.request import Request
from verifier.questions.ask import World
from verifier.shown import Shown
from verifier.smt.solve import Unknown


class _NoTruth(Shown):
    """A verdict has no truth value: `if prove(...)` would be read both ways."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)

    def __bool__(self) -> NoReturn:
        raise TypeError(f"a verdict has no truth value; test `isinstance(verdict, {type(self).__name__})`")


@dataclass(frozen=True, slots=True)
class Leaning:
    """A part of a document without a value yet, and whether it has to match the request for an answer to hold."""

    point: Point
    matches: bool

    def __str__(self) -> str:
        return self.point.other if self.matches else self.point.usual

    def as_json(self) -> dict[str, object]:
        """Return it as an answer names it."""
        return {**self.point.as_json(), "matches": self.matches}


@dataclass(frozen=True, slots=True)
class Fit:
    """How a counterexample stands to the requests that AWS can make (rule 4), and to parts without a value yet.

    `breaks` are the facts that it breaks, as sentences. `none_fits`: it was proved that every such request breaks some;
    otherwise, if it breaks any, no request that fits was found as far as the search went. It is a counterexample while
    what it `leans` on is so, whatever else is unknown, and only in the situation `where`, if that is not empty.
    """

    breaks: tuple[str, ...] = ()
    none_fits: bool = False
    leans: tuple[Leaning, ...] = ()
    where: str = ""

    @property
    def realistic(self) -> bool:
        """Whether it breaks no fact."""
        return not self.breaks


@dataclass(frozen=True, slots=True)
class Hinges:
    """A request that is a counterexample if AWS reads all of `points` the other way, and only then.

    Under the usual reading of them it was proved that there is none (semantics.md, section 7).
    """

    request: Request
    points: tuple[Point, ...]
    fit: Fit = Fit()

    def reason(self, what: str) -> str:
        """Return why nothing is decided; `what` is what happens to the request, as in `escapes`."""
        return f"{what} if AWS reads {the_other_way(self.points)}"


@dataclass(frozen=True, repr=False)
class Contained(_NoTruth):
    """Every allowed request is within the maximum.

    `vacuous`: because nothing at all is allowed (None: not found out).
    """

    word: ClassVar[str] = "contained"

    vacuous: bool | None
    assumes: tuple[str, ...] = ()
    world: World = World.ALL

    def __str__(self) -> str:
        return "contained" + (", vacuously: nothing at all is allowed" if self.vacuous else "")


@dataclass(frozen=True, repr=False)
class Escapes(_NoTruth):
    """`request` is allowed, and the maximum does not allow it; `fit` tells whether AWS can make it."""

    word: ClassVar[str] = "escapes"

    request: Request
    assumes: tuple[str, ...] = ()
    fit: Fit = Fit()
    world: World = World.ALL

    @property
    def breaks(self) -> tuple[str, ...]:
        """The facts about AWS that `request` breaks, as sentences."""
        return self.fit.breaks

    @property
    def realistic(self) -> bool:
        """Whether AWS can make `request`, as far as its catalogue tells."""
        return self.fit.realistic

    def __str__(self) -> str:
        return f"escapes: {request_text(self.request)}{_spoken_against(self.fit)}"


@dataclass(frozen=True, repr=False)
class Undecided(_NoTruth):
    """No answer: a limit was reached, a construct lies outside the decided fragment, or the answer depends on how
    AWS's guide is read; `reason` says which, and `hinges` on what.
    """

    word: ClassVar[str] = "undecided"

    reason: str
    assumes: tuple[str, ...] = ()
    world: World = World.ALL
    hinges: Hinges | None = None

    def __str__(self) -> str:
        request = f": {request_text(self.hinges.request)}{_spoken_against(self.hinges.fit)}" if self.hinges else ""
        return f"undecided: {printable(self.reason)}{request}"


@dataclass(frozen=True, repr=False)
class Granted(_NoTruth):
    """Every request that is needed is allowed.

    `vacuous`: because nothing at all is needed (None: not found out).
    """

    word: ClassVar[str] = "granted"

    vacuous: bool | None
    assumes: tuple[str, ...] = ()
    world: World = World.ALL

    def __str__(self) -> str:
        return "granted" + (", vacuously: nothing at all is needed" if self.vacuous else "")


@dataclass(frozen=True, repr=False)
class Missing(_NoTruth):
    """`request` is needed and is not allowed; `stopped_by` names every level and document that does not let it through.

    `fit` tells whether AWS can make it.
    """

    word: ClassVar[str] = "missing"

    request: Request
    stopped_by: tuple[str, ...]
    assumes: tuple[str, ...] = ()
    fit: Fit = Fit()
    world: World = World.ALL

    def __str__(self) -> str:
        by = ", ".join(self.stopped_by)
        return f"missing: {request_text(self.request)}, stopped by {by}{_spoken_against(self.fit)}"


Verdict: TypeAlias = Contained | Escapes | Undecided
NeedsVerdict: TypeAlias = Granted | Missing | Undecided


class Relation(enum.Enum):
    """How the second document of a `diff` stands to the first."""

    EQUIVALENT = "equivalent"
    NARROWER = "narrower"
    WIDER = "wider"
    INCOMPARABLE = "incomparable"
    DIFFERENT = "different"
    UNDECIDED = "undecided"


@dataclass(frozen=True, repr=False)
class Difference(_NoTruth):
    """The answer of `diff`, the second document seen from the first.

    `gained` and `lost` are requests that only the second, only the first allows (of two documents without any Allow:
    that only the first, only the second denies); `gained_fit` and `lost_fit` tell whether AWS can make them.
    `denies_same` tells whether both deny explicitly the same (None: not found out). `reason` is given where a side
    stayed undecided; `relation` is DIFFERENT where one side was found and the other stayed undecided, so that neither
    WIDER nor NARROWER is proved, and UNDECIDED only where no difference was found. `vacuous`: they are equivalent
    because neither allows anything at all, or, of two without any Allow, denies anything (None: not found out).
    `gained_hinges` and `lost_hinges` are requests that would be gained or lost under another reading of AWS's guide
    only. `only_deny`: neither document has any Allow, so they were compared by what they deny.
    """

    relation: Relation
    gained: Request | None = None
    lost: Request | None = None
    denies_same: bool | None = None
    reason: str | None = None
    assumes: tuple[str, ...] = ()
    gained_fit: Fit = Fit()
    lost_fit: Fit = Fit()
    world: World = World.ALL
    vacuous: bool | None = False
    gained_hinges: Hinges | None = None
    lost_hinges: Hinges | None = None
    only_deny: bool = False

    def __str__(self) -> str:
        sides = (("gained", self.gained, self.gained_fit), ("lost", self.lost, self.lost_fit))
        lines = [f"{name}: {request_text(request)}{_spoken_against(fit)}" for name, request, fit in sides if request]
        verb = "denies" if self.only_deny else "allows"
        word = self.relation.value + (f", vacuously: neither document {verb} anything" if self.vacuous else "")
        return "\n".join([word, *lines, *([f"reason: {printable(self.reason)}"] if self.reason else [])])


def request_text(request: Request) -> str:
    """Return a request on one line, printable: its action, its resource, who asks where that is told, its context."""
    context = printable(json.dumps(request.as_json()["context"], ensure_ascii=False))
    return (
        f"{plain_or_quoted(request.action)} on {plain_or_quoted(request.resource)}"
        + (f" by {plain_or_quoted(request.principal)}" if request.principal else "")
        + (f" with {context}" if request.context else "")
    )


def _spoken_against(fit: Fit) -> str:
    leans = f", if {' and '.join(printable(str(one)) for one in fit.leans)}" if fit.leans else ""
    where = f", where {printable(fit.where)}" if fit.where else ""
    return where + leans + (f" (not realistic: {printable('; '.join(fit.breaks))})" if fit.breaks else "")


@dataclass(frozen=True, slots=True)
class Found:
    """Every claim is true of this request, says the evaluator; `fit` tells how it stands to what AWS has.

    `reading` is the one under which they are; `search` returns this for the usual one only.
    """

    request: Request
    fit: Fit = Fit()
    reading: Reading = USUAL


@dataclass(frozen=True, slots=True)
class Absent:
    """No request makes every claim true, under every reading that was asked about."""


SearchResult: TypeAlias = Found | Hinges | Absent | Unknown


class Sifted(Protocol):
    """Actions, those apart that are proved never to happen where a formula is true: sifted as far as is asked for."""

    @property
    def severest(self) -> KnownAction | None:
        """The first that can really happen, or may."""

    def has(self, level: AccessLevel) -> bool:
        """Whether one of this level can, or may."""

    @property
    def living(self) -> Sequence[KnownAction]:
        """All that can, or may, in their order."""

    @property
    def dead(self) -> Sequence[KnownAction]:
        """Those that never do."""


@dataclass(frozen=True, slots=True)
class Happening:
    """Which actions can really happen where a formula is true, and a request to show."""

    actions: Sifted
    shown: Found
