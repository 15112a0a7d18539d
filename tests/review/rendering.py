"""A small account, as the files that a review reads: a Terraform plan, templates of CloudFormation, or a folder.

An account is `{"policies": {name: statements}, "roles": {name: {"boundary", "attached", "inline"}}}`; a boundary is the
name of a policy, an ARN, or null.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_ACCOUNT = "arn:aws:iam::111122223333:"
_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"},
    ],
}


def patched(target: Any, patch: Any) -> Any:
    """Return `target` with the JSON merge patch `patch` (RFC 7386); null is kept where it is a boundary."""
    if not isinstance(patch, dict):
        return patch
    found = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None and key != "boundary":
            found.pop(key, None)
        else:
            found[key] = patched(found.get(key), value)
    return found


def document(statements: Any) -> dict[str, Any]:
    """Return the document with these statements."""
    return {"Version": "2012-10-17", "Statement": statements}


def folder(account: Any, at: Path) -> None:
    """Write each document of an account to a file of its own."""
    at.mkdir()
    for name, statements in account["policies"].items():
        (at / f"{name}.json").write_text(json.dumps(document(statements), indent=1))
    for role, has in account["roles"].items():
        for name, statements in has["inline"].items():
            (at / f"{role}-{name}.json").write_text(json.dumps(document(statements)))


def template(account: Any) -> str:
    """Return the account as a template."""
    resources: dict[str, Any] = {}
    for name, statements in account["policies"].items():
        properties = {"PolicyDocument": document(statements)}
        resources[f"Policy{name}"] = {"Type": "AWS::IAM::ManagedPolicy", "Properties": properties}
    for role, has in account["roles"].items():
        properties = {
            "AssumeRolePolicyDocument": _TRUST,
            "ManagedPolicyArns": [{"Ref": f"Policy{name}"} for name in has["attached"]],
            "Policies": [
                {"PolicyName": name, "PolicyDocument": document(statements)}
                for name, statements in has["inline"].items()
            ],
        }
        if has["boundary"]:
            named = has["boundary"].startswith("arn:")
            properties["PermissionsBoundary"] = has["boundary"] if named else {"Ref": f"Policy{has['boundary']}"}
        resources[f"Role{role}"] = {"Type": "AWS::IAM::Role", "Properties": properties}
    return json.dumps({"Resources": resources}, indent=1)


def plan(before: Any, after: Any, moved: dict[str, str]) -> str:
    """Return a plan that makes one account of the other; `moved` are policies by their names now."""
    old, new = _resources(before), _resources(after)
    for now, was in moved.items():
        old[f"aws_iam_policy.{now}"] = old.pop(f"aws_iam_policy.{was}")
    changes = []
    for address in sorted({*old, *new}):
        kind, name = address.split(".")
        change: dict[str, Any] = {"actions": ["update"], "before": old.get(address), "after": new.get(address)}
        found = {"address": address, "mode": "managed", "type": kind, "name": name, "change": change}
        if kind == "aws_iam_policy" and name in moved:
            found["previous_address"] = f"aws_iam_policy.{moved[name]}"
        changes.append(found)
    return json.dumps({"format_version": "1.2", "terraform_version": "1.9.0", "resource_changes": changes})


def _resources(account: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, statements in account["policies"].items():
        policy = json.dumps(document(statements))
        found[f"aws_iam_policy.{name}"] = {"name": name, "arn": f"{_ACCOUNT}policy/{name}", "policy": policy}
    for role, has in account["roles"].items():
        boundary = has["boundary"]
        if boundary and not boundary.startswith("arn:"):
            boundary = f"{_ACCOUNT}policy/{boundary}"
        found[f"aws_iam_role.{role}"] = {
            "name": role,
            "arn": f"{_ACCOUNT}role/{role}",
            "assume_role_policy": json.dumps(_TRUST),
            "permissions_boundary": boundary,
        }
        for name in has["attached"]:
            tied = {"role": role, "policy_arn": f"{_ACCOUNT}policy/{name}"}
            found[f"aws_iam_role_policy_attachment.{role}_{name}"] = tied
        for name, statements in has["inline"].items():
            policy = json.dumps(document(statements))
            found[f"aws_iam_role_policy.{role}_{name}"] = {"role": role, "name": name, "policy": policy}
    return found


def dump(account: Any) -> dict[str, Any]:
    """Return the account as `aws iam get-account-authorization-details` prints it."""
    arn = f"{_ACCOUNT}policy/"
    roles = [
        {
            "RoleName": name,
            "RoleId": f"AROA{name.upper():X<17}",
            "Arn": f"{_ACCOUNT}role/{name}",
            "Path": "/",
            "AssumeRolePolicyDocument": has.get("trust", _TRUST),
            "RolePolicyList": [
                {"PolicyName": inline, "PolicyDocument": document(statements)}
                for inline, statements in has["inline"].items()
            ],
            "AttachedManagedPolicies": [
                {"PolicyName": each, "PolicyArn": each if each.startswith("arn:") else f"{arn}{each}"}
                for each in has["attached"]
            ],
            "InstanceProfileList": [
                {"InstanceProfileName": each, "Arn": f"{_ACCOUNT}instance-profile/{each}", "Path": "/", "Roles": []}
                for each in has.get("profiles", ())
            ],
            "Tags": [{"Key": key, "Value": value} for key, value in has.get("tags", {}).items()],
            **({"PermissionsBoundary": _bound(has["boundary"])} if has["boundary"] else {}),
        }
        for name, has in account["roles"].items()
    ]
    policies = [
        {
            "PolicyName": name,
            "Arn": f"{arn}{name}",
            "Path": "/",
            "DefaultVersionId": "v1",
            "PermissionsBoundaryUsageCount": 0,
            "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": True, "Document": document(statements)}],
        }
        for name, statements in account["policies"].items()
    ]
    return {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": roles, "Policies": policies}


def _bound(boundary: str) -> dict[str, str]:
    named = boundary if boundary.startswith("arn:") else f"{_ACCOUNT}policy/{boundary}"
    return {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": named}


def account_folder(account: Any, at: Path) -> None:
    """Write an account as `verifier audit` and its like read it, with its organization and resource policies."""
    at.mkdir(parents=True)
    (at / "dump.json").write_text(json.dumps(dump(account), indent=1))
    if "levels" in account:
        named = {"id": account.get("organization", "o-abc"), "accounts": account.get("accounts", ["111122223333"])}
        organization = {**named, "account": "111122223333", "levels": account["levels"]}
        (at / "organization.json").write_text(json.dumps(organization, indent=1))
    if "resources" in account:
        found = [{"resource": arn, "policy": document(held)} for arn, held in account["resources"].items()]
        (at / "resource-policies.json").write_text(json.dumps(found, indent=1))
    if "services" in account:
        uses = [{"resource": arn, "role": f"{_ACCOUNT}role/{role}"} for arn, role in account["services"].items()]
        (at / "services.json").write_text(json.dumps(uses, indent=1))
