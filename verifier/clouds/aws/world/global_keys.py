"""The condition keys that do not depend on the action, and what AWS says of their presence.

Source: "AWS global condition context keys" of the IAM User Guide (the *Availability* of each key, and the table of
properties at its top), and "Available keys for AWS OIDC and SAML federation" for what stays in a session. Only what
holds of every request is a fact here. So `aws:SourceIp` and the keys of a VPC endpoint exclude each other, but that one
of them is present is not a fact: AWS redacts both where a service calls on somebody's behalf.

The catalogue cannot know every key that AWS sends. So a key that begins with `aws:`, or with the name of a service
that it does not know at all (`credentials-iot:ThingName`), may be in any request. A name without a colon is not a key
that AWS sends: in a document it is most often a template that was not filled in (`${PARTITION}`).
"""

from __future__ import annotations

from functools import cache

from verifier.clouds.aws.catalogue.actions import services
from verifier.clouds.aws.catalogue.keys import known_keys
from verifier.strings.values import Key

_GLOBAL = "aws:"

# Global by name, but present only where the action or its resource lists them.
_OF_THE_ACTION = ("aws:requesttag/", "aws:resourcetag/", "aws:tagkeys")

# Keys of a service that a session carries into requests to every other: those of the page on global keys, and those of
# sessions that SageMaker and DataZone hand out, as AWS's policies AmazonDataZoneSageMakerEnvironmentRolePermissions-
# Boundary and SageMakerStudioUserIAMDefaultExecutionPolicy read them for other services; and the variables of a session
# policy for S3 that Transfer Family fills in ("Creating a session policy for an Amazon S3 bucket").
_OF_THE_SESSION = frozenset(
    {
        "codebuild:buildarn",
        "codebuild:projectarn",
        "ec2:roledelivery",
        "ec2:sourceinstancearn",
        "glue:credentialissuingservice",
        "glue:roleassumedby",
        "identitystore:userid",
        "lambda:sourcefunctionarn",
        "sagemaker:domainid",
        "sagemaker:userprofilename",
        "ssm:sourceinstancearn",
        "transfer:homebucket",
        "transfer:homedirectory",
        "transfer:homefolder",
        "transfer:username",
    }
)
_SERVICES_OF_THE_SESSION = ("saml", "datazone")

# Keys of an action that the catalogue does not list for it. "Control access to third-party foundation models" of the
# Bedrock guide, and AWS's ROSAManageSubscription.
SENT_TOO = {
    "aws-marketplace:Subscribe": ("aws-marketplace:productid",),
    "aws-marketplace:Unsubscribe": ("aws-marketplace:productid",),
}

# In every signed request; identity policies, boundaries and SCPs decide no others.
ALWAYS_PRESENT = tuple(
    map(
        Key.of,
        (
            "aws:CurrentTime",
            "aws:EpochTime",
            "aws:PrincipalAccount",
            "aws:PrincipalArn",
            "aws:PrincipalIsAWSService",
            "aws:PrincipalType",
            "aws:RequestedRegion",
            "aws:SecureTransport",
            "aws:userid",
            "aws:UserAgent",
            "aws:ViaAWSService",
        ),
    )
)

# Present where the requester does not use a VPC endpoint, and where it does.
PUBLIC = Key.of("aws:SourceIp")
PRIVATE = tuple(
    map(
        Key.of,
        (
            "aws:SourceVpc",
            "aws:SourceVpcArn",
            "aws:SourceVpce",
            "aws:VpceAccount",
            "aws:VpceOrgID",
            "aws:VpceOrgPaths",
            "aws:VpcSourceIp",
        ),
    )
)


def is_global(folded: str) -> bool:
    """Whether every action may carry the key written `folded`, in lower case.

    A key of an OpenID Connect provider is called by the provider's domain, and stays in the session.
    """
    if ":" not in folded:
        return False
    if folded.startswith(_GLOBAL):
        return not folded.startswith(_OF_THE_ACTION)
    return is_of_session(folded) or folded.partition(":")[0] not in _prefixes()


def is_of_session(folded: str) -> bool:
    """Whether the key written `folded`, in lower case, is one that a session carries into requests to every service."""
    prefix = folded.partition(":")[0]
    return folded in _OF_THE_SESSION or prefix in _SERVICES_OF_THE_SESSION or "." in prefix


@cache
def _prefixes() -> frozenset[str]:
    """What stands before the colon in keys and actions that the catalogue knows."""
    return frozenset((*services(), *(name.lower().partition(":")[0] for name in known_keys())))
