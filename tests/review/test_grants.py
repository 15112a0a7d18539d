"""What is not the same although its text is: a document of another type or on another resource, an endpoint whose
policy went, and resources that give permissions without a document.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Call

ALLOW = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Principal": "*"}
DENY = {"Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"}
OF_IDENTITY = {name: held for name, held in ALLOW.items() if name != "Principal"}
READS, ADMIN = (f"arn:aws:iam::aws:policy/{name}" for name in ("ReadOnlyAccess", "AdministratorAccess"))
SET = {"permission_set_arn": "arn:aws:sso:::permissionSet/i/one"}


def text(statement: dict[str, Any]) -> str:
    """Return a document as a text."""
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def organization(type_: str) -> dict[str, Any]:
    """Return a policy of an organization that is of a type."""
    return {"content": text(DENY), "type": type_}


SCP, RCP = map(organization, ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"))
INLINE = {"inline_policy": text(OF_IDENTITY)}
ENDPOINT = {"policy": text(ALLOW), "service_name": "com.amazonaws.eu-west-1.s3"}
ATTACHED = {**SET, "managed_policy_arn": READS}
BOUNDARY = {**SET, "permissions_boundary": [{"managed_policy_arn": READS}]}


def desired(arn: str) -> dict[str, Any]:
    """Return a role that Cloud Control API makes, with a policy."""
    trust = {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}
    state = {"AssumeRolePolicyDocument": json.loads(text(trust)), "ManagedPolicyArns": [arn]}
    return {"type_name": "AWS::IAM::Role", "desired_state": json.dumps(state)}


ROLE, OTHER_ROLE = (f"arn:aws:iam::111122223333:role/{name}" for name in ("one", "other"))
BLOCKED = {"bucket": "b", "block_public_policy": True}


@pytest.mark.parametrize(
    ("type_", "before", "after", "code"),
    [
        ("aws_organizations_policy", RCP, RCP, 0),
        ("aws_organizations_policy", SCP, RCP, 1),
        ("aws_ssoadmin_permission_set_inline_policy", {**INLINE, **SET}, {**INLINE, **SET}, 0),
        ("aws_ssoadmin_permission_set_inline_policy", {**INLINE, **SET}, {**INLINE, "permission_set_arn": "b"}, 1),
        ("aws_vpc_endpoint", ENDPOINT, ENDPOINT, 0),
        ("aws_vpc_endpoint", ENDPOINT, {**ENDPOINT, "policy": None}, 3),
        ("aws_ssoadmin_managed_policy_attachment", ATTACHED, ATTACHED, 0),
        ("aws_ssoadmin_managed_policy_attachment", ATTACHED, {**ATTACHED, "managed_policy_arn": ADMIN}, 3),
        ("aws_ssoadmin_permissions_boundary_attachment", BOUNDARY, None, 3),
        ("aws_ssoadmin_account_assignment", None, {**SET, "principal_id": "a", "target_id": "1"}, 3),
        ("aws_organizations_account", {"parent_id": "ou-a"}, {"parent_id": "ou-b"}, 3),
        ("aws_organizations_account", {"parent_id": "ou-a", "name": "a"}, {"parent_id": "ou-a", "name": "b"}, 0),
        ("awscc_iam_role", {"managed_policy_arns": [READS]}, {"managed_policy_arns": [READS]}, 0),
        ("awscc_iam_role", {"managed_policy_arns": [READS]}, {"managed_policy_arns": [ADMIN]}, 3),
        ("awscc_iam_role", {"permissions_boundary": READS}, {"permissions_boundary": None}, 3),
        ("awscc_iam_role", None, {"role_name": "a", "managed_policy_arns": None}, 0),
        ("awscc_sso_permission_set", {"managed_policies": [READS]}, {"managed_policies": [ADMIN]}, 3),
        ("aws_kms_grant", None, {"key_id": "k", "grantee_principal": "p", "operations": ["Decrypt"]}, 3),
        ("aws_s3_bucket_public_access_block", BLOCKED, {**BLOCKED, "block_public_policy": False}, 3),
        ("aws_s3_bucket_acl", {"bucket": "b", "acl": "private"}, {"bucket": "b", "acl": "public-read"}, 3),
        ("aws_lambda_function_url", {"authorization_type": "AWS_IAM"}, {"authorization_type": "NONE"}, 3),
        ("aws_cloudwatch_event_permission", None, {"principal": "*", "statement_id": "a"}, 3),
        ("aws_cloudformation_stack", {"parameters": {"P": "a"}}, {"parameters": {"P": "b"}}, 3),
        ("aws_cloudformation_stack", {"template_body": "Resources: {A: 1}"}, {"template_body": "Resources: {A: 2}"}, 3),
        ("aws_lambda_function", {"role": ROLE}, {"role": ROLE}, 0),
        ("aws_lambda_function", {"role": ROLE, "memory_size": 1}, {"role": ROLE, "memory_size": 2}, 0),
        ("aws_lambda_function", {"role": ROLE}, {"role": OTHER_ROLE}, 3),
        ("aws_lambda_function", None, {"role": ROLE}, 3),
        ("aws_lambda_function", {"role": ROLE}, None, 0),
        ("aws_ecs_task_definition", {"task_role_arn": ROLE}, {"task_role_arn": OTHER_ROLE}, 3),
        ("aws_ecs_task_definition", {"task_role_arn": None}, {"task_role_arn": ROLE}, 3),
        ("aws_ecs_task_definition", {"execution_role_arn": ROLE}, {"execution_role_arn": OTHER_ROLE}, 3),
        ("aws_iam_instance_profile", {"role": "a"}, {"role": "b"}, 3),
        ("aws_instance", {"iam_instance_profile": "a"}, {"iam_instance_profile": "b"}, 3),
        ("aws_launch_template", {"iam_instance_profile": [{"arn": "a"}]}, {"iam_instance_profile": [{"arn": "b"}]}, 3),
        ("aws_codebuild_project", {"service_role": ROLE}, {"service_role": OTHER_ROLE}, 3),
        ("aws_sfn_state_machine", {"role_arn": ROLE}, {"role_arn": OTHER_ROLE}, 3),
        ("aws_sfn_state_machine", {"definition": f"{{{ROLE}}}"}, {"definition": f"{{{OTHER_ROLE}}}"}, 3),
        ("aws_glue_job", {"role_arn": ROLE}, {"role_arn": OTHER_ROLE}, 3),
        ("aws_sagemaker_notebook_instance", {"role_arn": ROLE}, {"role_arn": OTHER_ROLE}, 3),
        ("aws_cloudformation_stack", {"iam_role_arn": ROLE}, {"iam_role_arn": OTHER_ROLE}, 3),
        ("aws_api_gateway_integration", {"credentials": ROLE}, {"credentials": OTHER_ROLE}, 3),
        ("aws_cognito_identity_pool_roles_attachment", {"roles": {"a": ROLE}}, {"roles": {"a": OTHER_ROLE}}, 3),
        ("awscc_lambda_function", {"role": ROLE}, {"role": OTHER_ROLE}, 3),
        ("postgresql_grant", {"role": "a"}, {"role": "b"}, 0),
        ("aws_acmpca_permission", None, {"principal": "acm.amazonaws.com", "actions": ["IssueCertificate"]}, 3),
        ("aws_iot_policy_attachment", None, {"policy": "p", "target": "arn:aws:iot:::cert/a"}, 3),
        ("aws_controltower_control", {"control_identifier": "a", "target_identifier": "ou"}, None, 3),
        ("aws_s3_object", {"key": "k", "acl": "private"}, {"key": "k", "acl": "public-read"}, 3),
        ("aws_s3_object", None, {"key": "k", "acl": "private"}, 0),
        ("aws_s3_object", {"key": "k"}, {"key": "k", "content": "new"}, 0),
        ("aws_opensearch_domain", None, {"domain_name": "a", "advanced_security_options": []}, 0),
        ("aws_s3_access_point", None, {"public_access_block_configuration": [{"block_public_acls": False}]}, 0),
        ("aws_codebuild_project", None, {"project_visibility": "PRIVATE"}, 0),
        ("aws_codebuild_project", {"project_visibility": "PRIVATE"}, {"project_visibility": "PUBLIC_READ"}, 3),
        ("aws_cloudcontrolapi_resource", desired(READS), desired(READS), 0),
        ("aws_cloudcontrolapi_resource", desired(READS), desired(ADMIN), 3),
        ("awscc_acmpca_permission", None, {"principal": "acm.amazonaws.com"}, 3),
    ],
)  # fmt: skip
def test_a_resource_of_a_plan_is_the_same_only_if_what_it_gives_is(
    call: Call, tmp_path: Path, type_: str, before: dict[str, Any] | None, after: dict[str, Any] | None, code: int
) -> None:
    change = {"actions": ["update"], "before": before, "after": after, "after_unknown": {}}
    resource = {"address": f"{type_}.a", "mode": "managed", "type": type_, "name": "a", "change": change}
    plan = {"format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": [resource]}
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    ran = call("review", str(tmp_path / "plan.json"))
    assert ran.code == code, ran.out
    answer = json.loads(call("review", str(tmp_path / "plan.json"), "--format", "json").out)
    assert bool(answer.get("grants")) is (code == 3 and type_ != "aws_vpc_endpoint")


BY_TAG = {**OF_IDENTITY, "Condition": {"StringEquals": {"aws:PrincipalTag/team": "a"}}}
TAGGED = {"name": "r", "tags": {"team": "a"}, "tags_all": {"team": "a", "by": "all"}}


@pytest.mark.parametrize(
    ("statement", "after", "unknown", "code"),
    [
        (BY_TAG, TAGGED, {}, 0),
        (BY_TAG, {**TAGGED, "tags_all": {"team": "b"}}, {}, 3),
        (BY_TAG, {"name": "r", "tags": None, "tags_all": {}}, {}, 3),
        (BY_TAG, {"name": "r"}, {"tags_all": True}, 3),
        (BY_TAG, {"name": "r", "tags_all": {"by": "all"}}, {"tags_all": {"team": True}}, 3),
        (OF_IDENTITY, {**TAGGED, "tags_all": {"team": "b"}}, {}, 0),
    ],
)
def test_other_tags_of_a_principal_are_not_the_same_where_a_policy_reads_them(
    call: Call, tmp_path: Path, statement: dict[str, Any], after: dict[str, Any], unknown: dict[str, Any], code: int
) -> None:
    inline = {"role": "r", "name": "p", "policy": text(statement)}
    changes = [("aws_iam_role", TAGGED, after, unknown), ("aws_iam_role_policy", inline, inline, {})]
    resources = [
        {
            "address": f"{type_}.a",
            "mode": "managed",
            "type": type_,
            "name": "a",
            "change": {"actions": ["update"], "before": before, "after": now, "after_unknown": not_known},
        }
        for type_, before, now, not_known in changes
    ]
    plan = {"format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": resources}
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    ran = call("review", str(tmp_path / "plan.json"))
    assert ran.code == code, ran.out
    assert ("its tags changed" in ran.out) is (code == 3)


ANY = text({**ALLOW, "Action": "*"})
ROOT = text({**ALLOW, "Action": "*", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}})
SESSION = {"user_name": "u", "policy": text({"Effect": "Allow", "Action": "*", "Resource": "*"})}


@pytest.mark.parametrize(
    ("type_", "before", "code"),
    [
        ("aws_api_gateway_rest_api", {"name": "a", "policy": ANY}, 3),
        ("aws_api_gateway_rest_api_policy", {"rest_api_id": "a", "policy": ANY}, 3),
        ("aws_efs_file_system_policy", {"file_system_id": "a", "policy": ANY}, 3),
        ("awscc_efs_file_system", {"file_system_policy": ANY}, 3),
        ("aws_kms_key", {"policy": ROOT}, 3),
        ("aws_kms_key_policy", {"key_id": "a", "policy": ROOT}, 3),
        ("aws_sns_topic_policy", {"arn": "a", "policy": ROOT}, 3),
        ("aws_transfer_user", SESSION, 3),
        ("aws_sqs_queue_policy", {"queue_url": "a", "policy": ANY}, 0),
        ("aws_s3_bucket_policy", {"bucket": "a", "policy": ANY}, 0),
    ],
)
def test_a_policy_that_is_gone_is_no_loss_of_what_lets_more_through_without_one(
    call: Call, tmp_path: Path, type_: str, before: dict[str, Any], code: int
) -> None:
    change = {"actions": ["delete"], "before": before, "after": None, "after_unknown": {}}
    resource = {"address": f"{type_}.a", "mode": "managed", "type": type_, "name": "a", "change": change}
    plan = {"format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": [resource]}
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    ran = call("review", str(tmp_path / "plan.json"))
    assert ran.code == code, ran.out


@pytest.mark.parametrize(
    ("kind", "statement", "code"),
    [
        ("resource", {**ALLOW, "Action": "*"}, 3),
        ("resource", {**ALLOW, "Action": "kms:Decrypt"}, 3),
        ("resource", {**ALLOW, "Action": ["sqs:*", "s3:GetObject"]}, 0),
        ("endpoint", ALLOW, 3),
        ("session", OF_IDENTITY, 3),
        ("boundary", OF_IDENTITY, 3),
        ("identity", OF_IDENTITY, 0),
    ],
)
def test_a_file_that_is_gone_is_no_loss_if_it_may_have_limited_something(
    call: Call, tmp_path: Path, kind: str, statement: dict[str, Any], code: int
) -> None:
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
    (tmp_path / "old" / "policy.json").write_text(text(statement))
    ran = call("review", str(tmp_path / "old"), str(tmp_path / "new"), "--type", kind)
    assert ran.code == code, ran.out


def tagged(value: Any) -> dict[str, Any]:
    """Return a role with a tag, and a policy that reads it."""
    tags = [{"Key": "team", "Value": value}]
    policy = {"PolicyName": "p", "PolicyDocument": json.loads(text(BY_TAG))}
    trust = {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}
    properties = {"AssumeRolePolicyDocument": json.loads(text(trust)), "Policies": [policy], "Tags": tags}
    return {"Type": "AWS::IAM::Role", "Properties": properties}


def permission_set(*arns: str, **more: Any) -> dict[str, Any]:
    """Return a permission set with policies."""
    return {"Type": "AWS::SSO::PermissionSet", "Properties": {"ManagedPolicies": arns, **more}}


def endpoint(**more: Any) -> dict[str, Any]:
    """Return an endpoint."""
    return {"Type": "AWS::EC2::VPCEndpoint", "Properties": {"ServiceName": "com.amazonaws.eu-west-1.s3", **more}}


def api(**more: Any) -> dict[str, Any]:
    """Return a REST API."""
    return {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "api", **more}}


def function(role: Any) -> dict[str, Any]:
    """Return a function that runs as a role."""
    return {"Type": "AWS::Lambda::Function", "Properties": {"Role": role, "Runtime": "python3.13"}}


def serverless(role: Any) -> dict[str, Any]:
    """Return a function of SAM that runs as a role."""
    return {"Type": "AWS::Serverless::Function", "Properties": {"Role": role, "Runtime": "python3.13"}}


def serverless_api(**auth: Any) -> dict[str, Any]:
    """Return an HTTP API of SAM that lets some in."""
    return {"Type": "AWS::Serverless::HttpApi", "Properties": {"Auth": {"EnableIamAuthorizer": True, **auth}}}


def serverless_event(**auth: Any) -> dict[str, Any]:
    """Return a function of SAM with a route."""
    event = {"Type": "HttpApi", "Properties": {"Path": "/", "Method": "get", "Auth": auth}}
    return {"Type": "AWS::Serverless::Function", "Properties": {"Role": ROLE, "Events": {"Route": event}}}


def task(role: Any, **more: Any) -> dict[str, Any]:
    """Return a task of ECS that runs as a role."""
    return {"Type": "AWS::ECS::TaskDefinition", "Properties": {"TaskRoleArn": role, **more}}


def held(arn: str) -> dict[str, Any]:
    """Return a role that has a policy."""
    found = tagged("a")
    return {**found, "Properties": {**found["Properties"], "ManagedPolicyArns": [arn]}}


def stack_set(resource: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a stack set whose template holds a resource."""
    body = json.dumps({"Resources": {"Inner": resource}})
    return {"Type": "AWS::CloudFormation::StackSet", "Properties": {"TemplateBody": body, **more}}


