"""Unique ids of principals in policies, as the ARNs that they stand for.

AWS writes the id of a principal in the place of its ARN once the principal is deleted (IAM User Guide, *IAM
identifiers*). An id that somebody in the dump has stands for that one.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from verifier.base.source import Source
from verifier.clouds.aws.account.held import AccountDocument
from verifier.clouds.aws.account.model import AccountPrincipal

_IDS = ("AIDA", "AROA")


def with_arns(document: AccountDocument, find: Callable[[str], AccountPrincipal | None]) -> AccountDocument:
    """Return `document`, which is not broken, with the ids among its principals that `find` knows as their ARNs."""
    if not any(id_ in document.text for id_ in _IDS):
        return document

    def told(value: Any) -> Any:
        match value:
            case str():
                found = find(value) if value.startswith(_IDS) else None
                return found.arn if found else value
            case list():
                return [told(each) for each in value]
            case dict():
                return {name: told(each) for name, each in value.items()}
            case _:
                return value

    policy = json.loads(document.text)
    for statement in policy["Statement"] if isinstance(policy["Statement"], list) else [policy["Statement"]]:
        for element in ("Principal", "NotPrincipal"):
            if element in statement:
                statement[element] = told(statement[element])
    return AccountDocument(document.type, None, Source(document.file.name, json.dumps(policy), stand_in=True))
