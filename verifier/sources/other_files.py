"""Files that hold no document that can be asked about: what each is, and what to do instead.

    what_it_is(value, source)     for a file whose values are of no kind
    what_it_is_by_text(source)    for a text that no notation can read; None where nobody knows

A row of `_BY_NAMES` fits an object that has all of the names of one of its groups, a row of `_BY_TEXT` a text in which
its expression is found, near its beginning. The first that fits counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifier.base.errors import quote
from verifier.base.source import Source
from verifier.sources.values import ListValue, ObjectValue, TextValue, Value, under

_LOOKED_AT = 20_000
_DENIED = "is not authorized to perform"
_WRAP = 'write `{"Version": "2012-10-17", "Statement": [...]}`'
_PLAN = "run `terraform plan -out=plan` and `terraform show -json plan > plan.json`, and name `plan.json`"
_OWN_FILE = "write the document to a file of its own"
_VERSION = "run `aws iam get-policy-version --policy-arn ARN --version-id VERSION`, and name what it prints"
_INLINE = "run `aws iam get-role-policy`, `get-user-policy` or `get-group-policy`, and name what it prints"
_REQUEST = "name it after `--request`"
_EVENT = "name a policy; of events, only those of CloudTrail say what was asked"
_NAMED = "name the files of policies that it names"

# What is named: what it is, what to do, and groups of names; `a.b` is `b` in `a`, `a[].b` is `b` in the values of `a`.
_BY_NAMES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("a request", _REQUEST, ("action resource",)),
    ("an answer of verifier", "name the document that was asked about", ("verdict", "decision statements")),
    ("the state of Terraform", _PLAN, ("terraform_version resources", "terraform_version lineage")),
    (
        "a configuration of Terraform in JSON",
        _PLAN,
        ("resource provider", "resource.aws_iam_policy", "terraform.required_providers"),
    ),
    ("an item of DynamoDB", _OWN_FILE, ("apiVersion.S kind.S", "Item")),
    ("a manifest of Kubernetes", _OWN_FILE, ("apiVersion kind",)),
    (
        "the values of a Helm chart",
        "run `helm template`, and write the document to a file of its own",
        ("replicaCount image",),
    ),
    (
        "a configuration of the Serverless Framework",
        "run `serverless package`, and name the template in `.serverless`",
        ("service provider",),
    ),
    ("a project of Pulumi", "write the document that it makes to a file of its own", ("name runtime",)),
    ("the configuration of CDK", "run `cdk synth`, and name the template in `cdk.out`", ("app context",)),
    ("the manifest of a CDK app", "name the template next to it, `cdk.out/NAME.template.json`", ("version artifacts",)),
    (
        "parameters of CloudFormation",
        "name the template, and give it `--parameter Key=Value`",
        ("[].ParameterKey", "Parameters Tags"),
    ),
    ("a stack policy of CloudFormation", "name a policy of IAM", ("StackPolicyBody",)),
    (
        "a configuration of Landing Zone Accelerator",
        _NAMED,
        ("serviceControlPolicies", "resourceControlPolicies", "policySets", "organizationalUnits"),
    ),
    ("an event of EventBridge", _EVENT, ("detail-type detail",)),
    (
        "an event that a function of Lambda gets",
        _EVENT,
        ("Records[].dynamodb", "Records[].s3", "Records[].Sns", "Records[].kinesis", "Records[].receiptHandle"),
    ),
    ("a manifest of Customizations for Control Tower", _NAMED, ("region resources version", "region resources")),
    ("what `aws iam get-policy` prints", _VERSION, ("Policy.DefaultVersionId",)),
    ("what `aws iam list-policies` prints", _VERSION, ("Policies[].DefaultVersionId", "Policies[].PolicyId")),
    ("what `aws iam list-policy-versions` prints", _VERSION, ("Versions[].IsDefaultVersion",)),
    ("what `aws iam list-attached-role-policies` prints", _VERSION, ("AttachedPolicies",)),
    ("what `aws iam list-role-policies` prints", _INLINE, ("PolicyNames",)),
    ("what `aws iam get-user` prints", _INLINE, ("User.UserId",)),
    (
        "what `aws iam list-users` prints",
        "run `aws iam get-account-authorization-details`, and name what it prints",
        ("Users[].UserId", "Groups[].GroupId"),
    ),
    ("what `aws iam get-group` prints", _INLINE, ("Group.GroupId",)),
    ("what the simulator of IAM answers", "name the policies that it was asked about", ("EvaluationResults",)),
    ("an input of the simulator of IAM without a policy", _REQUEST, ("ActionNames",)),
    (
        "what `aws organizations list-policies` prints",
        "run `aws organizations describe-policy`, and name what it prints",
        ("Policies[].AwsManaged",),
    ),
    ("what `aws sts decode-authorization-message` prints", _REQUEST, ("DecodedMessage",)),
    ("an error of AWS", _REQUEST, ("__type", "Error.Code", "errorMessage")),
    ("findings", "name the documents that they are about", ("findings", "Findings")),
    ("a policy of AWS IoT", "name a policy of IAM", ("policyArn policyDocument",)),
    ("a policy of Amazon Verified Permissions", "name a policy of IAM", ("policyStoreId", "permit", "forbid")),
    (
        "a lifecycle policy",
        "name a policy of IAM",
        ("lifecyclePolicyText", "rules[].rulePriority", "Rules[].Expiration"),
    ),
    ("a policy of Google Cloud", "name a policy of AWS", ("bindings", "includedPermissions")),
    (
        "a policy of Azure",
        "name a policy of AWS",
        ("properties.policyRule", "assignableScopes", "properties.permissions", "policyRule", "AssignableScopes"),
    ),
    ("a playbook of Ansible", _OWN_FILE, ("[].hosts", "[].tasks")),
    ("policies of Cloud Custodian", "name a policy of IAM", ("policies[].resource",)),
    (
        "a template of Policy Sentry",
        "run `policy_sentry write-policy`, and name what it prints",
        ("mode read", "mode write", "mode list", "mode tagging", "mode actions"),
    ),
    ("a description of an API", _OWN_FILE, ("openapi", "swagger")),
    (
        "a JSON schema",
        "name a document",
        ("$schema type", "$schema properties", "$schema $defs", "$schema definitions"),
    ),
    ("a workflow of GitHub", "name a document", ("on jobs",)),
    (
        "a configuration of Docker Compose",
        "name a document",
        ("version services", "services volumes", "services networks", "services secrets"),
    ),
    ("a notebook", "name a document", ("cells nbformat",)),
    ("a package of JavaScript", "name a document", ("dependencies", "devDependencies")),
    ("a report in SARIF", "name a document", ("version runs",)),
    ("one statement", _WRAP + " around it", ("Effect Action", "Effect NotAction", "Effect Resource", "Effect")),
    ("a list of statements", _WRAP + " around it", ("[].Effect",)),
    (
        "a document whose names begin in lower case",
        "write `Version`, `Statement`, `Effect`, `Action` and so on",
        ("statement", "statements"),
    ),
)

_HCL = (
    r"(?m)^[ \t]*+(?:resource|data|module|provider|variable|output|terraform|locals|moved|import)"
    r'(?:[ \t]++"[^"\n]*+")*+[ \t]*+\{'
)
ESCAPED = "JSON whose quotes have a backslash"
_BY_TEXT: tuple[tuple[str, str, str], ...] = (
    ("a page of HTML", "save the document itself, not the page around it", r"(?i)\A\s*+<(?:!doctype\s+html|html)\b"),
    ("XML", "write the document to a file of its own", r"\A\s*+<[?!a-zA-Z]"),
    ("the text of a plan of Terraform", _PLAN, r"(?:Terraform|OpenTofu) will perform the following actions"),
    (
        "HCL, the language of Terraform",
        _PLAN,
        _HCL,
    ),
    ("an error message of AWS", _REQUEST, _DENIED),
    (
        "a Helm template",
        "run `helm template`, and write the document to a file of its own",
        r"\{\{-?\s*+(?:\.(?:Values|Release|Chart)\b|include\b|if\s+\.|toYaml\b|define\b|range\b|with\b|template\b)",
    ),
    ("a template with `{{...}}` or `{%...%}`", "fill it in, and name the result", r"\{\{|\{%"),
    (
        "source code of CDK",
        "run `cdk synth`, and name the template in `cdk.out`",
        r"\baws[-_]cdk\b|@aws-cdk\b|\bnew\s++iam\.\w",
    ),
    ("source code of Pulumi", "write the document that it makes to a file of its own", r"\bpulumi\b"),
    ("a policy in Rego", "name a policy of IAM", r"\A\s*+(?:#[^\n]*+\n\s*+)*+package\s"),
    (
        "source code",
        "write the document that it makes to a file of its own",
        r"(?m)^(?:import|from|export|const|function|func|class|def|package|using|public|#include)\s++\S++.*[;:(){}]?$(?<!,)",
    ),
    ("a script", "write the document that it makes to a file of its own", r"\A#!"),
    (
        "SQL",
        "name a policy document",
        r"(?i)\A\s*+(?:--[^\n]*+\n\s*+)*+(?:create|select|insert|update|grant|alter|drop|revoke)\s",
    ),
    ("a policy in Cedar", "name a policy of IAM", r"(?m)^[ \t]*+(?:permit|forbid)\s*+\("),
    ("Bicep", "name a policy of AWS", r"(?m)^(?:targetScope|param|resource)\s++\w"),
    ("TOML", "name a policy document", r"(?m)^\[\[?[\w.\"-]++\]\]?[ \t]*+$"),
    ("a patch", "name the files that it changes", r"\A(?:diff --git |--- \S|Index: )"),
    (
        "an error message of the AWS CLI",
        "run the command again with permission to do what it does",
        r"\A\s*+(?:An error occurred \(|usage: aws |Unable to locate credentials)",
    ),
    ("what the AWS CLI prints as text", "run it with `--output json`", r"\A[A-Z]{4,}\t"),
    ("what the AWS CLI prints as a table", "run it with `--output json`", r"\A-{10,}\r?\n\|"),
    ("Markdown", "write the document to a file of its own", r"(?m)^```|\A#{1,6} \S"),
    (
        "a report of credentials",
        "run `aws iam get-account-authorization-details`, and name what it prints",
        r"\Auser,arn,",
    ),
    ("text in base64", "run `base64 -d`, and name what it writes", r"\A\s*+e[woy][\w+/\s]{30,}+={0,2}\s*+\Z"),
    (
        ESCAPED,
        'write `"` for each `\\"`, or double quotes around the whole text',
        r'\A\s*+\{\s*+\\+"',
    ),
    ("a certificate or a key", "name a policy document", r"\A\s*+-----BEGIN "),
    (
        "the name of a policy",
        "name it itself, not a file that holds its name",
        r"\A\s*+(?:aws:\S++|arn:aws[\w-]*+:iam::\S++)\s*+\Z",
    ),
)
_EXPRESSIONS = tuple((what, help, re.compile(expression)) for what, help, expression in _BY_TEXT)


def _wrapped(value: ObjectValue) -> tuple[str, str] | None:
    """Return what a file is that holds a document under some name, or None."""
    for name, held in value.pairs:
        if isinstance(held, ObjectValue) and held.member("Statement") is not None:
            return f"an object with a document under {quote(name.known or '')}", _OWN_FILE
    return None


def what_it_is(value: Value, source: Source) -> tuple[str, str]:
    """Return what a file is that is of no kind in which documents are, and what to do instead."""
    for what, help, groups in _BY_NAMES:
        if any(all(_has(value, name) for name in group.split(" ")) for group in groups):
            return what, help
    match value:
        case ObjectValue() if not value.pairs:
            return "an empty object", _WRAP
        case ListValue() if not value.values:
            return "an empty list", _WRAP
        case ObjectValue():
            return _other_object(source) or _wrapped(value) or ("an object without a `Statement`", _WRAP)
        case ListValue():
            return "a list of something else than documents", _WRAP
        case TextValue():
            return what_it_is_by_text(source) or ("a text", _WRAP)
        case _:
            return "a single value", _WRAP


def _other_object(source: Source) -> tuple[str, str] | None:
    """Return what an object is by its text: in YAML, a line with a colon is one already."""
    if source.text.lstrip()[:1] != "{":
        return what_it_is_by_text(source)
    return ("an error of AWS", _REQUEST) if _DENIED in source.text else None


def what_it_is_by_text(source: Source) -> tuple[str, str] | None:
    """Return what a text is, by what it begins with; None where nobody knows."""
    text = source.text[:_LOOKED_AT]
    return next(((what, help) for what, help, found in _EXPRESSIONS if found.search(text)), None)


def _has(value: Value, path: str) -> bool:
    """Whether something stands at `path`."""
    name, _, rest = path.partition(".")
    return any(not rest or _has(held, rest) for held in _at(value, name))


def _at(value: Value, name: str) -> Iterator[Value]:
    held = value if name == "[]" else under(value, name.removesuffix("[]"))
    if not name.endswith("[]"):
        if held is not None:
            yield held
    elif isinstance(held, ListValue):
        yield from held.values[:1]
