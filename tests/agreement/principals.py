"""Questions with someone who asks: the documents of rules 29 to 36, before evaluator, prover and `oracle.py`.

    drawn(chance)                 a line of `batch` without `ask`, near enough that each document matters now and then
    drawn_own_side(chance)        the same about a resource's own side: whom it lets in
    near_requests(line)           all requests over the small pools of the line, each with who asks
    compare(line, chance, tally)  `evaluate` of some of them, and `prove` of the line, against the oracle

A question is a line of JSON, so nothing here knows how the package takes its documents. The oracle keeps to the usual
reading: what is contained under every reading is so under the usual one too. What it leaves open is counted, never
compared.
"""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from tests.agreement.oracle import Json, LeftOpen, asker_of, decide, held, let_in, outside
from tests.agreement.questions import Tally
from verifier.cli.batch_lines import batch

OWN, OTHER, OUTSIDE = "111122223333", "444455556666", "777788889999"
VERSION = "2012-10-17"
_PEOPLE = (
    f"arn:aws:iam::{OWN}:user/jane",
    f"arn:aws:iam::{OWN}:user/john",
    f"arn:aws:sts::{OWN}:assumed-role/app/batch-1",
    f"arn:aws:sts::{OWN}:assumed-role/app/batch-2",
    f"arn:aws:sts::{OWN}:federated-user/visitor",
    f"arn:aws:iam::{OWN}:root",
    f"arn:aws:iam::{OTHER}:user/bob",
    f"arn:aws:sts::{OWN}:assumed-role/AWSServiceRoleForBatch/s1",
    f"arn:aws:iam::{OWN}:role/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch",
    "sns.amazonaws.com",
    "batch.amazonaws.com",
    "*",
)
JANE, JOHN, _SESSION, _OTHER_SESSION, _VISITOR, _ROOT, _BOB = _PEOPLE[:7]
_ROLE = f"arn:aws:iam::{OWN}:role/app"
_LIKELY = (*_PEOPLE[:5], JANE, _SESSION, _SESSION, _VISITOR, *_PEOPLE[5:], _ROLE, _ROLE)
NAMED = (JANE, JOHN, _SESSION, _ROLE, _VISITOR, _ROOT, OWN, OTHER, _BOB, "*", OUTSIDE)

