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
        (changed("Parameters", "Bucket", "Default", to="all-data"), 3, ["undecided"]),
    ],
)
def test_what_a_template_does_not_know_is_the_same_only_if_the_template_does_not_change_it(
    call: Call, tmp_path: Path, after: dict[str, Any], code: int, found: list[str]
) -> None:
    for name, template in (("old.json", TEMPLATE), ("new.json", after)):
        (tmp_path / name).write_text(json.dumps(template))
    ran = call("review", str(tmp_path / "old.json"), str(tmp_path / "new.json"), "--format", "json")
    assert (ran.code, ran.json["found"]) == (code, found), ran.out
