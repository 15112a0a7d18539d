"""The lines of a source that a report quotes: a statement, with the pieces of it that matter marked.

`excerpt` gives rows of fragments, for whoever shows marks in colour. A long statement is cut to the lines that its
pieces touch, a long line to a window around its first mark; what is left out shows as a gap. Of a source that is hidden
nothing is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from verifier.base.dataclass import dataclass
from verifier.base.safe import spaced
from verifier.base.source import Source
from verifier.clouds.trace import ElementTrace
from verifier.explanations.explanation import Cited

_MOST_ROWS = 16
_MOST_COLUMNS = 120
_BEFORE_MARK = 40
ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Fragment:
    """A stretch of a line; `piece` is the one that it belongs to, if any."""

    text: str
    piece: ElementTrace | None = None


@dataclass(frozen=True, slots=True)
class ExcerptRow:
    """A line of the source with its number; None stands for lines that are left out."""

    number: int | None
    fragments: tuple[Fragment, ...] = ()

    @property
    def text(self) -> str:
        """The line as it stands, or as much of it as is shown."""
        return "".join(fragment.text for fragment in self.fragments)


def excerpt(cited: Cited) -> tuple[ExcerptRow, ...]:
    """Return the lines of the cited statement, cut to what matters, on one line each."""
    if cited.source.hidden:
        return ()
    span = cited.statement.span
    lines = range(span.line, span.end_line + 1)
    if len(lines) > _MOST_ROWS:
        touched = {line for piece in cited.pieces for line in _touched(piece)}
        lines_shown = sorted(line for line in lines if line in touched)[: _MOST_ROWS - 1] or [span.line]
        lines_shown = sorted({span.line, *lines_shown})
    else:
        lines_shown = list(lines)
    return tuple(_with_gaps(lines_shown, span.end_line, cited))


def _touched(piece: ElementTrace) -> range:
    return range(piece.span.line, min(piece.span.end_line, piece.span.line + 3) + 1)


def _with_gaps(lines: Iterable[int], end: int, cited: Cited) -> Iterator[ExcerptRow]:
    last = None
    for number in lines:
        if last is not None and number > last + 1:
            yield ExcerptRow(None)
        yield ExcerptRow(number, tuple(_cut(_fragments(cited.source, number, cited.pieces))))
        last = number
    if last is not None and last < end:
        yield ExcerptRow(None)


def _fragments(source: Source, number: int, pieces: Iterable[ElementTrace]) -> Iterator[Fragment]:
    """Yield the line in stretches that belong to no piece or to one; where pieces overlap, the first has it."""
    line, place = spaced(source.line(number)), 0
    for piece in sorted(pieces, key=lambda piece: (piece.span.line, piece.span.column)):
        span = piece.span
        if not span.line <= number <= span.end_line:
            continue
        start = max(span.column - 1 if span.line == number else len(line) - len(line.lstrip()), place)
        end = min(span.end_column - 1 if span.end_line == number else len(line), len(line))
        if start < end:
            yield Fragment(line[place:start])
            yield Fragment(line[start:end], piece)
            place = end
    yield Fragment(line[place:])


def _cut(fragments: Iterable[Fragment]) -> Iterator[Fragment]:
    """Yield fragments cut to a window that begins shortly before the first mark."""
    found = [fragment for fragment in fragments if fragment.text]
    length = sum(len(fragment.text) for fragment in found)
    if length <= _MOST_COLUMNS:
        yield from found
        return
    before = 0
    for fragment in found:
        if fragment.piece is not None:
            break
        before += len(fragment.text)
    begin = 0 if before == length else max(before - _BEFORE_MARK, 0)
    end, place = begin + _MOST_COLUMNS, 0
    if begin:
        yield Fragment(ELLIPSIS)
    for fragment in found:
        text = fragment.text[max(begin - place, 0) : max(end - place, 0)]
        if text:
            yield Fragment(text, fragment.piece)
        place += len(fragment.text)
    if end < length:
        yield Fragment(ELLIPSIS)
