"""Answers that are remembered across runs: an SQLite file of keys and records, each row with a checksum.

The file may be used by several processes at once and survives one that is killed while it writes. Whatever is not
exactly as it was written is a CacheError, never an answer. What keys and records mean is the business of `records.py`.

A checksum does not tell who wrote a row, so a cache is trusted like the program itself. A file that somebody else may
write is refused, and so is one in a working tree of git, where a pull request may have put it.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from verifier.base.errors import CacheError, quote, reason_of

FORMAT = 1
APPLICATION = 0x76726679  # "vrfy"

_BUSY_SECONDS = 60.0
_RETRY_SECONDS = 0.05
_SCHEMA = "CREATE TABLE answers (key BLOB PRIMARY KEY, record TEXT NOT NULL, checksum BLOB NOT NULL) WITHOUT ROWID"
_UNWRITABLE = ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_BUSY", "SQLITE_PERM")
_BESIDE = ("", "-wal", "-shm", "-journal")  # the files of SQLite


class Cache:
    """The records in the file at `path`, which is made where there is none.

    Every method raises CacheError where the file is damaged, is not a cache of verifier, or cannot be read. A file that
    can be written no longer, as on a full disk, is only read from then on.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._writable = True
        with self._errors():
            if not Path(path).parent.is_dir():
                raise CacheError(
                    f"there is no folder for the cache {quote(path)}", help="make it, or name another file"
                )
            _check_owner(path)
            # A generator may be gone on with from another thread, but never from two at once.
            self._file = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
            try:
                self._prepare()
            except BaseException:
                self._file.close()
                raise

    def get(self, key: bytes) -> str | None:
        """Return the record of `key`, or None where there is none."""
        with self._errors():
            row = self._file.execute("SELECT record, checksum FROM answers WHERE key = ?", (key,)).fetchone()
        if row is None:
            return None
        record, checksum = row
        if not isinstance(record, str) or checksum != _checksum(key, record):
            raise self.damaged("a checksum does not fit its answer")
        return record

    def put(self, key: bytes, record: str) -> str | None:
        """Keep `record` under `key`, unless there is one already; return why nothing is kept any more, once."""
        if not self._writable:
            return None
        with self._errors():
            try:
                row = (key, record, _checksum(key, record))
                self._file.execute("INSERT OR IGNORE INTO answers VALUES (?, ?, ?)", row)
            except sqlite3.OperationalError as error:
                if _name(error).startswith(_UNWRITABLE):
                    self._writable = False
                    return f"answers are no longer stored in the cache {quote(self.path)}: {error}"
                raise
        return None

    def close(self) -> None:
        """Close the file; the object is of no use afterwards."""
        self._file.close()

    def damaged(self, how: str) -> CacheError:
        """Return the error that says how the file is damaged."""
        return CacheError(f"the cache {quote(self.path)} is damaged: {how}", help="delete the file; it will be rebuilt")

    def _prepare(self) -> None:
        # In this order: another process may make the table in between, and then its numbers are there too.
        if self._is_empty() and self._pragma("application_id") == 0:
            self._make()
        application, version = self._pragma("application_id"), self._pragma("user_version")
        if application != APPLICATION:
            raise CacheError(
                f"{quote(self.path)} is a database, but was not written by verifier", help="name another file"
            )
        if version != FORMAT:
            message = f"the cache {quote(self.path)} has format {version}, and this verifier writes format {FORMAT}"
            raise CacheError(message, help="remove the file, or name another one")
        if self._file.execute("SELECT type, name, sql FROM sqlite_master").fetchall() != [
            ("table", "answers", _SCHEMA)
        ]:
            raise self.damaged("it does not hold the table that it was made with")
        self._file.execute("PRAGMA synchronous = NORMAL")

    def _make(self) -> None:
        """Make the table; of several processes that try at once, one does and the others find it made."""
        self._patiently("PRAGMA journal_mode = WAL")
        self._patiently("BEGIN IMMEDIATE")
        try:
            if self._is_empty():
                self._file.execute(_SCHEMA)
                self._file.execute(f"PRAGMA application_id = {APPLICATION}")
                self._file.execute(f"PRAGMA user_version = {FORMAT}")
            self._file.execute("COMMIT")
        except BaseException:
            if self._file.in_transaction:
                self._file.execute("ROLLBACK")
            raise

    def _patiently(self, statement: str) -> None:
        """Execute what SQLite may refuse at once while another process does the same."""
        end = time.monotonic() + _BUSY_SECONDS
        done = False
        while not done:
            try:
                self._file.execute(statement)
                done = True
            except sqlite3.OperationalError as error:
                if error.sqlite_errorname != "SQLITE_BUSY" or time.monotonic() > end:
                    raise
                time.sleep(_RETRY_SECONDS)

    def _is_empty(self) -> bool:
        found: int = self._file.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        return found == 0

    def _pragma(self, name: str) -> int:
        found: int = self._file.execute(f"PRAGMA {name}").fetchone()[0]
        return found

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (ValueError, OverflowError, MemoryError) as error:  # what Python makes of bytes that are not as written
            raise self.damaged(str(error) or "it asks for too much memory") from None
        except sqlite3.Error as error:
            name = _name(error)
            if name == "SQLITE_NOTADB":
                raise CacheError(f"{quote(self.path)} is not a cache of verifier", help="name another file") from None
            if "decode to UTF-8" in str(error):
                raise self.damaged("a text in it is not UTF-8") from None
            if name.startswith("SQLITE_CORRUPT") or "no such" in str(error) or "no column" in str(error):
                raise self.damaged(str(error)) from None
            message = f"cannot use the cache {quote(self.path)}: {error}"
            raise CacheError(message, help="check the file and its folder, or name another one") from None
        except OSError as error:
            message = f"cannot use the cache {quote(self.path)}: {reason_of(error)}"
            raise CacheError(message, help="name another file") from None


def _name(error: sqlite3.Error) -> str:
    return getattr(error, "sqlite_errorname", "")


def _check_owner(path: str) -> None:
    """Raise CacheError for a file that somebody else may have written, or could."""
    real = Path(path).resolve()
    for name in (f"{real}{beside}" for beside in _BESIDE):
        with suppress(FileNotFoundError):  # SQLite of another process takes its files away at any time
            status = os.lstat(name)
            if status.st_uid != os.geteuid() or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
                raise CacheError(
                    f"others may write the cache {quote(name)}, so that its answers cannot be trusted",
                    help="remove it, or name a file that only you may write",
                )
    tree = next((folder for folder in real.parents if os.path.lexists(folder / ".git")), None)
    if tree is not None and tree != Path.home():
        raise CacheError(
            f"the cache {quote(path)} lies in the git repository {quote(str(tree))}, where a commit can put answers",
            help="name a file elsewhere, as in ~/.cache",
        )


def _checksum(key: bytes, record: str) -> bytes:
    return hashlib.sha256(len(key).to_bytes(8, "big") + key + record.encode()).digest()
