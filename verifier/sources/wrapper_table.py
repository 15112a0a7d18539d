"""The calls whose answers or inputs hold documents: a row for each form, from the models of the API in botocore.

A row may serve several calls whose answers have one form. A form that is an instance of another stands before it. The
forms of the AWS CLI are those of the API, with names as the model of each service writes them.
"""

from __future__ import annotations

from verifier.clouds.aws.policy.types import PolicyType
from verifier.sources.wrappers import DocumentPlace, Wrapper

_IDENTITY, _TRUST, _RESOURCE = PolicyType.IDENTITY, PolicyType.TRUST, PolicyType.RESOURCE
_SESSION, _BOUNDARY, _ENDPOINT = PolicyType.SESSION, PolicyType.BOUNDARY, PolicyType.ENDPOINT


def _printed(call: str, *places: DocumentPlace, needs: tuple[str, ...] = (), lacks: tuple[str, ...] = ()) -> Wrapper:
    return Wrapper(f"what `aws {call}` prints", places, needs, lacks)


def _resource(call: str, path: str, selector: str = "", needs: tuple[str, ...] = ()) -> Wrapper:
    return _printed(call, DocumentPlace(path, _RESOURCE, selector), needs=needs)


def _trust_of(path: str) -> DocumentPlace:
    return DocumentPlace(f"{path}.AssumeRolePolicyDocument", _TRUST, "role/{RoleName}/trust" if "[]" in path else "")


_INLINE_OF_ACCOUNT = (
    DocumentPlace("UserDetailList[].UserPolicyList[].PolicyDocument", _IDENTITY, "user/{UserName}/{PolicyName}"),
    DocumentPlace("GroupDetailList[].GroupPolicyList[].PolicyDocument", _IDENTITY, "group/{GroupName}/{PolicyName}"),
    DocumentPlace("RoleDetailList[].RolePolicyList[].PolicyDocument", _IDENTITY, "role/{RoleName}/{PolicyName}"),
    _trust_of("RoleDetailList[]"),
)
_VERSIONS = DocumentPlace(
    "Policies[].PolicyVersionList[].Document", _IDENTITY, "policy/{PolicyName}/{VersionId}", "policy/{PolicyName}"
)
_ACCOUNT = "a page of what `aws iam get-account-authorization-details` prints"

_OF_IAM = (
    Wrapper(_ACCOUNT, (*_INLINE_OF_ACCOUNT, _VERSIONS), needs=("RoleDetailList",), tell=True),
    Wrapper(_ACCOUNT, (*_INLINE_OF_ACCOUNT, _VERSIONS), needs=("UserDetailList",), tell=True),
    Wrapper(_ACCOUNT, (*_INLINE_OF_ACCOUNT, _VERSIONS), needs=("GroupDetailList",), tell=True),
    Wrapper(
        "an input of `aws iam simulate-custom-policy`",
        (
            DocumentPlace("PolicyInputList[]", _IDENTITY, "policy/{}"),
            DocumentPlace("PermissionsBoundaryPolicyInputList[]", _BOUNDARY, "boundary/{}"),
            DocumentPlace("ResourcePolicy", _RESOURCE, "resource"),
        ),
        needs=("ActionNames",),
        tell=True,
    ),
    Wrapper(_ACCOUNT, (_VERSIONS,)),
    _printed("iam get-policy-version", DocumentPlace("PolicyVersion.Document", _IDENTITY)),
    _printed("iam get-role", _trust_of("Role")),
    _printed("iam list-roles", _trust_of("Roles[]")),
    _printed("iam get-instance-profile", _trust_of("InstanceProfile.Roles[]")),
    _printed("iam list-instance-profiles", _trust_of("InstanceProfiles[].Roles[]")),
    _printed("iam list-policy-versions", DocumentPlace("Versions[].Document", _IDENTITY, "{VersionId}")),
    _printed("iam get-role-policy", DocumentPlace("PolicyDocument", _IDENTITY), needs=("RoleName", "PolicyName")),
    _printed("iam get-user-policy", DocumentPlace("PolicyDocument", _IDENTITY), needs=("UserName", "PolicyName")),
    _printed("iam get-group-policy", DocumentPlace("PolicyDocument", _IDENTITY), needs=("GroupName", "PolicyName")),
    _printed("iam get-delegation-request", DocumentPlace("DelegationRequest.PermissionPolicy", _IDENTITY)),
    _printed("iam list-delegation-requests", DocumentPlace("DelegationRequests[].PermissionPolicy", _IDENTITY, "{}")),
    Wrapper("an input of `aws iam create-role`", (DocumentPlace("AssumeRolePolicyDocument", _TRUST),)),
    Wrapper(
        "an input of `aws iam update-assume-role-policy`", (DocumentPlace("PolicyDocument", _TRUST),), ("RoleName",)
    ),
)

