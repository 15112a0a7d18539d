"""Templates of CloudFormation, SAM and the CDK: the documents that each yields, with their places.

The templates stand in this folder, in the forms of AWS's documentation and as the CDK prints them; what they yield, in
`documents.json`: each document's selector, its type, its owner, the line and column where it stands, and the document,
with `${name}` for an unknown part. `positions.json` has templates with what only the deployment decides, each in
another place, and whether their documents are within a maximum whatever it is.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from verifier import Contained, Policy, UsageError, prove
from verifier.base.source import Source
from verifier.clouds.aws.policy.parse import parse_source
from verifier.sources.open import every_source, open_documents
from verifier.sources.values import AnyValue, ListValue, ObjectValue, Scalar, TextValue, Value

HERE = Path(__file__).parent
DOCUMENTS: list[dict[str, Any]] = json.loads((HERE / "documents.json").read_text(encoding="utf-8"))
POSITIONS: list[dict[str, Any]] = json.loads((HERE / "positions.json").read_text(encoding="utf-8"))


def plain(value: Value) -> Any:
    """A value as JSON has it, with `${name}` for what is unknown."""
    match value:
        case TextValue():
            return "".join(part if isinstance(part, str) else f"${{{part.name}}}" for part in value.parts)
        case Scalar():
            return json.loads(value.text)
        case AnyValue():
            return f"${{{value.unknown.name}}}"
        case ListValue():
            return [plain(each) for each in value.values]
        case ObjectValue():
            return {plain(name): plain(held) for name, held in value.pairs}


def yielded(source: Source, parameters: dict[str, str]) -> list[dict[str, Any]]:
    """The documents of a template, as `documents.json` writes them."""
    return [
        {
            "selector": each.selector,
            "type": each.type.value if each.type else "",
            "owner": each.owner,
            "at": list(each.value.span[:2]),
            "document": plain(each.value),
        }
        for each in open_documents(source, parameters)
    ]


@pytest.mark.parametrize("case", DOCUMENTS, ids=lambda case: " ".join([case["file"], *case.get("parameters", {})]))
def test_a_template_yields_its_documents(case: dict[str, Any]) -> None:
    text = (HERE / case["file"]).read_text(encoding="utf-8")
    assert yielded(Source(case["file"], text), case.get("parameters", {})) == case["documents"]


def test_every_template_is_asked_about() -> None:
    files = {path.name for path in HERE.iterdir() if path.suffix in (".yaml", ".json")}
    named = {case["file"] for case in DOCUMENTS}
    assert files - {"documents.json", "positions.json", "wrong.json"} == named


def test_a_parameter_that_the_template_does_not_have_is_an_error() -> None:
    text = (HERE / "functions.yaml").read_text(encoding="utf-8")
    with pytest.raises(UsageError, match="has no parameter `Nmae`"):
        open_documents(Source("functions.yaml", text), {"Nmae": "a"})


@pytest.mark.parametrize("case", POSITIONS, ids=lambda case: case["name"])
def test_what_is_contained_is_contained_whatever_the_deployment_decides(case: dict[str, Any]) -> None:
    source = Source("template.json", json.dumps(case["template"]))
    maximum = Policy.parse(json.dumps({"Version": "2012-10-17", "Statement": case["maximum"]}))
    found = every_source(source, case.get("parameters"))
    verdicts = {name: prove(policies=[parse_source(each)], maximum=maximum) for name, each in found}
    assert verdicts
    assert all(isinstance(each, Contained) for each in verdicts.values()) is case["contained"], verdicts
