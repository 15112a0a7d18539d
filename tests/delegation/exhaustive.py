"""Small designs of a delegation, drawn at random, and a search that tries everything in a small account.

    draw(random)             a design as JSON values; some are one edit away from one that a chain breaks
    some_chain(design, most) the moves of a chain of at most `most` moves in the small account, or None

The search shares no code with `verifier delegate`: an account is a dictionary, each move is written out here, and the
evaluator decides each request. So a design that is proved must have no chain here.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from random import Random
from typing import Any

from verifier import Decision, Policy, Request, evaluate

IAM = "arn:aws:iam::111122223333:"
BOUNDARY = f"{IAM}policy/TeamBoundary"
MADE = f"{IAM}policy/OtherBoundary"
ADMIN = f"{IAM}user/administrator"
KEY = "iam:PermissionsBoundary"
WIDE = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
NOTHING = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]})
TEAM = [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]
FUNCTION = "arn:aws:lambda:us-east-1:111122223333:function:f"
OUTSIDE = ("ec2:TerminateInstances", "*")

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
    "iam:PassRole",
    "sts:AssumeRole",
    "lambda:CreateFunction",
    "lambda:InvokeFunction",
    "lambda:UpdateFunctionCode",
    "iam:*User*",
    "iam:*Role*",
    "iam:*",
    "s3:*",
)
_RESOURCES = (
    "*",
    f"{IAM}user/team/*",
    f"{IAM}role/team/*",
    f"{IAM}user/*",
    f"{IAM}role/*",
    f"{IAM}policy/*",
    f"{IAM}policy/team/*",
    BOUNDARY,
    ADMIN,
    f"{IAM}user/${{aws:username}}",
)
_CONDITIONS: tuple[dict[str, Any], ...] = (
    {},
    {},
    {"StringEquals": {KEY: BOUNDARY}},
    {"StringEquals": {KEY: BOUNDARY}},
    {"StringEquals": {KEY: BOUNDARY}},
    {"StringNotEquals": {KEY: BOUNDARY}},
    {"StringEqualsIfExists": {KEY: BOUNDARY}},
    {"ForAllValues:StringEquals": {KEY: BOUNDARY}},
    {"ArnLike": {KEY: f"{IAM}policy/*Boundary"}},
    {"Null": {KEY: "false"}},
)
_WITH_BOUNDARY = {"StringEquals": {KEY: BOUNDARY}}
_GOOD: list[dict[str, Any]] = [
    {
        "Effect": "Allow",
        "Action": ["iam:CreateUser", "iam:PutUserPolicy"],
        "Resource": f"{IAM}user/team/*",
        "Condition": _WITH_BOUNDARY,
    },
    {
        "Effect": "Allow",
        "Action": ["iam:CreateRole", "iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy"],
        "Resource": f"{IAM}role/team/*",
        "Condition": _WITH_BOUNDARY,
    },
    {"Effect": "Allow", "Action": "iam:CreateAccessKey", "Resource": f"{IAM}user/team/*"},
    {"Effect": "Allow", "Action": "iam:PassRole", "Resource": f"{IAM}role/team/*"},
]


def draw(random: Random) -> dict[str, Any]:
    """Return a design: half of them begin with a good one, to which something is done."""
    statements = [dict(one) for one in _GOOD] if random.random() < 0.5 else []
    more = random.choice((0, 1, 1, 2)) if statements else random.choice((1, 2, 3))
    statements += [_statement(random) for _ in range(more)]
    if statements and random.random() < 0.5:
        place = random.randrange(len(statements))
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
    boundary = [*TEAM, *([_statement(random)] if random.random() < 0.3 else [])]
    return {
        "policy": _document(statements),
        "own": _document(statements),
        "boundary_arn": BOUNDARY,
        "boundary": _document(boundary),
        "maximum": _document(boundary),
    }


def _statement(random: Random) -> dict[str, Any]:
    actions = random.sample(_ACTIONS, random.choice((1, 1, 2, 3)))
    found: dict[str, Any] = {"Effect": "Deny" if random.random() < 0.25 else "Allow", "Action": actions}
    found["Resource"] = random.choice(_RESOURCES)
    condition = random.choice(_CONDITIONS)
    return {**found, "Condition": condition} if condition else found


def _document(statements: list[Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": statements}


@dataclass(frozen=True)
class Somebody:
    """A user or role of the small account; documents are texts."""

    policies: tuple[str, ...] = ()
    boundary: str | None = None
    trusts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Small:
    """The small account."""

    who: tuple[tuple[str, Somebody], ...]
    managed: tuple[tuple[str, str], ...]
    acting: frozenset[str] = field(default=frozenset({ADMIN}))

    def but(self, arn: str, one: Somebody) -> Small:
        """Return the account in which this one is as given."""
        return replace(self, who=tuple(sorted({**dict(self.who), arn: one}.items())))


def start(design: dict[str, Any]) -> Small:
    """Return the account at the start: outsiders who may do everything, and somebody of the team."""
    return Small(
        tuple(
            sorted(
                {
                    ADMIN: Somebody((json.dumps(design["policy"]),)),
                    f"{IAM}user/ops/bob": Somebody((WIDE,)),
                    f"{IAM}role/ops/ops": Somebody((WIDE,), trusts=(f"{IAM}root", "lambda.amazonaws.com")),
                    f"{IAM}user/team/kim": Somebody((), BOUNDARY),
                }.items()
            )
        ),
        ((BOUNDARY, json.dumps(design["boundary"])), ("arn:aws:iam::aws:policy/AdministratorAccess", WIDE)),
    )


@cache
def _policy(text: str) -> Policy:
    return Policy.parse(text)


@cache
def _allowed(
    policies: tuple[str, ...],
    boundary: str | None,
    principal: str,
    action: str,
    resource: str,
    context: tuple[tuple[str, str], ...],
    trust: tuple[str, ...],
) -> bool:
    shown = None
    if trust:
        services = [one for one in trust if not one.startswith("arn:")]
        named = [one for one in trust if one.startswith("arn:")]
        principals = {**({"AWS": named} if named else {}), **({"Service": services} if services else {})}
        statement = {"Effect": "Allow", "Principal": principals, "Action": "sts:AssumeRole"}
        shown = {resource: _policy(json.dumps(_document([statement])))}
    found = evaluate(
        [_policy(text) for text in policies or (NOTHING,)],
        Request.of(action, resource, dict(context)),
        boundary=None if boundary is None else _policy(boundary),
        principal=principal,
        resource_policies=shown,
    )
    return found.decision is Decision.ALLOWED


def can(
    account: Small, arn: str, action: str, resource: str, boundary: str | None = None, trust: tuple[str, ...] = ()
) -> bool:
    """Whether somebody's request is allowed, `boundary` being the value of the key; absent if None."""
    one, managed = dict(account.who)[arn], dict(account.managed)
    if one.boundary is not None and one.boundary not in managed:
        return False
    limit = None if one.boundary is None else managed[one.boundary]
    session = f"arn:aws:sts::111122223333:assumed-role/{arn.rpartition('/')[2]}/session"
    asking = session if ":role/" in arn else arn
    context = ((KEY, boundary),) if boundary else ()
    return _allowed(one.policies, limit, asking, action, resource, context, trust)


