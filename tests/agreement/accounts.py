"""Accounts drawn anew, and requests of their users: what `who` and an audit say, against the evaluator.

    drawn_account(chance)            an account in short, as `tests/who/accounts_of_cases.py` reads it
    compare_account(said, chance, tally)

`who` is asked about one action, one resource and all keys that documents read, so that it has to say of each user just
what the evaluator says of that one request. An audit in which nobody may ever do this must find whoever the evaluator
lets do it in any context. The evaluator gets the documents as they were drawn, not as accounts are read.
"""

from __future__ import annotations

import json
import random
import tempfile
from pathlib import Path
from typing import Any

from tests.agreement.questions import Tally
from tests.who.accounts_of_cases import ID, account_in, arn_of, policy_of
from verifier import Policy, evaluate
from verifier.audits.access import AccessVerdict
from verifier.bulk.scheduler import Means
from verifier.clouds.aws.account.model import Account
from verifier.clouds.aws.audit.audit import AuditAsked, audit_account
from verifier.clouds.aws.audit.intent import Intent, NeverRule
from verifier.clouds.aws.request import Request
from verifier.clouds.aws.who.question import AccessQuestion
from verifier.clouds.aws.who.who import who_can

BUCKET, ROLE, KEY = "arn:aws:s3:::b", arn_of("role", "app"), f"arn:aws:kms:eu-west-1:{ID}:key/k"
NAMES = ("jane", "bob")
_ASSUMING = ("sts:AssumeRole", ROLE)
ASKED = (
    *((action, resource) for action in ("s3:GetObject", "s3:PutObject") for resource in (f"{BUCKET}/x", f"{BUCKET}/y")),
    ("s3:GetObject", "arn:aws:s3:::other/x"),
    ("kms:Decrypt", KEY),
    _ASSUMING,
)
CONDITIONS: tuple[dict[str, Any], ...] = (
    {},
    {},
    {"Bool": {"aws:SecureTransport": "true"}},
    {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
    {"StringEquals": {"aws:username": "jane"}},
    {"StringNotEquals": {"aws:PrincipalArn": arn_of("user", "bob")}},
    {"Null": {"aws:SourceIp": "true"}},
    {"StringLike": {"aws:PrincipalTag/team": "a*"}},
)
CONTEXTS: tuple[dict[str, str], ...] = (
    {},
    {"aws:SecureTransport": "true"},
    {"aws:SecureTransport": "false", "aws:SourceIp": "10.1.2.3"},
    {"aws:SourceIp": "192.0.2.1"},
)
_FREE = ("aws:SecureTransport", "aws:SourceIp")
_OWN = {"aws:ResourceAccount": ID}
_ACTIONS = ["*", "s3:*", "s3:GetObject", "kms:*", "sts:AssumeRole", ["s3:Put*", "kms:Decrypt"]]
_RESOURCES = ["*", "*", f"{BUCKET}/*", f"{BUCKET}/x", "arn:aws:s3:::${aws:username}/*", ROLE, KEY]
_ALONE = Means.of(jobs=1, cache=None)
WHO: tuple[Any, ...] = (
    "*",
    {"AWS": ID},
    *({"AWS": arn_of("user", name)} for name in NAMES),
    {"AWS": "arn:aws:iam::444455556666:root"},
    {"AWS": "AIDAJANE0000000000000"},
)


def _identity(chance: random.Random) -> list[Any]:
    return [
        {
            "Effect": chance.choice(["Allow", "Allow", "Deny"]),
            "Action": chance.choice(_ACTIONS),
            "Resource": chance.choice(_RESOURCES),
            "Condition": chance.choice(CONDITIONS),
        }
        for _ in range(chance.randint(1, 3))
    ]


def _shown(chance: random.Random, actions: list[Any], resources: list[str]) -> list[Any]:
    return [
        {
            "Effect": chance.choice(["Allow", "Allow", "Deny"]),
            "Principal": chance.choice(WHO),
            "Action": chance.choice(actions),
            **({"Resource": chance.choice(resources)} if resources else {}),
            "Condition": chance.choice(CONDITIONS),
        }
        for _ in range(chance.randint(1, 3))
    ]


def drawn_account(chance: random.Random) -> dict[str, Any]:
    """Return an account in short: two users, and perhaps boundaries, a bucket, a key, a role, an SCP and an RCP."""
    users: dict[str, Any] = {}
    for name in NAMES:
        users[name] = {
            "policies": [_identity(chance) for _ in range(chance.randint(0, 2))],
            "tags": chance.choice([{}, {"team": "a"}, {"Team": "b"}]),
        }
        if chance.random() < 0.4:
            users[name]["boundary"] = _identity(chance)
    said: dict[str, Any] = {"users": users, "resources": {}, "organization": {}}
    if chance.random() < 0.7:
        said["resources"][BUCKET] = _shown(chance, ["s3:*", "s3:GetObject"], [f"{BUCKET}/*", f"{BUCKET}/x"])
    if chance.random() < 0.5:
        said["resources"][KEY] = _shown(chance, ["kms:*", "kms:Decrypt"], ["*"])
    if chance.random() < 0.6:
        said["roles"] = {"app": {"trust": _shown(chance, ["sts:AssumeRole"], [])}}
    if chance.random() < 0.4:
        said["organization"]["scps"] = [_identity(chance)]
    if chance.random() < 0.3:
        deny = {"Effect": "Deny", "Principal": "*", "Action": chance.choice(["s3:*", "sts:AssumeRole", "kms:Decrypt"])}
        said["organization"]["rcps"] = [[{**deny, "Resource": "*", "Condition": chance.choice(CONDITIONS)}]]
    return said


def _decided(said: dict[str, Any], name: str, asked: tuple[str, str], context: dict[str, str]) -> bool:
    """Whether the evaluator allows the request of a user."""

    def read(drawn: Any) -> Policy:
        return Policy.parse(json.dumps(policy_of(drawn)).replace("AIDAJANE0000000000000", arn_of("user", "jane")))

    user, limits = said["users"][name], said["organization"]
    shown = dict(said["resources"])
    if "roles" in said:
        shown[ROLE] = said["roles"]["app"]["trust"]
    tags = {f"aws:PrincipalTag/{key}": value for key, value in user["tags"].items()}
    found = evaluate(
        policies=[read(one) for one in user["policies"]],
        boundary=read(user["boundary"]) if "boundary" in user else None,
        scps=[[read(one)] for one in limits.get("scps", [])],
        rcps=[read(one) for one in limits.get("rcps", [])],
        resource_policies={arn: read(one) for arn, one in shown.items()},
        principal=arn_of("user", name),
        request=Request.of(*asked, {**context, **tags, **_OWN}),
    )
    return found.as_json()["decision"] == "allowed"


def compare_account(said: dict[str, Any], chance: random.Random, tally: Tally, requests: int = 8) -> None:
    """Ask about `requests` requests of each user of an account, and count what disagrees."""
    with tempfile.TemporaryDirectory() as folder:
        account = account_in(said, Path(folder) / "account")
    tally.counts["questions"] += 1
    for _ in range(requests):
        asked, context = chance.choice(ASKED), chance.choice(CONTEXTS)
        keys = {key: [context[key]] if key in context else [] for key in _FREE} | {key: [ID] for key in _OWN}
        question = AccessQuestion.of([asked[0]], [asked[1]], keys, principals=[arn_of("user", each) for each in NAMES])
        verdicts = {one.name: one.verdict for one in who_can(account, question).every()}
        for name in NAMES:
            verdict, allowed = verdicts[arn_of("user", name)], _decided(said, name, asked, context)
            tally.counts["pairs"] += 1
            tally.counts["allowed"] += allowed
            tally.counts["undecided"] += verdict is AccessVerdict.UNDECIDED
            if verdict is not AccessVerdict.UNDECIDED and allowed != (verdict is AccessVerdict.CAN):
                tally.contradictions.append(f"who says {verdict.value} of {name}: {asked} {context} {json.dumps(said)}")
    _audited(account, said, chance.choice(ASKED), tally)


def _audited(account: Account, said: dict[str, Any], asked: tuple[str, str], tally: Tally) -> None:
    intent = Intent(never=(NeverRule((asked[0],), (asked[1],)),))
    found = audit_account(account, intent, AuditAsked(only=("never",)), _ALONE)
    named = {one.principal for one in found.findings} | {one.principal for one in found.undecided}
    for name in NAMES:
        allowed = any(_decided(said, name, asked, context) for context in CONTEXTS)
        tally.counts["audited"] += 1
        if allowed and arn_of("user", name) not in named:
            tally.contradictions.append(f"the audit does not find {name}: {asked} {json.dumps(said)}")
