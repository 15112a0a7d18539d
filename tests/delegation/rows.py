"""Rows of `paths.json` and `obligations.json`: a small account in a line, as files of an account and as a design.

start_of(row)        the ARN of the one who begins
statements_of(row)   what he has
twin_of(row)         the row with its mend: the smallest edit after which there is no way up
dump_of(row)         the account as `aws iam get-account-authorization-details` prints it
services_of(row)     what runs as which role, as `services.json` has it
design_of_row(row)   his policy, a boundary and a maximum, as `replay` and the two-file form take them

Keys of a row, beside its `name` and the `moves` of its chain: `has` (actions on `*`, resources by action, or
statements), `start` (`user` or `role`), `attached` (his policy is a managed one), `older` (of which an older version
allows everything), `several` (a policy for each statement), `member` (of a group without policies), `by_group` (his
policy is a group's). The rest of the account: `user` and `role` may do everything (a role has what its trust policy
names), `plain_user` and `plain_role` have no policy of their own (`role_policy`: one that allows little), `group` lets
its members do everything. `runs` and `weak_runs` run as the one role and as the other; `profile`: an instance profile.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

ID = "111122223333"
IAM = f"arn:aws:iam::{ID}:"
BOUNDARY_ARN = f"{IAM}policy/TeamBoundary"
EVERYTHING = [{"Effect": "Allow", "Action": "*", "Resource": "*"}]
LITTLE = [{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}]
TEAM = [{"Effect": "Allow", "Action": ["s3:*", "dynamodb:*"], "Resource": "*"}]
_NAMES = {"start": "{start}", "root": f"{IAM}root", "plain": f"{IAM}role/plain/plain"}


def document(statements: list[Any]) -> dict[str, Any]:
    """The document of `statements`."""
    return {"Version": "2012-10-17", "Statement": statements}


def start_of(row: Mapping[str, Any]) -> str:
    """The ARN of the one who begins."""
    return f"{IAM}{row.get('start', 'user')}/start"


def statements_of(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The statements that he has."""
    has = row["has"]
    if isinstance(has, dict):
        return [{"Effect": "Allow", "Action": action, "Resource": _arn(resource)} for action, resource in has.items()]
    if has and isinstance(has[0], str):
        return [{"Effect": "Allow", "Action": has, "Resource": "*"}]
    return list(has)


def _arn(text: str) -> str:
    return text if text == "*" or text.startswith("arn:") else f"{IAM}{text}"