INVOKING = json.loads(text({**ALLOW, "Action": "execute-api:Invoke"}))
WITH_POLICY = endpoint(PolicyDocument=json.loads(text(ALLOW)))


@pytest.mark.parametrize(
    ("before", "after", "parameters", "code"),
    [
        (permission_set(READS), permission_set(READS), "a", 0),
        (permission_set(READS), permission_set(READS, ADMIN), "a", 3),
        (permission_set(), {"Type": "AWS::SSO::PermissionSet", "Properties": {"Name": "b"}}, "a", 0),
        (permission_set(READS), permission_set(), "a", 3),
        (permission_set({"Ref": "P"}), permission_set({"Ref": "P"}), "a", 0),
        (permission_set({"Ref": "P"}), permission_set({"Ref": "P"}), "b", 3),
        (tagged("a"), tagged("a"), "a", 0),
        (tagged("a"), tagged("b"), "a", 3),
        (tagged({"Ref": "P"}), tagged({"Ref": "P"}), "a", 0),
        (tagged({"Ref": "P"}), tagged({"Ref": "P"}), "b", 3),
        (WITH_POLICY, WITH_POLICY, "a", 0),
        (WITH_POLICY, endpoint(), "a", 3),
        (api(Policy=INVOKING), api(Policy=INVOKING), "a", 0),
        (api(Policy=INVOKING), api(), "a", 3),
        (api(Policy=json.loads(ANY)), api(), "a", 3),
        (function(ROLE), function(ROLE), "a", 0),
        (function(ROLE), function(OTHER_ROLE), "a", 3),
        (function({"Ref": "P"}), function({"Ref": "P"}), "b", 3),
        (function({"Fn::If": ["C", ROLE, OTHER_ROLE]}), function({"Fn::If": ["C", OTHER_ROLE, ROLE]}), "a", 3),
        (serverless(ROLE), serverless(ROLE), "a", 0),
        (serverless(ROLE), serverless(OTHER_ROLE), "a", 3),
        (serverless_api(), serverless_api(), "a", 0),
        (serverless_api(DefaultAuthorizer="AWS_IAM"), serverless_api(), "a", 3),
        (serverless_event(Authorizer="AWS_IAM"), serverless_event(Authorizer="AWS_IAM"), "a", 0),
        (serverless_event(Authorizer="AWS_IAM"), serverless_event(Authorizer="NONE"), "a", 3),
        (serverless_event(Authorizer="AWS_IAM"), serverless_event(), "a", 3),
        (stack_set(tagged("a")), stack_set(tagged("a"), AutoDeployment={"Enabled": True}), "a", 3),
        (task(ROLE), task(ROLE, Cpu="256"), "a", 0),
        (task(ROLE), task(OTHER_ROLE), "a", 3),
        (stack_set(held(READS)), stack_set(held(READS)), "a", 0),
        (stack_set(held(READS)), stack_set(held(ADMIN)), "a", 3),
        (stack_set(permission_set(READS)), stack_set(permission_set(ADMIN)), "a", 3),
        (stack_set(function(ROLE)), stack_set(function(OTHER_ROLE)), "a", 3),
        (stack_set(tagged("a")), stack_set(tagged("a")), "a", 0),
        (stack_set(held(READS)), stack_set(held(READS), Parameters=[{"ParameterKey": "P"}]), "a", 3),
    ],
)
def test_a_resource_of_a_template_is_the_same_only_if_what_it_gives_is(
    call: Call, tmp_path: Path, before: dict[str, Any], after: dict[str, Any], parameters: str, code: int
) -> None:
    for name, resource, default in (("old", before, "a"), ("new", after, parameters)):
        template = {
            "Transform": "AWS::Serverless-2016-10-31",
            "Parameters": {"P": {"Type": "String", "Default": default}},
            "Conditions": {"C": {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]}},
            "Resources": {"One": resource},
        }
        (tmp_path / f"{name}.json").write_text(json.dumps(template))
    ran = call("review", str(tmp_path / "old.json"), str(tmp_path / "new.json"))
    assert ran.code == code, ran.out


