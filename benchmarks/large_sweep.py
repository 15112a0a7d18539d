"""How many documents a second does a sweep of a very large set answer, with one process and with two?

Question   `verifier sweep FOLDER` of many distinct documents beside PowerUserAccess and within ReadOnlyAccess, with
           `--jobs 1` and `--jobs 2`. Each document is one of the corpus, changed by a seeded script: other accounts,
           buckets and regions in its resources, actions left out or taken from another policy, statements dropped,
           turned into a Deny or repeated under a condition. No two say the same.
Target     two processes at least 1.85 times as fast as one; the memory of all processes together in the last quarter
           of the run at most 1.1 times that in the third.
Measured   whole processes by their parent, from files on disk, indented, one after the other; what they print is kept
           and compared: both print the same answers. CPU time is that of all processes. On a machine that does other
           things too the wall time says little, so the ratio is also worked out from CPU time alone: what one process
           took, over the longest that a process of two must take, or half of what all of them took, if that is more.
           Memory is the resident memory of all processes, read twice a second.

The documents are written once, to `build/large_sweep`. The size of the milestone is `--documents 100000`.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import corpus
from measure import MIB, Report, Target, children, cpu_of, mib, number, parser, seconds

BOUNDARY, MAXIMUM = "PowerUserAccess", "ReadOnlyAccess"
PLACE = Path(__file__).parent.parent / "build" / "large_sweep"
JOBS = (1, 2)
IN_A_FOLDER = 1_000
INTERVAL = 0.5


@dataclass
class Run:
    """One sweep: seconds, the digest of what it printed, and the memory of all its processes over time, in bytes."""

    wall: float = 0.0
    cpu: float = 0.0
    busiest: float = 0.0
    answers: str = ""
    code: int = 0
    memory: list[int] = field(default_factory=list)

    @property
    def quarters(self) -> list[int]:
        """The most memory in each quarter of the run."""
        length = len(self.memory)
        return [max(self.memory[length * i // 4 : max(length * (i + 1) // 4, 1)] or [0]) for i in range(4)]


def main() -> None:
    """Write the documents, run the sweeps and report."""
    options = parser(__doc__)
    options.add_argument("--documents", type=int, default=2_000, help="how many (default: %(default)s)")
    options.add_argument("--jobs", type=int, choices=JOBS, help="only this number of processes, without a ratio")
    chosen = options.parse_args()
    folder = written(chosen.documents, chosen.seed)
    runs = {jobs: sweep(folder, jobs) for jobs in ([chosen.jobs] if chosen.jobs else JOBS)}
    if len({(run.code, run.answers) for run in runs.values()}) != 1:
        raise SystemExit("one process and two do not answer the same")
    report(runs, chosen.documents).finish(chosen.json)


def written(count: int, seed: int) -> Path:
    """Return the folder of the documents, which are written if they are not there."""
    folder = PLACE / f"{count}-{seed}"
    done = folder / "written"
    if not done.exists():
        shutil.rmtree(folder, ignore_errors=True)
        for place, document in enumerate(documents(count, seed)):
            path = folder / "policies" / f"{place // IN_A_FOLDER:03}" / f"{place:06}.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(document, indent=4), encoding="utf-8")
        for name in (BOUNDARY, MAXIMUM):
            text = json.dumps(json.loads(corpus.texts()[name]), indent=4)
            (folder / f"{name}.json").write_text(text, encoding="utf-8")
        done.touch()
    return folder


def documents(count: int, seed: int) -> Iterator[dict[str, Any]]:
    """Yield `count` documents, no two alike."""
    draw = random.Random(seed)  # noqa: S311 - documents are no secret
    originals = [json.loads(text) for text in corpus.texts().values()]
    seen: set[bytes] = set()
    while len(seen) < count:
        document = mutated(draw, originals)
        said = sha256(json.dumps(document, sort_keys=True).encode()).digest()
        if said not in seen:
            seen.add(said)
            yield document


def mutated(draw: random.Random, originals: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a document like one of `originals`, changed in one to three ways; all resources are of one account."""
    account, name = f"{draw.randrange(10**11, 10**12)}", f"{draw.randrange(10**6):06}"
    found: dict[str, Any] = json.loads(json.dumps(draw.choice(originals)))
    statements = [of_account(statement, account, name, draw) for statement in listed(found["Statement"])]
    for _ in range(draw.randint(1, 3)):
        change = draw.choice([fewer_actions, other_actions, fewer_statements, denied, conditioned])
        statements = change(draw, statements, originals)
    for place, statement in enumerate(statements):
        statement["Sid"] = f"S{name}x{place}"
    return {"Version": "2012-10-17", "Statement": statements}


def of_account(statement: dict[str, Any], account: str, name: str, draw: random.Random) -> dict[str, Any]:
    """Return `statement` with its resources in one account, and with names of that account where it had any name."""
    region = draw.choice(["us-east-1", "eu-west-1", "eu-central-1", "*"])
    for element in ("Resource", "NotResource"):
        if element in statement:
            entries = [own(entry, account, region, name) for entry in listed(statement[element])]
            statement[element] = entries[0] if len(entries) == 1 else entries
    return statement


def own(entry: str, account: str, region: str, name: str) -> str:
    """Return an entry of Resource for one account and region; `*` becomes the objects of a bucket now and then."""
    fields = entry.split(":", 5)
    if len(fields) < 6:
        return entry if int(name) % 3 else f"arn:aws:s3:::team-{name}/*"
    fields[3] = region if fields[3] == "*" else fields[3]
    fields[4] = account if fields[4] == "*" else fields[4]
    fields[5] = f"{fields[5].removesuffix('*')}{name}*" if fields[5].endswith("*") else fields[5]
    return ":".join(fields)


