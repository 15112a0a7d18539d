"""The accounts of `cases.json`: from what a case says in short to the files of an account.

account_in(said, folder, id)    the account, read from files
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from verifier.clouds.aws.account.model import Account

ID = "111122223333"


def arn_of(kind: str, name: str, id_: str = ID) -> str:
    """The ARN of a user, a role or a policy; `name` may hold a path."""
    return f"arn:aws:iam::{id_}:{kind}/{name}"


def policy_of(statements: Any) -> Any:
    """A document of statements; what is not a list stands for itself, as something broken does."""
    return {"Version": "2012-10-17", "Statement": statements} if isinstance(statements, list) else statements


def _principal(kind: str, path_and_name: str, said: dict[str, Any], id_: str) -> dict[str, Any]:
    path, _, name = path_and_name.rpartition("/")
    found: dict[str, Any] = {
        f"{kind}Name": name,
        "Arn": arn_of(kind.lower(), path_and_name, id_),
        "Path": f"/{path}/" if path else "/",
        f"{kind}Id": f"A{'ID' if kind == 'User' else 'RO'}A{name.upper():0<17}",
        f"{kind}PolicyList": [
            {"PolicyName": f"inline-{number}", "PolicyDocument": policy_of(one)}
            for number, one in enumerate(said.get("policies", []))
        ],
        "Tags": [{"Key": key, "Value": value} for key, value in said.get("tags", {}).items()],
    }
    if kind == "User":
        found["GroupList"] = said.get("groups", [])
    elif "trust" in said:
        found["AssumeRolePolicyDocument"] = policy_of(said["trust"])
    if "boundary" in said:
        boundary = (
            said["boundary"] if isinstance(said["boundary"], str) else arn_of("policy", f"boundary-of-{name}", id_)
        )
        found["PermissionsBoundary"] = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": boundary}
    return found


def _boundaries(said: dict[str, Any], id_: str) -> list[dict[str, Any]]:
    everybody = {**said.get("users", {}), **said.get("roles", {})}
    return [
        {
            "PolicyName": f"boundary-of-{name}",
            "Arn": arn_of("policy", f"boundary-of-{name}", id_),
            "PolicyVersionList": [
                {"Document": policy_of(one["boundary"]), "VersionId": "v1", "IsDefaultVersion": True}
            ],
        }
        for path_and_name, one in everybody.items()
        if isinstance(one.get("boundary"), list)
        for name in [path_and_name.rpartition("/")[2]]
    ]


def account_in(said: dict[str, Any], folder: Path, id_: str = ID) -> Account:
    """The account, read from files."""
    dump = {
        "UserDetailList": [_principal("User", name, one, id_) for name, one in said.get("users", {}).items()],
        "RoleDetailList": [_principal("Role", name, one, id_) for name, one in said.get("roles", {}).items()],
        "GroupDetailList": [
            {
                "GroupName": name,
                "Arn": arn_of("group", name, id_),
                "GroupPolicyList": [{"PolicyName": "inline", "PolicyDocument": policy_of(one)}],
            }
            for name, one in said.get("groups", {}).items()
        ],
        "Policies": [*_boundaries(said, id_), {"PolicyName": "unused", "Arn": arn_of("policy", "unused", id_)}],
        "IsTruncated": False,
    }
    folder.mkdir(exist_ok=True, parents=True)
    (folder / "account.json").write_text(json.dumps(dump), encoding="utf-8")
    if "resources" in said:
        resources = [{"resource": arn, "policy": policy_of(one)} for arn, one in said["resources"].items()]
        (folder / "resource-policies.json").write_text(json.dumps(resources), encoding="utf-8")
    if "organization" in said:
        organization = dict(said["organization"])
        levels = {name: [policy_of(one) for one in organization.pop(name, [])] for name in ("scps", "rcps")}
        organization |= {"id": "o-abc", "account": id_, "levels": [{"name": "root", **levels}]}
        (folder / "organization.json").write_text(json.dumps(organization), encoding="utf-8")
    return Account.load(folder)
