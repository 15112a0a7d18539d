"""Documents as AWS sends them, texts of JSON or of URL-encoded JSON, as objects where that loses nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NoReturn
from urllib.parse import unquote

DEEPEST = 64


def document_or_text(text: str) -> Any:
    """Return the document in `text` as an object, or `text` as it is where an object would not say the same.

    That is so for a key that stands twice, a number with a fraction, half of a surrogate pair, what is nested too deep
    for any policy, and what is not JSON. Whoever reads the folder judges what AWS sent, and nothing that Python made.
    """
    try:
        decoded = _decoded(text.strip())
        found = json.loads(decoded, object_pairs_hook=_without_twins, parse_float=_refused, parse_constant=_refused)
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return text
    return found if isinstance(found, dict) and _depth(found) <= DEEPEST else text


def _decoded(text: str) -> str:
    """Return the JSON of a text that is URL-encoded, or, as API Gateway has it, what stands between quotes in JSON."""
    if text.startswith("%"):
        return unquote(text, errors="strict")
    return str(json.loads(f'"{text}"')) if text.startswith('{\\"') else text


def _depth(value: Any) -> int:
    level, depth = [value], 0
    while level:
        level = [part for each in level for part in _parts(each)]
        depth += 1
    return depth


def _parts(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice")
    return found


def _refused(text: str) -> NoReturn:
    raise ValueError(text)
