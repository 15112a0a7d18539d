"""Nothing is imported from the working directory, by any command and by no process that it starts (`hostile.py`)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.commands import BIN
from tests.hostile import Planted, plant_modules

COMMAND = [str(BIN / "verifier")]
SAFE = [sys.executable, "-P", "-m", "verifier"]
# A process as it is without any protection: its own folder is the first place to look in.
UNSAFE = [sys.executable, "-c", "from verifier.cli import main; main()"]


def document(action: str, **others: object) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"} | others]}


@pytest.fixture
def planted(tmp_path: Path) -> Planted:
    folder = tmp_path / "checkout"
    (folder / "policies").mkdir(parents=True)
    for number in range(4):
        (folder / f"policies/{number}.json").write_text(json.dumps(document(f"s3:Get{number}*")), encoding="utf-8")
    (folder / "wide.json").write_text(json.dumps(document("*")), encoding="utf-8")
    (folder / "maximum.json").write_text(json.dumps(document("s3:*")), encoding="utf-8")
    return plant_modules(folder)


def run(planted: Planted, command: list[str], *arguments: str, stdin: str = "") -> tuple[int, str]:
    """Return the exit code and standard output of a call in the planted folder."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        [*command, *arguments],
        cwd=planted.folder,
        env=environment | {"NO_COLOR": "1"},
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    return done.returncode, done.stdout


@pytest.mark.parametrize("command", [COMMAND, SAFE], ids=["command", "safe module"])
def test_a_proof_imports_nothing_from_here(planted: Planted, command: list[str]) -> None:
    code, out = run(planted, command, "prove", "--policy", "wide.json", "--maximum", "maximum.json")
    assert (code, out[:7]) == (1, "ESCAPES")
    assert planted.ran() == set()


def test_a_process_without_protection_is_caught(planted: Planted) -> None:
    run(planted, UNSAFE, "prove", "--policy", "wide.json", "--maximum", "maximum.json")
    assert planted.ran() != set()
