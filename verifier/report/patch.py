"""Two versions of a document as a unified diff, which `patch` and `git apply` read; on a terminal it has colours."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from verifier.report.style import Style
from verifier.safe import printable

_COLOURS = {"+": "good", "-": "bad", "@": "place"}
_NO_NEW_LINE = "\\ No newline at end of file"
_HEADS = 2


def patch_text(old: str | None, new: str, name: str, style: Style) -> str:
    """Return what leads from `old` to `new`, two versions of the file `name`, without a final line break.

    `old` is None where there was no file. What a document holds cannot steer a terminal; elsewhere it stays as it is.
    """
    path = name.lstrip("/")
    before = "/dev/null" if old is None else f"a/{path}"
    lines = difflib.unified_diff((old or "").splitlines(True), new.splitlines(True), before, f"b/{path}")
    return "\n".join(_rows(lines, style))


def _rows(lines: Iterator[str], style: Style) -> Iterator[str]:
    for number, line in enumerate(lines):
        text = line.removesuffix("\n")
        if style.width is not None:
            text = "\t".join(map(printable, text.removesuffix("\r").split("\t")))
        colour = "strong" if number < _HEADS else _COLOURS.get(line[0])
        yield style.paint(text, colour) if colour else text
        if not line.endswith("\n"):
            yield _NO_NEW_LINE
