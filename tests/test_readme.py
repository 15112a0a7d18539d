"""The documentation's commands and Python snippets, run as they stand.

In a `console` block a line that starts with `$ ` is a command (a backslash at its end continues it) and the lines up to
the next one are what it must print, `...` standing for anything. A block runs as one shell script in the repository's
root, or in the folder that a comment before it names: `<!-- in examples/one-corner -->`. A `python` block is run as a
program, and a `text` block right after it is what it must print.
"""

from __future__ import annotations

import doctest
import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.commands import ROOT, run

NOT_RUN = {
    "git clone": "the network",
    "cd verifier": "comes after git clone",
    "pip install": "changes the environment of the tests; .ci/run installs the wheel",
    "make demo": "run by .ci/run",
    "make test": "runs this test",
    "verifier prove my-policy.json": "the reader's own policy",
    "make lint": "run by .ci/run",
    "make long": "takes minutes to hours",
    "make catalogue": "changes the checkout",
    "make lock": "changes the checkout",
    "make tables": "changes the checkout",
    "make reference": "changes the checkout",
    "make docs": "installs what the site is made with",
    ".venv/bin/python -m tests.": "takes minutes to hours",
    "jupyter lab": "goes on until it is stopped; tests/notebooks executes the notebooks",
    "cvc5 ": "is not installed with verifier; tests/agreement asks the package cvc5",
    "dask ": "goes on until it is stopped; tests/bulk/test_dask.py starts a cluster",
    "verifier sweep policies --dask": "needs that cluster",
}
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]

_BLOCK = re.compile(r"^```(console|python)\n(.*?)^```$(?:\n+```text\n(.*?)^```$)?", re.DOTALL | re.MULTILINE)
_FOLDER = re.compile(r"^<!-- in (\S+) -->$", re.MULTILINE)
_MARK = "--- the next command ---"


@dataclass(frozen=True)
class Block:
    """A fenced block of a page, and the text block right after it."""

    language: str
    body: str
    after: str | None
    folder: Path = ROOT


def blocks(language: str) -> list[Any]:
    return [
        pytest.param(Block(*found.groups(), folder_at(text, found.start())), id=f"{page.relative_to(ROOT)}-{number}")
        for page in PAGES
        for text in [page.read_text(encoding="utf-8")]
        for number, found in enumerate(_BLOCK.finditer(text), 1)
        if found[1] == language
    ]


def folder_at(text: str, place: int) -> Path:
    """Return the folder that the last comment before `place` names."""
    return ROOT / ([".", *_FOLDER.findall(text[:place])][-1])


def steps(body: str) -> list[tuple[str, str]]:
    """Return the commands of a console block, each with what it must print."""
    found: list[tuple[str, str]] = []
    for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
        lines = part.splitlines(keepends=True)
        size = next(number for number, line in enumerate(lines, 1) if not line.rstrip("\n").endswith("\\"))
        found.append(("".join(lines[:size]).rstrip("\n"), "".join(lines[size:])))
    return found


def left_out(command: str) -> bool:
    return any(command.startswith(start) for start in NOT_RUN)


def matches(wanted: str, got: str) -> bool:
    """Whether `got` is what was wanted; a last line `...` stands for no line too."""
    ways = {wanted.rstrip(), wanted.rstrip().removesuffix("\n...")}
    check = doctest.OutputChecker().check_output
    return any(check(f"{way}\n", f"{got.rstrip()}\n", doctest.ELLIPSIS) for way in ways)


@pytest.mark.parametrize("block", blocks("console"))
def test_a_transcript_is_what_the_commands_print(block: Block) -> None:
    shown = [(command, wanted) for command, wanted in steps(block.body) if not left_out(command)]
    assert block.body.startswith("$ ")
    script = "".join(f"code=$?; echo {shlex.quote(_MARK)}; (exit $code)\n{command}\n" for command, _ in shown)
    printed = run(script, block.folder, together=True).out.split(f"{_MARK}\n")[1:]
    for (command, wanted), got in zip(shown, printed, strict=True):
        assert not wanted.strip() or matches(wanted, got), f"$ {command}\n{got}"


@pytest.mark.parametrize("block", blocks("python"))
def test_a_snippet_runs(block: Block, tmp_path: Path) -> None:
    program = tmp_path / "snippet.py"
    program.write_text(block.body, encoding="utf-8")
    ran = run(f"python {program}", ROOT)
    assert ran.code == 0, ran.err
    assert block.after is None or matches(block.after, ran.out), ran.out


def test_the_readme_knows_every_command() -> None:
    listed = run("verifier", ROOT).out.partition("Prove:\n")[2].partition("Options:\n")[0]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^  ([\w-]+)", listed, re.MULTILINE)) == set(
        re.findall(r"^\| `verifier ([\w-]+)", readme, re.MULTILINE)
    )


def test_no_block_of_commands_is_forgotten() -> None:
    for page in PAGES:
        languages = re.findall(r"^```(\w+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
        assert not {"sh", "bash", "shell", "pycon", "py"} & set(languages), page
