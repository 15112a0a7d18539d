"""No public name means two things: each is defined in one module of the package, so that a name alone says which.

An exception stands in `SHARED` with the modules that share the name, and with the reason.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest

from verifier.cli.app import COMMANDS

ROOT = Path(__file__).parent.parent / "verifier"

_QUESTION = "a question, its function in the API and its command are one idea, and each calls the next"
_PROTOCOL = "the class of a cloud does what the protocol of the same name asks for"
_COMMAND = "every module of a command has it, and `cli/commands.py` reads it by its name"
_PROCESS = "where a process or the command line begins, as Python calls it"

# The names that several modules share: which modules, and why.
SHARED: dict[str, tuple[str, set[str]]] = {
    "AccessLevel": (_PROTOCOL, {"clouds.cloud", "clouds.aws.catalogue.actions"}),
    "Documents": (_PROTOCOL, {"clouds.cloud", "clouds.aws.documents"}),
    "Origin": (_PROTOCOL, {"clouds.cloud", "clouds.aws.catalogue.tables"}),
    "Place": (_PROTOCOL, {"clouds.cloud", "clouds.aws.documents"}),
    "Point": (_PROTOCOL, {"logic.readings", "clouds.aws.policy.readings"}),
    "Request": ("a request to AWS is a request, and says more of itself", {"logic.request", "clouds.aws.request"}),
    "Statement": (_PROTOCOL, {"clouds.cloud", "clouds.aws.policy.syntax"}),
    "EXAMPLES": (
        _COMMAND,
        {f"cli.{name.replace('-', '_')}" for name in COMMANDS},
    ),
    "batch": (_QUESTION, {"cli.batch_lines", "cli.batch"}),
    "audit": (_QUESTION, {"api_account", "cli.audit"}),
    "can": (_QUESTION, {"api_account", "clouds.aws.audit.can", "cli.can"}),
    "check": (_QUESTION, {"checks.check", "cli.check"}),
    "confine": (_QUESTION, {"questions.prove", "api", "cli.confine"}),
    "delegate": (_QUESTION, {"clouds.aws.delegation.delegate", "api_delegation", "cli.delegate"}),
    "repair_delegation": (_QUESTION, {"clouds.aws.delegation.repair", "api_delegation"}),
    "write_delegation": (_QUESTION, {"clouds.aws.delegation.write", "api_delegation"}),
    "diff": (_QUESTION, {"questions.diff", "api", "cli.diff"}),
    "evaluate": (_QUESTION, {"clouds.aws.evaluate.evaluate", "api", "cli.evaluate"}),
    "explain": (
        "in Python why an answer is what it is, as a command what a rule says that an answer names",
        {"explanations.explain", "api_explain", "cli.explain"},
    ),
    "prove": (_QUESTION, {"questions.prove", "api", "cli.prove"}),
    "prove_needs": (_QUESTION, {"questions.needs", "api"}),
    "repair": (_QUESTION, {"repairs.repair", "api", "cli.repair"}),
    "simplify": (_QUESTION, {"simplification.simplify", "api", "cli.simplify"}),
    "sweep": (_QUESTION, {"api_sweep", "cli.sweep"}),
    "who": (_QUESTION, {"api_account", "cli.who"}),
    "main": (_PROCESS, {"base.child", "bulk.worker", "cli", "cli.app", "smt.worker"}),
}


def bound(body: Iterable[ast.stmt]) -> Iterator[str]:
    """Yield the names that statements of a module define, also under a condition; imports define nothing."""
    for statement in body:
        match statement:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.Assign(targets=targets):
                yield from (name for target in targets for name in _targets(target))
            case ast.AnnAssign(target=target):
                yield from _targets(target)
            case ast.If(body=body, orelse=orelse):
                yield from bound([*body, *orelse])
            case ast.With(body=body) | ast.For(body=body) | ast.While(body=body):
                yield from bound(body)
            case ast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=finalbody):
                caught = [each for handler in handlers for each in handler.body]
                yield from bound([*body, *caught, *orelse, *finalbody])
            case _:
                pass


def _targets(target: ast.expr) -> Iterator[str]:
    return (node.id for node in ast.walk(target) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))


def several(modules: Mapping[str, str]) -> dict[str, set[str]]:
    """The public names that several of `modules`, texts by name, define; each with the modules that do."""
    homes: defaultdict[str, set[str]] = defaultdict(set)
    for module, text in modules.items():
        for name in bound(ast.parse(text).body):
            if not name.startswith("_"):
                homes[name].add(module)
    return {name: found for name, found in homes.items() if len(found) > 1}


def wrong(modules: Mapping[str, str], shared: Mapping[str, tuple[str, set[str]]]) -> list[str]:
    """What is wrong with the names of `modules`, beside those that are `shared` with a reason, and with the reasons."""
    found = several(modules)
    twice = [
        f"`{name}` is defined in {', '.join(sorted(homes))}"
        for name, homes in found.items()
        if not homes <= shared.get(name, ("", set()))[1]
    ]
    needless = [
        f"`{name}` needs no exception for {', '.join(sorted(homes - found.get(name, set())))}"
        for name, (_, homes) in shared.items()
        if homes - found.get(name, set())
    ]
    return sorted([*twice, *needless])


def module(path: Path) -> str:
    """The name of a module, without `verifier.`."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def test_every_public_name_is_defined_in_one_module_and_every_exception_is_needed():
    modules = {module(path): path.read_text(encoding="utf-8") for path in ROOT.rglob("*.py")}
    assert wrong(modules, SHARED) == []
    assert all(reason for reason, _ in SHARED.values())


