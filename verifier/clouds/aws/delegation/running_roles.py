"""The roles of an account as which something runs, by what takes it over; found once, whoever begins.

    RunningRoles.taken_over      those that a way of the table takes over, by patterns of what runs
    RunningRoles.by_services     those as which something runs, by the services that they trust

Which roles something runs as says `services.json`; without it, each role that trusts a service. What a way takes over
runs as a role that trusts the service of the way; of services that share roles with others, as whatever role.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from verifier.base.memo import cached_property
from verifier.clouds.aws.audit.shapes import literal
from verifier.clouds.aws.delegation.becoming_steps import action_forms, providers_trusted, services_trusted
from verifier.clouds.aws.delegation.named_principals import for_everyone
from verifier.clouds.aws.delegation.role_takers import is_like_none
from verifier.clouds.aws.delegation.service_ways import ServiceWay
from verifier.clouds.aws.delegation.state import ANYTHING_THAT_RUNS, Actor


class RunningRoles:
    """See above; what is returned names roles by their ARNs."""

    def __init__(self, actors: Collection[Actor]) -> None:
        self._roles = [actor for actor in actors if actor.kind == "role"]
        self._taken: dict[ServiceWay, Mapping[str, Sequence[str]]] = {}

    def taken_over(self, way: ServiceWay) -> Mapping[str, Sequence[str]]:
        """Return the roles as which something runs that `way` takes over, by patterns of what runs."""
        if way not in self._taken:
            self._taken[way] = self._found(way)
        return self._taken[way]

    def _found(self, way: ServiceWay) -> Mapping[str, Sequence[str]]:
        found: defaultdict[str, list[str]] = defaultdict(list)
        forms, vouches, principals = action_forms(way.actions[0]), way.vouches, way.principals
        for role in self._roles:
            if (role.runs or vouches) and _fits(way, principals, role):
                for resource in role.runs or (ANYTHING_THAT_RUNS,):
                    told = resource != ANYTHING_THAT_RUNS and any(form.matches(resource) for form in forms)
                    found[literal(resource) if told else "*"].append(role.arn)
        return found

    @cached_property
    def by_services(self) -> Mapping[frozenset[str], Sequence[str]]:
        """The roles as which something runs, by the services that they trust; of no others is the trust known."""
        found: defaultdict[frozenset[str], list[str]] = defaultdict(list)
        for role in self._roles:
            if role.runs and role.trust is not None:
                found[frozenset(services_trusted(role.trust))].append(role.arn)
        return found


def _fits(way: ServiceWay, principals: frozenset[str], role: Actor) -> bool:
    """Whether what `way` takes over may run as `role`."""
    if role.trust is None or for_everyone(role.trust) is not None:
        return True
    served = frozenset(services_trusted(role.trust))
    if is_like_none(served):
        return True
    named = (*served, *providers_trusted(role.trust))
    if not way.is_of_one_service:
        return not way.vouches or bool(named)
    return any(service.removesuffix(".amazonaws.com") in one for service in principals for one in named)
