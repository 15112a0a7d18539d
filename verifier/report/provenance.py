"""Where a page comes from, for somebody to whom it was forwarded and who wants to make it again."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable
from pathlib import Path

from verifier.base.dataclass import dataclass
from verifier.base.files import is_hidden
from verifier.known_clouds import clouds
from verifier.version import VERSION

_MOST_FILES = 20_000


@dataclass(frozen=True, slots=True)
class Provenance:
    """When and by which call a page was made, and from what.

    `catalogues` name the facts about a cloud with their day. `commit` is the one that was checked out where the call
    was made. `files` are those that were read, each with its SHA-256, and `left_out` says what of them was not asked.
    """

    when: str
    version: str
    catalogues: tuple[str, ...]
    command: str = ""
    commit: str = ""
    files: tuple[tuple[str, str], ...] = ()
    left_out: str = ""

    @staticmethod
    def of(command: str, commit: str = "", files: Iterable[str] = ()) -> Provenance:
        """Return that of a page that is made now by `command`; of `files`, those that can be read are hashed."""
        when = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC")
        catalogues = tuple(f"{cloud.name}'s catalogue of {cloud.origin.date.isoformat()}" for cloud in clouds())
        hashed = ((name, _digest(name)) for name in sorted(set(files))[:_MOST_FILES])
        return Provenance(
            when, VERSION, catalogues, command, commit, tuple((name, digest) for name, digest in hashed if digest)
        )


def _digest(name: str) -> str:
    """Return the SHA-256 of a file, or nothing where it may not be read: it is gone, or a link leads out to it."""
    try:
        return (
            "" if is_hidden(name) or not Path(name).is_file() else hashlib.sha256(Path(name).read_bytes()).hexdigest()
        )
    except OSError:
        return ""
