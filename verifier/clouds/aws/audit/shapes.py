"""Checks that are "no request of this shape is allowed", each as a maximum: it allows everything except the shape.

    denial, writing_iam, ...   the shapes
    maximum_of_shapes          the maximum of some of them

So a check is one question of `prove`, and a counterexample is a request of the shape, which was replayed. A key that
has to be present is compared with everything that it can be.

Sources: AWS Organizations User Guide and AWS Control Tower Controls Reference, *Deny access to AWS based on the
requested AWS Region*, for services whose endpoints stand in one region whatever region is meant; IAM User Guide, *AWS
global condition context keys*, for the keys of networks. Which actions change IAM, stop what watches or give data away,
say the presets (`clouds/aws/managed/presets.py`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from verifier.clouds.aws.catalogue.actions import AccessLevel, actions, find_action, resource_types
from verifier.clouds.aws.managed.presets import find_preset
from verifier.strings.pattern import parse_pattern

DeniedShape = Mapping[str, Any]

_ALL: DeniedShape = {"Effect": "Allow", "Action": "*", "Resource": "*"}
_CHANGING = (AccessLevel.WRITE, AccessLevel.PERMISSIONS, AccessLevel.TAGGING)

GLOBAL_SERVICES = (
    "account",
    "artifact",
    "aws-marketplace",
    "aws-marketplace-management",
    "aws-portal",
    "billing",
    "billingconductor",
    "budgets",
    "ce",
    "chatbot",
    "cloudfront",
    "consolidatedbilling",
    "cur",
    "freetier",
    "globalaccelerator",
    "health",
    "iam",
    "importexport",
    "invoicing",
    "networkmanager",
    "organizations",
    "payments",
    "pricing",
    "resource-explorer-2",
    "route53",
    "route53-recovery-cluster",
    "route53-recovery-control-config",
    "route53-recovery-readiness",
    "route53domains",
    "shield",
    "sts",
    "support",
    "supportplans",
    "tax",
    "trustedadvisor",
    "waf",
    "waf-regional",
    "wafv2",
)
_GLOBAL_ACTIONS = (
    "s3:CreateMultiRegionAccessPoint",
    "s3:DeleteMultiRegionAccessPoint",
    "s3:DescribeMultiRegionAccessPointOperation",
    "s3:GetAccountPublicAccessBlock",
    "s3:GetMultiRegionAccessPoint",
    "s3:GetMultiRegionAccessPointPolicy",
    "s3:GetMultiRegionAccessPointPolicyStatus",
    "s3:ListAllMyBuckets",
    "s3:ListMultiRegionAccessPoints",
    "s3:PutAccountPublicAccessBlock",
    "s3:PutMultiRegionAccessPointPolicy",
)
# What returns data that somebody stored.
READING_DATA = (
    "athena:GetQueryResults",
    "athena:GetQueryResultsStream",
    "cassandra:Select",
    "codecommit:GitPull",
    "dynamodb:BatchGetItem",
    "dynamodb:ExportTableToPointInTime",
    "dynamodb:GetItem",
    "dynamodb:GetRecords",
    "dynamodb:PartiQLSelect",
    "dynamodb:Query",
    "dynamodb:Scan",
    "ebs:GetSnapshotBlock",
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
    "elasticfilesystem:ClientMount",
    "es:ESHttpGet",
    "glacier:GetJobOutput",
    "kinesis:GetRecords",
    "kms:Decrypt",
    "lambda:GetFunction",
    "logs:FilterLogEvents",
    "logs:GetLogEvents",
    "logs:GetQueryResults",
    "rds-data:ExecuteStatement",
    "rds-db:connect",
    "redshift-data:ExecuteStatement",
    "redshift-data:GetStatementResult",
    "s3:GetObject",
    "s3:GetObjectTorrent",
    "s3:GetObjectVersion",
    "s3:GetObjectVersionTorrent",
    "s3express:CreateSession",
    "secretsmanager:BatchGetSecretValue",
    "secretsmanager:GetSecretValue",
    "sqs:ReceiveMessage",
    "ssm:GetParameter",
    "ssm:GetParameterHistory",
    "ssm:GetParameters",
    "ssm:GetParametersByPath",
    "timestream:Select",
)


def denial(
    actions_: Sequence[str] = ("*",), resources: Sequence[str] = ("*",), /, **conditions: Mapping[str, Any]
) -> DeniedShape:
    """Return a shape: the requests for one of `actions_` on one of `resources` that meet all `conditions`.

    Operators are named as in a document, `IfExists` included.
    """
    found: dict[str, Any] = {"Effect": "Deny", "Action": list(actions_), "Resource": list(resources)}
    return found | ({"Condition": conditions} if conditions else {})


def maximum_of_shapes(shapes: Iterable[DeniedShape]) -> str:
    """Return the text of the maximum that allows everything except `shapes`."""
    return json.dumps({"Version": "2012-10-17", "Statement": [_ALL, *shapes]})


def writing_iam() -> DeniedShape:
    """Return A4w: to change something in IAM. To pass a role changes nothing there, and A15 asks about it."""
    changing = (str(action) for action in actions("iam") if action.access_level in _CHANGING)
    return denial([name for name in changing if name != "iam:PassRole"])


def unprotected(boundary: str) -> tuple[DeniedShape, ...]:
    """Return A6: to remove a boundary, or to rewrite `boundary`, its ARN."""
    return (
        denial(["iam:DeleteUserPermissionsBoundary", "iam:DeleteRolePermissionsBoundary"]),
        denial(
            [
                "iam:CreatePolicyVersion",
                "iam:SetDefaultPolicyVersion",
                "iam:DeletePolicyVersion",
                "iam:DeletePolicy",
            ],
            [literal(boundary)],
        ),
    )


def from_outside(cidrs: Sequence[str], vpcs: Sequence[str], endpoints: Sequence[str]) -> DeniedShape:
    """Return A7: from an address that is not of the networks, and not made by AWS for somebody."""
    conditions: dict[str, dict[str, Any]] = {
        "IpAddress": {"aws:SourceIp": ["0.0.0.0/0", "::/0"]},
        "Bool": {"aws:ViaAWSService": "false", "aws:PrincipalIsAWSService": "false"},
    }
    if cidrs:
        conditions["NotIpAddress"] = {"aws:SourceIp": list(cidrs)}
    inside = {"aws:SourceVpc": list(vpcs), "aws:SourceVpce": list(endpoints)}
    if given := {key: values for key, values in inside.items() if values}:
        conditions["StringNotEquals"] = given
    return denial(**conditions)


def without_mfa(wanted: Sequence[str]) -> DeniedShape:
    """Return A8: one of the actions, where multi-factor authentication is absent or false."""
    return denial(wanted, BoolIfExists={"aws:MultiFactorAuthPresent": "false"})


def elsewhere(regions: Sequence[str]) -> DeniedShape:
    """Return A9: in a region that is not one of `regions`, except actions of global services."""
    return {
        "Effect": "Deny",
        "NotAction": [*(f"{service}:*" for service in GLOBAL_SERVICES), *_GLOBAL_ACTIONS],
        "Resource": "*",
        "Condition": {
            "StringLike": {"aws:RequestedRegion": "*"},
            "StringNotEquals": {"aws:RequestedRegion": list(regions)},
        },
    }


def reading(resources: Sequence[str]) -> tuple[DeniedShape, ...]:
    """Return A17: to read data of `resources`, by the actions that work on resources of their services."""
    by_service: dict[str, list[str]] = {}
    for resource in resources:
        by_service.setdefault([*resource.split(":"), "", "", ""][2], []).append(resource)
    return tuple(denial(_reading(service), several) for service, several in by_service.items())


@cache
def _reading(service: str) -> tuple[str, ...]:
    """Return the actions that read data of a resource whose ARN names `service`, which may have wildcards."""
    pattern = parse_pattern(service)
    found = [action for action in READING_DATA if any(map(pattern.matches, _services_of(action)))]
    return tuple(found) or READING_DATA


def _services_of(name: str) -> Iterator[str]:
    """Yield the services that ARNs of the resources of an action name."""
    action = find_action(name)
    assert action is not None
    used = {use.name for use in action.resource_types}
    for kind in resource_types(action.service):
        if kind.name in used:
            yield from (form.split(":")[2] for form in kind.arns)
    yield action.service


def in_plain_text() -> DeniedShape:
    """Return A29: without TLS."""
    return denial(Bool={"aws:SecureTransport": "false"})


def tagging(arn: str, keys: Sequence[str]) -> DeniedShape:
    """Return A25: to change a tag of `arn` whose key is one of `keys`, in whatever case (escalation through tags)."""
    wanted = ["iam:TagUser", "iam:UntagUser", "iam:TagRole", "iam:UntagRole"]
    condition = {"ForAnyValue:StringEqualsIgnoreCase": {"aws:TagKeys": list(keys)}}
    return denial(wanted, [arn], **condition)


def passing(approved: Iterable[tuple[str, Sequence[str]]]) -> str:
    """Return the maximum of A15, which passes only roles that are `approved`, each to its services."""
    statements: list[DeniedShape] = [{"Effect": "Allow", "NotAction": "iam:PassRole", "Resource": "*"}]
    for role, services in approved:
        condition = {"StringLike": {"iam:PassedToService": list(services)}}
        statements.append({"Effect": "Allow", "Action": "iam:PassRole", "Resource": role, "Condition": condition})
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


@cache
def preset_shapes(name: str) -> tuple[DeniedShape, ...]:
    """Return what a preset excludes."""
    preset = find_preset(name)
    assert preset is not None
    statements: list[DeniedShape] = json.loads(preset.text)["Statement"]
    return tuple(statement for statement in statements if statement["Effect"] == "Deny")


def literal(text: str) -> str:
    """Return an entry that matches `text` alone, whatever characters it has."""
    return "".join(f"${{{char}}}" if char in "*?$" else char for char in text)
