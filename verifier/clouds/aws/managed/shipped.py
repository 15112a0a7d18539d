"""The copy of AWS's managed policies that is shipped: the default version of each, with its number and date.

    find_managed(name)   one policy, None where there is no such policy
    managed_policies()   all of them, in the order of their names
    copy_origin()        where the copy comes from, and how old it is

Source: `data/policies.tsv.xz`, made by `tools/make_managed.py` from the policies that moto ships; its head says so.
Guarantees: nothing is read before it is asked for; to find one policy reads no other. The names are unique, whatever
the path of a policy. The policies are those of the partition `aws`: other partitions have versions of their own.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from functools import cache
from typing import Any

from verifier.base.dataclass import dataclass
from verifier.base.regex import regex

COPIED_PARTITION = "aws"

_LOADER: Any = __spec__.loader
_FILE = "policies.tsv.xz"
_COLUMNS = 5
_NAME = regex(r"[A-Za-z0-9_+=,.@-]{1,128}")


@dataclass(frozen=True, slots=True)
class ManagedPolicy:
    """An AWS managed policy: `path` is the one in its ARN, `/` or more, `updated` the day of its newest version."""

    name: str
    path: str
    version: str
    updated: dt.date
    document: str

    @property
    def arn(self) -> str:
        """Its ARN in the partition of the copy."""
        return f"arn:{COPIED_PARTITION}:iam::aws:policy{self.path}{self.name}"

    @property
    def text(self) -> str:
        """The document as people read it: what reports quote, and what `verifier managed show` prints."""
        return json.dumps(json.loads(self.document), indent=4, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class CopyOrigin:
    """`date`: the day of the newest change that the copy has; `package` and `package_version`: where it is from."""

    date: dt.date
    package: str
    package_version: str

    def __str__(self) -> str:
        return f"the copy of {self.date.isoformat()} ({self.package} {self.package_version})"


def find_managed(name: str) -> ManagedPolicy | None:
    """Return the policy called `name`, exactly so; None where there is no such policy."""
    text = _text()
    start = text.find(f"\n{name}\t") + 1 if _NAME.fullmatch(name) else 0
    return _policy(text[start : text.index("\n", start)]) if start else None


def managed_names() -> tuple[str, ...]:
    """Return the names of all policies, sorted."""
    return tuple(row.partition("\t")[0] for row in _rows())


def managed_policies() -> tuple[ManagedPolicy, ...]:
    """Return all policies, in the order of their names."""
    return tuple(map(_policy, _rows()))


@cache
def copy_origin() -> CopyOrigin:
    """Return where the copy comes from."""
    first = next(line for line in _text().split("\n", 4) if line.startswith("# origin\t"))
    _, date, package, package_version = first.split("\t")
    return CopyOrigin(dt.date.fromisoformat(date), package, package_version)


def _policy(row: str) -> ManagedPolicy:
    name, path, version, updated, document = row.split("\t", _COLUMNS - 1)
    return ManagedPolicy(name, path, version, dt.date.fromisoformat(updated), document)


def _rows() -> list[str]:
    return [line for line in _text().split("\n") if line and not line.startswith("#")]


@cache
def _text() -> str:
    import lzma  # noqa: PLC0415 - for named policies only; some builds of Python are without it

    data = _LOADER.get_data(os.path.join(os.path.dirname(__file__), "data", _FILE))  # noqa: PTH118, PTH120 - as the loader takes it
    return lzma.decompress(data).decode()
