"""The answer of `repair`: a boundary with which all that is allowed is within the maximum, and nothing else is lost."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from verifier.base.safe import printable
from verifier.base.source import Source
from verifier.clouds.aws.policy.write import MANAGED, characters
from verifier.logic.request import Request


class RepairOutcome(enum.Enum):
    """What came of a repair."""

    CONTAINED = "contained"
    REPAIRED = "repaired"
    NO_REPAIR = "no-repair"


@dataclass(frozen=True, slots=True)
class Change:
    """A statement of the boundary, by its number from 0, and what now stands in its place: nothing, one or several."""

    statement: int
    sid: str | None
    line: int
    now: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Repaired:
    """What `repair` found. It has no truth value, as no verdict has.

    REPAIRED: `text` is the boundary, `added` and `changed` are how it differs from `source`, None where there was no
    boundary; both halves are proved. CONTAINED: there is nothing to repair. NO_REPAIR: none was found, for `reason`;
    `request` is allowed, but not by the maximum, still under the nearest proposal.
    """

    outcome: RepairOutcome
    source: Source | None
    text: str | None = None
    added: tuple[Mapping[str, Any], ...] = ()
    changed: tuple[Change, ...] = ()
    reason: str | None = None
    request: Request | None = None
    assumes: tuple[str, ...] = ()

    @property
    def statements(self) -> int:
        """How many statements are added or changed; one that becomes several counts as so many."""
        return len(self.added) + sum(max(1, len(change.now)) for change in self.changed)

    @property
    def characters(self) -> int | None:
        """How many characters without white space the boundary has now."""
        return None if self.text is None else characters(self.text)

    @property
    def most(self) -> int:
        """How many of them AWS saves as a managed policy."""
        return MANAGED

    def __str__(self) -> str:
        return self.outcome.value + (f": {printable(self.reason)}" if self.reason else "")

    def __bool__(self) -> NoReturn:
        raise TypeError("an answer has no truth value; look at `outcome`")
