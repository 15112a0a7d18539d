"""The tables of resource types, of references and of SAM's policy templates: every row does something."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sources.cloudformation.test_templates import plain
from verifier import Policy
from verifier.base.source import Source
from verifier.sources.cloudformation.sam_policies import policy_templates
from verifier.sources.cloudformation.tables import policy_rows, reference_rows
from verifier.sources.document import document_source
from verifier.sources.open import open_documents

DOCUMENT = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}
GIVEN = {"AWS::Partition": "aws", "AWS::Region": "r", "AWS::AccountId": "1"}
ROWS = [(type_, row) for type_, rows in policy_rows().items() for row in rows]


def resource(type_: str, properties: Any) -> str:
    """The text of a template with one resource."""
    return json.dumps({"Resources": {"R": {"Type": type_, "Properties": properties}}})


@pytest.mark.parametrize(("type_", "row"), ROWS, ids=lambda value: value if isinstance(value, str) else value.path[-1])
def test_each_property_with_a_policy_yields_it(type_: str, row: Any) -> None:
    properties: Any = DOCUMENT
    for name in reversed(row.path):
        properties = [properties] if name == "[]" else {name: properties}
    (found,) = open_documents(Source("t", resource(type_, properties)))
    assert plain(found.value) == DOCUMENT
    assert (found.type.value if found.type else "") == row.type
    assert found.selector.startswith("R")


def test_there_are_as_many_rows_as_the_table_says() -> None:
    assert len(ROWS) == 97
    assert len(policy_rows()) == 89


@pytest.mark.parametrize("type_", sorted(reference_rows()))
def test_each_reference_has_the_name_and_the_path(type_: str) -> None:
    row = reference_rows()[type_]
    given = {row.name: "https://n"} if row.name else {}
    given |= {row.path: "/p/"} if row.path else {}
    for attribute, form in row.forms.items():
        refer = {"Ref": "R"} if attribute == "Ref" else {"Fn::GetAtt": ["R", attribute]}
        text = json.dumps(
            {
                "Resources": {
                    "R": {"Type": type_, "Properties": given},
                    "K": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": {"Id": refer}}},
                }
            }
        )
        *_, found = open_documents(Source("t", text), GIVEN)
        known = {"{name}": "https://n", "{host}": "n", "{path}": "/p/", "{P}": "aws", "{R}": "r", "{A}": "1"}
        values = known if row.name else {"{P}": "aws", "{R}": "r", "{A}": "1", "{name}": "${R}"}
        for field, value in values.items():
            form = form.replace(field, value)  # noqa: PLW2901 - it is filled in
        assert plain(found.value) == {"Id": form}


@pytest.mark.parametrize("name", sorted(policy_templates()))
def test_each_policy_template_of_sam_becomes_a_policy(name: str) -> None:
    values = dict.fromkeys(policy_templates()[name]["Parameters"], "value")
    text = resource("AWS::Serverless::Function", {"Policies": [{name: values}]})
    _, found = open_documents(Source("t", text), {"AWS::Partition": "aws"})
    assert found.selector == "RRole.Policies.RRolePolicy0"
    assert Policy.parse(document_source(found.value, found.file).text).statements


def test_a_policy_template_without_its_parameter_is_unknown() -> None:
    _, found = open_documents(Source("t", resource("AWS::Serverless::Function", {"Policies": {"S3ReadPolicy": {}}})))
    assert plain(found.value).startswith("${policy in line 1")