# Made-up modules, and what is wrong with their names where `main` may be in a and b.
PLANTED = [
    ("two classes", {"a": "class Part: ...", "b": "class Part: ..."}, ["`Part` is defined in a, b"]),
    ("a class and a function", {"a": "class part: ...", "b": "def part(): ..."}, ["`part` is defined in a, b"]),
    ("a constant and a type", {"a": "MOST = 1", "b": "MOST: TypeAlias = int"}, ["`MOST` is defined in a, b"]),
    ("one of a pair", {"a": "A, MOST = 1, 2", "b": "MOST = 3"}, ["`MOST` is defined in a, b"]),
    ("under a condition", {"a": "if x: ...\nelse: MOST = 1", "b": "MOST = 3"}, ["`MOST` is defined in a, b"]),
    ("in a handler", {"a": "try: ...\nexcept E: MOST = 1", "b": "MOST = 3"}, ["`MOST` is defined in a, b"]),
    ("a third module", {"c": "main = 1"}, ["`main` is defined in a, b, c"]),
    ("a private name", {"a": "_T = 1", "b": "_T = 1"}, []),
    ("an import", {"c": "class Part: ...", "d": "from c import Part"}, []),
    ("a local variable", {"c": "def f(part): part = 1", "d": "def part(): ..."}, []),
    ("a method", {"c": "class A:\n    def part(self): ...", "d": "def part(): ..."}, []),
    ("a name again in its module", {"c": "if x: MOST = 1\nelse: MOST = 2"}, []),
]
_MAIN = {"a": "def main(): ...", "b": "def main(): ..."}
_SHARED = {"main": ("as in C", {"a", "b"})}


@pytest.mark.parametrize(
    ("modules", "expected"), [planted[1:] for planted in PLANTED], ids=[name for name, *_ in PLANTED]
)
def test_a_name_that_is_planted_twice_is_noticed(modules: dict[str, str], expected: list[str]):
    with_main = {name: "\n".join((_MAIN.get(name, ""), modules.get(name, ""))) for name in (*_MAIN, *modules)}
    assert wrong(with_main, _SHARED) == expected


def test_an_exception_that_is_not_needed_is_noticed():
    assert wrong({"a": _MAIN["a"], "b": "def other(): ..."}, _SHARED) == ["`main` needs no exception for a, b"]
    assert wrong({**_MAIN, "c": ""}, {"main": ("as in C", {"a", "b", "c"})}) == ["`main` needs no exception for c"]
