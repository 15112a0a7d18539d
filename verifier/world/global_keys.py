"""The condition keys that do not depend on the action, and what AWS says of their presence.

Source: "AWS global condition context keys" of the IAM User Guide (the *Availability* of each key, and the table of
properties at its top), and "Available keys for AWS OIDC and SAML federation" for what stays in a session. Only what
holds of every request is a fact here. So `aws:SourceIp` and the keys of a VPC endpoint exclude each other, but that one
of them is present is no fact: AWS redacts both where a service calls on somebody's behalf.
"""

from __future__ import annotations

from verifier.catalogue.keys import key_facts
from verifier.policy.key import Key

_GLOBAL = "aws:"

# Global by name, but present only where the action or its resource lists them.
_OF_THE_ACTION = ("aws:requesttag/", "aws:resourcetag/", "aws:tagkeys")

# Keys of a service that a role session carries into requests to every other.
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
        "ssm:sourceinstancearn",
    }
)
_SAML = "saml"

# In every signed request; identity policies, boundaries and SCPs decide no others.
ALWAYS = tuple(
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
    prefix = folded.partition(":")[0]
    if folded.startswith(_GLOBAL):
        return not folded.startswith(_OF_THE_ACTION) and key_facts(folded) is not None
    return folded in _OF_THE_SESSION or prefix == _SAML or "." in prefix