_QUEUE, _KEY, TARGET = "arn:aws:sqs:eu-west-1:{}:jobs", "arn:aws:kms:eu-west-1:{}:key/k", "arn:aws:iam::{}:role/target"
RESOURCES = (
    *(_QUEUE.format(account) for account in (OWN, OTHER, OUTSIDE)),
    *(_KEY.format(account) for account in (OWN, OTHER)),
    *(TARGET.format(account) for account in (OWN, OTHER)),
    f"arn:aws:iam::{OWN}:role/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch",
    "arn:aws:s3:::reports",
    "arn:aws:s3:::reports/a",
    "arn:aws:s3:::reports/jane",
    "arn:aws:lambda:eu-west-1:111122223333:function:f",
    "arn:aws:ec2:eu-west-1:111122223333:snapshot/snap-1",
)
_ACTIONS = {
    "sqs": ("sqs:SendMessage", "sqs:DeleteQueue"),
    "kms": ("kms:Decrypt", "kms:RetireGrant"),
    "iam": ("sts:AssumeRole", "iam:GetRole"),
    "s3": ("s3:GetObject", "s3:ListBucket"),
    "lambda": ("lambda:InvokeFunction",),
    "ec2": ("ec2:CopySnapshot", "ec2:DeleteSnapshot"),
}
_ORGANISATION = {"id": "o-example0001", "accounts": [OWN, OTHER]}
_FREE: dict[str, tuple[str | None, ...]] = {
    "aws:PrincipalOrgID": (None, "o-example0001", "o-stranger001"),
    "aws:SecureTransport": (None, "true", "false"),
    "aws:SourceVpce": (None, "vpce-1"),
}
# Conditions on keys that follow from who asks, and on free ones: each operator with its key and its values.
_CONDITIONS: tuple[Json, ...] = (
    {"ArnEquals": {"aws:PrincipalArn": JANE}},
    {"ArnLike": {"aws:PrincipalArn": _ROLE}},
    {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{OWN}:*"}},
    {"ArnNotLike": {"aws:PrincipalArn": [_ROLE, f"arn:aws:iam::{OWN}:user/*"]}},
    {"StringEquals": {"aws:PrincipalAccount": OWN}},
    {"StringNotEquals": {"aws:PrincipalAccount": [OWN, "anonymous"]}},
    {"StringEquals": {"aws:PrincipalType": ["User", "AssumedRole"]}},
    {"StringEquals": {"aws:username": "jane"}},
    {"StringNotEqualsIfExists": {"aws:username": "jane"}},
    {"Bool": {"aws:PrincipalIsAWSService": "false"}},
    {"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}},
    {"StringEquals": {"aws:ResourceAccount": OWN}},
    {"StringNotEquals": {"aws:ResourceAccount": OWN}},
    {"StringEquals": {"aws:PrincipalOrgID": "o-example0001"}},
    {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-example0001"}},
    {"Bool": {"aws:SecureTransport": "true"}},
    {"Null": {"aws:SourceVpce": "true"}},
)
_T = TypeVar("_T")


def drawn(chance: random.Random) -> Json:
    """Draw a line of `batch` without `ask`: who asks, the documents, and a maximum; or one about the own side."""
    if chance.random() < 0.1:
        return drawn_own_side(chance)
    here = chance.sample(RESOURCES, 3)
    who = chance.choice(_LIKELY)
    line: Json = {"principal": who}
    _sometimes(chance, 0.7, line, "reading", lambda: "usual")
    inside = asker_of(who).account is not None
    if inside and asker_of(who).kind != "root":
        line["policies"] = [_document(chance, here, most=3) for _ in range(chance.choice((1, 1, 2)))]
        _sometimes(chance, 0.4, line, "boundary", lambda: _document(chance, here))
        if asker_of(who).kind in ("session", "federated"):
            _sometimes(chance, 0.4, line, "session", lambda: _document(chance, here))
    if asker_of(who).kind == "federated":
        line["federated_by"] = chance.choice((JANE, JOHN))
    _sometimes(chance, 0.3, line, "scps", lambda: [_level(chance, here) for _ in range(chance.choice((1, 1, 2)))])
    _sometimes(chance, 0.3, line, "rcps", lambda: [_rcp(chance)])
    if "rcps" in line or chance.random() < 0.2:
        line["organization"] = _ORGANISATION | ({"management": OTHER} if chance.random() < 0.2 else {})
    names = _names_of(line)
    line["resource_policies"] = [_shown(chance, target, names) for target in targets(here) if chance.random() < 0.7]
    _sometimes(chance, 0.2, line, "endpoint", lambda: with_principals(chance, here, everyone=True))
    line["maximum"] = _maximum(chance, here)
    if inside and chance.random() < 0.15:
        line["explicit"] = True
    return line


def drawn_own_side(chance: random.Random) -> Json:
    """Draw a line of `batch` about the resource's own side: its policy, and a maximum that may name principals."""
    target = chance.choice(list(targets(RESOURCES)))
    shown = _shown(chance, target, NAMED)
    maximum = with_principals(chance, (target,))
    if chance.random() < 0.2:
        maximum = _maximum(chance, (target,))
    for statement in maximum["Statement"]:
        if "NotPrincipal" in statement:
            statement["Principal"] = statement.pop("NotPrincipal")
    return {"resource_policies": [shown], "maximum": maximum, "reading": "usual"}


def near_requests(line: Json) -> Iterator[Json]:
    """Yield all requests over the pools: every resource with its actions, and the free keys, by who asks, or by all."""
    contexts = [
        {key: value for key, value in zip(_FREE, values, strict=True) if value is not None}
        for values in itertools.product(*_FREE.values())
    ]
    people: Sequence[str] = [line["principal"]] if "principal" in line else _PEOPLE
    if line.get("principal") == _ROLE:  # some session of it
        people = [_SESSION, _OTHER_SESSION]
    for who, resource in itertools.product(people, RESOURCES):
        accounts: tuple[str | None, ...] = (OWN, OTHER) if ":s3:" in resource else (None,)
        if ":s3:" in resource and asker_of(who).account is not None:
            accounts = (None, *accounts)
        for action, account, context in itertools.product(_ACTIONS[resource.split(":")[2]], accounts, contexts):
            told = context | ({"aws:ResourceAccount": account} if account else {})
            yield {"principal": who, "action": action, "resource": resource, "context": told}


def compare(line: Json, chance: random.Random, tally: Tally, *, tried: int = 12) -> None:
    """Ask about some requests near the line and about the line itself; note what contradicts the oracle."""
    near = list(near_requests(line))
    tally.counts["questions"] += 1
    if line.get("principal", _ROLE) != _ROLE and not line.get("explicit"):
        _compare_requests(line, chance.sample(near, tried), tally)
    (answer,) = batch([json.dumps(line | {"ask": "prove"})])
    verdict = answer.get("verdict", "error")
    tally.counts[f"prove {verdict}"] += 1
    if verdict == "undecided":
        tally.undecided.append(f"{answer.get('reason')}: {_short(line)}")
    elif verdict == "error":
        tally.contradictions.append(f"an error: {answer.get('error')} {_short(line)}")
    elif verdict == "escapes":
        _check_escape(line, answer["request"], tally)
    else:
        _check_contained(line, near, bool(answer.get("vacuous")), tally)


def _check_escape(line: Json, request: Json, tally: Tally) -> None:
    """The oracle finds that the request escapes, and `evaluate` that it is allowed as it stands."""
    try:
        found = outside(line, request) and _possible(line, request)
    except LeftOpen:
        found = True
        tally.counts["left open"] += 1
    except ValueError as wrong:  # about a resource's own side, an account may be any text
        tally.counts[str(wrong).partition(":")[0]] += 1
        return
    if not found:
        tally.contradictions.append(f"an escape that is none: {request!a} {_short(line)}")
    if "principal" in line and not line.get("explicit"):
        shared = {key: value for key, value in line.items() if key not in ("maximum", "reading", "principal")}
        (answer,) = batch([json.dumps(shared | {"ask": "evaluate", "request": request})])
        if answer.get("decision") != "allowed":
            said = answer.get("error") or answer.get("decision")
            tally.contradictions.append(f"an escape that `evaluate` calls {said}: {request!a} {_short(line)}")


def _possible(line: Json, request: Json) -> bool:
    """Whether the question takes the request to be possible, whatever the maximum says."""
    if line.get("explicit"):
        return not held(line, request)
    return decide(line, request)[0] == "allowed" if "principal" in line else let_in(line, request)


def _compare_requests(line: Json, requests: Sequence[Json], tally: Tally) -> None:
    shared = {key: value for key, value in line.items() if key not in ("maximum", "reading")}
    asked = [shared | {"ask": "evaluate", "request": request} for request in requests]
    for one, answer in zip(asked, batch(map(json.dumps, asked)), strict=True):
        try:
            decision, by = decide(one, one["request"])
        except LeftOpen:
            tally.counts["left open"] += 1
            continue
        tally.counts[f"evaluate {decision}"] += 1
        if answer.get("verdict") == "undecided":
            tally.undecided.append(f"{answer.get('reason')}: {_short(one)}")
            continue
        if answer.get("decision") != decision or (decision == "allowed" and tuple(answer.get("by", ())) != by):
            said = answer.get("error") or (answer.get("decision"), answer.get("by"))
            tally.contradictions.append(f"the oracle says {decision} {by}, evaluate {said}: {_short(one)}")


def _check_contained(line: Json, near: Sequence[Json], vacuous: bool, tally: Tally) -> None:
    for request in near:
        try:
            beyond = (vacuous and not line.get("explicit")) or outside(line, request)
            wrong = beyond and _possible(line, request)
        except LeftOpen:
            continue
        if wrong:
            claim = "vacuous" if vacuous else "contained"
            tally.contradictions.append(f"called {claim}, but possible: {request!a}: {_short(line)}")
            return
    tally.counts["contained, tried by force"] += 1


def _short(line: Json) -> str:
    return json.dumps(line)


# --- documents -------------------------------------------------------------------------------------------------------


def _sometimes(chance: random.Random, share: float, line: Json, key: str, draw: Any) -> None:
    if chance.random() < share:
        line[key] = draw()


def _document(chance: random.Random, here: Sequence[str], *, most: int = 2, effects: str = "AAAD") -> Json:
    """A document that names no principals."""
    statements = [_statement(chance, here, effects) for _ in range(chance.randint(1, most))]
    return {"Version": VERSION, "Statement": statements}


def _statement(chance: random.Random, here: Sequence[str], effects: str) -> Json:
    found: Json = {"Effect": {"A": "Allow", "D": "Deny"}[chance.choice(effects)]}
    found["NotAction" if chance.random() < 0.1 else "Action"] = _actions(chance, here)
    found["NotResource" if chance.random() < 0.1 else "Resource"] = _entries(chance, here)
    if chance.random() < 0.35:
        found["Condition"] = chance.choice(_CONDITIONS)
    return found


def _actions(chance: random.Random, here: Sequence[str]) -> str | list[str]:
    near = [action for resource in here for action in _ACTIONS[resource.split(":")[2]]]
    one = chance.choice(near)
    return chance.choice(("*", one, one, f"{one.partition(':')[0]}:*", [one, chance.choice(near)], f"{one[:-3]}*"))


def _entries(chance: random.Random, here: Sequence[str]) -> str | list[str]:
    one = chance.choice(here)
    held = one.replace(OWN, "${aws:PrincipalAccount}").replace("/a", "/${aws:username}")
    return chance.choice(("*", "*", one, [one, chance.choice(here)], f"{one}*", one.replace(OTHER, OWN), held))


def _level(chance: random.Random, here: Sequence[str]) -> Json | list[Json]:
    full = {"Version": VERSION, "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    other, denying = _document(chance, here), _document(chance, here, most=1, effects="D")
    levels: tuple[Json | list[Json], ...] = ([full, other], [full, denying], denying, other)
    return chance.choice(levels)


def _rcp(chance: random.Random) -> Json:
    action = chance.choice(("sqs:*", "sqs:SendMessage", "kms:*", "sts:AssumeRole", "s3:GetObject", "lambda:*", "iam:*"))
    statement: Json = {"Effect": "Deny", "Principal": "*", "Action": action, "Resource": "*"}
    if chance.random() < 0.6:
        statement["Condition"] = chance.choice(_CONDITIONS)
    return {"Version": VERSION, "Statement": [statement]}


def targets(here: Sequence[str]) -> Iterator[str]:
    """The resources that have a policy: of an object its bucket."""
    found = dict.fromkeys(one.partition("/")[0] if ":s3:" in one else one for one in here)
    yield from (one for one in found if one.split(":")[2] not in ("ec2", "lambda"))


def _names_of(line: Json) -> Sequence[str]:
    """What a policy may name, and most often what names who asks."""
    who = line["principal"]
    own = {"session": (who, _ROLE, OWN), "federated": (who, line.get("federated_by", JANE), OWN), "user": (who, OWN)}
    near = own.get(asker_of(who).kind, ())
    return (*NAMED, *near * (len(NAMED) // max(1, len(near))))


def _shown(chance: random.Random, target: str, names: Sequence[str]) -> Json:
    policy = with_principals(chance, (target,), names, trust=":role/" in target)
    return {"resource": target, "policy": policy}


def with_principals(
    chance: random.Random,
    here: Sequence[str],
    names: Sequence[str] = NAMED,
    *,
    everyone: bool = False,
    trust: bool = False,
) -> Json:
    """A document whose statements name principals; a trust policy names no resource, and excepts nobody."""
    statements = []
    for _ in range(chance.choice((1, 1, 2))):
        statement = _statement(chance, here, "AAAD")
        if trust:
            statement = {key: value for key, value in statement.items() if key not in ("Resource", "NotResource")}
        excepts = statement["Effect"] == "Deny" and not (everyone or trust) and chance.random() < 0.4
        name = "NotPrincipal" if excepts else "Principal"
        statements.append({name: "*" if everyone else _principals(chance, names, excepts=excepts)} | statement)
    return {"Version": VERSION, "Statement": statements}


def _principals(chance: random.Random, names: Sequence[str], *, excepts: bool) -> str | Json:
    if excepts:
        return chance.choice(({"AWS": [JANE, _ROOT]}, {"AWS": [_SESSION, _ROLE, OWN]}, {"AWS": _BOB}))
    services = chance.choice(("sns.amazonaws.com", ["sns.amazonaws.com", "batch.amazonaws.com"]))
    one, two = chance.choice(names), chance.choice(names)
    return chance.choice(("*", {"AWS": one}, {"AWS": one}, {"AWS": [one, two]}, {"Service": services, "AWS": one}))


def _maximum(chance: random.Random, here: Sequence[str]) -> Json:
    """Often all but a little, so that the answer hangs on whether that little is allowed."""
    if chance.random() < 0.3:
        return _document(chance, here)
    allow = {"Effect": "Allow", "Resource": "*"}
    action, resource = _actions(chance, here), chance.choice(here)
    outside_it = [allow | {"NotAction": action}, {"Effect": "Allow", "Action": "*", "NotResource": resource}]
    return {"Version": VERSION, "Statement": outside_it[: chance.choice((1, 2, 2))]}
