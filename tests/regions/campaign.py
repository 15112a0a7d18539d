"""All pairs of the largest managed policies: are the regions complete and exact, how many are there, how long does it
take?

    python -m tests.regions.campaign --largest 60

Times are of the processor, so that they mean the same beside other work. Exits 1 where a list is not proved, or a pair
takes more than `--most` seconds.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from benchmarks.corpus import policies, texts
from verifier.base.budget import Budget
from verifier.base.dataclass import dataclass
from verifier.clouds.aws.policy.syntax import Policy
from verifier.questions.diff import sides
from verifier.questions.question import DiffQuestion
from verifier.regions.region import Regions, Side
from verifier.regions.regions import regions

# A line on standard error for so many pairs.
_STEP = 50


def difference(old: Policy, new: Policy, seconds: float) -> Regions:
    """The regions of a difference."""
    (gained,), (lost,) = sides(DiffQuestion(old, new))
    return regions([(Side.GAINED, gained), (Side.LOST, lost)], Budget.of(seconds))


@dataclass(frozen=True)
class Taken:
    """What came of a pair: seconds of the processor, how many regions, and why not all is proved."""

    seconds: float
    count: int
    open: str | None
    pair: tuple[str, str]


def ask(pair: tuple[str, str], most: float) -> Taken:
    """Ask about one pair, with twenty times the time that it may take."""
    old, new = (policies()[name] for name in pair)
    began = time.process_time()
    found = difference(old, new, 20 * most)
    seconds = time.process_time() - began
    proved = found.complete and all(region.exact for region in found.regions)
    return Taken(seconds, len(found.regions), None if proved else found.reason or "not exact", pair)


def main() -> int:
    """Ask about all pairs and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--largest", type=int, default=60)
    parser.add_argument("--most", type=float, default=5.0, help="seconds that a pair may take")
    parser.add_argument("--every", type=int, default=1, help="ask about every n-th pair only")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--verbose", action="store_true", help="tell of every pair on standard error")
    arguments = parser.parse_args()
    names = sorted(texts(), key=lambda name: -len(texts()[name]))[: arguments.largest]
    pairs = list(itertools.combinations(names, 2))[:: arguments.every]
    taken: list[Taken] = []
    with ProcessPoolExecutor(arguments.processes) as pool:
        for one in pool.map(partial(ask, most=arguments.most), pairs):
            taken.append(one)
            if arguments.verbose:
                _tell(f"{one.seconds:6.2f}  {one.count:4}  {one.open is None}  {' '.join(one.pair)}")
            if len(taken) % _STEP == 0:
                slow = sum(each.seconds > arguments.most for each in taken)
                not_proved = sum(each.open is not None for each in taken)
                _tell(f"{len(taken):,} of {len(pairs):,} pairs, {not_proved:,} not proved, {slow:,} slow")
    print(_summary(taken))  # noqa: T201 - its output
    return 1 if any(one.open is not None or one.seconds > arguments.most for one in taken) else 0


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201 - its output


def _summary(taken: Sequence[Taken]) -> str:
    seconds = sorted(one.seconds for one in taken)
    counts = [one.count for one in taken]
    open_ = [f"{' '.join(one.pair)}: {one.open}" for one in taken if one.open is not None]
    worst = sorted(taken, key=lambda one: -one.seconds)[:5]
    return "\n".join(
        (
            f"{len(taken):,} pairs, complete and exact (proved): {len(taken) - len(open_):,}",
            *open_,
            f"regions: median {statistics.median(counts):g}, most {max(counts):,}",
            f"seconds: median {statistics.median(seconds):.2f}, p99 {seconds[int(len(seconds) * 0.99)]:.2f}, worst:",
            *(f"  {one.seconds:6.2f}  {' '.join(one.pair)}" for one in worst),
        )
    )


if __name__ == "__main__":
    sys.exit(main())
