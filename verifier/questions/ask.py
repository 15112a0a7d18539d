"""How a question is asked: what its answer may cost, and which requests, readings and encoding it uses."""

from __future__ import annotations

import enum
from dataclasses import replace

from verifier.base.dataclass import dataclass


class Encoding(enum.Enum):
    """How a formula is put to the solver (smt/smtlib.py has the reference)."""

    FAST = "fast"
    STRINGS = "strings"


class World(enum.Enum):
    """Which requests a question is about: all of them (rules 1 to 3), or those that AWS can make (rule 4)."""

    ALL = "all"
    AWS = "aws"


class Readings(enum.Enum):
    """How the points on which AWS's guide is unclear are read: in every way, or in the usual one (semantics.md, 7)."""

    ALL = "all"
    USUAL = "usual"


@dataclass(frozen=True)
class Ask:
    """How one question is asked; `seconds` bound it: past them the verdict is `Undecided`, never `Contained`.

    `world` and `readings` are part of what is asked: an answer is about these requests and these readings.
    """

    seconds: float = 10.0
    encoding: Encoding = Encoding.FAST
    world: World = World.ALL
    readings: Readings = Readings.ALL

    def but(self, world: World | None, readings: Readings | None) -> Ask:
        """Return this, with what a line of `batch` says itself instead; None where it says nothing."""
        return replace(self, world=world or self.world, readings=readings or self.readings)
