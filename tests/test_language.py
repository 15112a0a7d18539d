"""The English of messages, docstrings and comments: phrases that have to be read twice are refused (`english.py`).

Messages are all strings of the package that are not docstrings; in docstrings and comments, what stands in backticks is
code. Pages have a test of their own (`test_prose.py`).
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands import ROOT
from tests.english import refused

PACKAGE = ROOT / "verifier"
MODULES = sorted(PACKAGE.rglob("*.py"))
# Names of options and functions, which are not English, in the strings of these modules.
NAMES = {
    "cli/options.py": "beside",
    "cli/document_options.py": "beside",
    "checks/beside.py": "beside",
    "strings/machine.py": "beside",
    "checks/ask.py": "beside",
}
_CODE = re.compile(r"`[^`]*`")


def strings(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the strings and comments of a module that people may read, with their lines."""
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, _CODE.sub("CODE", node.value) if id(node) in docstrings else node.value
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], _CODE.sub("CODE", token.string)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_messages_docstrings_and_comments_have_no_phrase_that_has_to_be_read_twice(path: Path) -> None:
    name = path.relative_to(PACKAGE).as_posix()
    found = []
    for line, text in strings(path):
        plain = re.sub(rf"\b{NAMES[name]}\b", "", text) if name in NAMES else text
        found += [f"{name}:{line}: {phrase}" for phrase in refused(" ".join(plain.split()))]
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        "`x` is no ARN",
        "they are no parts",
        "a file of which",
        "beside it",
        "it speaks of S3",
        "none of ours",
        "mend: x",
    ],
)
def test_a_planted_phrase_is_noticed(text: str) -> None:
    assert refused(text)


@pytest.mark.parametrize(
    "text", ["there is no file `x`", "there are no keys", "it is no longer read", "`x` is not an ARN"]
)
def test_plain_words_are_left_alone(text: str) -> None:
    assert not refused(text)


def test_docstrings_of_functions_and_comments_are_read(tmp_path: Path) -> None:
    path = tmp_path / "planted.py"
    path.write_text('def f():\n    """It stands beside `beside`."""  # mend it\n')
    assert [text for _, text in strings(path)] == ["It stands beside CODE.", "# mend it"]
