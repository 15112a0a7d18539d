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

from benchmarks.corpus import policies, texts
from verifier.logic.budget import Budget
from verifier.policy.syntax import Policy
from verifier.questions.diff import sides
from verifier.regions.region import Regions, Side
from verifier.regions.regions import regions


def difference(old: Policy, new: Policy, seconds: float) -> Regions:
    """The regions of a difference."""
    gained, lost = sides(old, new)
    return regions([(Side.GAINED, gained), (Side.LOST, lost)], Budget.of(seconds))


def main() -> int:
    """Ask about all pairs and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--largest", type=int, default=60)
    parser.add_argument("--most", type=float, default=5.0, help="seconds that a pair may take")
    parser.add_argument("--every", type=int, default=1, help="ask about every n-th pair only")
    parser.add_argument("--verbose", action="store_true", help="tell of every pair on standard error")
    arguments = parser.parse_args()
    names = sorted(texts(), key=lambda name: -len(texts()[name]))[: arguments.largest]
    taken: list[tuple[float, str, str]] = []
    counts: list[int] = []
    open_: list[str] = []
    for old, new in list(itertools.combinations(names, 2))[:: arguments.every]:
        began = time.process_time()
        found = difference(policies()[old], policies()[new], 20 * arguments.most)
        taken.append((time.process_time() - began, old, new))
        counts.append(len(found.regions))
        if arguments.verbose:
            told = f"{taken[-1][0]:6.2f}  {len(found.regions):4}  {found.complete}  {old} {new}"
            print(told, file=sys.stderr, flush=True)  # noqa: T201 - its output
        if not (found.complete and all(region.exact for region in found.regions)):
            open_.append(f"{old} {new}: {found.reason}")
    print(_summary(taken, counts, open_))  # noqa: T201 - its output
    return 1 if open_ or max(taken)[0] > arguments.most else 0


def _summary(taken: Sequence[tuple[float, str, str]], counts: Sequence[int], not_proved: Sequence[str]) -> str:
    seconds = sorted(one[0] for one in taken)
    worst = sorted(taken, reverse=True)[:5]
    return "\n".join(
        (
            f"{len(taken):,} pairs, complete and exact (proved): {len(taken) - len(not_proved):,}",
            *not_proved,
            f"regions: median {statistics.median(counts):g}, most {max(counts):,}",
            f"seconds: median {statistics.median(seconds):.2f}, p99 {seconds[int(len(seconds) * 0.99)]:.2f}, worst:",
            *(f"  {second:6.2f}  {old} {new}" for second, old, new in worst),
        )
    )


if __name__ == "__main__":
    sys.exit(main())
