"""Templates whose parameters, conditions and unknown values play a part in a review."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Call

TEMPLATE: dict[str, Any] = {
    "Parameters": {"Stage": {"Type": "String", "Default": "test"}, "Bucket": {"Type": "String", "Default": "reports"}},
    "Conditions": {"IsProd": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}},
    "Resources": {
        "Reads": {
            "Type": "AWS::IAM::ManagedPolicy",
            "Properties": {
                "PolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Action": {"Fn::If": ["IsProd", "s3:GetObject", "s3:*"]},
                            "Resource": {"Fn::Sub": "arn:aws:s3:::${Bucket}/*"},
                        }
                    ],
                }
            },
        },
        "App": {
            "Type": "AWS::IAM::Role",
            "Properties": {"AssumeRolePolicyDocument": {}, "ManagedPolicyArns": [{"Ref": "Reads"}]},
        },
    },
}
TEMPLATE["Resources"]["App"]["Properties"]["AssumeRolePolicyDocument"] = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


def changed(*path: Any, to: Any) -> dict[str, Any]:
    """Return the template with another value at `path`."""
    found = copy.deepcopy(TEMPLATE)
    at: Any = found
    for name in path[:-1]:
        at = at[name]
    at[path[-1]] = to
    return found


STATEMENT = ("Resources", "Reads", "Properties", "PolicyDocument", "Statement", 0)


@pytest.mark.parametrize(
    ("after", "code", "found"),
    [
        (TEMPLATE, 0, []),
        (changed(*STATEMENT, "Sid", to="Reads"), 0, []),
        (changed("Description", to="the same"), 0, []),
        (changed(*STATEMENT, "Action", to={"Fn::If": ["IsProd", "s3:*", "s3:*"]}), 1, ["gained", "undecided"]),
        (changed("Conditions", "IsProd", "Fn::Equals", to=[{"Ref": "Stage"}, "live"]), 3, ["undecided"]),
        (changed("Parameters", "Bucket", "Default", to="all-data"), 1, ["gained", "undecided"]),
    ],
)
def test_what_a_template_does_not_know_is_the_same_only_if_the_template_does_not_change_it(
    call: Call, tmp_path: Path, after: dict[str, Any], code: int, found: list[str]
) -> None:
    for name, template in (("old.json", TEMPLATE), ("new.json", after)):
        (tmp_path / name).write_text(json.dumps(template))
    ran = call("review", str(tmp_path / "old.json"), str(tmp_path / "new.json"), "--format", "json")
    assert (ran.code, ran.json["found"]) == (code, found), ran.out


def whole(resources: dict[str, Any], **sections: Any) -> dict[str, Any]:
    """Return a template with these resources, and other sections instead of those of `TEMPLATE`."""
    return {**TEMPLATE, "Resources": resources, **sections}


def role(*arns: Any, **more: Any) -> dict[str, Any]:
    """Return a role with these policies."""
    return {"Type": "AWS::IAM::Role", "Properties": {"ManagedPolicyArns": arns, **more}}


def inline(name: str, **more: Any) -> dict[str, Any]:
    """Return a policy of the role that allows everything in S3."""
    statement = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    properties = {"PolicyName": name, "Roles": [{"Ref": "App"}], "PolicyDocument": document}
    return {"Type": "AWS::IAM::Policy", "Properties": properties, **more}


def stack(url: str, kind: str = "Stack") -> dict[str, Any]:
    """Return resources with one whose template is elsewhere."""
    return {"Inner": {"Type": f"AWS::CloudFormation::{kind}", "Properties": {"TemplateURL": url}}}


def include(location: str) -> dict[str, Any]:
    """Return resources with a document that stands elsewhere, always at the same place of the template."""
    where = {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": location}}}
    return {"Reads": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": where}}}


def stack_set(default: str) -> dict[str, Any]:
    """Return resources with a stack set, whose template has a parameter."""
    inner = copy.deepcopy(TEMPLATE)
    inner["Parameters"]["Bucket"]["Default"] = default
    return {"Set": {"Type": "AWS::CloudFormation::StackSet", "Properties": {"TemplateBody": json.dumps(inner)}}}


def queue(*urls: Any) -> dict[str, Any]:
    """Return resources with the policy of queues, which does not name them."""
    statement = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}
    properties = {"Queues": urls, "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]}}
    return {"Sending": {"Type": "AWS::SQS::QueuePolicy", "Properties": properties}}


def made(by: str) -> dict[str, Any]:
    """Return resources with a policy about what a custom resource makes."""
    statement = {"Effect": "Allow", "Action": "s3:*", "Resource": {"Fn::GetAtt": ["Maker", "Arn"]}}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    maker = {"Type": "Custom::Maker", "Properties": {"ServiceToken": "arn:aws:lambda:::function:f", "Name": by}}
    policy = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": document}}
    return {"Maker": maker, "Reads": policy}


def mapped(key: Any) -> dict[str, Any]:
    """Return resources with a policy about a bucket whose name stands in a mapping."""
    name = {"Fn::FindInMap": ["Names", key, "Bucket"]}
    statement = {"Effect": "Allow", "Action": "s3:*", "Resource": {"Fn::Sub": ["arn:aws:s3:::${N}/*", {"N": name}]}}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    return {"Reads": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": document}}}


def names(bucket: str, **more: Any) -> dict[str, Any]:
    """Return mappings, with a name for each stage."""
    return {"Names": {"live": {"Bucket": bucket}, "test": {"Bucket": "test"}}, **more}


READS, ADMIN = (f"arn:aws:iam::aws:policy/{name}" for name in ("ReadOnlyAccess", "AdministratorAccess"))
MINE = "arn:aws:iam::111122223333:policy/mine"
LIVE = {"IsProd": {"Fn::Equals": [{"Ref": "Stage"}, "live"]}}
OTHER_DEFAULT = {**TEMPLATE["Parameters"], "Bucket": {"Type": "String", "Default": "all-data"}}
BY_CONDITION = {"App": role({"Fn::If": ["IsProd", READS, ADMIN]})}
BY_PARAMETER = {"App": role({"Ref": "Bucket"})}
BOUNDED = {"App": role(ADMIN, PermissionsBoundary={"Ref": "Bucket"})}
SOMETIMES = {"App": role(), "One": inline("one", Condition="IsProd")}
WITH_ROLE = {"App": {**role(), "Condition": "IsProd"}, "One": inline("one", Condition="IsProd")}
THEIRS = {"Properties": {**inline("one")["Properties"], "Roles": [{"Ref": "App"}, "theirs"]}}
POWERFUL = {"App": role(ADMIN), "One": inline("one")}
DENIED: dict[str, Any] = copy.deepcopy(inline("one"))
DENIED["Properties"] |= {"Roles": ["theirs"]}
DENIED["Properties"]["PolicyDocument"]["Statement"][0]["Effect"] = "Deny"
MEMBERS = {"Type": "AWS::IAM::UserToGroupAddition", "Properties": {"GroupName": "admins", "Users": ["ann"]}}
MACRO = {"Transform": ["AWS::Serverless-2016-10-31", "Ours"]}


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        (whole(BY_CONDITION), whole(BY_CONDITION), 0),
        (whole(BY_CONDITION), whole(BY_CONDITION, Conditions=LIVE), 3),
        (whole(BY_PARAMETER), whole(BY_PARAMETER), 0),
        (whole(BY_PARAMETER), whole(BY_PARAMETER, Parameters=OTHER_DEFAULT), 3),
        (whole(BOUNDED), whole(BOUNDED), 0),
        (whole(BOUNDED), whole(BOUNDED, Parameters=OTHER_DEFAULT), 3),
        (whole({"App": {**role(READS), "Condition": "IsProd"}}), whole({"App": role(READS)}), 3),
        (whole(SOMETIMES), whole(SOMETIMES), 0),
        (whole(SOMETIMES), whole(SOMETIMES, Conditions=LIVE), 3),
        (whole(SOMETIMES), whole({**SOMETIMES, "Two": inline("two")}), 1),
        (whole(WITH_ROLE), whole({**WITH_ROLE, "Two": inline("two", Condition="IsProd")}), 0),
        (whole(WITH_ROLE), whole({**WITH_ROLE, "Two": inline("two")}), 0),
        (whole(stack("s3://one")), whole(stack("s3://one")), 0),
        (whole(stack("s3://one")), whole(stack("s3://two")), 3),
        (whole(stack("s3://one", "StackSet")), whole(stack("s3://two", "StackSet")), 3),
        (whole(include("s3://one")), whole(include("s3://one")), 0),
        (whole(include("s3://one")), whole(include("s3://two")), 3),
        (whole(stack_set("reports")), whole(stack_set("reports")), 0),
        (whole(stack_set("reports")), whole(stack_set("all-data")), 1),
        (whole(POWERFUL), whole({**POWERFUL, "One": {**inline("one"), **THEIRS}}), 1),
        (whole({**POWERFUL, "One": {**inline("one"), **THEIRS}}), whole(POWERFUL), 0),
        (whole({**POWERFUL, "Two": DENIED}), whole(POWERFUL), 1),
        (whole(POWERFUL), whole({**POWERFUL, "In": MEMBERS}), 3),
        (TEMPLATE, changed("Parameters", "Other", to={"Type": "String"}), 0),
        (TEMPLATE, changed("Conditions", "Other", to={"Fn::Equals": [{"Ref": "Stage"}, "live"]}), 0),
        (whole(BY_PARAMETER), whole(BY_PARAMETER, Conditions=LIVE), 0),
        (whole(made("one")), whole(made("one")), 0),
        (whole(made("one")), whole(made("two")), 1),
        (whole(mapped("live"), Mappings=names("a")), whole(mapped("live"), Mappings=names("a")), 0),
        (whole(mapped("live"), Mappings=names("a")), whole(mapped("live"), Mappings=names("b")), 1),
        (whole(mapped("test"), Mappings=names("a")), whole(mapped("test"), Mappings=names("b")), 0),
        (whole(mapped({"Ref": "Stage"}), Mappings=names("a")), whole(mapped({"Ref": "Stage"}), Mappings=names("a")), 0),
        (whole(mapped({"Ref": "Stage"}), Mappings=names("a")), whole(mapped({"Ref": "Stage"}), Mappings=names("b")), 1),
        (whole(mapped("live"), Mappings=names("a")), whole(mapped("live"), Mappings=names("a", Other={"x": {}})), 0),
        (whole(queue({"Ref": "Bucket"})), whole(queue({"Ref": "Bucket"})), 0),
        (whole(queue({"Ref": "Bucket"})), whole(queue({"Ref": "Stage"})), 1),
        (whole(queue({"Ref": "Bucket"})), whole(queue({"Ref": "Bucket"}, {"Ref": "Stage"})), 1),
        (whole(queue({"Ref": "Bucket"})), whole(queue({"Ref": "Bucket"}), Parameters=OTHER_DEFAULT), 1),
        (whole({**POWERFUL, "In": MEMBERS}), whole({**POWERFUL, "In": MEMBERS}), 0),
        (whole({"App": role(READS)}, **MACRO), whole({"App": role(READS)}, **MACRO), 0),
        (whole({"App": role(READS)}, **MACRO), whole({"App": role(ADMIN)}, **MACRO), 3),
    ],
)  # fmt: skip
def test_what_may_differ_behind_one_name_is_not_the_same(
    call: Call, tmp_path: Path, before: dict[str, Any], after: dict[str, Any], code: int
) -> None:
    for name, template in (("old.json", before), ("new.json", after)):
        (tmp_path / name).write_text(json.dumps(template))
    ran = call("review", str(tmp_path / "old.json"), str(tmp_path / "new.json"))
    assert ran.code == code, ran.out


@pytest.mark.parametrize(
    ("before", "after", "has_more"),
    [
        (whole(POWERFUL), whole({**POWERFUL, "One": {**inline("one"), **THEIRS}}), True),
        (whole({"App": role(READS)}), whole({"App": role(ADMIN)}), False),
        (whole({"App": role(READS, MINE)}), whole({"App": role(ADMIN, MINE)}), True),
    ],
)
def test_what_a_principal_has_beside_the_files_is_not_said_to_be_known(
    call: Call, tmp_path: Path, before: dict[str, Any], after: dict[str, Any], *, has_more: bool
) -> None:
    for name, template in (("old.json", before), ("new.json", after)):
        (tmp_path / name).write_text(json.dumps(template))
    names = str(tmp_path / "old.json"), str(tmp_path / "new.json")
    ran = call("review", *names)
    assert ("by the policies here; what else it has may allow or deny the same" in ran.out) is has_more
    assert ("with all its policies and its boundary" in ran.out) is not has_more
    found = json.loads(call("review", *names, "--format", "json").out)["principals"]
    assert [one.get("has_more", False) for one in found if "gained" in one] == [has_more]
