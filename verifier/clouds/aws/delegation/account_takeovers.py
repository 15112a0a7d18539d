"""What takes over what runs as a role in an account: requests that leave the invariant, and what it then says less.

    taking_over_shapes(way, scene)   those of a way of the table
    granted_shapes(move, scene)      the same where a policy of a resource lets him take it over
    untold_shapes(scene, allowed)    the same of services that the table does not have

Which roles something runs as says `services.json`; without it, each role that trusts a service. What a way takes over
runs as a role that trusts the service of the way; of services that share roles with others, as whatever role.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from verifier.clouds.aws.audit.shapes import literal
from verifier.clouds.aws.delegation.account_scene import AccountScene, AccountShape, Less
from verifier.clouds.aws.delegation.becoming_steps import action_forms, providers_trusted, reached_at, services_trusted
from verifier.clouds.aws.delegation.invariant import shape_of
from verifier.clouds.aws.delegation.moves import DelegationMove
from verifier.clouds.aws.delegation.named_principals import for_everyone
from verifier.clouds.aws.delegation.role_takers import is_like_none, untold_takers
from verifier.clouds.aws.delegation.service_ways import ServiceWay, taking_over_in
from verifier.clouds.aws.delegation.state import ANYTHING_THAT_RUNS, Actor
from verifier.logic.request import Request


def taking_over_shapes(way: ServiceWay, scene: AccountScene) -> Iterator[AccountShape]:
    """Yield what takes over, by the first action of `way`, what runs as a role whom he cannot act as."""
    known = scene.on(way.actions[0], (), {})
    for resource, roles in _taken_over(way, scene).items():
        yield AccountShape({**known, "Resource": reached_at(resource)}, _adding_all("kept", roles))


def granted_shapes(move: DelegationMove, scene: AccountScene) -> Iterator[tuple[ServiceWay, AccountShape]]:
    """Yield what lets him in, by a policy of a resource that he may write, to take over what runs as a role."""
    asked = set[tuple[str, tuple[str, ...]]]()
    for way in taking_over_in(move.granted):
        for resource, roles in _taken_over(way, scene).items():
            if (resource, tuple(roles)) not in asked:
                asked.add((resource, tuple(roles)))
                shape = shape_of(move.actions, scene.facts, only=reached_at(resource))
                yield way, AccountShape(shape, _adding_all("kept", roles))


def _taken_over(way: ServiceWay, scene: AccountScene) -> dict[str, list[str]]:
    """Return the roles as which something runs that `way` takes over, by patterns of what runs."""
    action = way.actions[0]
    others = scene.facts.others("role", scene.invariant)
    running = [role for role in others if (role.runs or way.vouches) and _fits(way, role)]
    if not running:
        return {}
    forms = action_forms(action)
    by_resource: dict[str, list[str]] = {}
    for role in running:
        for resource in role.runs or (ANYTHING_THAT_RUNS,):
            told = resource != ANYTHING_THAT_RUNS and any(form.matches(resource) for form in forms)
            by_resource.setdefault(literal(resource) if told else "*", []).append(role.arn)
    return by_resource


def untold_shapes(scene: AccountScene, allowed: frozenset[str]) -> Iterator[AccountShape]:
    """Yield what may take over what runs as a role by an `allowed` action of a service that the table does not have."""
    by_trust: dict[frozenset[str], list[str]] = {}
    for role in scene.facts.others("role", scene.invariant):
        if role.runs and role.trust is not None:
            by_trust.setdefault(frozenset(services_trusted(role.trust)), []).append(role.arn)
    for served, roles in by_trust.items():
        if taking := sorted(allowed.intersection(untold_takers(served))):
            yield AccountShape(shape_of(taking, scene.facts), _adding_all("kept", roles))


def _adding_all(label: str, arns: Sequence[str]) -> Callable[[Request], Less]:
    """Return what is less said: all of `arns` are held under `label`."""
    return lambda _: [(label, arns)]


def _fits(way: ServiceWay, role: Actor) -> bool:
    """Whether what `way` takes over may run as `role`."""
    if (
        role.trust is None
        or for_everyone(role.trust) is not None
        or is_like_none(frozenset(services_trusted(role.trust)))
    ):
        return True
    if not way.is_of_one_service:
        return not way.vouches or any(True for _ in (*services_trusted(role.trust), *providers_trusted(role.trust)))
    named = (*services_trusted(role.trust), *providers_trusted(role.trust))
    return any(service.removesuffix(".amazonaws.com") in one for service in way.principals for one in named)
