"""The answers of `prove`, `confine` and `diff`: separate classes without a truth value, so that none is mistaken for a
yes.

`request` of an `Escapes` or a `Change` has been replayed through the evaluator. `assumes` names the decided rules that
the documents touch and the standing assumptions (interface.md). An `Undecided` never counts as contained.
"""

from __future__ import annotations

import enum
import json
from dataclasses import dataclass
from typing import NoReturn, TypeAlias

from verifier.semantics.request import Request


class _NoTruth:
    """A verdict has no truth value: `if prove(...)` would be read both ways."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        import html  # noqa: PLC0415  # only notebooks need it

        return f"<pre>{html.escape(str(self))}</pre>"

    def __bool__(self) -> NoReturn:
        raise TypeError(f"a verdict has no truth value; test `isinstance(verdict, {type(self).__name__})`")


@dataclass(frozen=True, repr=False)
class Contained(_NoTruth):
    """Every allowed request is within the maximum.

    `vacuous`: because nothing at all is allowed (None: not found out).
    """

    vacuous: bool | None
    assumes: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "contained" + (", vacuously: nothing at all is allowed" if self.vacuous else "")


@dataclass(frozen=True, repr=False)
class Escapes(_NoTruth):
    """`request` is allowed, and the maximum does not allow it."""

    request: Request
    assumes: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"escapes: {_shown(self.request)}"


@dataclass(frozen=True, repr=False)
class Undecided(_NoTruth):
    """No answer: a limit was reached, or a construct lies outside the decided fragment; `reason` says which."""

    reason: str
    assumes: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"undecided: {self.reason}"


Verdict: TypeAlias = Contained | Escapes | Undecided


class Relation(enum.Enum):
    """How the second document of a `diff` stands to the first."""

    EQUIVALENT = "equivalent"
    NARROWER = "narrower"
    WIDER = "wider"
    INCOMPARABLE = "incomparable"
    UNDECIDED = "undecided"


@dataclass(frozen=True, repr=False)
class Difference(_NoTruth):
    """The answer of `diff`, the second document seen from the first.

    `gained` and `lost` are requests that only the second, only the first allows (of two documents without any Allow:
    that only the first, only the second denies). `denies_same` tells whether both deny explicitly the same (None: not
    found out). `reason` is given where a side stayed undecided; `relation` is UNDECIDED only where no difference was
    found.
    """

    relation: Relation
    gained: Request | None = None
    lost: Request | None = None
    denies_same: bool | None = None
    reason: str | None = None
    assumes: tuple[str, ...] = ()

    def __str__(self) -> str:
        sides = (("gained", self.gained), ("lost", self.lost))
        lines = [f"{name}: {_shown(request)}" for name, request in sides if request]
        return "\n".join([self.relation.value, *lines, *([f"reason: {self.reason}"] if self.reason else [])])


def _shown(request: Request) -> str:
    context = json.dumps(request.as_json()["context"], ensure_ascii=False)
    return f"{request.action} on {request.resource}" + (f" with {context}" if request.context else "")
