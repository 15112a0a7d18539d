"""Files in the formats of the tools: which documents they yield, or what they are said to be.

`files.json`: the file under `files/`, where its format comes from (`from`: the command that prints it, or the page that
documents it), and the documents that it yields: selector, type, and the actions of their statements; or its error.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.sources.test_places import each_within, python
from verifier.base.errors import InputError, UsageError
from verifier.base.files import read_source
from verifier.base.source import Source
from verifier.clouds.aws.policy.parse import parse_level_source, parse_source
from verifier.sources.document import document_source
from verifier.sources.found import FoundDocument
from verifier.sources.named import document_in
from verifier.sources.open import open_document, open_documents, open_level
from verifier.sources.values import Scalar, TextValue

HERE = Path(__file__).parent
FILES: list[dict[str, Any]] = json.loads((HERE / "files.json").read_text(encoding="utf-8"))
YIELDING = [case for case in FILES if "yields" in case]
FAILING = [case for case in FILES if "error" in case]


def source_of(case: dict[str, Any]) -> Source:
    read = read_source(HERE / "files" / case["file"])
    return Source(case["file"], read.text, file=True)


def actions(found: FoundDocument) -> list[Any]:
    """Return the actions of each statement of a document."""
    statements = python(found.value)["Statement"]
    listed = statements if isinstance(statements, list) else [statements]
    return [statement["Action"] for statement in listed]


def test_every_file_is_listed_with_where_it_comes_from():
    assert {case["file"] for case in FILES} == {path.name for path in (HERE / "files").iterdir()}
    assert all(case["from"] for case in FILES)


@pytest.mark.parametrize("case", YIELDING, ids=lambda case: case["file"])
def test_documents(case: dict[str, Any]):
    found = open_documents(source_of(case))
    shown = [
        {"selector": each.selector, "type": each.type and each.type.value, "actions": actions(each)} for each in found
    ]
    assert shown == case["yields"]
    assert [each.owner for each in found if each.owner] == case.get("owners", [])


@pytest.mark.parametrize("case", YIELDING, ids=lambda case: case["file"])
def test_each_document_is_opened_by_its_selector_and_parsed(case: dict[str, Any]):
    source = source_of(case)
    for found in open_documents(source):
        policy = parse_source(open_document(source, found.selector))
        assert policy.source.name == case["file"]
        assert len(policy.statements) == len(actions(found))
        for statement in policy.statements:
            assert re.search("Action", source.cut(statement.span))
    if len(case["yields"]) > 1:
        with pytest.raises(UsageError) as told:
            open_document(source)
        assert f"holds {len(case['yields'])} documents" in str(told.value)
        assert case["yields"][0]["selector"] in str(told.value)
    assert len(parse_level_source(open_level(source))) == len(case["yields"])


@pytest.mark.parametrize("case", YIELDING, ids=lambda case: case["file"])
def test_every_place_is_that_of_the_text_in_the_file(case: dict[str, Any]):
    source = source_of(case)
    for found in open_documents(source):
        for value in each_within(found.value):
            if isinstance(value, TextValue):
                words = max(re.split(r"\W+", value.known or ""), key=len)
                assert words in source.cut(value.span)
            elif isinstance(value, Scalar):
                assert source.cut(value.span) == value.text


@pytest.mark.parametrize("case", YIELDING, ids=lambda case: case["file"])
def test_a_document_that_is_written_anew_says_the_same(case: dict[str, Any]):
    source = source_of(case)
    for found in open_documents(source):
        written = document_source(found.value, source)
        assert written.within is not None
        names = [name for _, name in written.within.unknowns]
        text = re.sub("\ue000([0-9]+)\ue001", lambda mark, names=names: names[int(mark[1])], written.text)  # type: ignore[misc]  # bound now
        assert json.loads(text) == python(found.value)


@pytest.mark.parametrize("case", FAILING, ids=lambda case: case["file"])
def test_errors(case: dict[str, Any]):
    for ask in (document_in, open_document, open_level, open_documents):
        with pytest.raises(InputError) as told:
            ask(source_of(case))
        assert str(told.value).startswith(f"{case['file']}:")
        assert case["error"] in str(told.value)
        assert told.value.help
        assert "did you mean" not in str(told.value)


def test_a_file_that_may_not_be_quoted_is_not():
    """What a link leads to may be somebody else's; its error names neither selectors nor what stands in it."""
    for name in ("get-account-authorization-details.json", "describe-policy-tag.json"):
        text = read_source(HERE / "files" / name).text
        for ask in (open_document, open_level):
            with pytest.raises(InputError) as told:
                ask(Source("link.json", text, file=True, hidden=True), "nothing" if "details" in name else "")
            assert "jane" not in str(told.value)
            assert "TAG_POLICY" not in str(told.value)
