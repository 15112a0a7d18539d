"""Writing files that a call names."""

from __future__ import annotations

import os
from os import PathLike
from pathlib import Path

from verifier.base.errors import UsageError, quote


def write_text(path: str | PathLike[str], text: str) -> None:
    """Write `text` to a file, its line ends as they are. Raises UsageError where that cannot be done."""
    try:
        Path(path).write_text(text, encoding="utf-8", newline="")
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise UsageError(f"cannot write {quote(os.fspath(path))}: {reason.lower()}", help="name another file") from None
