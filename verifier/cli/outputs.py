"""Reports that are written to files in addition to what is printed: `-o FORMAT=FILE`, any number of times.

Some reports are several files: those are written into a folder, which is made where it is missing. A file is written
whole or not at all, under its own name only: never through a link, which somebody could have put where the report is to
be, and never in the place of something that is not a file.
"""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from verifier.base.dataclass import dataclass
from verifier.base.errors import UsageError, quote, reason_of
from verifier.report.results import Form

_HELP = "name another file"


@dataclass(frozen=True)
class Output:
    """One report: its format, `text`, `json` or that of a report, and its file or folder."""

    format: str
    path: Path


_FORMATS = ("text", "json", *(form.value for form in Form))


def outputs_of(
    wanted: Iterable[str], root: Path | None, files: tuple[str, ...] = _FORMATS, folders: tuple[str, ...] = ()
) -> list[Output]:
    """Return the reports that options name, of the formats `files`, and of `folders`, which are several files.

    Raises UsageError for one that cannot be written, or is named twice.
    """
    known = (*files, *folders)
    found: list[Output] = []
    for one in wanted:
        form, _, name = one.partition("=")
        if form not in known or not name or "\0" in name:
            help = f"write FORMAT=FILE, with one of {', '.join(known)}"
            raise UsageError(f"{quote(one)} does not name a report", help=help)
        path = Path(os.path.abspath(name))  # noqa: PTH100 - `resolve` follows links
        if any(other.path == path for other in found):
            raise UsageError(f"{quote(name)} is named for two reports", help=_HELP)
        if form in folders:
            refuse_no_folder(path)
        else:
            refuse_link(path, root)
        found.append(Output(form, path))
    return found


def refuse_link(path: Path, root: Path | None) -> None:
    """Raise UsageError where something other than a file is at `path`, or a link leads there within `root`."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        mode = stat.S_IFREG
    except OSError as error:
        raise _unwritten(path, error) from None
    if not stat.S_ISREG(mode):
        what = "a link" if stat.S_ISLNK(mode) else "not a file"
        raise UsageError(f"{quote(str(path))} is {what}, so no report is written there", help=_HELP)
    for folder in path.parents:
        if root is not None and folder.is_relative_to(root) and folder.is_symlink():
            raise UsageError(f"{quote(str(folder))} is a link, so no report is written there", help=_HELP)


def refuse_no_folder(path: Path) -> None:
    """Raise UsageError where something other than a folder is at `path`, such as a link."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    except OSError as error:
        raise _unwritten(path, error) from None
    if not stat.S_ISDIR(mode):
        raise UsageError(f"{quote(str(path))} is not a folder, so nothing is written there", help=_HELP)


def write_folder(path: Path, files: Mapping[str, str]) -> None:
    """Write `files`, texts by their names, into the folder at `path`. Raises UsageError where that cannot be done."""
    refuse_no_folder(path)
    try:
        path.mkdir(exist_ok=True)
    except OSError as error:
        raise _unwritten(path, error) from None
    for name, text in files.items():
        write_file(path / name, text, None)


def write_file(path: Path, text: str, root: Path | None) -> None:
    """Write `text` to the file at `path`, whole or not at all. Raises UsageError where that cannot be done."""
    refuse_link(path, root)
    temporary = ""
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name[:64]}.", dir=path.parent)
        with open(handle, "wb") as file:  # noqa: PTH123 - a file that is open already
            file.write(text.encode("utf-8", "backslashreplace"))
        os.chmod(temporary, _mode(path))  # noqa: PTH101 - a name, not a path
        os.replace(temporary, path)  # noqa: PTH105 - as above
    except (OSError, ValueError) as error:
        with contextlib.suppress(OSError):
            if temporary:
                os.unlink(temporary)  # noqa: PTH108 - as above
        raise _unwritten(path, error) from None


def _mode(path: Path) -> int:
    """Return the permissions of the file that is replaced, or those of a new one."""
    try:
        return stat.S_IMODE(path.lstat().st_mode)
    except OSError:
        return 0o644


def _unwritten(path: Path, error: OSError | ValueError) -> UsageError:
    return UsageError(f"cannot write {quote(str(path))}: {reason_of(error)}", help=_HELP)
