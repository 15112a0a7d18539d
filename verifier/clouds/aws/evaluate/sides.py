"""What happens to one request where it matters who asks: identity side, resource side, or both (rules 29 to 36).

    Sides.decide    the decision, and which sides allowed

The prover splits the same question into conjunctions (`clouds/aws/ways.py`), in its own words.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator, Sequence

from verifier.base.dataclass import dataclass
from verifier.base.memo import cached_property
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.policy.check import as_rcp, only_denies
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.policy.types import PolicyType
from verifier.clouds.aws.principals.asking import Asking, is_through_endpoint
from verifier.clouds.aws.principals.named import GrantKind, as_seen, granting
from verifier.clouds.aws.principals.principal import Principal, PrincipalKind, is_of_service
from verifier.clouds.aws.principals.resource_policy import ASSUMING, ResourceKind, ShownPolicy
from verifier.clouds.aws.principals.tied import asker_of, owner_of
from verifier.clouds.trace import Decision
from verifier.logic.request import Request


class AllowingSide(enum.Enum):
    """What allowed a request."""

    IDENTITY = "identity"
    RESOURCE = "resource"


Speaks = Callable[[Sequence[Policy]], bool]


@dataclass(frozen=True)
class Sides:
    """One request and what decides it; `allows` and `denies` judge documents that act as one.

    `proof`: what is not told is as a proof takes it to be (rules 30 and 31).
    """

    documents: Documents
    asking: Asking
    request: Request
    allows: Speaks
    denies: Speaks
    proof: bool = False

    def decide(self) -> tuple[Decision, tuple[str, ...]]:
        """Return the decision, and the sides that allowed, sorted. Raises Unsupported."""
        if any(self.denies((policy,)) for policy in self._denying()):
            return Decision.EXPLICIT_DENY, ()
        by = frozenset[AllowingSide]() if self._is_held_back() else self._by()
        decision = Decision.ALLOWED if by else Decision.IMPLICIT_DENY
        return decision, tuple(sorted(side.value for side in by))

    @cached_property
    def _principal(self) -> Principal | None:
        return asker_of(self.request) or self.asking.principal

    @cached_property
    def _has_account(self) -> bool:
        return self._principal is None or self._principal.kind.has_account

    @cached_property
    def _shown(self) -> tuple[ShownPolicy, Policy] | None:
        """The resource policy that covers the request, as it is for who asks."""
        shown = next((each for each in self.asking.resource_policies if each.cover.holds(self.request)), None)
        if shown is None:
            return None
        return shown, self._seen(shown.policy)

    @cached_property
    def _endpoint(self) -> Policy | None:
        """The endpoint policy, where the request is sent through the endpoint."""
        endpoint = self.asking.endpoint
        return None if endpoint is None or not is_through_endpoint(self.request) else self._seen(endpoint)

    def _seen(self, policy: Policy) -> Policy:
        """Return a document of the resource's side as it is for who asks (rules 31 and 34)."""
        bounded = self.documents.boundary is not None
        return as_seen(policy, self._principal, self.asking.federated_by, bounded=bounded, proof=self.proof)

    def _denying(self) -> Iterator[Policy]:
        """Yield the documents whose Deny statements bind the request."""
        for place, policy in self.documents.given():
            match place.type:
                case PolicyType.SCP:
                    bound = self._is_limited
                case PolicyType.RCP:
                    bound = self._binds_rcps
                case _:
                    bound = True
            if bound:
                yield as_rcp(policy) if place.type is PolicyType.RCP else policy
        if self._shown is not None:
            yield self._shown[1]
        if self._endpoint is not None:
            yield self._endpoint

    @cached_property
    def _is_limited(self) -> bool:
        """Whether SCPs bind who asks."""
        principal, organization = self._principal, self.asking.organization
        if principal is None:
            return True
        if organization is not None and organization.management == principal.account:
            return False
        return principal.kind.has_account and not self._is_service_linked

    @cached_property
    def _binds_rcps(self) -> bool:
        """Whether RCPs bind the resource. Where no account is told, that of the resource is taken to be a member."""
        principal, members = self._principal, self.asking.member_accounts
        if self._is_service_linked or (principal is not None and self._is_service_for_itself(principal)):
            return False
        owner = owner_of(self.request, principal)
        if members is not None:
            return owner in members
        if principal is None or not principal.account:
            return principal is None or not self.proof
        return owner == principal.account

    @property
    def _is_service_linked(self) -> bool:
        principal = self.asking.principal if self.proof else self._principal
        return principal is not None and principal.is_service_linked

    def _is_service_for_itself(self, principal: Principal) -> bool:
        return principal.kind is PrincipalKind.SERVICE and is_of_service(self.request.resource)

    def _is_held_back(self) -> bool:
        """Whether an SCP level or the endpoint policy does not allow the request."""
        if self._is_limited:
            for place, level in self.documents.levels():
                if place.type is PolicyType.SCP and not (only_denies(level) or self.allows(level)):
                    return True
        return self._endpoint is not None and not self.allows((self._endpoint,))

    def _by(self) -> frozenset[AllowingSide]:
        principal = self._principal
        if principal is not None and principal.kind is PrincipalKind.ROOT and self.request.action.lower() == ASSUMING:
            return frozenset()  # rule 33
        if self._shown is None:
            return frozenset((AllowingSide.IDENTITY,)) if self._has_account and self._identity else frozenset()
        shown, policy = self._shown
        if principal is not None and principal.kind is PrincipalKind.PROVIDER and shown.kind is not ResourceKind.ROLE:
            return frozenset()  # rule 33
        if principal is None or not self._has_account:
            return frozenset((AllowingSide.RESOURCE,)) if self.allows((policy,)) else frozenset()
        if (shown.account or owner_of(self.request, principal)) != principal.account:
            both = self._identity and self.allows((policy,))
            return frozenset(AllowingSide) if both else frozenset()
        alone = self.allows((granting(policy, GrantKind.ALONE),))
        limited = self._lets_through and self.allows((granting(policy, GrantKind.LIMITED),))
        named = alone or limited
        if shown.kind.is_strict:
            delegated = self._identity and self.allows((granting(policy, GrantKind.DELEGATED),))
            if not (named or delegated):
                return frozenset()
            return frozenset(AllowingSide) if self._identity else frozenset((AllowingSide.RESOURCE,))
        found = {AllowingSide.RESOURCE} if named else set()
        return frozenset(found | {AllowingSide.IDENTITY} if self._identity else found)

    @cached_property
    def _identity(self) -> bool:
        """Whether the identity side allows: the identity policies, the boundary and the session policy."""
        principal = self._principal
        if principal is not None and principal.kind is PrincipalKind.ROOT:
            return self._lets_through
        if principal is not None and principal.kind is PrincipalKind.FEDERATED and self.documents.session is None:
            return False
        policies = self.documents.policies
        return bool(policies) and self._lets_through and self.allows(policies)

    @cached_property
    def _lets_through(self) -> bool:
        """Whether boundary and session policy allow."""
        return all(self.allows((policy,)) for policy in self.documents.limits)
