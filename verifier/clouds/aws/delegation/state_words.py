"""A state of an account in words: whom he can act as by then, and what the moves so far have changed."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.clouds.aws.delegation.state import Actor, DelegationState


def state_words(state: DelegationState) -> Iterator[str]:
    """Yield what `state` is, each sentence about whom he can act as, or about somebody or something that changed."""
    yield f"he can act as {', '.join(state.acting)}"
    for arn, service in sorted(state.served):
        yield f"he can act as {arn} in {service}"
    for actor in state.actors.changes.values():
        yield f"{actor.arn} {', '.join(_carries(actor))}"
    for arn, policy in state.policies.changes.items():
        yield f"{arn} {'allows everything' if policy.is_wide else f'is in force as {policy.in_force}'}"
    for group in state.groups.changes.values():
        yield f"{group.arn} {'allows everything' if group.is_wide else 'allows no more than at the start'}"


def _carries(actor: Actor) -> Iterator[str]:
    yield f"carries the boundary {actor.boundary}" if actor.boundary else "carries no boundary"
    if actor.is_wide:
        yield "has a policy that allows everything"
    if actor.groups:
        yield f"is in {' and '.join(actor.groups)}"
