"""The `id` of a batch line that is not a question, so that the answer, an error, can still carry it."""

from __future__ import annotations

import json
from typing import Any, TypeAlias

from verifier.base.grammar import MAX_CHARACTERS
from verifier.base.regex import regex

MAX_DEPTH = 64

# Any JSON value: None, bool, int, float, str, and lists and dicts of them, at most MAX_DEPTH deep.
JsonValue: TypeAlias = Any

_PIECE = regex(r'"(?:[^"\\]++|\\.)*+"|[\[\]{}]')
_COLON = regex(r"[ \t\r\n]*:[ \t\r\n]*")


def read_id(line: str) -> JsonValue:
    """Return the `id` of a line that may be no question at all, as far as it can be found; else None. Never raises."""
    depth, after_name = 0, -1
    for found in _PIECE.finditer(line[:MAX_CHARACTERS]):
        piece = found[0]
        depth += (piece in ("{", "[")) - (piece in ("}", "]"))
        if depth == 1 and piece == '"id"':
            after_name = found.end()
            break
    start = _COLON.match(line, after_name) if after_name >= 0 else None
    if start is None:
        return None
    try:
        value, _ = json.JSONDecoder().raw_decode(line, start.end())
        json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return None
    return value if _depth(value) <= MAX_DEPTH else None


def _depth(value: JsonValue) -> int:
    """Return how many lists and objects stand one in the other within `value`."""
    depth, level = 0, [value]
    while level := [item for item in level if isinstance(item, list | dict)]:
        depth += 1
        level = [child for item in level for child in (item.values() if isinstance(item, dict) else item)]
    return depth
