"""The regions of a question: of `diff` what is gained and lost, of `prove` and `confine` what escapes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from verifier.base.budget import Budget
from verifier.base.deadline import deadline
from verifier.base.errors import LimitReached
from verifier.questions.answer import counterclaims
from verifier.questions.ask import Ask
from verifier.questions.question import ConfineQuestion, DiffQuestion, ProveQuestion
from verifier.regions.region import Regions, Side
from verifier.regions.regions import regions

Parted: TypeAlias = ProveQuestion | DiffQuestion | ConfineQuestion


def regions_of(question: Parted, ask: Ask) -> Regions:
    """Return all that makes a difference to `question` in the world of `ask`, found within its time.

    The documents suit their places: an answer to the question was found before.
    """
    try:
        with deadline(ask.seconds):
            sides = list(zip(_sides(question), counterclaims(question), strict=True))
            return regions(sides, Budget.of(ask.seconds), ask.world)
    except LimitReached as limit:
        return Regions((), complete=False, reason=str(limit))


def _sides(question: Parted) -> Sequence[Side]:
    return (Side.GAINED, Side.LOST) if isinstance(question, DiffQuestion) else (Side.ESCAPES,)
