"""The two sides of a change of an account, or of the accounts of an organization: folders, or files with a dump.

    holds_account(path)     whether a path holds a dump of an account
    account_sides(...)      both sides

What is asked is the same as about the principals of a plan. A principal is named by its ARN, and has its policies,
those of its groups, its boundary and the SCPs above it. Everything that the SCPs let through is what the root user can
do, so a change of them is told there, whoever has a policy to make use of it. What runs as another role than before is
told where both sides say what runs as which (`services.json`), and of instance profiles always. Of RCPs each is
compared by itself: they do not bind the resources of other organizations, which a principal may use too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from verifier.base.errors import UsageError
from verifier.base.regex import regex
from verifier.clouds.aws.account.details import account_of
from verifier.clouds.aws.account.effective import account_limits
from verifier.clouds.aws.account.held import AccountDocument
from verifier.clouds.aws.account.load import MAX_ACCOUNT_SIZE, load_accounts
from verifier.clouds.aws.account.model import Account, AccountPrincipal, Carrier, Group, User
from verifier.clouds.aws.policy.types import PolicyType
from verifier.review.side import ReviewSide, SideDocument, together
from verifier.sources.file_principals import FilePrincipal, PolicyLink
from verifier.sources.other_grants import OtherGrant, OtherGrantKind

# What no other file has: templates have `Policies` too.
_LIST = regex(rb'"(?:User|Role|Group)DetailList"\s*:\s*\[')
# What the root user may do: everything that no SCP denies (rule 33).
_EVERYTHING = PolicyLink("", "arn:aws:iam::aws:policy/AdministratorAccess")
_NO_ORGANIZATION = "account {}: no SCP limits it, as its folder says nothing of an organization"


def holds_account(path: str) -> bool:
    """Whether a path is a dump of an account, a folder that holds one, or a folder of such folders."""
    try:
        if not Path(path).is_dir():
            return _is_dump(path)
        inside = [each for each in Path(path).iterdir() if each.is_dir()]
        folders = [Path(path), *inside]
        files = (str(file) for folder in folders for file in folder.glob("*.json") if file.is_file())
        return any(map(_is_dump, files))
    except (OSError, ValueError):
        return False  # the reader says what is wrong with it


def _is_dump(path: str) -> bool:
    return _LIST.search(Path(path).read_bytes()) is not None


def account_sides(before: str, after: str) -> tuple[ReviewSide, ReviewSide]:
    """Return both sides of a change of accounts. Raises UsageError for one that cannot be read, or is another one."""
    old, new = (load_accounts(path, MAX_ACCOUNT_SIZE) for path in (before, after))
    if not {each.id for each in old} & {each.id for each in new}:
        message = f"account {old[0].id} was there before, and account {new[0].id} is there after"
        raise UsageError(message, help="name one account as it was, and as it is")
    told = all(each.services is not None for each in (*old, *new))
    sides = [together(_side(each, runs=told) for each in side) for side in (old, new)]
    return sides[0], sides[1]


def _side(account: Account, *, runs: bool) -> ReviewSide:
    found = _AccountSide(account)
    managed = tuple(found.managed())
    of_aws = {each.name: each for each in managed if account_of(each.name) == "aws"}
    own = (*(each for each in managed if each.name not in of_aws), *found.documents())
    principals = {each.name: each for each in found.principals()}
    grants = {(each.name, each.kind): each for each in found.grants(runs=runs)}
    return ReviewSide({each.name: each for each in own}, principals, of_aws=of_aws, grants=grants)


class _AccountSide:
    def __init__(self, account: Account) -> None:
        self.account = account
        scps, rcps = account_limits(account)
        self.levels = tuple(tuple((self._own(one.name), one.document) for one in level) for level in scps)
        self.rcps = tuple((self._own(one.name), one.document) for one in rcps)
        self.scps = tuple(tuple(PolicyLink(name, name) for name, _ in level) for level in self.levels)

    def _own(self, name: str) -> str:
        return f"{name}, account {self.account.id}"

    def managed(self) -> Iterator[SideDocument]:
        for detail in self.account.policies.values():
            if detail.default is not None:
                yield _document(detail.arn, detail.default.document, "", PolicyType.IDENTITY)

    def documents(self) -> Iterator[SideDocument]:
        account, root = self.account, _root(self.account)
        for carrier in (*account.users, *account.roles, *account.groups.values()):
            for inline in carrier.inline:
                yield _document(_inline(carrier, inline.name), inline.document, carrier.arn)
        for role in account.roles:
            if role.trust is not None:
                yield _document(f"{role.arn} (trust)", role.trust, role.arn)
        for level in self.levels:
            yield from (_document(name, document, root) for name, document in level)
        yield from (_document(name, document, "") for name, document in self.rcps)
        for one in account.resource_policies:
            yield replace(_document(one.resource, one.document, one.resource), resource=one.resource)

    def grants(self, *, runs: bool) -> Iterator[OtherGrant]:
        """Yield what runs as which role, with `runs` also what `services.json` says; and the organization."""
        uses: dict[str, set[str]] = {}
        for use in (self.account.services or ()) if runs else ():
            uses.setdefault(use.resource, set()).add(use.role)
        for role in self.account.roles:
            for profile in role.instance_profiles:
                uses.setdefault(profile.arn, set()).add(role.arn)
        for name, roles in uses.items():
            yield OtherGrant(name, OtherGrantKind.ROLE, " ".join(sorted(roles)), frozenset(roles))
        organization = self.account.organization
        if organization is not None:
            told = " ".join((organization.id, *sorted(organization.accounts)))
            yield OtherGrant(self._own("the organization"), OtherGrantKind.ORGANIZATION, told)

    def principals(self) -> Iterator[FilePrincipal]:
        account = self.account
        for each in account.principals:
            kind = "user" if isinstance(each, User) else "role"
            boundary = None if each.boundary is None else self._managed(each.boundary)
            links = tuple(dict.fromkeys(self._carried(each)))
            yield FilePrincipal(each.arn, kind, links, boundary, scps=self.scps, tags=tuple(sorted(each.tags.items())))
        for group in account.groups.values():
            yield FilePrincipal(group.arn, "group", tuple(dict.fromkeys(self._of(group))), None)
        open_ = "" if account.organization else _NO_ORGANIZATION.format(account.id)
        assumes = (open_,) if open_ else ()
        yield FilePrincipal(_root(account), "root user", (_EVERYTHING,), None, assumes, scps=self.scps)

    def _carried(self, principal: AccountPrincipal) -> Iterator[PolicyLink]:
        yield from self._of(principal)
        for name in principal.groups if isinstance(principal, User) else ():
            group = self.account.groups.get(name)
            yield from self._of(group) if group is not None else [PolicyLink("", f"the group {name}")]

    def _of(self, carrier: Carrier | Group) -> Iterator[PolicyLink]:
        for inline in carrier.inline:
            name = _inline(carrier, inline.name)
            yield PolicyLink(name, name)
        yield from map(self._managed, carrier.attached)

    def _managed(self, arn: str) -> PolicyLink:
        detail = self.account.policies.get(arn)
        return PolicyLink(arn if detail is not None and detail.default is not None else "", arn)


def _root(account: Account) -> str:
    return f"arn:aws:iam::{account.id}:root"


def _inline(carrier: Carrier, name: str) -> str:
    return f"{carrier.arn} {name}"


def _document(name: str, document: AccountDocument, owner: str, type_: PolicyType | None = None) -> SideDocument:
    return SideDocument(name, type_ or document.type, owner, document)
