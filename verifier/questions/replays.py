"""Are all claims true of one request? The evaluator alone says so, and every counterexample is replayed through it.

It must also be a request that there is: a key of which a page of AWS says so holds one value only, or values of one
type (rule 3), which the evaluator, who judges any request, does not ask.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from verifier.clouds.aws.compile.domains import can_hold
from verifier.clouds.aws.evaluate.evaluate import allows, denies
from verifier.clouds.aws.policy.readings import USUAL, Reading
from verifier.clouds.aws.request import Request
from verifier.logic.claims import Claim, Level, Says


def replays(claims: Iterable[Claim], request: Request, reading: Reading = USUAL) -> bool:
    """Whether all claims are true of `request` under `reading`, by the evaluator alone, and its keys hold what they can
    hold.
    """
    judged = all(_says(claim.level, claim.says, request, reading) == claim.holds for claim in claims)
    return judged and all(can_hold(key, request.values(key)) for key in request.context)


def _says(level: Level, says: Says, request: Request, reading: Reading) -> bool:
    match says:
        case Says.ALLOWS:
            return allows(level.policies, request, reading)
        case Says.DENIES:
            return denies(level.policies, request, reading)
        case _:
            assert_never(says)
