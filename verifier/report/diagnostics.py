"""How errors and warnings look on standard error: place, message, the source line with carets, and how to fix it.

    error: boundary.json:4:17: the operator `StringEqual` is unknown
       4 |     "Condition": {"StringEqual": {"aws:username": "jane"}}
         |                   ^^^^^^^^^^^^^
      help: did you mean `StringEquals`?

    error_text, warnings_text, warning_text, usage_text    the diagnostics
    underlined(source, marks, style)                       the lines of a source, also where an answer is explained

A long line is cut to a window around what is underlined, one window for each piece that is too far from the others.

Every text that comes from a document is made printable first (`style.py`). What would move the carets or steer a
terminal is not shown as it is: an invisible character is a blank, as is one within what a CI takes for a command, and
one that is written from right to left is escaped, because terminals would order the line anew. If a source is hidden,
nothing of it is shown.
"""

from __future__ import annotations

import itertools
import textwrap
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from verifier.base.dataclass import dataclass
from verifier.base.errors import InputError, PolicyWarning, Severity
from verifier.base.safe import printable, spaced, visible
from verifier.base.source import Source, Span
from verifier.report.style import Style, columns

MOST_WARNINGS = 20
_MOST_LINES = 8


# The word that a warning begins with; what is serious is told from the others without colours too.
_WORDS = {
    Severity.NOTE: ("note", "faint"),
    Severity.WARNING: ("warning", "unsure"),
    Severity.SERIOUS: ("WARNING", "bad"),
}


def error_text(error: InputError, style: Style) -> str:
    """Return `error` as lines for standard error, without a final line break."""
    head = f"{style.paint('error', 'bad')}: {_place(error.source, error.span, style)}{printable(error.message)}"
    help = [f"  {style.paint('help', 'strong')}: {printable(error.help)}"] if error.help else []
    return "\n".join([head, *_quoted(error.source, error.span, style), *help])


def warnings_text(source: Source, warnings: Sequence[PolicyWarning], style: Style) -> str:
    """Return `MOST_WARNINGS` of `warnings` about `source` as lines, the gravest, and how many more there are.

    What is said of several places is said once, at the first, with the lines of the others.
    """
    alike: dict[tuple[Severity, str], list[Span]] = {}
    for warning in warnings:
        alike.setdefault((warning.severity, warning.message), []).append(warning.span)
    lines: list[str] = []
    gravest = sorted(alike, key=lambda said: said[0], reverse=True)[:MOST_WARNINGS]
    for severity, message in alike if len(alike) <= MOST_WARNINGS else gravest:
        first, *others = alike[severity, message]
        lines.append(f"{severity_text(severity, style)}: {_place(source, first, style)}{printable(message)}")
        lines += _quoted(source, first, style)
        if numbers := [number for number in dict.fromkeys(span.line for span in others) if number != first.line]:
            lines += style.wrapped(f"and in {_listed_lines(numbers)}", 2, 2)
    if more := len(alike) - MOST_WARNINGS:
        lines += [f"and {more:,} more warnings about {printable(source.name)}"] if more > 0 else []
    return "\n".join(lines)


def _listed_lines(numbers: Sequence[int]) -> str:
    """Return lines in words, a few of them by their numbers."""
    said = [str(number) for number in numbers[:_MOST_LINES]]
    more = len(numbers) - len(said)
    last = [f"{more:,} more"] if more else [said.pop()] if len(said) > 1 else []
    listed = f"{', '.join(said)} and {last[0]}" if last else said[0]
    return f"{'line' if len(numbers) == 1 else 'lines'} {listed}"


def severity_text(severity: Severity, style: Style) -> str:
    """Return the word that a warning begins with."""
    word, colour = _WORDS[severity]
    return style.paint(word, colour)


def warning_text(message: str, style: Style) -> str:
    """Return the one line of a warning about a call."""
    return f"{severity_text(Severity.WARNING, style)}: {printable(message)}"


def usage_text(message: str, style: Style) -> str:
    """Return the one line that says what is wrong with a call."""
    return f"{style.paint('error', 'bad')}: {printable(' '.join(message.split()))}"


def _place(source: Source | None, span: Span | None, style: Style) -> str:
    numbers = (span.line, span.column) if span else ()
    place = printable(source.at(*numbers)) if source else ":".join(map(str, numbers))
    return style.paint(place, "place") + ": " if place else ""


def _quoted(source: Source | None, span: Span | None, style: Style) -> list[str]:
    """Return the source line under its number, and a caret under what `span` covers of it."""
    return [] if source is None or source.stand_in or span is None else underlined(source, [Mark(span)], style)


_ROOM = 100
_BEFORE = 40
_GUTTER = " | "
_LABEL_ROOM = 80
_LEAST_LABEL = 24


@dataclass(frozen=True, slots=True)
class Mark:
    """A piece to underline in the colour called `colour`, and what to say of it, if anything."""

    span: Span
    label: str = ""
    colour: str = "bad"


