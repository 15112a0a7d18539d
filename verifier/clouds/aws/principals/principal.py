"""The principal who asks, read from an ARN or a name (rules 31 and 33).

    read_principal    the principal that a text names
    is_of_service     whether a role is one that a service made for itself
    Principal         its kind, its account, its names

A role's ARN as the one who asks means some session of the role (`ROLE`). The ARN of a session tells the account and the
name of its role, but not the role's path. Names of roles are unique in an account.

Source: *IAM identifiers* of the IAM User Guide.
"""

from __future__ import annotations

import enum
import re
from functools import lru_cache

from verifier.base.dataclass import dataclass
from verifier.base.errors import UsageError, quote
from verifier.base.memo import cached_property
from verifier.base.regex import regex
from verifier.strings.pattern import arn_fields

EVERYONE = "*"
WEB_PROVIDERS = frozenset(
    ("accounts.google.com", "www.amazon.com", "graph.facebook.com", "cognito-identity.amazonaws.com")
)
SERVICE_LINKED_PATH = "aws-service-role/"
_SERVICE_LINKED_NAME = "AWSServiceRoleFor"
_SERVICE = regex(r"[^:]+\.(amazonaws\.com|amazonaws\.com\.cn|amazon\.com)", re.DOTALL)
_EXAMPLE = "write an ARN, as in `arn:aws:iam::111122223333:user/jane`, a service, as in `lambda.amazonaws.com`, or `*`"


class PrincipalKind(enum.Enum):
    """What sort of principal asks; the value is what messages call one."""

    USER = "a user"
    ROLE = "some session of a role"
    SESSION = "a role session"
    FEDERATED = "a federated user"
    ROOT = "the root user"
    SERVICE = "a service"
    PROVIDER = "an identity provider"
    ANONYMOUS = "an anonymous principal"

    @property
    def has_account(self) -> bool:
        """Whether it belongs to an account, so that identity policies, boundaries and SCPs can bind it."""
        return self in _OF_ACCOUNT


_OF_ACCOUNT = frozenset(
    (PrincipalKind.USER, PrincipalKind.ROLE, PrincipalKind.SESSION, PrincipalKind.FEDERATED, PrincipalKind.ROOT)
)


@dataclass(frozen=True)
class Principal:
    """Who asks. `text` is what a request calls it; `name` is a user's, a role's or a federated user's, without a path.

    `account` and `partition` are empty where it belongs to no account. `arn` is the role's of a session, where its path
    is known; None where it is not.
    """

    text: str
    kind: PrincipalKind
    partition: str = ""
    account: str = ""
    name: str = ""
    session: str | None = None
    arn: str | None = None

    @cached_property
    def is_service_linked(self) -> bool:
        """Whether it is a role that a service made for itself: neither SCPs nor RCPs bind it (rule 30)."""
        if self.kind not in (PrincipalKind.ROLE, PrincipalKind.SESSION):
            return False
        if self.arn is not None:
            return is_of_service(self.arn)
        return self.name.startswith(_SERVICE_LINKED_NAME)

    def includes(self, other: Principal) -> bool:
        """Whether a request of `other` is one of this principal: itself, or a session of the role."""
        if self.kind is PrincipalKind.ROLE and other.kind in (PrincipalKind.SESSION, PrincipalKind.ROLE):
            return (self.partition, self.account, self.name) == (other.partition, other.account, other.name)
        return self.text == other.text

    def of_role(self, arn: str | None) -> Principal:
        """Return the session with the ARN of its role, if that is its role's."""
        if arn is None or self.kind is not PrincipalKind.SESSION:
            return self
        role = _of_arn(arn)
        if role is None or role.kind is not PrincipalKind.ROLE or not role.includes(self):
            return self
        return Principal(self.text, self.kind, self.partition, self.account, self.name, self.session, arn)


@lru_cache(maxsize=65_536)
def read_principal(text: str) -> Principal:
    """Return the principal that `text` names: an ARN, a service, an identity provider, or `*` for an anonymous one.

    Raises UsageError for any other text.
    """
    if text == EVERYONE:
        return Principal(text, PrincipalKind.ANONYMOUS)
    if text in WEB_PROVIDERS:
        return Principal(text, PrincipalKind.PROVIDER)
    if _SERVICE.fullmatch(text):
        return Principal(text, PrincipalKind.SERVICE)
    found = _of_arn(text)
    if found is None:
        raise UsageError(f"{quote(text)} is not a principal", help=_EXAMPLE)
    return found


def is_of_service(role: str) -> bool:
    """Whether the ARN is that of a role which a service made for itself (rule 30)."""
    fields = arn_fields(role)
    return fields is not None and fields[2] == "iam" and fields[5].startswith(f"role/{SERVICE_LINKED_PATH}")


def _of_arn(text: str) -> Principal | None:
    fields = arn_fields(text)
    if fields is None or fields[3] or "*" in text or "?" in text:
        return None
    _, partition, service, _, account, rest = fields
    kind, slash, path = rest.partition("/")
    name = path.rpartition("/")[2]
    of = (partition, account)
    match service, kind:
        case "iam", "root" if not slash:
            return Principal(text, PrincipalKind.ROOT, *of, arn=text)
        case "iam", "user" if name:
            return Principal(text, PrincipalKind.USER, *of, name, arn=text)
        case "iam", "role" if name:
            return Principal(text, PrincipalKind.ROLE, *of, name, arn=text)
        case "iam", "oidc-provider" | "saml-provider" if path:
            return Principal(text, PrincipalKind.PROVIDER, *of, path)
        case "sts", "federated-user" if path:
            return Principal(text, PrincipalKind.FEDERATED, *of, path, arn=text)
        case "sts", "assumed-role" if path.count("/") == 1 and all(path.split("/")):
            role, _, session = path.partition("/")
            return Principal(text, PrincipalKind.SESSION, *of, role, session)
    return None


def session_arn(partition: str, account: str, role: str, session: str) -> str:
    """Return the ARN of a session of the role called `role`."""
    return f"arn:{partition}:sts::{account}:assumed-role/{role}/{session}"
