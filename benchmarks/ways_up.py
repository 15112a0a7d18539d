"""Ways up in a made-up account: users and roles who can make themselves administrators, each by a way of its own.

    with_ways_up(account, every)    gives each user and role of number `every` a way up; returns who has one

A way is a policy besides those that somebody has; a boundary is taken away, as it might be in the way. Three roles that
may do everything are added, for which some of the ways are: one that the account trusts, one for functions, and one for
instances.
"""

from __future__ import annotations

import itertools
from typing import Any

from account_generator import MadeUpAccount, allow, document, trust

IAM = "arn:aws:iam::111122223333:"
_TEAM = f"{IAM}user/made-by-team/*"
_OWN = "own"

# Statements as pairs of actions and a resource; `own` is the one who has the way.
WAYS = (
    [("iam:PutUserPolicy iam:PutRolePolicy", _OWN)],
    [("iam:CreateAccessKey", "*")],
    [("iam:PassRole", "*"), ("lambda:CreateFunction lambda:InvokeFunction", "*")],
    [("sts:AssumeRole", "*")],
    [("iam:CreatePolicyVersion", "*")],
    [("lambda:UpdateFunctionCode", "*")],
    [("iam:UpdateAssumeRolePolicy sts:AssumeRole", "*")],
    [("iam:CreateUser iam:PutUserPolicy iam:CreateAccessKey", _TEAM)],
    [("ssm:SendCommand", "*")],
)
_TRUSTED = ({"AWS": f"{IAM}root"}, {"Service": "lambda.amazonaws.com"}, {"Service": "ec2.amazonaws.com"})


def with_ways_up(account: MadeUpAccount, every: int = 20) -> set[str]:
    """Give each user and role of number `every` the next of `WAYS`; return their ARNs."""
    dump, found = account.dump, set[str]()
    ways = itertools.cycle(WAYS)
    for principal in [*dump["UserDetailList"], *dump["RoleDetailList"]][::every]:
        kind = "User" if "UserName" in principal else "Role"
        principal.pop("PermissionsBoundary", None)
        statements = [
            allow(actions.split(), principal["Arn"] if resource == _OWN else resource)
            for actions, resource in next(ways)
        ]
        principal.setdefault(f"{kind}PolicyList", []).append(_policy("way-up", *statements))
        found.add(principal["Arn"])
    dump["RoleDetailList"] += [_administrator(number, trusted) for number, trusted in enumerate(_TRUSTED)]
    return found


def _policy(name: str, *statements: dict[str, Any]) -> dict[str, Any]:
    return {"PolicyName": name, "PolicyDocument": document(*statements)}


def _administrator(number: int, trusted: dict[str, str]) -> dict[str, Any]:
    name, path = f"administration-{number}", "/"
    profile = {"InstanceProfileName": name, "Arn": f"{IAM}instance-profile/{name}", "Path": path, "Roles": []}
    return {
        "RoleName": name,
        "RoleId": f"AROAADMINISTRATIO{number:04}",
        "Arn": f"{IAM}role/{name}",
        "Path": path,
        "RolePolicyList": [_policy("everything", allow(["*"], "*"))],
        "AssumeRolePolicyDocument": document(trust(trusted)),
        "AttachedManagedPolicies": [],
        "InstanceProfileList": [profile] if "ec2.amazonaws.com" in trusted.values() else [],
    }
