"""What became of the mutants in `mutants/`: those that `tools/judge_mutants.py` judged, and those that it did not.

A survivor is a change of the code that no test noticed. `tests/mutants/equivalent.json` names those that change no
answer, each with its reason: by the function and the lines that differ, so that a function may move to another module,
or by a pattern of these lines in any function.
Prints the counts of each package and every survivor that is not named, as a diff; ends with 1 where there is one.
"""

from __future__ import annotations

import ast
import difflib
import hashlib
import importlib
import inspect
import json
import re
import sys
import types
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
MUTATED = ROOT / "mutants"
KNOWN = ROOT / "tests" / "mutants" / "equivalent.json"
REFUSED = MUTATED / "refused.json"  # the names of those that the type checker refuses
VERDICTS = MUTATED / "verdicts.jsonl"  # one row for each that was judged; a later row replaces an earlier one
NOT_KILLED = {"survived", "not reached"}
# As mutmut names them: module, `x_function` or `xǁClassǁmethod`, number.
_NAME = re.compile(r"(?P<module>[\w.]+)\.x(?:_|ǁ(?P<owner>\w+)ǁ)(?P<name>\w+)__mutmut_(?P<number>\d+)")
_MANGLED = re.compile(r"x(?:_|ǁ\w+ǁ)(\w+?)__mutmut_(?:orig|\d+)")


@dataclass(frozen=True)
class Change:
    """The lines of `function` that a mutant lost and got, without indentation; `function` is `name` or `Class.name`."""

    function: str
    lost: str
    got: str


@dataclass(frozen=True)
class Mutant:
    """One changed copy of a function, by the name that mutmut gives it."""

    name: str

    @property
    def module(self) -> str:
        """The module, such as `verifier.logic.theory`."""
        return self._parts["module"]

    @property
    def package(self) -> str:
        """The folder of its module, such as `verifier.logic`."""
        return ".".join(self.path.parent.relative_to(MUTATED).parts)

    @property
    def path(self) -> Path:
        """The mutated module."""
        return _path_of(self.module)

    @property
    def function(self) -> str:
        """`name` or `Class.name`."""
        return ".".join(part for part in (self._parts["owner"], self._parts["name"]) if part)

    @property
    def before(self) -> list[str]:
        """The lines of the function, from its `def`."""
        return _copies(self.module)[re.sub(r"\d+$", "orig", self._mangled)]

    @property
    def after(self) -> list[str]:
        """The lines of the changed copy, from its `def`."""
        return _copies(self.module)[self._mangled]

    @property
    def change(self) -> Change:
        """What it changes."""
        before, after = ([line.strip() for line in lines] for lines in (self.before, self.after))
        lines = list(difflib.unified_diff(before, after, n=0, lineterm=""))[2:]
        lost, got = ("\n".join(line[1:] for line in lines if line.startswith(sign)) for sign in "-+")
        return Change(self.function, lost, got)

    @property
    def lines(self) -> tuple[str, set[int], set[int]]:
        """The file, the lines of the statements that it changes, and those of the function's body."""
        path = self.path.relative_to(MUTATED)
        node = _function((ROOT / path).read_text(encoding="utf-8"), self.function)
        changed: set[int] = set()
        for tag, start, end, _, _ in difflib.SequenceMatcher(None, self.before, self.after, False).get_opcodes():
            if tag != "equal":
                changed |= {node.lineno + at for at in range(start, max(end, start + 1))}
        body = set(range(node.body[0].lineno, (node.end_lineno or 0) + 1))
        if changed - body:
            return str(path), body, body
        statements = [_own(one) for one in ast.walk(node) if isinstance(one, ast.stmt) and one is not node]
        return str(path), changed.union(*(lines for lines in statements if lines & changed)), body

    @property
    def digest(self) -> str:
        """What is the same as long as the function and the change are."""
        return hashlib.sha256("\n".join([*self.before, *self.after]).encode()).hexdigest()[:16]

    @property
    def _parts(self) -> dict[str, str]:
        found = _NAME.fullmatch(self.name)
        assert found, self.name
        return found.groupdict()

    @property
    def _mangled(self) -> str:
        return self.name.removeprefix(f"{self.module}.")


