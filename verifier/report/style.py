"""How text is dressed for a terminal or a notebook: colours, widths and tables.

    Style, style_of           colours where they are wanted, and the width
    columns                   how many columns of a terminal a text takes
    value_text                a value of a key, or a list of values
    text_table, html_table    a head and rows of cells, numbers to the right
    html_phrase               a sentence as HTML, with what stands in backticks as code

Kept free of rich, whose import would cost more than a small proof. No character that could steer a terminal is shown.
"""

from __future__ import annotations

import os
import shutil
import textwrap
import unicodedata
from collections.abc import Sequence
from typing import TextIO, TypeAlias

from verifier.base.dataclass import dataclass
from verifier.base.regex import regex
from verifier.base.safe import plain_or_quoted, printable, quoted

_CODES = {"good": "1;32", "bad": "1;31", "unsure": "1;33", "strong": "1", "faint": "2", "place": "36"}
_LEAST_WIDTH, _MOST_WIDTH = 40, 120
_RULE = regex(r"rule (\d+)\b")
_PAINT = regex("\x1b\\[[0-9;]*m")
GAP = "  "
"""What stands between two columns."""


@dataclass(frozen=True)
class Style:
    """Where text goes: `colour` tells whether to colour it, `width` how many columns it may take (None: any number).

    `verbose`: nothing that a first look does not need is left out.
    """

    colour: bool = False
    width: int | None = None
    verbose: bool = False

    def paint(self, text: str, name: str) -> str:
        """Return `text` in the colour called `name`, or as it is where there are no colours."""
        return f"\x1b[{_CODES[name]}m{text}\x1b[0m" if self.colour and text else text

    def fold(self, text: str, indent: int = 0) -> str:
        """Return `text` as one line, cut where it would pass the width with `indent` columns before it."""
        line = " ".join(text.split())
        room = max(self.width - indent, 1) if self.width else len(line)
        return line if len(line) <= room else line[: room - 1] + "…"

    def wrapped(self, text: str, indent: int = 0, hanging: int = 0) -> list[str]:
        """Return `text` broken at blanks to the width, each line indented; words are never broken."""
        blanks = " " * indent
        if self.width is None:
            return [blanks + text]
        return textwrap.wrap(
            text,
            max(self.width, indent + 20),
            initial_indent=blanks,
            subsequent_indent=blanks + " " * hanging,
            break_long_words=False,
            break_on_hyphens=False,
        )

    def behind(self, head: str, text: str, indent: int) -> str:
        """Return `head` and `text` on one line, or where they do not fit, `text` below it, broken at blanks."""
        if self.width is None or columns(_PAINT.sub("", f"{head}{GAP}{text}")) <= self.width:
            return f"{head}{GAP}{text}"
        return "\n".join([head, *self.wrapped(text, indent)])

    def headline(self, word: str, colour: str, meaning: str) -> list[str]:
        """Return the first lines of an answer: a word in colour, and what it means."""
        first, *rest = self.wrapped(meaning, indent=len(word) + len(GAP)) or [""]
        return [self.paint(word, colour) + GAP + first.lstrip(), *rest]

    def assuming(self, assumes: tuple[str, ...]) -> list[str]:
        """Return the last lines of an answer: what it takes for granted; none where that is nothing.

        Rules stand there by their numbers unless the style is `verbose`.
        """
        if not assumes:
            return []
        said = [printable(text) for text in assumes]
        if not self.verbose:
            rules = dict.fromkeys(found[1] for text in said if (found := _RULE.match(text)))
            said = [text for text in said if not _RULE.match(text)]
            if rules:
                help = f"see `-v`, or `verifier explain {next(iter(rules))}`"
                said.append(f"rule{'s' if len(rules) > 1 else ''} {', '.join(rules)}: {help}")
        lines = (self.paint(line, "faint") for text in said for line in self.wrapped(text, 2, 2))
        return ["", self.paint("assuming", "strong"), *lines]


def style_of(stream: TextIO, *, verbose: bool = False) -> Style:
    """Return the style of `stream`: plain and of any width unless it is a terminal; NO_COLOR is honoured."""
    if not stream.isatty():
        return Style(verbose=verbose)
    width = shutil.get_terminal_size((80, 24)).columns
    colour = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Style(colour, min(max(width, _LEAST_WIDTH), _MOST_WIDTH), verbose)


def value_text(value: str | tuple[str, ...]) -> str:
    """Return the value of a key in a request as an answer shows it; a list in brackets."""
    return plain_or_quoted(value) if isinstance(value, str) else f"[{', '.join(map(quoted, value))}]"


def columns(text: str) -> int:
    """Return how many terminal columns `text` takes: wide characters two, combining ones none."""
    return len(text) if text.isascii() else sum(map(_char_columns, text))


def _char_columns(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


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


def html_phrase(text: str) -> str:
    """Return a sentence as HTML that shows no raw character, with what stands in backticks as code."""
    from html import escape  # noqa: PLC0415 - its table of entities takes longer to load than most texts to show

    parts = [escape(part) for part in printable(text).split("`")]
    if len(parts) % 2 == 0:
        return "`".join(parts)
    return "".join(f"<code>{part}</code>" if place % 2 else part for place, part in enumerate(parts))


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
    return f'<{tag} style="text-align:{side}{whole}">{html_phrase(text)}</{tag}>'
