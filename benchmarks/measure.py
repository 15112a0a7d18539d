"""What the benchmarks share: the report with its targets, the command line, times and memory.

CPU time is the user and system time of a process, with that of the processes that it started and waited for. It is
what a comparison rests on: wall time tells what else the machine does, and is printed beside it.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from corpus import SEED

MIB = 1024 * 1024


def compiled(folder: Path) -> dict[str, str]:
    """Return an environment in which the first process compiles every module, as pip does when it installs one."""
    keep = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return keep | {"PYTHONPYCACHEPREFIX": str(folder / "compiled")}


@dataclass(frozen=True)
class Target:
    """A figure of this run, and the bound that it should keep to."""

    what: str
    figure: float
    bound: float
    unit: str = ""
    at_least: bool = False

    @property
    def met(self) -> bool:
        """Whether this run keeps to the bound; a figure that is no number does not."""
        return self.figure >= self.bound if self.at_least else self.figure <= self.bound

    def __str__(self) -> str:
        """Return the target as a line of text."""
        word = "at least" if self.at_least else "at most"
        said = "met" if self.met else "MISSED"
        figure = f"{number(self.figure)} {self.unit}".rstrip()
        return f"{self.what}: {figure} (target: {word} {number(self.bound)}) {said}"


@dataclass
class Report:
    """What one run of a benchmark found: targets, other figures in words, and numbers for the plots."""

    benchmark: str
    targets: list[Target] = field(default_factory=list)
    figures: dict[str, str] = field(default_factory=dict)
    series: dict[str, Any] = field(default_factory=dict)

    def show(self) -> None:
        """Print the figures, then the targets."""
        width = max(map(len, self.figures), default=0)
        for name, figure in self.figures.items():
            print(f"{name:{width}}  {figure}")
        for target in self.targets:
            print(target)

    def finish(self, path: Path | None) -> None:
        """Print the report and, where a path is given, write it there as JSON."""
        self.show()
        if path is not None:
            targets = [asdict(target) | {"met": target.met} for target in self.targets]
            path.write_text(json.dumps(asdict(self) | {"targets": targets}, indent=1), encoding="utf-8")


def cpu_time() -> float:
    """Return the CPU time of this process so far, with that of its children: those that ended, and those that run.

    What a running child took is known on Linux only; elsewhere it counts once it has ended.
    """
    ended = os.times()
    return time.process_time() + ended.children_user + ended.children_system + sum(map(cpu_of, children(os.getpid())))


def children(pid: int) -> list[int]:
    """Return the processes that the threads of a process started and that run; none where that is not known."""
    try:
        lists = [path.read_text(encoding="ascii") for path in Path(f"/proc/{pid}/task").glob("*/children")]
    except OSError:
        return []
    return [int(one) for text in lists for one in text.split()]


def cpu_of(pid: int) -> float:
    """Return the CPU time that another process took; 0 where it has ended, or that is not known."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Spent:
    """What a process took, in seconds, and how it ended; `peak` is the most memory that one process held, in bytes."""

    wall: float
    cpu: float
    code: int
    peak: int


def spent(
    command: Sequence[str],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    stdin: IO[Any] | int = subprocess.DEVNULL,
    stdout: IO[Any] | int = subprocess.DEVNULL,
) -> Spent:
    """Run a command to its end and return what it took, with the processes that it waited for."""
    begun = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603 - commands of the benchmarks
        command, cwd=cwd, env=env, stdin=stdin, stdout=stdout, stderr=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)  # so that nobody waits for it again
    peak = used.ru_maxrss if sys.platform == "darwin" else used.ru_maxrss * 1024
    return Spent(wall, used.ru_utime + used.ru_stime, process.returncode, peak)


def parser(description: str | None) -> argparse.ArgumentParser:
    """Return a parser with the options that every benchmark has; `description` is the header of its file."""
    made = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--seed", type=int, default=SEED, help="seed of everything random (default: %(default)s)")
    made.add_argument("--json", type=Path, metavar="FILE", help="also write the report to FILE")
    return made


def quantile(values: Sequence[float], share: float) -> float:
    """Return the smallest of `values` that at least `share` of them do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def exponent(sizes: Sequence[float], times: Sequence[float]) -> tuple[float, float]:
    """Return the slope and the intercept of the least squares line through the upper half, on log axes.

    The upper half of n points is its last ceil(n / 2), at least two; of fewer points there is no slope (NaN).
    """
    if len(sizes) < 2:
        return math.nan, math.nan
    kept = max(2, math.ceil(len(sizes) / 2))
    xs, ys = ([math.log10(value) for value in values[-kept:]] for values in (sizes, times))
    x_mean, y_mean = sum(xs) / kept, sum(ys) / kept
    slope = sum((x - x_mean) * (y - y_mean) for x, y in zip(xs, ys, strict=True)) / sum((x - x_mean) ** 2 for x in xs)
    return slope, y_mean - slope * x_mean


def peak_memory() -> int:
    """Return the most memory that this process has held, in bytes."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def memory() -> int:
    """Return the memory that this process holds, in bytes; where that is not known, the most it has held."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return peak_memory()
    return pages * resource.getpagesize()


def number(value: float) -> str:
    """Return a number with three digits that count, or all of a larger one."""
    if not math.isfinite(value):
        return "none"
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def seconds(value: float) -> str:
    """Return a time in the unit that suits it."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if value >= size:
            return f"{number(value / size)} {unit}"
    return f"{number(value * 1e6)} µs"


def mib(value: float) -> str:
    """Return an amount of memory."""
    return f"{value / MIB:,.0f} MiB"
