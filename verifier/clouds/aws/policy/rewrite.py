"""A policy with other statements, as a text: the source, changed only where the statements differ (`edit.py`)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from verifier.clouds.aws.policy.edit import amend
from verifier.clouds.aws.policy.syntax import Policy, Statement
from verifier.clouds.aws.policy.write import as_json, write

# A statement as JSON.
Written: TypeAlias = Mapping[str, Any]


def rewrite(policy: Policy, changed: Mapping[int, Sequence[Written]], added: Sequence[Written] = ()) -> str:
    """Return the text of `policy` with other statements, as JSON, in the place of some, by their index, and some added.

    The text of a policy that was not read from a JSON text of its own is written anew first.
    """
    return amend(text_of(policy), "Statement", changed, added)


def text_of(policy: Policy) -> str:
    """Return the text that `policy` was read from where that is the document alone, else one that says the same."""
    return policy.source.text if _is_own(policy) else write(policy)


def _is_own(policy: Policy) -> bool:
    """Whether the source is a JSON document with the statements of `policy`, as far as their Effects and Sids tell."""
    try:
        found = json.loads(policy.source.text)
    except ValueError:
        return False
    body = found.get("Statement", []) if isinstance(found, dict) else []
    listed = body if isinstance(body, list) else [body]
    told = [(one.get("Effect"), one.get("Sid")) for one in listed if isinstance(one, dict)]
    return told == [(one.effect.value, one.sid) for one in policy.statements]


def statement_json(policy: Policy, statement: Statement) -> dict[str, Any]:
    """Return `statement` of `policy` as JSON."""
    found: Any = as_json(replace(policy, statements=(statement,)))["Statement"]
    return dict(found[0])
