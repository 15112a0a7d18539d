"""The rooms of the package: who may import whom, who may know which library, and how long a module may be."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "verifier"
MODULES = sorted(ROOT.rglob("*.py"))
LONGEST = 350

# What each room may import, beside itself. A room that is not here yet has to be entered first.
EVERYWHERE = {"dataclass", "shown", "safe"}
_BASE = {"source", "errors"}
_MEANING = _BASE | {"policy", "catalogue", "semantics"}
_SOLVED = _MEANING | {"logic", "smt", "world"}
ROOMS: dict[str, set[str]] = {
    "dataclass": set(),
    "shown": {"report"},
    "safe": set(),
    "table": set(),
    "source": set(),
    "errors": {"source"},
    "files": {"errors"},
    "version": set(),
    "pace": set(),
    "child": set(),
    "processes": set(),
    "catalogue": set(),
    "policy": _BASE | {"catalogue"},
    "semantics": _BASE | {"policy", "catalogue"},
    "logic": _MEANING,
    "smt": _MEANING | {"logic", "processes"},
    "world": _MEANING | {"logic"},
    "questions": _SOLVED,
    "lint": _MEANING | {"logic", "world", "questions"},
    "accounts": _SOLVED | {"questions"},
    "sources": _SOLVED | {"questions"},
    "why": _SOLVED | {"questions"},
    "mend": _SOLVED | {"questions"},
    "regions": _SOLVED | {"questions"},
    "report": _SOLVED | {"questions", "regions", "why", "mend", "bulk", "version", "checks", "config", "lint"},
    "api": _SOLVED | {"files", "questions", "regions", "why", "mend", "accounts", "sources"},
    "bulk": _SOLVED | {"questions", "api", "pace", "processes", "version", "lint"},
    "config": _BASE | {"policy", "sources"},
    "checks": _SOLVED | {"questions", "api", "why", "sources", "config", "lint"},
    "explorer": _SOLVED | {"questions", "regions", "why", "api", "table"},
    "scaling": _SOLVED | {"questions", "api", "table"},
    "plots": _BASE | {"catalogue", "explorer", "scaling"},
    "lines": _SOLVED | {"questions", "report", "api", "bulk", "lint"},
    "cli": _SOLVED
    | {
        "questions",
        "regions",
        "why",
        "mend",
        "accounts",
        "sources",
        "checks",
        "config",
        "report",
        "api",
        "bulk",
        "files",
        "lines",
        "pace",
        "version",
        "lint",
    },
}
LIBRARIES: dict[str, set[str]] = {
    "lark": {"policy"},
    "z3": {"smt"},
    "dulwich": {"sources"},
    "pydantic": {"policy", "semantics", "questions", "sources", "accounts", "report", "config"},
    "rich": {"report", "cli"},
    "jinja2": {"report"},
    "markupsafe": {"report"},
    "typer": {"cli"},
    "distributed": {"bulk"},
    "boto3": {"sources"},
    "botocore": {"sources"},
    "yaml": {"sources"},
    "ipywidgets": {"explorer"},
    "matplotlib": {"plots"},
}


def room(path: Path) -> str:
    """The folder of a module, or the name of one that stands alone."""
    first = path.relative_to(ROOT).parts[0]
    return first.removesuffix(".py")


def imported(path: Path) -> Iterator[str]:
    """Every module that a module imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            assert node.module
            yield from (
                (f"{node.module}.{name.name}" for name in node.names) if node.module == "verifier" else (node.module,)
            )


def rooms_imported(path: Path) -> set[str]:
    """The rooms of the package that a module imports from; `verifier` itself is the room of its public names."""
    return {name.split(".")[1] for name in imported(path) if name.startswith("verifier.")}


def test_every_room_is_in_the_table():
    assert {room(path) for path in MODULES} - {"__init__", "__main__"} <= set(ROOMS)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_module_imports_what_its_room_may(path: Path):
    name = room(path)
    if name not in ("__init__", "__main__"):
        assert rooms_imported(path) - {name} <= ROOMS[name] | EVERYWHERE


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_library_is_known_in_its_rooms_only(path: Path):
    outside = {name.split(".")[0] for name in imported(path)} - set(sys.stdlib_module_names) - {"verifier"}
    assert {library for library in outside if room(path) not in LIBRARIES.get(library, set())} == set()


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_module_is_short_and_says_what_it_is(path: Path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) < LONGEST
    assert not text.strip() or ast.get_docstring(ast.parse(text))


def test_the_evaluator_and_the_prover_share_only_what_a_policy_says():
    """Two readings on purpose: the prover does not lean on the evaluator, nor the other way round."""
    for path in MODULES:
        if room(path) == "logic":
            modules = {name for name in imported(path) if name.startswith("verifier.semantics")}
            assert modules <= {"verifier.semantics.request"}, path
        if room(path) == "semantics":
            assert not rooms_imported(path) & {"logic", "smt", "questions"}, path
