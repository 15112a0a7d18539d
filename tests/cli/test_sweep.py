"""`sweep`: a line for each document, the summary, exit codes, the bar, Ctrl-C."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import DOCUMENTS, Call, policy
from tests.commands import PATIENCE, ROOT, python_path
from verifier import Contained, Swept, Undecided
from verifier.bulk import pool
from verifier.cli.commands import ExitCode
from verifier.cli.options import FailOn
from verifier.cli.sweep import _code
from verifier.report.swept import Tally

SWEEP = [sys.executable, "-m", "verifier", "sweep", "-v", "--maximum", "maximum.json"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": python_path(ROOT), "TERM": "xterm", "COLUMNS": "80", "NO_COLOR": ""}

# The documents of a sweep, its exit code, and the verdicts in order.
CALLS = [
    ("policy.json old.json", 0, ["contained", "contained"]),
    ("policies", 0, ["contained", "contained"]),
    ("policies policies.jsonl", 0, ["contained"] * 3),
    ("policy.json wide.json bad.json", 1, ["contained", "escapes", "error"]),
    ("bad.json policy.json", 2, ["error", "contained"]),
    ("none.json", 2, ["error"]),
    ("wide.json --boundary boundary.json", 0, ["contained"]),
    ("wide.json --session boundary.json", 0, ["contained"]),
    ("wide.json --scp boundary.json", 0, ["contained"]),
    ("deny.json policy.json", 0, ["contained", "contained"]),
    ("deny.json policy.json --fail-on vacuous", 1, ["contained", "contained"]),
    ("policy.json --fail-on vacuous --timeout 20 --jobs 1", 0, ["contained"]),
    ("policy.json wide.json bad.json --jobs 2", 1, ["contained", "escapes", "error"]),
]


@pytest.mark.parametrize(("line", "code", "verdicts"), CALLS, ids=[line for line, *_ in CALLS])
def test_a_sweep_in_both_formats(call: Call, line: str, code: int, verdicts: list[str]) -> None:
    text = call("sweep", *shlex.split(line), "--maximum", "maximum.json", "-v")
    assert (text.code, text.err) == (code, "")
    words = [row.split()[0].lower() for row in text.out.partition("\n\n")[0].splitlines()]
    assert words == verdicts
    for word in ("contained", "escapes", "undecided", "error"):
        assert f"\n{word:<9}  {verdicts.count(word)}\n" in text.out
    assert ("VACUOUS" in text.out) is ("deny.json" in line)

    data = call("sweep", *shlex.split(line), "--maximum", "maximum.json", "--format", "json")
    answers = [json.loads(row) for row in data.out.splitlines()]
    assert data.code == code
    assert [answer.get("verdict", "error") for answer in answers] == verdicts
    assert all(next(iter(answer)) == "document" for answer in answers)
    assert all({"message", "help"} <= set(answer["error"]) for answer in answers if "error" in answer)
    assert f"documents  {len(verdicts)}\n" in data.err


def test_each_answer_is_that_of_prove(call: Call) -> None:
    names = ("policy.json", "wide.json", "deny.json", "odd.json")
    swept = call("sweep", *names, "--maximum", "maximum.json", "--format", "json", "--jobs", "1")
    for name, line in zip(names, swept.out.splitlines(), strict=True):
        answer = json.loads(line)
        assert answer.pop("document") == name
        proved = call("prove", "--policy", name, "--maximum", "maximum.json", "--format", "json").json
        assert [warning.pop("document") for warning in proved.get("warnings", ())] == [name] * (name == "odd.json")
        assert answer == proved


def test_lines_name_their_documents(call: Call, folder: Path) -> None:
    stdin = "\n".join([json.dumps({"name": "web", "document": policy()}), "", '{"Version": 7}'])
    done = call("sweep", "-", "--maximum", "maximum.json", "-v", stdin=stdin)
    assert done.code == 2
    assert done.out.splitlines()[0] == "CONTAINED  web"
    assert done.out.splitlines()[1].startswith("ERROR      -:3:13: ")


def test_warnings_are_on_standard_error_and_do_not_flood(call: Call, folder: Path) -> None:
    one = call("sweep", "odd.json", "--maximum", "maximum.json")
    assert one.err.startswith("warning: odd.json:1:")
    (folder / "odd.jsonl").write_text(f"{json.dumps(DOCUMENTS['odd.json'])}\n" * 30)
    many = call("sweep", "odd.jsonl", "--maximum", "maximum.json", "--jobs", "1")
    assert many.err.count("warning: ") == 20
    assert many.err.endswith("more warnings are left out; --format json has them all\n")


@pytest.mark.parametrize(
    ("line", "piece"),
    [
        ("sweep --maximum maximum.json", "missing argument"),
        ("sweep policy.json", "no maximum given"),
        ("sweep policy.json --maximum bad.json", "bad.json:2:17"),
        ("sweep policy.json --maximum maximum.json --jobs 0", "0 is not a number of processes"),
        ("sweep policy.json --maximum maximum.json --cache no/file", "there is no folder for the cache `no/file`"),
        ("sweep policy.json --maximum maximum.json --cache maximum.json", "`maximum.json` is not a cache of verifier"),
        ("sweep empty.jsonl --maximum maximum.json", "no document found"),
        ("batch --cache maximum.json", "`maximum.json` is not a cache of verifier"),
        ("batch --jobs 0", "0 is not a number of processes"),
    ],
)
def test_a_call_that_is_wrong(call: Call, folder: Path, line: str, piece: str) -> None:
    (folder / "empty.jsonl").touch()
    done = call(*shlex.split(line))
    assert done.code == 2
    assert done.err.startswith("error: ")
    assert piece in done.err


def test_without_dask(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    done = call("sweep", "policy.json", "--maximum", "maximum.json", "--dask", "tcp://127.0.0.1:1")
    assert (done.code, done.err) == (
        2,
        "error: Dask is not installed\n  help: in a checkout of verifier: pip install '.[dask]'\n",
    )


def test_a_second_call_remembers(call: Call) -> None:
    line = ("sweep", "policies", "--maximum", "maximum.json", "--cache", "answers.sqlite")
    first, second = call(*line), call(*line)
    assert first.code == second.code == 0
    assert "  remembered  2\n" in second.out
    assert second.out.replace("  remembered  2\n", "").split() == first.out.replace("  remembered  1\n", "").split()


def test_exit_codes_of_what_is_not_known() -> None:
    def code(*answers: Contained | Undecided, fail_on: FailOn | None = None) -> ExitCode:
        tally = Tally()
        for answer in answers:
            tally.add(Swept("x", answer))
        return _code(tally, fail_on)

    assert code(Contained(False), Undecided("time")) == ExitCode.UNDECIDED
    assert code(Contained(None)) == ExitCode.YES
    assert code(Contained(None), fail_on=FailOn.VACUOUS) == ExitCode.UNDECIDED
    assert code(Contained(None), Contained(True), fail_on=FailOn.VACUOUS) == ExitCode.NO


def test_a_small_sweep_starts_no_processes(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "OwnProcesses", None)
    assert call("sweep", "policies", "--maximum", "maximum.json").code == 0


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_ends_with_what_was_done(folder: Path, jobs: str) -> None:
    """The whole group gets the signal, as from a terminal; the input stays open, so the sweep has to be waiting."""
    process = subprocess.Popen(
        [*SWEEP, "-", "--jobs", jobs],
        env=ENVIRONMENT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        bufsize=0,  # what is read ahead would be lost to `communicate`
    )
    assert process.stdin
    assert process.stdout
    process.stdin.write(json.dumps(DOCUMENTS["policy.json"]).encode().ljust(4_000) + b"\n")
    for _ in range(200):
        process.stdin.write(json.dumps(DOCUMENTS["wide.json"]).encode().ljust(4_000) + b"\n")
    process.stdin.flush()
    assert select.select([process.stdout], [], [], PATIENCE)[0]
    first = process.stdout.readline()
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE)
    rows = (first + out).decode().partition("\n\n")[0].splitlines()[1:]
    assert process.returncode == 130
    assert first == b"CONTAINED  -:1\n"
    assert [row for row in rows if not row.startswith("ESCAPES    -:")] == []
    assert err.decode() == f"interrupted: {len(rows) + 1} documents were answered, the others were not\n"
    assert re.search(rf"^documents +{len(rows) + 1}$", out.decode(), re.MULTILINE)


def on_terminal(arguments: list[str], folder: Path, *, together: bool) -> tuple[bytes, bytes]:
    """Return what comes to the terminal, which standard error is, and what to standard output where that is none."""
    ours, theirs = pty.openpty()
    with (folder / "out").open("wb") as file:
        done = subprocess.Popen(
            [*SWEEP, *arguments],
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=theirs if together else file,
            stderr=theirs,
        )
        os.close(theirs)
        found = b""
        try:
            while piece := os.read(ours, 4096):
                found += piece
        except OSError:  # the other end is closed and all is read
            pass
        os.close(ours)
        done.wait(timeout=PATIENCE)
    return found, (folder / "out").read_bytes()


def test_a_bar_is_for_terminals(folder: Path) -> None:
    both, _ = on_terminal(["policies", "wide.json"], folder, together=True)
    assert b"3/3" in both
    assert b"ESCAPES\x1b[0m    wide.json" in both
    bar, out = on_terminal(["policies", "wide.json"], folder, together=False)
    assert b"3/3" in bar
    assert b"ESCAPES" not in bar
    assert out.startswith(b"CONTAINED  policies/a.json\n")
    quiet, out = on_terminal(["policies", "wide.json", "--format", "json"], folder, together=False)
    assert (
        re.sub(rb"\x1b\[[0-9;]*m", b"", quiet).split()
        == b"contained 2 escapes 1 undecided 0 error 0 documents 3".split()
    )
    assert out.count(b"\n") == 3


def test_what_escapes_is_grouped_and_a_long_list_is_cut(call: Call, folder: Path) -> None:
    actions = ["iam:PassRole"] * 13 + ["ec2:RunInstances"] * 2
    documents = [{"name": f"d{number}", "document": policy(action=action)} for number, action in enumerate(actions)]
    fine = [{"name": "fine", "document": policy()}]
    (folder / "many.jsonl").write_text("\n".join(map(json.dumps, [*fine, *documents])))
    short = call("sweep", "many.jsonl", "--maximum", "maximum.json", "--jobs", "1")
    assert short.code == 1
    assert short.out.count("\nESCAPES") + short.out.startswith("ESCAPES") == 10
    assert "CONTAINED" not in short.out
    assert "and 5 more to look at; `-v` shows a line for each document" in short.out
    assert (
        "what escapes\n  13  iam:PassRole      d0, d1, d2, and 10 more\n   2  ec2:RunInstances  d13, d14\n" in short.out
    )
    whole = call("sweep", "many.jsonl", "--maximum", "maximum.json", "--jobs", "1", "-v").out.splitlines()
    assert [row.split()[0] for row in whole[:16]] == ["CONTAINED", *["ESCAPES"] * 15]
