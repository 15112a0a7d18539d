"""What an answer may cost, how the solver is asked, and of which requests. Read `prove.py` next."""

from __future__ import annotations

import enum

from verifier.base.dataclass import dataclass


class Encoding(enum.Enum):
    """How a formula is put to the solver (smt/smtlib.py has the reference)."""

    FAST = "fast"
    STRINGS = "strings"


class World(enum.Enum):
    """Of which requests a question speaks: of all (rules 1 to 3), or of those that AWS can make (rule 4)."""

    ALL = "all"
    AWS = "aws"


class Readings(enum.Enum):
    """How the points on which AWS's guide is unclear are read: in every way, or in the usual one (semantics.md, 7)."""

    ALL = "all"
    USUAL = "usual"


@dataclass(frozen=True)
class Limits:
    """The bounds of one question. Past one of them the verdict is `Undecided`, never `Contained`."""

    seconds: float = 10.0
    encoding: Encoding = Encoding.FAST
    world: World = World.ALL
    readings: Readings = Readings.ALL
