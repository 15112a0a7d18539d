"""The English of messages and module headers: phrases that have to be read twice are refused.

Messages are all strings of the package that are not docstrings; headers are the docstrings of modules. Pages have a
test of their own (`test_prose.py`).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands import ROOT

PACKAGE = ROOT / "verifier"
MODULES = sorted(PACKAGE.rglob("*.py"))
REFUSED = {  # the phrase, and what to write instead
    r"(?<!there )\b(is|are|was|were) no (?!longer\b|later\b|value\b)": "is not a",
    r"\b(what|which) (is|are) none\b": "say what it is",
    r"\bof (which|whom)\b": "begin a new sentence",
    r"\bbeside\b": "together with, next to",
    r"\bspeaks? of\b": "is about",
    r"\bnone of ours\b": "was not written by verifier",
    r"\bmend(s|ed|ing)?\b": "fix, repair",
}
# Names of options and functions, which are not English.
NAMES = {
    "cli/options.py": "beside",
    "checks/beside.py": "beside",
    "strings/machine.py": "beside",
    "checks/ask.py": "beside",
}
# Rooms whose headers are not yet read by these rules; a room may leave the list.
LATER = {"explanations", "explorer", "plots", "questions", "regions", "report", "simplification"}


def strings(path: Path) -> Iterator[tuple[int, str, bool]]:
    """Yield the strings of a module that people may read, with their lines, and whether one is the header."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef | ast.If)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    attributes = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings | attributes:
            yield node.lineno, node.value, False
    yield 1, ast.get_docstring(tree) or "", True


def refused(text: str) -> list[str]:
    """The refused phrases in `text`, each with some words around it and what to write instead."""
    return [
        f"...{text[max(0, hit.start() - 40) : hit.end() + 30]}...: {instead}"
        for pattern, instead in REFUSED.items()
        for hit in re.finditer(pattern, text, re.IGNORECASE)
    ]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_messages_and_headers_have_no_phrase_that_has_to_be_read_twice(path: Path) -> None:
    name = path.relative_to(PACKAGE)
    for line, text, header in strings(path):
        if not (header and name.parts[0] in LATER):
            plain = (
                re.sub(rf"\b{NAMES[name.as_posix()]}\b", "", text, flags=re.IGNORECASE)
                if name.as_posix() in NAMES
                else text
            )
            assert not refused(" ".join(plain.split())), f"{name}:{line}"


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
