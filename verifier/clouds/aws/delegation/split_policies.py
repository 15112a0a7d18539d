"""Statements as managed policies that AWS saves: each within its size, and no more than one principal may carry.

Statements of several identity policies act as those of one, so any split says the same. A statement that is too large
for a policy of its own is split by its actions.

Source: IAM User Guide, *IAM and AWS STS quotas*: 6,144 characters without white space, 10 managed policies for a user
or role, unless a higher quota is granted.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from verifier.clouds.aws.policy.write import MANAGED, characters

MOST_ATTACHED = 10
# What stands around the statements.
_AROUND = characters('{"Version":"2012-10-17","Statement":[]}')


class AttachLimitReached(Exception):
    """The statements need more managed policies than a principal may carry, or one that is too large."""


def split_policies(statements: Sequence[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """Return the statements of each managed policy. Raises AttachLimitReached."""
    found: list[list[Mapping[str, Any]]] = [[]]
    room = MANAGED - _AROUND
    for statement in (part for one in statements for part in _fitting(one)):
        size = _size(statement)
        if size > room:
            found.append([])
            room = MANAGED - _AROUND
        found[-1].append(statement)
        room -= size
    if len(found) > MOST_ATTACHED:
        raise AttachLimitReached(
            f"his statements need {len(found)} managed policies, and a principal carries {MOST_ATTACHED} at most"
        )
    return found


def _fitting(statement: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the statement in parts that fit into a policy."""
    if _size(statement) <= MANAGED - _AROUND:
        yield statement
        return
    actions = statement["Action"]
    half = 0 if isinstance(actions, str) else len(actions) // 2
    if half == 0:
        raise AttachLimitReached(f"the statement {statement['Sid']} is too large for a managed policy")
    for name, part in (("A", actions[:half]), ("B", actions[half:])):
        yield from _fitting({**statement, "Sid": f"{statement['Sid']}{name}", "Action": part})


def _size(statement: Mapping[str, Any]) -> int:
    return characters(json.dumps(statement)) + 1