def test_what_a_plan_does_not_set_is_nothing_that_is_given(call: Call, tmp_path: Path) -> None:
    change = {"actions": ["create"], "before": None, "after": {"key": "k"}, "after_unknown": {"acl": True}}
    resource = {"address": "aws_s3_object.a", "mode": "managed", "type": "aws_s3_object", "name": "a"}
    plan = {"format_version": "1.2", "resource_changes": [{**resource, "change": change}]}
    for expressions, code in (({"key": {"constant_value": "k"}}, 0), ({"acl": {"references": ["var.acl"]}}, 3)):
        plan["configuration"] = {"root_module": {"resources": [{**resource, "expressions": expressions}]}}
        (tmp_path / "plan.json").write_text(json.dumps(plan))
        assert call("review", str(tmp_path / "plan.json")).code == code


ON_TAG = {**OF_IDENTITY, "Condition": {"StringEquals": {"aws:ResourceTag/team": "a"}}}
OBJECT_TAG = {**OF_IDENTITY, "Condition": {"StringEquals": {"s3:ExistingObjectTag/team": "a"}}}


@pytest.mark.parametrize(
    ("statement", "type_", "before", "after", "code"),
    [
        (ON_TAG, "aws_instance", TAGGED, TAGGED, 0),
        (ON_TAG, "aws_instance", TAGGED, {**TAGGED, "tags_all": {"team": "b"}}, 3),
        (ON_TAG, "aws_instance", TAGGED, {"name": "r", "tags_all": {}}, 3),
        (ON_TAG, "aws_instance", None, TAGGED, 0),
        (ON_TAG, "aws_instance", TAGGED, None, 0),
        (ON_TAG, "aws_ec2_tag", None, {"resource_id": "i", "key": "team", "value": "a"}, 3),
        (ON_TAG, "aws_ec2_tag", {"resource_id": "i", "key": "team", "value": "a"}, None, 3),
        (ON_TAG, "aws_launch_template", {"tag_specifications": [{"tags": {"a": "a"}}]}, {"tag_specifications": []}, 3),
        (ON_TAG, "aws_instance", {"root_block_device": [{"tags": {"a": "a"}}]}, {"root_block_device": [{}]}, 3),
        (ON_TAG, "aws_autoscaling_group", {"tag": [{"key": "a", "value": "a"}]}, {"tag": []}, 3),
        (OBJECT_TAG, "aws_s3_object", {"tags": {"team": "a"}}, {"tags": {"team": "b"}}, 3),
        (BY_TAG, "aws_instance", TAGGED, {**TAGGED, "tags_all": {"team": "b"}}, 0),
        (OF_IDENTITY, "aws_ec2_tag", None, {"resource_id": "i", "key": "team", "value": "a"}, 0),
    ],
)
def test_other_tags_of_a_resource_are_not_the_same_where_a_policy_reads_them(
    call: Call,
    tmp_path: Path,
    statement: dict[str, Any],
    type_: str,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    code: int,
) -> None:
    policy = {"name": "p", "policy": text(statement)}
    resources = [
        {
            "address": f"{kind}.a",
            "mode": "managed",
            "type": kind,
            "name": "a",
            "change": {"actions": ["update"], "before": old, "after": new, "after_unknown": {}},
        }
        for kind, old, new in (("aws_iam_policy", policy, policy), (type_, before, after))
    ]
    plan = {"format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": resources}
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    ran = call("review", str(tmp_path / "plan.json"))
    assert ran.code == code, ran.out
    assert ("about such tags" in ran.out) is (code == 3)


