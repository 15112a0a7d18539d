"""What a document says, whatever its order, layout and names: what a fingerprint is made of.

canonical(policy)              a document
canonical_statement(policy, i) one statement of it
digest(value)                  the hash of such values
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.policy.unknown import unknowns_of
from verifier.clouds.aws.policy.write import as_json


def canonical(policy: Policy) -> Any:
    """Return what a document says as JSON values that do not depend on order, layout, Id or Sids."""
    if policy.unknown or unknowns_of(policy):
        within = policy.source.within
        return [policy.source.text, [name for _, name in within.unknowns] if within else []]
    document: dict[str, Any] = as_json(policy)
    return [document.get("Version"), sorted(map(_unnamed, document["Statement"]), key=json.dumps)]


def canonical_statement(policy: Policy, index: int) -> Any:
    """Return what one statement says in the same way."""
    document: dict[str, Any] = as_json(policy)
    place = next(place for place, statement in enumerate(policy.statements) if statement.index == index)
    return _unnamed(document["Statement"][place])


def _unnamed(statement: dict[str, Any]) -> Any:
    return _sorted({key: value for key, value in statement.items() if key != "Sid"})


def digest(value: Any) -> str:
    """Return a hash of JSON values."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def _sorted(value: Any) -> Any:
    match value:
        case dict():
            return {key: _sorted(one) for key, one in sorted(value.items())}
        case list():
            return sorted((_sorted(one) for one in value), key=json.dumps)
        case _:
            return [value] if isinstance(value, str) else value
