"""How text is dressed for a terminal: colours where they are wanted, and no character that could steer it.

Kept free of rich, whose import would cost more than a small proof. `text.py` and `diagnostics.py` write with it.
"""

from __future__ import annotations

import os
import shutil
import unicodedata
from typing import TextIO

from verifier.base.dataclass import dataclass

_CODES = {"good": "1;32", "bad": "1;31", "unsure": "1;33", "strong": "1", "faint": "2", "place": "36"}
_LEAST_WIDTH, _MOST_WIDTH = 40, 120


@dataclass(frozen=True)
class Style:
    """Where text goes: `colour` tells whether to colour it, `width` how many columns it may take (None: any number)."""

    colour: bool = False
    width: int | None = None

    def paint(self, text: str, name: str) -> str:
        """Return `text` in the colour called `name`, or as it is where there are no colours."""
        return f"\x1b[{_CODES[name]}m{text}\x1b[0m" if self.colour and text else text

    def fold(self, text: str, indent: int = 0) -> str:
        """Return `text` as one line, cut where it would pass the width with `indent` columns before it."""
        line = " ".join(text.split())
        room = max(self.width - indent, 1) if self.width else len(line)
        return line if len(line) <= room else line[: room - 1] + "…"


def style_of(stream: TextIO) -> Style:
    """Return the style of `stream`: plain and of any width unless it is a terminal; NO_COLOR is honoured."""
    if not stream.isatty():
        return Style()
    width = shutil.get_terminal_size((80, 24)).columns
    colour = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Style(colour, min(max(width, _LEAST_WIDTH), _MOST_WIDTH))


def columns(text: str) -> int:
    """Return how many terminal columns `text` takes: wide characters two, combining ones none."""
    return len(text) if text.isascii() else sum(map(_char_columns, text))


def _char_columns(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
