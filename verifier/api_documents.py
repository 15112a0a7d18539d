"""The documents of a call in Python, and who asks, as plain arguments to one value each (`api.py`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

from verifier.base.errors import UsageError
from verifier.clouds.aws.policy.syntax import Policy
from verifier.logic.request import Request

if TYPE_CHECKING:
    from verifier.clouds.aws.documents import Documents
    from verifier.clouds.aws.principals.asking import Asking

# By the ARN of each resource.
ResourcePolicies: TypeAlias = Mapping[str, Policy]
Levels: TypeAlias = Iterable[Policy | Sequence[Policy]]


def who_asks(
    principal: str | None,
    resource_policies: ResourcePolicies | None,
    endpoint: Policy | None,
    organization: Mapping[str, object] | None,
    federated_by: str | None,
    *,
    request: Request | None = None,
    explicit: bool = False,
) -> Asking | None:
    """Return who asks as one value; None where nothing tells it. Raises UsageError."""
    told = (principal, resource_policies, endpoint, organization, federated_by, explicit or None)
    if told == (None,) * len(told) and (request is None or request.principal is None):
        return None
    from verifier.clouds.aws.read_asking import asking_of  # noqa: PLC0415 - only where it is needed

    return asking_of(
        principal,
        request,
        resource_policies=tuple((resource_policies or {}).items()),
        endpoint=endpoint,
        organization=organization,
        federated_by=federated_by,
        explicit=explicit,
    )


def documents_given(
    policies: Iterable[Policy],
    boundary: Policy | None = None,
    session: Policy | None = None,
    scps: Levels | None = None,
    rcps: Iterable[Policy] | None = None,
    *,
    asking: Asking | None = None,
) -> Documents:
    """Return the documents of a call as one value.

    Raises UsageError where there is no identity policy, and it is not told who asks.
    """
    if not (found := tuple(policies)) and asking is None:
        raise UsageError("no identity policy given", help="give at least one")
    documents = beside_of(boundary, session, scps, rcps, found)
    return documents if asking is None else replace(documents, asking=asking)


def beside_of(
    boundary: Policy | None,
    session: Policy | None,
    scps: Levels | None,
    rcps: Iterable[Policy] | None,
    policies: tuple[Policy, ...] = (),
) -> Documents:
    """Return `policies` and the documents that act together with them; an SCP by itself is a level."""
    levels = tuple((level,) if isinstance(level, Policy) else tuple(level) for level in scps) if scps else ()
    return _documents()(policies, boundary, session, levels, tuple(rcps or ()))


@cache
def _documents() -> type[Documents]:
    from verifier.clouds.aws.documents import Documents  # noqa: PLC0415 - only where it is needed

    return Documents
