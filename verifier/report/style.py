"""How text is dressed for a terminal: colours where they are wanted, and no character that could steer it.

Kept free of rich, whose import would cost more than a small proof. `text.py` and `diagnostics.py` write with it.

Two versions of a document as a unified diff, which `patch` and `git apply` read; on a terminal it has colours.

The name of the file is quoted as git quotes it, so that no name adds a line or a file to the patch. What stands in a
document is a line of the diff as it is, so that the diff applies, unless a CI or a terminal would obey it: then the
diff is one to look at, with escapes, and says so. The diff of a JSON answer is always exact.

Tables of plain text and of HTML, for terminals and notebooks: a head and rows of cells, numbers to the right.
"""

from __future__ import annotations

import difflib
import html
import os
import shutil
import unicodedata
from collections.abc import Iterator, Sequence
from typing import TextIO, TypeAlias

from verifier.base.dataclass import dataclass
from verifier.base.safe import file_name, printable

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


_COLOURS = {"+": "good", "-": "bad", "@": "place"}
_NO_NEW_LINE = "\\ No newline at end of file"
_TO_LOOK_AT = (
    "(some characters are shown as escapes, so this diff is only to look at; the one of --format json applies)"
)
_HEADS = 2


def patch_text(old: str | None, new: str, name: str, style: Style) -> str:
    """Return what leads from `old` to `new`, two versions of the file `name`, without a final line break, to be shown.

    `old` is None where there was no file.
    """
    lines = exact_patch(old, new, name).split("\n")
    seen = [_seen(line) for line in lines]
    rows = seen if style.width is not None or seen != lines else lines
    painted = [_painted(row, number, style) for number, row in enumerate(rows)]
    return "\n".join([*painted, *([style.paint(_TO_LOOK_AT, "faint")] if seen != lines else [])])


def exact_patch(old: str | None, new: str, name: str) -> str:
    """Return what leads from `old` to `new` as a diff that applies, whatever the documents hold."""
    path = name.lstrip("/")
    before = "/dev/null" if old is None else file_name(f"a/{path}")
    lines = difflib.unified_diff(_lines(old or ""), _lines(new), before, file_name(f"b/{path}"))
    return "\n".join(_rows(lines))


def _lines(text: str) -> list[str]:
    """The lines of `text` as git counts them: it knows no line break but one."""
    return [f"{line}\n" for line in text.split("\n")[:-1]] + ([last] if (last := text.rpartition("\n")[2]) else [])


def _rows(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        yield line.removesuffix("\n")
        if not line.endswith("\n"):
            yield _NO_NEW_LINE


def _seen(line: str) -> str:
    """Return a line as it may be shown: a tab and the end of a line of Windows do no harm."""
    text, end = (line[:-1], "\r") if line.endswith("\r") else (line, "")
    return "\t".join(printable(part, len(part)) for part in text.split("\t")) + end


def _painted(row: str, number: int, style: Style) -> str:
    colour = "strong" if number < _HEADS else _COLOURS.get(row[:1])
    return style.paint(row.removesuffix("\r") if style.width is not None else row, colour) if colour else row


Cell: TypeAlias = str | int
TableRow: TypeAlias = Sequence[Cell]

_SHORT = 30


def text_table(head: TableRow, rows: Sequence[TableRow]) -> str:
    """Return the table as lines, its columns aligned."""
    lines = [[printable(str(cell)) for cell in row] for row in (head, *rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    right = [bool(rows) and all(isinstance(row[place], int) for row in rows) for place in range(len(head))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if to_right else cell.ljust(width)
            for cell, width, to_right in zip(line, widths, right, strict=True)
        ).rstrip()
        for line in lines
    )


def html_table(head: TableRow, rows: Sequence[TableRow]) -> str:
    """Return the table as HTML that keeps the colours of the page around it."""
    side = ["right" if rows and isinstance(rows[0][place], int) else "left" for place in range(len(head))]
    names = "".join(_cell("th", cell, to) for cell, to in zip(head, side, strict=True))
    body = "".join(
        f"<tr>{''.join(_cell('td', cell, to) for cell, to in zip(row, side, strict=True))}</tr>" for row in rows
    )
    return f"<table><thead><tr>{names}</tr></thead><tbody>{body}</tbody></table>"


def _cell(tag: str, cell: Cell, side: str) -> str:
    text = printable(str(cell))
    whole = ";white-space:nowrap" if len(text) < _SHORT else ""
    return f'<{tag} style="text-align:{side}{whole}">{html.escape(text)}</{tag}>'
