"""A file of questions: JSON Lines, each `{"id": ..., "action": ..., "resource": ..., "keys": {...}, "principal": ...}`.

`action`, `resource` and `principal` are a text or a list of texts. A value of `keys` is a text, a list of texts, or
null for a key that is absent. `id`, `keys` and `principal` may be left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from verifier.base.errors import UsageError, quote
from verifier.base.source import Source
from verifier.clouds.aws.who.question import AccessQuestion

_FORM = 'write {"action": "s3:GetObject", "resource": "*", "keys": {"aws:SourceIp": null}}'
_KNOWN = frozenset(("id", "action", "resource", "keys", "principal"))


def read_questions(source: Source) -> tuple[AccessQuestion, ...]:
    """Return the questions of a file. Raises UsageError for a line that is not one, and where there is none."""
    found = tuple(_questions(source))
    if not found:
        raise UsageError("the file holds no question", source=source, help=_FORM)
    return found


def _questions(source: Source) -> Iterator[AccessQuestion]:
    for number, line in enumerate(source.text.splitlines(), start=1):
        if line.strip():
            try:
                yield _question(line)
            except UsageError as wrong:
                message = f"line {number:,}: {wrong.message}"
                raise UsageError(message, source=source, help=wrong.help) from None


def _question(line: str) -> AccessQuestion:
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        raise UsageError("the line is not JSON", help=_FORM) from None
    if not isinstance(told, dict):
        raise UsageError("the line is not an object", help=_FORM)
    unknown = sorted(told.keys() - _KNOWN)
    if unknown:
        raise UsageError(f"{quote(unknown[0])} is not an element of a question", help=_FORM)
    name, keys = told.get("id"), told.get("keys", {})
    if name is not None and not isinstance(name, str):
        raise UsageError("`id` is not a text", help="write it in quotation marks")
    if not isinstance(keys, dict):
        raise UsageError("`keys` is not an object", help=_FORM)
    values = {key: () if value is None else _texts(keys, key) for key, value in keys.items()}
    principals = _texts(told, "principal") if "principal" in told else ()
    return AccessQuestion.of(_texts(told, "action"), _texts(told, "resource"), values, name, principals)


def _texts(told: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """Return what `name` holds, a text or a list of texts. Raises UsageError."""
    value = told.get(name)
    found = (value,) if isinstance(value, str) else value
    if not isinstance(found, tuple | list) or not found or not all(isinstance(one, str) for one in found):
        raise UsageError(f"{quote(name)} is neither a text nor a list of texts", help=_FORM)
    return tuple(found)
