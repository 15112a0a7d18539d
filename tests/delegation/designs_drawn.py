"""Small designs of a delegation, drawn at random: a quarter of them one edit away from one that a chain breaks.

    draw(random)            a design as JSON values
    with_fault(action)      a good design to which one way up is added: a chain needs `action`; if it is none of the
                            known ones, it writes policies of resources
    LEVERS                  the actions of which one is enough to act as somebody of the account, or beyond it

A design holds what `delegate` is given, and under `small` what the small account of `exhaustive.py` has besides: who
the administrator is, and where the statements stand that deny him something.
"""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

IAM = "arn:aws:iam::111122223333:"
BOUNDARY = f"{IAM}policy/TeamBoundary"
OWN_BOUNDARY = f"{IAM}policy/AdministratorBoundary"
ATTACHED = f"{IAM}policy/administration"
KEY = "iam:PermissionsBoundary"
TEAM = [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]
SECTIONS: dict[str, list[str]] = json.loads((Path(__file__).parent / "sections.json").read_text(encoding="utf-8"))
CREDENTIALS = frozenset(SECTIONS["Q7"]) - {"iam:CreateVirtualMFADevice", "iam:DeleteVirtualMFADevice"}
PROVIDERS = frozenset(SECTIONS["Q13"]) | frozenset(SECTIONS["Q14"])
# What only goes on with what another action began: by itself it takes nothing over.
_GOING_ON = frozenset(
    (
        "cloudformation:ExecuteChangeSet",
        "ec2:ModifyLaunchTemplate",
        "ec2:StartInstances",
        "ec2:StopInstances",
        "sagemaker:StartNotebookInstance",
        "sagemaker:StopNotebookInstance",
    )
)
TAKEN_OVER = frozenset(
    action
    for row, actions in SECTIONS.items()
    if row.startswith(("S-Running", "S-Handed", "S-Vouched"))
    for action in actions
    if action not in _GOING_ON
)
GRANTS = frozenset(SECTIONS["Q17"])
LEVERS = PROVIDERS | TAKEN_OVER
WITH_BOUNDARY = {"StringEquals": {KEY: BOUNDARY}}
_BOB = f"{IAM}user/ops/bob"
GOOD: list[dict[str, Any]] = [
    {
        "Effect": "Allow",
        "Action": ["iam:CreateUser", "iam:PutUserPolicy"],
        "Resource": f"{IAM}user/team/*",
        "Condition": WITH_BOUNDARY,
    },
    {
        "Effect": "Allow",
        "Action": ["iam:CreateRole", "iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy"],
        "Resource": f"{IAM}role/team/*",
        "Condition": WITH_BOUNDARY,
    },
    {"Effect": "Allow", "Action": "iam:CreateAccessKey", "Resource": f"{IAM}user/team/*"},
    {"Effect": "Allow", "Action": "iam:PassRole", "Resource": f"{IAM}role/team/*"},
]
_ACTIONS = (
    "iam:CreateUser",
    "iam:CreateRole",
    "iam:PutUserPolicy",
    "iam:PutRolePolicy",
    "iam:CreateAccessKey",
    "iam:PutUserPermissionsBoundary",
    "iam:DeleteUserPermissionsBoundary",
    "iam:DeleteRolePermissionsBoundary",
    "iam:CreatePolicy",
    "iam:CreatePolicyVersion",
    "iam:UpdateAssumeRolePolicy",
    "iam:AddUserToGroup",
    "iam:UpdateUser",
    "iam:UpdateGroup",
    "iam:PassRole",
    "sts:AssumeRole",
    "lambda:CreateFunction",
    "lambda:InvokeFunction",
    "lambda:UpdateFunctionCode",
    "iam:*User*",
    "iam:*Role*",
    "iam:*Group*",
    "iam:*",
    "s3:*",
)
_RESOURCES = (
    "*",
    f"{IAM}user/team/*",
    f"{IAM}role/team/*",
    f"{IAM}user/*",
    f"{IAM}role/*",
    f"{IAM}group/*",
    f"{IAM}policy/*",
    f"{IAM}policy/team/*",
    BOUNDARY,
    f"{IAM}user/administrator",
    f"{IAM}user/${{aws:username}}",
)
_CONDITIONS: tuple[dict[str, Any], ...] = (
    {},
    {},
    *[WITH_BOUNDARY] * 3,
    {"StringNotEquals": {KEY: BOUNDARY}},
    {"StringEqualsIfExists": {KEY: BOUNDARY}},
    {"ForAllValues:StringEquals": {KEY: BOUNDARY}},
    {"ArnLike": {KEY: f"{IAM}policy/*Boundary"}},
    {"Null": {KEY: "false"}},
)
_DENYING = ("DetachUserPolicy", "DeleteUserPolicy", "DetachRolePolicy", "DeleteRolePolicy")
_OF_GROUPS = ("DetachGroupPolicy", "DeleteGroupPolicy", "RemoveUserFromGroup")


def _allow(actions: str | list[str], resource: str = "*") -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resource}


