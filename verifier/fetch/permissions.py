"""The policy that whoever fetches an account needs: every permission of the tables and no other, by construction."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from verifier.fetch.calls import ALWAYS_ASKED, Call
from verifier.fetch.chains import policy_chains, role_chains


def every_call() -> tuple[Call, ...]:
    """Return every call that is made to fetch an account that the caller is in."""
    chains = (*policy_chains(), *role_chains())
    return (*ALWAYS_ASKED, *(call for chain in chains for call in chain.calls))


def permissions() -> dict[str, Any]:
    """Return the policy document."""
    by_resource: defaultdict[str, set[str]] = defaultdict(set)
    for call in every_call():
        if call.action is not None:
            by_resource[call.resource].add(call.action)
    statements = [
        {"Effect": "Allow", "Action": sorted(actions, key=str.lower), "Resource": resource}
        for resource, actions in sorted(by_resource.items())
    ]
    return {"Version": "2012-10-17", "Statement": statements}
