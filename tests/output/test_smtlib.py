"""A document cannot put commands into the script that another solver reads."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import z3

from tests.output.calls import TRICKS, Call, called, written
from tests.output.reading import text

# The tokens of SMT-LIB 2.6 (section 3.1): a comment, a string, a symbol in bars, a bracket, anything else.
_TOKEN = re.compile(r';[^\n\r]*|"(?:[^"]|"")*"|\|[^|\\]*\||[()]|[^\s()";|]+|\s+')
_COMMANDS = {"set-logic", "declare-const", "assert", "check-sat"}


def commands(script: str) -> list[str]:
    """The name of each command of `script`, read by the standard's own lexical rules."""
    found, depth, before, place = [], 0, "", 0
    while place < len(script):
        token = _TOKEN.match(script, place)
        assert token, script[place : place + 80]
        place = token.end()
        if token[0].isspace() or token[0].startswith(";"):
            continue
        if depth == 1 and before == "(":
            found.append(token[0])
        depth += {"(": 1, ")": -1}.get(token[0], 0)
        assert depth >= 0
        before = token[0]
    assert depth == 0
    return found


@pytest.mark.parametrize("trick", TRICKS)
def test_no_document_gives_the_solver_a_command(trick: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names = written(tmp_path, TRICKS[trick])
    for arguments, code in (
        (("prove", "--policy", "{policy}", "--boundary", "{boundary}", "--maximum", "{maximum}"), 1),
        (("prove", "--policy", "{maximum}", "--maximum", "{boundary}"), 0),
    ):
        said = called(Call((*arguments, "--smtlib", "script.smt2"), lambda _: iter(())), names)
        assert said.code == code
        script = Path("script.smt2").read_text(encoding="utf-8")
        assert script.isascii()
        assert not [wrong for wrong in text(script) if "character" in wrong]
        names_of_commands = commands(script)
        assert set(names_of_commands) == _COMMANDS
        assert names_of_commands[0] == "set-logic"
        assert names_of_commands.count("check-sat") == 1
        assert names_of_commands[-1] == "check-sat"
        solver = z3.Solver()
        solver.from_string(script)
        assert len(solver.assertions()) == names_of_commands.count("assert")
