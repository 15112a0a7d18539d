"""Syntax tree to text, and how large a text AWS saves.

The text is the inverse of `parse.py`, except spans, layout and the way in which escapes are written.

Source of the sizes: IAM User Guide, *IAM and AWS STS quotas*; Organizations User Guide, *Quotas and service limits*,
docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html. AWS doubled that of an SCP from 5,120 on
15 May 2026, everywhere and without a request; copies of the page from before say the old one. White space does not
count for IAM. For SCPs and RCPs it does unless the console saves them, so that a text near the limit is to be saved
without.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from verifier.base.errors import Unsupported
from verifier.clouds.aws.policy.syntax import (
    Actions,
    Condition,
    Policy,
    Principals,
    Resources,
    Statement,
)
from verifier.clouds.aws.policy.unknown import unknowns_of
from verifier.logic.readings import NOT_KNOWN

MANAGED = 6_144
# What a document may be saved as, with the most characters it may have.
SIZE_LIMITS: tuple[tuple[str, int], ...] = (
    ("managed policy", MANAGED),
    ("inline policy of a role", 10_240),
    ("inline policy of a group", 5_120),
    ("inline policy of a user", 2_048),
    ("SCP", 10_240),
    ("RCP", 5_120),
)


def write_policy(policy: Policy) -> str:
    """Return `policy` as JSON, indented by two, with a final new line.

    `parse(write_policy(policy))` says the same as `policy` in every field but `source` and spans; warnings of elements
    that hold nothing, such as an empty Condition, are not written.
    """
    return json.dumps(as_json(policy), indent=2, ensure_ascii=False) + "\n"


def as_json(policy: Policy) -> dict[str, object]:
    """Return `policy` as the JSON object of its document, with elements in the order of the guide's grammar.

    Raises Unsupported where parts of it have no value yet: a text would say something else.
    """
    if policy.unknown or unknowns_of(policy):
        raise Unsupported(NOT_KNOWN)
    found: dict[str, object] = {"Version": policy.version.value} if policy.version_written else {}
    if policy.id is not None:
        found["Id"] = policy.id
    return found | {"Statement": [_statement(statement) for statement in policy.statements]}


def text_as_spelled(policy: Policy) -> str:
    """Return a text that says what `policy` says, operators spelled as it spells them (rule 15)."""
    document: dict[str, Any] = as_json(policy)
    for statement, written in zip(policy.statements, document["Statement"], strict=True):
        spelled = {str(each.test): each.operator_text or str(each.test) for each in statement.conditions}
        if "Condition" in written:
            written["Condition"] = {spelled[name]: keys for name, keys in written["Condition"].items()}
    return json.dumps(document)


def said(policy: Policy) -> list[object]:
    """Return what `policy` says as JSON values, without Id and Sids."""
    statements: Any = as_json(policy)["Statement"]
    return [policy.version.value, [[pair for pair in each.items() if pair[0] != "Sid"] for each in statements]]


def _statement(statement: Statement) -> dict[str, object]:
    found: dict[str, object] = {} if statement.sid is None else {"Sid": statement.sid}
    found["Effect"] = statement.effect.value
    if statement.principals is not None:
        found["NotPrincipal" if statement.principals.negated else "Principal"] = _principals(statement.principals)
    if statement.actions is not None:
        found["NotAction" if statement.actions.negated else "Action"] = _texts(statement.actions)
    if statement.resources is not None:
        found["NotResource" if statement.resources.negated else "Resource"] = _texts(statement.resources)
    if statement.conditions:
        found["Condition"] = _conditions(statement.conditions)
    return found


def _principals(principals: Principals) -> object:
    found: dict[str, list[str]] = {}
    for entry in principals.entries:
        if entry.type is None:
            return entry.text
        found.setdefault(entry.type, []).append(entry.text)
    return {kind: one_or_list(texts) for kind, texts in found.items()}


def _texts(element: Actions | Resources) -> object:
    return one_or_list([entry.text for entry in element.entries])


def _conditions(conditions: Sequence[Condition]) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = {}
    for condition in conditions:
        values = [value.text for value in condition.values]
        found.setdefault(str(condition.test), {})[condition.key.name] = one_or_list(values)
    return found


def one_or_list(texts: list[str]) -> str | list[str]:
    """Return the one text of `texts`, or all of them where there are several or none."""
    return texts[0] if len(texts) == 1 else texts


def characters(text: str) -> int:
    """Return how many characters `text` has without white space, as AWS counts them."""
    return len("".join(text.split()))


def too_large_for(size: int) -> tuple[str, ...]:
    """Return what a document of `size` characters is too large to be saved as."""
    return tuple(name for name, most in SIZE_LIMITS if size > most)
