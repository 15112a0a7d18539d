"""A resource policy, and what it covers (rules 31, 33 and 35).

    ShownPolicy        a policy with the resource that it belongs to
    Cover, cover_of    the requests that the policy of a resource covers
    resource_policy    one of an ARN, or of the bucket that its entries name

A resource policy covers its resource alone, and what has no policy of its own below it: the objects of a bucket, the
indexes of a table. A trust policy is the resource policy of a role: it covers the actions by which one becomes the
role. Sources: the pages on resource-based policies of Amazon DynamoDB, S3 access points, OpenSearch Service, API
Gateway and VPC Lattice.
"""

from __future__ import annotations

import enum

from verifier.base.dataclass import dataclass
from verifier.base.errors import PolicyError, UsageError, quote
from verifier.base.memo import cached_property
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.policy.types import PolicyType
from verifier.logic.request import Request
from verifier.strings.pattern import arn_fields

ASSUMING = "sts:assumerole"
# By which one becomes a role (rule 35).
TRUST_ACTIONS = frozenset(
    f"sts:{name}"
    for name in ("assumerole", "assumerolewithsaml", "assumerolewithwebidentity", "tagsession", "setsourceidentity")
)


class ResourceKind(enum.Enum):
    """What a resource policy belongs to; of keys and roles it must take part in every permission (rule 35)."""

    BUCKET = "bucket"
    KEY = "key"
    ROLE = "role"
    OTHER = "other"

    @property
    def is_strict(self) -> bool:
        """Whether an identity policy alone is never enough."""
        return self in (ResourceKind.KEY, ResourceKind.ROLE)


@dataclass(frozen=True, slots=True)
class Cover:
    """The resources that a policy covers: `arn`, and those whose ARNs begin with `below`, where that is not empty.

    `actions`: only these, in lower case; None for all.
    """

    arn: str
    below: str = ""
    actions: frozenset[str] | None = None

    def holds(self, request: Request) -> bool:
        """Whether the policy covers `request`."""
        if self.actions is not None and request.action.lower() not in self.actions:
            return False
        return request.resource == self.arn or (bool(self.below) and request.resource.startswith(self.below))


@dataclass(frozen=True)
class ShownPolicy:
    """`policy`, of the resource `arn`; `owner` is the account that has the resource, where that is known.

    `told` is the type of a policy that may belong to any resource; it has no `arn` then.
    """

    arn: str
    policy: Policy
    owner: str = ""
    told: PolicyType | None = None

    @cached_property
    def kind(self) -> ResourceKind:
        """What it belongs to."""
        if self.told is None:
            return resource_kind(self.arn)
        return ResourceKind.ROLE if self.told is PolicyType.TRUST else ResourceKind.OTHER

    @property
    def type(self) -> PolicyType:
        """The type that the document has."""
        return self.told or (PolicyType.TRUST if self.kind is ResourceKind.ROLE else PolicyType.RESOURCE)

    @cached_property
    def cover(self) -> Cover:
        """What it covers."""
        return cover_of(self.arn) if self.told is None else cover_of_any(self.told)

    @property
    def account(self) -> str:
        """The account that has the resource; empty where neither its ARN nor `owner` tells it."""
        return account_in(self.arn) or self.owner


def resource_kind(arn: str) -> ResourceKind:
    """Return what the resource `arn`, which `read_resource` took, is."""
    fields = arn_fields(arn)
    assert fields is not None
    match fields[2], fields[5]:
        case "s3", rest if not fields[3] and not fields[4] and "/" not in rest:
            return ResourceKind.BUCKET
        case "kms", rest if rest.startswith("key/"):
            return ResourceKind.KEY
        case "iam", rest if rest.startswith("role/"):
            return ResourceKind.ROLE
    return ResourceKind.OTHER


def cover_of(arn: str) -> Cover:
    """Return what the policy of the resource `arn` covers."""
    kind = resource_kind(arn)
    return Cover(arn, _below(arn, kind), TRUST_ACTIONS if kind is ResourceKind.ROLE else None)


def cover_of_any(type_: PolicyType) -> Cover:
    """Return what documents of `type_` cover that may belong to any resource: none covers the resource `*`."""
    if type_ is PolicyType.TRUST:
        return Cover("", "arn:", TRUST_ACTIONS)
    return Cover("", "arn:")


# By service and how the resource begins: what stands between its ARN and what lies below it.
_BELOW = {
    ("s3", "accesspoint/"): "/object/",
    ("dynamodb", "table/"): "/index/",
    ("es", "domain/"): "/",
    ("execute-api", ""): "/",
    ("vpc-lattice", "service"): "/",
}


def _below(arn: str, kind: ResourceKind) -> str:
    fields = arn_fields(arn)
    assert fields is not None
    if kind is ResourceKind.BUCKET:
        return f"{arn}/"
    for (service, begin), between in _BELOW.items():
        if fields[2] == service and fields[5].startswith(begin):
            return f"{arn}{between}"
    return ""


def account_in(arn: str) -> str:
    """Return the account in an ARN; empty where it tells none."""
    fields = arn_fields(arn)
    return "" if fields is None else fields[4]


def read_resource(arn: str) -> str:
    """Return `arn` as the resource of a policy. Raises UsageError where it is not the ARN of one resource."""
    fields = arn_fields(arn)
    if fields is None or not fields[5] or "*" in arn or "?" in arn:
        help = "write the ARN of one resource, as in `arn:aws:s3:::bucket`"
        raise UsageError(f"{quote(arn)} is not the ARN of a resource", help=help)
    return arn


def bucket_of(policy: Policy) -> str | None:
    """Return the bucket that every Resource entry of `policy` covers, or None where that is not one bucket."""
    found: set[str] = set()
    for statement in policy.statements:
        entries = statement.resources.entries if statement.resources and not statement.resources.negated else ()
        for entry in entries:
            fields = arn_fields(entry.text)
            if fields is None or fields[2] != "s3" or fields[3] or fields[4]:
                return None
            found.add(f"arn:{fields[1]}:s3:::{fields[5].partition('/')[0]}")
    (bucket,) = found if len(found) == 1 else (None,)
    return None if bucket is None or "*" in bucket or "?" in bucket or "$" in bucket else bucket


def resource_policy(arn: str | None, policy: Policy) -> ShownPolicy:
    """Return `policy` as that of `arn`; of a bucket the Resource entries tell it. Raises UsageError or PolicyError."""
    if arn is None:
        arn = bucket_of(policy)
        if arn is None:
            help = "name the resource that the policy belongs to"
            raise PolicyError("the resource policy does not tell its resource", source=policy.source, help=help)
    return ShownPolicy(read_resource(arn), policy)
