"""Judge the changes that mutmut makes of the code: is there a test that notices (`make mutants`)?

    python -m tools.judge_mutants                             every mutant
    python -m tools.judge_mutants 'verifier.smt.encode.*'     those of one module
    python -m tools.judge_mutants 'verifier.smt.encode.*' --tests tests/smt/test_encode.py tests/laws

The tests are collected once. Each mutant is judged in a fork of that process, which gives one function other code and
runs the tests that reach the changed lines until one fails: first those that failed most often for their time. A
command that a test starts as a process of its own runs the code as it is.

`--tests` gives a short list, of tests, files or folders, which is asked first and in its order; the others are asked
about a mutant that survives it. `reached.json` is then renewed for these tests only, and what survived before is judged
again: this is how a new test is tried on the mutants that it is for.

What is found stays in `mutants/`, so that the work goes on where it stopped: the mutated modules and `refused.json`,
until the code changes; `reached.json`, which lines each test runs, until the code or a test changes; `verdicts.jsonl`.
A mutant that was killed stays killed until its function changes; one that survived is judged again after a test
changes. `tools/mutants.py` prints what came out of it.
"""

from __future__ import annotations

import argparse
import fnmatch
import functools
import gc
import itertools
import json
import os
import random
import resource
import select
import signal
import sys
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import coverage
import pytest
from _pytest.runner import runtestprotocol
from mutmut.__main__ import create_mutants
from mutmut.configuration import config
from mutmut.mutation.file_mutation import filter_mutants_with_type_checker
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.utils.file_utils import copy_also_copy_files, copy_src_dir

from tools.mutants import MUTATED, REFUSED, ROOT, VERDICTS, Mutant, install, known, mutants, named_by, stands, verdicts

REACHED = MUTATED / "reached.json"
SLOW = 2.0  # CPU seconds: a slower test is asked only if it is named
MEMORY = 6 << 30  # bytes of a mutant
KILLED = 3  # the exit code
PATIENCE = 120.0  # seconds by the clock for each test, for a mutant that waits for what never comes

Say = Callable[[Any], None]
Items = dict[str, pytest.Item]


@dataclass(frozen=True)
class Reach:
    """What a test does without a mutant: its CPU seconds, and the lines that it runs of each file."""

    seconds: float
    lines: dict[str, list[int]]


@dataclass
class Order:
    """Which tests come first: for their time, they killed most mutants of the function, the module, and the others."""

    seconds: dict[str, float]
    kills: Counter[tuple[str, str]] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)

    def of(self, mutant: Mutant, tests: Iterable[str]) -> list[str]:
        """Return `tests` in their order."""

        def worth(test: str) -> float:
            kills = sum(weight * self.kills[test, place] for place, weight in _near(mutant))
            return (kills + 0.1) / (self.asked[test] + 4) / (self.seconds[test] + 0.01)

        return sorted(tests, key=worth, reverse=True)

    def learn(self, mutant: Mutant, asked: Sequence[str], *, killed: bool) -> None:
        """Note that the last test of `asked` killed the mutant, or none of them did."""
        self.asked.update(asked)
        if killed and asked:
            self.kills.update((asked[-1], place) for place, _ in _near(mutant))


def _near(mutant: Mutant) -> list[tuple[str, int]]:
    return [(f"{mutant.module} {mutant.function}", 20), (mutant.module, 4), ("", 1)]


