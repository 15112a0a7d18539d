"""A resource entry under the other reading of rule 10: a `*` crosses colons only where it ends a segment.

A segment ends at a colon of the entry, or at its end; `readings.py` says why. Read the places in the resource up to
which the parts so far can match, part by part: the cost is that of the entry times the resource, whatever its `*`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from verifier.clouds.aws.evaluate.substitute import variable_value
from verifier.clouds.aws.policy.readings import Point
from verifier.logic.readings import Reading
from verifier.logic.request import Request
from verifier.strings.pattern import Template, Variable, Wild, parse_pattern


class _Within(NamedTuple):
    """A `*` that stays within its segment."""


_Piece: TypeAlias = str | Wild | _Within


def matches_in_segments(template: Template, request: Request, reading: Reading) -> bool:
    """Whether the request's resource matches, values put in as rule 27 says under `reading` (rules 10 and 25 to 28)."""
    pieces: list[_Piece] = []
    for place, part in enumerate(template.parts):
        match part:
            case Variable():
                value = variable_value(part, request)
                if value is None:
                    return False
                pieces += parse_pattern(value).parts if Point.WILD_VALUE in reading else (value,)
            case Wild.TEXT if not _ends_segment(template, place):
                pieces.append(_Within())
            case _:
                pieces.append(part)
    text = request.resource
    places = {0}
    for piece in pieces:
        places = set(_after(piece, text, places))
    return len(text) in places


def _ends_segment(template: Template, place: int) -> bool:
    after = template.parts[place + 1] if place + 1 < len(template.parts) else ":"
    return isinstance(after, str) and after.startswith(":")


def _after(piece: _Piece, text: str, places: set[int]) -> Iterator[int]:
    """Yield the places up to which `text` matches once `piece` has followed."""
    match piece:
        case str():
            yield from (place + len(piece) for place in places if text.startswith(piece, place))
        case Wild.CHAR:
            yield from (place + 1 for place in places if place < len(text))
        case Wild.TEXT:
            yield from range(min(places), len(text) + 1) if places else ()
        case _Within():
            end = -1
            for place in sorted(places):
                if place > end:
                    colon = text.find(":", place)
                    end = colon if colon >= 0 else len(text)
                    yield from range(place, end + 1)
