"""Two versions of a document as a unified diff, which `patch` and `git apply` read; on a terminal it has colours.

The name of the file is quoted as git quotes it, so that no name adds a line or a file to the patch. What stands in a
document is a line of the diff as it is, so that the diff applies, unless a CI or a terminal would obey it: then the
diff is one to look at, with escapes, and says so. The diff of a JSON answer is always exact.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from verifier.base.safe import file_name, printable
from verifier.report.style import Style

_KINDS = {"+": "added", "-": "removed", "@": "hunk"}
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


def patch_rows(old: str | None, new: str, name: str) -> tuple[tuple[str, str], ...]:
    """Return the lines of the diff as they may be shown, each with what it is: `names`, `hunk`, `added`, `removed`, or
    `same`.
    """
    lines = exact_patch(old, new, name).split("\n")
    return tuple(
        ("names" if number < _HEADS else _KINDS.get(line[:1], "same"), _seen(line)) for number, line in enumerate(lines)
    )


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
