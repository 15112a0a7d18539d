"""Make the tables of `verifier/sources/cloudformation/data/` that come from other packages.

python tools/make_cloudformation_tables.py SITE_PACKAGES

SITE_PACKAGES is where cfn-lint and aws-sam-translator are installed. `policies.tsv` lists each property of a resource
type that holds a policy in IAM's language; a property that looks like one and is none stands in `OTHER` below, with
what it is. `sam_policy_templates.json` are SAM's policy templates as they are, `sam_connectors.json` the profiles
of its connectors: what each makes, by the types of what it connects.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent.parent / "verifier" / "sources" / "cloudformation" / "data"
LOOKS_LIKE_ONE = re.compile(r"(Polic(y|ies)|PolicyDocument|PolicyText)$")
# What a property is called that is never a document: `DeletionPolicy`, `RetentionPolicy`, ...
NEVER = re.compile(
    r"(Redrive|RedriveAllow|Filter|Delivery|Replay|Archive|DataProtection|Lifecycle|Retention|Retry|Scaling|Backup|Update|"
    r"Deletion|Notification|Restart|Client|Routing|Security|Tls|Https|Termination|Caching|Pull|Dns|Placement|Cache|"
    r"Compression|Instance|Instances|Fairshare|QuotaShare|Reuse|Voting|Threshold|Wait|Fill|Selection|ScaleIn|Answer|"
    r"Allocation|Protocol|Browser|Filtering|Execution|Metric|Cors|Pit|Safeguard|Index|Ownership|Guardrail|Managed|"
    r"Certificate|Enterprise|Firewall|SignIn|Password|Health|Rollout|Rotation|Sampling|Sharing|Failover|Origin|Viewer|"
    r"Referrer|Assignment|Capacity|Drain|Expiration|Concurrency|Image|Deployment|Repository[A-Z]?Creation)Policy$|"
    r"(Policies)$"
)
OTHER = {
    "AWS::EC2::ClientVpnEndpoint": "the language is Cedar",
    "AWS::EC2::VerifiedAccessEndpoint": "the language is Cedar",
    "AWS::EC2::VerifiedAccessGroup": "the language is Cedar",
    "AWS::BedrockAgentCore::Policy": "the language is Cedar",
    "AWS::ResilienceHub::ResiliencyPolicy": "objectives for recovery",
    "AWS::Config::ConfigRule": "the language is Guard",
    "AWS::Config::OrganizationConfigRule": "the language is Guard",
    "AWS::IVS::Channel": "a setting",
    "AWS::IoTSiteWise::AccessPolicy": "a level",
    "AWS::Logs::AccountPolicy": "of data protection and subscriptions",
    "AWS::NetworkManager::CoreNetwork": "segments of a network",
    "AWS::OpenSearchServerless::AccessPolicy": "a language of its own",
    "AWS::OpenSearchServerless::LifecyclePolicy": "a language of its own",
    "AWS::OpenSearchServerless::SecurityPolicy": "a language of its own",
    "AWS::RAM::Permission": "a template of a policy, without principals and resources",
    "AWS::SES::ReceiptFilter": "`Allow` or `Block`",
    "AWS::Serverless::Api": "SAM expands it",
    "AWS::Serverless::Function": "SAM expands it",
    "AWS::Serverless::StateMachine": "SAM expands it",
}
# Lists that hold documents, and names that the pattern leaves out.
LISTED = {"AWS::OpenSearchService::Domain AccessPolicies", "AWS::Elasticsearch::Domain AccessPolicies"}
# Not in the schemas of the Region that is read (AWS CloudFormation Template Reference, "AWS Organizations"), or SAM's.
ADDED = ["AWS::Organizations::ResourcePolicy\tContent\tresource\t", "AWS::Serverless::Api\tPolicy\tresource\t"]
IDENTITY = {
    "AWS::IAM::Policy": "Roles,Users,Groups",
    "AWS::IAM::RolePolicy": "RoleName",
    "AWS::IAM::UserPolicy": "UserName",
    "AWS::IAM::GroupPolicy": "GroupName",
    "AWS::IAM::Role": "",
    "AWS::IAM::User": "",
    "AWS::IAM::Group": "",
    "AWS::SSO::PermissionSet": "",
    "AWS::IoT::Policy": "",
}
PROFILES = ("samtranslator", "model", "connector_profiles", "profiles.json")
SESSION = {"AWS::RolesAnywhere::Profile", "AWS::Transfer::User", "AWS::EKS::PodIdentityAssociation"}
OWNER = re.compile(
    r"(Bucket|TableBucketARN|TableARN|ResourceArn|SecretId|Queues|Queue|Topics|TopicArn|ClusterArn|BusName|RegistryName|"
    r"ChannelName|ResourceIdentifier|ResourcePolicyArn|VectorBucketArn|ObjectLambdaAccessPoint|MrapName|FileSystemId)"
)


def main() -> None:
    """Write the files."""
    packages = sys.argv[1]
    found = {each.metadata["Name"].lower(): each.version for each in distributions(path=[packages])}
    lines = [*policy_lines(Path(packages) / "cfnlint" / "data" / "schemas" / "resources"), *ADDED]
    head = (
        "# The properties of CloudFormation's resource types that hold a policy in IAM's language.\n"
        f"# Source: the resource schemas of CloudFormation as cfn-lint {found['cfn-lint']} has them; made by\n"
        "# tools/make_cloudformation_tables.py. Columns: type, property, type of policy, property with its owner.\n"
    )
    (DATA / "policies.tsv").write_text(head + "\n".join(sorted(set(lines))) + "\n", encoding="utf-8")
    sam_version = found["aws-sam-translator"]
    text = (Path(packages) / "samtranslator" / "policy_templates_data" / "policy_templates.json").read_text("utf-8")
    templates = {
        name: {"Parameters": list(each.get("Parameters", {})), "Definition": each["Definition"]}
        for name, each in sorted(json.loads(text)["Templates"].items())
    }
    source = f"aws-sam-translator {sam_version}, policy_templates.json (Apache-2.0)"
    written = json.dumps({"Source": source, "Templates": templates}, separators=(",", ":"))
    (DATA / "sam_policy_templates.json").write_text(written + "\n", encoding="utf-8")
    profiles = json.loads((Path(packages).joinpath(*PROFILES)).read_text("utf-8"))
    del profiles["Version"]
    source = f"aws-sam-translator {sam_version}, profiles.json (Apache-2.0)"
    written = json.dumps({"Source": source, **profiles}, separators=(",", ":"))
    (DATA / "sam_connectors.json").write_text(written + "\n", encoding="utf-8")
    print(f"{len(set(lines))} properties, {len(templates)} policy templates, {len(profiles['Permissions'])} sources")


def policy_lines(folder: Path) -> Iterator[str]:
    """Yield the rows of `policies.tsv` from the schemas in `folder`."""
    for path in sorted(folder.glob("*.json")):
        schema = json.loads(path.read_text(encoding="utf-8"))
        name = schema.get("typeName")
        if name is None or name in OTHER:
            continue
        owners = [each for each in schema.get("properties", {}) if OWNER.fullmatch(each) and name.endswith("Policy")]
        for place in properties(schema, schema, (), frozenset()):
            type_ = policy_type(name, place)
            owner = IDENTITY.get(name, owners[0] if owners else "") if type_ != "trust" else ""
            yield f"{name}\t{place}\t{type_}\t{owner}"


def policy_type(name: str, place: str) -> str:
    """Return the type of the policy that stands at `place` of a resource of the type `name`."""
    if place == "AssumeRolePolicyDocument":
        return "trust"
    if name == "AWS::IAM::ManagedPolicy":
        return ""
    if name in ("AWS::EC2::VPCEndpoint", "AWS::ODB::OdbNetwork"):
        return "endpoint"
    return "session" if name in SESSION else "identity" if name in IDENTITY else "resource"


def properties(schema: Any, part: Any, place: tuple[str, ...], seen: frozenset[str]) -> Iterator[str]:
    """Yield the places in the schema that hold a policy."""
    part, seen = followed(schema, part, seen)
    for name, held in (part.get("properties") or {}).items():
        here = (*place, name)
        inner, _ = followed(schema, held, seen)
        if looks_like_one(schema.get("typeName"), here, inner):
            yield ".".join(here)
        elif len(here) < 6:
            yield from properties(schema, held, here, seen)
    if isinstance(part.get("items"), dict):
        yield from properties(schema, part["items"], (*place, "[]"), seen)


def followed(schema: Any, part: Any, seen: frozenset[str]) -> tuple[Any, frozenset[str]]:
    """Return what `part` refers to."""
    while isinstance(part, dict) and str(part.get("$ref", "")).startswith("#/definitions/"):
        if part["$ref"] in seen:
            return {}, seen
        seen |= {part["$ref"]}
        part = schema.get("definitions", {}).get(part["$ref"].removeprefix("#/definitions/"), {})
    return (part if isinstance(part, dict) else {}), seen


def looks_like_one(type_: str, place: tuple[str, ...], part: Any) -> bool:
    """Whether the property at `place` holds a document: an object without properties of its own, or a text."""
    name = place[-1]
    if f"{type_} {'.'.join(place)}" in LISTED:
        return True
    if not LOOKS_LIKE_ONE.search(name) or NEVER.search(name) or part.get("properties") or "enum" in part:
        return False
    kinds = part.get("type", "object")
    kinds = {kinds} if isinstance(kinds, str) else set(kinds)
    if kinds == {"string"}:
        return "Arn" not in name and "AWS::" in type_ and bool(_TEXTS & {name})
    return "object" in kinds


_TEXTS = {
    "PolicyDocument", "PolicyText", "ResourcePolicy", "Policy", "ModelPolicy", "SessionPolicy", "DestinationPolicy",
    "RepositoryPolicy", "KmsPolicyDocument", "S3PolicyDocument", "StsPolicyDocument", "InvestigationGroupPolicy",
}  # fmt: skip


if __name__ == "__main__":
    main()
