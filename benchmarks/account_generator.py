"""Accounts made up from a seed: sizes, attachments and shapes like real ones, with faults planted in some principals.

    made_up(count, seed)    -> MadeUpAccount: the files of the account, what is intended, and what an audit must find

Two thirds are roles. Everybody carries a boundary that guards networks, regions, TLS, multi-factor authentication and
itself; policies of AWS; a policy of the team; and nearly everybody an inline policy about resources of its own, so that
no two of these are equal. Every twentieth has one of `FAULTS`. Each fault says which checks must find it.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ACCOUNT = "111122223333"
_OF_TEAM = 40  # principals in a team, about

# What members of a team do on resources of their own, by the service of the team.
_SERVICES = {
    "s3": (("s3:GetObject", "s3:PutObject", "s3:ListBucket"), "arn:aws:s3:::{name}*"),
    "dynamodb": (("dynamodb:GetItem", "dynamodb:PutItem"), "arn:aws:dynamodb:eu-west-1:{account}:table/{name}"),
    "sqs": (("sqs:SendMessage", "sqs:ReceiveMessage"), "arn:aws:sqs:eu-west-1:{account}:{name}"),
    "lambda": (("lambda:InvokeFunction",), "arn:aws:lambda:eu-west-1:{account}:function:{name}"),
    "logs": (("logs:CreateLogStream", "logs:PutLogEvents"), "arn:aws:logs:eu-west-1:{account}:log-group:/{name}:*"),
    "kinesis": (("kinesis:PutRecord",), "arn:aws:kinesis:eu-west-1:{account}:stream/{name}"),
    "states": (("states:StartExecution",), "arn:aws:states:eu-west-1:{account}:stateMachine:{name}"),
    "ecr": (("ecr:DescribeImages", "ecr:ListImages"), "arn:aws:ecr:eu-west-1:{account}:repository/{name}"),
}
# Policies of AWS that keep to what is intended, and do nothing that teams do.
_OF_AWS = (
    "AWSXRayDaemonWriteAccess",
    "AmazonVPCReadOnlyAccess",
    "AmazonRoute53ReadOnlyAccess",
    "AmazonElastiCacheReadOnlyAccess",
    "AmazonEventBridgeSchemasReadOnlyAccess",
    "AmazonTextractFullAccess",
    "AmazonPollyReadOnlyAccess",
    "AmazonRekognitionReadOnlyAccess",
    "AWSCertificateManagerReadOnly",
    "AmazonGlacierReadOnlyAccess",
    "AmazonCognitoReadOnly",
)
_OUTSIDE = ["organizations:*", "account:*"]
_MAXIMUM = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "NotAction": _OUTSIDE, "Resource": "*"}]}

Statement = dict[str, Any]


def allow(actions: Any, resource: Any = "*", condition: Any = None) -> Statement:
    found: Statement = {"Effect": "Allow", "Action": actions, "Resource": resource}
    return found | ({"Condition": condition} if condition else {})


def _deny(condition: Any = None, actions: Any = "*", resource: Any = "*") -> Statement:
    return {**allow(actions, resource, condition), "Effect": "Deny"}


def document(*statements: Statement) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _arn(kind: str, name: str, path: str = "/") -> str:
    return f"arn:aws:iam::{ACCOUNT}:{kind}{path}{name}"


_NETWORK = _deny(
    {
        "NotIpAddressIfExists": {"aws:SourceIp": ["203.0.113.0/24"]},
        "StringNotEqualsIfExists": {"aws:SourceVpc": ["vpc-1"]},
        "BoolIfExists": {"aws:ViaAWSService": "false", "aws:PrincipalIsAWSService": "false"},
    }
)
_REGION = {
    "Effect": "Deny",
    "NotAction": ["iam:*", "route53:*", "sts:*", "s3:ListAllMyBuckets"],
    "Resource": "*",
    "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1"]}},
}
_TLS = _deny({"Bool": {"aws:SecureTransport": "false"}})
_MFA = _deny({"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}, ["dynamodb:DeleteTable"])
_ITSELF = _deny(None, ["iam:DeleteUserPermissionsBoundary", "iam:DeleteRolePermissionsBoundary", "iam:*Policy*"])
_INSIDE = {"Effect": "Allow", "NotAction": _OUTSIDE, "Resource": "*"}
_BOUNDARIES = {
    "Team": (_INSIDE, _NETWORK, _REGION, _TLS, _MFA, _ITSELF),
    "Wide": (allow("*"), _NETWORK, _REGION, _TLS, _MFA, _ITSELF),
    "AnyNetwork": (_INSIDE, _REGION, _TLS, _MFA, _ITSELF),
    "AnyRegion": (_INSIDE, _NETWORK, _TLS, _MFA, _ITSELF),
    "PlainText": (_INSIDE, _NETWORK, _REGION, _MFA, _ITSELF),
    "NoFactor": (_INSIDE, _NETWORK, _REGION, _TLS, _ITSELF),
    "Open": (_INSIDE, _NETWORK, _REGION, _TLS, _MFA),
    "NoGate": (_INSIDE, _NETWORK, _REGION, _TLS, _MFA, _ITSELF, _deny({"Bool": {"aws:ViaAWSService": "true"}})),
}
_NETWORKS = '{ cidrs = ["203.0.113.0/24"], vpcs = ["vpc-1"] }'
_APPROVED = ", ".join(f'"{_arn("policy", f"Boundary{name}")}"' for name in _BOUNDARIES)
INTENT = f"""[intent]
maximum = "maximum.json"
boundaries = [{_APPROVED}]
regions = ["eu-west-1"]
networks = {_NETWORKS}
trusted_accounts = ["777788889999"]
federated = {{ "token.actions.githubusercontent.com" = ["repo:octo-org/*"] }}
sensitive = ["arn:aws:s3:::payroll", "arn:aws:s3:::payroll/*"]
mfa = ["dynamodb:DeleteTable"]
pass = [{{ role = "{_arn("role", "app-*")}", services = ["lambda.amazonaws.com"] }}]
separate = [[["codecommit:GitPush"], ["codepipeline:PutApprovalResult"]]]
never = [{{ action = ["s3:DeleteBucket"], resource = ["arn:aws:s3:::payroll"] }}]
"""


@dataclass(frozen=True)
class Fault:
    """A fault: statements of one more inline policy, another boundary (empty for none), another trust policy, or a
    version that allows more; and what must find it. A fault of a trust policy is that of a role.
    """

    checks: tuple[str, ...]
    statements: tuple[Statement, ...] = ()
    boundary: str | None = None
    versions: bool = False
    trust: Statement | None = None


def trust(principal: Any, condition: Any = None, action: str = "sts:AssumeRole") -> Statement:
    found: Statement = {"Effect": "Allow", "Principal": principal, "Action": action}
    return found | ({"Condition": condition} if condition else {})


_SAFE_TRUST = trust({"Service": "lambda.amazonaws.com"}, {"StringEquals": {"aws:SourceAccount": ACCOUNT}})
_PROVIDER = "token.actions.githubusercontent.com"
_GITHUB = {"Federated": _arn("oidc-provider", _PROVIDER)}
_AUDIENCE = {"StringEquals": {f"{_PROVIDER}:aud": "sts.amazonaws.com"}}
_CONTRADICTION = {
    "StringEquals": {"aws:RequestedRegion": "eu-west-1"},
    "StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "eu-west-2"]},
}
FAULTS = {
    "no boundary": Fault(("A1", "A7", "A9", "A29"), boundary=""),
    "a wide boundary": Fault(("A2",), boundary="Wide"),
    "outside the maximum": Fault(("A2", "A3"), (allow("organizations:ListRoots"),), "Wide"),
    "writes in IAM": Fault(("A4w",), (allow("iam:CreateGroup"),)),
    "an open boundary": Fault(("A6",), boundary="Open"),
    "any network": Fault(("A7",), boundary="AnyNetwork"),
    "no gate": Fault(("A7'",), boundary="NoGate"),
    "no second factor": Fault(("A8",), (allow("dynamodb:DeleteTable"),), "NoFactor"),
    "any region": Fault(("A9",), boundary="AnyRegion"),
    "passes any role": Fault(("A15",), (allow("iam:PassRole"),)),
    "reads payroll": Fault(("A17",), (allow("s3:GetObject", "arn:aws:s3:::payroll/*"),)),
    "a dead Allow": Fault(("A18",), (allow("organizations:ListRoots"),)),
    "a repeated Allow": Fault(("A19",), (allow("ses:SendEmail"), allow("ses:SendEmail", "arn:aws:ses:*:*:x"))),
    "a Deny of nothing": Fault(("A20",), (_deny(None, "gamelift:*"),)),
    "a condition of nothing": Fault(
        ("A22",), (allow("sqs:TagQueue", "*", {"ForAllValues:StringLike": {"aws:TagKeys": "*"}}),)
    ),
    "a contradiction": Fault(("A23",), (allow("ses:SendEmail", "*", _CONTRADICTION),)),
    "a version that allows more": Fault(("A24",), versions=True),
    "own tags": Fault(("A25", "A4w"), (allow("iam:TagRole"), allow("iam:TagUser"))),
    "two duties": Fault(("A26",), (allow("codecommit:GitPush"), allow("codepipeline:PutApprovalResult"))),
    "plain text": Fault(("A29",), boundary="PlainText"),
    "NotResource": Fault(
        ("A31",),
        ({"Effect": "Allow", "Action": ["ses:SendEmail", "account:ListRegions"], "NotResource": "arn:aws:ses:*:*:x"},),
    ),
    "stops trails": Fault(("A32",), (allow("cloudtrail:StopLogging"),)),
    "gives data away": Fault(("A33",), (allow("s3:PutBucketPolicy", "arn:aws:s3:::shared"),)),
    "another key": Fault(("A35",), (allow("ses:SendEmail", "*", {"StringEquals": {"s3:prefix": "a"}}),)),
    "trusts a stranger": Fault(("A10", "A11"), trust=trust({"AWS": "444455556666"})),
    "needs no external id": Fault(("A11",), trust=trust({"AWS": "777788889999"})),
    "serves any account": Fault(("A12",), trust=trust({"Service": "lambda.amazonaws.com"})),
    "any repository": Fault(("A13",), trust=trust(_GITHUB, _AUDIENCE, "sts:AssumeRoleWithWebIdentity")),
    "a role of nobody": Fault(("A28",), trust=trust({"AWS": "AIDAQQQQQQQQQQQQQQQQQ"})),
    "deletes payroll": Fault(("never",), (allow("s3:DeleteBucket", "arn:aws:s3:::payroll"),)),
}


@dataclass
class MadeUpAccount:
    """A made-up account: `dump` as AWS prints it; `planted` are pairs of a check and the ARN of who violates it."""

    dump: dict[str, Any]
    planted: set[tuple[str, str]] = field(default_factory=set)

    def write(self, folder: Path) -> tuple[Path, Path]:
        """Write it to a folder; return that of the account, and the configuration."""
        account = folder / "account"
        account.mkdir(parents=True, exist_ok=True)
        (account / "account.json").write_text(json.dumps(self.dump), encoding="utf-8")
        (folder / "maximum.json").write_text(json.dumps(_MAXIMUM), encoding="utf-8")
        (folder / "verifier.toml").write_text(INTENT, encoding="utf-8")
        return account, folder / "verifier.toml"


def made_up(count: int, seed: int, every: int = 20) -> MadeUpAccount:
    """Return an account of `count` principals, of which each of number `every` has a fault; nobody where that is 0."""
    return _Maker(random.Random(seed)).account(count, every)  # noqa: S311 - not for secrets


class _Maker:
    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._policies: dict[str, dict[str, Any]] = {}
        self._groups: list[dict[str, Any]] = []

    def account(self, count: int, every: int) -> MadeUpAccount:
        for name, statements in _BOUNDARIES.items():
            self._policy(f"Boundary{name}", document(*statements))
        teams = [self._team(number) for number in range(max(1, count // _OF_TEAM))]
        kinds: list[str] = list(FAULTS)
        found = MadeUpAccount({})
        users: list[dict[str, Any]] = []
        roles: list[dict[str, Any]] = []
        for number in range(count):
            fault = FAULTS[kinds[number // every % len(kinds)]] if every and number % every == 0 else None
            is_user = self._chance.random() < 1 / 3 and not (fault and fault.trust)
            principal = self._principal(number, self._chance.choice(teams), fault, is_user=is_user)
            (users if is_user else roles).append(principal)
            found.planted |= {(check, principal["Arn"]) for check in (fault.checks if fault else ())}
        tagged = document(allow("ssm:GetDocument", "*", {"StringEquals": {"aws:ResourceTag/team": "none"}}))
        self._policy("Tagged", tagged)
        found.dump |= {
            "UserDetailList": users,
            "GroupDetailList": self._groups,
            "RoleDetailList": roles,
            "Policies": list(self._policies.values()),
            "IsTruncated": False,
        }
        return found

    def _policy(self, name: str, document: Any, before: Any = None) -> str:
        versions = [{"Document": document, "VersionId": "v2", "IsDefaultVersion": True}]
        if before is not None:
            versions.append({"Document": before, "VersionId": "v1", "IsDefaultVersion": False})
        arn = _arn("policy", name)
        self._policies[name] = {
            "PolicyName": name,
            "PolicyId": f"ANPA{len(self._policies):016}",
            "Arn": arn,
            "Path": "/",
            "DefaultVersionId": "v2",
            "PolicyVersionList": versions,
        }
        return arn

    def _team(self, number: int) -> dict[str, Any]:
        service = self._chance.choice(list(_SERVICES))
        name = f"team-{number}"
        actions, resource = _SERVICES[service]
        shared = document(
            allow(list(actions), resource.format(name=f"{name}-shared", account=ACCOUNT)),
            allow("cloudwatch:PutMetricData", "*", {"StringEquals": {"cloudwatch:namespace": name}}),
        )
        self._policy(name, shared)
        group = {
            "Path": "/",
            "GroupName": name,
            "GroupId": f"AGPA{number:016}",
            "Arn": _arn("group", name),
            "GroupPolicyList": [],
            "AttachedManagedPolicies": [_attached(_arn("policy", name))],
        }
        self._groups.append(group)
        several = self._chance.sample(_OF_AWS, self._chance.randint(1, 4))
        return {"name": name, "service": service, "aws": [f"arn:aws:iam::aws:policy/{each}" for each in several]}

    def _principal(self, number: int, team: dict[str, Any], fault: Fault | None, *, is_user: bool) -> dict[str, Any]:
        chance, kind = self._chance, "User" if is_user else "Role"
        name, path = f"{team['name']}-{number}", f"/{team['name']}/"
        actions, resource = _SERVICES[team["service"]]
        inline: dict[str, Any] = {}
        if chance.random() < 0.9:
            wanted = chance.sample(actions, chance.randint(1, len(actions)))
            inline["own"] = document(allow(wanted, resource.format(name=f"own-{number}", account=ACCOUNT)))
        attached = list(team["aws"])
        boundary = "Team"
        if fault is not None:
            if fault.statements:
                inline["more"] = document(*fault.statements)
            if fault.versions:
                before = document(allow("ses:GetSendQuota"))
                attached.append(self._policy(f"changed-{number}", document(allow("ses:Get*")), before))
            boundary = boundary if fault.boundary is None else fault.boundary
        found: dict[str, Any] = {
            "Path": path,
            f"{kind}Name": name,
            f"{kind}Id": f"{'AIDA' if is_user else 'AROA'}{number:016}",
            "Arn": _arn(kind.lower(), name, path),
            "CreateDate": "2024-05-01T09:00:00+00:00",
            f"{kind}PolicyList": [{"PolicyName": each, "PolicyDocument": inline[each]} for each in inline],
            "Tags": [{"Key": "team", "Value": team["name"]}],
        }
        if boundary:
            arn = _arn("policy", f"Boundary{boundary}")
            found["PermissionsBoundary"] = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn}
        if is_user:
            found["GroupList"] = [team["name"]]
        else:
            attached.append(_arn("policy", team["name"]))
            trust = fault.trust if fault and fault.trust else _SAFE_TRUST
            found |= {"AssumeRolePolicyDocument": document(trust), "InstanceProfileList": []}
        found["AttachedManagedPolicies"] = list(map(_attached, attached))
        return found


def _attached(arn: str) -> dict[str, str]:
    return {"PolicyName": arn.rpartition("/")[2], "PolicyArn": arn}
