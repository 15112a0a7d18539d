"""A search that tries everything in a small account: what is proved of a design must have no chain here.

    some_chain(design, most) the moves of a chain of at most `most` moves in the small account, or None

It shares no code with `verifier delegate`: an account is a few tuples, each move is written out here, and the evaluator
decides each request. The actions of which one alone is a way up come from the list of escalations (`sections.json`).
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from tests.delegation.designs_drawn import (
    ATTACHED,
    BOUNDARY,
    CREDENTIALS,
    GRANTS,
    IAM,
    KEY,
    LEVERS,
    OWN_BOUNDARY,
)
from verifier import Decision, Policy, Request, evaluate

MADE = f"{IAM}policy/OtherBoundary"
AWS_ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
WIDE = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
NOTHING = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]})
FUNCTION = "arn:aws:lambda:us-east-1:111122223333:function:f"
BOB, OPS = f"{IAM}user/ops/bob", f"{IAM}role/ops/ops"
OUTSIDE = ("ec2:TerminateInstances", "*")


@dataclass(frozen=True)
class Somebody:
    """A user or role of the small account; documents are texts, `attached` and `groups` ARNs."""

    policies: tuple[str, ...] = ()
    boundary: str | None = None
    trusts: tuple[str, ...] = ()
    attached: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class Small:
    """The small account; `granted` are services whose resources let in anybody of it."""

    who: tuple[tuple[str, Somebody], ...]
    managed: tuple[tuple[str, str], ...]
    groups: tuple[tuple[str, tuple[str, ...]], ...]
    acting: frozenset[str]
    granted: frozenset[str] = field(default=frozenset())

    def but(self, arn: str, one: Somebody) -> Small:
        """Return the account in which this one is as given."""
        return replace(self, who=tuple(sorted({**dict(self.who), arn: one}.items())))

    def group(self, arn: str, *documents: str) -> Small:
        """Return the account in which this group has these policies."""
        return replace(self, groups=tuple(sorted({**dict(self.groups), arn: documents}.items())))

    def says(self, arn: str, document: str | None) -> Small:
        """Return the account in which a managed policy says this, or is not there."""
        managed = {each: text for each, text in self.managed if each != arn}
        return replace(self, managed=tuple(sorted((managed | ({arn: document} if document else {})).items())))


def start(design: dict[str, Any]) -> Small:
    """Return the account at the start: outsiders who may do everything, and members of the team."""
    admin, place = design["small"]["admin"], design["small"].get("deny", "inline")
    statements = design["policy"]["Statement"]
    allowing, denying = (
        json.dumps(
            {"Version": "2012-10-17", "Statement": [one for one in statements if one["Effect"] == effect] or TRIVIAL}
        )
        for effect in ("Allow", "Deny")
    )
    denies = any(one["Effect"] == "Deny" for one in statements)
    own = f"{IAM}group/own"
    as_group, as_managed = denies and place == "group", denies and place == "attached"
    he = Somebody(
        (allowing, *([denying] if denies and not as_group and not as_managed else [])),
        design.get("own_boundary_arn"),
        attached=(ATTACHED,),
        groups=(own,) if ":user/" in admin else (),
    )
    managed = {
        BOUNDARY: json.dumps(design["boundary"]),
        AWS_ADMINISTRATOR: WIDE,
        ATTACHED: denying if as_managed else json.dumps({"Version": "2012-10-17", "Statement": TRIVIAL}),
    }
    if "own_boundary" in design:
        managed[OWN_BOUNDARY] = json.dumps(design["own_boundary"])
    if as_group and not he.groups:
        he = replace(he, policies=(*he.policies, denying))
    who = {
        admin: he,
        BOB: Somebody((WIDE,)),
        OPS: Somebody((WIDE,), trusts=(f"{IAM}root", "lambda.amazonaws.com")),
        f"{IAM}user/team/kim": Somebody((WIDE,), BOUNDARY),
        f"{IAM}role/team/rob": Somebody((WIDE,), BOUNDARY, trusts=(f"{IAM}root", admin)),
    }
    groups = {f"{IAM}group/admins": (WIDE,), own: (denying,) if as_group else ()}
    return Small(
        tuple(sorted(who.items())), tuple(sorted(managed.items())), tuple(sorted(groups.items())), frozenset({admin})
    )


TRIVIAL = [{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}]


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
        shown = {resource: _policy(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))}
    found = evaluate(
        [_policy(text) for text in policies or (NOTHING,)],
        Request.of(action, resource, dict(context)),
        boundary=None if boundary is None else _policy(boundary),
        principal=principal,
        resource_policies=shown,
    )
    return found.decision is Decision.ALLOWED


def can(
    account: Small,
    arn: str,
    action: str,
    resource: str,
    boundary: str | None = None,
    trust: tuple[str, ...] = (),
    policy: str = "",
) -> bool:
    """Whether somebody's request is allowed, with the values of `iam:PermissionsBoundary` and `iam:PolicyARN`."""
    one, managed, groups = dict(account.who)[arn], dict(account.managed), dict(account.groups)
    needed = [*one.attached, *([one.boundary] if one.boundary else [])]
    if any(each not in managed for each in needed):
        return False
    documents = (*one.policies, *(managed[each] for each in one.attached))
    documents += tuple(text for group in one.groups for text in groups.get(group, ()))
    limit = None if one.boundary is None else managed[one.boundary]
    session = f"arn:aws:sts::111122223333:assumed-role/{arn.rpartition('/')[2]}/session"
    asking = session if ":role/" in arn else arn
    context = (*(((KEY, boundary),) if boundary else ()), *((("iam:PolicyARN", policy),) if policy else ()))
    return _allowed(documents, limit, asking, action, resource, context, trust)


