"""What printing an answer takes, counted in calls of functions, grows no faster than the documents.

Nothing interrupts a command while it prints: so what it does from the answer to its end has to be proportional to what
it was given, whatever the answer.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import FrameType

import pytest

from tests.hostile_inputs.documents import BUILDERS, commands, write
from verifier.cli.app import run_command_line
from verifier.clouds.aws.cloud import Aws
from verifier.report import formula_words

SIZES = (300, 1_200)
MOST_TIMES = 1.5 * SIZES[1] / SIZES[0]
FEW_CALLS = 3_000
PRINTED = {"confine --all", "prove --all", "prove --explain", "diff", "evaluate"}
COMMANDS = {name: arguments for name, arguments in commands() if name in PRINTED}


def calls_to_print(build: str, size: int, name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """Return how many functions a command calls from its answer to its end."""
    folder.mkdir()
    write(build, size, folder)
    monkeypatch.chdir(folder)
    calls = 0

    def count(_frame: FrameType, event: str, _: object) -> None:
        nonlocal calls
        calls += event == "call"

    with monkeypatch.context() as patch:
        patch.setattr("verifier.cli.output.answered", lambda: sys.setprofile(count))
        try:
            run_command_line([*COMMANDS[name], "--timeout", "1"])
        finally:
            sys.setprofile(None)
    assert calls, "nothing was printed"
    return calls


def times(build: str, name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> float:
    """Return how many times as many calls printing takes for documents of the second size, once all is loaded."""
    sizes = (SIZES[0], *SIZES)
    _, small, large = (
        calls_to_print(build, size, name, folder / str(number), monkeypatch) for number, size in enumerate(sizes)
    )
    return large / max(small, FEW_CALLS)


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("build", BUILDERS)
def test_printing_grows_as_the_documents_do(
    build: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert times(build, name, tmp_path, monkeypatch) <= MOST_TIMES


def test_a_printer_that_compares_each_value_with_each_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted fault."""
    plain = formula_words._plain
    monkeypatch.setattr(formula_words, "_plain", lambda parts: [plain(parts) for _ in parts].pop())
    assert times("many_values", "prove --all", tmp_path, monkeypatch) > MOST_TIMES


def test_evaluate_finds_nothing_out_while_it_prints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What became of each statement takes time, and while an answer is printed nothing is interrupted."""
    write("set_operators", SIZES[0], tmp_path)
    monkeypatch.chdir(tmp_path)
    printing: list[bool] = []
    found_out: list[bool] = []
    failures = Aws.failures
    monkeypatch.setattr("verifier.cli.output.answered", lambda: printing.append(True))
    monkeypatch.setattr(Aws, "failures", lambda *of: (found_out.append(bool(printing)), failures(*of))[1])
    assert run_command_line(dict(commands())["evaluate"]) in (0, 1)
    assert printing
    assert found_out
    assert not any(found_out)