@dataclass
class Judge:
    """A plugin of pytest that has the place of its loop over the tests."""

    patterns: Sequence[str]
    processes: int
    most: float  # CPU seconds of tests for each mutant
    short: Sequence[str]  # tests, files or folders, asked first

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Judge, instead of running the tests."""
        items = {item.nodeid: item for item in session.items}
        gc.collect()
        gc.freeze()  # a fork then copies little
        short = named_by(self.short, items)
        measured = _measured(items, short)
        reached = {
            name: reach for name, reach in measured.items() if name in items and (reach.seconds < SLOW or name in short)
        }
        first = [name for name in short if name in reached]
        todo = list(self._to_judge())
        print(f"{len(todo)} mutants to judge, by {len(reached)} of {len(items)} tests", flush=True)
        parts = [todo[n :: self.processes] for n in range(self.processes)]
        forks = [Fork(functools.partial(self._judge_all, part, items, reached, first)) for part in parts]
        ends = [fork.end() for fork in forks]
        if any(ends):
            sys.exit("Not all mutants are judged.")
        return True

    def _to_judge(self) -> Iterator[Mutant]:
        refused = set(json.loads(REFUSED.read_text(encoding="utf-8")))
        changes_nothing = known()
        found = verdicts()
        every = [mutant for mutant in mutants() if mutant.name not in refused]
        asked = [mutant for one in self.patterns for mutant in every if fnmatch.fnmatch(mutant.name, one)]
        for mutant in dict.fromkeys(asked):
            if stands(mutant, found):
                row = found[mutant.name]
                survived = row["reached"] == REACHED.stat().st_mtime and not self.short
                if row["status"] in {"killed", "timeout"} or survived:
                    continue
            if not changes_nothing(mutant.change):
                yield mutant

    def _judge_all(
        self, todo: Sequence[Mutant], items: Items, reached: dict[str, Reach], first: Sequence[str], _: Say
    ) -> None:
        order = Order({name: reach.seconds for name, reach in reached.items()})
        for before in verdicts().values():
            if before["status"] == "killed" and before["last"] in order.seconds:
                order.learn(Mutant(before["name"]), [before["last"]], killed=True)
        by_line: dict[tuple[str, int], set[str]] = defaultdict(set)
        for name, reach in reached.items():
            for path, lines in reach.lines.items():
                for line in lines:
                    by_line[path, line].add(name)
        for mutant in todo:
            path, changed, body = mutant.lines
            at_all = set[str]().union(*(by_line[path, line] for line in body))
            reaching = set[str]().union(*(by_line[path, line] for line in changed)) or at_all
            asked_first = [name for name in first if name in reaching]
            tests = [*asked_first, *order.of(mutant, reaching.difference(asked_first))]
            begun = _used()
            status, asked = self._judge(mutant, [items[name] for name in tests], order.seconds)
            order.learn(mutant, asked, killed=status != "survived")
            row: dict[str, Any] = {
                "name": mutant.name,
                "digest": mutant.digest,
                "status": status if tests else "not reached",
            }
            row |= {"asked": len(asked), "of": len(tests), "last": asked[-1] if asked else None}
            row |= {"seconds": round(_used() - begun, 2), "reached": REACHED.stat().st_mtime}
            with VERDICTS.open("a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")

    def _judge(self, mutant: Mutant, items: Sequence[pytest.Item], seconds: dict[str, float]) -> tuple[str, list[str]]:
        """Return `killed`, `timeout` or `survived`, and the tests that were asked."""

        def judge(say: Say) -> None:
            _silence()
            try:
                install(mutant)
            except ImportError:
                sys.exit(KILLED)
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            for item, after in itertools.pairwise([*items, None]):
                assert item
                if time.process_time() > self.most:
                    break
                limit = int(time.process_time() + 8 * seconds[item.nodeid] + 4)
                resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
                say(item.nodeid)
                if _fails(item, after):
                    sys.exit(KILLED)

        fork = Fork(judge, leads=True)
        asked = list(fork.words())
        status = fork.end()
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) in {signal.SIGXCPU, signal.SIGKILL}:
            return "timeout", asked
        assert asked or status == 0 or os.waitstatus_to_exitcode(status) == KILLED, f"{mutant.name} cannot be judged"
        return "survived" if status == 0 else "killed", asked


class Fork:
    """A copy of this process that does `work`, and says what it finds, a line of JSON each."""

    def __init__(self, work: Callable[[Say], None], *, leads: bool = False) -> None:
        """Begin; `work` may end early by `SystemExit`. A fork that `leads` its processes is ended with them."""
        self._leads = leads
        read, write = os.pipe()
        sys.stdout.flush()
        self._pid = os.fork()
        if not self._pid:
            os.close(read)
            if leads:
                os.setsid()
            os._exit(_do(work, write))
        os.close(write)
        self._read = os.fdopen(read)

    def words(self) -> Iterator[Any]:
        """Yield what it says, until it ends, or says nothing for as long as `PATIENCE`."""
        while select.select([self._read], [], [], PATIENCE)[0]:
            line = self._read.readline()
            if not line:
                return
            yield json.loads(line)
        (os.killpg if self._leads else os.kill)(self._pid, signal.SIGKILL)

    def end(self) -> int:
        """Wait for its end, and return its status as `os.wait` does."""
        self._read.close()
        return os.waitpid(self._pid, 0)[1]


def _do(work: Callable[[Say], None], write: int) -> int:
    """Do the work of a fork, and return its exit code; what it prints is dropped."""
    with os.fdopen(write, "w") as file:
        try:
            work(lambda word: print(json.dumps(word), file=file, flush=True))
        except SystemExit as end:
            return int(end.code or 0)
        except BaseException:  # noqa: BLE001 - the fork ends here
            traceback.print_exc()
            return 1
    return 0


def _silence() -> None:
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)


def _fails(item: pytest.Item, after: pytest.Item | None) -> bool:
    return any(report.failed for report in runtestprotocol(item, log=False, nextitem=after))


def _used() -> float:
    """CPU seconds of the forks that ended."""
    of = resource.getrusage(resource.RUSAGE_CHILDREN)
    return of.ru_utime + of.ru_stime


def _in_forks(
    items: Sequence[pytest.Item], size: int, work: Callable[[Sequence[pytest.Item], Say], None]
) -> Iterator[Any]:
    for start in range(0, len(items), size):
        fork = Fork(functools.partial(work, items[start : start + size]))
        yield from fork.words()
        if fork.end():
            sys.exit("The tests cannot be run.")


def _measured(items: Items, short: Sequence[str]) -> dict[str, Reach]:
    """Return what `reached.json` says, once it is brought up to date: the tests of `short` alone, where it is given."""
    told = json.loads(REACHED.read_text(encoding="utf-8")) if REACHED.exists() else {}
    made = REACHED.stat().st_mtime if REACHED.exists() else None
    anew = items
    if short and told:
        anew = {name: items[name] for name in short}
    elif _is_newer(REACHED, "verifier", "tests"):
        anew = {}
    told = {name: reach for name, reach in told.items() if name not in anew}
    lines = dict(_reached(anew))
    told |= {name: asdict(Reach(seconds, lines[name])) for name, seconds in _alone(anew) if lines[name]}
    REACHED.write_text(json.dumps(told), encoding="utf-8")
    if made and anew is not items:
        os.utime(REACHED, (made, made))  # the others are as old as they were
    return {name: Reach(**reach) for name, reach in told.items()}


def _reached(items: Items) -> Iterator[tuple[str, dict[str, list[int]]]]:
    """Yield the lines that each test runs of the files that are mutated."""

    def work(chunk: Sequence[pytest.Item], say: Say) -> None:
        _silence()
        measure = coverage.Coverage(
            include=[str(ROOT / one) for one in config().only_mutate], data_file=None, config_file=False
        )
        measure.set_option("run:disable_warnings", ["no-data-collected"])  # of tests that reach none of these files
        measure.start()
        for item, after in itertools.pairwise([*chunk, None]):
            assert item
            measure.switch_context(item.nodeid)
            _fails(item, after)
        measure.stop()
        lines: dict[str, dict[str, list[int]]] = {item.nodeid: defaultdict(list) for item in chunk}
        data = measure.get_data()
        for path in data.measured_files():
            for line, tests in data.contexts_by_lineno(path).items():
                for test in tests:
                    if test in lines:
                        lines[test][os.path.relpath(path, ROOT)].append(line)
        say(list(lines.items()))

    for told in _in_forks(list(items.values()), 15, work):
        yield from told


def _alone(items: Items) -> Iterator[tuple[str, float]]:
    """Yield the tests that pass without a mutant, in any order, as a mutant is judged, and their CPU seconds."""

    def work(chunk: Sequence[pytest.Item], say: Say) -> None:
        _silence()
        for item, after in itertools.pairwise([*chunk, None]):
            assert item
            begun = time.process_time()
            failed = _fails(item, after)
            say([item.nodeid, failed, time.process_time() - begun])

    shuffled = list(items.values())
    random.Random(0).shuffle(shuffled)  # noqa: S311 - not for secrets
    for name, failed, seconds in _in_forks(shuffled, 150, work):
        if failed:
            print(f"{name} fails without a mutant, and is not asked")
        else:
            yield name, round(seconds, 4)


def _is_newer(made: Path, *folders: str) -> bool:
    """Whether a file was made after every module in `folders` was written."""
    paths = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    return made.exists() and made.stat().st_mtime > max(path.stat().st_mtime for path in paths)


def make() -> None:
    """Write the mutated modules, and those mutants whose types are wrong."""
    if _is_newer(REFUSED, "verifier"):
        return
    MUTATED.mkdir(exist_ok=True)
    set_mutant_under_test("mutant_generation")
    copy_src_dir()
    copy_also_copy_files()
    create_mutants(1)
    REFUSED.write_text(json.dumps(sorted(filter_mutants_with_type_checker())), encoding="utf-8")


def main() -> int:
    """Make what is missing, and judge what is asked for."""
    parser = argparse.ArgumentParser(description="Judge the changes that mutmut makes of the code.")
    parser.add_argument("patterns", nargs="*", default=["*"], help="of names such as verifier.smt.encode.*")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--most", type=float, default=30.0, help="CPU seconds of tests for each mutant")
    parser.add_argument("--tests", nargs="+", default=[], metavar="PATH", help="tests, files or folders, asked first")
    asked = parser.parse_args()
    os.chdir(ROOT)
    os.environ["VERIFIER_PROFILE"] = "mutants"
    make()
    judge = Judge(asked.patterns, asked.processes, asked.most, asked.tests)
    options = ["-q", "--tb=no", "--capture=no", "-p", "no:cacheprovider", "-p", "no:xdist"]
    tests = [*config().pytest_add_cli_args_test_selection, *asked.tests]
    return int(pytest.main([*options, *tests], plugins=[judge]))


if __name__ == "__main__":
    sys.exit(main())
