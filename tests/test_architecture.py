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

# What each room may import, beside itself. A room that is not here yet has to be entered first. The rooms of a cloud
# are called by its name: `aws.policy` is `clouds/aws/policy/`, and `aws` what stands in `clouds/aws/` itself.
EVERYWHERE = {"base", "shown"}
_POLICY = {"strings", "clouds", "aws.policy", "aws.catalogue"}
_MEANING = _POLICY | {"aws", "aws.principals", "aws.evaluate"}
# What is anybody's sees a cloud by the protocols of `clouds/cloud.py` alone.
_ANYBODYS = {"strings", "logic", "smt", "clouds"}
_SOLVED = _MEANING | {"logic", "smt", "aws.compile", "aws.world"}
ROOMS: dict[str, set[str]] = {
    "base": set(),
    # An answer that is asked what comes next.
    "shown": {"base", "report", "explanations", "regions", "explorer", "questions"},
    "version": set(),
    "strings": set(),
    "logic": {"strings"},
    "smt": {"strings", "logic"},
    "clouds": {"strings", "logic"},
    "known_clouds": {"clouds", "aws"},
    "aws.catalogue": {"strings", "logic"},
    "aws.managed": set(),
    "aws.policy": {"strings", "logic", "clouds", "aws", "aws.catalogue", "sources"},
    "aws.principals": _POLICY | {"logic"},
    "aws.evaluate": _POLICY | {"aws", "aws.principals", "logic"},
    "aws.compile": _POLICY | {"aws.principals", "logic"},
    "aws": _POLICY
    | {"aws.principals", "aws.compile", "aws.evaluate", "aws.lint", "aws.world", "logic", "questions", "sources"},
    # What an account holds is read as other files are, and says nothing of what its documents mean.
    # Its methods that ask are those of the package: the one way up from an account.
    "aws.account": {"strings", "aws.policy", "aws.managed", "sources", "api_account", "audits", "aws.audit"},
    # An audit asks questions about an account, in the processes that a sweep has too.
    "aws.audit": _SOLVED
    | {"questions", "bulk", "explanations", "regions", "audits", "config", "aws.account", "aws.managed", "sources"},
    # What an audit found, or who can, as values for reports, which know no cloud.
    "audits": {"strings", "logic", "questions", "regions", "explanations", "config", "delegations"},
    # Who can: the questions of many principals, as an audit asks them, of its groups and keys.
    "aws.who": _SOLVED | {"questions", "bulk", "regions", "audits", "aws.account", "aws.audit"},
    # What he could do is proved as an audit's checks are; a state of an account is changed move by move.
    # A repair of one begins with that of its boundary.
    "aws.delegation": _SOLVED | {"questions", "aws.account", "aws.audit", "delegations", "repairs"},
    # The checks that follow chains of moves stand above both: an audit that asks delegation's questions of everybody.
    "aws.escalation": _MEANING
    | {"logic", "questions", "bulk", "audits", "delegations", "aws.account", "aws.audit", "aws.delegation"},
    # What came of a delegation, as values for reports, which know no cloud.
    "delegations": {"strings", "logic"},
    "aws.world": _SOLVED | {"questions"},
    "aws.lint": _SOLVED | {"questions"},
    "questions": _ANYBODYS,
    "sources": {"strings", "aws", "aws.policy", "aws.catalogue", "aws.managed"},
    "explanations": _ANYBODYS | {"questions"},
    "simplification": _SOLVED | {"questions"},
    "repairs": _SOLVED | {"questions"},
    "regions": _ANYBODYS | {"questions"},
    "report": _ANYBODYS
    | {
        "questions",
        "regions",
        "explanations",
        "simplification",
        "repairs",
        "bulk",
        "version",
        "checks",
        "config",
        "known_clouds",
        "audits",
        "delegations",
        "review",
    },
    "api_documents": _MEANING | {"logic"},
    "api": _SOLVED | {"api_documents", "questions", "regions", "explanations", "simplification", "repairs"},
    "bulk": _ANYBODYS | {"questions", "api", "version", "known_clouds"},
    "api_explain": _ANYBODYS | {"aws.policy", "questions", "explanations", "regions", "api", "api_documents"},
    "api_account": {
        "aws.policy",
        "aws.account",
        "aws.audit",
        "aws.escalation",
        "aws.who",
        "audits",
        "bulk",
        "questions",
        "api",
    },
    "api_delegation": {"aws.policy", "aws.delegation", "delegations", "api"},
    "api_sweep": _SOLVED | {"questions", "api", "api_documents", "bulk", "sources"},
    "fetch": {"version"},  # it writes what AWS says, and judges nothing
    "config": {"sources", "aws.managed"},
    "checks": _SOLVED | {"questions", "api", "explanations", "sources", "config", "aws.lint"},
    # What a change of files means: what stands in them, compared as `checks` compares, and told as regions.
    # An account is one form in which people have what a change is about.
    "review": _SOLVED
    | {"questions", "explanations", "regions", "sources", "bulk", "checks", "aws.lint", "aws.account"},
    "explorer": _SOLVED | {"questions", "regions", "explanations", "api", "api_documents", "report", "aws.lint"},
    "scaling": _SOLVED | {"questions", "api", "report"},
    "plots": {"aws.catalogue", "explorer", "scaling", "audits"},
    "cli": _SOLVED
    | {
        "questions",
        "regions",
        "explanations",
        "simplification",
        "repairs",
        "sources",
        "checks",
        "config",
        "review",
        "report",
        "api",
        "bulk",
        "version",
        "aws.lint",
        "aws.managed",
        "fetch",
        "aws.account",
        "aws.audit",
        "aws.who",
        "aws.delegation",
        "aws.escalation",
        "delegations",
        "audits",
    },
}
# What is anybody's: these rooms import no cloud, not even for its types.
NEUTRAL = {"base", "clouds", "strings", "logic", "smt", "questions", "explanations", "regions", "bulk", "report"}
LIBRARIES: dict[str, set[str]] = {
    "lark": {"base"},
    "z3": {"smt"},
    "dulwich": {"sources"},
    "yaml": {"sources"},
    "pydantic": {"report", "config"},
    "rich": {"report", "cli"},
    "jinja2": {"report"},
    "markupsafe": {"report"},
    "typer": {"cli"},
    "distributed": {"bulk"},
    "boto3": {"fetch"},
    "botocore": {"fetch"},
    "jmespath": {"fetch"},  # boto3's own language for parts of answers
    "ipywidgets": {"explorer"},
    "matplotlib": {"plots"},
}


