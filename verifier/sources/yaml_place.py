"""Where a value of a YAML file stands, and where each character of a text does, for JSON that is written in it."""

from __future__ import annotations

import re
from array import array
from typing import NamedTuple

from verifier.base.regex import regex
from verifier.base.source import Source, Span

_QUOTED_CHARACTER = regex(r"''|.", re.DOTALL)
# The escapes that JSON has too, and no line that is folded.
_ESCAPED_CHARACTER = regex(r'\\u[0-9a-fA-F]{4}|\\["\\/bfnrt]|[^\\\n]')
_LINE = regex(r"[^\r\n]*+(?:\r\n|\n|\Z)")


class YamlPlace(NamedTuple):
    """A stretch of a YAML text, from one offset to another; `style` is the first character of a text with quotes."""

    source: Source
    begin: int
    end: int
    style: str = ""

    @property
    def span(self) -> Span:
        """See HasSpan."""
        return self.source.span_between(self.begin, self.end)

    def letters(self, text: str) -> array[int] | None:
        """Return the offset of each character of `text`, which stands here, and of its end; None where it is folded."""
        raw = self.source.text[self.begin : self.end]
        match self.style:
            case "|":
                return self._of_lines(raw, text)
            case "'":
                return self._of(_QUOTED_CHARACTER, raw[1:-1], 1) if "\n" not in raw else None
            case '"':
                return self._of(_ESCAPED_CHARACTER, raw[1:-1], 1)
            case "":
                return self._of(_QUOTED_CHARACTER, raw, 0) if raw == text else None
            case _:
                return None

    def _of(self, character: re.Pattern[str], raw: str, into: int) -> array[int] | None:
        letters = array("Q", (self.begin + into,))
        for found in character.finditer(raw):
            if self.begin + into + found.start() != letters[-1]:
                return None
            letters.append(self.begin + into + found.end())
        return letters if letters[-1] == self.begin + into + len(raw) else None

    def _of_lines(self, raw: str, text: str) -> array[int] | None:
        """Return the offsets in a block of lines, which are those of the file without what they are indented by."""
        at = raw.find("\n") + 1
        letters: array[int] = array("Q")
        indent, letters_end = -1, self.end
        for line in text.splitlines(keepends=True) if at else ():
            found = _LINE.match(raw, at)
            assert found
            written, words = found[0].rstrip("\r\n"), line.rstrip("\n")
            if indent < 0 and words:
                indent = len(written) - len(words)
            begin = len(written) - len(words) if not words else indent
            if begin < 0 or written[begin:] != words:
                return None
            letters.extend(range(self.begin + at + begin, self.begin + at + begin + len(line)))
            end = self.begin + at + begin + len(line)
            at = found.end()
            letters_end = self.begin + at if line.endswith("\n") else end
        letters.append(letters_end)
        return letters
