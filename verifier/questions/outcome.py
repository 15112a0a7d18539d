"""What a search comes to: a request of which all claims are true, a proof that there is none, or neither."""

from __future__ import annotations

from typing import TypeAlias

from verifier.dataclass import dataclass
from verifier.questions.verdict import Fit
from verifier.semantics.request import Request
from verifier.smt.solve import Unknown


@dataclass(frozen=True, slots=True)
class Found:
    """Every claim is true of this request, says the evaluator; `fit` tells how it stands to what AWS has."""

    request: Request
    fit: Fit = Fit()


@dataclass(frozen=True, slots=True)
class Absent:
    """No request makes every claim true."""


Outcome: TypeAlias = Found | Absent | Unknown
