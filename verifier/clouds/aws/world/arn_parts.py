"""What may stand in the parts of an ARN: partitions, regions, accounts, and the names in its last part.

    PARTITION, REGION, ACCOUNT_OR_AWS, ANY_ARN    as texts of a regular form
    is_region, is_account                  whether a text is one
    name_pieces                            what a variable part may hold, by the service and the name in the format

Source: "Amazon Resource Names (ARNs)" of the AWS General Reference (what an account is, which partitions there are),
"AWS Regions" of the AWS Regions and Availability Zones guide, and the partitions that AWS's SDKs know, with the
pattern of each one's regions. A region is known by its pattern, so one that AWS opens tomorrow is a region. For names,
the page that each row of the tables gives.

Formats do not tell which parts may hold a colon or a slash. Many ids do (`us-east-1:...` of Cognito, `project:...` of
CodeBuild), and names with a path, and services ask some actions on more than the format says (`function:f:prod`,
`connection/c/UUID`). So a part is narrowed only if a page documents its content, and if no other format goes on behind
it. Any other part holds anything.
"""

from __future__ import annotations

from functools import lru_cache

from verifier.base.regex import regex
from verifier.strings.shape import Alternation, Chars, Pieces, Run, Shape

_SMALL = "abcdefghijklmnopqrstuvwxyz"
_WORD = Run(Chars(_SMALL))
_DIGIT = Chars("0123456789")
NO_COLON = Chars(":", others=True)

# `-east-1`: what follows the country or the continent.
_PLACE: Pieces = ("-", _WORD, "-", Run(_DIGIT, 1, 2))
_TWO_LETTERS = Alternation(
    (
        (Run(Chars(_SMALL.replace("c", "")), 1, 1), Run(Chars(_SMALL), 1, 1)),
        ("c", Run(Chars(_SMALL.replace("n", "")), 1, 1)),
    )
)

# Each partition with its regions, and the region to show first.
_PARTITIONS: tuple[tuple[str, Pieces, str], ...] = (
    ("aws", (_TWO_LETTERS, *_PLACE), "us-east-1"),
    ("aws-cn", ("cn", *_PLACE), "cn-north-1"),
    ("aws-us-gov", ("us-gov", *_PLACE), "us-gov-west-1"),
    ("aws-eusc", ("eusc-", _WORD, *_PLACE), "eusc-de-east-1"),
    ("aws-iso", ("us-iso", *_PLACE), "us-iso-east-1"),
    ("aws-iso-b", ("us-isob", *_PLACE), "us-isob-east-1"),
    ("aws-iso-e", ("eu-isoe", *_PLACE), "eu-isoe-west-1"),
    ("aws-iso-f", ("us-isof", *_PLACE), "us-isof-south-1"),
)

REGIONS: tuple[tuple[str, Alternation], ...] = tuple(
    (name, Alternation((regions,))) for name, regions, _ in _PARTITIONS
)
PARTITION = Alternation(tuple((name,) for name, _, _ in _PARTITIONS))
REGION = Alternation(tuple(regions for _, regions, _ in _PARTITIONS))
FIRST_REGION = {name: first for name, _, first in _PARTITIONS}

ACCOUNT_ID = Run(_DIGIT, 12, 12)
# `aws` stands for the account of what AWS owns: `arn:aws:iam::aws:policy/ReadOnlyAccess`.
ACCOUNT_OR_AWS = Alternation(((ACCOUNT_ID,), ("aws",)))

_SHAPES = {name: Shape((regions,)) for name, regions in REGIONS}


@lru_cache(maxsize=1024)
def is_region(text: str, partition: str) -> bool:
    """Whether `text` is the name of a region of `partition`; of any, where that is none that AWS has."""
    shape = _SHAPES.get(partition)
    return shape.matches(text) if shape else any(one.matches(text) for one in _SHAPES.values())


_ACCOUNT_SHAPE = Shape((ACCOUNT_OR_AWS,))


def is_account(text: str) -> bool:
    """Whether `text` may stand for an account in an ARN."""
    return _ACCOUNT_SHAPE.matches(text)


def _any_arn(partition: str, regions: Alternation) -> Pieces:
    """The ARNs of `partition` up to what they name, of any service."""
    name = Run(Chars(_SMALL + "0123456789-"))
    nowhere: Pieces = ()
    return (
        f"arn:{partition}:",
        name,
        ":",
        Alternation(((regions,), nowhere)),
        ":",
        Alternation((*ACCOUNT_OR_AWS.options, nowhere)),
        ":",
    )


ANY_ARN = Shape((Alternation(tuple(_any_arn(*each) for each in REGIONS)), Run(Chars("", others=True), 0)))


ANY_TEXT: Pieces = (Run(Chars("", others=True)),)
WITHOUT_SEPARATOR: Pieces = (Run(Chars(":/", others=True)),)
_WITHOUT_SLASH: Pieces = (Run(Chars("/", others=True)),)
_WITHOUT_COLON: Pieces = (Run(NO_COLON),)
# A path may hold any visible character ("path" of API_CreateUser), the name behind it no colon. A list may be asked on
# the path alone.
_BEHIND_PATH: Pieces = (
    Alternation((WITHOUT_SEPARATOR, (Run(Chars("", others=True), 0), "/", Run(Chars(":/", others=True), 0)))),
)  # fmt: skip

