"""What was fetched, and what was not: the value that commands print and `fetched.json` holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

from verifier.base.dataclass import dataclass
from verifier.fetch.account_folder import unread_rows
from verifier.fetch.calls import Unread
from verifier.version import VERSION


@dataclass(frozen=True, slots=True)
class Fetched:
    """An account in its folder.

    `asked` says for each file since when its oldest part is known, `left_out` for each file that is not there, why;
    `unread` has the file that a call would have served; `not_offered` is what boto3 knows not to be in a region.
    """

    folder: Path
    account: str
    caller: str
    unread: tuple[tuple[str, Unread], ...]
    counts: Mapping[str, int] = field(default_factory=dict)
    asked: Mapping[str, str] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)
    regions: tuple[str, ...] = ()
    not_offered: Mapping[str, list[str]] = field(default_factory=dict)

    @property
    def whole(self) -> bool:
        """Whether every call was answered, and every file that the account has is there."""
        return not self.unread

    def as_manifest(self) -> dict[str, Any]:
        """Return the content of `fetched.json`."""
        return {
            "account": self.account,
            "caller": self.caller,
            "verifier": VERSION,
            "finished": timestamp(),
            "regions": list(self.regions),
            "files": {file: {"asked": date} for file, date in sorted(self.asked.items())},
            "left_out": dict(self.left_out),
            "not_read": [{"file": file, **one} for file, each in self.unread for one in unread_rows([each])],
            "not_offered": dict(self.not_offered),
        }


def timestamp() -> str:
    """Return the time as the files have it."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
