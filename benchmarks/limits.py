"""Does a limit hold for the whole process? Every command on every hostile document, with `--timeout 2`.

    python benchmarks/limits.py [--size BYTES] [--seconds SECONDS] [--command NAME] [--input NAME]

Prints the wall and CPU seconds of each process, and which ended more than two seconds after its limit, as is promised.
On a busy machine the wall tells what the others do; what took too much CPU is late on any machine.
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
from tests.hostile_inputs.documents import BUILDERS, commands, write

_PROMISED = 2.0


def main() -> None:
    """Measure what the arguments ask for."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--size", type=int, default=150_000)
    options.add_argument("--seconds", type=float, default=2.0)
    options.add_argument("--command", default="")
    options.add_argument("--input", default="")
    asked = options.parse_args()
    worst, worst_cpu = 0.0, 0.0
    for name in BUILDERS:
        if asked.input in name:
            for command, wall, cpu, code in _measured(name, asked.size, asked.seconds, asked.command):
                over, busy = wall - asked.seconds, cpu - asked.seconds
                worst, worst_cpu = max(worst, over), max(worst_cpu, busy)
                late = "  LATE" if busy > _PROMISED else "  late by the wall" if over > _PROMISED else ""
                print(f"{name:24} {command:17} exit {code:3}  wall {wall:6.1f}  cpu {cpu:6.1f}{late}", flush=True)
    print(f"at most {worst:.1f} s over the limit, and {worst_cpu:.1f} s of CPU")


def _measured(name: str, size: int, seconds: float, wanted: str) -> Iterator[tuple[str, float, float, int]]:
    with tempfile.TemporaryDirectory() as folder:
        write(name, size, Path(folder), repository=True)
        for command, arguments in commands():
            if wanted and command != wanted:
                continue
            begun, before = time.perf_counter(), _cpu()
            with (Path(folder) / "batch.jsonl").open("rb") as lines:
                done = subprocess.run(  # noqa: S603  # our own command
                    [sys.executable, "-P", "-m", "verifier", *arguments, "--timeout", str(seconds)],
                    cwd=folder,
                    stdin=lines,
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
