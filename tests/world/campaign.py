"""Counterexamples on real policies: how many of them could happen?

    python -m tests.world.campaign --count 500 --seed 1

Draws triples of AWS managed policies (policy, boundary, maximum) until so many escape, and checks each counterexample
against the catalogue's tables by `check_requests.py`, which is no part of the prover. Of those that do not fit, it asks
again under `--world aws`: either that proves that none does, or the choice has missed one.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

from moto.iam.aws_managed_policies import aws_managed_policies_data

from tests.world.check_requests import unfit
from verifier import Contained, Escapes, Policy, Verdict, prove

_LIMITS = ("PowerUserAccess", "ReadOnlyAccess", "ViewOnlyAccess", "SecurityAudit", "AdministratorAccess")
_KINDS = (("no such action", "action"), ("resource like", "ARN"), ("asked on", "ARN"), ("carries", "keys"))


def triples(seed: int) -> Iterator[tuple[str, str, str]]:
    """Yield names of a policy, a boundary and a maximum, the same in every run; half the limits are well known."""
    chooser = random.Random(seed)  # noqa: S311 - a sample is no secret
    names = sorted(json.loads(aws_managed_policies_data))
    while True:
        limits = [chooser.choice(_LIMITS if chooser.random() < 0.5 else names) for _ in range(2)]
        yield chooser.choice(names), limits[0], limits[1]


@dataclass
class Collected:
    """What came of the questions: how often what, and the counterexamples that should have been others."""

    counts: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)


def collect(count: int, seed: int) -> Collected:
    """Ask until `count` counterexamples are there, and check each."""
    documents = json.loads(aws_managed_policies_data)
    found = Collected()
    for names in triples(seed):
        if found.counts["counterexamples"] == count:
            break
        policy, boundary, maximum = (Policy.parse(json.dumps(documents[name]["Document"]), name) for name in names)
        asked = partial(prove, policies=[policy], boundary=boundary, maximum=maximum)
        verdict = asked()
        found.counts["questions"] += 1
        if isinstance(verdict, Escapes):
            _check(verdict, asked, " | ".join(names), found)
    return found


def _check(verdict: Escapes, asked: Callable[..., Verdict], about: str, found: Collected) -> None:
    against = unfit(verdict.request.as_json())
    found.counts["counterexamples"] += 1
    for kind, word in _KINDS:
        found.counts[f"bad {word}"] += any(kind in each for each in against)
    if (not against) is not verdict.realistic:
        found.missed.append(f"{about}: labelled {verdict.breaks}, checked {against}")
    if not against:
        found.counts["fit"] += 1
        return
    narrowed = asked(world="aws", timeout=60)
    if isinstance(narrowed, Contained):
        found.counts["none exists"] += 1
    else:
        found.missed.append(f"{about}: {narrowed} in the world")


def main() -> None:
    """Draw, count, and print the shares."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--count", type=int, default=500, help="counterexamples to collect (default: %(default)s)")
    options.add_argument("--seed", type=int, default=1, help="default: %(default)s")
    chosen = options.parse_args()
    begun = time.monotonic()
    found = collect(chosen.count, chosen.seed)
    report(found.counts, found.missed, time.monotonic() - begun, chosen.seed)


def report(counts: Counter[str], missed: list[str], seconds: float, seed: int) -> None:
    """Print the shares, and every counterexample that should have been another."""
    total = counts["counterexamples"]
    shares = {
        "an action that AWS has": (total - counts["bad action"]) / total,
        "an ARN that the action takes": (total - counts["bad ARN"]) / total,
        "only keys that it carries": (total - counts["bad keys"]) / total,
        "all three": counts["fit"] / total,
        "none exists, proved": counts["none exists"] / total,
        "all three, where one exists": counts["fit"] / max(1, total - counts["none exists"]),
    }
    lines = [f"seed {seed}: {counts['questions']:,} questions, {total:,} counterexamples, {seconds:.1f} s"]
    lines += [f"  {name:<30} {share:8.2%}" for name, share in shares.items()]
    lines += [f"  missed: {each}" for each in missed]
    print("\n".join(lines))  # noqa: T201  # a campaign prints its figures


if __name__ == "__main__":
    main()
