"""Run every benchmark, each in a process of its own, and write the table and the plots (`make bench`).

Each benchmark has a time after which it is stopped; all together take less than 15 minutes. In `results/` stand then:

    table.md              every target with its figure and whether it is met, then the other figures
    machine.json          the machine and the versions
    worst_document.json   the slowest question that the search of `traps.py` found
    *.svg                 the plots (`plots.py`)
    raw/*.json            the reports as the benchmarks wrote them, for `--draw`

The last run is also put into `README.md`, between its markers. A run of some benchmarks only leaves all this as it is,
but for their reports; `--draw` makes the table and the plots of the reports that there are.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from measure import number

HERE = Path(__file__).parent
RESULTS = HERE / "results"
RAW = RESULTS / "raw"
README = HERE / "README.md"
BEGIN, END = "<!-- last run: written by run.py -->\n", "<!-- end of the last run -->\n"
# In the order in which they run, with the seconds after which each is stopped; the last may use what is left of all.
BENCHMARKS = {
    "start_up": 30,
    "sweep_corpus": 90,
    "readings": 60,
    "sweep_jobs": 120,
    "inline_batch": 60,
    "large_sweep": 90,
    "all_pairs": 60,
    "growth": 140,
    "real_growth": 330,
    "audit_accounts": 90,
    "delegation_growth": 90,
    "traps": 120,
    "against_strings": 590,
}
ALL_TOGETHER = 890
ARGUMENTS = {"growth": ["--seconds", "8"], "real_growth": ["--seconds", "60"], "readings": ["--rounds", "3"]}
PACKAGES = ("iam-verifier", "z3-solver", "cvc5", "lark", "pydantic", "moto", "hypothesis", "matplotlib")

Result = dict[str, Any]


def main() -> int:
    """Run what is asked for; return 0 iff none failed. To miss a target or to be stopped is no failure."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("names", nargs="*", metavar="NAME", help=f"only these: {', '.join(BENCHMARKS)}")
    options.add_argument("--draw", action="store_true", help="run nothing; table and plots of the last reports")
    chosen = options.parse_args()
    names = chosen.names or list(BENCHMARKS)
    if unknown := [name for name in names if name not in BENCHMARKS]:
        options.error(f"there is no benchmark {', '.join(unknown)}")
    RAW.mkdir(parents=True, exist_ok=True)
    if not chosen.draw:
        end = time.monotonic() + ALL_TOGETHER
        for name in names:
            run(name, min(BENCHMARKS[name], max(1, end - time.monotonic())))
    results = {name: read(name) for name in (BENCHMARKS if chosen.draw else names) if raw(name).exists()}
    print(f"\n{targets(results)}")
    if not chosen.names:
        write(results, chosen.draw)
    return int(any("failed" in results[name].get("stopped", "") for name in names if name in results))


def raw(name: str) -> Path:
    """Return the file of a benchmark's report."""
    return RAW / f"{name}.json"


def read(name: str) -> Result:
    """Return a benchmark's report."""
    found: Result = json.loads(raw(name).read_text(encoding="utf-8"))
    return found


def run(name: str, limit: float) -> None:
    """Run one benchmark; what it prints is passed on. Where it is stopped or fails, its report says so."""
    print(f"\n== {name}", flush=True)
    path = raw(name)
    path.unlink(missing_ok=True)
    begun = time.monotonic()
    command = [sys.executable, str(HERE / f"{name}.py"), "--json", str(path), *ARGUMENTS.get(name, [])]
    with subprocess.Popen(command, start_new_session=True) as process:  # noqa: S603 - ours
        try:
            code: int | None = process.wait(limit)
        except subprocess.TimeoutExpired:
            code = None
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # also what it started and left behind
    taken = time.monotonic() - begun
    print(f"== {name} took {number(taken)} s", flush=True)
    if code != 0 or not path.exists():
        why = f"was stopped after {number(limit)} s" if code is None else f"failed with exit code {code}"
        path.write_text(json.dumps({"benchmark": name, "stopped": why, "targets": [], "figures": {}, "series": {}}))
    path.write_text(json.dumps(read(name) | {"seconds": taken, "command": shown(name)}, indent=1), encoding="utf-8")


