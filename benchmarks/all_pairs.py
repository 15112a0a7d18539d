"""How long does a pair take when every policy is compared with every other?

Question   P ⊆ Q, of ordered pairs of the corpus: a seeded sample, or with `--all` all 2.5 million of them.
Target     all pairs in less than 45 s of CPU time in one process, reading the documents included, so at most 18 µs a
           pair on average; a sample has at most 0.2 ms a pair. Memory flat, and no verdict that another search changes.
Measured   calls of `prove(policies=[p], maximum=q, chosen=False)` one after the other, documents parsed before and
           compiled when they are first met, so that the compiling is in the average (in a sample, over fewer pairs for
           each document), with the collector of cycles as rare as in the workers of a sweep. With `--processes` the
           sources are dealt out, and the average is over the time of all processes together. Memory is what the process
           holds, at the quarters of the run; flat means that the last quarter adds at most a tenth to what was held at
           three quarters. Each policy is asked about with the first maximum before any with another, so
           that what is compiled once for a document is there early, and growth is growth with the pairs.
           CPU time is that of the processes. It includes the clock of each call, and for the whole also imports,
           reading and compiling.
Compared   for `--compared` pairs, a sample of its own, the verdict with that of the search alone (`contained`), without
           the step before it; of each request that escapes, what `evaluate` says of both documents.
"""

from __future__ import annotations

import multiprocessing
import random
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from statistics import median

import corpus
from measure import Report, Target, memory, mib, parser, peak_memory, quantile, seconds

from verifier import Decision, Escapes, Policy, Undecided, Verdict, evaluate, prove
from verifier.base.processes import collect_rarely
from verifier.clouds.aws.documents import Documents
from verifier.questions.ask import Ask
from verifier.questions.prove import contained
from verifier.questions.worlds import judged

SLOW = 0.1
MOST_TIMES = 100_000


@dataclass
class Run:
    """What one process found. `times` are those of a share of the pairs, so that they stay few."""

    seconds: float = 0.0
    cpu: float = 0.0
    whole: float = 0.0
    pairs: int = 0
    times: list[float] = field(default_factory=list)
    verdicts: Counter[str] = field(default_factory=Counter)
    slow: list[tuple[float, str, str]] = field(default_factory=list)
    undecided: list[tuple[str, str]] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)
    peak: int = 0
    compared: int = 0
    different: list[tuple[str, str]] = field(default_factory=list)


def main() -> None:
    """Ask about the pairs and report."""
    options = parser(__doc__)
    options.add_argument("--pairs", type=int, default=20_000, help="size of the sample (default: %(default)s)")
    options.add_argument("--all", action="store_true", help="every ordered pair: a campaign of minutes to hours")
    options.add_argument("--compared", type=int, default=1_000, help="pairs asked twice (default: %(default)s)")
    options.add_argument("--processes", type=int, default=1, help="default: %(default)s")
    chosen = options.parse_args()
    count = None if chosen.all else chosen.pairs
    work = partial(run, count=count, compared=chosen.compared, seed=chosen.seed, processes=chosen.processes)
    if chosen.processes == 1:
        runs = [work(0)]
    else:
        with ProcessPoolExecutor(chosen.processes, multiprocessing.get_context("spawn")) as pool:
            runs = list(pool.map(work, range(chosen.processes)))
    report(runs, whole=chosen.all).finish(chosen.json)


def pairs(count: int | None, seed: int, number: int, processes: int) -> tuple[int, Iterator[tuple[str, str]]]:
    """Return how many pairs the process `number` asks about, and the pairs."""
    names = list(corpus.texts())
    if count is None:
        mine = names[number::processes]
        first, *others = names
        early = ((one, first) for one in mine)
        return len(mine) * len(names), chain(early, ((one, other) for one in mine for other in others))
    chooser = random.Random(seed + number)  # noqa: S311 - a sample is no secret
    share = count // processes
    return share, ((chooser.choice(names), chooser.choice(names)) for _ in range(share))


