"""Resources of a plan or a template that give permissions without a document: it is told only that they changed.

    other_grants(opened, scope)    what tells each apart from what it is in another version of the file, by its name

A permission set of IAM Identity Center has policies by their names, an account has the SCPs of the unit that it is in,
a grant of a key is not a document. What any of them allows is not asked, so that a change of one is undecided. Of a
type with names of attributes, only these matter. Those of templates within templates are not looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from verifier.sources.cloudformation.budget import TemplateBudget
from verifier.sources.cloudformation.decided import written_digest
from verifier.sources.cloudformation.kind import Templates, scene_of
from verifier.sources.cloudformation.shapes import digest_of
from verifier.sources.open import OpenedFile
from verifier.sources.terraform.plan import TerraformPlan
from verifier.sources.values import under

_TERRAFORM: Mapping[str, tuple[str, ...]] = {
    "aws_ssoadmin_managed_policy_attachment": ("managed_policy_arn", "permission_set_arn"),
    "aws_ssoadmin_customer_managed_policy_attachment": ("customer_managed_policy_reference", "permission_set_arn"),
    "aws_ssoadmin_permissions_boundary_attachment": ("permissions_boundary", "permission_set_arn"),
    "aws_ssoadmin_account_assignment": ("permission_set_arn", "principal_id", "target_id"),
    "aws_identitystore_group_membership": ("group_id", "member_id"),
    "aws_organizations_account": ("parent_id",),
    "aws_organizations_organizational_unit": ("parent_id",),
    "aws_kms_grant": ("key_id", "grantee_principal", "operations", "constraints"),
    "aws_s3control_access_grant": ("access_grants_location_id", "grantee", "permission", "s3_prefix_type"),
    "aws_lakeformation_permissions": (),
    "aws_ram_principal_association": ("principal", "resource_share_arn"),
    "aws_ram_resource_association": ("resource_arn", "resource_share_arn"),
    "aws_eks_access_policy_association": ("policy_arn", "principal_arn", "cluster_name", "access_scope"),
    # Those of the provider for Cloud Control, whose principals are not followed.
    "awscc_iam_group": ("managed_policy_arns",),
    "awscc_iam_group_policy": ("group_name",),
    "awscc_iam_managed_policy": ("groups", "roles", "users"),
    "awscc_iam_role": ("managed_policy_arns", "permissions_boundary"),
    "awscc_iam_role_policy": ("role_name",),
    "awscc_iam_user": ("groups", "managed_policy_arns", "permissions_boundary"),
    "awscc_iam_user_policy": ("user_name",),
    "awscc_identitystore_group_membership": (),
    "awscc_lakeformation_principal_permissions": (),
    "awscc_organizations_account": ("parent_ids",),
    "awscc_organizations_organizational_unit": ("parent_id",),
    "awscc_organizations_policy": ("target_ids",),
    "awscc_s3_access_grant": (),
    "awscc_sso_assignment": (),
    "awscc_sso_permission_set": ("managed_policies", "customer_managed_policy_references", "permissions_boundary"),
}
_TEMPLATES: Mapping[str, tuple[str, ...]] = {
    "AWS::SSO::PermissionSet": ("ManagedPolicies", "CustomerManagedPolicyReferences", "PermissionsBoundary"),
    "AWS::SSO::Assignment": (),
    "AWS::IdentityStore::GroupMembership": (),
    "AWS::Organizations::Account": ("ParentIds",),
    "AWS::Organizations::OrganizationalUnit": ("ParentId",),
    "AWS::S3::AccessGrant": (),
    "AWS::LakeFormation::Permissions": (),
    "AWS::LakeFormation::PrincipalPermissions": (),
    "AWS::RAM::ResourceShare": ("Principals", "ResourceArns"),
    "AWS::EKS::AccessEntry": ("AccessPolicies", "PrincipalArn"),
}


def other_grants(opened: OpenedFile, scope: Callable[[str], str]) -> Mapping[str, str]:
    """Return what tells each apart, by its name; `scope` tells unknowns apart by their names. Raises InputError."""
    match opened.kind:
        case TerraformPlan():
            return dict(_of_plan(opened, scope))
        case Templates():
            return dict(_of_template(opened))
        case _:
            return {}


def _of_plan(opened: OpenedFile, scope: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    from verifier.sources.terraform.planned import plan_in  # noqa: PLC0415 - loaded for a plan only

    for instance in plan_in(opened.value, opened.opening).instances:
        names = _TERRAFORM.get(instance.type)
        if names is None or instance.data:
            continue
        parts = {name: instance.attribute(name) for name in names} or {"": instance.attributes}
        if all(part.is_null for part in parts.values()):
            continue
        unknown = [scope(f"{instance.address}.{name}") for name, part in parts.items() if part.has_unknown]
        yield instance.address, " ".join([digest_of(*(part.value for part in parts.values())), *unknown])


def _of_template(opened: OpenedFile) -> Iterator[tuple[str, str]]:
    opening = opened.opening
    scene = scene_of(opened.value, opening.source, opening.parameters, TemplateBudget(opening.source))
    for resource in scene.references.resources.values():
        names = _TEMPLATES.get(resource.type)
        if names is None:
            continue
        held = [under(resource.properties, name) for name in names] if names else [resource.properties]
        if any(each is not None for each in held):
            yield resource.name, written_digest((*held, under(resource.place, "Condition")), scene)
