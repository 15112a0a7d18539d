"""The table of attributes that hold policies: it is whole, and a script renews it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands import ROOT
from tools import make_terraform_table
from verifier.clouds.aws.policy.types import PolicyType
from verifier.sources.terraform.table import Holder, holders

ROWS = [
    line.split("\t")
    for line in make_terraform_table.TABLE.read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
KNOWN = {kind.value for kind in PolicyType} | {"no", "type"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: " ".join(row[:2]))
def test_a_row_is_decided(row: list[str]):
    kind, attribute, is_, of, what = row
    assert kind.startswith("aws_")
    assert is_ in KNOWN
    assert bool(what) == (is_ != "no")
    assert not of or is_ != "no"
    assert attribute == "" or attribute.replace("[].", "").replace("_", "").isalnum()


def test_rows_are_sorted_and_none_is_there_twice():
    keys = [tuple(row[:2]) for row in ROWS]
    assert keys == sorted(set(keys))


def test_what_is_no_policy_of_iam_holds_none():
    assert holders("aws_ecr_lifecycle_policy") == ()
    assert holders("aws_instance") == ()
    assert holders("aws_kms_key") == [Holder("policy", "", PolicyType.RESOURCE, "", "key")]
    assert [each.block for each in holders("aws_iam_role")] == ["", "inline_policy"]


def test_the_script_adds_what_a_schema_has_and_names_what_it_has_no_more(tmp_path: Path):
    block = {
        "attributes": {
            "policy": {"type": "string"},
            "arn": {"type": "string"},
            "policies": {"type": ["set", "string"]},
        },
        "block_types": {"inner": {"block": {"attributes": {"access_policy": {"type": "string"}}}}},
    }
    schemas = {"aws_kms_key": {"block": {"attributes": {"policy": {"type": "string"}}}}, "aws_new": {"block": block}}
    schema = tmp_path / "schema.json"
    provider = {"registry.terraform.io/hashicorp/aws": {"resource_schemas": schemas}, "other": {}}
    schema.write_text(json.dumps({"provider_schemas": provider}), encoding="utf-8")
    text = "# a comment\naws_kms_key\tpolicy\tresource\t\tkey\naws_old\tpolicy\tresource\t\tthing\n"
    renewed, gone = make_terraform_table.renewed(text, set(make_terraform_table.attributes(schema)))
    assert renewed.splitlines() == [
        "# a comment",
        "aws_kms_key\tpolicy\tresource\t\tkey",
        "aws_new\tinner[].access_policy\t?\t\t",
        "aws_new\tpolicy\t?\t\t",
        "aws_old\tpolicy\tresource\t\tthing",
    ]
    assert gone == ["aws_old policy"]


def test_the_table_is_in_the_package():
    assert make_terraform_table.TABLE == ROOT / "verifier" / "sources" / "terraform" / "policies.tsv"


GRANTS = [
    line.split("\t")
    for line in (ROOT / "verifier" / "sources" / "grants.tsv").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]


def test_rows_of_what_gives_permissions_without_a_document_are_sorted_and_none_is_there_twice():
    kinds = [kind for kind, *_ in GRANTS]
    assert len(kinds) == len(set(kinds))
    for begun in ("aws_", "AWS::"):
        of = [row[0] for row in GRANTS if row[0].startswith(begun) and len(row) < 3]
        assert of == sorted(of)
        assert len(of) > 80
    assert all(kind.startswith(("aws_", "AWS::")) for kind in kinds)


@pytest.mark.parametrize("row", GRANTS, ids=lambda row: row[0])
def test_a_row_of_what_gives_permissions_names_attributes(row: list[str]):
    kind, names, of = (*row, "", "")[:3]
    assert of in ("", "principals")
    for name in filter(None, names.replace(".*.", ",").replace(".", ",").split(",")):
        assert name.isidentifier()
        assert name[0].isupper() == kind.startswith("AWS::")
