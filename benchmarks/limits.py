"""Does a limit hold for the whole process? Every command on every hostile document, with `--timeout 2`.

    python benchmarks/limits.py [--size BYTES] [--seconds SECONDS] [--command NAME] [--input NAME]

Prints the wall and CPU seconds of each process and by how much it overran its limit: at most two seconds are promised.
The inputs are those of `tests/hostile_inputs/`, whose tests count work and measure no time.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from tests.hostile_inputs.documents import BUILDERS, commands

_PROMISED = 2.0


def main() -> None:
    """Measure what the arguments ask for."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--size", type=int, default=150_000)
    options.add_argument("--seconds", type=float, default=2.0)
    options.add_argument("--command", default="")
    options.add_argument("--input", default="")
    asked = options.parse_args()
    worst = 0.0
    for name in BUILDERS:
        if asked.input in name:
            for command, wall, cpu, code in _measured(name, asked.size, asked.seconds, asked.command):
                over = wall - asked.seconds
                worst = max(worst, over)
                late = "  LATE" if over > _PROMISED else ""
                print(f"{name:24} {command:18} exit {code:3}  wall {wall:6.1f}  cpu {cpu:6.1f}{late}", flush=True)
    print(f"at most {max(worst, 0):.1f} s over the limit")


def _measured(name: str, size: int, seconds: float, wanted: str) -> Iterator[tuple[str, float, float, int]]:
    with tempfile.TemporaryDirectory() as folder:
        for text, file in zip(BUILDERS[name](size), ("asked.json", "maximum.json"), strict=True):
            (Path(folder) / file).write_text(text, encoding="utf-8")
        for command, arguments in commands(folder):
            if wanted and command != wanted:
                continue
            begun, before = time.perf_counter(), _cpu()
            done = subprocess.run(  # noqa: S603  # our own command
                [sys.executable, "-m", "verifier", *arguments, "--timeout", str(seconds)],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "NO_COLOR": "1"},
                check=False,
            )
            yield command, time.perf_counter() - begun, _cpu() - before, done.returncode


def _cpu() -> float:
    times = os.times()
    return times.children_user + times.children_system


if __name__ == "__main__":
    main()