def moves(account: Small, grants: frozenset[str] = GRANTS) -> Iterator[tuple[str, Small]]:
    """Yield every move of the small account, with the account after it; `grants` are actions that write policies."""
    for me in sorted(account.acting):
        for arn, one in account.who:
            yield from _changes(account, me, arn, one)
            if arn not in account.acting:
                yield from _becoming(account, me, arn, one)
        yield from _managed_policies(account, me)
        yield from _groups(account, me)
        yield from _made(account, me)
        yield from _levers(account, me, grants)


def _changes(account: Small, me: str, arn: str, one: Somebody) -> Iterator[tuple[str, Small]]:
    kind, name = "User" if ":user/" in arn else "Role", arn.rpartition("/")[2]
    if WIDE not in one.policies:
        wider = account.but(arn, replace(one, policies=(*one.policies, WIDE)))
        if can(account, me, f"iam:Put{kind}Policy", arn, one.boundary):
            yield f"Put{kind}Policy {name}", wider
        if can(account, me, f"iam:Attach{kind}Policy", arn, one.boundary, policy=AWS_ADMINISTRATOR):
            yield f"Attach{kind}Policy {name}", wider
    for text in one.policies[1:]:
        if can(account, me, f"iam:Delete{kind}Policy", arn, one.boundary):
            kept = tuple(each for each in one.policies if each != text)
            yield f"Delete{kind}Policy {name}", account.but(arn, replace(one, policies=kept))
    for policy in one.attached:
        if can(account, me, f"iam:Detach{kind}Policy", arn, one.boundary, policy=policy):
            yield f"Detach{kind}Policy {name}", account.but(arn, replace(one, attached=()))
    if one.boundary and can(account, me, f"iam:Delete{kind}PermissionsBoundary", arn, one.boundary):
        yield f"Delete{kind}PermissionsBoundary {name}", account.but(arn, replace(one, boundary=None))
    for other, _ in account.managed:
        if other != one.boundary and can(account, me, f"iam:Put{kind}PermissionsBoundary", arn, other):
            yield f"Put{kind}PermissionsBoundary {name}", account.but(arn, replace(one, boundary=other))


def _becoming(account: Small, me: str, arn: str, one: Somebody) -> Iterator[tuple[str, Small]]:
    name, became = arn.rpartition("/")[2], replace(account, acting=account.acting | {arn})
    if ":user/" in arn:
        if any(can(account, me, action, arn) for action in sorted(CREDENTIALS)):
            yield f"the credentials of {name}", became
        moved = f"{IAM}user/team/{name}"
        if arn != moved and all(can(account, me, "iam:UpdateUser", each) for each in (arn, moved)):
            left = replace(account, who=tuple(each for each in account.who if each[0] != arn))
            yield f"UpdateUser {name}", left.but(moved, one)
        return
    if one.trusts and can(account, me, "sts:AssumeRole", arn, trust=one.trusts):
        yield f"AssumeRole {name}", became
    if me not in one.trusts and can(account, me, "iam:UpdateAssumeRolePolicy", arn, one.boundary):
        yield f"UpdateAssumeRolePolicy {name}", account.but(arn, replace(one, trusts=(*one.trusts, me)))
    if "lambda.amazonaws.com" in one.trusts:
        steps = [("iam:PassRole", arn), ("lambda:CreateFunction", FUNCTION), ("lambda:InvokeFunction", FUNCTION)]
        if all(can(account, me, *step) for step in steps):
            yield f"PassRole {name}", became


