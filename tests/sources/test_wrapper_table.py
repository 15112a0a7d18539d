"""Each row of the table of wrappers finds the documents that it promises, and no other row takes its files."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote as url_encoded

import pytest

from verifier.base.errors import UsageError
from verifier.base.source import Source
from verifier.clouds.aws.policy.types import PolicyType
from verifier.sources.open import open_document, open_documents
from verifier.sources.wrapper_table import WRAPPERS
from verifier.sources.wrappers import DocumentPlace, Wrapper

DOCUMENT = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
ROWS = [(wrapper, place) for wrapper in WRAPPERS for place in wrapper.places]
FORMS: dict[str, Any] = {
    "text": json.dumps(DOCUMENT),
    "indented text": json.dumps(DOCUMENT, indent=2),
    "URL-encoded": url_encoded(json.dumps(DOCUMENT)),
    "object": DOCUMENT,
}


def file_of(wrapper: Wrapper, place: DocumentPlace, document: Any, count: int = 1) -> dict[str, Any]:
    """Return what the row describes, with a document at the place; `count` of them where there may be several."""
    value = document
    for name in reversed(place.path.split(".")):
        plain = name.rstrip("[]{}")
        if name.endswith("[]"):
            value = {plain: [value] * count}
        elif name.endswith("{}"):
            value = {plain: {f"name-{number}": value for number in range(count)}}
        else:
            value = {plain: value}
    if place.type_at:
        held, *rest = reversed(place.type_at.split("."))
        typed: Any = {held: "SERVICE_CONTROL_POLICY"}
        for name in rest:
            typed = {name: typed}
        value = merged(value, typed)
    return merged(dict.fromkeys(wrapper.needs), value)


def merged(one: Any, other: Any) -> Any:
    if isinstance(one, dict) and isinstance(other, dict):
        return {name: merged(one.get(name), other.get(name)) for name in {**one, **other}}
    return one if other is None else other


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("wrapper", "place"), ROWS, ids=lambda part: getattr(part, "path", getattr(part, "name", "")))
def test_a_row_finds_its_document(wrapper: Wrapper, place: DocumentPlace, form: str):
    source = Source("x.json", json.dumps(file_of(wrapper, place, FORMS[form]), indent=1))
    [found] = open_documents(source)
    expected = PolicyType.SCP if place.type_at else place.type
    assert found.type == (None if place.text and form == "object" else expected)
    assert json.loads(open_document(source, found.selector).text) == DOCUMENT
    assert source.cut(found.value.span)[0] == "{" or form != "object"


@pytest.mark.parametrize(("wrapper", "place"), ROWS, ids=lambda part: getattr(part, "path", getattr(part, "name", "")))
def test_documents_of_one_file_have_selectors_of_their_own(wrapper: Wrapper, place: DocumentPlace):
    source = Source("x.json", json.dumps(file_of(wrapper, place, FORMS["text"], 3)))
    found = open_documents(source)
    selectors = [each.selector for each in found]
    assert len(set(selectors)) == len(selectors)
    if len(found) > 1:
        assert all(selectors)
        with pytest.raises(UsageError, match=f"the text holds {len(found)} documents"):
            open_document(source)
        with pytest.raises(UsageError, match="has no document `nothing`"):
            open_document(source, "nothing")
        for selector in selectors:
            assert json.loads(open_document(source, selector).text) == DOCUMENT
    pages = Source("x.json", json.dumps([json.loads(source.text)] * 2))
    assert len(open_documents(pages)) == 2 * len(found)
    assert len({each.selector for each in open_documents(pages)}) == 2 * len(found)


def test_a_name_alone_never_picks_one_of_two_documents():
    """Whoever may name a policy may give it the name of another one."""
    role = {"RoleName": "app", "AssumeRolePolicyDocument": DOCUMENT}
    role["RolePolicyList"] = [{"PolicyName": "trust", "PolicyDocument": DOCUMENT}]
    source = Source("dump.json", json.dumps({"RoleDetailList": [role]}))
    assert [each.selector for each in open_documents(source)] == ["role/app/trust~1", "role/app/trust~2"]
    with pytest.raises(UsageError, match="holds 2 documents under `role/app/trust`"):
        open_document(source, "role/app/trust")


@pytest.mark.parametrize(
    ("value", "error"),
    [
        ([{"RoleName": "a", "PolicyName": "b", "PolicyDocument": DOCUMENT}, {"x": 1}], "value 2 of the list is not"),
        ({"PolicyVersion": {"Document": '{"tags": {}}'}}, "is not a policy document in JSON"),
        ({"Records": [{"eventSource": "aws:s3", "eventName": "ObjectCreated:Put"}]}, "an object without a `Statement`"),
    ],
)
def test_what_only_looks_like_a_wrapper_is_an_error(value: Any, error: str):
    with pytest.raises(UsageError, match=error):
        open_documents(Source("x.json", json.dumps(value)))
