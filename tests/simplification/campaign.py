"""The campaign of `simplify`: what it finds in AWS's managed policies.

    python -m tests.simplification.campaign

Every smaller document is compared with its original by a proof of its own.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections import Counter
from functools import partial

from benchmarks.corpus import policies
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.policy.write import MANAGED
from verifier.questions.ask import Ask
from verifier.questions.diff import diff
from verifier.questions.question import DiffQuestion, SimplifyQuestion
from verifier.questions.verdict import Relation
from verifier.simplification.simplified import Reason, Redundancy
from verifier.simplification.simplify import simplify

say = partial(print, flush=True)
progress = partial(print, file=sys.stderr, flush=True)
_EVERY = 100
_AGAIN = 60.0


def campaign(count: int | None, seconds: float) -> bool:
    """Simplify every managed policy and print what was found; return whether all that was shown is equivalent."""
    kinds: Counter[str] = Counter()
    verdicts: Counter[str] = Counter()
    with_kind: Counter[str] = Counter()
    times, saved, wrong, fits, more_than_joined = [], [], [], 0, 0
    names = list(policies())[:count]
    for number, name in enumerate(names, 1):
        policy = policies()[name]
        start = time.perf_counter()
        found = simplify(SimplifyQuestion(policy), Ask(seconds=seconds))
        times.append(time.perf_counter() - start)
        verdicts[found.redundancy.value] += 1
        verdicts["not everything was looked at"] += found.reason is not None
        parts = [f"{part.kind.value} {part.reason.value}" for part in found.removed]
        kinds.update(parts)
        with_kind.update(set(parts))
        more_than_joined += any(part.reason is not Reason.JOINED for part in found.removed)
        if found.redundancy is Redundancy.REDUNDANT:
            before, after = found.characters
            saved.append(before - after)
            fits += before > MANAGED >= after
            again = diff(DiffQuestion(policy, Policy.parse(found.text)), Ask(seconds=_AGAIN))
            if again.relation is not Relation.EQUIVALENT or not again.denies_same:
                wrong.append(name)
        if number % _EVERY == 0:
            progress(f"{number} of {len(names)}")
    say(f"{len(names)} managed policies, {seconds:g} s each at most: {dict(verdicts)}")
    say(f"equivalent when asked again: {len(saved) - len(wrong)} of {len(saved)} {wrong or ''}")
    say(f"parts: {sum(kinds.values())}; policies with other parts than statements to join: {more_than_joined}")
    for kind, number in kinds.most_common():
        say(f"  {kind}: {number} in {with_kind[kind]} policies")
    say(f"characters saved: median {statistics.median(saved or [0]):g}, most {max(saved, default=0)}")
    say(f"fit into a managed policy of {MANAGED} only afterwards: {fits}")
    worst = max(zip(times, names, strict=True))
    say(f"time: median {statistics.median(times) * 1000:.0f} ms, sum {sum(times):.0f} s")
    say(f"worst {worst[0]:.1f} s of {worst[1]}")
    return not wrong


def main() -> int:
    """Run the campaign; exit 1 where it found something wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int)
    parser.add_argument("--seconds", type=float, default=10.0)
    call = parser.parse_args()
    return 0 if campaign(call.count, call.seconds) else 1


if __name__ == "__main__":
    sys.exit(main())
