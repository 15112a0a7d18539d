"""The campaign of `repair`: how often it undoes a mutation that widens a boundary.

    python -m tests.repairs.campaign --count 200 --seed 1

Every repair is checked by proofs of its own: with the new boundary all is contained, nothing else is lost and nothing
is gained.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections import Counter
from functools import partial

from tests.repairs.mutate import Mutated, mutations
from verifier.base.budget import Budget
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.policy.write import MANAGED
from verifier.questions.ask import Ask
from verifier.questions.claims import Claim, Level, Says
from verifier.questions.prove import prove
from verifier.questions.question import ProveQuestion
from verifier.questions.search import search
from verifier.questions.verdict import Absent, Contained
from verifier.questions.ways import allowed
from verifier.repairs.repair import Repaired, RepairOutcome, repair

say = partial(print, flush=True)
progress = partial(print, file=sys.stderr, flush=True)
_EVERY = 100
_AGAIN = 60.0


def campaign(count: int, seed: int, seconds: float) -> bool:
    """Repair mutated boundaries and print what came of it; return whether all that was shown is right."""
    outcomes: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    statements: Counter[int] = Counter()
    by_kind: Counter[tuple[str, str]] = Counter()
    times, wrong, left_out, done, grown = [], [], 0, 0, 0
    more = iter(mutations(4 * count, seed))
    while done < count:
        one = next(more)
        start = time.perf_counter()
        found = repair(ProveQuestion(Documents((one.policy,), one.boundary), one.maximum), Ask(seconds=seconds))
        took = time.perf_counter() - start
        if found.outcome is RepairOutcome.CONTAINED:
            left_out += 1
            continue
        done += 1
        times.append(took)
        outcomes[found.outcome.value] += 1
        by_kind[one.kind, found.outcome.value] += 1
        if found.outcome is RepairOutcome.NO_REPAIR:
            reasons[f"{found.reason} ({one.kind}, {one.name})"] += 1
            continue
        statements[found.statements] += 1
        grown += (found.characters or 0) > MANAGED
        wrong += [f"{one.name}: {what}" for what in _wrong(one, found)]
        if done % _EVERY == 0:
            progress(f"{done} of {count}")
    shown = outcomes["repaired"]
    few = sum(number for size, number in statements.items() if size <= 2)
    say(f"{count} mutations of seed {seed}, {seconds:g} s each; {left_out} more changed nothing that the policy can do")
    say(f"{dict(outcomes)}; contained afterwards and nothing else lost, proved anew: {shown - len(wrong)} of {shown}")
    share = f"{few} of {shown} ({few / max(shown, 1):.0%})"
    say(f"with at most two statements added or changed: {share}; {dict(sorted(statements.items()))}")
    say(f"over {MANAGED} characters afterwards: {grown}")
    for (kind, outcome), number in sorted(by_kind.items()):
        say(f"  {kind}, {outcome}: {number}")
    for reason, number in reasons.most_common():
        say(f"  no repair, {number} times: {reason}")
    say("\n".join(wrong))
    say(f"time: median {statistics.median(times) * 1000:.0f} ms, worst {max(times):.1f} s")
    return not wrong


def _wrong(one: Mutated, found: Repaired) -> list[str]:
    """Ask anew whether a repair is one."""
    assert found.text is not None
    boundary = Policy.parse(found.text)
    ask = Ask(seconds=_AGAIN)
    verdict = prove(ProveQuestion(Documents((one.policy,), boundary), one.maximum), ask)
    old, new = (allowed(Documents((one.policy,), each)) for each in (one.boundary, boundary))
    within = Claim(Level((one.maximum,)), Says.ALLOWS)
    lost = search((*old, within, Claim(Level((boundary,)), Says.ALLOWS, holds=False)), Budget.of(_AGAIN), ask)
    gained = search((*new, Claim(Level((one.boundary,)), Says.ALLOWS, holds=False)), Budget.of(_AGAIN), ask)
    proved = {"contained": isinstance(verdict, Contained), "nothing lost": isinstance(lost, Absent)}
    proved["nothing gained"] = isinstance(gained, Absent)
    return [f"not {name}" for name, holds in proved.items() if not holds]


def main() -> int:
    """Run the campaign; exit 1 where it found something wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=10.0)
    call = parser.parse_args()
    return 0 if campaign(call.count, call.seed, call.seconds) else 1


if __name__ == "__main__":
    sys.exit(main())
