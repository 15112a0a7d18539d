"""The account of `seed/`, written to AWS over HTTP: what is fetched back must be what stands there.

The files have the form of an account's folder. Where AWS makes up a name (a key, a secret, an instance), the seed has
`KEY`; `seeded` returns what AWS made of it, and `without_made_up` puts `KEY` back. Resource policies that come from a
call of their own kind (`lambda:AddPermission`, say) are not in the seed.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3

from tests.fetch.aws import MAIN_ACCOUNT

SEED = Path(__file__).parent / "seed"
FILES = (
    "authorization-details.json",
    "policies.json",
    "organization.json",
    "resource-policies.json",
    "other-policies.json",
    "services.json",
)
# What AWS makes up, and what says only how much there is of something.
_MADE_UP = re.compile(r"(Id|Date|Count|LastUsed|Usage|UpdateDate)$")
_LEFT = {"DefaultVersionId", "VersionId"}
_DROPPED = {"IsAttachable", "Description", "MaxSessionDuration"}
_GONE = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}


def read_seed(name: str) -> Any:
    """Return the content of a file of the seed."""
    return json.loads((SEED / name).read_text(encoding="utf-8"))


def seed_everything() -> None:
    """Write the whole seed."""
    seed_identities()
    seed_organization()
    seed_resources()
    seed_services()


def seed_identities() -> None:
    """Write users, groups, roles and policies."""
    iam = boto3.client("iam")
    dump, omitted = read_seed("authorization-details.json"), read_seed("policies.json")
    for policy in (*dump["Policies"], *omitted["Policies"]):
        _seed_policy(iam, policy)
    for group in dump["GroupDetailList"]:
        iam.create_group(GroupName=group["GroupName"], Path=group["Path"])
        _seed_policies_of(iam, "group", group)
    for user in dump["UserDetailList"]:
        iam.create_user(UserName=user["UserName"], Path=user["Path"], Tags=user["Tags"], **_boundary(user))
        _seed_policies_of(iam, "user", user)
        for group in user["GroupList"]:
            iam.add_user_to_group(GroupName=group, UserName=user["UserName"])
    for role in dump["RoleDetailList"]:
        trust = json.dumps(role["AssumeRolePolicyDocument"])
        names = {"RoleName": role["RoleName"], "Path": role["Path"], "Tags": role["Tags"]}
        iam.create_role(AssumeRolePolicyDocument=trust, **names, **_boundary(role))
        _seed_policies_of(iam, "role", role)
        for profile in role["InstanceProfileList"]:
            iam.create_instance_profile(InstanceProfileName=profile)
            iam.add_role_to_instance_profile(InstanceProfileName=profile, RoleName=role["RoleName"])


def _seed_policy(iam: Any, policy: dict[str, Any]) -> None:
    """Write a policy with its versions: those of the seed carry their numbers, the first may be long gone."""
    arn = policy["Arn"]
    versions = {version["VersionId"]: version["Document"] for version in policy["PolicyVersionList"]}
    last = max(int(name[1:]) for name in versions)
    text = [json.dumps(versions.get(f"v{number}", _GONE)) for number in range(1, last + 1)]
    iam.create_policy(PolicyName=policy["PolicyName"], Path=policy["Path"], PolicyDocument=text[0])
    for document in text[1:]:
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=document)
    if last > 1:
        iam.set_default_policy_version(PolicyArn=arn, VersionId=policy["DefaultVersionId"])


def _boundary(principal: dict[str, Any]) -> dict[str, str]:
    boundary = principal.get("PermissionsBoundary")
    return {"PermissionsBoundary": boundary["PermissionsBoundaryArn"]} if boundary else {}


def _seed_policies_of(iam: Any, kind: str, carrier: dict[str, Any]) -> None:
    name = {f"{kind.title()}Name": carrier[f"{kind.title()}Name"]}
    for policy in carrier[f"{kind.title()}PolicyList"]:
        document = json.dumps(policy["PolicyDocument"])
        getattr(iam, f"put_{kind}_policy")(**name, PolicyName=policy["PolicyName"], PolicyDocument=document)
    for policy in carrier["AttachedManagedPolicies"]:
        getattr(iam, f"attach_{kind}_policy")(**name, PolicyArn=policy["PolicyArn"])


def seed_organization(account: str = MAIN_ACCOUNT) -> str:
    """Make the organization with its levels, `account` at their end, and return its ID."""
    asked = boto3.client("organizations")
    levels = read_seed("organization.json")["levels"]
    id_ = asked.create_organization(FeatureSet="ALL")["Organization"]["Id"]
    root = asked.list_roots()["Roots"][0]["Id"]
    for type_ in ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"):
        asked.enable_policy_type(RootId=root, PolicyType=type_)
    unit = asked.create_organizational_unit(ParentId=root, Name=levels[1]["name"])["OrganizationalUnit"]["Id"]
    asked.move_account(AccountId=account, SourceParentId=root, DestinationParentId=unit)
    for target, level in zip((root, unit, account), levels, strict=True):
        for kind, type_ in (("scps", "SERVICE_CONTROL_POLICY"), ("rcps", "RESOURCE_CONTROL_POLICY")):
            for number, document in enumerate(level[kind][1:]):  # the first is the one that AWS attaches
                name = f"{level['name']}-{kind}-{number}"
                made = asked.create_policy(Content=json.dumps(document), Description="", Name=name, Type=type_)
                asked.attach_policy(PolicyId=made["Policy"]["PolicySummary"]["Id"], TargetId=target)
    return str(id_)


def seed_resources() -> None:
    """Make a resource for each resource policy of the seed, with it."""
    for row in (*read_seed("resource-policies.json"), *read_seed("other-policies.json")):
        resource, text = row["resource"], json.dumps(row["policy"])
        _, _, service, region, *_ = resource.split(":")
        name = re.split("[:/]", resource)[-1]
        _RESOURCES[service](boto3.Session(region_name=region or "us-east-1"), name, text, resource)


def _bucket(session: Any, name: str, text: str, resource: str) -> None:
    if ":accesspoint/" in resource:
        control = session.client("s3control")
        control.create_access_point(AccountId=MAIN_ACCOUNT, Name=name, Bucket="payroll-reports")
        control.put_access_point_policy(AccountId=MAIN_ACCOUNT, Name=name, Policy=text)
    else:
        session.client("s3").create_bucket(Bucket=name)
        session.client("s3").put_bucket_policy(Bucket=name, Policy=text)
        session.client("s3").create_bucket(Bucket="without-policy")


def _file_system(session: Any, name: str, text: str, resource: str) -> None:
    made = session.client("efs").create_file_system(CreationToken=name)
    session.client("efs").put_file_system_policy(FileSystemId=made["FileSystemId"], Policy=text)


def _secret(session: Any, name: str, text: str, resource: str) -> None:
    session.client("secretsmanager").create_secret(Name="db", SecretString="hidden")
    session.client("secretsmanager").put_resource_policy(SecretId="db", ResourcePolicy=text)
    session.client("secretsmanager").create_secret(Name="without-policy", SecretString="hidden")


def _repository(session: Any, name: str, text: str, resource: str) -> None:
    session.client("ecr").create_repository(repositoryName=name)
    session.client("ecr").set_repository_policy(repositoryName=name, policyText=text)


def _table(session: Any, name: str, text: str, resource: str) -> None:
    session.client("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    session.client("dynamodb").put_resource_policy(ResourceArn=resource, Policy=text)


def _stream(session: Any, name: str, text: str, resource: str) -> None:
    session.client("kinesis").create_stream(StreamName=name, ShardCount=1)
    session.client("kinesis").put_resource_policy(ResourceARN=resource, Policy=text)


def _logs(session: Any, name: str, text: str, resource: str) -> None:
    """Write each statement as a policy of its own: a region has several for its log groups."""
    for number, statement in enumerate(json.loads(text)["Statement"]):
        document = json.dumps({"Version": "2012-10-17", "Statement": statement})
        session.client("logs").put_resource_policy(policyName=f"policy-{number}", policyDocument=document)


def _identity(session: Any, name: str, text: str, resource: str) -> None:
    session.client("sesv2").create_email_identity(EmailIdentity=name)
    session.client("sesv2").create_email_identity_policy(EmailIdentity=name, PolicyName="p", Policy=text)


_RESOURCES: dict[str, Callable[[Any, str, str, str], Any]] = {
    "s3": _bucket,
    "kms": lambda session, name, text, resource: session.client("kms").create_key(Policy=text),
    "sqs": lambda session, name, text, resource: session.client("sqs").create_queue(
        QueueName=name, Attributes={"Policy": text}
    ),
    "sns": lambda session, name, text, resource: session.client("sns").create_topic(
        Name=name, Attributes={"Policy": text}
    ),
    "secretsmanager": _secret,
    "ecr": _repository,
    "dynamodb": _table,
    "kinesis": _stream,
    "logs": _logs,
    "elasticfilesystem": _file_system,
    "glue": lambda session, name, text, resource: session.client("glue").put_resource_policy(PolicyInJson=text),
    "es": lambda session, name, text, resource: session.client("opensearch").create_domain(
        DomainName=name, AccessPolicies=text
    ),
    "ses": _identity,
}


def seed_services() -> None:
    """Run something as each role of the seed's `services.json`."""
    role = f"arn:aws:iam::{MAIN_ACCOUNT}:role/app"
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("app.py", "")
    boto3.client("lambda").create_function(
        FunctionName="resize", Role=role, Code={"ZipFile": code.getvalue()}, Handler="app.main", Runtime="python3.12"
    )
    boto3.client("ecs").register_task_definition(
        family="web", containerDefinitions=[{"name": "web", "image": "web", "memory": 8}], taskRoleArn=role
    )
    profile = {"Name": "web-profile"}
    boto3.client("ec2").run_instances(ImageId="ami-12345678", MinCount=1, MaxCount=1, IamInstanceProfile=profile)


