"""Resources that let more through without a policy than with one: when it goes, something may be gained.

    opens_without(resource, policy)    whether the resource that a policy is of is one of them, or may be

A REST API lets everybody in, and so does a file system, for whoever reaches it. A key and a topic get a policy from AWS
that trusts the whole account. Sources: Amazon API Gateway Developer Guide, "API Gateway resource policies"; Amazon EFS
User Guide, "Default EFS file system policy"; AWS KMS Developer Guide, "Default key policy"; Amazon SNS Developer Guide,
"Amazon SNS access control use cases".
"""

from __future__ import annotations

import re

from verifier.base.regex import regex
from verifier.clouds.aws.policy.syntax import Policy
from verifier.logic.actions import Effect

# The services whose actions such policies are about.
_SERVICES = ("execute-api", "elasticfilesystem", "kms", "sns")
_OPEN = regex(
    r"AWS::(?:ApiGateway|EFS|KMS|SNS)::|AWS::Serverless::Api|aws(?:cc)?_(?:api_?gateway|efs|kms|sns)_"
    r"|arn:[^:]*:(?:apigateway|execute-api|elasticfilesystem|kms|sns):",
    re.IGNORECASE,
)


def opens_without(resource: str, policy: Policy) -> bool:
    """Whether it may be that a resource lets more through without `policy`.

    `resource` is its type as a plan or a template has it, or its ARN. Where it is empty, the actions tell.
    """
    if resource:
        return _OPEN.match(resource) is not None
    return bool(policy.unknown) or any(policy.naming(effect, service) for effect in Effect for service in _SERVICES)
