"""What is called: one call, a chain of calls, and the calls that every account needs.

A `Call` names an operation as boto3 does, and the permission that it needs. Its `gives` is a JMESPath expression on the
answer, which gives one object or a list of objects; each is what the next call of a chain may refer to, as `{name}` in
its parameters. A `CallChain` starts with the account's `{partition}`, `{account}` and `{region}`:

    list_queues            gives  {url}                for each queue
    get_queue_attributes   takes  QueueUrl="{url}"     and gives  {arn, policy}

`arn` of a chain says how the ARN is made where no answer has it. A chain that is `worldwide` is asked once, not in each
region. Source of the operations: botocore's models, and a test compares; of the permissions: the service authorization
reference, by the catalogue.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any, TypeAlias

from verifier.base.dataclass import dataclass

# A text with `{name}`, a number, or a list or an object of them.
CallParameters: TypeAlias = Mapping[str, Any]
# What an answer gave, by name.
Given: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """A call of `operation` of a boto3 client, which needs the permission `action` on `resource`; None: everybody may.

    `nothing` are the error codes that say that there is nothing, or nothing any more. `next_token` is set where
    botocore has no paginator: the names of the token in the call and in the answer.
    """

    client: str
    operation: str
    action: str | None
    gives: str
    parameters: CallParameters = field(default_factory=dict)
    nothing: tuple[str, ...] = ()
    next_token: tuple[str, str] | None = None
    resource: str = "*"


@dataclass(frozen=True, slots=True)
class CallChain:
    """Calls, each made for everything that the call before it gave; `name` is also the name of a file."""

    name: str
    calls: tuple[Call, ...]
    arn: str = "{arn}"
    worldwide: bool = False


@dataclass(frozen=True, slots=True)
class Unread:
    """A call that was not answered: `reason` is the code of the error, `message` what came with it."""

    call: str
    region: str
    resource: str | None
    reason: str
    message: str


class NotRead(Exception):
    """A call was not answered."""

    def __init__(self, unread: Unread) -> None:
        super().__init__(unread.reason)
        self.unread = unread


WHO_AM_I = Call("sts", "get_caller_identity", None, "{account: Account, arn: Arn}")
ASSUME_ROLE = Call(
    "sts",
    "assume_role",
    "sts:AssumeRole",
    "Credentials",
    {"RoleArn": "{role}", "RoleSessionName": "verifier-fetch-account"},
)
ENABLED_REGIONS = Call("ec2", "describe_regions", "ec2:DescribeRegions", "Regions[].{name: RegionName}")

DETAILS = Call("iam", "get_account_authorization_details", "iam:GetAccountAuthorizationDetails", "@")
POLICY = Call("iam", "get_policy", "iam:GetPolicy", "Policy", {"PolicyArn": "{arn}"})
POLICY_VERSION = Call(
    "iam",
    "get_policy_version",
    "iam:GetPolicyVersion",
    "PolicyVersion",
    {"PolicyArn": "{arn}", "VersionId": "{version}"},
)

ORGANIZATION = Call(
    "organizations",
    "describe_organization",
    "organizations:DescribeOrganization",
    "Organization.{id: Id, management: MasterAccountId}",
    nothing=("AWSOrganizationsNotInUseException",),
)
ACCOUNTS = Call(
    "organizations", "list_accounts", "organizations:ListAccounts", "Accounts[].{id: Id, name: Name, status: Status}"
)
ROOTS = Call(
    "organizations",
    "list_roots",
    "organizations:ListRoots",
    "Roots[].{id: Id, types: PolicyTypes[?Status=='ENABLED'].Type}",
)
PARENTS = Call(
    "organizations",
    "list_parents",
    "organizations:ListParents",
    "Parents[].{id: Id, type: Type}",
    {"ChildId": "{id}"},
)
UNIT = Call(
    "organizations",
    "describe_organizational_unit",
    "organizations:DescribeOrganizationalUnit",
    "OrganizationalUnit.{name: Name}",
    {"OrganizationalUnitId": "{id}"},
)
ATTACHED = Call(
    "organizations",
    "list_policies_for_target",
    "organizations:ListPoliciesForTarget",
    "Policies[].{id: Id}",
    {"TargetId": "{id}", "Filter": "{type}"},
)
ORGANIZATION_POLICY = Call(
    "organizations",
    "describe_policy",
    "organizations:DescribePolicy",
    "Policy.{document: Content}",
    {"PolicyId": "{id}"},
)

# What every account is asked, in addition to the tables.
ALWAYS_ASKED = (
    WHO_AM_I,
    ENABLED_REGIONS,
    DETAILS,
    POLICY,
    POLICY_VERSION,
    ORGANIZATION,
    ACCOUNTS,
    ROOTS,
    PARENTS,
    UNIT,
    ATTACHED,
    ORGANIZATION_POLICY,
)
