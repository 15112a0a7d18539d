"""The quick reader takes only what Lark takes, with the same tree, tokens and places."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.corpus import texts
from tests.strategies import documents, worlds
from verifier.base.errors import InputError
from verifier.base.grammar import check_size, source_of, span_of
from verifier.base.parse_tree import text_of
from verifier.clouds.aws.policy import parse as reading
from verifier.clouds.aws.policy import quick_reader
from verifier.clouds.aws.policy.quick_reader import quick_document, quick_level

ROWS = json.loads((Path(__file__).parent / "malformed.json").read_text(encoding="utf-8"))
QUICK = {"document": quick_document, "level": quick_level}
PIECES = [
    *'"{}[],:*\\ \t\r\n\f\x00\x1f\x7f\u00a0\u2028\ufeff\u00e9\U0001f600',
    *("true", "false", "null", "NaN", "-Infinity", "1", "-0", "01", "1.", "1e5", "1E+05", ".5"),
    *('"Effect"', '"Allow"', '"allow"', '"*"', '"Version"', '"2012-10-17"', '"Action"', '"AWS"', "\\u0041", "\\ud800"),
    *('{"AWS": []}', "[]", "{}", '"a": 1,', '"a",', "/**/", "//", "'"),
]


def shape(node: Any) -> Any:
    """A tree as plain data: of each token its type, the text that it stands for, and where it stands."""
    if hasattr(node, "type"):
        return (node.type, text_of(node), tuple(span_of(node)))
    if isinstance(node, (tuple, list)):
        return (type(node).__name__ if hasattr(node, "_fields") else "list", *map(shape, node))
    return node


def is_quick(text: str, start: str) -> bool:
    """Whether the text is read quickly; where it is, Lark must agree."""
    source = source_of(text, "<text>")
    try:
        check_size(source, InputError)
    except InputError:
        return False  # no reader sees it
    quick = QUICK[start](source)
    if quick is None:
        return False
    assert shape(quick) == shape(reading._READER.read(source, start))
    return True


@st.composite
def edited(draw: st.DrawFn) -> str:
    """A document as people write it, perhaps with a few faults."""
    document = draw(worlds().flatmap(documents))
    whole = draw(st.sampled_from((document, document, [document], [document, document])))
    text = json.dumps(whole, indent=draw(st.sampled_from((None, 2, "\t"))), ensure_ascii=draw(st.booleans()))
    for _ in range(draw(st.integers(0, 3))):
        place, length = draw(st.integers(0, len(text))), draw(st.integers(0, 3))
        text = text[:place] + draw(st.sampled_from(PIECES)) + text[place + length :]
    return text


@given(edited())
@settings(deadline=None)
def test_what_is_read_quickly_lark_reads_alike(text: str) -> None:
    for start in QUICK:
        is_quick(text, start)


@given(worlds().flatmap(documents), st.sampled_from((None, 1, "\t")))
@settings(deadline=None)
def test_documents_without_a_backslash_are_read_quickly(document: Any, indent: Any) -> None:
    text = json.dumps(document, indent=indent, ensure_ascii=False)
    assert is_quick(text, "document") is ("\\" not in text)
    assert is_quick(text, "level") is ("\\" not in text)


@pytest.mark.parametrize("start", QUICK)
def test_the_corpus_is_read_quickly(start: str) -> None:
    assert all(is_quick(text, start) for text in list(texts().values())[:: 1 if start == "document" else 40])


@pytest.mark.parametrize("row", ROWS, ids=range(len(ROWS)))
def test_malformed_texts_are_told_by_lark(row: dict[str, Any]) -> None:
    for start in QUICK:
        is_quick(row["text"], start)


@given(edited())
@settings(deadline=None)
def test_what_is_said_of_a_document_does_not_depend_on_the_reader(text: str) -> None:
    assert told(text) == told(text, lark=True)


def told(text: str, *, lark: bool = False) -> Any:
    """What the document says, with its warnings, or the error."""
    with pytest.MonkeyPatch.context() as patch:
        if lark:
            patch.setattr(reading, "quick_document", lambda _: None)
        try:
            policy = reading.parse(text)
        except InputError as wrong:
            return wrong.message, wrong.help, wrong.span
    return policy.statements, policy.version, policy.id, policy.warnings, [each.span for each in policy.statements]


FAULTS = [
    ("_EFFECTS", {**quick_reader._EFFECTS, "allow": "ALLOW"}, '"Effect": "allow", "Action": "a:b"'),
    ("_text", str, '"Effect": "Allow", "Action": ["a:b", 1]'),
    ("_STATEMENT", {**quick_reader._STATEMENT, "action": "ACTION"}, '"Effect": "Allow", "action": "a:b"'),
]


@pytest.mark.parametrize(("name", "fault", "text"), FAULTS, ids=[fault[0] for fault in FAULTS])
def test_a_reader_that_takes_more_is_caught(
    monkeypatch: pytest.MonkeyPatch, name: str, fault: object, text: str
) -> None:
    whole = f'{{"Statement": {{{text}}}}}'
    assert not is_quick(whole, "document")
    monkeypatch.setattr(quick_reader, name, fault)
    with pytest.raises((AssertionError, InputError)):
        is_quick(whole, "document")
