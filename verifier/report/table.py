"""Tables of plain text and of HTML, for terminals and notebooks: a head and rows of cells, numbers to the right."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import TypeAlias

from verifier.base.safe import printable

Cell: TypeAlias = str | int
Row: TypeAlias = Sequence[Cell]

_SHORT = 30


def text_table(head: Row, rows: Sequence[Row]) -> str:
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


def html_table(head: Row, rows: Sequence[Row]) -> str:
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
