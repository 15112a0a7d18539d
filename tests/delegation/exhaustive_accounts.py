"""Small accounts, drawn at random, and a search that tries everything in them.

    draw_account(random)            a case as in `accounts.json`
    edited_account(random, case)    the same after one edit of what its administrator may do
    some_chain_in(case, most)       the moves of a chain of at most `most` moves, or None

The search shares no code with `verifier delegate`: each step is written out here, `replay.py` takes it, and the
evaluator decides each request. So an account that is proved must have no chain here.
"""

from __future__ import annotations

import copy
import itertools
import json
from collections.abc import Iterator
from random import Random
from typing import Any

from tests.delegation.accounts import IAM, replayable
from tests.delegation.replay import EVERYTHING, Replayed, trusting

KEY = "iam:PermissionsBoundary"
ALL = [{"Effect": "Allow", "Action": "*", "Resource": "*"}]
TEAM = [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]
FUNCTION = "arn:aws:lambda:us-east-1:111122223333:function:f"
OUTSIDE = {"action": "ec2:TerminateInstances", "resource": "*"}
ADMIN = "user/jack"
_WITH = {"StringEquals": {KEY: "@policy/TeamBoundary"}}
_ACTIONS = (
    "iam:CreateUser",
    "iam:CreateRole",
    "iam:PutUserPolicy",
    "iam:PutRolePolicy",
    "iam:AttachUserPolicy",
    "iam:DetachUserPolicy",
    "iam:DeleteUserPolicy",
    "iam:CreateAccessKey",
    "iam:PutUserPermissionsBoundary",
    "iam:DeleteUserPermissionsBoundary",
    "iam:DeleteRolePermissionsBoundary",
    "iam:CreatePolicyVersion",
    "iam:SetDefaultPolicyVersion",
    "iam:UpdateAssumeRolePolicy",
    "iam:AddUserToGroup",
    "iam:RemoveUserFromGroup",
    "iam:PutGroupPolicy",
    "iam:PassRole",
    "iam:TagUser",
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
    "@user/team/*",
    "@role/team/*",
    "@user/*",
    "@role/*",
    "@policy/*",
    "@group/*",
    "@policy/TeamBoundary",
    "@user/jack",
    "@user/${aws:username}",
    "@user/bob",
    "@role/ops",
)
_CONDITIONS: tuple[dict[str, Any], ...] = (
    {},
    {},
    {},
    _WITH,
    _WITH,
    {"StringNotEquals": {KEY: "@policy/TeamBoundary"}},
    {"StringEqualsIfExists": {KEY: "@policy/TeamBoundary"}},
    {"ForAllValues:StringEquals": {KEY: "@policy/TeamBoundary"}},
    {"Null": {KEY: "false"}},
    {"StringEquals": {"aws:PrincipalTag/team": "ops"}},
    {"StringEquals": {"aws:ResourceTag/team": "ops"}},
    {"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}},
    {"ArnLike": {"aws:PrincipalArn": "@user/team/*"}},
    {"ArnNotLike": {"aws:PrincipalArn": "@user/jack"}},
)
_GOOD: list[dict[str, Any]] = [
    {
        "Effect": "Allow",
        "Action": ["iam:CreateUser", "iam:PutUserPolicy"],
        "Resource": "@user/team/*",
        "Condition": _WITH,
    },
    {"Effect": "Allow", "Action": "iam:CreateAccessKey", "Resource": "@user/team/*"},
    {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "@role/team/*"},
]


def _statement(random: Random) -> dict[str, Any]:
    actions = random.sample(_ACTIONS, random.choice((1, 1, 2, 3)))
    found: dict[str, Any] = {"Effect": "Deny" if random.random() < 0.2 else "Allow", "Action": actions}
    found["Resource"] = random.choice(_RESOURCES)
    condition = random.choice(_CONDITIONS)
    return {**found, "Condition": condition} if condition else found


def _policy(random: Random) -> Any:
    return random.choice((TEAM, TEAM, [_statement(random)], [*TEAM, _statement(random)], ALL))


def _tags(random: Random) -> dict[str, str]:
    return random.choice(({}, {"team": "ops"}, {"team": "dev"}))


def draw_account(random: Random) -> dict[str, Any]:
    """Return a case without a verdict."""
    statements = [dict(one) for one in _GOOD] if random.random() < 0.5 else []
    statements += [_statement(random) for _ in range(random.choice((0, 1, 1, 2)) if statements else 2)]
    users: dict[str, Any] = {
        ADMIN: {"policies": [statements], "tags": _tags(random)},
        "user/bob": {"policies": [ALL], "tags": _tags(random)},
        "user/team/kim": {"policies": [_policy(random)], "boundary": "policy/TeamBoundary", "tags": _tags(random)},
    }
    if random.random() < 0.5:
        users["user/team/ann"] = {"policies": [_policy(random)]}
    if random.random() < 0.3:
        users[ADMIN]["groups"] = ["group/team"]
    if random.random() < 0.3:
        users[ADMIN]["attached"] = ["policy/Guard"]
    trusts = random.choice((["root"], ["user/bob"], ["user/jack"], ["user/team/kim", "lambda.amazonaws.com"]))
    roles: dict[str, Any] = {
        "role/ops": {"policies": [ALL], "trust": trusts},
        "role/team/app": {
            "policies": [_policy(random)],
            "trust": random.choice((["root"], ["lambda.amazonaws.com"])),
            **({"boundary": "policy/TeamBoundary"} if random.random() < 0.7 else {}),
        },
    }
    services = {FUNCTION: random.choice(list(roles))} if random.random() < 0.5 else {}
    boundary = [*TEAM, *([_statement(random)] if random.random() < 0.3 else [])]
    guard = random.choice(([{"Effect": "Deny", "Action": "ec2:*", "Resource": "*"}], TEAM, [_statement(random)]))
    more = {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}
    if random.random() < 0.2:
        users[ADMIN]["policies"][0].append({**more, "Condition": random.choice(_CONDITIONS[8:])})
    return {
        "admin": ADMIN,
        "maximum": [{"Effect": "Allow", "NotAction": "ec2:*", "Resource": "*"}],
        "users": users,
        "roles": roles,
        "groups": {"group/team": {"policies": [_policy(random)]}, "group/readers": {"policies": [TEAM]}},
        "policies": {"policy/TeamBoundary": [boundary], "policy/Guard": [random.choice((TEAM, guard)), guard]},
        "services": services,
    }


def edited_account(random: Random, case: dict[str, Any]) -> dict[str, Any]:
    """Return the case after one edit: of a statement of the administrator, or a Deny more."""
    after = copy.deepcopy(case)
    statements = after["users"][ADMIN]["policies"][0]
    place = random.randrange(len(statements))
    match random.randrange(5):
        case 0:
            statements[place]["Condition"] = random.choice(_CONDITIONS)
        case 1:
            statements[place]["Resource"] = random.choice(_RESOURCES)
        case 2:
            statements[place]["Action"] = random.choice(_ACTIONS)
        case 3:
            statements.append({**_statement(random), "Effect": "Deny"})
        case _:
            after["users"][ADMIN]["policies"][0] = [*statements[:place], *statements[place + 1 :]] or TEAM
    return after


def _step(who: str, action: str, resource: str, context: dict[str, str] | None = None, **parameters: Any) -> Any:
    request: dict[str, Any] = {"action": action, "resource": resource, "context": context or {}}
    return {"as": who, "move": action.partition(":")[2], "request": request, "parameters": parameters, "effect": ""}


def _about(state: Replayed, arn: str) -> dict[str, str]:
    one = state.who[arn]
    context = {KEY: one["boundary"]} if one["boundary"] else {}
    if "team" in one["tags"]:
        context |= {"aws:ResourceTag/team": one["tags"]["team"], "iam:ResourceTag/team": one["tags"]["team"]}
    return context


def _tied(state: Replayed, arn: str) -> dict[str, str]:
    return {key: value for key, value in _about(state, arn).items() if key != KEY}


def steps_of(state: Replayed, me: str, acting: frozenset[str]) -> Iterator[Any]:
    """Yield what `me` may try in `state`."""
    for arn, one in state.who.items():
        kind = "User" if ":user/" in arn else "Role"
        about, tied = _about(state, arn), _tied(state, arn)
        if "everything" not in one["inline"]:
            wide = {"PolicyName": "everything", "PolicyDocument": EVERYTHING}
            yield _step(me, f"iam:Put{kind}Policy", arn, about, **wide)
        if one["boundary"]:
            yield _step(me, f"iam:Delete{kind}PermissionsBoundary", arn, about)
        for policy in state.policies:
            if policy != one["boundary"]:
                given = {**tied, KEY: policy}
                yield _step(me, f"iam:Put{kind}PermissionsBoundary", arn, given, PermissionsBoundary=policy)
        if kind == "User":
            yield from _on_user(state, me, arn, acting)
        elif arn not in acting:
            yield _step(me, "sts:AssumeRole", arn, {k: v for k, v in tied.items() if k.startswith("aws:")})
            if f'"{me}"' not in json.dumps(one["trust"]):
                yield _step(me, "iam:UpdateAssumeRolePolicy", arn, about, PolicyDocument=trusting(me))
    yield from _elsewhere(state, me)


def _on_user(state: Replayed, me: str, arn: str, acting: frozenset[str]) -> Iterator[Any]:
    one, about, tied = state.who[arn], _about(state, arn), _tied(state, arn)
    for attached in one["attached"]:
        yield _step(me, "iam:DetachUserPolicy", arn, {**about, "iam:PolicyARN": attached}, PolicyArn=attached)
    for name in one["inline"]:
        yield _step(me, "iam:DeleteUserPolicy", arn, about, PolicyName=name)
    if arn not in acting:
        yield _step(me, "iam:CreateAccessKey", arn, tied)
    for value in ("ops", "dev"):
        given = {**tied, "aws:RequestTag/team": value, "aws:TagKeys": "team"}
        yield _step(me, "iam:TagUser", arn, given, Tags=[{"Key": "team", "Value": value}])


def _elsewhere(state: Replayed, me: str) -> Iterator[Any]:
    for arn, one in state.policies.items():
        if ":aws:" in arn:
            continue
        if len(one["versions"]) < 3:
            yield _step(me, "iam:CreatePolicyVersion", arn, PolicyDocument=EVERYTHING)
        for id_ in one["versions"]:
            if id_ != one["default"]:
                yield _step(me, "iam:SetDefaultPolicyVersion", arn, VersionId=id_)
    for arn, one in state.groups.items():
        if "everything" not in one["inline"]:
            yield _step(me, "iam:PutGroupPolicy", arn, PolicyName="everything", PolicyDocument=EVERYTHING)
        for user, other in state.who.items():
            if ":user/" in user:
                move = "RemoveUserFromGroup" if arn in other["groups"] else "AddUserToGroup"
                yield _step(me, f"iam:{move}", arn, UserName=user.rpartition("/")[2])
    for path, kind, boundary in itertools.product(("team", "other"), ("User", "Role"), (None, *state.policies)):
        arn = f"{IAM}{kind.lower()}/{path}/new"
        if arn not in state.who:
            trust = {"AssumeRolePolicyDocument": trusting(me)} if kind == "Role" else {}
            named = {"PermissionsBoundary": boundary} if boundary else {}
            yield _step(me, f"iam:Create{kind}", arn, {KEY: boundary} if boundary else {}, **trust, **named)


def _through_lambda(state: Replayed, me: str, acting: frozenset[str]) -> Iterator[tuple[list[Any], str]]:
    for arn, one in state.who.items():
        if arn in acting or ":role/" not in arn:
            continue
        if "lambda.amazonaws.com" not in json.dumps(one["trust"]):
            continue  # Lambda cannot take it, not for what is said to run as it either
        passing = _step(me, "iam:PassRole", arn, {"iam:PassedToService": "lambda.amazonaws.com"}, RoleArn=arn)
        yield [passing, *(_step(me, f"lambda:{name}Function", FUNCTION) for name in ("Create", "Invoke"))], arn
        if FUNCTION in state.runs.get(arn, ()):
            yield [_step(me, "lambda:UpdateFunctionCode", FUNCTION)], arn


class _Asking:
    """What the evaluator said in one account: of one with the same documents a request is asked once."""

    def __init__(self) -> None:
        self._known: dict[object, bool] = {}

    def allows(self, state: Replayed, step: Any) -> bool:
        """Whether the request of a step is allowed."""
        who, request = step["as"], step["request"]
        tags = {"aws:PrincipalTag/team": state.who[who]["tags"]["team"]} if "team" in state.who[who]["tags"] else {}
        session = f"arn:aws:sts::111122223333:assumed-role/{who.rpartition('/')[2]}/s"
        asker = session if ":role/" in who else who
        context = {**request["context"], **tags}
        if ":role/" in who:
            context["aws:PrincipalArn"] = who
        trust = state.trust_asked(step)
        key = (who, _held(state, who), request["action"], request["resource"], *context.items(), json.dumps(trust))
        if key not in self._known:
            self._known[key] = state.allows(who, {**request, "context": context, "principal": asker}, trust)
        return self._known[key]


def _held(state: Replayed, who: str) -> str:
    """The documents of somebody, as a text."""
    texts: dict[str, str] = vars(state).setdefault("texts", {})
    if who not in texts:
        one = state.who[who]
        carriers = [one, *(state.groups[group] for group in one["groups"])]
        inline = [document for each in carriers for document in each["inline"].values()]
        attached = [state.document(arn) for each in carriers for arn in each["attached"]]
        texts[who] = json.dumps([inline, attached, one["boundary"] and state.document(one["boundary"])])
    return texts[who]


def some_chain_in(case: dict[str, Any], most: int) -> list[str] | None:
    """Return the moves of a chain in the account of a case; None where no chain has at most `most` moves."""
    admin, asking = f"{IAM}{case['admin']}", _Asking()
    layer: list[tuple[Replayed, frozenset[str], list[str]]] = [(Replayed(replayable(case)), frozenset((admin,)), [])]
    seen: set[str] = set()
    outside = {"move": None, "request": {**OUTSIDE, "context": {}}, "parameters": {}}
    for length in range(most + 1):
        following = []
        for state, acting, chain in layer:
            if any(asking.allows(state, {**outside, "as": me}) for me in sorted(acting)):
                return chain
            if length < most:
                following += _onward(state, acting, chain, seen, asking)
        layer = following
    return None


def _onward(
    state: Replayed, acting: frozenset[str], chain: list[str], seen: set[str], asking: _Asking
) -> Iterator[tuple[Replayed, frozenset[str], list[str]]]:
    for me in sorted(acting):
        ways = [([step], "") for step in steps_of(state, me, acting)]
        for steps, becoming in (*ways, *_through_lambda(state, me, acting)):
            if not all(asking.allows(state, step) for step in steps):
                continue
            after, now = copy.copy(state), set(acting)
            after.who, after.policies, after.groups = map(copy.deepcopy, (state.who, state.policies, state.groups))
            vars(after)["texts"] = {}
            if becoming:
                now.add(becoming)
            else:
                after.take(steps[0], now)
            key = json.dumps([after.who, after.policies, after.groups, sorted(now)], sort_keys=True)
            if key not in seen:
                seen.add(key)
                yield after, frozenset(now), [*chain, f"{steps[0]['move']} {steps[0]['request']['resource']}"]
