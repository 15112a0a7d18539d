"""The questions about delegations as the package offers them: plain arguments in, answers out.

delegate(policies, ...)              can a delegated administrator ever climb out?
repair_delegation(policies, ...)     which small edits keep him from it?
write_delegation(services, ...)      the documents of a delegation, proved
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from verifier.api import ReadingName, ask_of

if TYPE_CHECKING:
    from verifier.clouds.aws.delegation.invariant import Design
    from verifier.clouds.aws.policy.syntax import Policy
    from verifier.delegations.answer import DelegationAnswer
    from verifier.delegations.repaired import DelegationRepair
    from verifier.delegations.written import DelegationWriting


def delegate(  # noqa: PLR0913 - the documents of a design, and how it is asked about
    policies: Sequence[Policy],
    *,
    boundary_arn: str,
    boundary: Policy,
    maximum: Policy,
    admin: str | None = None,
    own: Policy | None = None,
    own_boundary: tuple[str, Policy] | None = None,
    moves: int = 4,
    timeout: float = 60.0,
    reading: ReadingName = "all",
) -> DelegationAnswer:
    """Return whether an administrator with `policies` can ever exceed `maximum`, alone or through whom he makes.

    Whom he makes has to carry `boundary`, whose ARN is `boundary_arn`. He himself may do what `own` allows, too, and
    carries `own_boundary`, an ARN and its document; `admin` is his ARN. A chain has at most so many `moves`. Raises
    UsageError for an ARN that is not one, PolicyError for a document that does not suit its place.
    """
    from verifier.clouds.aws.delegation.delegate import delegate as answer  # noqa: PLC0415 - only where it is needed

    design = _design(policies, boundary_arn, boundary, maximum, admin, own, own_boundary)
    return answer(design, ask_of(timeout, "fast", reading=reading), moves)


def repair_delegation(  # noqa: PLR0913 - as above
    policies: Sequence[Policy],
    *,
    boundary_arn: str,
    boundary: Policy,
    maximum: Policy,
    admin: str | None = None,
    own: Policy | None = None,
    own_boundary: tuple[str, Policy] | None = None,
    timeout: float = 60.0,
    reading: ReadingName = "all",
) -> DelegationRepair:
    """Return edits of the documents after which the design is proved; the arguments are those of `delegate`."""
    from verifier.clouds.aws.delegation.repair import repair_delegation as answer  # noqa: PLC0415 - as above

    design = _design(policies, boundary_arn, boundary, maximum, admin, own, own_boundary)
    return answer(design, ask_of(timeout, "fast", reading=reading))


def write_delegation(
    services: Sequence[str],
    *,
    path: str,
    boundary_arn: str,
    own_services: Sequence[str] = (),
    timeout: float = 60.0,
    reading: ReadingName = "all",
) -> DelegationWriting:
    """Return the documents of a delegation of `services` in `path`, which are proved.

    `own_services` are what the administrator may use himself, too. Raises UsageError for what cannot be asked for.
    """
    from verifier.clouds.aws.delegation.write import WantedDelegation  # noqa: PLC0415 - as above
    from verifier.clouds.aws.delegation.write import write_delegation as answer  # noqa: PLC0415 - as above

    wanted = WantedDelegation(tuple(services), path, boundary_arn, tuple(own_services))
    return answer(wanted, ask_of(timeout, "fast", reading=reading))


def _design(
    policies: Sequence[Policy],
    boundary_arn: str,
    boundary: Policy,
    maximum: Policy,
    admin: str | None,
    own: Policy | None,
    own_boundary: tuple[str, Policy] | None,
) -> Design:
    from verifier.clouds.aws.delegation.invariant import Design  # noqa: PLC0415 - as above

    return Design(tuple(policies), boundary_arn, boundary, maximum, admin, own_boundary, own)
