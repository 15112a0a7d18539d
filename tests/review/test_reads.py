"""What conditions read that stands elsewhere: tags and aliases change, and the documents that read them do not.

Each case of `reads.json` is asked about as two templates, as a plan, and as two folders whose files with documents are
equal byte for byte.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Call

CASES = json.loads((Path(__file__).parent / "reads.json").read_text(encoding="utf-8"))
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}],
}


def document(case: dict[str, Any]) -> dict[str, Any]:
    """Return the document whose condition reads something."""
    condition = {"StringEquals": case["reads"]}
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition}
    return {"Version": "2012-10-17", "Statement": [statement]}


def of_template(held: dict[str, str]) -> dict[str, Any]:
    """Return the resources that have what may be read."""
    found: dict[str, Any] = {}
    for kind, value in held.items():
        tags = [{"Key": "team", "Value": value}]
        found[kind] = {
            "role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST, "Tags": tags}},
            "bucket": {"Type": "AWS::S3::Bucket", "Properties": {"Tags": tags}},
            "alias": {"Type": "AWS::KMS::Alias", "Properties": {"AliasName": "alias/a", "TargetKeyId": value}},
        }[kind]
    return found


def of_plan(held: dict[str, str]) -> dict[tuple[str, str], Any]:
    """Return the same as a plan has them."""
    found: dict[tuple[str, str], Any] = {}
    for kind, value in held.items():
        tags = {"team": value}
        type_, values = {
            "role": ("aws_iam_role", {"name": "r", "assume_role_policy": json.dumps(TRUST), "tags_all": tags}),
            "bucket": ("aws_s3_bucket", {"bucket": "b", "tags": tags}),
            "alias": ("aws_kms_alias", {"name": "alias/a", "target_key_id": value}),
        }[kind]
        found[type_, kind] = values
    return found


def template(resources: dict[str, Any]) -> str:
    """Return a template."""
    return json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources})


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_in_templates(call: Call, tmp_path: Path, case: dict[str, Any]) -> None:
    policy = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": document(case)}}
    for side in ("before", "after"):
        (tmp_path / side).write_text(template({"Policy": policy, **of_template(case[side])}))
    check(call, case, str(tmp_path / "before"), str(tmp_path / "after"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_in_a_plan(call: Call, tmp_path: Path, case: dict[str, Any]) -> None:
    policy = {"policy": json.dumps(document(case))}
    sides = [{("aws_iam_policy", "policy"): policy, **of_plan(case[side])} for side in ("before", "after")]
    resources = [
        {
            "address": f"{type_}.{name}",
            "mode": "managed",
            "type": type_,
            "name": name,
            "change": {"actions": ["update"], "before": before, "after": after, "after_unknown": {}},
        }
        for (type_, name) in {**sides[0], **sides[1]}
        for before, after in [[side.get((type_, name)) for side in sides]]
    ]
    plan = {"format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": resources}
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    check(call, case, str(tmp_path / "plan.json"))


def test_what_another_role_has_is_not_about_the_tags_of_a_role(call: Call, tmp_path: Path) -> None:
    text = json.dumps(document({"reads": {"aws:PrincipalTag/team": "a"}}))
    role = {"assume_role_policy": json.dumps(TRUST), "inline_policy": []}
    other = {**role, "name": "other", "inline_policy": [{"name": "p", "policy": text}]}
    held = {"role": "other", "name": "p", "policy": text}
    sides = [{**role, "name": "one", "tags": {"team": team}, "tags_all": {"team": team}} for team in "ab"]
    changes = [("aws_iam_role", "one", *sides), ("aws_iam_role", "other", other, other)]
    changes += [("aws_iam_role_policy", "p", held, held)]
    resources = [
        {
            "address": f"{type_}.{name}",
            "mode": "managed",
            "type": type_,
            "name": name,
            "change": {"actions": ["update"], "before": before, "after": after, "after_unknown": {}},
        }
        for type_, name, before, after in changes
    ]
    (tmp_path / "plan.json").write_text(json.dumps({"format_version": "1.2", "resource_changes": resources}))
    ran = call("review", str(tmp_path / "plan.json"))
    assert (ran.code, ran.out) == (0, "SAME  nothing is gained or lost, and no boundary is looser\n")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_in_folders_where_the_document_stays_as_it_is(call: Call, tmp_path: Path, case: dict[str, Any]) -> None:
    for side in ("before", "after"):
        (tmp_path / side / "policies").mkdir(parents=True)
        (tmp_path / side / "policies" / "policy.yaml").write_text(json.dumps(document(case)))
        (tmp_path / side / "resources.yaml").write_text(template(of_template(case[side])))
    check(call, case, str(tmp_path / "before"), str(tmp_path / "after"))


def test_a_file_that_cannot_be_read_may_be_about_tags(call: Call, tmp_path: Path) -> None:
    for side, tag in (("before", "a"), ("after", "b")):
        (tmp_path / side).mkdir()
        (tmp_path / side / "broken.json").write_text('{"Statement": "aws:ResourceTag/team"')
        (tmp_path / side / "other.json").write_text('{"name": "a package"}')
        (tmp_path / side / "resources.json").write_text(template(of_template({"bucket": tag})))
    ran = call("review", str(tmp_path / "before"), str(tmp_path / "after"))
    assert (ran.code, "broken.json" in ran.out, "other.json" in ran.out) == (2, True, False)


@pytest.mark.parametrize("missing", ["policy", "boundary"])
def test_what_the_files_do_not_hold_may_read_the_tags_of_who_has_it(call: Call, tmp_path: Path, missing: str) -> None:
    arn = "arn:aws:iam::111122223333:policy/elsewhere"
    more = {"PermissionsBoundary": arn} if missing == "boundary" else {"ManagedPolicyArns": [arn]}
    for side, tag in (("before", "a"), ("after", "b")):
        resources = of_template({"role": tag})
        resources["role"]["Properties"] |= more
        (tmp_path / side).write_text(template(resources))
    ran = call("review", str(tmp_path / "before"), str(tmp_path / "after"))
    assert (ran.code, arn in ran.out) == (3, True)


@pytest.mark.parametrize(("name", "flow"), [("template.yaml", False), ("template.yml", True), ("main.template", False)])
def test_a_template_of_a_folder_is_read_though_it_has_no_document(
    call: Call, tmp_path: Path, name: str, flow: bool
) -> None:
    for side, policy in (("before", "ReadOnlyAccess"), ("after", "AdministratorAccess")):
        (tmp_path / side).mkdir()
        arn = f"arn:aws:iam::aws:policy/{policy}"
        resource = json.dumps({"Type": "AWS::SSO::PermissionSet", "Properties": {"ManagedPolicies": [arn]}})
        text = f"{{Resources: {{Set: {resource}}}}}" if flow else f"Resources:\n  Set: {resource}\n"
        (tmp_path / side / name).write_text(text)
    assert call("review", str(tmp_path / "before"), str(tmp_path / "after")).code == 3


def check(call: Call, case: dict[str, Any], *names: str) -> None:
    """Check that a review says what a case says; of what is new nothing but that."""
    ran = call("review", *names, "--format", "json", "--fail-on", "boundary")
    assert ran.code == case["code"], ran.out
    assert bool(ran.json.get("grants")) is (case["code"] == 3)
