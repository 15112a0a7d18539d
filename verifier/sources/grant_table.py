"""Resources that give permissions without a document, each type with the names of what matters of it.

    of_plans(type), of_templates(type)    those of a type; none for all of them; None for no such type
    names_a_role(name)                    whether an attribute of this name says as which role something runs

As which role something runs is told by names of attributes, and by ARNs of roles in texts: nearly every service has
such an attribute, and one too many only makes a change of it undecided.

The provider `awscc` has CloudFormation's types and properties, and its principals are not followed either. Sources:
the documentation of Terraform's AWS provider and the AWS CloudFormation Template Reference, by the type's name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from verifier.base.regex import regex
from verifier.sources.terraform.table import cloud_control_type, snake_case

_PLANS: Mapping[str, tuple[str, ...]] = {
    "aws_ami_launch_permission": (),
    "aws_api_gateway_method": ("authorization",),
    "aws_apigatewayv2_route": ("authorization_type",),
    "aws_cloudformation_stack": ("parameters",),
    "aws_cloudformation_stack_instances": (),
    "aws_cloudformation_stack_set": ("parameters",),
    "aws_cloudformation_stack_set_instance": (),
    "aws_cloudwatch_event_permission": (),
    "aws_cognito_identity_pool": (
        "allow_unauthenticated_identities",
        "cognito_identity_providers",
        "openid_connect_provider_arns",
        "saml_provider_arns",
        "supported_login_providers",
    ),
    "aws_cognito_identity_pool_provider_principal_tag": (),
    "aws_cognito_identity_pool_roles_attachment": ("identity_pool_id", "roles", "role_mapping"),
    "aws_db_cluster_snapshot": ("shared_accounts",),
    "aws_db_snapshot": ("shared_accounts",),
    "aws_eks_access_entry": ("principal_arn", "cluster_name", "kubernetes_groups"),
    "aws_eks_access_policy_association": ("policy_arn", "principal_arn", "cluster_name", "access_scope"),
    "aws_eks_pod_identity_association": ("cluster_name", "namespace", "service_account"),
    "aws_iam_openid_connect_provider": ("url", "client_id_list"),
    "aws_iam_organizations_features": (),
    "aws_iam_saml_provider": ("saml_metadata_document",),
    "aws_identitystore_group_membership": ("group_id", "member_id"),
    "aws_kms_grant": ("key_id", "grantee_principal", "operations", "constraints"),
    "aws_lakeformation_data_lake_settings": (),
    "aws_lakeformation_permissions": (),
    "aws_lakeformation_resource_lf_tag": (),
    "aws_lakeformation_resource_lf_tags": (),
    "aws_lambda_function_url": ("authorization_type", "function_name", "qualifier"),
    "aws_opensearchserverless_access_policy": ("policy", "type"),
    "aws_organizations_account": ("parent_id",),
    "aws_organizations_delegated_administrator": (),
    "aws_organizations_organization": ("enabled_policy_types", "feature_set", "aws_service_access_principals"),
    "aws_organizations_organizational_unit": ("parent_id",),
    "aws_ram_principal_association": ("principal", "resource_share_arn"),
    "aws_ram_resource_association": ("resource_arn", "resource_share_arn"),
    "aws_ram_resource_share": ("allow_external_principals", "permission_arns"),
    "aws_redshift_data_share_authorization": (),
    "aws_rolesanywhere_profile": ("enabled", "managed_policy_arns"),
    "aws_rolesanywhere_trust_anchor": ("enabled", "source"),
    "aws_s3_account_public_access_block": (),
    "aws_s3_bucket": ("acl", "grant"),
    "aws_s3_bucket_acl": ("acl", "access_control_policy", "bucket"),
    "aws_s3_bucket_ownership_controls": ("bucket", "rule"),
    "aws_s3_bucket_public_access_block": (),
    "aws_s3control_access_grant": ("access_grants_location_id", "grantee", "permission", "s3_prefix_type"),
    "aws_servicecatalog_constraint": ("parameters", "portfolio_id", "product_id", "type"),
    "aws_servicecatalog_portfolio_share": (),
    "aws_servicecatalog_principal_portfolio_association": (),
    "aws_snapshot_create_volume_permission": (),
    "aws_ssm_document": ("permissions",),
    "aws_ssoadmin_account_assignment": ("permission_set_arn", "principal_id", "target_id"),
    "aws_ssoadmin_customer_managed_policy_attachment": ("customer_managed_policy_reference", "permission_set_arn"),
    "aws_ssoadmin_instance_access_control_attributes": (),
    "aws_ssoadmin_managed_policy_attachment": ("managed_policy_arn", "permission_set_arn"),
    "aws_ssoadmin_permissions_boundary_attachment": ("permissions_boundary", "permission_set_arn"),
    "aws_verifiedaccess_endpoint": ("policy_document",),
    "aws_verifiedaccess_group": ("policy_document",),
    "aws_vpc_endpoint_service": ("allowed_principals",),
    "aws_vpc_endpoint_service_allowed_principal": (),
    "aws_vpclattice_service": ("auth_type",),
    "aws_vpclattice_service_network": ("auth_type",),
}
_TEMPLATES: Mapping[str, tuple[str, ...]] = {
    "AWS::ApiGateway::Method": ("AuthorizationType",),
    "AWS::ApiGatewayV2::Route": ("AuthorizationType",),
    "AWS::CloudFormation::StackSet": ("Parameters", "StackInstancesGroup"),
    "AWS::Cognito::IdentityPool": (
        "AllowUnauthenticatedIdentities",
        "CognitoIdentityProviders",
        "OpenIdConnectProviderARNs",
        "SamlProviderARNs",
        "SupportedLoginProviders",
    ),
    "AWS::Cognito::IdentityPoolPrincipalTag": (),
    "AWS::Cognito::IdentityPoolRoleAttachment": ("IdentityPoolId", "Roles", "RoleMappings"),
    "AWS::EC2::VPCEndpointServicePermissions": (),
    "AWS::EKS::AccessEntry": ("AccessPolicies", "PrincipalArn", "KubernetesGroups"),
    "AWS::EKS::PodIdentityAssociation": ("ClusterName", "Namespace", "ServiceAccount"),
    "AWS::IAM::OIDCProvider": ("Url", "ClientIdList"),
    "AWS::IAM::SAMLProvider": ("SamlMetadataDocument",),
    "AWS::IdentityStore::GroupMembership": (),
    "AWS::LakeFormation::DataLakeSettings": (),
    "AWS::LakeFormation::Permissions": (),
    "AWS::LakeFormation::PrincipalPermissions": (),
    "AWS::LakeFormation::TagAssociation": (),
    "AWS::Lambda::Url": ("AuthType", "TargetFunctionArn", "Qualifier"),
    "AWS::OpenSearchServerless::AccessPolicy": ("Policy", "Type"),
    "AWS::Organizations::Account": ("ParentIds",),
    "AWS::Organizations::OrganizationalUnit": ("ParentId",),
    "AWS::RAM::ResourceShare": ("Principals", "ResourceArns", "PermissionArns", "AllowExternalPrincipals"),
    "AWS::RolesAnywhere::Profile": ("Enabled", "ManagedPolicyArns"),
    "AWS::RolesAnywhere::TrustAnchor": ("Enabled", "Source"),
    "AWS::S3::AccessGrant": (),
    "AWS::S3::Bucket": ("AccessControl", "PublicAccessBlockConfiguration", "OwnershipControls"),
    "AWS::SSO::Assignment": (),
    "AWS::SSO::InstanceAccessControlAttributeConfiguration": (),
    "AWS::SSO::PermissionSet": ("ManagedPolicies", "CustomerManagedPolicyReferences", "PermissionsBoundary"),
    "AWS::Serverless::Function": ("FunctionUrlConfig",),
    "AWS::ServiceCatalog::LaunchRoleConstraint": (),
    "AWS::ServiceCatalog::PortfolioPrincipalAssociation": (),
    "AWS::ServiceCatalog::PortfolioShare": (),
    "AWS::VpcLattice::Service": ("AuthType",),
    "AWS::VpcLattice::ServiceNetwork": ("AuthType",),
}
# What principals have, where they are not followed.
_OF_PRINCIPALS: Mapping[str, tuple[str, ...]] = {
    "AWS::IAM::Group": ("ManagedPolicyArns",),
    "AWS::IAM::GroupPolicy": ("GroupName",),
    "AWS::IAM::ManagedPolicy": ("Groups", "Roles", "Users"),
    "AWS::IAM::Role": ("ManagedPolicyArns", "PermissionsBoundary"),
    "AWS::IAM::RolePolicy": ("RoleName",),
    "AWS::IAM::User": ("Groups", "ManagedPolicyArns", "PermissionsBoundary"),
    "AWS::IAM::UserPolicy": ("UserName",),
    "AWS::IAM::UserToGroupAddition": (),
    "AWS::Organizations::Policy": ("TargetIds",),
}
# A resource that is a tag of another one.
_TAGS = ("aws_autoscaling_group_tag", "aws_dynamodb_tag", "aws_ec2_tag", "aws_ecs_tag")
# Other names of a key, which conditions may read (`kms:ResourceAliases`).
_ALIASES = ("aws_kms_alias", "awscc_kms_alias", "AWS::KMS::Alias")
_ROLE = regex(
    r"(?:roles?(?:_?arns?|_?names?|_?ids?)?|instance_?profile(?:_?arn|_?name)?|credentials(?:_?arn)?|caller_?arn)\Z",
    re.IGNORECASE,
)
_OF_TAGS = regex(r"(?:tags|tags?_?specifications?|\Atag)\Z", re.IGNORECASE)
_ROLE_ARN = regex(r"arn:[\w-]+:iam::[0-9]*:(?:role|instance-profile)/[\w+=,.@/-]+")


def of_plans(type_: str) -> tuple[str, ...] | None:
    """Return the attributes of a type of the providers `aws` and `awscc`; none for all of them."""
    return (_cloud_control() if type_.startswith("awscc_") else _PLANS).get(type_)


def of_templates(type_: str, *, inner: bool = False) -> tuple[str, ...] | None:
    """Return the properties of a type of CloudFormation; `inner` in a template that stands in another one."""
    found = _TEMPLATES.get(type_)
    return _OF_PRINCIPALS.get(type_) if found is None and inner else found


def is_tag(type_: str) -> bool:
    """Whether a resource of a plan is a tag of another one."""
    return type_ in _TAGS


def is_alias(type_: str) -> bool:
    """Whether a resource is another name of a key."""
    return type_ in _ALIASES


def runs_as_a_role(type_: str) -> bool:
    """Whether a resource of this type may run as a role that it names: all of AWS's, but those that are principals, or
    say what principals have, which are followed.
    """
    if type_.startswith(("aws_iam_", "awscc_iam_", "AWS::IAM::")):
        return type_ in ("aws_iam_instance_profile", "awscc_iam_instance_profile", "AWS::IAM::InstanceProfile")
    return type_.startswith(("aws_", "awscc_", "AWS::"))


def names_a_role(name: str) -> bool:
    """Whether an attribute of this name says as which role something runs."""
    return _ROLE.search(name) is not None


def names_tags(name: str) -> bool:
    """Whether an attribute of this name holds tags: those of the resource, or of what is made with it."""
    return _OF_TAGS.search(name) is not None


def roles_in(text: str) -> list[str]:
    """Return the ARNs of roles that stand in a text, as that of an API or a job."""
    return sorted(set(_ROLE_ARN.findall(text)))


@cache
def _cloud_control() -> Mapping[str, tuple[str, ...]]:
    both = {**_TEMPLATES, **_OF_PRINCIPALS}
    return {cloud_control_type(name): tuple(map(snake_case, names)) for name, names in both.items()}