def _document(statements: list[Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": statements}


def with_fault(action: str) -> dict[str, Any]:
    """A good design to which a way up is added that needs `action`, and little else."""
    name = action.removeprefix("iam:")
    small: dict[str, Any] = {"admin": f"{IAM}{'role' if 'RolePolicy' in name else 'user'}/administrator"}
    small |= {} if action in LEVERS or action.startswith(("iam:", "sts:")) else {"grants": [action]}
    own_boundary: list[dict[str, Any]] = []
    added = [_allow(action)]
    match name:
        case "CreateUser":
            added = [_allow([action, "iam:PutUserPolicy"], f"{IAM}user/team/*")]
        case "CreateRole":
            added = [_allow([action, "iam:PutRolePolicy", "sts:AssumeRole"], f"{IAM}role/team/*")]
        case "PassRole":
            added = [_allow([action, "lambda:CreateFunction", "lambda:InvokeFunction"])]
        case "UpdateGroup":
            added += [_allow(["iam:CreateGroup", "iam:PutGroupPolicy"], f"{IAM}group/team/*")]
        case "DeletePolicy":
            added += [_allow("iam:CreatePolicy")]
        case "CreatePolicyVersion" | "SetDefaultPolicyVersion":
            added = [_allow(action, BOUNDARY)]
            own_boundary = [*GOOD, *added, *TEAM]
        case _ if name in (*_DENYING, *_OF_GROUPS):
            added += [_allow("ec2:TerminateInstances"), {"Effect": "Deny", "Action": "ec2:*", "Resource": "*"}]
            small["deny"] = "group" if name in _OF_GROUPS else "attached" if name.startswith("Detach") else "inline"
        case "UpdateAssumeRolePolicy":
            small["admin"] = f"{IAM}user/administrator"
    return _design([*GOOD, *added], TEAM, small, own_boundary)


def _design(
    statements: list[Any], boundary: list[Any], small: dict[str, Any], own_boundary: list[Any] | None = None
) -> dict[str, Any]:
    found = {
        "policy": _document(statements),
        "own": _document(statements),
        "boundary_arn": BOUNDARY,
        "boundary": _document(boundary),
        "maximum": _document([*boundary, *(own_boundary or [])]),
        "small": small,
    }
    if own_boundary:
        found |= {"own_boundary_arn": OWN_BOUNDARY, "own_boundary": _document(own_boundary)}
    return found


def draw(random: Random) -> dict[str, Any]:
    """Return a design: a quarter are broken ones after one edit, half of the others begin with a good one."""
    if random.random() < 0.25:
        return _edited(random, with_fault(random.choice(_FAULTS)))
    statements = [dict(one) for one in GOOD] if random.random() < 0.5 else []
    more = random.choice((0, 1, 1, 2)) if statements else random.choice((1, 2, 3))
    statements += [_statement(random) for _ in range(more)]
    if statements and random.random() < 0.5:
        _edit(random, statements, random.randrange(len(statements)))
    boundary = [*TEAM, *([_statement(random)] if random.random() < 0.3 else [])]
    small = {"admin": f"{IAM}user/administrator", "deny": random.choice(("inline", "attached", "group"))}
    own_boundary = [*statements, *boundary] if random.random() < 0.15 else None
    return _design(statements, boundary, small, own_boundary)


_FAULTS = tuple(sorted(LEVERS | CREDENTIALS | GRANTS)) + 12 * tuple(
    action
    for row in ("Q1", "Q2", "Q3", "Q4", "Q4'", "Q5", "Q5'", "Q6", "Q8", "Q8'", "Q9", "Q10")
    for action in SECTIONS[row]
)


def _edited(random: Random, design: dict[str, Any]) -> dict[str, Any]:
    """A design after one edit of what was added to a good one, or with one Deny."""
    statements = list(design["policy"]["Statement"])
    if random.random() < 0.4:
        kept = [one for one in statements if one["Effect"] == "Allow"]
        actions = [action for one in kept[len(GOOD) :] for action in _listed(one["Action"])]
        denied = {"Effect": "Deny", "Action": random.choice(actions), "Resource": random.choice(_RESOURCES)}
        condition = random.choice(_CONDITIONS)
        statements.append({**denied, "Condition": condition} if condition else denied)
    else:
        _edit(random, statements, random.randrange(len(GOOD), len(statements)))
    return {**design, "policy": _document(statements), "own": _document(statements)}


def _listed(action: str | list[str]) -> list[str]:
    return [action] if isinstance(action, str) else action


def _edit(random: Random, statements: list[Any], place: int) -> None:
    edited = dict(statements[place])
    match random.randrange(4):
        case 0:
            edited.pop("Condition", None)
        case 1:
            edited["Resource"] = random.choice(_RESOURCES)
        case 2:
            edited["Condition"] = random.choice(_CONDITIONS[2:])
        case _:
            edited["Action"] = random.choice(_ACTIONS)
    statements[place] = edited


def _statement(random: Random) -> dict[str, Any]:
    actions = random.sample(_ACTIONS, random.choice((1, 1, 2, 3)))
    found: dict[str, Any] = {"Effect": "Deny" if random.random() < 0.25 else "Allow", "Action": actions}
    found["Resource"] = random.choice(_RESOURCES)
    condition = random.choice(_CONDITIONS)
    return {**found, "Condition": condition} if condition else found
