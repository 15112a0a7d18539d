"""Where each key of a TOML text stands, so that an error about a value can name its line.

`tomllib` reads the text and decides what it means, but tells no lines, and tomlkit, which keeps the layout, tells none
either. What is here looks only for the places, in a text that tomllib has taken; where it finds none for a key, the
error names that of the table around it.

    toml_places(text)  ->  {("rule", 0, "maximum"): Span(...), ("rule", 0): Span(...), ...}
"""

from __future__ import annotations

import re
import tomllib
from typing import TypeAlias

from verifier.base.grammar import span_at
from verifier.base.regex import regex
from verifier.base.source import Span

Path: TypeAlias = tuple[str | int, ...]

_BLANK = regex(r"(?:[ \t\r\n]++|#[^\n]*+)*+")
_SPACE = regex(r"[ \t]*")
_PART = regex(r"""[A-Za-z0-9_-]+|"(?:[^"\\\n]++|\\.)*+"|'[^'\n]*'""")
_STRING = regex(
    r'"""(?:[^"\\]++|\\.|"(?!""))*+"{3,5}|' + r"'''.*?'{3,5}|" + r'"(?:[^"\\\n]++|\\.)*+"|' + r"'[^'\n]*'", re.DOTALL
)
_BARE = regex(r"[^,\]}#\n]*")


def toml_places(text: str) -> dict[Path, Span]:
    """Return the place of each key, table and element of `text`, which is TOML."""
    return _Scan(text).found


class _Scan:
    """One reading of a text, from its start to its end."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._tables: dict[Path, int] = {}
        self.found: dict[Path, Span] = {}
        table: Path = ()
        while self._skip() < len(text):
            table = self._header() if text[self._at] == "[" else self._pair(table)

    def _skip(self, blank: re.Pattern[str] = _BLANK) -> int:
        found = blank.match(self._text, self._at)
        assert found
        self._at = found.end()
        return self._at

    def _take(self, text: str) -> bool:
        if self._text.startswith(text, self._at):
            self._at += len(text)
            return True
        return False

    def _header(self) -> Path:
        start, several = self._at, self._text.startswith("[[", self._at)
        self._at += 2 if several else 1
        parts = self._key()
        path: Path = ()
        for number, part in enumerate(parts):
            path = (*path, part)
            last = number == len(parts) - 1
            if several and last:
                self._tables[path] = self._tables.get(path, -1) + 1
            if path in self._tables and (several or not last):
                path = (*path, self._tables[path])
        self._skip(_SPACE)
        self._at += 2 if several else 1
        self._note(path, start)
        if several:
            self._note(path[:-1], start)
        return path

    def _pair(self, table: Path) -> Path:
        """Read a key and its value; return the table again. What is not understood is passed over, line by line."""
        start = self._at
        path = (*table, *self._key())
        self._note(path, start)
        self._skip(_SPACE)
        if self._take("="):
            self._value(path)
        else:
            self._at = (self._text.find("\n", self._at) + 1) or len(self._text)
        return table

    def _key(self) -> list[str]:
        parts: list[str] = []
        while True:
            self._skip(_SPACE)
            found = _PART.match(self._text, self._at)
            if not found:
                return parts
            self._at = found.end()
            parts.append(_name(found[0]))
            self._skip(_SPACE)
            if not self._take("."):
                return parts

    def _value(self, path: Path) -> None:
        self._skip()
        if self._take("["):
            self._several(path)
        elif self._take("{"):
            while not (self._skip() >= len(self._text) or self._take("}")):
                if not self._take(","):
                    before = self._at
                    self._pair(path)
                    self._at += self._at == before
        else:
            found = _STRING.match(self._text, self._at) or _BARE.match(self._text, self._at)
            assert found
            self._at = found.end()

    def _several(self, path: Path) -> None:
        number = 0
        while not (self._skip() >= len(self._text) or self._take("]")):
            if self._take(","):
                number += 1
                continue
            before = self._at
            self._note((*path, number), before)
            self._value((*path, number))
            self._at += self._at == before

    def _note(self, path: Path, start: int) -> None:
        line = self._text.find("\n", start)
        end = self._at if self._at > start else (line if line >= 0 else len(self._text))
        self.found.setdefault(path, span_at(self._text, start, max(1, end - start)))


def _name(written: str) -> str:
    if written[0] not in "\"'":
        return written
    try:
        return str(tomllib.loads(f"x = {written}")["x"])
    except tomllib.TOMLDecodeError:
        return written
