"""The folder of an account while it is written: whole files only, and what is known already.

    FOLDER/*.json          what readers of an account read, and `fetched.json`, which says how complete that is
    FOLDER/.fetch/*.json   the answers, part by part: what is whole there is not asked again

A file is written under another name and renamed, so whoever reads sees the old text or the new one. What readers read
is brought to the disk first, so that this holds after a loss of power too; a part that such a loss damages is asked
again. `fetched.json` is removed first and written last. No name of a file comes from an answer: parts are named by the
tables and by regions, which have been checked.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from verifier.base.dataclass import dataclass
from verifier.base.errors import UsageError, quote, reason_of
from verifier.base.safe import json_text
from verifier.fetch.calls import Unread

MANIFEST = "fetched.json"
_PARTS = ".fetch"
_OWNER = "account"
# What was not answered, without what is left out of a file.
_NOTHING: dict[str, Any] = {"call": "", "region": "", "resource": None, "reason": "", "message": ""}


@dataclass(frozen=True, slots=True)
class KeptPart:
    """The answer to a part of the questions: when it was asked, by which calls, and what was not answered."""

    asked: str
    calls: tuple[str, ...]
    found: Any
    unread: tuple[Unread, ...]


class AccountFolder:
    """The folder for one account. Raises UsageError where it holds another, or cannot be written."""

    def __init__(self, path: Path, account: str, *, fresh: bool) -> None:
        self.path = path
        self._parts = path / _PARTS
        try:
            self._parts.mkdir(parents=True, exist_ok=True)
            self._claim(account)
            for left in self._parts.glob("*.new" if not fresh else "*.*"):
                if left.name != f"{_OWNER}.json":
                    left.unlink()
        except OSError as error:
            raise _not_writable(path, error) from None

    def names(self) -> list[str]:
        """Return the names of the parts that are there."""
        return sorted(path.stem for path in self._parts.glob("*.json"))

    def part(self, name: str, calls: Sequence[str]) -> KeptPart | None:
        """Return the part called `name` if it is there, readable and from the same calls."""
        try:
            found = json.loads((self._parts / f"{name}.json").read_text(encoding="utf-8"))
            unread = tuple(Unread(**{**_NOTHING, **one}) for one in found["not_read"])
            part = KeptPart(found["asked"], tuple(found["calls"]), found["found"], unread)
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None
        return part if part.calls == tuple(calls) else None

    def keep(self, name: str, part: KeptPart) -> None:
        """Write a part. Raises UsageError."""
        kept = {"asked": part.asked, "calls": part.calls, "found": part.found, "not_read": unread_rows(part.unread)}
        self._write(self._parts / f"{name}.json", kept, lasting=False)

    def publish(self, files: Mapping[str, Any], manifest: Mapping[str, Any]) -> None:
        """Write what readers read, and then how complete it is; a file whose content is None is removed."""
        try:
            (self.path / MANIFEST).unlink(missing_ok=True)
            for name, content in files.items():
                if content is None:
                    (self.path / name).unlink(missing_ok=True)
        except OSError as error:
            raise _not_writable(self.path, error) from None
        for name, content in (*files.items(), (MANIFEST, manifest)):
            if content is not None:
                self._write(self.path / name, content)

    def _claim(self, account: str) -> None:
        """Write down whose folder it is. Raises UsageError where it is somebody else's."""
        file = self._parts / f"{_OWNER}.json"
        try:
            owner = json.loads(file.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            self._write(file, account)
            self._write(self._parts / ".gitignore", None)
            return
        if owner != account:
            message = f"{quote(str(self.path))} holds the account {quote(str(owner))}, not `{account}`"
            raise UsageError(message, help="name another folder")

    def _write(self, file: Path, content: Any, *, lasting: bool = True) -> None:
        new = self._parts / f"{file.name}.new"
        text = "*\n" if content is None else f"{json_text(content, indent=2)}\n"
        try:
            with new.open("w", encoding="utf-8", newline="") as stream:
                stream.write(text)
                stream.flush()
                if lasting:
                    os.fsync(stream.fileno())
            new.replace(file)
            if lasting:
                _sync(file.parent)
        except OSError as error:
            raise _not_writable(file, error) from None


def unread_rows(unread: Sequence[Unread]) -> list[dict[str, Any]]:
    """Return what was not answered as `fetched.json` has it."""
    return [{name: getattr(one, name) for name in _NOTHING if getattr(one, name)} for one in unread]


def _sync(folder: Path) -> None:
    """Bring the names of a folder to the disk, where the system can."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _not_writable(path: Path, error: OSError) -> UsageError:
    return UsageError(f"cannot write {quote(str(path))}: {reason_of(error)}", help="name another folder")
