"""The accounts of `accounts.json`: a case in its short form as the files of an account, and as what `replay` takes.

    files_of(case)      the dump and its companions, as AWS and the guide have them
    replayable(case)    the same account for `replay`

Names stand for ARNs: `user/team/kim` is `arn:aws:iam::111122223333:user/team/kim`. A policy is a list of statements, in
which `@` stands for `arn:aws:iam::111122223333:`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from zlib import crc32

from verifier.clouds.aws.account.model import Account

IAM = "arn:aws:iam::111122223333:"


def arn_of(name: str) -> str:
    """The ARN that a name stands for."""
    return name if name.startswith("arn:") else IAM + name


def document(statements: Any) -> dict[str, Any]:
    """The document of statements."""
    found: dict[str, Any] = json.loads(json.dumps({"Version": "2012-10-17", "Statement": statements}).replace("@", IAM))
    return found


def trust(trusts: list[Any]) -> dict[str, Any]:
    """The trust policy of a role: statements, or names, services and `root`."""
    if trusts and isinstance(trusts[0], dict):
        return document(trusts)
    principals: dict[str, list[str]] = {}
    for one in trusts:
        service = one.endswith(".amazonaws.com")
        principals.setdefault("Service" if service else "AWS", []).append(one if service else arn_of(one))
    return document([{"Effect": "Allow", "Principal": principals, "Action": "sts:AssumeRole"}])


def _carrier(kind: str, name: str, one: dict[str, Any]) -> dict[str, Any]:
    path, _, last = name.partition("/")[2].rpartition("/")
    inline = [
        {"PolicyName": f"policy-{number}", "PolicyDocument": document(statements)}
        for number, statements in enumerate(one.get("policies", []), 1)
    ]
    attached = [{"PolicyName": each.rpartition("/")[2], "PolicyArn": arn_of(each)} for each in one.get("attached", [])]
    found: dict[str, Any] = {
        f"{kind}Name": last,
        "Arn": arn_of(name),
        "Path": f"/{path}/" if path else "/",
        f"{kind}Id": f"{'AIDA' if kind == 'User' else 'AROA'}{crc32(name.encode()):016d}",
        f"{kind}PolicyList": inline,
        "AttachedManagedPolicies": attached,
    }
    if kind != "Group":
        found["Tags"] = [{"Key": key, "Value": value} for key, value in one.get("tags", {}).items()]
    if "boundary" in one:
        boundary = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn_of(one["boundary"])}
        found["PermissionsBoundary"] = boundary
    return found


def files_of(case: dict[str, Any]) -> dict[str, Any]:
    """The files of the account of a case, by their names."""
    users = [
        {**_carrier("User", name, one), "GroupList": [each.rpartition("/")[2] for each in one.get("groups", [])]}
        for name, one in case["users"].items()
    ]
    roles = []
    for name, one in case.get("roles", {}).items():
        profile = {"Arn": arn_of(name.replace("role/", "instance-profile/")), "InstanceProfileName": "profile"}
        profiles = [profile] if one.get("profile") else []
        roles.append(
            {
                **_carrier("Role", name, one),
                "AssumeRolePolicyDocument": trust(one.get("trust", ["user/nobody"])),
                "InstanceProfileList": profiles,
            }
        )
    groups = [_carrier("Group", name, one) for name, one in case.get("groups", {}).items()]
    policies = [
        {
            "PolicyName": name.rpartition("/")[2],
            "Arn": arn_of(name),
            "DefaultVersionId": f"v{len(versions)}",
            "PolicyVersionList": [
                {"Document": document(one), "VersionId": f"v{number}", "IsDefaultVersion": number == len(versions)}
                for number, one in enumerate(versions, 1)
            ],
        }
        for name, versions in case.get("policies", {}).items()
    ]
    found: dict[str, Any] = {
        "account.json": {
            "UserDetailList": users,
            "RoleDetailList": roles,
            "GroupDetailList": groups,
            "Policies": policies,
        }
    }
    if "resource_policies" in case:
        found["resource-policies.json"] = [
            {"resource": arn, "policy": document(statements)} for arn, statements in case["resource_policies"].items()
        ]
    if "services" in case:
        found["services.json"] = [
            {"resource": resource, "role": arn_of(role)} for resource, role in case["services"].items()
        ]
    if "scps" in case:
        level = {"name": "root", "scps": [document(each) for each in case["scps"]], "rcps": []}
        found["organization.json"] = {"id": "o-exampleorgid", "account": "111122223333", "levels": [level]}
    return found


def account_of_case(case: dict[str, Any], folder: Path) -> Account:
    """The account of a case, read from files in `folder`."""
    for name, value in files_of(case).items():
        (folder / name).write_text(json.dumps(value), encoding="utf-8")
    return Account.load(folder)


def replayable(case: dict[str, Any]) -> dict[str, Any]:
    """The account of a case, for `replay`."""
    who = {}
    for name, one in {**case["users"], **case.get("roles", {})}.items():
        who[arn_of(name)] = {
            "inline": {f"policy-{n}": document(each) for n, each in enumerate(one.get("policies", []), 1)},
            "attached": [arn_of(each) for each in one.get("attached", [])],
            "boundary": arn_of(one["boundary"]) if "boundary" in one else None,
            "groups": [arn_of(each) for each in one.get("groups", [])],
            "trust": trust(one.get("trust", ["user/nobody"])) if name.startswith("role/") else None,
            "tags": dict(one.get("tags", {})),
        }
    groups = {
        arn_of(name): {
            "inline": {f"policy-{n}": document(each) for n, each in enumerate(one.get("policies", []), 1)},
            "attached": [arn_of(each) for each in one.get("attached", [])],
        }
        for name, one in case.get("groups", {}).items()
    }
    policies = {
        arn_of(name): {
            "versions": {f"v{n}": document(each) for n, each in enumerate(versions, 1)},
            "default": f"v{len(versions)}",
        }
        for name, versions in case.get("policies", {}).items()
    }
    uses: dict[str, list[str]] = {}
    for resource, role in case.get("services", {}).items():
        uses.setdefault(arn_of(role), []).append(resource)
    if "services" not in case:
        uses = {arn_of(name): ["*"] for name in case.get("roles", {})}
    shown = {arn: document(statements) for arn, statements in case.get("resource_policies", {}).items()}
    limits = {"scps": [[document(each) for each in case["scps"]]]} if "scps" in case else {}
    own = {"own": document(case["own"])} if "own" in case else {}
    return {
        "who": who,
        "groups": groups,
        "policies": policies,
        "runs": uses,
        "resource_policies": shown,
        **limits,
        "maximum": document(case["maximum"]),
        **own,
    }
