"""Claims under the readings of AWS's guide that are not usual: asked about once nothing was found under the usual one.

The points are shared by all documents of a question (semantics.md, section 7). `every_reading` makes of claims those
whose formulas have the points that the documents touch as variables; `smallest` takes out of a reading what a request
does not need, judged by the evaluator, so that an answer names the points that it hangs on and no other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from verifier.logic.readings import Reading, in_order
from verifier.logic.request import Request
from verifier.questions.claims import Claim, Level
from verifier.questions.outcome import Found, SearchResult
from verifier.questions.replay import replays
from verifier.questions.verdict import Hinges
from verifier.smt.solve import Unknown


def touch(claims: Sequence[Claim]) -> bool:
    """Whether some document of `claims` touches a point, so that another reading could make a difference."""
    return any(claim.level.touched for claim in claims)


def every_reading(claims: Sequence[Claim]) -> tuple[Claim, ...]:
    """Return `claims` of the same documents under every reading."""
    levels = {claim.level: Level(claim.level.policies, readings=True) for claim in claims}
    return tuple(replace(claim, level=levels[claim.level]) for claim in claims)


def hinges(claims: Sequence[Claim], found: Found) -> Hinges:
    """Return what was found under another reading, with the points that it hangs on."""
    return Hinges(found.request, in_order(smallest(claims, found.request, found.reading)), found.fit)


def open_reason(sides: Iterable[tuple[SearchResult, str]]) -> str | None:
    """Return why something is not decided, None where all is; each side says what happens to a request of it."""
    for side, what in sides:
        match side:
            case Unknown(reason):
                return reason
            case Hinges():
                return side.reason(f"a request is {what}")
            case _:
                pass
    return None


def smallest(claims: Sequence[Claim], request: Request, reading: Reading) -> Reading:
    """Return points of `reading` under which all `claims` are true of `request`, and of which each is needed."""
    for point in in_order(reading):
        if replays(claims, request, frozenset((point,))):
            return frozenset((point,))
    for point in in_order(reading):
        if replays(claims, request, reading - {point}):
            reading = reading - {point}
    return reading
