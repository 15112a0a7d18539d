"""Who asks, and the documents of the resource's side.

    Asking        the principal, the resource policies, the endpoint policy, and the organization
    Membership    the accounts whose resources the RCPs of a question bind (rule 30)

A question has them in addition to identity policies and what limits those.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.base.dataclass import dataclass
from verifier.base.errors import UsageError, quote
from verifier.base.memo import cached_property
from verifier.clouds.aws.policy.check import check_policy
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.policy.types import PolicyType
from verifier.clouds.aws.principals.principal import Principal, PrincipalKind, read_principal
from verifier.clouds.aws.principals.resource_policy import ShownPolicy
from verifier.logic.request import Request
from verifier.strings.values import Key

SOURCE_VPCE = Key.of("aws:SourceVpce")


@dataclass(frozen=True)
class Membership:
    """The accounts whose resources the RCPs of a question bind; None where it is not said which they are.

    Neither SCPs nor RCPs bind the `management` account.
    """

    id: str | None = None
    accounts: frozenset[str] | None = None
    management: str | None = None


@dataclass(frozen=True)
class Asking:
    """Who asks, None for anybody, and the documents of the resource's side.

    `federated_by` is the ARN of the user who federated. `explicit` asks whether all is denied that the maximum does not
    allow, so that no resource policy that is not shown can allow it.
    """

    principal: Principal | None = None
    resource_policies: tuple[ShownPolicy, ...] = ()
    endpoint: Policy | None = None
    organization: Membership | None = None
    federated_by: str | None = None
    explicit: bool = False

    def policies(self) -> Iterator[Policy]:
        """Yield the documents of the resource's side."""
        yield from (each.policy for each in self.resource_policies)
        if self.endpoint is not None:
            yield self.endpoint

    @property
    def own_side(self) -> bool:
        """Whether nobody is named who asks: the question is whom the resources let in."""
        return self.principal is None and bool(self.resource_policies)

    def check(self) -> None:
        """Raise PolicyError where a document is not what its place requires, UsageError for two of one resource."""
        seen: set[str] = set()
        for each in self.resource_policies:
            check_policy(each.policy, each.type, arn=each.arn)
            if each.arn in seen:
                raise UsageError(f"two resource policies for {quote(each.arn)}", help="give one")
            seen.add(each.arn)
        if self.endpoint is not None:
            check_policy(self.endpoint, PolicyType.ENDPOINT)
        if self.federated_by is not None:
            self._check_federated(self.federated_by)

    def _check_federated(self, text: str) -> None:
        by = read_principal(text)
        if self.principal is not None and self.principal.kind is not PrincipalKind.FEDERATED:
            raise UsageError("`federated_by` is for a federated user", help="leave it out")
        if by.kind is not PrincipalKind.USER or (self.principal is not None and by.account != self.principal.account):
            raise UsageError(f"{quote(text)} is not a user of the account", help="name the user who federated")

    @cached_property
    def member_accounts(self) -> frozenset[str] | None:
        """The accounts whose resources RCPs bind; None where it is not said: then that of who asks."""
        organization = self.organization
        if organization is None or organization.accounts is None:
            return None
        return organization.accounts - {organization.management or ""}

    @cached_property
    def is_limited(self) -> bool:
        """Whether SCPs bind who asks (rule 30)."""
        if self.principal is None:
            return not self.own_side
        managed = self.organization is not None and self.organization.management == self.principal.account
        return self.principal.kind.has_account and not self.principal.is_service_linked and not managed


def is_through_endpoint(request: Request) -> bool:
    """Whether `request` is sent through a VPC endpoint."""
    return bool(request.values(SOURCE_VPCE))
