"""Which values of the keys make a given text fit a pattern with variables?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from verifier.base.errors import LimitReached
from verifier.strings.key import Key, lower
from verifier.strings.languages import Wildcard
from verifier.strings.variables import PatternPart, VariableRef

_MOST_STEPS = 20_000
_MOST_PARTS = 200


def bindings(parts: Sequence[PatternPart], text: str, *, ignores_case: bool = False) -> tuple[dict[Key, str], ...]:
    """Return every choice of values with which `text` matches `parts`, each once; in lower case where case is ignored.

    Raises LimitReached rather than leave one out.
    """
    if len(parts) > _MOST_PARTS:
        raise LimitReached(f"a pattern with variables has more than {_MOST_PARTS} parts")
    text = lower(text) if ignores_case else text
    read = tuple(lower(part) if ignores_case and isinstance(part, str) else part for part in parts)
    steps = iter(range(_MOST_STEPS))
    found = (tuple(values.items()) for values in _walk(read, text, 0, {}, steps))
    return tuple(map(dict, dict.fromkeys(found)))


def _walk(  # noqa: C901  # one case a part
    parts: tuple[PatternPart, ...], text: str, place: int, values: dict[Key, str], steps: Iterator[int]
) -> Iterator[dict[Key, str]]:
    if next(steps, None) is None:
        raise LimitReached(f"reading the values of keys out of a text took more than {_MOST_STEPS:,} steps")
    if not parts:
        if place == len(text):
            yield values
        return
    first, rest = parts[0], parts[1:]
    match first:
        case str():
            if text.startswith(first, place):
                yield from _walk(rest, text, place + len(first), values, steps)
        case VariableRef(key) if key in values:
            yield from _walk((values[key], *rest), text, place, values, steps)
        case VariableRef(key, in_field):
            for end in _ends(text, place, in_field):
                yield from _walk(rest, text, end, values | {key: text[place:end]}, steps)
        case Wildcard.CHAR | Wildcard.FIELD_CHAR:
            if place < len(text) and (first is Wildcard.CHAR or text[place] != ":"):
                yield from _walk(rest, text, place + 1, values, steps)
        case Wildcard():
            for end in _ends(text, place, first is Wildcard.FIELD_TEXT):
                yield from _walk(rest, text, end, values, steps)


def _ends(text: str, place: int, in_field: bool) -> range:
    """Where a piece that begins at `place` may end; within a field not behind a colon."""
    colon = text.find(":", place) if in_field else -1
    return range(place, (len(text) if colon < 0 else colon) + 1)