def _managed_policies(account: Small, me: str) -> Iterator[tuple[str, Small]]:
    for arn, text in account.managed:
        if arn == AWS_ADMINISTRATOR:
            continue
        for action in ("CreatePolicyVersion", "SetDefaultPolicyVersion"):
            if text != WIDE and can(account, me, f"iam:{action}", arn):
                yield f"{action} {arn}", account.says(arn, WIDE)
        if arn in (BOUNDARY, MADE) and can(account, me, "iam:DeletePolicy", arn):
            yield f"DeletePolicy {arn}", account.says(arn, None)
    for arn in (BOUNDARY, MADE):
        if arn not in dict(account.managed) and can(account, me, "iam:CreatePolicy", arn):
            yield f"CreatePolicy {arn}", account.says(arn, WIDE)


def _groups(account: Small, me: str) -> Iterator[tuple[str, Small]]:
    for arn, documents in account.groups:
        if WIDE not in documents and any(
            can(account, me, f"iam:{action}", arn, policy=AWS_ADMINISTRATOR if action[0] == "A" else "")
            for action in ("PutGroupPolicy", "AttachGroupPolicy")
        ):
            yield f"a policy for {arn}", account.group(arn, *documents, WIDE)
        if documents and any(
            can(account, me, f"iam:{action}", arn) for action in ("DeleteGroupPolicy", "DetachGroupPolicy")
        ):
            yield f"a policy less for {arn}", account.group(arn)
        for who, one in account.who:
            if arn in one.groups and can(account, me, "iam:RemoveUserFromGroup", arn):
                yield f"RemoveUserFromGroup {who}", account.but(who, replace(one, groups=()))
            if ":user/" in who and arn not in one.groups and can(account, me, "iam:AddUserToGroup", arn):
                yield f"AddUserToGroup {who}", account.but(who, replace(one, groups=(*one.groups, arn)))
        moved = f"{IAM}group/team/{arn.rpartition('/')[2]}"
        if moved != arn and can(account, me, "iam:UpdateGroup", arn) and can(account, me, "iam:UpdateGroup", moved):
            after = replace(account, groups=tuple(each for each in account.groups if each[0] != arn))
            for who, one in account.who:
                renamed = tuple(moved if each == arn else each for each in one.groups)
                after = after.but(who, replace(one, groups=renamed))
            yield f"UpdateGroup {arn}", after.group(moved, *documents)


def _made(account: Small, me: str) -> Iterator[tuple[str, Small]]:
    who = dict(account.who)
    for path, kind, other in itertools.product(("team", "ops"), ("User", "Role"), (None, *dict(account.managed))):
        arn = f"{IAM}{kind.lower()}/{path}/new"
        if arn not in who and can(account, me, f"iam:Create{kind}", arn, other):
            trusts = (me, "lambda.amazonaws.com") if kind == "Role" else ()
            yield f"Create{kind} {path} {other}", account.but(arn, Somebody((), other, trusts))


def _levers(account: Small, me: str, grants: frozenset[str]) -> Iterator[tuple[str, Small]]:
    for action in sorted(LEVERS):
        if OPS not in account.acting and can(account, me, action, "*"):
            yield action, replace(account, acting=account.acting | {OPS})
    for action in sorted(grants):
        service = action.partition(":")[0]
        if service not in account.granted and can(account, me, action, "*"):
            yield action, replace(account, granted=account.granted | {service})


def _is_outside(account: Small, design: dict[str, Any]) -> bool:
    maximum, own = (json.dumps(design[name]) for name in ("maximum", "own"))
    others = [arn for arn in account.acting if arn != design["small"]["admin"]]
    he_may = _allowed((own,), None, BOB, *OUTSIDE, (), ())
    if any(can(account, arn, *OUTSIDE) for arn in (others if he_may else account.acting)):
        return True
    return any(
        not _allowed((maximum,), None, BOB, f"{service}:SomethingElse", "*", (), ())
        and (bool(others) or not _allowed((own,), None, BOB, f"{service}:SomethingElse", "*", (), ()))
        for service in account.granted
    )


def some_chain(design: dict[str, Any], most: int) -> list[str] | None:
    """Return the moves of a chain in the small account; None where no chain has at most `most` moves."""
    grants = GRANTS | frozenset(design["small"].get("grants", ()))
    layer: list[tuple[Small, list[str]]] = [(start(design), [])]
    seen = {account for account, _ in layer}
    for length in range(most + 1):
        for account, chain in layer:
            if _is_outside(account, design):
                return chain
        if length == most:
            break
        following = []
        for account, chain in layer:
            for name, after in moves(account, grants):
                if after not in seen:
                    seen.add(after)
                    following.append((after, [*chain, name]))
        layer = following
    return None