def test_what_a_new_role_can_do_is_told_of_the_role_and_not_of_what_runs_as_it(call: Call, tmp_path: Path) -> None:
    for name, resources in (("old", {}), ("new", {"R": tagged("a"), "F": function({"Fn::GetAtt": ["R", "Arn"]})})):
        (tmp_path / f"{name}.json").write_text(json.dumps({"AWSTemplateFormatVersion": "", "Resources": resources}))
    ran = call("review", str(tmp_path / "old.json"), str(tmp_path / "new.json"), "--format", "json")
    assert (ran.code, ran.json["found"], "grants" in ran.json) == (1, ["gained"], False), ran.out


@pytest.mark.parametrize(
    ("type_", "names"),
    [
        ("AWS::S3::Bucket", ("Tags",)),
        ("AWS::EFS::FileSystem", ("FileSystemTags",)),
        ("AWS::EC2::LaunchTemplate", ("LaunchTemplateData", "TagSpecifications")),
    ],
)
def test_tags_in_a_template_are_found_under_whatever_name(
    call: Call, tmp_path: Path, type_: str, names: tuple[str, ...]
) -> None:
    policy = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": json.loads(text(ON_TAG))}}
    for file, team in (("old", "a"), ("new", "b")):
        held: Any = [{"Key": "team", "Value": team}]
        for name in reversed(names):
            held = {name: held}
        resources = {"P": policy, "R": {"Type": type_, "Properties": held}}
        (tmp_path / f"{file}.json").write_text(json.dumps({"Resources": resources}))
    old, new = (str(tmp_path / f"{file}.json") for file in ("old", "new"))
    assert (call("review", old, old).code, call("review", old, new).code) == (0, 3)
