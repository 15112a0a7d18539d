"""Malformed input: every text gives the error that it should, at its place, and hostile sizes cost little.

`malformed.json` is the table: the reader, the text, and line, column, message and help of the error.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.commands import PATIENCE, python_path
from verifier.base.errors import InputError
from verifier.clouds.aws.policy.parse import parse, parse_level
from verifier.clouds.aws.read_question import read_question
from verifier.clouds.aws.request import read_request
from verifier.questions.ask import Ask
from verifier.questions.question import Posed
from verifier.questions.read_id import read_id

HERE = Path(__file__).parent
ROWS = json.loads((HERE / "malformed.json").read_text(encoding="utf-8"))


def question(text: str, name: str = "<line>") -> Posed:
    """Read a line of `batch`."""
    return read_question(text, Ask(), name)


READERS = {"policy": parse, "level": parse_level, "question": question, "request": read_request}
LARK_WORDS = ("Token(", "Unexpected", "lark", "OBJECT_", "LIST_", "STRING", "NUMBER", "__ANON", "$END")

DOCUMENT = """{"Version": "2012-10-17", "Id": "x", "Statement": [{
  "Sid": "a", "Effect": "Allow", "Principal": {"AWS": "*"},
  "NotAction": ["s3:Get*", "ec2:*"], "Resource": "arn:aws:s3:::${aws:username, 'x'}/*",
  "Condition": {"StringLike": {"aws:PrincipalTag/x": ["a", 1, true, "\\u00e9"]}, "Null": {"a": false}}}]}"""


def test_the_table_is_large_and_has_no_row_twice() -> None:
    assert len(ROWS) >= 70
    assert len({(row["reader"], row["text"]) for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=[f"{number}-{row['reader']}" for number, row in enumerate(ROWS)])
def test_malformed(row: dict[str, Any]) -> None:
    with pytest.raises(InputError) as caught:
        READERS[row["reader"]](row["text"], "name.json")
    error = caught.value
    assert error.span is not None
    assert (error.span.line, error.span.column) == (row["line"], row["column"])
    assert (error.message, error.help) == (row["message"], row["help"])
    assert str(error).startswith(f"name.json:{row['line']}:{row['column']}: ")
    assert not any(word in str(error) for word in LARK_WORDS)


@given(st.integers(0, len(DOCUMENT)), st.text(max_size=3), st.integers(0, 4))
def test_an_edited_document_parses_or_gives_an_input_error(place: int, put_in: str, cut: int) -> None:
    text = DOCUMENT[:place] + put_in + DOCUMENT[place + cut :]
    for read in (parse, parse_level, question, read_request):
        error = error_of(read, text)
        if error is not None:
            assert error.span is not None
            assert error.source is not None
            assert error.source.text == text.removeprefix("\ufeff")


def error_of(read: Callable[[str], object], text: str) -> InputError | None:
    try:
        read(text)
    except InputError as error:
        return error
    return None


@given(st.text(alphabet="{}[]\",:\\ \n'#/ua0-9.eE+-*?$truefalsn", max_size=40))
def test_any_text_parses_or_gives_an_input_error(text: str) -> None:
    read_id(text)
    for read in (parse, parse_level, question, read_request):
        with pytest.raises(InputError):
            read(text)


@pytest.mark.parametrize("end", range(len(DOCUMENT)))
def test_a_truncated_document_gives_an_input_error(end: int) -> None:
    with pytest.raises(InputError):
        parse(DOCUMENT[:end])


def test_hostile_sizes_give_plain_errors_with_little_memory() -> None:
    environment = os.environ | {"PYTHONPATH": python_path(HERE.parent.parent)}
    done = subprocess.run(
        [sys.executable, HERE / "limits.py"],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        env=environment,
        check=True,
    )
    found = json.loads(done.stdout)
    accepted = {"many actions", "long action", "long number", "long date", "long fraction", "escapes"}
    assert {name for name, error in found["texts"].items() if not error} == accepted
    assert all(len(error) < 600 for error in found["texts"].values())
    assert found["peak"] < 1024
