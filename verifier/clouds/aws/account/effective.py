"""Which documents of an account decide what a principal may do, and what is lacking to tell.

    effective(account, principal)    -> Effective
    account_limits(account)          what limits everybody in the account, the root user too
    account_documents(account)       every document of it
    command_for(arn)                 the command that fetches a policy

A user has the policies of his groups too. What the account names and does not hold is lacking: it is never "no limit",
nor "grants nothing".
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from verifier.base.dataclass import dataclass
from verifier.clouds.aws.account.details import account_of
from verifier.clouds.aws.account.held import AccountDocument
from verifier.clouds.aws.account.model import Account, AccountPrincipal, Carrier, Role, User


@dataclass(frozen=True, slots=True)
class CarriedDocument:
    """A document as somebody carries it: `name` is the ARN of a managed policy, or how an inline policy is called.

    `carrier` is the ARN of who carries it: the principal, or one of its groups. A name alone does not tell whether a
    policy is `managed`.
    """

    name: str
    carrier: str
    document: AccountDocument
    managed: bool = False

    @property
    def is_of_aws(self) -> bool:
        """Whether AWS wrote it, so that nobody in the account can change it."""
        return self.managed and account_of(self.name) == "aws"


@dataclass(frozen=True, eq=False, slots=True)
class Effective:
    """The documents that decide what a principal may do. `lacking` says what is missing, with what fetches it.

    `origins` are what answers that rest on them say of documents that were not in the account.
    """

    identity: tuple[CarriedDocument, ...]
    boundary: CarriedDocument | None
    scps: tuple[tuple[CarriedDocument, ...], ...]
    rcps: tuple[CarriedDocument, ...]
    lacking: tuple[str, ...]
    origins: tuple[str, ...]

    def every(self) -> Iterator[CarriedDocument]:
        """Yield all documents."""
        yield from self.identity
        if self.boundary is not None:
            yield self.boundary
        for level in self.scps:
            yield from level
        yield from self.rcps

    @property
    def broken(self) -> tuple[CarriedDocument, ...]:
        """Those that cannot be read."""
        return tuple(held for held in self.every() if held.document.error is not None)


def effective(account: Account, principal: AccountPrincipal) -> Effective:
    """Return the documents that decide what `principal` may do; no SCP and no RCP binds service-linked roles."""
    finder = _Finder(account)
    identity = tuple(finder.carried(principal))
    boundary = None if principal.boundary is None else finder.managed(principal.boundary, principal.arn, "boundary")
    free = isinstance(principal, Role) and principal.service_linked
    scps, rcps = ((), ()) if free else account_limits(account)
    return Effective(identity, boundary, scps, rcps, tuple(finder.lacking), tuple(finder.origins))


def account_limits(
    account: Account,
) -> tuple[tuple[tuple[CarriedDocument, ...], ...], tuple[CarriedDocument, ...]]:
    """Return the SCPs that bind the account's principals, level by level, and its RCPs."""
    organization = account.organization
    levels = () if organization is None or organization.management else organization.levels
    scps = tuple(
        tuple(
            CarriedDocument(f"SCP {number} of {level.name or 'a level'}", account.id, one)
            for number, one in enumerate(level.scps, 1)
        )
        for level in levels
        if level.scps
    )
    rcps = tuple(
        CarriedDocument(f"RCP {number} of {level.name or 'a level'}", account.id, one)
        for level in levels
        for number, one in enumerate(level.rcps, 1)
    )
    return scps, rcps


def account_documents(account: Account, *, versions: bool = False) -> Iterator[AccountDocument]:
    """Yield every document that is in force in `account`, or all `versions` of managed policies."""
    for carrier in (*account.users, *account.roles, *account.groups.values()):
        yield from (inline.document for inline in carrier.inline)
    yield from (role.trust for role in account.roles if role.trust is not None)
    for detail in account.policies.values():
        yield from (version.document for version in detail.versions if versions or version.is_default)
    for level in account.organization.levels if account.organization else ():
        yield from (*level.scps, *level.rcps)
    yield from (one.document for one in account.resource_policies)


class _Finder:
    """Finds the documents of one principal, and notes what it does not find."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self.lacking: list[str] = []
        self.origins: list[str] = []

    def carried(self, principal: AccountPrincipal) -> Iterator[CarriedDocument]:
        yield from self._of(principal)
        for name in principal.groups if isinstance(principal, User) else ():
            group = self._account.groups.get(name)
            if group is None:
                self.lacking.append(f"the group `{name}` is not in the dump; {command_for_groups()}")
            else:
                yield from self._of(group)

    def _of(self, carrier: Carrier) -> Iterator[CarriedDocument]:
        for inline in carrier.inline:
            yield CarriedDocument(inline.name, carrier.arn, inline.document)
        for arn in carrier.attached:
            held = self.managed(arn, carrier.arn, "policy")
            if held is not None:
                yield held

    def managed(self, arn: str, carrier: str, what: str) -> CarriedDocument | None:
        detail = self._account.policies.get(arn)
        default = detail.default if detail else None
        if detail is None or default is None:
            self.lacking.append(f"the {what} `{arn}` is not in the dump; fetch it with `{command_for(arn)}`")
            return None
        if detail.origin:
            self.origins.append(detail.origin)
        return CarriedDocument(arn, carrier, default.document, managed=True)


def command_for(arn: str) -> str:
    """Return the command that fetches the version of a managed policy that is in force, to the file it is read from."""
    quoted, file = shlex.quote(arn), shlex.quote(f"{arn.rpartition('/')[2]}.json")
    version = f"$(aws iam get-policy --policy-arn {quoted} --query Policy.DefaultVersionId --output text)"
    return f"aws iam get-policy-version --policy-arn {quoted} --version-id {version} > {file}"


def command_for_groups() -> str:
    """Return what to do about a dump without groups."""
    return "fetch it with `aws iam get-account-authorization-details`, without `--filter`"
