"""The regions of a question: of `diff` what is gained and lost, of `prove` and `confine` what escapes.

They are of all requests (rules 1 to 3), whatever world the question is asked in.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from verifier.logic.budget import Budget
from verifier.questions.ask import counterclaims
from verifier.questions.question import ConfineQuestion, DiffQuestion, ProveQuestion
from verifier.regions.region import Regions, Side
from verifier.regions.regions import regions

Parted: TypeAlias = ProveQuestion | DiffQuestion | ConfineQuestion


def regions_of(question: Parted, seconds: float) -> Regions:
    """Return all that makes a difference to `question`, found within `seconds`.

    The documents suit their places: an answer to the question was found before.
    """
    return regions(list(zip(_sides(question), counterclaims(question), strict=True)), Budget.of(seconds))


def _sides(question: Parted) -> Sequence[Side]:
    return (Side.GAINED, Side.LOST) if isinstance(question, DiffQuestion) else (Side.ESCAPES,)
