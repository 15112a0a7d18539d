"""The answers of `delegate` as values.

DelegationProved, DelegationRefuted, DelegationUndecided    the answers
MoveProof, Breach                                           whether a move is kept, and why not
DelegationStep                                              one entry of a chain
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, TypeAlias

from verifier.base.dataclass import dataclass
from verifier.base.safe import printable
from verifier.logic.request import Request
from verifier.shown import Displayed

# What the last step of a chain is.
BEYOND = "outside the maximum"
# How many moves a chain has at most that is looked for.
MOST_MOVES = 4


@dataclass(frozen=True)
class Breach:
    """Why a move is not kept: `who` can make `request`; without one, it was not decided, for `reason`."""

    who: str
    request: Request | None = None
    reason: str = ""


@dataclass(frozen=True)
class MoveProof:
    """What came of a move: it is kept, or there is a `breach`.

    `rows` are those of the list of escalations that it is from, `why` says what the move would change.
    """

    name: str
    rows: tuple[str, ...]
    why: str
    breach: Breach | None = None


@dataclass(frozen=True)
class DelegationStep:
    """`principal` makes `request`; `move` is None for the last one, which is outside the maximum.

    `parameters` are those of the call, named as in the API. `after` is the state after it, in sentences; none where the
    next step completes it.
    """

    principal: str
    move: str | None
    request: Request
    parameters: Mapping[str, Any]
    effect: str
    after: tuple[str, ...] = ()


class Sentence(Displayed):
    """An answer that is a sentence where Python shows it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


@dataclass(frozen=True, repr=False)
class DelegationProved(Sentence):
    """He can never exceed the maximum. `widened` are moves that change others whom he cannot act as."""

    word: ClassVar[str] = "proved"

    invariant: tuple[str, ...]
    moves: tuple[MoveProof, ...]
    widened: tuple[MoveProof, ...]
    assumes: tuple[str, ...]

    def __str__(self) -> str:
        return f"proved: {len(self.moves)} moves keep what stays true"


@dataclass(frozen=True, repr=False)
class DelegationRefuted(Sentence):
    """He can, by `steps`: the last one is outside the maximum. `moves` are those of the attempt to prove it.

    `admin` is his ARN, `outsiders` are those of what the account has besides, as `assumes` says.
    """

    word: ClassVar[str] = "refuted"

    admin: str
    steps: tuple[DelegationStep, ...]
    outsiders: tuple[str, ...]
    moves: tuple[MoveProof, ...]
    assumes: tuple[str, ...]

    def __str__(self) -> str:
        return f"refuted: {not_proved(self)}"


@dataclass(frozen=True, repr=False)
class DelegationUndecided(Sentence):
    """Neither: `reason` says which moves neither keep the invariant nor lead to a chain that was found."""

    word: ClassVar[str] = "undecided"

    reason: str
    invariant: tuple[str, ...]
    moves: tuple[MoveProof, ...]
    assumes: tuple[str, ...]

    def __str__(self) -> str:
        return f"undecided: {printable(self.reason)}"


DelegationAnswer: TypeAlias = DelegationProved | DelegationRefuted | DelegationUndecided


def not_proved(found: DelegationRefuted | DelegationUndecided) -> str:
    """Return in words why `found` does not prove it."""
    if isinstance(found, DelegationUndecided):
        return found.reason
    return f"a chain leads outside the maximum: {', '.join(step.move or step.request.action for step in found.steps)}"
