"""How the name of a document begins that stands in no file; `names.py` says what such a name means."""

from __future__ import annotations

BY_NAME, BY_ARN, PRESET = "aws:", "arn:", "preset:"


def is_name(text: str) -> bool:
    """Return whether `text` names a document that stands in no file."""
    return text.startswith((BY_NAME, BY_ARN, PRESET))
