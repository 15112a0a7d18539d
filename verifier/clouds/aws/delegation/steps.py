"""The steps that he can take in a state: each a move with its request, found by the prover and replayed.

    next_steps       the ways on from a state: steps, and the state after them
    assuming_steps   those of them that assume a role as it is

A family of steps is a function; a new one is a row of `STEP_FAMILIES`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.clouds.aws.delegation.becoming_steps import assuming, credentials, through_services
from verifier.clouds.aws.delegation.changing_steps import bounding, giving, grouping, leaving, removing, retagging
from verifier.clouds.aws.delegation.credential_steps import forging, renaming, service_credentials, vouching
from verifier.clouds.aws.delegation.making_steps import policies, principals, versions
from verifier.clouds.aws.delegation.state import DelegationState, documents_in
from verifier.clouds.aws.delegation.step_requests import Onward, StepRequests

STEP_FAMILIES = (
    credentials,
    assuming,
    forging,
    vouching,
    renaming,
    service_credentials,
    giving,
    bounding,
    versions,
    policies,
    principals,
    grouping,
    removing,
    leaving,
    retagging,
)


def next_steps(requests: StepRequests, state: DelegationState) -> Iterator[Onward]:
    """Yield every way on from `state`."""
    for who in state.acting:
        mine = documents_in(state, who)
        if mine is None:
            continue
        for family in STEP_FAMILIES:
            yield from family(requests, state, who, mine)
        of_resources = documents_in(state, who, of_resources=True)
        assert of_resources is not None
        yield from through_services(requests, state, who, of_resources)


def assuming_steps(requests: StepRequests, state: DelegationState) -> Iterator[Onward]:
    """Yield the ways on from `state` by assuming a role, which leaves the account as it is."""
    for who in state.acting:
        mine = documents_in(state, who)
        if mine is not None:
            yield from (one for one in assuming(requests, state, who, mine) if one.steps[0].move == "AssumeRole")
