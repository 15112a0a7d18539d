"""Counterexamples in the JSON answers: a request, how it stands to what AWS can make, and the reading it depends on.

    request_part, fit_parts, hinging_parts, hinging_sides    the elements of an answer

An element that does not apply is left out of the answer.
"""

from __future__ import annotations

from typing import Any

from verifier.logic.request import Request
from verifier.questions.verdict import Difference, Fit, Hinges
from verifier.report.answer_part import AnswerPart


class RequestPart(AnswerPart):
    """A request; a key that is not in `context` is absent from it."""

    principal: str | None = None
    action: str
    resource: str
    context: dict[str, str | list[str]]


class ReadingPart(AnswerPart):
    """A point on which AWS's guide is unclear, by its rule (semantics.md), with the usual reading and the other."""

    rule: int
    usual: str
    other: str


class LeaningPart(AnswerPart):
    """A part of a document that has no value yet: an entry, where it stands, and whether it has to match or must not.

    `request` is a counterexample as long as these are so, whatever else is unknown.
    """

    unknown: str
    element: str
    matches: bool


class HingingSidePart(AnswerPart):
    """A request that only one of two documents allows if AWS reads the points of `reading` the other way."""

    request: RequestPart
    where: str | None = None
    realistic: bool
    breaks: list[str] | None = None
    none_fits: bool | None = None
    leans: list[LeaningPart] | None = None
    reading: list[ReadingPart]


class HingingPart(AnswerPart):
    """What would be gained or lost under another reading of AWS's guide, where under the usual one nothing is."""

    gained: HingingSidePart | None = None
    lost: HingingSidePart | None = None


def request_part(request: Request) -> RequestPart:
    """Return `request` as an answer writes it."""
    return RequestPart.of(request.as_json())


def hinging_parts(hinges: Hinges) -> dict[str, Any]:
    """Return a counterexample under another reading, with the reading, as the elements of its answer."""
    reading = [ReadingPart.of(point.as_json()) for point in hinges.points]
    return {"request": request_part(hinges.request), **fit_parts(hinges.fit), "reading": reading}


def hinging_sides(found: Difference) -> HingingPart | None:
    """Return what of a difference depends on how AWS's guide is read, None if nothing does."""
    if not (found.gained_hinges or found.lost_hinges):
        return None
    gained, lost = (
        HingingSidePart(**hinging_parts(side)) if side else None for side in (found.gained_hinges, found.lost_hinges)
    )
    return HingingPart(gained=gained, lost=lost)


def fit_parts(fit: Fit) -> dict[str, Any]:
    """Return how a counterexample fits, as the elements of its answer."""
    leans: dict[str, Any] = {"leans": [LeaningPart.of(one.as_json()) for one in fit.leans]} if fit.leans else {}
    if fit.where:
        leans["where"] = fit.where
    if fit.realistic:
        return {"realistic": True, **leans}
    return {"realistic": False, "breaks": list(fit.breaks), "none_fits": fit.none_fits, **leans}
