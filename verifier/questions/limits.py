"""What an answer may cost, and how the solver is asked. Read `prove.py` next."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Encoding(enum.Enum):
    """How a formula is put to the solver (smt/smtlib.py has the reference)."""

    FAST = "fast"
    STRINGS = "strings"


@dataclass(frozen=True)
class Limits:
    """The bounds of one question. Past one of them the verdict is `Undecided`, never `Contained`."""

    seconds: float = 10.0
    encoding: Encoding = Encoding.FAST
