"""Running the commands that the documentation shows, as a reader would type them.

`VERIFIER_BIN` names the folder whose `verifier` and `python` are used; without it, those of the running interpreter.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.clock.sitecustomize import PATIENCE

__all__ = ["BIN", "PATIENCE", "ROOT", "Ran", "python_path", "run"]

ROOT = Path(__file__).parent.parent
BIN = Path(os.environ.get("VERIFIER_BIN") or Path(sys.executable).parent).absolute()
SHELL = shutil.which("sh") or "/bin/sh"

_DIED = "Traceback (most recent call last)"


def python_path(*folders: Path | str) -> str:
    """Return a PYTHONPATH of `folders`, under which a process has the clock of the tests, unless it has it already."""
    places = os.pathsep.join(map(str, folders)).split(os.pathsep) if folders else []
    clock = str(ROOT / "tests" / "clock")
    return os.pathsep.join(places if clock in places else [*places, clock])


@dataclass(frozen=True)
class Ran:
    """What came of a script: its exit code, and both streams."""

    code: int
    out: str
    err: str


def run(script: str, folder: Path, *, together: bool = False) -> Ran:
    """Run a shell script in `folder`, both streams as one if `together`. A traceback fails the test."""
    done = subprocess.run(
        [SHELL, "-c", script],
        cwd=folder,
        env={**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "NO_COLOR": "1", "COLUMNS": "120"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT if together else subprocess.PIPE,
        encoding="utf-8",
        check=False,
        timeout=PATIENCE,
    )
    ran = Ran(done.returncode, done.stdout, done.stderr or "")
    assert _DIED not in ran.out + ran.err, ran.out + ran.err
    return ran