_OF_ORGANIZATIONS = (
    _printed("organizations describe-policy", DocumentPlace("Policy.Content", type_at="Policy.PolicySummary.Type")),
    Wrapper("an input of `aws organizations create-policy`", (DocumentPlace("Content", type_at="Type"),)),
    _printed("organizations describe-resource-policy", DocumentPlace("ResourcePolicy.Content", _RESOURCE)),
)

_PREVIEW = "accessPreview.configurations{}."
_OF_ACCESS_ANALYZER = (
    _printed(
        "accessanalyzer get-generated-policy",
        DocumentPlace("generatedPolicyResult.generatedPolicies[].policy", _IDENTITY, "{}"),
    ),
    _printed(
        "accessanalyzer get-finding-recommendation",
        DocumentPlace("recommendedSteps[].unusedPermissionsRecommendedStep.recommendedPolicy", _IDENTITY, "{}"),
    ),
    _printed(
        "accessanalyzer get-access-preview",
        DocumentPlace(f"{_PREVIEW}iamRole.trustPolicy", _TRUST, "{}"),
        DocumentPlace(f"{_PREVIEW}s3Bucket.accessPoints{{}}.accessPointPolicy", _RESOURCE, "{}"),
        *(
            DocumentPlace(f"{_PREVIEW}{path}", _RESOURCE, "{}")
            for path in (
                "s3Bucket.bucketPolicy",
                "s3ExpressDirectoryBucket.bucketPolicy",
                "kmsKey.keyPolicies.default",
                "sqsQueue.queuePolicy",
                "snsTopic.topicPolicy",
                "secretsManagerSecret.secretPolicy",
                "ecrRepository.repositoryPolicy",
                "efsFileSystem.fileSystemPolicy",
                "dynamodbTable.tablePolicy",
                "dynamodbStream.streamPolicy",
            )
        ),
    ),
    Wrapper(
        "an input of `aws accessanalyzer check-no-new-access`",
        (DocumentPlace("existingPolicyDocument", None, "existing"), DocumentPlace("newPolicyDocument", None, "new")),
    ),
)

# Documents that are neither of IAM nor of a resource.
_OF_SESSIONS = (
    Wrapper("an input of `aws sts assume-role`", (DocumentPlace("Policy", _SESSION),), ("RoleSessionName",)),
    Wrapper(
        "an input of `aws sts get-federation-token`", (DocumentPlace("Policy", _SESSION),), ("Name", "DurationSeconds")
    ),
    _printed("transfer describe-user", DocumentPlace("User.Policy", _SESSION)),
    _printed("transfer describe-access", DocumentPlace("Access.Policy", _SESSION)),
    _printed("eks describe-pod-identity-association", DocumentPlace("association.policy", _SESSION)),
    _printed("rolesanywhere get-profile", DocumentPlace("profile.sessionPolicy", _SESSION)),
    _printed("rolesanywhere list-profiles", DocumentPlace("profiles[].sessionPolicy", _SESSION, "{name}")),
    _printed("emr-serverless get-job-run", DocumentPlace("jobRun.executionIamPolicy.policy", _SESSION)),
    _printed("glue get-job-run", DocumentPlace("JobRun.ExecutionRoleSessionPolicy", _SESSION)),
    _printed("glue get-job-runs", DocumentPlace("JobRuns[].ExecutionRoleSessionPolicy", _SESSION, "{Id}")),
    _printed("omics get-run", DocumentPlace("sessionPolicy", _SESSION)),
    _printed("sso-admin get-inline-policy-for-permission-set", DocumentPlace("InlinePolicy", _IDENTITY)),
    _printed(
        "ec2 describe-vpc-endpoints", DocumentPlace("VpcEndpoints[].PolicyDocument", _ENDPOINT, "{VpcEndpointId}")
    ),
    _printed("ec2 create-vpc-endpoint", DocumentPlace("VpcEndpoint.PolicyDocument", _ENDPOINT)),
)

