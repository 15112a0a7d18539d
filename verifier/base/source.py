"""Where a piece of text stands: the span that every element, error and explanation carries.

Lines and columns start at 1 and count code points, as editors do. Read `errors.py` next.
"""

from __future__ import annotations

import itertools
import re
from array import array
from dataclasses import field
from functools import cached_property
from typing import NamedTuple

from verifier.base.dataclass import dataclass


class Span(NamedTuple):
    """A stretch of a source, from (line, column) up to but not including (end_line, end_column)."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True)
class Source:
    """A named text: `name` is a path, `-` for standard input, or a description such as `<text>`.

    `file` tells that it is a path, which the name alone does not: a file may be called `<text>`. What is `hidden` is
    never quoted: the path leads through a link to where whoever made the link may have no right to read
    (`clouds/aws/policy/load.py`). What is a `stand_in` nobody wrote: AWS attaches it (rule 30), or it says in a policy
    what an option says. No answer quotes it or gives a line of it.
    """

    name: str
    text: str = field(repr=False)
    file: bool = field(default=False, compare=False, repr=False)
    hidden: bool = field(default=False, compare=False, repr=False)
    stand_in: bool = field(default=False, compare=False, repr=False)

    def at(self, *numbers: int) -> str:
        """Return the name, and after colons `numbers`, a line and perhaps a column, where somebody wrote the text."""
        return ":".join([self.name, *map(str, () if self.stand_in else numbers)])

    def line(self, number: int) -> str:
        """Return line `number` (from 1) without its end, or the empty string past the end."""
        if number < 1:
            return ""
        return self.text[self._offset(number) : self._offset(number + 1)].removesuffix("\n").rstrip("\r")

    def cut(self, span: Span) -> str:
        """Return the text that `span` covers."""
        start = self._offset(span.line) + span.column - 1
        return self.text[start : self._offset(span.end_line) + span.end_column - 1]

    def _offset(self, number: int) -> int:
        """Return where line `number` begins, or the end of the text past it."""
        starts = self._starts
        return starts[max(number, 1) - 1] if number <= len(starts) else len(self.text)

    @cached_property
    def _starts(self) -> array[int]:
        """Where each line begins: found once, as a report asks for as many lines as there are warnings."""
        return array("Q", itertools.chain((0,), (found.end() for found in re.finditer("\n", self.text))))
