"""The edits of a repair, and what a document says with them.

    NarrowingEdit, DenialEdit        the edits, each of one action
    edited_text              the text of a policy with edits
    edits_in_words           edits as an answer lists them, those that are alike together

An action that a statement names by itself is narrowed there: it stands in a statement of its own, with a condition on
`iam:PermissionsBoundary` or with other resources, or it is left out. What a statement allows by a wildcard or by all
that it does not name is denied in a new statement. A Deny and a narrowed Allow take away the same requests: those that
break the invariant.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from verifier.base.dataclass import dataclass
from verifier.clouds.aws.delegation.invariant import BOUNDARY_KEY
from verifier.clouds.aws.policy.edit import rewrite, statement_json
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.policy.write import one_or_list
from verifier.delegations.repaired import DelegationEdit


@dataclass(frozen=True)
class NarrowingEdit:
    """`action`, as statement number `statement` of a document names it, is allowed only so: with an approved
    `boundary`, and on `resources`, where these are given; else no longer at all.
    """

    document: int
    statement: int
    action: str
    boundary: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()


@dataclass(frozen=True)
class DenialEdit:
    """`action` is denied: on `resources`, or on all but `spared`; without an approved `boundary` only, where given."""

    document: int
    action: str
    boundary: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    spared: tuple[str, ...] = ()


RepairEdit: TypeAlias = NarrowingEdit | DenialEdit


def edited_text(policy: Policy, edits: Sequence[RepairEdit]) -> str:
    """Return the text of `policy` with `edits` of it."""
    narrowed: dict[int, list[NarrowingEdit]] = {}
    for edit in edits:
        if isinstance(edit, NarrowingEdit):
            narrowed.setdefault(edit.statement, []).append(edit)
    changed = {
        index: list(_narrowed(statement_json(policy, policy.statements[index]), several))
        for index, several in narrowed.items()
    }
    taken = {statement.sid for statement in policy.statements}
    denials = [edit for edit in edits if isinstance(edit, DenialEdit)]
    added = [_denying(several, taken) for several in _alike(denials)]
    if not added and len(changed) == len(policy.statements) and not any(changed.values()):
        added = [{"Sid": "NothingIsLeft", "Effect": "Deny", "Action": "*", "Resource": "*"}]
    return rewrite(policy, changed, added)


def _narrowed(statement: Mapping[str, Any], edits: Sequence[NarrowingEdit]) -> Iterator[dict[str, Any]]:
    """Yield what stands in the place of a statement: the rest of it, and one for each way in which it is narrowed."""
    actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
    taken = {edit.action for edit in edits}
    rest = [action for action in actions if action not in taken]
    groups = [several for several in _alike(edits) if several[0].boundary or several[0].resources]
    if rest:
        yield {**statement, "Action": one_or_list(rest)}
    for number, several in enumerate(groups, start=1):
        found = {**statement, "Action": one_or_list([edit.action for edit in several])}
        if "Sid" in statement and (rest or len(groups) > 1):
            found["Sid"] = f"{statement['Sid']}Kept{number}"
        if several[0].resources:
            found["Resource"] = one_or_list(list(several[0].resources))
        if several[0].boundary:
            found["Condition"] = _with_boundary(statement.get("Condition", {}), several[0].boundary)
        yield found


def _with_boundary(condition: Mapping[str, Mapping[str, Any]], approved: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return a condition that asks for an approved boundary in the place of what it says about boundaries."""
    kept = {
        operator: {key: value for key, value in keys.items() if key.lower() != BOUNDARY_KEY.lower()}
        for operator, keys in condition.items()
    }
    found = {operator: keys for operator, keys in kept.items() if keys}
    found["StringEquals"] = {**found.get("StringEquals", {}), BOUNDARY_KEY: one_or_list(list(approved))}
    return found


def _denying(edits: Sequence[DenialEdit], taken: set[str | None]) -> dict[str, Any]:
    """Return the statement of denials that are alike; its Sid is none of `taken`, and is added to them."""
    first = edits[0]
    name = "OnlyWithBoundary" if first.boundary else "OnlyInThePath" if first.spared else "NobodyClimbsOut"
    names = itertools.chain([name], (f"{name}{number}" for number in itertools.count(2)))
    sid = next(each for each in names if each not in taken)
    taken.add(sid)
    found: dict[str, Any] = {"Sid": sid, "Effect": "Deny", "Action": one_or_list([edit.action for edit in edits])}
    if first.resources:
        found["Resource"] = one_or_list(list(first.resources))
    elif first.spared:
        found["NotResource"] = one_or_list(list(first.spared))
    else:
        found["Resource"] = "*"
    if first.boundary:
        found["Condition"] = {"StringNotEquals": {BOUNDARY_KEY: one_or_list(list(first.boundary))}}
    return found


def _kind(edit: RepairEdit) -> object:
    """Return what edits have in common that are written together."""
    match edit:
        case NarrowingEdit():
            return edit.document, edit.statement, edit.boundary, edit.resources
        case DenialEdit():
            return edit.document, edit.boundary, edit.resources, edit.spared


def _alike(edits: Sequence[Any]) -> list[list[Any]]:
    groups: dict[object, list[Any]] = {}
    for edit in edits:
        groups.setdefault(_kind(edit), []).append(edit)
    return list(groups.values())


def edits_in_words(edits: Sequence[RepairEdit], policies: Sequence[Policy]) -> Iterator[DelegationEdit]:
    """Yield edits in words; `policies` are the documents that they number."""
    for several in _alike(edits):
        first = several[0]
        policy = policies[first.document]
        statement = first.statement if isinstance(first, NarrowingEdit) else None
        sid = policy.statements[statement].sid if statement is not None else None
        names = tuple(edit.action for edit in several)
        yield DelegationEdit(policy.source.name, statement, sid, names, _what(first))


def _what(edit: RepairEdit) -> str:
    several = json.dumps(one_or_list(list(edit.resources)))
    match edit:
        case NarrowingEdit(boundary=(), resources=()):
            return "no longer allowed"
        case NarrowingEdit(boundary=(), resources=_):
            return f"only on {several}"
        case NarrowingEdit():
            return f"only with iam:PermissionsBoundary {' or '.join(edit.boundary)}"
        case DenialEdit(boundary=(_, *_)):
            return f"denied without iam:PermissionsBoundary {' or '.join(edit.boundary)}"
        case DenialEdit(resources=(_, *_)):
            return f"denied on {several}"
        case DenialEdit(spared=(_, *_)):
            return f"denied on all but {' and '.join(edit.spared)}"
        case _:
            return "denied"
