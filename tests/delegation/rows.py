"""Rows of `paths.json`: a published path to higher rights, as an account and as a design.

start_of(row)        the ARN of the one who begins
twin_of(row)         the row with its mend: the smallest edit after which there is no way up
case_of(row)         the account, in the short form of `accounts.json`
design_of_row(row)   his policy, a boundary and a maximum, as the two-file form takes them

Keys of a row, beside its `name` and the `moves` of its chain: `has` (actions on `*`, resources by action, or
statements), `start` (`user` or `role`), `attached` (his policy is a managed one), `older` (of which an older version
allows everything), `several` (a policy for each statement), `member` (of a group without policies), `by_group` (his
policy is a group's). The rest of the account: `user` and `role` may do everything (a role has what its trust policy
names), `plain_user` and `plain_role` have no policy of their own (`role_policy`: one that allows little), `group` lets
its members do everything. `runs` and `weak_runs` run as the one role and as the other; `profile`: an instance profile.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.delegation.accounts import IAM, arn_of, document

BOUNDARY_ARN = f"{IAM}policy/TeamBoundary"
EVERYTHING = [{"Effect": "Allow", "Action": "*", "Resource": "*"}]
LITTLE = [{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}]
TEAM = [{"Effect": "Allow", "Action": ["s3:*", "dynamodb:*"], "Resource": "*"}]
_ELSEWHERE = "arn:aws:iam::999988887777:user/elsewhere"


def start_of(row: Mapping[str, Any]) -> str:
    """The ARN of the one who begins."""
    return arn_of(_start(row))


def _start(row: Mapping[str, Any]) -> str:
    return f"{row.get('start', 'user')}/start"


def statements_of(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The statements that he has."""
    has = row["has"]
    if isinstance(has, dict):
        every = [(action, resource if resource == "*" else arn_of(resource)) for action, resource in has.items()]
        return [{"Effect": "Allow", "Action": action, "Resource": resource} for action, resource in every]
    if has and isinstance(has[0], str):
        return [{"Effect": "Allow", "Action": has, "Resource": "*"}]
    return list(has)


def twin_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row after its mend: `without` an action, `on` one resource, `on_role`, or with other keys."""
    twin, has = dict(row["twin"]), row["has"]
    if (action := twin.pop("without", None)) is not None:
        kept = [name for name in has if name != action]
        twin["has"] = {name: has[name] for name in kept} if isinstance(has, dict) else kept
    if (resource := twin.pop("on", None)) is not None:
        twin["has"] = dict.fromkeys(has, resource)
    if (role := twin.pop("on_role", None)) is not None:
        twin["has"] = {**dict.fromkeys(has, "*"), "iam:PassRole": role}
    return {**row, **twin, "name": f"{row['name']}, mended"}


def design_of_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """The documents of the two-file form; he may do what his policy says, the others what the boundary says."""
    policy, team = document(statements_of(row) or LITTLE), document(TEAM)
    return {"policy": policy, "own": policy, "boundary_arn": BOUNDARY_ARN, "boundary": team, "maximum": team}


def case_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """The account; he himself may do what his policy says, and everybody what the team may."""
    groups: dict[str, Any] = {"group/admins": {"policies": [EVERYTHING]}} if row.get("group") else {}
    if row.get("member") or row.get("by_group"):
        groups["group/team"] = {"policies": [statements_of(row)] if row.get("by_group") else []}
    services = {row["runs"]: "role/ops/ops"} if row.get("runs") else {}
    if row.get("weak_runs"):
        services[row["weak_runs"]] = "role/plain/weak"
    return {
        "admin": _start(row),
        "maximum": TEAM,
        "own": statements_of(row) or LITTLE,
        "users": _users(row),
        "roles": _roles(row),
        "groups": groups,
        "policies": _managed(row),
        "services": services,
    }


def _his(row: Mapping[str, Any]) -> dict[str, Any]:
    """The one who begins."""
    statements, groups = statements_of(row), ["group/team"] if row.get("member") or row.get("by_group") else []
    if row.get("attached"):
        return {"attached": ["policy/start"], "groups": groups}
    if row.get("by_group") or not statements:
        return {"groups": groups}
    return {"policies": [[each] for each in statements] if row.get("several") else [statements], "groups": groups}


def _users(row: Mapping[str, Any]) -> dict[str, Any]:
    found = {_start(row): _his(row)} if row.get("start", "user") == "user" else {}
    if row.get("user"):
        found["user/ops/bob"] = {"policies": [EVERYTHING]}
    if row.get("plain_user"):
        found["user/plain/eve"] = {}
    return found


def _roles(row: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if row.get("start") == "role":
        found[_start(row)] = {**_his(row), "trust": [_ELSEWHERE]}
    if row.get("role"):
        found["role/ops/ops"] = {"policies": [EVERYTHING], "trust": _trusted(row, "role")}
        found["role/ops/ops"]["profile"] = row.get("profile", False)
    if row.get("plain_role"):
        attached = ["policy/plain"] if row.get("role_policy") else []
        found["role/plain/plain"] = {"attached": attached, "trust": _trusted(row, "plain_role")}
    if row.get("weak_runs"):
        found["role/plain/weak"] = {"trust": _trusted(row, "role")}
    return found


def _trusted(row: Mapping[str, Any], key: str) -> list[str]:
    names = {"start": _start(row), "root": "root", "plain": "role/plain/plain"}
    return [names.get(one, f"{one}.amazonaws.com") for one in row[key]]


def _managed(row: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"policy/plain": [LITTLE]} if row.get("role_policy") else {}
    if row.get("attached"):
        found["policy/start"] = [*([EVERYTHING] if row.get("older") else []), statements_of(row)]
    return found