Statements = list[dict[str, Any]]


def fewer_actions(draw: random.Random, statements: Statements, _: list[dict[str, Any]]) -> Statements:
    """Leave out some of the actions of a statement."""
    statement = draw.choice(statements)
    for element in ("Action", "NotAction"):
        if element in statement and len(entries := listed(statement[element])) > 1:
            statement[element] = draw.sample(entries, draw.randint(1, len(entries) - 1))
    return statements


def other_actions(draw: random.Random, statements: Statements, originals: list[dict[str, Any]]) -> Statements:
    """Add a few actions of another policy to a statement."""
    other = draw.choice(listed(draw.choice(originals)["Statement"]))
    statement = draw.choice(statements)
    if "Action" in other and "Action" in statement:
        more = listed(other["Action"])
        statement["Action"] = [*listed(statement["Action"]), *draw.sample(more, min(3, len(more)))]
    return statements


def fewer_statements(draw: random.Random, statements: Statements, _: list[dict[str, Any]]) -> Statements:
    """Leave out a statement, unless it is the last one."""
    if len(statements) > 1:
        statements.pop(draw.randrange(len(statements)))
    return statements


def denied(draw: random.Random, statements: Statements, _: list[dict[str, Any]]) -> Statements:
    """Deny what a statement allows, under a tag."""
    statement = json.loads(json.dumps(draw.choice(statements)))
    tag = {"StringEquals": {"aws:PrincipalTag/team": f"team-{draw.randrange(10**4)}"}}
    return [*statements, statement | {"Effect": "Deny", "Condition": tag}]


def conditioned(draw: random.Random, statements: Statements, _: list[dict[str, Any]]) -> Statements:
    """Ask for a region in a statement that has no condition."""
    statement = draw.choice(statements)
    regions = draw.sample(["us-east-1", "us-west-2", "eu-west-1", "ap-south-1"], 2)
    statement.setdefault("Condition", {"StringEquals": {"aws:RequestedRegion": regions}})
    return statements


def listed(value: Any) -> list[Any]:
    """Return a list of one or several as a list."""
    return value if isinstance(value, list) else [value]


def sweep(folder: Path, jobs: int) -> Run:
    """Return what a sweep of the folder with `jobs` processes takes."""
    command = [str(Path(sys.executable).with_name("verifier")), "sweep", str(folder / "policies"), "--jobs", str(jobs)]
    command += ["--boundary", str(folder / f"{BOUNDARY}.json"), "--maximum", str(folder / f"{MAXIMUM}.json")]
    run, answers = Run(), folder / f"answers-{jobs}.txt"
    begun = time.perf_counter()
    with answers.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.DEVNULL)  # noqa: S603 - ours
        ended = threading.Event()
        watcher = threading.Thread(target=watch, args=(process.pid, run, ended))
        watcher.start()
        _, status, used = os.wait4(process.pid, 0)
        run.wall = time.perf_counter() - begun
    ended.set()
    watcher.join()
    process.returncode = run.code = os.waitstatus_to_exitcode(status)
    run.cpu = used.ru_utime + used.ru_stime
    run.busiest = max(run.busiest, run.cpu if jobs == 1 else 0.0)
    run.answers = sha256(answers.read_bytes()).hexdigest()
    if run.code not in (0, 1, 3):
        raise SystemExit(f"the sweep ended with exit code {run.code}")
    return run


def watch(pid: int, run: Run, ended: threading.Event) -> None:
    """Note the memory of a process and its children, and the CPU time of the busiest, until it has ended."""
    while not ended.wait(INTERVAL):
        memory = 0
        for one in (pid, *children(pid)):
            run.busiest = max(run.busiest, cpu_of(one))
            with contextlib.suppress(OSError):  # it has ended
                pages = Path(f"/proc/{one}/statm").read_text(encoding="ascii").split()[1]
                memory += int(pages) * os.sysconf("SC_PAGE_SIZE")
        run.memory.append(memory)


def report(runs: dict[int, Run], count: int) -> Report:
    """Return the report of the sweeps."""
    found = Report("large_sweep")
    found.figures["documents"] = f"{count:,}, no two alike"
    for jobs, run in runs.items():
        name = f"{jobs} process{'es' if jobs > 1 else ''}"
        found.figures[name] = (
            f"{number(count / run.wall)} documents a second of wall time, {number(count / run.cpu)} a second of CPU"
            f" time; wall {seconds(run.wall)}, CPU {seconds(run.cpu)}, the busiest process {seconds(run.busiest)}"
        )
        found.figures[f"memory, {name}"] = ", ".join(map(mib, run.quarters)) + " at most in the quarters of the run"
        third, last = run.quarters[2:]
        if third:
            found.targets.append(
                Target(f"memory in the last quarter over the third, {name}", last / third, 1.1, "times")
            )
    if len(runs) == len(JOBS):
        one, two = (runs[jobs] for jobs in JOBS)
        found.targets += [
            Target("two processes over one, wall", one.wall / two.wall, 1.85, "times", at_least=True),
            Target(
                "two processes over one, by CPU", one.cpu / max(two.busiest, two.cpu / 2), 1.85, "times", at_least=True
            ),
        ]
    found.series = {"memory": {str(jobs): [held / MIB for held in run.memory] for jobs, run in runs.items()}}
    return found


if __name__ == "__main__":
    main()
