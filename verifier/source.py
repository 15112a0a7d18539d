"""Where a piece of text stands: the span that every element, error and explanation carries.

Lines and columns start at 1 and count code points, as editors do. Read `errors.py` next.
"""

from __future__ import annotations

from dataclasses import field
from typing import NamedTuple

from verifier.dataclass import dataclass


class Span(NamedTuple):
    """A stretch of a source, from (line, column) up to but not including (end_line, end_column)."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Source:
    """A named text: `name` is a path, `-` for standard input, or a description such as `<text>`."""

    name: str
    text: str = field(repr=False)

    def line(self, number: int) -> str:
        """Return line `number` (from 1) without its end, or the empty string past the end."""
        start = self._offset(number)
        end = self.text.find("\n", start)
        return self.text[start : end if end >= 0 else None].rstrip("\r") if number > 0 else ""

    def cut(self, span: Span) -> str:
        """Return the text that `span` covers."""
        start = self._offset(span.line) + span.column - 1
        return self.text[start : self._offset(span.end_line) + span.end_column - 1]

    def _offset(self, number: int) -> int:
        """Return where line `number` begins, or the end of the text past it."""
        start = 0
        for _ in range(number - 1):
            start = self.text.find("\n", start) + 1
            if start == 0:
                return len(self.text)
        return start
