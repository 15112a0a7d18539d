"""The checks of an audit, in the order in which they are listed; `docs/audit.md` says the same at length.

To add a check: give it a row here, and say how it is asked, in `shapes.py` where it is "no request of this shape is
allowed", in a module of its own otherwise.
"""

from __future__ import annotations

from verifier.audits.finding import AuditCheck, CheckSeverity

_CRITICAL, _HIGH, _MEDIUM, _LOW, _NOTE = CheckSeverity

NEVER_CHECK = "never"

CHECKS: tuple[AuditCheck, ...] = (
    AuditCheck(
        "A1",
        _HIGH,
        "every user and role carries an approved boundary",
        "has no approved boundary",
        "set one of the boundaries that the intent approves",
        "boundaries",
    ),
    AuditCheck(
        "A2",
        _HIGH,
        "a boundary stays within the maximum",
        "has a boundary that allows more than the maximum",
        "narrow the boundary; `verifier repair` proposes how",
        "maximum",
    ),
    AuditCheck(
        "A3",
        _HIGH,
        "what a principal may do stays within its maximum",
        "is allowed what its maximum does not allow",
        "take the permission away, deny it, or widen the maximum if it is meant",
        "maximum",
    ),
    AuditCheck(
        "A4",
        _CRITICAL,
        "nobody is an administrator",
        "is allowed every action on every resource",
        "replace the statement by what the principal needs, or set a boundary",
    ),
    AuditCheck(
        "A4w",
        _MEDIUM,
        "nobody writes in IAM",
        "is allowed to change something in IAM",
        "leave changes of IAM to roles that are excepted for it",
    ),
    AuditCheck(
        "A6",
        _HIGH,
        "a boundary protects itself",
        "has a boundary under which boundaries can be removed, or this one rewritten",
        "deny `iam:DeleteUserPermissionsBoundary`, `iam:DeleteRolePermissionsBoundary` and changes of the versions of"
        " the boundary in the boundary itself",
    ),
    AuditCheck(
        "A7",
        _HIGH,
        "leaked keys are of no use elsewhere",
        "is allowed requests from outside the networks",
        "deny requests whose `aws:SourceIp`, `aws:SourceVpc` and `aws:SourceVpce` are not yours",
        "networks",
    ),
    AuditCheck(
        "A7'",
        _LOW,
        "the fence around the networks has its gates",
        "is allowed no request that AWS makes for it, or none from the networks",
        "let the Deny pass where `aws:ViaAWSService` is true, and requests from the networks",
        "networks",
    ),
    AuditCheck(
        "A8",
        _HIGH,
        "sensitive actions need multi-factor authentication",
        "is allowed an action without multi-factor authentication",
        "deny it with `BoolIfExists` `aws:MultiFactorAuthPresent` `false`, as long-term keys send no such key",
        "mfa",
    ),
    AuditCheck(
        "A9",
        _MEDIUM,
        "requests stay in the regions",
        "is allowed requests in another region",
        "deny other regions by `aws:RequestedRegion`, except for global services",
        "regions",
    ),
    AuditCheck(
        "A15",
        _HIGH,
        "only approved roles are passed, to approved services",
        "is allowed to pass a role that is not approved, or to a service that is not",
        "name the role, and the service by `iam:PassedToService`",
        "pass",
    ),
    AuditCheck(
        "A17",
        _HIGH,
        "sensitive data is read only by those who are excepted",
        "is allowed to read sensitive data",
        "take the permission away, or except the principal with a reason",
        "sensitive",
    ),
    AuditCheck(
        "A18",
        _LOW,
        "every Allow allows something",
        "carries an Allow that allows nothing",
        "remove the statement, or what blocks it",
    ),
    AuditCheck(
        "A19",
        _NOTE,
        "no Allow repeats others",
        "carries an Allow that others contain",
        "remove the statement, or narrow the others",
    ),
    AuditCheck(
        "A20",
        _NOTE,
        "every Deny denies something that is allowed",
        "carries a Deny that denies nothing that is allowed otherwise",
        "remove the statement, unless it guards against later changes",
    ),
    AuditCheck(
        "A21",
        _NOTE,
        "every part of a boundary is needed",
        "has a boundary with an Allow that nobody under it needs",
        "remove the statement from the boundary",
    ),
    AuditCheck(
        "A22",
        _MEDIUM,
        "every condition of an Allow narrows it",
        "carries an Allow with a condition that excludes nothing",
        "remove the condition, or write the one that was meant: `ForAllValues` and `IfExists` hold on an absent key",
    ),
    AuditCheck(
        "A23",
        _LOW,
        "every condition can hold",
        "carries a statement whose conditions never hold together",
        "correct the conditions",
    ),
    AuditCheck(
        "A24",
        _NOTE,
        "the version in force allows what the one before it allowed",
        "carries a policy whose version in force allows something that the one before it did not",
        "look whether the change was meant, and delete old versions",
    ),
    AuditCheck(
        "A25",
        _HIGH,
        "nobody changes the tags by which it is judged",
        "is allowed to change its own tags that conditions of the account read",
        "deny `iam:TagUser`, `iam:UntagUser`, `iam:TagRole` and `iam:UntagRole` for these keys, in any case",
    ),
    AuditCheck(
        "A26",
        _HIGH,
        "duties are separate",
        "is allowed actions of duties that are to be separate",
        "leave each duty to another principal",
        "separate",
    ),
    AuditCheck(
        "A29",
        _LOW,
        "requests are encrypted",
        "is allowed requests without TLS",
        "deny requests where `aws:SecureTransport` is false",
    ),
    AuditCheck(
        "A30",
        _MEDIUM,
        "everything allowed is an action of the named services",
        "is allowed an action of another service",
        "take the permission away, or name the service",
        "services",
    ),
    AuditCheck(
        "A31",
        _HIGH,
        "an Allow with NotAction or NotResource stays within the maximum",
        "carries an Allow with NotAction or NotResource that allows more than the maximum",
        "write what is allowed, not what is not",
        "maximum",
    ),
    AuditCheck(
        "A32",
        _HIGH,
        "nobody stops what records and watches",
        "is allowed to stop or change what records and watches",
        "deny changes of CloudTrail, AWS Config, GuardDuty, IAM Access Analyzer and Security Hub",
    ),
    AuditCheck(
        "A33",
        _HIGH,
        "nobody gives data away",
        "is allowed to give others access to data",
        "deny changes of policies of resources and sharing with other accounts, or except who needs it",
    ),
    AuditCheck(
        "A35",
        _MEDIUM,
        "conditions read keys that their actions carry",
        "carries a statement whose condition reads a key that its actions do not carry",
        "use a key of the action: a positive operator never holds without its key, and a negated one always does",
    ),
    AuditCheck(
        NEVER_CHECK,
        _HIGH,
        "nobody does what is never to be done, except those who are named",
        "is allowed what it must never do",
        "take the permission away, or name the principal in `unless`",
        "never",
    ),
)

BY_ID = {check.id: check for check in CHECKS}
