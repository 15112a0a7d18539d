"""What `mutmut run` left in `mutants/`, beside the mutants that are known to change nothing (`make mutants`).

A survivor is a change of the code that no test noticed. `tests/mutants/equivalent.json` names those that change no
answer, each with its reason: by the function and the lines that differ, so that a function may move to another module,
or by a pattern of these lines in any function.
Prints the counts of each package and every survivor that is not named, as a diff; ends with 1 where there is one.
"""

from __future__ import annotations

import ast
import difflib
import json
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
MUTATED = ROOT / "mutants"
KNOWN = ROOT / "tests" / "mutants" / "equivalent.json"
NOT_KILLED = {"survived", "no tests"}
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
    """What became of one mutant; `status` is mutmut's word."""

    name: str
    status: str

    @property
    def package(self) -> str:
        """The folder of its module, such as `verifier.logic`."""
        return _parts(self.name)["module"].rpartition(".")[0]

    @property
    def change(self) -> Change:
        """What it changes."""
        parts = _parts(self.name)
        function = ".".join(part for part in (parts["owner"], parts["name"]) if part)
        copies = _copies(parts["module"])
        mangled = self.name.removeprefix(f"{parts['module']}.")
        before = copies[re.sub(r"\d+$", "orig", mangled)]
        lines = list(difflib.unified_diff(before, copies[mangled], n=0, lineterm=""))[2:]
        lost, got = ("\n".join(line[1:] for line in lines if line.startswith(sign)) for sign in "-+")
        return Change(function, lost, got)


def main() -> int:
    """Compare, print, and return the exit code."""
    changes_nothing = known()
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    unnamed: list[tuple[Mutant, Change]] = []
    for mutant in results():
        status = mutant.status
        if status == "survived" and changes_nothing(mutant.change):
            status = "equivalent"
        elif status in NOT_KILLED:
            unnamed.append((mutant, mutant.change))
        counts[mutant.package][status] += 1
    for package, of in sorted(counts.items()):
        print(f"{package}: {sum(of.values())} mutants, " + ", ".join(f"{n} {word}" for word, n in sorted(of.items())))
    for mutant, change in unnamed:
        print(f"\n{mutant.name}: {mutant.status}")
        print(*(f"- {line}" for line in change.lost.splitlines()), sep="\n")
        print(*(f"+ {line}" for line in change.got.splitlines()), sep="\n")
    return 1 if unnamed else 0


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


def results() -> Iterator[Mutant]:
    """Yield every mutant that mutmut knows."""
    command = [str(Path(sys.executable).with_name("mutmut")), "results", "--all", "true"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603 - no outside input
    for line in listed.stdout.splitlines():
        name, _, status = line.strip().partition(": ")
        yield Mutant(name, status)


def _parts(name: str) -> dict[str, str]:
    found = _NAME.fullmatch(name)
    assert found, name
    return found.groupdict()


@cache
def _copies(module: str) -> dict[str, list[str]]:
    """The lines of each copy of each function of the mutated module."""
    path = MUTATED.joinpath(*module.split(".")).with_suffix(".py")
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    return {
        node.name: [_MANGLED.sub(r"\1", line).strip() for line in lines[node.lineno - 1 : node.end_lineno]]
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef) and "__mutmut_" in node.name
    }


if __name__ == "__main__":
    sys.exit(main())