def run(number: int, count: int | None, compared: int, seed: int, processes: int) -> Run:
    """Ask about the pairs of one process."""
    collect_rarely()
    documents = corpus.policies()
    total, chosen = pairs(count, seed, number, processes)
    done = Run(memory=[memory()])
    every = max(1, total // MOST_TIMES)
    quarters = {total * quarter // 4 for quarter in range(1, 5)}
    begun_cpu = time.process_time()
    for place, (one, other) in enumerate(chosen, start=1):
        begun = time.perf_counter()
        verdict = prove(policies=[documents[one]], maximum=documents[other], chosen=False)
        taken = time.perf_counter() - begun
        done.seconds += taken
        note(done, taken, one, other, verdict)
        if place % every == 0:
            done.times.append(taken)
        if place in quarters:
            done.memory.append(memory())
    done.whole = time.process_time()
    done.cpu = done.whole - begun_cpu
    done.pairs = total
    done.peak = peak_memory()
    _, again = pairs(compared, seed + processes, number, processes)
    for one, other in again:
        compare(done, one, other, documents)
    return done


def note(done: Run, taken: float, one: str, other: str, verdict: Verdict) -> None:
    """Add the verdict of a pair to what was found."""
    done.verdicts[kind(verdict)] += 1
    if isinstance(verdict, Undecided):
        done.undecided.append((one, other))
    if taken > SLOW:
        done.slow = sorted([*done.slow, (taken, one, other)], reverse=True)[:10]


def kind(verdict: Verdict) -> str:
    """Return the class of a verdict in words."""
    found = type(verdict).__name__
    return f"{found}, vacuous" if getattr(verdict, "vacuous", None) else found


def compare(done: Run, one: str, other: str, documents: dict[str, Policy]) -> None:
    """Compare the verdict with that of the search alone, and a request that escapes with what both documents do."""
    policy, maximum = documents[one], documents[other]
    verdict = prove(policies=[policy], maximum=maximum, chosen=False)
    searched = contained(Documents((policy,)), maximum, Ask(), judged)
    same = kind(verdict) == kind(searched) and verdict.assumes == searched.assumes
    if isinstance(verdict, Escapes):
        decisions = [evaluate([each], verdict.request).decision is Decision.ALLOWED for each in (policy, maximum)]
        same = same and decisions == [True, False]
    done.compared += 1
    if not same:
        done.different.append((one, other))


def report(runs: list[Run], *, whole: bool) -> Report:
    """Return the report of all processes together."""
    taken, count = sum(run.seconds for run in runs), sum(run.pairs for run in runs)
    cpu = sum(run.cpu for run in runs)
    different = [pair for run in runs for pair in run.different]
    times = [one for run in runs for one in run.times]
    verdicts = sum((run.verdicts for run in runs), Counter[str]())
    undecided = [pair for run in runs for pair in run.undecided]
    growth = max(run.memory[-1] / run.memory[-2] for run in runs)
    found = Report("all_pairs")
    found.figures = {
        "pairs": f"{count:,} in {seconds(taken)} of {len(runs)} process{'es' if len(runs) > 1 else ''}",
        "a pair": f"mean {seconds(taken / count)}, median {seconds(median(times))}, "
        f"p99 {seconds(quantile(times, 0.99))}, worst {seconds(max(times))}",
        "CPU time": f"{seconds(cpu)} for the pairs, {seconds(cpu / count)} a pair; "
        f"{seconds(sum(run.whole for run in runs))} with imports and reading",
        "later half": f"mean {seconds(later_mean(runs))}, most documents being compiled by then",
        "verdicts": ", ".join(f"{many:,} {kind}" for kind, many in sorted(verdicts.items())),
        "memory": "; ".join(", ".join(map(mib, run.memory)) + f", peak {mib(run.peak)}" for run in runs)
        + " (before, then at each quarter)",
    }
    slow = sorted((one for run in runs for one in run.slow), reverse=True)[:10]
    for place, (taken_by_one, one, other) in enumerate(slow, start=1):
        found.figures[f"slowest {place}"] = f"{seconds(taken_by_one)}  {one} ⊆ {other}"
    if undecided:
        found.figures["undecided"] = named(undecided)
    if different:
        found.figures["different"] = named(different)
    found.targets = [
        Target("all pairs, CPU time with reading", sum(run.whole for run in runs), 45, "s")
        if whole
        else Target("a pair, mean CPU time", cpu / count * 1000, 0.2, "ms"),
        Target(
            f"different from the search alone, of {sum(run.compared for run in runs):,}", len(different), 0, "pairs"
        ),
        Target("undecided", len(undecided), 0, "pairs"),
        Target("memory at the end over that at three quarters", growth, 1.1, "times"),
    ]
    found.series = {"times": times[:: max(1, len(times) // 20_000)], "memory": [run.memory for run in runs]}
    return found


def later_mean(runs: Iterable[Run]) -> float:
    """Return the mean time of the pairs in the later half of each run."""
    later = [one for run in runs for one in run.times[len(run.times) // 2 :]]
    return sum(later) / len(later)


def named(found: list[tuple[str, str]]) -> str:
    """Return the first pairs in words."""
    shown = ", ".join(f"{one} ⊆ {other}" for one, other in found[:10])
    return shown + (f" and {len(found) - 10:,} more" if len(found) > 10 else "")


if __name__ == "__main__":
    main()