# Services whose ids hold neither a colon nor a slash, by the formats and examples of their user guides.
_OPAQUE = frozenset(
    {"acm", "acm-pca", "directconnect", "ds", "ec2", "elasticfilesystem", "elasticloadbalancing", "fsx", "guardduty"}
    | {"kms", "mq", "route53", "transfer", "workspaces"}
)
_ID = regex(r".*(?:Id|ID)")
_OPAQUE_NAME = regex(r"BucketName|(?:LoadBalancer|TargetGroup|PlacementGroup)Name|.*(?:Uuid|UUID)")

# Names that hold neither a colon nor a slash, with the page of the service's API Reference.
_PLAIN_NAMES = {
    "sqs": ("QueueName",),  # CreateQueue: alphanumeric characters, hyphens, underscores, `.fifo`
    "iam": ("SamlProviderName",),  # CreateSAMLProvider: [\w._-]+
    "airflow": ("EnvironmentName",),  # CreateEnvironment: [a-zA-Z][0-9a-zA-Z-_]*
    "batch": ("ComputeEnvironmentName",),  # CreateComputeEnvironment: letters, numbers, hyphens, underscores
    "cloudformation": ("StackName",),  # CreateStack: alphanumeric characters and hyphens
    "cloudtrail": ("TrailName",),  # CreateTrail: letters, numbers, periods, underscores, dashes
    "codebuild": ("ProjectName",),  # CreateProject: [A-Za-z0-9][A-Za-z0-9\-_]*
    "codecommit": ("RepositoryName",),  # CreateRepository: [\w\.-]+
    "cognito-idp": ("UserPoolId",),  # DescribeUserPool: [\w-]+_[0-9a-zA-Z]+
    "dynamodb": ("GlobalTableName",),  # CreateGlobalTable: [a-zA-Z0-9_.-]+
    "ecs": ("CapacityProviderName", "ClusterName", "ServiceName", "TaskDefinitionFamilyName"),
    # CreateCapacityProvider, CreateCluster, CreateService, RegisterTaskDefinition: letters, numbers, underscores,
    # hyphens
    "eks": ("ClusterName",),  # CreateCluster: [0-9A-Za-z][A-Za-z0-9\-_]*
    "events": ("ArchiveName", "ReplayName"),  # CreateArchive, StartReplay: [\.\-_A-Za-z0-9]+
    "firehose": ("DeliveryStreamName",),  # CreateDeliveryStream: [a-zA-Z0-9_.-]+
    "organizations": ("OrganizationId",),  # DescribeOrganization: o-[a-z0-9]{10,32}
    "pipes": ("Name",),  # CreatePipe: [\.\-_A-Za-z0-9]+
    "rds": ("DbClusterInstanceName", "DbInstanceName"),  # CreateDBCluster, CreateDBInstance: letters, numbers, hyphens
    "redshift": ("ClusterName",),  # CreateCluster: alphanumeric characters and hyphens
    "scheduler": ("GroupName", "ScheduleName"),  # CreateScheduleGroup, CreateSchedule: [0-9a-zA-Z-_.]+
    "states": ("ActivityName",),  # CreateActivity: none of `" # % \ ^ | ~ ` $ & , ; : /`, no white space, no brackets
}
# Names without a slash. CreateTopic: letters, numbers, underscores, hyphens, `.fifo`; but Unsubscribe and its like take
# the ARN of a subscription, `topic:UUID`. CreateKeyPair: any character of ASCII; of a slash nothing is known.
_NAMES_WITHOUT_SLASH = {"ec2": ("KeyPairName",), "sns": ("TopicName",)}
# Names of several words with slashes between them, and no colon.
_SLASHED_NAMES = {
    # CreateBackupVault: [a-zA-Z0-9\-\_]{2,50}; but EFS makes `aws/efs/automatic-backup-vault`, by AWS's managed policy
    # AmazonElasticFileSystemServiceRolePolicy
    "backup": ("BackupVaultName",),
    "ecr": ("RepositoryName",),  # CreateRepository: words of [a-z0-9._-], with `/` between them
    "secretsmanager": ("SecretId",),  # CreateSecret: letters, numbers, and /_+=.@-
}
# "IAM and AWS STS quotas" of the IAM User Guide: alphanumeric, and +=,.@_-
_NAMES_BEHIND_PATHS = frozenset(
    f"{kind}NameWithPath" for kind in ("Certificate", "Group", "InstanceProfile", "Policy", "Role", "User")
)
# "AWS account identifiers" of the Account Management guide; "Region name" of the Regions guide.
_ACCOUNTS = {
    "account": ("MemberAccountId",),
    "config": ("AggregatorAccount",),
    "eks": ("IamIdentityAccountID",),
    "kafka": ("ClusterOwnerAccount",),
    "organizations": ("AccountId",),
    "sso": ("AccountId",),
}
_REGIONS = {"config": ("AggregatorRegion",)}


def name_pieces(service: str, name: str) -> Pieces:
    """Return what may stand in the part called `name`, of an ARN of `service`."""
    if name in _NAMES_WITHOUT_SLASH.get(service, ()):
        return _WITHOUT_SLASH
    if name in _ACCOUNTS.get(service, ()):
        return (ACCOUNT_ID,)
    if name in _REGIONS.get(service, ()):
        return (REGION,)
    if service == "iam" and name in _NAMES_BEHIND_PATHS:
        return _BEHIND_PATH
    if name in _SLASHED_NAMES.get(service, ()):
        return _WITHOUT_COLON
    is_plain = (
        name in _PLAIN_NAMES.get(service, ())
        or _OPAQUE_NAME.fullmatch(name)
        or (service in _OPAQUE and _ID.fullmatch(name))
    )
    return WITHOUT_SEPARATOR if is_plain else ANY_TEXT
