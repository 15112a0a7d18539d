"""What a search comes to: a request that makes all claims true, one under another reading of AWS's guide only
(`Hinges`), a proof that there is none, or neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from verifier.base.dataclass import dataclass
from verifier.clouds.cloud import KnownAction
from verifier.logic.readings import USUAL, Reading
from verifier.logic.request import Request
from verifier.questions.verdict import Fit, Hinges
from verifier.smt.solve import Unknown


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


@dataclass(frozen=True, slots=True)
class Happening:
    """Which actions can really happen where a formula is true, which are proved never to, and a request to show."""

    living: Sequence[KnownAction]
    dead: Sequence[KnownAction]
    shown: Found