def moves(account: Small) -> Iterator[tuple[str, Small]]:
    """Yield every move of the small account, with the account after it."""
    for me in sorted(account.acting):
        for arn, one in account.who:
            yield from _changes(account, me, arn, one)
            if arn not in account.acting:
                yield from _becoming(account, me, arn, one)
        yield from _elsewhere(account, me)


def _changes(account: Small, me: str, arn: str, one: Somebody) -> Iterator[tuple[str, Small]]:
    kind, name = "User" if ":user/" in arn else "Role", arn.rpartition("/")[2]
    if WIDE not in one.policies and can(account, me, f"iam:Put{kind}Policy", arn, one.boundary):
        yield f"Put{kind}Policy {name}", account.but(arn, replace(one, policies=(*one.policies, WIDE)))
    if one.boundary and can(account, me, f"iam:Delete{kind}PermissionsBoundary", arn, one.boundary):
        yield f"Delete{kind}PermissionsBoundary {name}", account.but(arn, replace(one, boundary=None))
    for other, _ in account.managed:
        if other != one.boundary and can(account, me, f"iam:Put{kind}PermissionsBoundary", arn, other):
            yield f"Put{kind}PermissionsBoundary {name}", account.but(arn, replace(one, boundary=other))


def _becoming(account: Small, me: str, arn: str, one: Somebody) -> Iterator[tuple[str, Small]]:
    name, became = arn.rpartition("/")[2], replace(account, acting=account.acting | {arn})
    if ":user/" in arn:
        if can(account, me, "iam:CreateAccessKey", arn):
            yield f"CreateAccessKey {name}", became
        return
    if one.trusts and can(account, me, "sts:AssumeRole", arn, trust=one.trusts):
        yield f"AssumeRole {name}", became
    if me not in one.trusts and can(account, me, "iam:UpdateAssumeRolePolicy", arn, one.boundary):
        yield f"UpdateAssumeRolePolicy {name}", account.but(arn, replace(one, trusts=(*one.trusts, me)))
    if "lambda.amazonaws.com" in one.trusts:
        steps = [("iam:PassRole", arn), ("lambda:CreateFunction", FUNCTION), ("lambda:InvokeFunction", FUNCTION)]
        if all(can(account, me, *step) for step in steps):
            yield f"PassRole {name}", became
        if name == "ops" and can(account, me, "lambda:UpdateFunctionCode", FUNCTION):
            yield f"lambda:UpdateFunctionCode {name}", became


