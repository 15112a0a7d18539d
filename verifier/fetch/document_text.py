"""Documents as AWS sends them, texts of JSON or of URL-encoded JSON, as objects where that loses nothing."""

from __future__ import annotations

import json
from typing import Any, NoReturn
from urllib.parse import unquote


def document_or_text(text: str) -> Any:
    """Return the document in `text` as an object, or `text` as it is where an object would not say the same.

    That is so for a key that stands twice, a number with a fraction, and what is not JSON: whoever reads the folder
    judges what AWS sent, and nothing that Python made of it.
    """
    decoded = unquote(text, errors="surrogateescape") if text.lstrip()[:1] == "%" else text
    try:
        found = json.loads(decoded, object_pairs_hook=_without_twins, parse_float=_refused, parse_constant=_refused)
    except (ValueError, RecursionError):
        return text
    return found if isinstance(found, dict) else text


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice")
    return found


def _refused(text: str) -> NoReturn:
    raise ValueError(text)
