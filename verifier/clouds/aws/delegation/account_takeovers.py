"""What takes over what runs as a role in an account: requests that leave the invariant, and what it then says less.

    taking_over_shapes(way, scene)   those of a way of the table
    granted_shapes(move, scene)      the same where a policy of a resource lets him take it over
    untold_shapes(scene, allowed)    the same of services that the table does not have

Which roles something runs as is in `running_roles.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

from verifier.clouds.aws.delegation.account_scene import AccountScene, AccountShape, Less
from verifier.clouds.aws.delegation.becoming_steps import reached_at
from verifier.clouds.aws.delegation.invariant import shape_of
from verifier.clouds.aws.delegation.moves import DelegationMove
from verifier.clouds.aws.delegation.role_takers import untold_takers
from verifier.clouds.aws.delegation.service_ways import ServiceWay, taking_over_in
from verifier.logic.request import Request

_Key = TypeVar("_Key")


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
    return _whom_he_cannot_act_as(scene.facts.running.taken_over(way), scene)


def _whom_he_cannot_act_as(roles: Mapping[_Key, Sequence[str]], scene: AccountScene) -> dict[_Key, list[str]]:
    """Return `roles` without those whom he can act as."""
    kept = scene.invariant.kept
    left = ((key, [arn for arn in several if arn not in kept]) for key, several in roles.items())
    return {key: several for key, several in left if several}


def untold_shapes(scene: AccountScene, allowed: frozenset[str]) -> Iterator[AccountShape]:
    """Yield what may take over what runs as a role by an `allowed` action of a service that the table does not have."""
    for served, roles in _whom_he_cannot_act_as(scene.facts.running.by_services, scene).items():
        if taking := sorted(allowed.intersection(untold_takers(served))):
            yield AccountShape(shape_of(taking, scene.facts), _adding_all("kept", roles))


def _adding_all(label: str, arns: Sequence[str]) -> Callable[[Request], Less]:
    """Return what is less said: all of `arns` are held under `label`."""
    return lambda _: [(label, arns)]