@dataclass(frozen=True, slots=True)
class _Window:
    """A stretch of a line, and the marks that begin in it."""

    line: str
    start: int
    end: int
    marks: Sequence[Mark]

    def row(self) -> str:
        """Return what is shown of the line."""
        before, after = "…" if self.start else "", "…" if self.end < len(self.line) else ""
        return before + _safe(spaced(self.line[self.start : self.end])) + after

    def place(self, mark: Mark) -> tuple[int, int]:
        """Return the column, from 0, at which the carets of `mark` stand, and how many there are."""
        first = mark.span.column - 1
        column = bool(self.start) + columns(_safe(self.line[self.start : first]))
        return column, max(columns(_safe(self.line[first : min(_last(mark, self.line), self.end)])), 1)


NOT_QUOTED = "a link leads there out of the working directory, or it is marked as sensitive"
"""Why nothing is shown of a source that is hidden."""


def underlined(source: Source, marks: Iterable[Mark], style: Style) -> list[str]:
    """Return the lines of `source` on which `marks` begin, each under its number, with carets under the marks."""
    if source.hidden:
        return []
    lines: list[str] = []
    ordered = sorted(marks, key=lambda mark: mark.span)
    for number, here in itertools.groupby(ordered, key=lambda mark: mark.span.line):
        gutter = f"{number:>4}{_GUTTER}"
        blank = " " * (len(gutter) - len(_GUTTER)) + _GUTTER
        room = (style.width or _ROOM + len(gutter)) - len(gutter)
        for window in _windows(source.line(number), list(here), room):
            lines.append(style.paint(gutter, "faint") + window.row())
            lines += [style.paint(blank, "faint") + row for row in _carets(window, room, style)]
    return lines


def _windows(line: str, marks: Sequence[Mark], room: int) -> Iterator[_Window]:
    """Yield the windows that show `marks`: the whole line where it fits. Of a long line only these are looked at."""
    if len(line) <= 2 * room and columns(_safe(line)) <= room:
        yield _Window(line, 0, len(line), marks)
        return
    marks = list(marks)
    while marks:
        start = _start(line, marks[0].span.column - 1, min(_BEFORE, room // 3))
        end = _end(line, start, room - 2)
        if end == len(line):
            start = _start(line, end, room - 2)
        inside = [mark for mark in marks if mark is marks[0] or _last(mark, line) <= end]
        yield _Window(line, start, end, inside)
        marks = [mark for mark in marks if mark not in inside]


def _start(line: str, first: int, most: int) -> int:
    """Return where a window begins so that at most `most` columns stand before `first`."""
    start = min(first, len(line))
    taken = 0
    while start and (taken := taken + columns(_safe(line[start - 1]))) <= most:
        start -= 1
    return start


def _end(line: str, start: int, room: int) -> int:
    """Return where a window ends that begins at `start` and takes at most `room` columns."""
    end = start
    taken = 0
    while end < len(line) and (taken := taken + columns(_safe(line[end]))) <= room:
        end += 1
    return end


def _last(mark: Mark, line: str) -> int:
    """Return where `mark` ends on `line`, on which it begins."""
    return mark.span.end_column - 1 if mark.span.end_line == mark.span.line else len(line)


def _carets(window: _Window, room: int, style: Style) -> list[str]:
    """Return the row of carets, and the labels: behind the carets where there is one that fits, else below."""
    row = ""
    column = 0
    for mark in window.marks:
        at, count = window.place(mark)
        if at + count > column:
            row += " " * (at - column) + style.paint("^" * (at + count - max(at, column)), mark.colour)
            column = at + count
    labelled = [mark for mark in window.marks if mark.label]
    if len(labelled) == 1 and window.marks[-1] is labelled[0]:
        label = printable(labelled[0].label)
        if column + 1 + columns(label) <= min(room, _LABEL_ROOM):
            return [f"{row} {style.paint(label, labelled[0].colour)}"]
    return [row, *(line for mark in labelled for line in _label(window, mark, room, style))]


def _label(window: _Window, mark: Mark, room: int, style: Style) -> list[str]:
    """Return a label on lines of its own: under its mark, or as far to the left as it needs."""
    text = printable(mark.label)
    at = min(window.place(mark)[0], max(min(room, _LABEL_ROOM) - max(columns(text), _LEAST_LABEL), 2))
    if not style.width:
        return [" " * at + style.paint(text, mark.colour)]
    wrapped = textwrap.wrap(text, max(room - at, _LEAST_LABEL), break_on_hyphens=False)
    return [" " * at + style.paint(line, mark.colour) for line in wrapped]


def _safe(text: str) -> str:
    """Return a stretch of a source as it is shown."""
    return text if text.isascii() and text.isprintable() else "".join(map(_safe_char, text))


def _safe_char(char: str) -> str:
    if unicodedata.bidirectional(char) in ("R", "AL", "AN"):
        return char.encode("unicode_escape").decode()
    return char if visible(char) == char else " "
