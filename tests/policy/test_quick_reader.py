"""The quick reader takes only what Lark takes, with the same tree, tokens and places."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lark import Token

from benchmarks.corpus import texts
from tests.strategies import documents, worlds
from verifier.base.errors import InputError
from verifier.base.grammar import Word, check_size, source_of, span_of
from verifier.base.parse_tree import text_of_token
from verifier.base.source import Source
from verifier.clouds.aws import read_question as lines
from verifier.clouds.aws.policy import parse as reading
from verifier.clouds.aws.policy import quick_reader
from verifier.clouds.aws.policy.quick_reader import quick_document, quick_level
from verifier.clouds.aws.question_tree import QuestionElement, quick_question

ROWS = json.loads((Path(__file__).parent / "malformed.json").read_text(encoding="utf-8"))


def _question(source: Source) -> object:
    found = quick_question(source)
    return None if found is None else found[:2]


QUICK = {"document": quick_document, "level": quick_level, "question": _question}
PIECES = [
    *'"{}[],:*\\ \t\r\n\f\x00\x1f\x7f\u00a0\u2028\ufeff\u00e9\U0001f600',
    *("true", "false", "null", "NaN", "-Infinity", "1", "-0", "01", "1.", "1e5", "1E+05", ".5"),
    *('"Effect"', '"Allow"', '"allow"', '"*"', '"Version"', '"2012-10-17"', '"Action"', '"AWS"', "\\u0041", "\\ud800"),
    *('{"AWS": []}', "[]", "{}", '"a": 1,', '"a",', "/**/", "//", "'"),
]


def shape(node: Any) -> Any:
    """A tree as plain data: of each token its type, the text that it stands for, and where it stands."""
    if isinstance(node, QuestionElement):  # the types of these tokens tell nothing
        plain = isinstance(node.value, (Token, Word))
        return tuple(map(said, node)) if plain else (said(node.name), shape(node.value))
    if isinstance(node, (Token, Word)):
        return (node.type, *said(node))
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
    reader = lines._READER if start == "question" else reading._READER
    assert shape(quick) == shape(reader.read(source, start))
    return True


def said(token: Any) -> Any:
    """The text that a token stands for, and where it stands."""
    return text_of_token(token), tuple(span_of(token))


@st.composite
def edited(draw: st.DrawFn) -> str:
    """A document as people write it, perhaps with a few faults."""
    document = draw(worlds().flatmap(documents))
    whole = draw(st.sampled_from((document, document, [document], [document, document])))
    text = json.dumps(whole, indent=draw(st.sampled_from((None, 2, "\t"))), ensure_ascii=draw(st.booleans()))
    return faulty(draw, text)


def faulty(draw: st.DrawFn, text: str) -> str:
    """The text with a few pieces put in, or put over others."""
    for _ in range(draw(st.integers(0, 3))):
        place, length = draw(st.integers(0, len(text))), draw(st.integers(0, 3))
        text = text[:place] + draw(st.sampled_from(PIECES)) + text[place + length :]
    return text


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
)


@st.composite
def batch_lines(draw: st.DrawFn) -> str:
    """A batch line as people write it, perhaps with a few faults."""
    world = draw(worlds())
    document = st.one_of(documents(world), st.none())
    level = st.one_of(documents(world), st.lists(documents(world), max_size=2))
    request = st.fixed_dictionaries(
        {"action": st.sampled_from(("s3:GetObject", "")), "resource": st.just("*")},
        optional={"principal": st.just("x"), "context": st.dictionaries(st.text(max_size=3), JSON_VALUES, max_size=2)},
    )
    elements: dict[str, st.SearchStrategy[Any]] = {
        "id": JSON_VALUES,
        "ask": st.sampled_from(("prove", "diff", "confine", "evaluate", "Prove")),
        **dict.fromkeys(("boundary", "maximum", "old", "new", "document"), document),
        **dict.fromkeys(("policies", "rcps"), st.one_of(st.lists(documents(world), max_size=2), st.none())),
        "scps": st.lists(level, max_size=2),
        "services": st.one_of(st.lists(st.just("s3"), max_size=2), st.just("s3")),
        "request": request,
        "world": st.sampled_from(("aws", "all", "usual")),
        "reading": st.sampled_from(("usual", "all")),
        "type": st.sampled_from(("scp", "session", "none")),
    }
    chosen = draw(st.lists(st.sampled_from(sorted(elements)), unique=True, max_size=5))
    return faulty(draw, json.dumps({name: draw(elements[name]) for name in chosen}, ensure_ascii=False))


@given(batch_lines())
def test_lines_that_are_read_quickly_lark_reads_alike(text: str) -> None:
    is_quick(text, "question")


def test_lines_are_read_quickly() -> None:
    document = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}
    request = {"action": "s3:GetObject", "resource": "*", "context": {"aws:username": "x", "a": [1, True]}}
    asked = [
        {"id": {"a": [1.5, None]}, "ask": "prove", "policies": [document], "scps": [[document]], "maximum": document},
        {"ask": "evaluate", "policies": [document], "boundary": None, "request": request},
        {"ask": "confine", "document": document, "services": ["s3"], "type": "scp", "world": "aws"},
    ]
    assert all(is_quick(json.dumps(line), "question") for line in asked)


@given(edited())
def test_what_is_read_quickly_lark_reads_alike(text: str) -> None:
    for start in QUICK:
        is_quick(text, start)


@given(worlds().flatmap(documents), st.sampled_from((None, 1, "\t")))
def test_documents_without_a_backslash_are_read_quickly(document: Any, indent: Any) -> None:
    text = json.dumps(document, indent=indent, ensure_ascii=False)
    assert is_quick(text, "document") is ("\\" not in text)
    assert is_quick(text, "level") is ("\\" not in text)


@pytest.mark.parametrize("start", ["document", "level"])
def test_the_corpus_is_read_quickly(start: str) -> None:
    assert all(is_quick(text, start) for text in list(texts().values())[:: 1 if start == "document" else 40])


@pytest.mark.parametrize("row", ROWS, ids=range(len(ROWS)))
def test_malformed_texts_are_told_by_lark(row: dict[str, Any]) -> None:
    for start in QUICK:
        is_quick(row["text"], start)


@given(edited())
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
    ("string_of", str, '"Effect": "Allow", "Action": ["a:b", 1]'),
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
