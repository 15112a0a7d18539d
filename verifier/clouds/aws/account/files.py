"""The files of an account, each told by its name or by what it holds, and opened.

    open_account(path)       -> AccountFiles
    account_folders(path)    the folders of several accounts

A file with an answer of `aws iam get-policy-version` does not say whose version it is, so it is called by the name of
its policy: `Team.json` for `arn:aws:iam::111122223333:policy/dev/Team`. Names of policies are unique in an account.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from pathlib import Path

from verifier.base.dataclass import dataclass
from verifier.base.errors import UsageError, quote, reason_of
from verifier.base.files import read_source
from verifier.base.source import Source
from verifier.clouds.aws.account.details import DETAIL_LISTS
from verifier.clouds.aws.account.fields import Fields
from verifier.sources.notations import json_values
from verifier.sources.values import ListValue, Value

ORGANIZATION_FILE, RESOURCES_FILE, OMITTED_FILE, SERVICES_FILE, FETCHED_FILE, OF_MANY_FILE = (
    "organization.json",
    "resource-policies.json",
    "policies.json",
    "services.json",
    "fetched.json",  # what `verifier fetch-account` could not read
    "other-policies.json",  # policies of many resources, in the form of `resource-policies.json`
)
_BESIDE = (ORGANIZATION_FILE, RESOURCES_FILE, OMITTED_FILE, SERVICES_FILE, FETCHED_FILE, OF_MANY_FILE)
_KEEP = "keep only what `aws iam get-account-authorization-details` prints, and the files that the guide names"


@dataclass(frozen=True, eq=False, slots=True)
class CompanionFile:
    """A file that accompanies the dump."""

    value: Value
    source: Source


@dataclass(frozen=True, eq=False, slots=True)
class AccountFiles:
    """What was opened: the `pages` of the dump, its `companions` by name, and `versions` by the name of the policy."""

    path: str
    pages: list[Fields] = field(default_factory=list)
    companions: dict[str, CompanionFile] = field(default_factory=dict)
    versions: dict[str, Fields] = field(default_factory=dict)
    sources: list[Source] = field(default_factory=list)

    def details(self, name: str, what: str) -> Iterator[Fields]:
        """Yield the objects of a list, from all pages. Raises UsageError."""
        for page in self.pages:
            yield from page.each_of(name, what)


def open_account(path: str, max_size: int) -> AccountFiles:
    """Open the file or folder at `path`. Raises UsageError for a file of another kind, and for a dump that is cut."""
    found = AccountFiles(path)
    for file in files_of_account(path):
        _open(file, found, max_size)
    if not found.pages:
        message = f"{quote(path)} holds no page of `aws iam get-account-authorization-details`"
        raise UsageError(message, help="name the file that it printed, or the folder of it")
    if all(page.truth("IsTruncated") for page in found.pages):
        last = found.pages[-1]
        message = "the dump is cut: its last page says that more follows (`IsTruncated`)"
        raise UsageError(message, source=last.file, span=last.value.span, help="fetch the pages that follow")
    return found


def account_folders(path: str) -> list[str]:
    """Return the folders in the folder at `path` that hold files, where it holds none itself. Raises UsageError."""
    folder = Path(path)
    try:
        if not folder.is_dir() or _has_files(folder):
            return []
        return sorted(str(each) for each in folder.iterdir() if each.is_dir() and _has_files(each))
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot read the folder {quote(path)}: {reason_of(error)}", help="check it") from None


def _has_files(folder: Path) -> bool:
    return any(each.name.lower().endswith(".json") and each.is_file() for each in folder.iterdir())


def files_of_account(path: str) -> list[str]:
    """Return the files of the account at `path`, in their order. Raises UsageError for a folder without any."""
    folder = Path(path)
    try:
        if not folder.is_dir():
            return [path]
        found = sorted(str(each) for each in folder.iterdir() if each.name.lower().endswith(".json") and each.is_file())
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot read the folder {quote(path)}: {reason_of(error)}", help="check it") from None
    if not found:
        raise UsageError(f"there is no `*.json` in {quote(path)}", help="name the folder of an account")
    return found


def _open(path: str, found: AccountFiles, max_size: int) -> None:
    source = read_source(path, max_size)
    value = json_values(source)
    found.sources.append(source)
    name = Path(path).name
    if name in _BESIDE:
        found.companions[name] = CompanionFile(value, source)
        return
    for page in value.values if isinstance(value, ListValue) else (value,):
        fields = Fields.of(page, source, "a page of an account")
        if any(fields.value.member(each) is not None for each in DETAIL_LISTS):
            found.pages.append(fields)
        elif fields.find("PolicyVersion") is not None:
            found.versions[Path(path).stem] = Fields.of(fields.need("PolicyVersion"), source, "a version of a policy")
        else:
            message = f"{quote(path)} is neither a page of an account nor a version of a policy"
            raise UsageError(message, source=source, span=page.span, help=_KEEP)
