"""Answers that are remembered across runs: an SQLite file of keys and records, each row with a checksum.

The file may be used by several processes at once and survives one that is killed while it writes. Whatever is not
exactly as it was written is a CacheError, never an answer. What keys and records mean is the business of `memory.py`.
"""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from verifier.errors import CacheError, quote

FORMAT = 1
APPLICATION = 0x76726679  # "vrfy"

_BUSY_SECONDS = 60.0
_RETRY_SECONDS = 0.05
_SCHEMA = "CREATE TABLE answers (key BLOB PRIMARY KEY, record TEXT NOT NULL, checksum BLOB NOT NULL) WITHOUT ROWID"


class Cache:
    """The records in the file at `path`, which is made where there is none.

    Every method raises CacheError where the file is damaged, is no cache of verifier, or cannot be read or written.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        with self._errors():
            if not Path(path).parent.is_dir():
                raise CacheError(
                    f"there is no folder for the cache {quote(path)}", mend="make it, or name another file"
                )
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

    def put(self, key: bytes, record: str) -> None:
        """Keep `record` under `key`, unless there is one already."""
        with self._errors():
            self._file.execute("INSERT OR IGNORE INTO answers VALUES (?, ?, ?)", (key, record, _checksum(key, record)))

    def close(self) -> None:
        """Close the file; the object is of no use afterwards."""
        self._file.close()

    def damaged(self, how: str) -> CacheError:
        """Return the error that says how the file is damaged."""
        return CacheError(
            f"the cache {quote(self.path)} is damaged: {how}", mend="remove the file; it is made again, and filled"
        )

    def _prepare(self) -> None:
        application, version = self._pragma("application_id"), self._pragma("user_version")
        if application == 0 and self._is_empty():
            self._make()
            application, version = self._pragma("application_id"), self._pragma("user_version")
        if application != APPLICATION:
            raise CacheError(f"{quote(self.path)} is a database, but no cache of verifier", mend="name another file")
        if version != FORMAT:
            message = f"the cache {quote(self.path)} has format {version}, and this verifier writes format {FORMAT}"
            raise CacheError(message, mend="remove the file, or name another one")
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
        except sqlite3.Error as error:
            name = getattr(error, "sqlite_errorname", "")
            if name == "SQLITE_NOTADB":
                raise CacheError(f"{quote(self.path)} is no cache of verifier", mend="name another file") from None
            if name.startswith("SQLITE_CORRUPT") or "no such" in str(error) or "no column" in str(error):
                raise self.damaged(str(error)) from None
            message = f"cannot use the cache {quote(self.path)}: {error}"
            raise CacheError(message, mend="check the file and its folder, or name another one") from None
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise CacheError(f"cannot use the cache {quote(self.path)}: {reason}", mend="name another file") from None


def _checksum(key: bytes, record: str) -> bytes:
    return hashlib.sha256(len(key).to_bytes(8, "big") + key + record.encode()).digest()