def main() -> int:
    """Compare, print, and return the exit code."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    unnamed: list[tuple[Mutant, str]] = []
    for mutant, status in results():
        counts[mutant.package][status] += 1
        if status in NOT_KILLED:
            unnamed.append((mutant, status))
    for package, of in sorted(counts.items()):
        print(f"{package}: {sum(of.values())} mutants, " + ", ".join(f"{n} {word}" for word, n in sorted(of.items())))
    for mutant, status in unnamed:
        change = mutant.change
        print(f"\n{mutant.name}: {status}")
        print(*(f"- {line}" for line in change.lost.splitlines()), sep="\n")
        print(*(f"+ {line}" for line in change.got.splitlines()), sep="\n")
    return 1 if unnamed or any(of["not judged"] for of in counts.values()) else 0


def mutants() -> Iterator[Mutant]:
    """Yield every mutant in `mutants/`, module by module."""
    for path in sorted(MUTATED.rglob("*.py")):
        module = ".".join(path.relative_to(MUTATED).with_suffix("").parts).removesuffix(".__init__")
        yield from (Mutant(f"{module}.{copy}") for copy in _copies(module) if not copy.endswith("orig"))


def install(mutant: Mutant) -> None:
    """Give the function in this process the code of the mutant, or raise `ImportError`: no module could have it."""
    module = importlib.import_module(mutant.module)
    owner, _, name = mutant.function.rpartition(".")
    names = dict(vars(module))
    head = f"class {owner}:" if owner else "if True:"
    lines = mutant.after if owner else [f"    {line}" for line in mutant.after]
    try:
        code = "\n".join(["from __future__ import annotations", head, *lines])
        exec(compile(code, str(module.__file__), "exec"), names)  # noqa: S102 - mutmut wrote it
    except Exception as error:
        raise ImportError from error
    place = getattr(module, owner) if owner else module
    old = _plain(inspect.getattr_static(place, name))
    new = _plain(vars(names[owner])[name] if owner else names[name])
    if len(new.__code__.co_freevars) != len(old.__code__.co_freevars):  # only one of them calls `super()`
        new = types.FunctionType(new.__code__, vars(module), name, new.__defaults__, new.__closure__)
        setattr(place, name, new)
    else:
        old.__code__, old.__defaults__, old.__kwdefaults__ = new.__code__, new.__defaults__, new.__kwdefaults__


def results() -> Iterator[tuple[Mutant, str]]:
    """Yield every mutant and what became of it.

    `refused` by the type checker; `killed` or `timeout` (a test failed, or took much longer than it does); `survived`,
    or `not reached` by any test; `equivalent`: one of these two that `equivalent.json` names; or `not judged`.
    """
    changes_nothing = known()
    refused = set(json.loads(REFUSED.read_text(encoding="utf-8")))
    found = verdicts()
    for mutant in mutants():
        status = found[mutant.name]["status"] if stands(mutant, found) else "not judged"
        if mutant.name in refused:
            status = "refused"
        elif status not in {"killed", "timeout"} and changes_nothing(mutant.change):
            status = "equivalent"
        yield mutant, status


def verdicts() -> dict[str, dict[str, Any]]:
    """Return the last row of each mutant in `verdicts.jsonl`, by its name."""
    lines = VERDICTS.read_text(encoding="utf-8").splitlines() if VERDICTS.exists() else []
    return {row["name"]: row for row in map(json.loads, lines)}


def stands(mutant: Mutant, found: dict[str, dict[str, Any]]) -> bool:
    """Whether the mutant was judged, and its function is still the same."""
    return mutant.name in found and found[mutant.name]["digest"] == mutant.digest


def named_by(paths: Iterable[str], tests: Iterable[str]) -> list[str]:
    """Return the names of those `tests` that are in `paths`, each once: tests, files or folders, in their order.

    Raises:
        ValueError: a path has no test.

    """
    tests = list(tests)
    found: dict[str, None] = {}
    for path in paths:
        plain = path.rstrip("/")
        within = [name for name in tests if name == plain or name.startswith((f"{plain}/", f"{plain}::", f"{plain}["))]
        if not within:
            raise ValueError(f"no test has the path {path}")
        found |= dict.fromkeys(within)
    return list(found)


def entries() -> Iterator[dict[str, Any]]:
    """Yield the entries of `equivalent.json`: a `function`, its `changes` as pairs of lines lost and got, and `why`.

    An entry without `changes` is about every change that no test notices. An entry with `everywhere` is about every
    function; it has pairs of a regular expression of the lines lost, and what it becomes, as `re.Match.expand` writes.
    """
    yield from json.loads(KNOWN.read_text(encoding="utf-8"))


def known() -> Callable[[Change], bool]:
    """Return whether `equivalent.json` names a change."""
    exact = set(known_changes())
    whole = {entry["function"] for entry in entries() if "function" in entry and "changes" not in entry}
    everywhere = list(patterns())
    return lambda change: (
        change in exact
        or change.function in whole
        or any(
            found.expand(got) == change.got
            for lost, got in everywhere
            if (found := re.fullmatch(lost, change.lost, re.DOTALL))
        )
    )


def patterns() -> Iterator[tuple[str, str]]:
    """Yield what `equivalent.json` names in every function: a regular expression, and what replaces it."""
    for entry in entries():
        yield from entry.get("everywhere", ())


def known_changes() -> Iterator[Change]:
    """Yield what `equivalent.json` names."""
    for entry in entries():
        for lost, got in entry.get("changes", ()):
            yield Change(entry["function"], lost, got)


def _path_of(module: str) -> Path:
    """Return the file of a mutated module."""
    folder = MUTATED.joinpath(*module.split("."))
    return folder / "__init__.py" if folder.is_dir() else folder.with_suffix(".py")


@cache
def _copies(module: str) -> dict[str, list[str]]:
    """The lines of each copy of each function of the mutated module, under the function's own name."""
    text = _path_of(module).read_text(encoding="utf-8")
    if "__mutmut_" not in text:
        return {}
    lines = text.splitlines()
    return {
        node.name: [_MANGLED.sub(r"\1", line) for line in lines[node.lineno - 1 : node.end_lineno]]
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef) and "__mutmut_" in node.name
    }


def _plain(found: Any) -> types.FunctionType:
    plain = found.__func__ if isinstance(found, staticmethod | classmethod) else found
    assert isinstance(plain, types.FunctionType), found
    return plain


def _function(text: str, name: str) -> ast.FunctionDef:
    owner, _, plain = name.rpartition(".")
    body = ast.parse(text).body
    if owner:
        body = next(one.body for one in body if isinstance(one, ast.ClassDef) and one.name == owner)
    return next(one for one in body if isinstance(one, ast.FunctionDef) and one.name == plain)


def _own(statement: ast.stmt) -> set[int]:
    """The lines of a statement, without those of the statements in it."""
    within = [one.lineno for one in ast.walk(statement) if isinstance(one, ast.stmt) and one is not statement]
    return set(range(statement.lineno, min(within, default=(statement.end_lineno or 0) + 1)))


if __name__ == "__main__":
    sys.exit(main())