def twin_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row after its mend: `without` an action, `on` one resource, `on_role`, or with other keys."""
    twin, has = dict(row["twin"]), row["has"]
    if (action := twin.pop("without", None)) is not None:
        kept = {name: has[name] for name in has if name != action} if isinstance(has, dict) else []
        twin["has"] = kept or [name for name in has if name != action]
    if (resource := twin.pop("on", None)) is not None:
        twin["has"] = dict.fromkeys(has, resource)
    if (role := twin.pop("on_role", None)) is not None:
        twin["has"] = {**dict.fromkeys(has, "*"), "iam:PassRole": role}
    return {**row, **twin, "name": f"{row['name']}, mended"}


def design_of_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """The documents of the two-file form; he may do what his policy says, the others what the boundary says."""
    policy = document(statements_of(row) or LITTLE)
    return {
        "policy": policy,
        "own": policy,
        "boundary_arn": BOUNDARY_ARN,
        "boundary": document(TEAM),
        "maximum": document(TEAM),
    }


def services_of(row: Mapping[str, Any]) -> list[dict[str, str]]:
    """What runs as which role."""
    found = [(row.get("runs"), "role/ops/ops"), (row.get("weak_runs"), "role/plain/weak")]
    return [{"resource": resource, "role": f"{IAM}{role}"} for resource, role in found if resource]


def dump_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """The account as AWS prints it."""
    return {
        "UserDetailList": list(_users(row)),
        "RoleDetailList": list(_roles(row)),
        "GroupDetailList": list(_groups(row)),
        "Policies": list(_managed(row)),
    }


def _inline(documents: list[list[Any]]) -> list[dict[str, Any]]:
    return [
        {"PolicyName": f"inline-{number}", "PolicyDocument": document(each)} for number, each in enumerate(documents)
    ]


def _his(row: Mapping[str, Any]) -> dict[str, Any]:
    """His policies, as fields of a user or role whose kind is told by `row`."""
    kind, statements = row.get("start", "user").capitalize(), statements_of(row)
    attached = [{"PolicyName": "start", "PolicyArn": f"{IAM}policy/start"}] if row.get("attached") else []
    own = [] if attached or row.get("by_group") or not statements else [statements]
    return {
        f"{kind}PolicyList": _inline([[each] for each in statements] if row.get("several") else own),
        "AttachedManagedPolicies": attached,
    }


def _users(row: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    if row.get("start", "user") == "user":
        groups = ["team"] if row.get("member") or row.get("by_group") else []
        yield {**_named("user", "start"), "GroupList": groups, **_his(row)}
    if row.get("user"):
        yield {**_named("user", "ops/bob"), "UserPolicyList": _inline([EVERYTHING])}
    if row.get("plain_user"):
        yield _named("user", "plain/eve")


def _named(kind: str, path_and_name: str) -> dict[str, Any]:
    path, _, name = path_and_name.rpartition("/")
    title = kind.capitalize()
    return {
        f"{title}Name": name,
        "Path": f"/{path}/" if path else "/",
        f"{title}Id": f"{title[0]}ID{name.upper():X>16}",
        "Arn": f"{IAM}{kind}/{path_and_name}",
        "CreateDate": "2024-01-01T00:00:00+00:00",
        f"{title}PolicyList": [],
        "AttachedManagedPolicies": [],
        **({"GroupList": []} if kind == "user" else {}),
    }


def _roles(row: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    if row.get("start") == "role":
        yield {**_role("start", ["elsewhere"], row), **_his(row)}
    if row.get("role"):
        yield {**_role("ops/ops", row["role"], row, row.get("profile", False)), "RolePolicyList": _inline([EVERYTHING])}
    if row.get("plain_role"):
        policy = [{"PolicyName": "plain", "PolicyArn": f"{IAM}policy/plain"}] if row.get("role_policy") else []
        yield {**_role("plain/plain", row["plain_role"], row), "AttachedManagedPolicies": policy}
    if row.get("weak_runs"):
        yield _role("plain/weak", row["role"], row)


def _role(path_and_name: str, trusts: list[str], row: Mapping[str, Any], profile: bool = False) -> dict[str, Any]:
    name, principals = path_and_name.rpartition("/")[2], dict[str, list[str]]()
    for one in trusts:
        if one in _NAMES:
            principals.setdefault("AWS", []).append(_NAMES[one].format(start=start_of(row)))
        elif one == "elsewhere":
            principals.setdefault("AWS", []).append("arn:aws:iam::999988887777:user/elsewhere")
        else:
            principals.setdefault("Service", []).append(f"{one}.amazonaws.com")
    trust = {"Effect": "Allow", "Principal": principals, "Action": "sts:AssumeRole"}
    profiles = [{"InstanceProfileName": name, "Arn": f"{IAM}instance-profile/{name}", "Roles": []}] if profile else []
    return {
        **_named("role", path_and_name),
        "AssumeRolePolicyDocument": document([trust]),
        "InstanceProfileList": profiles,
    }


def _groups(row: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    empty = {"CreateDate": "2024-01-01T00:00:00+00:00", "AttachedManagedPolicies": []}
    if row.get("member") or row.get("by_group"):
        said = [statements_of(row)] if row.get("by_group") else []
        yield _group("team") | empty | {"GroupPolicyList": _inline(said)}
    if row.get("group"):
        yield _group("admins") | empty | {"GroupPolicyList": _inline([EVERYTHING])}


def _group(name: str) -> dict[str, Any]:
    return {"GroupName": name, "GroupId": f"GID{name.upper():X>16}", "Path": "/", "Arn": f"{IAM}group/{name}"}


def _managed(row: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    if row.get("attached"):
        yield _policy("start", [EVERYTHING] if row.get("older") else [], statements_of(row))
    if row.get("role_policy"):
        yield _policy("plain", [], LITTLE)


def _policy(name: str, older: list[list[Any]], statements: list[Any]) -> dict[str, Any]:
    versions = [
        {"VersionId": f"v{number}", "IsDefaultVersion": number == len(older) + 1, "Document": document(each)}
        for number, each in enumerate([*older, statements], start=1)
    ]
    return {
        "PolicyName": name,
        "PolicyId": f"PID{name.upper():X>16}",
        "Arn": f"{IAM}policy/{name}",
        "Path": "/",
        "DefaultVersionId": f"v{len(versions)}",
        "AttachmentCount": 1,
        "IsAttachable": True,
        "PolicyVersionList": versions,
    }


def folder_of(row: Mapping[str, Any]) -> dict[str, str]:
    """The files of the account: name and text."""
    return {"iam.json": json.dumps(dump_of(row)), "services.json": json.dumps(services_of(row))}
