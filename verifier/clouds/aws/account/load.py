"""From files to an account (interface.md, accounts): pages joined, and completed by the companions of the dump.

A dump that breaks off is an error, and so is one that cannot be of now: nothing that is missing may look like something
that is not there.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from os import PathLike
from typing import TypeVar

from verifier.base.errors import UsageError, quote
from verifier.base.source import Source
from verifier.clouds.aws.account.companions import (
    not_asked,
    omitted_policies_of,
    organization_of,
    resource_policies_of,
    services_of,
    unread_of,
)
from verifier.clouds.aws.account.details import GROUP_LIST, POLICY_LIST, ROLE_LIST, USER_LIST, DetailReader, account_of
from verifier.clouds.aws.account.fields import Fields
from verifier.clouds.aws.account.files import (
    FETCHED_FILE,
    OF_MANY_FILE,
    OMITTED_FILE,
    ORGANIZATION_FILE,
    RESOURCES_FILE,
    SERVICES_FILE,
    AccountFiles,
    CompanionFile,
    account_folders,
    open_account,
)
from verifier.clouds.aws.account.held import AccountDocument, DocumentShelf
from verifier.clouds.aws.account.model import (
    Account,
    AccountPrincipal,
    Carrier,
    Group,
    ManagedPolicyDetail,
    PolicyVersion,
    Role,
    User,
)
from verifier.clouds.aws.managed.names import document_named
from verifier.clouds.aws.policy.types import PolicyType

MAX_ACCOUNT_SIZE = 1024 * 1024 * 1024
"""How many bytes a file of an account has at most: dumps are larger than documents."""
_FETCH = "run `aws iam get-account-authorization-details` again"
_AWS = "aws"
_C = TypeVar("_C", bound=Carrier)


def load_account(path: str | PathLike[str], max_size: int = MAX_ACCOUNT_SIZE) -> Account:
    """Return the account in the file or folder at `path`, each file of at most `max_size` bytes.

    Raises UsageError, with the place, for what is missing, cut off or not of the form that AWS prints. A broken
    document in it is not an error: it is kept as broken.
    """
    files, shelf = open_account(os.fspath(path), max_size), DocumentShelf()
    reader = DetailReader(shelf)
    users = tuple(_once(files.details(USER_LIST, "a user"), reader.user))
    roles = tuple(_once(files.details(ROLE_LIST, "a role"), reader.role))
    groups = tuple(_once(files.details(GROUP_LIST, "a group"), reader.group))
    policies = _policies(files, reader)
    id_ = _id(files, [*users, *roles, *groups], policies)
    _check_boundaries(files, users, roles, policies)
    lacking = [arn for arn in dict.fromkeys(_named(users, roles, groups)) if _is_lacking(policies.get(arn))]
    for detail in _omitted(files, reader, shelf, lacking):
        if _is_lacking(policies.get(detail.arn)):
            policies[detail.arn] = detail
    companions = files.companions
    return Account(
        id_,
        users,
        roles,
        _by_name(groups),
        policies,
        organization_of(companions[ORGANIZATION_FILE], id_, shelf) if ORGANIZATION_FILE in companions else None,
        resource_policies_of(companions[RESOURCES_FILE], shelf) if RESOURCES_FILE in companions else (),
        services_of(companions[SERVICES_FILE]) if SERVICES_FILE in companions else None,
        tuple(files.sources),
        tuple(_unread(companions)),
    )


def _unread(companions: Mapping[str, CompanionFile]) -> Iterator[str]:
    """Yield what could not be read when the account was fetched, and what is not asked about. Raises UsageError."""
    if FETCHED_FILE in companions:
        yield from unread_of(companions[FETCHED_FILE])
    if OF_MANY_FILE in companions:
        yield not_asked(companions[OF_MANY_FILE])


def load_accounts(path: str | PathLike[str], max_size: int = MAX_ACCOUNT_SIZE) -> tuple[Account, ...]:
    """Return the account at `path`, or those in a folder that holds a folder for each. Raises as `load_account`."""
    folders = account_folders(os.fspath(path))
    found: dict[str, Account] = {}
    for folder in folders or (path,):
        account = load_account(folder, max_size)
        if found.setdefault(account.id, account) is not account:
            raise UsageError(f"{quote(os.fspath(folder))} is of an account that another folder holds", help="keep one")
    return tuple(found.values())


def _once(details: Iterable[Fields], read: Callable[[Fields], _C]) -> Iterator[_C]:
    """Yield what is read of each of `details`. Raises UsageError for one that stands twice."""
    seen: set[str] = set()
    for fields in details:
        found = read(fields)
        if found.arn in seen:
            raise _twice(found.arn, fields)
        seen.add(found.arn)
        yield found


def _is_lacking(detail: ManagedPolicyDetail | None) -> bool:
    return detail is None or detail.default is None


def _by_name(groups: Iterable[Group]) -> dict[str, Group]:
    """Return the groups by their names. Raises UsageError for a name that two have: members name a group by it."""
    found: dict[str, Group] = {}
    for group in groups:
        if found.setdefault(group.name, group) is not group:
            help = "keep the pages of one dump"
            raise UsageError(
                f"two groups are called {quote(group.name)}", source=group.file, span=group.place.span, help=help
            )
    return found


def _twice(arn: str, fields: Fields) -> UsageError:
    help = "keep each page once, and the pages of one dump"
    return UsageError(f"{quote(arn)} stands twice", source=fields.file, span=fields.value.span, help=help)


def _policies(files: AccountFiles, reader: DetailReader) -> dict[str, ManagedPolicyDetail]:
    found: dict[str, ManagedPolicyDetail] = {}
    for fields in files.details(POLICY_LIST, "a managed policy"):
        detail = reader.policy(fields)
        if detail.arn in found:
            raise _twice(detail.arn, fields)
        found[detail.arn] = detail
    return found


def _id(files: AccountFiles, carriers: Iterable[Carrier], policies: Iterable[str]) -> str:
    """Return the number of the account. Raises UsageError where the pages are of several, or of nobody."""
    page, several = files.pages[0], tuple(carriers)
    found: dict[str, list[str]] = {}
    for arn in (*(carrier.arn for carrier in several), *policies):
        found.setdefault(account_of(arn), []).append(arn)
    found.pop(_AWS, None)
    if len(found) > 1:
        raise _of_several(page.file, several, found)
    if not found:
        message = "the dump holds no user, role, group or policy of an account"
        raise UsageError(message, source=page.file, span=page.value.span, help=_FETCH)
    return next(iter(found))


def _of_several(file: Source, carriers: Iterable[Carrier], found: Mapping[str, Sequence[str]]) -> UsageError:
    """Return the error of a dump that holds what is `found` of several accounts, at the first of the rarest."""
    counts = sorted(((len(arns), account) for account, arns in found.items()), reverse=True)
    told = ", ".join(f"{count:,} of {quote(account)}" for count, account in counts[:3])
    odd = found[counts[-1][1]][0]
    at = next((carrier for carrier in carriers if carrier.arn == odd), None)
    return UsageError(
        f"the pages are of several accounts ({told}); one is {quote(odd)}",
        source=at.file if at else file,
        span=at.place.span if at else None,
        help="keep those of one account; an audit takes a folder with a folder for each account",
    )


def _omitted(
    files: AccountFiles, reader: DetailReader, shelf: DocumentShelf, lacking: Iterable[str]
) -> Iterator[ManagedPolicyDetail]:
    """Yield the policies of the companions of the dump, and those of AWS among the `lacking` that are shipped."""
    if OMITTED_FILE in files.companions:
        yield from omitted_policies_of(files.companions[OMITTED_FILE], reader, shelf)
    names = Counter(arn.rpartition("/")[2] for arn in lacking)
    for arn in lacking:
        name = arn.rpartition("/")[2]
        if name in files.versions:
            fields = files.versions[name]
            if names[name] > 1:
                message = f"{quote(f'{name}.json')} may be of any of several policies with this name"
                raise UsageError(message, source=fields.file, help="write them to `policies.json`, each with its `Arn`")
            yield ManagedPolicyDetail(arn, name, (reader.version(fields, ""),))
        elif account_of(arn) == _AWS:
            with suppress(UsageError):  # newer than the copy, or of another partition: it stays lacking
                source = document_named(arn)
                document = AccountDocument(PolicyType.IDENTITY, None, source)
                yield ManagedPolicyDetail(arn, name, (PolicyVersion("", True, document),), origin=source.origin)


def _named(users: Iterable[User], roles: Iterable[Role], groups: Iterable[Group]) -> Iterator[str]:
    """Yield the ARNs of the managed policies that somebody carries, or has as boundary; some several times."""
    bounded: tuple[AccountPrincipal, ...] = (*users, *roles)
    for carrier in (*bounded, *groups):
        yield from carrier.attached
    yield from (principal.boundary for principal in bounded if principal.boundary is not None)


def _check_boundaries(
    files: AccountFiles, users: Iterable[User], roles: Iterable[Role], policies: dict[str, ManagedPolicyDetail]
) -> None:
    """Raise UsageError for a dump without boundaries whose policies count some: it is old, or was filtered."""
    if any(principal.boundary for several in (users, roles) for principal in several):
        return
    used = next((detail for detail in policies.values() if detail.boundary_usage), None)
    if used is not None:
        count = f"{used.boundary_usage:,} principal{'' if used.boundary_usage == 1 else 's'}"
        message = f"nobody in the dump has a boundary, but {quote(used.arn)} is that of {count}"
        raise UsageError(f"{message}: the dump is old, or was filtered", source=files.pages[0].file, help=_FETCH)
