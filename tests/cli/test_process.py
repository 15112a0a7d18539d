"""What only a process of its own can show: streaming, memory, signals, terminals, closed pipes, start-up."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import QUESTION
from tests.commands import PATIENCE, ROOT, python_path

VERIFIER = [sys.executable, "-m", "verifier"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": python_path(ROOT), "TERM": "xterm", "COLUMNS": "80"} | {"NO_COLOR": ""}
PROVEN = (
    "from verifier.cli.app import run_command_line as run; "
    "assert run('prove --policy policy.json --maximum maximum.json'.split()) == 0"
)
CHECKED = (
    "open('verifier.toml', 'w').write("
    '\'[[rule]]\\nname = "one"\\npolicies = ["policy.json"]\\nmaximum = "maximum.json"\')\n'
    "from verifier.cli.app import run_command_line as run; assert run(['check']) == 0"
)
LINE = json.dumps(QUESTION | {"id": 1}).encode() + b"\n"
PROVE = ["prove", "--policy", "wide.json", "--maximum", "maximum.json"]


def start(*arguments: str, **others: object) -> subprocess.Popen[bytes]:
    streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | others
    return subprocess.Popen([*VERIFIER, *arguments], env=ENVIRONMENT, **streams)  # type: ignore[call-overload, no-any-return]  # streams by name


def on_terminal(arguments: list[str], env: dict[str, str], *, stream: str = "stdout") -> bytes:
    """Return what a call writes to `stream`, which is a terminal; the other one is not."""
    ours, theirs = pty.openpty()
    others = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL} | {stream: theirs}
    subprocess.run([*VERIFIER, *arguments], env=ENVIRONMENT | env, stdin=subprocess.DEVNULL, check=False, **others)  # type: ignore[call-overload]  # as above
    os.close(theirs)
    found = b""
    try:
        while piece := os.read(ours, 4096):
            found += piece
    except OSError:  # the other end is closed and all is read
        pass
    os.close(ours)
    return found


def test_colours_are_for_terminals(folder: Path) -> None:
    assert b"\x1b[1;31mESCAPES\x1b[0m" in on_terminal(PROVE, {})
    assert b"\x1b" not in on_terminal(PROVE, {"NO_COLOR": "1"})
    wrong = ["prove", "--policy", "bad.json", "--maximum", "maximum.json"]
    assert on_terminal(wrong, {}, stream="stderr").startswith(b"\x1b[1;31merror\x1b[0m: ")


def test_answers_come_as_lines_come(folder: Path) -> None:
    process = start("batch")
    assert process.stdin
    assert process.stdout
    for number in range(3):
        process.stdin.write(json.dumps(QUESTION | {"id": number}).encode() + b"\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["id"] == number
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, err) == (130, b"")


def test_a_reader_that_goes_away_ends_the_batch(folder: Path) -> None:
    process = start("batch")
    assert process.stdin
    assert process.stdout
    assert process.stderr
    with process.stdin, process.stderr:
        process.stdin.write(LINE)
        process.stdin.flush()
        process.stdout.readline()
        process.stdout.close()
        process.stdin.write(LINE * 10)
        process.stdin.flush()
        assert process.stderr.read() == b""
        assert process.wait(timeout=PATIENCE) == 141


def test_memory_stays_flat(folder: Path) -> None:
    def peak(count: int) -> int:
        (folder / "many.jsonl").write_bytes(LINE * count)
        code = (
            "import sys; from tests.peak_memory import peak_memory; from verifier.cli.app import run_command_line;"
            "code = run_command_line(['batch']); print(peak_memory(), file=sys.stderr); sys.exit(code)"
        )
        with (folder / "many.jsonl").open("rb") as stdin:
            done = subprocess.run(
                [sys.executable, "-c", code], env=ENVIRONMENT, stdin=stdin, capture_output=True, check=True
            )
        assert done.stdout.count(b"\n") == count
        return int(done.stderr)

    assert peak(1_500) < peak(150) * 1.1


@pytest.mark.parametrize("redirection", [">/dev/full", ">&-"])
def test_an_answer_that_is_lost_is_no_yes(folder: Path, redirection: str) -> None:
    command = f"{sys.executable} -m verifier diff old.json new.json {redirection}"
    done = subprocess.run(["/bin/sh", "-c", command], env=ENVIRONMENT, capture_output=True, check=False)
    assert done.returncode == (0 if redirection == ">&-" else 2)
    assert b"Traceback" not in done.stderr + done.stdout


def test_completion(folder: Path) -> None:
    script = subprocess.run(
        [*VERIFIER, "--show-completion", "bash"],
        env=ENVIRONMENT | {"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "complete -o default -F _verifier_completion verifier" in script
    asked = {"_VERIFIER_COMPLETE": "complete_bash", "COMP_WORDS": "verifier prove --format ", "COMP_CWORD": "3"}
    done = subprocess.run(VERIFIER, env=ENVIRONMENT | asked, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["text", "json", "sarif", "html", "junit", "markdown"]


@pytest.mark.parametrize(
    ("words", "completed"),
    [
        ("verifier prove --maximum aws:PowerUser", {"aws:PowerUserAccess"}),
        ("verifier prove --maximum preset:no-e", {"preset:no-escalation", "preset:no-exposure"}),
        ("verifier confine b.json --to dynamo", {"dynamodb"}),
        ("verifier prove --at-most s3,dynamo", {"s3,dynamodb"}),
        ("verifier prove --maximum poli", set()),
    ],
)
def test_names_are_completed(words: str, completed: set[str]) -> None:
    asked = {"_VERIFIER_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(len(words.split()) - 1)}
    done = subprocess.run(VERIFIER, env=ENVIRONMENT | asked, capture_output=True, text=True, check=False)
    assert set(done.stdout.split()) == completed


# What a proof that finds nothing wrong has no use for; every one of them would cost it milliseconds.
IDLE = {
    *(
        "asyncio",
        "email",
        "importlib.metadata",
        "importlib.resources",
        "lark",
        "multiprocessing",
        "pydantic",
        "rich",
        "sqlite3",
    ),
    *(f"verifier.clouds.aws.catalogue.{name}" for name in ("origin", "resources")),
    *(f"verifier.cli.{name}" for name in ("batch", "batch_lines", "confine", "diff", "evaluate", "sweep")),
    *(f"verifier.questions.{name}" for name in ("diff", "export", "read_question")),
    *(f"verifier.report.{name}" for name in ("answers", "diagnostics", "explanation_text")),
    *(
        f"verifier.{name}"
        for name in (
            "bulk",
            "base.syntax_errors",
            "clouds.aws.world",
            "explanations.explanation",
        )
    ),
}


@pytest.mark.parametrize(
    ("code", "unwanted"),
    [
        ("import verifier", {"verifier.api", "typer", "lark", "z3", "pydantic", "rich"}),
        ("from verifier.cli.app import run_command_line as run; run(['--help'])", {"lark", "z3", "pydantic", "rich"}),
        (
            "from verifier.cli.app import run_command_line as run; run(['prove', '--help'])",
            {"lark", "z3", "pydantic", "rich"},
        ),
        (
            "from verifier.cli.app import run_command_line as run; run('diff old.json new.json'.split())",
            {"lark", "pydantic", "rich"},
        ),
        (CHECKED, {"lark", "pydantic", "rich", "z3"}),
        (PROVEN, IDLE | {"z3"}),
    ],
)
def test_nothing_is_imported_that_is_not_needed(folder: Path, code: str, unwanted: set[str]) -> None:
    assert not unwanted & loaded(code)


def test_a_proof_makes_its_classes_in_the_quick_way(folder: Path) -> None:
    slow = re.compile(r"^(?:from dataclasses import .*\bdataclass\b|import dataclasses)", re.MULTILINE)
    ours = {name for name in loaded(PROVEN) if name.startswith("verifier.")} - {"verifier.base.dataclass"}
    assert {name for name in ours if slow.search(source(name))} == set(), "use verifier/base/dataclass.py"


def loaded(code: str) -> set[str]:
    """The modules that are there after `code`."""
    program = f"import sys\n{code}\nprint(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", program], env=ENVIRONMENT, capture_output=True, text=True, check=True)
    return set(done.stderr.split())


def source(name: str) -> str:
    path = ROOT.joinpath(*name.split("."))
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return path.read_text(encoding="utf-8")