def _elsewhere(account: Small, me: str) -> Iterator[tuple[str, Small]]:
    who, managed = dict(account.who), dict(account.managed)
    if managed[BOUNDARY] != WIDE and can(account, me, "iam:CreatePolicyVersion", BOUNDARY):
        yield "CreatePolicyVersion", replace(account, managed=tuple({**managed, BOUNDARY: WIDE}.items()))
    if MADE not in managed and can(account, me, "iam:CreatePolicy", MADE):
        yield "CreatePolicy", replace(account, managed=(*account.managed, (MADE, WIDE)))
    admin = who[ADMIN]
    if WIDE not in admin.policies and can(account, me, "iam:AddUserToGroup", f"{IAM}group/admins"):
        yield "AddUserToGroup", account.but(ADMIN, replace(admin, policies=(*admin.policies, WIDE)))
    for path, kind, other in itertools.product(("team", "ops"), ("User", "Role"), (None, *managed)):
        arn = f"{IAM}{kind.lower()}/{path}/new"
        if arn not in who and can(account, me, f"iam:Create{kind}", arn, other):
            trusts = (me, "lambda.amazonaws.com") if kind == "Role" else ()
            yield f"Create{kind} {path} {other}", account.but(arn, Somebody((), other, trusts))


def some_chain(design: dict[str, Any], most: int) -> list[str] | None:
    """Return the moves of a chain in the small account; None where no chain has at most `most` moves."""
    layer: list[tuple[Small, list[str]]] = [(start(design), [])]
    seen = {account for account, _ in layer}
    for length in range(most + 1):
        for account, chain in layer:
            if any(can(account, arn, *OUTSIDE) for arn in account.acting):
                return chain
        if length == most:
            break
        following = []
        for account, chain in layer:
            for name, after in moves(account):
                if after not in seen:
                    seen.add(after)
                    following.append((after, [*chain, name]))
        layer = following
    return None