def room(path: Path) -> str:
    """The folder of a module, or the name of one that stands alone."""
    return room_of(".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"))


def room_of(module: str) -> str:
    """The room of a module, which is named without `verifier.`."""
    first, *others = module.split(".")
    if first != "clouds" or not others or not (ROOT / first / others[0]).is_dir():
        return first
    cloud, *within = others
    return f"{cloud}.{within[0]}" if within and (ROOT / first / cloud / within[0]).is_dir() else cloud


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
    return {room_of(name.removeprefix("verifier.")) for name in imported(path) if name.startswith("verifier.")}


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
    if text.strip():
        header = ast.get_docstring(ast.parse(text))
        assert header
        assert "\n" not in header.partition("\n\n")[0], "its first line names its subject"


def knows_a_cloud(path: Path) -> bool:
    """Whether a module imports from a cloud; `clouds/cloud.py` says what any has."""
    return any(name.startswith("verifier.clouds.aws") for name in imported(path))


@pytest.mark.parametrize("name", sorted(NEUTRAL))
def test_what_is_anybodys_imports_no_cloud(name: str):
    found = [path.relative_to(ROOT).as_posix() for path in MODULES if room(path) == name and knows_a_cloud(path)]
    assert not found


def test_the_search_finds_and_nothing_else():
    """Which request is shown, and what a world has of its own, is for others to say."""
    assert not knows_a_cloud(ROOT / "questions" / "search.py")


def test_the_evaluator_and_the_prover_share_only_what_a_policy_says():
    """Two readings on purpose: the prover does not lean on the evaluator, nor the other way round."""
    for path in MODULES:
        if room(path) in ("logic", "strings", "smt", "aws.compile"):
            assert not rooms_imported(path) & {"aws.evaluate"}, path
        if room(path) == "aws.evaluate":
            assert not rooms_imported(path) & {"smt", "questions", "aws.compile", "aws.world"}, path
            formulas = {name for name in imported(path) if name.startswith("verifier.logic.")}
            assert formulas <= {"verifier.logic.actions", "verifier.logic.readings", "verifier.logic.request"}, path
