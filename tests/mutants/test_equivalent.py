"""`equivalent.json` names lines that are there, each with a reason."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tools.mutants import KNOWN, Change, entries, known, known_changes, patterns

ROOT = Path(__file__).parents[2] / "verifier"


def test_every_change_is_of_a_function_that_has_the_lines() -> None:
    texts = functions()
    gone = [change for change in known_changes() if not stands(change, texts.get(change.function, []))]
    assert not gone, f"renew or remove these in {KNOWN}"
    assert all(entry["function"] in texts for entry in entries() if "function" in entry)


def test_every_pattern_is_of_lines_that_are_there() -> None:
    texts = ["\n".join(lines) for copies in functions().values() for lines in copies]
    assert not [lost for lost, _ in patterns() if not any(re.search(lost, text) for text in texts)]


@pytest.mark.parametrize(
    ("lost", "got", "changes_nothing"),
    [
        ("assert_never(other)", "assert_never(None)", True),
        ("case other:\nassert_never(other)", "", True),
        ("case Absent():\nreturn True", "", False),
        ("for one, other in zip(ones, others, strict=True):", "for one, other in zip(ones, others, ):", True),
        ("for one, other in zip(ones, others, strict=True):", "for one, other in zip(ones, None, strict=True):", False),
    ],
)
def test_a_change_that_is_known_everywhere(lost: str, got: str, changes_nothing: bool) -> None:
    assert known()(Change("any", lost, got)) is changes_nothing


def test_every_entry_says_why() -> None:
    assert all(entry["why"].endswith(".") and entry.get("changes", True) for entry in entries())


def test_no_change_is_named_twice() -> None:
    changes = list(known_changes())
    assert len(changes) == len(set(changes))


def stands(change: Change, texts: list[list[str]]) -> bool:
    """Whether one of the functions of that name has all lines that the change takes away."""
    return any(set(change.lost.splitlines()) <= set(lines) for lines in texts)


@cache
def functions() -> dict[str, list[list[str]]]:
    """Return the lines of every function, by its name; there may be several of one name."""
    found: dict[str, list[list[str]]] = {}
    for path in sorted(ROOT.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        for name, node in named(ast.parse(text)):
            lines = text.splitlines()[node.lineno - 1 : node.end_lineno]
            found.setdefault(name, []).append([line.strip() for line in lines])
    return found


def named(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Yield the functions and methods of a module with their names."""
    for node in tree.body:
        match node:
            case ast.FunctionDef(name=name):
                yield name, node
            case ast.ClassDef(name=owner, body=body):
                yield from ((f"{owner}.{one.name}", one) for one in body if isinstance(one, ast.FunctionDef))
