"""What an event of AWS CloudTrail calls by other names than policies do: services, actions, resources and keys.

    action_of(service, event)     the action that a call needs; None where no table tells it
    PARAMETER_ARNS                ARNs that parameters of a call make
    PARAMETER_KEYS                condition keys that parameters of a call give values

Sources: the service authorization reference, whose actions are the catalogue; for S3, *Required permissions for Amazon
S3 API operations* in its user guide; for the names of services, *CloudTrail supported services and integrations*. A
call that needs another action than the one of its name, and whose action no table names, is not known.
"""

from __future__ import annotations

from verifier.base.regex import regex
from verifier.clouds.aws.catalogue.actions import Action, find_action

# The first label of `eventSource`, where policies call the service otherwise.
_SERVICES = {
    "monitoring": "cloudwatch",
    "email": "ses",
    "tagging": "tag",
    "cloudcontrolapi": "cloudformation",
    "iotdata": "iot",
    "opensearch": "es",
}
# Some services add the version of their API: `CreateFunction20150331`, `CreateDistribution2020_05_31`.
_VERSION = regex(r"(?:20\d{6}(?:v\d+)?|20\d\d_\d\d_\d\d)\Z")
_S3 = {
    "s3:GetObject": ("HeadObject", "SelectObjectContent"),
    "s3:PutObject": ("CopyObject", "CreateMultipartUpload", "UploadPart", "UploadPartCopy", "CompleteMultipartUpload"),
    "s3:DeleteObject": ("DeleteObjects",),
    "s3:ListBucket": ("HeadBucket", "ListObjects", "ListObjectsV2"),
    "s3:ListBucketVersions": ("ListObjectVersions",),
    "s3:ListAllMyBuckets": ("ListBuckets",),
    "s3:ListBucketMultipartUploads": ("ListMultipartUploads",),
    "s3:ListMultipartUploadParts": ("ListParts",),
    "s3:GetAccelerateConfiguration": ("GetBucketAccelerateConfiguration", "GetBucketAccelerate"),
    "s3:PutAccelerateConfiguration": ("PutBucketAccelerateConfiguration", "PutBucketAccelerate"),
    "s3:GetAnalyticsConfiguration": ("GetBucketAnalyticsConfiguration", "ListBucketAnalyticsConfigurations"),
    "s3:PutAnalyticsConfiguration": ("PutBucketAnalyticsConfiguration", "DeleteBucketAnalyticsConfiguration"),
    "s3:GetEncryptionConfiguration": ("GetBucketEncryption",),
    "s3:PutEncryptionConfiguration": ("PutBucketEncryption", "DeleteBucketEncryption"),
    "s3:GetInventoryConfiguration": ("GetBucketInventoryConfiguration", "ListBucketInventoryConfigurations"),
    "s3:PutInventoryConfiguration": ("PutBucketInventoryConfiguration", "DeleteBucketInventoryConfiguration"),
    "s3:GetLifecycleConfiguration": ("GetBucketLifecycle", "GetBucketLifecycleConfiguration"),
    "s3:PutLifecycleConfiguration": (
        "PutBucketLifecycle",
        "PutBucketLifecycleConfiguration",
        "DeleteBucketLifecycle",
    ),
    "s3:GetMetricsConfiguration": ("GetBucketMetricsConfiguration", "ListBucketMetricsConfigurations"),
    "s3:PutMetricsConfiguration": ("PutBucketMetricsConfiguration", "DeleteBucketMetricsConfiguration"),
    "s3:GetBucketNotification": ("GetBucketNotificationConfiguration",),
    "s3:PutBucketNotification": ("PutBucketNotificationConfiguration",),
    "s3:GetReplicationConfiguration": ("GetBucketReplication",),
    "s3:PutReplicationConfiguration": ("PutBucketReplication", "DeleteBucketReplication"),
    "s3:GetBucketObjectLockConfiguration": ("GetObjectLockConfiguration",),
    "s3:PutBucketObjectLockConfiguration": ("PutObjectLockConfiguration",),
    "s3:PutBucketCORS": ("DeleteBucketCors",),
    "s3:PutBucketTagging": ("DeleteBucketTagging",),
    "s3:PutBucketOwnershipControls": ("DeleteBucketOwnershipControls",),
    "s3:PutBucketPublicAccessBlock": ("DeleteBucketPublicAccessBlock",),
    "s3:PutAccountPublicAccessBlock": ("DeleteAccountPublicAccessBlock",),
}
_ACTIONS = {("s3", event): action for action, events in _S3.items() for event in events} | {
    ("lambda", "Invoke"): "lambda:InvokeFunction",
    ("lambda", "InvokeWithResponseStream"): "lambda:InvokeFunction",
    ("sqs", "SendMessageBatch"): "sqs:SendMessage",
    ("sqs", "DeleteMessageBatch"): "sqs:DeleteMessage",
    ("sqs", "ChangeMessageVisibilityBatch"): "sqs:ChangeMessageVisibility",
    ("sns", "PublishBatch"): "sns:Publish",
    ("lambda", "GetLayerVersionByArn"): "lambda:GetLayerVersion",
}
# Calls of S3 that name a version of an object need an action of their own.
_WITH_VERSION = {
    f"s3:{name}": f"s3:{versioned}"
    for name, versioned in (
        ("GetObject", "GetObjectVersion"),
        ("GetObjectAcl", "GetObjectVersionAcl"),
        ("GetObjectTagging", "GetObjectVersionTagging"),
        ("GetObjectAttributes", "GetObjectVersionAttributes"),
        ("PutObjectAcl", "PutObjectVersionAcl"),
        ("PutObjectTagging", "PutObjectVersionTagging"),
        ("DeleteObject", "DeleteObjectVersion"),
        ("DeleteObjectTagging", "DeleteObjectVersionTagging"),
    )
}
# Calls that need more than one action: each is a request of its own, and one of them is asked.
MORE_ACTIONS = {
    ("s3", "CopyObject"): "`s3:GetObject` on what is copied",
    ("s3", "UploadPartCopy"): "`s3:GetObject` on what is copied",
    ("s3", "DeleteObjects"): "the same on each of the other objects",
    ("lambda", "CreateFunction"): "`iam:PassRole` on the role",
    ("lambda", "UpdateFunctionConfiguration"): "`iam:PassRole` on the role, if it changes",
    ("ec2", "RunInstances"): "the same on each other resource, and `iam:PassRole` on the role",
}