def shown(name: str) -> str:
    """Return the command of a benchmark as one may type it."""
    return " ".join(["python", f"benchmarks/{name}.py", *ARGUMENTS.get(name, [])])


def machine() -> dict[str, str]:
    """Return the machine and the versions, as the table shows them."""
    found = {
        "date": datetime.now(UTC).date().isoformat(),
        "processor": f"{processor()}, {os.cpu_count()} logical cores",
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.1f} GiB",
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "Python": platform.python_version(),
    }
    for package in PACKAGES:
        with contextlib.suppress(PackageNotFoundError):
            found[package] = version(package)
    return found


def processor() -> str:
    """Return the name of the processor."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def write(results: dict[str, Result], again: bool) -> None:
    """Write the table, the plots and the last run of the README; `again`: of an earlier run."""
    from plots import draw  # noqa: PLC0415 - needs matplotlib, the runs do not

    place = RESULTS / "machine.json"
    if not again:
        place.write_text(json.dumps(machine(), indent=1) + "\n", encoding="utf-8")
    about = json.loads(place.read_text(encoding="utf-8"))
    table = f"{targets(results)}\n{about_run(about, results)}"
    (RESULTS / "table.md").write_text(f"# The last run\n\n{table}\n{figures(results)}", encoding="utf-8")
    worst = results.get("traps", {}).get("series", {}).get("worst")
    if worst:
        (RESULTS / "worst_document.json").write_text(json.dumps(worst, indent=1) + "\n", encoding="utf-8")
    drawn = draw(results, RESULTS)
    pictures = "\n\n".join(f"![{title}](results/{name})" for name, title in drawn.items())
    if README.exists():
        before, _, rest = README.read_text(encoding="utf-8").partition(BEGIN)
        _, _, after = rest.partition(END)
        README.write_text(f"{before}{BEGIN}\n{table}\n{pictures}\n\n{END}{after}", encoding="utf-8")
    print(f"written to {RESULTS.relative_to(HERE.parent)}/")


def targets(results: dict[str, Result]) -> str:
    """Return the table of targets."""
    rows = ["| benchmark | figure | this run | target | |", "| --- | --- | --- | --- | --- |"]
    for name, result in results.items():
        if "stopped" in result:
            rows.append(f"| {name} | | {result['stopped']} | | **missed** |")
        for one in result["targets"]:
            bound = f"{'at least' if one['at_least'] else 'at most'} {number(one['bound'])}"
            figure = f"{number(one['figure'])} {one['unit']}".rstrip()
            said = "met" if one["met"] else "**missed**"
            rows.append(f"| {name} | {one['what']} | {figure} | {bound} | {said} |")
    return "\n".join(rows) + "\n"


def about_run(about: dict[str, str], results: dict[str, Result]) -> str:
    """Return machine, versions, and how long it took, in words."""
    taken = sum(result["seconds"] for result in results.values())
    told = ", ".join(f"{name} {value}" for name, value in about.items() if name not in ("date", "processor", "memory"))
    place = f"{about['processor']}, {about['memory']}"
    return f"{about['date']}, {place}; {told}. The benchmarks took {number(taken)} s together.\n"


def figures(results: dict[str, Result]) -> str:
    """Return the other figures, a section for each benchmark."""
    parts = []
    for name, result in results.items():
        rows = "\n".join(f"| {what} | {figure} |" for what, figure in escaped(result["figures"]))
        heading = f"## {name}\n\n`{result['command']}`, {number(result['seconds'])} s"
        parts.append(f"{heading}\n\n| | |\n| --- | --- |\n{rows}\n")
    return "\n".join(parts)


def escaped(found: dict[str, str]) -> list[tuple[str, str]]:
    """Return names and figures such that Markdown shows them as they are."""
    return [tuple(text.replace("*", r"\*").replace("|", r"\|") for text in pair) for pair in found.items()]


if __name__ == "__main__":
    sys.exit(main())