def fetched(folder: Path) -> dict[str, Any]:
    """Return the files of an account's folder, without what AWS made up."""
    return {name: without_made_up(json.loads((folder / name).read_text(encoding="utf-8"))) for name in FILES}


def seeded() -> dict[str, Any]:
    """Return the files that the seed must come back as."""
    return {name: without_made_up(read_seed(name)) for name in FILES}


def without_made_up(value: Any) -> Any:
    """Return a part of a file without IDs, dates and counts; lists whose order says nothing are sorted."""
    if isinstance(value, dict):
        kept = {
            key: without_made_up(each)
            for key, each in value.items()
            if (key in _LEFT or not _MADE_UP.search(key)) and key not in _DROPPED and key not in ("id", "accounts")
        }
        if "InstanceProfileList" in kept:
            profiles = value["InstanceProfileList"]
            kept["InstanceProfileList"] = [p if isinstance(p, str) else p["InstanceProfileName"] for p in profiles]
        for name in ("account", *(name for name in ("Tags", "InstanceProfileList") if not kept.get(name))):
            kept.pop(name, None)
        return kept
    if isinstance(value, list):
        found = [without_made_up(each) for each in value]
        return sorted(found, key=lambda each: json.dumps(each, sort_keys=True)) if _unordered(value) else found
    if isinstance(value, str):
        return re.sub(r"(:key/|secret:db-|file-system/|instance/)[\w-]+$", r"\1KEY", value)
    return value


def _unordered(value: list[Any]) -> bool:
    """Return whether a list is one of AWS's, in no order: not one that stands in a document."""
    names = {"Arn", "PolicyName", "VersionId", "Key", "resource"}
    return all(isinstance(each, dict) and names & each.keys() for each in value) or (
        all(isinstance(each, dict) and "Version" in each for each in value)
    )