# By service: the parameters that make an ARN. `{partition}`, `{region}` and `{account}` are those of the event.
PARAMETER_ARNS: dict[str, tuple[str, ...]] = {
    "s3": ("arn:{partition}:s3:::{bucketName}/{key}", "arn:{partition}:s3:::{bucketName}"),
    "dynamodb": (
        "arn:{partition}:dynamodb:{region}:{account}:table/{tableName}/index/{indexName}",
        "arn:{partition}:dynamodb:{region}:{account}:table/{tableName}",
    ),
    "lambda": ("arn:{partition}:lambda:{region}:{account}:function:{functionName}",),
    "iam": (
        "arn:{partition}:iam::{account}:role{path}{roleName}",
        "arn:{partition}:iam::{account}:user{path}{userName}",
        "arn:{partition}:iam::{account}:group{path}{groupName}",
        "arn:{partition}:iam::{account}:policy{path}{policyName}",
        "arn:{partition}:iam::{account}:instance-profile{path}{instanceProfileName}",
    ),
    "cloudwatch": ("arn:{partition}:cloudwatch:{region}:{account}:alarm:{alarmName}",),
    "kms": ("arn:{partition}:kms:{region}:{account}:key/{keyId}",),
    "sns": ("arn:{partition}:sns:{region}:{account}:{name}",),
    "sqs": ("arn:{partition}:sqs:{region}:{account}:{queueName}",),
    "kinesis": ("arn:{partition}:kinesis:{region}:{account}:stream/{streamName}",),
    "ecr": ("arn:{partition}:ecr:{region}:{account}:repository/{repositoryName}",),
}
# Calls that make what they name, where `path` is `/` if it is left out (the API reference of IAM). For other calls of
# IAM the path is not in the event.
MAKES = regex(r"Create(?:Role|User|Group|Policy|InstanceProfile)\Z")

# By service: parameters, and the keys that have their values. A key counts if the catalogue has it for the action.
PARAMETER_KEYS: dict[str, tuple[tuple[str, str], ...]] = {
    "s3": (
        ("prefix", "s3:prefix"),
        ("delimiter", "s3:delimiter"),
        ("max-keys", "s3:max-keys"),
        ("versionId", "s3:VersionId"),
    ),
    "iam": (("permissionsBoundary", "iam:PermissionsBoundary"), ("policyArn", "iam:PolicyARN")),
    "sts": (
        ("externalId", "sts:ExternalId"),
        ("roleSessionName", "sts:RoleSessionName"),
        ("sourceIdentity", "sts:SourceIdentity"),
        ("durationSeconds", "sts:DurationSeconds"),
    ),
}


def service_called(service: str) -> str:
    """Return what policies call the service that events call `service`."""
    return _SERVICES.get(service, service)


def name_called(event: str) -> str:
    """Return the name of a call without the version of its API."""
    return _VERSION.sub("", event)


def action_of(service: str, event: str, *, version: bool = False) -> Action | None:
    """Return the action that a call needs; None where it is not known. `version`: it names one of an object."""
    name = _ACTIONS.get((service, event), f"{service}:{event}")
    return find_action(_WITH_VERSION.get(name, name) if version else name)
