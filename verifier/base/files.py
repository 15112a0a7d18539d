"""Files that a call names: reading them within bounds, and writing them, with plain errors.

    read_source(path)     the text of a file, or of standard input (`-`), as a `Source`
    decoded(data, name)   the same from bytes
    is_hidden(path)       whether an error may not quote the file
    write_text(path)      writes a file

An error names the path and the reason, and says what to do.
"""

from __future__ import annotations

import difflib
import itertools
import os
import sys
from os import PathLike
from pathlib import Path

from verifier.base.errors import UsageError, quote, reason_of
from verifier.base.grammar import source_of, span_at
from verifier.base.regex import regex
from verifier.base.safe import printable
from verifier.base.source import Source

MAX_SIZE = 8 * 1024 * 1024
_UNPACKED = "and name what it writes"
# How files of other kinds than text begin, and what to do with them.
_OTHER_BYTES = (
    (b"\xff\xfe", "it looks like UTF-16; save the file as UTF-8"),
    (b"\xfe\xff", "it looks like UTF-16; save the file as UTF-8"),
    (b"\x1f\x8b", f"it looks like a file that gzip has compressed; run `gunzip`, {_UNPACKED}"),
    (
        b"PK\x03\x04",
        f"it looks like a ZIP archive; run `unzip` (for a Terraform plan `terraform show -json`), {_UNPACKED}",
    ),
    (b"BZh", f"it looks like a file that bzip2 has compressed; run `bunzip2`, {_UNPACKED}"),
    (b"\x28\xb5\x2f\xfd", f"it looks like a file that zstd has compressed; run `unzstd`, {_UNPACKED}"),
    (b"%PDF", "it looks like a PDF; write the document to a file of its own"),
    (b"\x89PNG", "it looks like an image; write the document to a file of its own"),
    (b"\xff\xd8\xff", "it looks like an image; write the document to a file of its own"),
    (b"SQLite format 3\x00", "it looks like a database; write the document to a file of its own"),
    (b"\x7fELF", "it looks like a program; name a document"),
)
_MOST_SEARCHED = 10_000
_MOST_OFTEN = 2**16  # Python makes room for all that it is told to read
_PATTERN = regex(r"[*?]|\[[^\]]+\]")


def read_source(path: str | PathLike[str], max_size: int = MAX_SIZE) -> Source:
    """Return the text of the file at `path`; `-` is standard input. `max_size` is in bytes.

    Raises UsageError for a path that is missing, a folder, unreadable or too large, and for a text that is not UTF-8.
    """
    name = os.fspath(path)
    return decoded(_read(name, max_size), name, max_size, file=name != "-", hidden=is_hidden(name))


def decoded(data: bytes, name: str, max_size: int = MAX_SIZE, *, file: bool = True, hidden: bool = False) -> Source:
    """Return the bytes of the document `name` as text. Raises UsageError where they are too many or not UTF-8."""
    if len(data) > max_size:
        raise UsageError(
            f"{quote(name)} is larger than {max_size:,} bytes",
            help="split it, or allow a larger size with `--max-size`",
        )
    try:
        return source_of(data.decode(), name, file=file, hidden=hidden)
    except UnicodeDecodeError as wrong:
        raise _no_utf8(name, data, wrong.start, file=file, hidden=hidden) from None


def is_hidden(path: str) -> bool:
    """Return whether `path` passes through a link, and leads out of the working directory, into `.git` or to no file.

    Whoever may make such a link, as in a pull request, may not read what it leads to, so that is never quoted.
    """
    found = os.path.realpath(path)
    if path == "-" or found == os.path.abspath(path):  # noqa: PTH100 - `resolve` follows links
        return False
    real = Path(found)
    inside = real.is_relative_to(os.path.realpath("."))
    return not inside or ".git" in real.parts or not real.is_file()


def write_text(path: str | PathLike[str], text: str) -> None:
    """Write `text` to a file, its line ends as they are. Raises UsageError where that cannot be done."""
    try:
        Path(path).write_text(text, encoding="utf-8", newline="")
    except (OSError, ValueError) as error:
        message = f"cannot write {quote(os.fspath(path))}: {reason_of(error)}"
        raise UsageError(message, help="name another file") from None


def _read(name: str, max_size: int) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read(max_size + 1)
    if not name:
        raise UsageError("the path is empty", help="name a file")
    try:
        with open(name, "rb") as file:  # noqa: PTH123 - half the time of a `Path`
            first = min(_MOST_OFTEN, max_size + 1)
            data = file.read(first)
            return data if len(data) < first else data + file.read(max_size + 1 - first)
    except IsADirectoryError:
        help = f"name a file in it, or ask about all of them: `verifier sweep {printable(name)}`"
        raise UsageError(f"{quote(name)} is a folder", help=help) from None
    except FileNotFoundError:
        raise UsageError(f"there is no file {quote(name)}", help=_help_for(name)) from None
    except PermissionError:
        raise UsageError(f"no permission to read the file {quote(name)}", help="check its permissions") from None
    except (OSError, ValueError) as wrong:
        raise UsageError(f"cannot read {quote(name)}: {reason_of(wrong)}", help="check the path") from None


def _help_for(name: str) -> str:
    """Return what to do where there is no file of a name."""
    if _PATTERN.search(name):
        return "it looks like a pattern that no file fits, or that was quoted: name a file"
    near = _near(name)
    return f"did you mean {quote(near)}?" if near else "check the path"


def _near(name: str) -> str | None:
    """Return the file whose name is most like `name`, in the folder that it names; none behind a link."""
    folder, last = os.path.split(name)
    place = os.path.abspath(folder)  # noqa: PTH100 - `resolve` follows links
    if os.path.realpath(place) != place:
        return None
    try:
        there = [entry.name for entry in itertools.islice(os.scandir(place), _MOST_SEARCHED) if entry.is_file()]
    except OSError:
        return None
    found = difflib.get_close_matches(last, there, n=1, cutoff=0.75)
    return os.path.join(folder, found[0]) if found else None  # noqa: PTH118 - as the call wrote it


def _no_utf8(name: str, data: bytes, offset: int, *, file: bool, hidden: bool) -> UsageError:
    """Return the error for the byte at `offset`, with the span that it would have: what is before it is UTF-8."""
    place = len(source_of(data[:offset].decode(), name).text)
    source = source_of(data.decode(errors="replace"), name, file=file, hidden=hidden)
    help = next((help for begin, help in _OTHER_BYTES if data.startswith(begin)), "save the file as UTF-8")
    message = f"byte {offset} (0x{data[offset]:02x}) is not UTF-8"
    return UsageError(message, source=source, span=span_at(source.text, place), help=help)