# First the forms that have names of their own, then those of some thirty services: `aws s3api get-bucket-policy`,
# `kms get-key-policy`, `lambda get-policy`, `secretsmanager get-resource-policy`, `apigateway get-rest-api` and others.
_OF_RESOURCES = (
    _resource("sqs get-queue-attributes", "Attributes.Policy"),
    _resource("ecr get-repository-policy", "policyText"),
    _resource("glue get-resource-policy", "PolicyInJson"),
    _resource("glue get-resource-policies", "GetResourcePoliciesResponseList[].PolicyInJson", "{}"),
    _resource("logs describe-resource-policies", "resourcePolicies[].policyDocument", "{policyName}"),
    _resource("logs describe-destinations", "destinations[].accessPolicy", "{destinationName}"),
    _resource("logs get-delivery-destination-policy", "policy.deliveryDestinationPolicy"),
    _resource("xray list-resource-policies", "ResourcePolicies[].PolicyDocument", "{PolicyName}"),
    _resource("rekognition list-project-policies", "ProjectPolicies[].PolicyDocument", "{PolicyName}"),
    _resource("events list-event-buses", "EventBuses[].Policy", "{Name}"),
    _resource("opensearch describe-domain", "DomainStatus.AccessPolicies"),
    _resource("opensearch describe-domains", "DomainStatusList[].AccessPolicies", "{DomainName}"),
    _resource("opensearch describe-domain-config", "DomainConfig.AccessPolicies.Options"),
    _resource("glacier get-vault-access-policy", "policy.Policy"),
    _resource("codeartifact get-domain-permissions-policy", "policy.document"),
    _resource("redshift get-resource-policy", "ResourcePolicy.Policy"),
    _resource("redshift-serverless get-resource-policy", "resourcePolicy.policy"),
    _resource("ssm get-resource-policies", "Policies[].Policy", "{PolicyId}"),
    _resource("ses get-identity-policies", "Policies{}", "{}"),
    _resource("ram get-resource-policies", "policies[]", "{}"),
    _resource("apigateway get-rest-apis", "items[].policy", "{name}"),
    _resource("apigateway get-domain-name", "managementPolicy"),
    _resource("apigateway get-domain-names", "items[].managementPolicy", "{domainName}"),
    _resource("acm-pca list-permissions", "Permissions[].Policy", "{}"),
    _resource("opensearch get-direct-query-data-source", "DataSourceAccessPolicy"),
    _printed(
        "cloudtrail get-resource-policy",
        DocumentPlace("ResourcePolicy", _RESOURCE, "resource"),
        DocumentPlace("DelegatedAdminResourcePolicy", _RESOURCE, "delegated"),
        needs=("DelegatedAdminResourcePolicy",),
    ),
    _printed(
        "securityhub get-findings",
        *(
            DocumentPlace(f"Findings[].Resources[].Details.{path}", type_, "{Id}")
            for path, type_ in (
                ("AwsIamRole.AssumeRolePolicyDocument", _TRUST),
                ("AwsElasticsearchDomain.AccessPolicies", _RESOURCE),
                ("AwsOpenSearchServiceDomain.AccessPolicies", _RESOURCE),
            )
        ),
    ),
    _printed(
        "securityhub get-recommended-policy-v2",
        DocumentPlace("RecommendationSteps[].UnusedPermissions.ExistingPolicy", _IDENTITY, "existing/{}"),
        DocumentPlace("RecommendationSteps[].UnusedPermissions.RecommendedPolicy", _IDENTITY, "recommended/{}"),
    ),
    _resource("route53resolver get-resolver-rule-policy", "ResolverRulePolicy"),
    _resource("route53resolver get-resolver-query-log-config-policy", "ResolverQueryLogConfigPolicy"),
    _resource("route53resolver get-firewall-rule-group-policy", "FirewallRuleGroupPolicy"),
    _resource("cleanroomsml get-configured-audience-model-policy", "configuredAudienceModelPolicy"),
    _resource("omics get-s3-access-policy", "s3AccessPolicy"),
    _resource("resource-explorer-2 get-managed-view", "ManagedView.ResourcePolicy"),
    _printed(
        "s3control get-multi-region-access-point-policy",
        DocumentPlace("Policy.Established.Policy", _RESOURCE, "established"),
        DocumentPlace("Policy.Proposed.Policy", _RESOURCE, "proposed"),
    ),
    Wrapper("an object with a `Policy`", (DocumentPlace("Policy", _RESOURCE, text=True),)),
    Wrapper("an object with a `ResourcePolicy`", (DocumentPlace("ResourcePolicy", _RESOURCE),)),
    Wrapper("an object with a `resourcePolicy`", (DocumentPlace("resourcePolicy", _RESOURCE),)),
    Wrapper("an object with a `policy`", (DocumentPlace("policy", _RESOURCE, text=True),)),
)

_BARE = (
    Wrapper(
        "a list of named policies",
        (DocumentPlace("Policies[].PolicyDocument", _IDENTITY, "{PolicyName}"),),
    ),
    Wrapper("an object with a `PolicyDocument`", (DocumentPlace("PolicyDocument"),)),
    Wrapper("an object with a `policyDocument`", (DocumentPlace("policyDocument"),), lacks=("policyArn",)),
    Wrapper("an object with a `Document`", (DocumentPlace("Document"),)),
)

WRAPPERS: tuple[Wrapper, ...] = (
    *_OF_IAM,
    *_OF_ORGANIZATIONS,
    *_OF_ACCESS_ANALYZER,
    *_OF_SESSIONS,
    *_OF_RESOURCES,
    *_BARE,
)
