"""Which accounts are fetched, and as whom: the caller's own, one through a role, or all of an organization.

    fetch_account    one account
    fetch_members    every active account of the caller's organization, each into a folder of its number

An account of the organization that cannot be fetched does not end the others: its folder says why. The organization is
asked as the caller, who may know it where the role in an account does not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from verifier.base.errors import UsageError, quote
from verifier.base.regex import regex
from verifier.fetch.account_folder import AccountFolder
from verifier.fetch.aws_session import AwsCaller
from verifier.fetch.calls import NotRead, Unread
from verifier.fetch.compose import DUMP
from verifier.fetch.fetch import Plan
from verifier.fetch.fetched import Fetched
from verifier.fetch.organization import accounts_of

_ROLE = regex(r"arn:[a-z-]+:iam::\d{12}:role/.+")
_ROLE_NAME = regex(r"([\w+=,.@-]+/)*[\w+=,.@-]{1,64}", re.ASCII)


@contextmanager
def planned(
    caller: AwsCaller, folder: Path, *, role: str | None, regions: Sequence[str], fresh: bool
) -> Iterator[Plan]:
    """Give the plan for the account of `caller`, or of a role that he assumes. Raises NotRead and UsageError."""
    if role is not None and not _ROLE.fullmatch(role):
        raise UsageError(f"{quote(role)} is not the ARN of a role", help="write it as in `arn:aws:iam::ID:role/NAME`")
    inside = caller if role is None else caller.as_role(role)
    try:
        callers = list(dict.fromkeys([caller, inside]))
        yield Plan(inside, AccountFolder(folder, inside.account, fresh=fresh), regions, callers)
    finally:
        if inside is not caller:
            inside.close()


def members(caller: AwsCaller) -> list[str]:
    """Return the accounts of the caller's organization. Raises UsageError where he may not ask."""
    try:
        return accounts_of(caller)
    except NotRead as refused:
        message = f"the accounts of the organization cannot be listed: {refused.unread.reason}"
        help = "run this in the management account, or in one of a delegated administrator"
        raise UsageError(message, help=help) from None


def fetch_members(
    caller: AwsCaller,
    accounts: Sequence[str],
    folder: Path,
    *,
    role_name: str,
    regions: Sequence[str],
    fresh: bool,
    done: Callable[[], None],
) -> Iterator[Fetched]:
    """Fetch each account through its role called `role_name`, the caller's own as himself. Raises UsageError."""
    if not _ROLE_NAME.fullmatch(role_name):
        raise UsageError(f"{quote(role_name)} is not the name of a role", help="write its path too, but no ARN")
    for account in accounts:
        role = None if account == caller.account else f"arn:{caller.partition}:iam::{account}:role/{role_name}"
        try:
            with planned(caller, folder / account, role=role, regions=regions, fresh=fresh) as plan:
                plan.ask(lambda: None)
                fetched = plan.publish()
        except NotRead as refused:
            fetched = not_fetched(folder / account, account, caller, refused.unread)
        yield fetched
        done()


def not_fetched(folder: Path, account: str, caller: AwsCaller, unread: Unread) -> Fetched:
    """Write down that an account could not be fetched; files of an earlier run stay as they are."""
    found = Fetched(folder, account, caller.arn, ((DUMP, unread),))
    AccountFolder(folder, account, fresh=False).publish({}, found.as_manifest())
    return found
