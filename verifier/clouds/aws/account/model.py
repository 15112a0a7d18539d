"""What an account holds, as values; `load.py` reads them, `effective.py` says which documents bind whom.

    Account               all of it
    User, Role, Group     with the policies that they carry; a principal is a user or a role
    ManagedPolicyDetail   a managed policy with its versions
    Organization          the levels of SCPs and RCPs above the account
    ResourcePolicy, ServiceUse   companions of the dump

Fields are called as in the API (IAM API Reference, *GetAccountAuthorizationDetails*: UserDetail, GroupDetail,
RoleDetail, ManagedPolicyDetail), in lower case. What does not bind a permission, such as dates, is not read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from os import PathLike
from typing import TYPE_CHECKING, TypeAlias

from verifier.base.dataclass import dataclass
from verifier.base.memo import cached_property
from verifier.base.source import HasSpan, Source
from verifier.clouds.aws.account.held import AccountDocument

if TYPE_CHECKING:
    from typing import Unpack

    from verifier.api_account import AuditHow, CanHow, WhoHow
    from verifier.audits.access import Access
    from verifier.audits.finding import Audited
    from verifier.clouds.aws.audit.can import Can
    from verifier.clouds.aws.policy.syntax import Policy

SERVICE_LINKED = "/aws-service-role/"


@dataclass(frozen=True, slots=True)
class InlinePolicy:
    """A policy that one principal or group holds by itself."""

    name: str
    document: AccountDocument


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """A version of a managed policy."""

    id: str
    is_default: bool
    document: AccountDocument


@dataclass(frozen=True, eq=False, slots=True)
class ManagedPolicyDetail:
    """A managed policy; `boundary_usage` counts the principals whose boundary it is, as the dump says.

    `origin` says in a sentence where a policy is from that the dump does not hold; empty for one that it holds.
    """

    arn: str
    name: str
    versions: tuple[PolicyVersion, ...]
    boundary_usage: int = 0
    origin: str = ""

    @property
    def default(self) -> PolicyVersion | None:
        """The version that is in force; None where it was left out."""
        return next((version for version in self.versions if version.is_default), None)


@dataclass(frozen=True, eq=False, slots=True)
class Carrier:
    """What users, roles and groups have in common; `id` is the unique id, `AIDA...`."""

    arn: str
    name: str
    path: str
    id: str
    inline: tuple[InlinePolicy, ...]
    attached: tuple[str, ...]
    file: Source = field(repr=False)
    place: HasSpan = field(repr=False)


@dataclass(frozen=True, eq=False, slots=True)
class Group(Carrier):
    """A group; its members name it."""


@dataclass(frozen=True, eq=False, slots=True)
class User(Carrier):
    """A user; `boundary` is the ARN of a policy, `groups` are names."""

    boundary: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, slots=True)
class InstanceProfile:
    """An instance profile; the role that it hands out carries it."""

    arn: str
    name: str


@dataclass(frozen=True, eq=False, slots=True)
class Role(Carrier):
    """A role; `trust` says who may assume it, None where the dump leaves that out."""

    boundary: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    trust: AccountDocument | None = None
    instance_profiles: tuple[InstanceProfile, ...] = ()

    @property
    def service_linked(self) -> bool:
        """Whether it is AWS's own: nobody's to assume, change or bound, and no SCP limits it (rule 30)."""
        return self.path.startswith(SERVICE_LINKED)


AccountPrincipal: TypeAlias = User | Role


@dataclass(frozen=True, eq=False, slots=True)
class OrganizationLevel:
    """The root, an OU or the account: what limits there; an empty list does not limit."""

    name: str
    scps: tuple[AccountDocument, ...]
    rcps: tuple[AccountDocument, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Organization:
    """Where the account stands in its organization: `levels` from the root on, which bind it unless it is the
    management account.
    """

    id: str
    management: bool
    accounts: tuple[str, ...]
    levels: tuple[OrganizationLevel, ...]


@dataclass(frozen=True, eq=False, slots=True)
class ResourcePolicy:
    """The policy of a resource, such as a bucket or a key."""

    resource: str
    document: AccountDocument


@dataclass(frozen=True, slots=True)
class ServiceUse:
    """What runs as which role: both are ARNs."""

    resource: str
    role: str


@dataclass(frozen=True, eq=False)
class Account:
    """An account. `services` is None where it is not told what runs as which role; `places` are the files read.

    `policies` holds managed policies by ARN, those that somebody carries and those among its companions. `unread` are
    sentences: what could not be read when the account was fetched.
    """

    id: str
    users: tuple[User, ...]
    roles: tuple[Role, ...]
    groups: Mapping[str, Group]
    policies: Mapping[str, ManagedPolicyDetail]
    organization: Organization | None = None
    resource_policies: tuple[ResourcePolicy, ...] = ()
    services: tuple[ServiceUse, ...] | None = None
    files: tuple[Source, ...] = field(default=(), repr=False)
    unread: tuple[str, ...] = ()

    @staticmethod
    def load(path: str | PathLike[str]) -> Account:
        """Return the account in a file or a folder. Raises UsageError for one that cannot be read."""
        from verifier.clouds.aws.account.load import load_account  # noqa: PLC0415 - it makes accounts

        return load_account(path)

    def audit(self, **how: Unpack[AuditHow]) -> Audited:
        """Return what came of asking whether everybody in it keeps to what is intended: `verifier.audit`, which says
        what the keywords are.
        """
        from verifier.api_account import audit  # noqa: PLC0415 - it asks about accounts

        return audit(self, **how)

    def who(self, action: str | Sequence[str], resource: str | Sequence[str] = "*", **how: Unpack[WhoHow]) -> Access:
        """Return who can do some `action` on some `resource`: `verifier.who`, which says what the keywords are."""
        from verifier.api_account import who  # noqa: PLC0415 - as above

        return who(self, action, resource, **how)

    def can(self, principal: str, maximum: Policy | None = None, **how: Unpack[CanHow]) -> Can:
        """Return all that the user or role with the ARN `principal` may do, and whether it is within `maximum`, if
        given: `verifier.can`, which says what the keywords are.
        """
        from verifier.api_account import can  # noqa: PLC0415 - as above

        return can(self, principal, maximum, **how)

    @property
    def principals(self) -> Iterator[AccountPrincipal]:
        """Users and roles, without the service-linked roles."""
        yield from self.users
        yield from (role for role in self.roles if not role.service_linked)

    @property
    def service_linked(self) -> tuple[Role, ...]:
        """The service-linked roles."""
        return tuple(role for role in self.roles if role.service_linked)

    def find(self, name: str) -> AccountPrincipal | None:
        """Return the user or role with this ARN or unique id; None where there is none."""
        return self._by_name.get(name)

    @cached_property
    def _by_name(self) -> dict[str, AccountPrincipal]:
        everyone: tuple[AccountPrincipal, ...] = (*self.users, *self.roles)
        return {name: each for each in everyone for name in (each.id, each.arn) if name}
