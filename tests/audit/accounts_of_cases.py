"""The accounts of `cases.json`: from what a case says of one principal to the files of an account.

account_of(said, folder)    an account with that principal, called `jane` unless the case says otherwise, and `roles`
intent_of_case(said)        what is intended; a maximum is written as its statements
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from verifier.clouds.aws.account.model import Account
from verifier.clouds.aws.audit.intent import Intent
from verifier.clouds.aws.policy.syntax import Policy
from verifier.config.model import IntentForm

ACCOUNT = "111122223333"


def arn(kind: str, name: str, path: str = "/") -> str:
    """The ARN of something in IAM."""
    return f"arn:aws:iam::{ACCOUNT}:{kind}{path}{name}"


def document(statements: list[Any]) -> dict[str, Any]:
    """A document of statements."""
    return {"Version": "2012-10-17", "Statement": statements}


def managed(name: str, *versions: list[Any]) -> dict[str, Any]:
    """A managed policy; the last of its versions is in force."""
    several = [
        {"Document": document(statements), "VersionId": f"v{number}", "IsDefaultVersion": number == len(versions)}
        for number, statements in enumerate(versions, 1)
    ]
    return {"PolicyName": name, "Arn": arn("policy", name), "PolicyVersionList": several}


def dump_of(said: dict[str, Any]) -> dict[str, Any]:
    """What AWS prints of the account."""
    kind = "Role" if said.get("role") else "User"
    name, path = said.get("name", "jane"), said.get("path", "/")
    principal: dict[str, Any] = {
        f"{kind}Name": name,
        "Arn": arn(kind.lower(), name, path),
        "Path": path,
        f"{kind}Id": f"{kind[0]}ID0000000000000001",
        f"{kind}PolicyList": [
            {"PolicyName": f"inline-{number}", "PolicyDocument": document(statements)}
            for number, statements in enumerate(said["policies"])
        ],
        "Tags": [{"Key": key, "Value": value} for key, value in said.get("tags", {}).items()],
        "GroupList": list(said.get("groups", {})),
    }
    policies = []
    if "boundary" in said:
        policies.append(managed("boundary", said["boundary"]))
        boundary = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn("policy", "boundary")}
        principal["PermissionsBoundary"] = boundary
    if "versions" in said:
        policies.append(managed("changed", *said["versions"]))
        principal["AttachedManagedPolicies"] = [{"PolicyName": "changed", "PolicyArn": arn("policy", "changed")}]
    if kind == "Role":
        trust = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": said.get("trust", "sts:AssumeRole")}
        principal["AssumeRolePolicyDocument"] = document(said.get("trust_policy", [trust]))
    groups = [
        {
            "GroupName": group,
            "Arn": arn("group", group),
            "GroupPolicyList": [{"PolicyName": "inline", "PolicyDocument": document(statements)}],
        }
        for group, statements in said.get("groups", {}).items()
    ]
    found = {f"{kind}DetailList": [principal], "GroupDetailList": groups, "Policies": policies, "IsTruncated": False}
    found["RoleDetailList"] = [*found.get("RoleDetailList", []), *map(role_of, said.get("roles", {}).items())]
    return found


def role_of(said: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    """A role besides, by its name: its policies and its trust policy."""
    name, one = said
    inline = [{"PolicyName": "inline", "PolicyDocument": document(statements)} for statements in one["policies"]]
    return {
        "RoleName": name,
        "Arn": arn("role", name),
        "Path": "/",
        "RoleId": f"RID{name}",
        "RolePolicyList": inline,
        "AssumeRolePolicyDocument": document(one["trust"]),
    }


def account_of(said: dict[str, Any], folder: Path) -> Account:
    """The account, read from files."""
    folder.mkdir(exist_ok=True)
    (folder / "account.json").write_text(json.dumps(dump_of(said)), encoding="utf-8")
    if "scps" in said:
        levels = [{"name": "level", "scps": [document(one) for one in level]} for level in said["scps"]]
        organization = {"id": "o-abc", "account": ACCOUNT, "levels": levels}
        (folder / "organization.json").write_text(json.dumps(organization), encoding="utf-8")
    if "resource_policies" in said:
        rows = [{"resource": name, "policy": document(one)} for name, one in said["resource_policies"].items()]
        (folder / "resource-policies.json").write_text(json.dumps(rows), encoding="utf-8")
    return Account.load(folder)


def intent_of_case(said: dict[str, Any]) -> Intent:
    """The intent, whose maxima are read from what stands in their places."""
    texts: dict[str, str] = {}

    def named(statements: list[Any]) -> str:
        name = f"maximum-{len(texts)}.json"
        texts[name] = json.dumps(document(statements))
        return name

    table = dict(said)
    if "maximum" in table:
        table["maximum"] = named(table["maximum"])
    if "maximums" in table:
        table["maximums"] = [{**one, "maximum": named(one["maximum"])} for one in table["maximums"]]
    return Intent.of(IntentForm.model_validate(table), lambda name: Policy.parse(texts[name], name))
