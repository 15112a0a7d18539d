"""Regions as JSON: the keys of an answer that list all of a difference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from verifier.report.answer_part import AnswerPart
from verifier.report.counterexample import ReadingPart, RequestPart

if TYPE_CHECKING:
    from verifier.regions.region import Regions


class RegionPart(AnswerPart):
    """A part of a difference: of `actions` (less `except_actions`, and each of `also_actions` too) on `resources`.

    `exact`: it is proved that all of it differs. `living_actions` are those that AWS has there, `levels` counts them by
    access level; `dead_actions` are proved never to happen there. `realistic` and what follows as in `VerdictAnswer`.
    """

    side: Literal["gained", "lost", "escapes", "missing", "allowed"]
    service: str | None = None
    actions: list[str]
    also_actions: list[list[str]] | None = None
    except_actions: list[str] | None = None
    resources: list[str]
    except_resources: list[str] | None = None
    conditions: str
    levels: dict[str, int]
    living_actions: list[str]
    dead_actions: list[str] | None = None
    exact: bool
    request: RequestPart
    realistic: bool
    breaks: list[str] | None = None
    none_fits: bool | None = None


def region_keys(found: Regions) -> dict[str, Any]:
    """Return the keys of an answer that say all of a difference."""
    from verifier.report.plan import region_parts  # noqa: PLC0415 - only where they are asked for

    parts = [RegionPart.of(part) for part in region_parts(found)]
    as_usual = [ReadingPart.of(point.as_json()) for point in found.as_usual] or None
    return {"regions": parts, "complete": found.complete, "incomplete": found.reason, "as_usual": as_usual}
