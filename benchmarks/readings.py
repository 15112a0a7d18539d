"""What does it cost that a proof holds however AWS's guide is read, where it is unclear?

Questions  the sweep (policy ∧ PowerUserAccess ⊆ ReadOnlyAccess), and each policy within itself, of every policy of the
           corpus; the policies within themselves in two families: those that touch a point on which the guide is
           unclear, and those that do not.
Target     where no point is touched, at most 1.2 times the CPU time under the usual reading alone.
Measured   in rounds. Each starts two processes, one for each way of reading, in turn first, which parse the documents,
           and then time their questions by CPU time, compiling and showing the verdicts included. The figures are
           medians over the rounds of the ratio of the two. Also told: how many verdicts of the sweep hang on a reading,
           and on which rules.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable
from statistics import median
from typing import Any

BOUNDARY, MAXIMUM = "PowerUserAccess", "ReadOnlyAccess"
WAYS = ("usual", "all")


def main() -> None:
    """Run the rounds, or one of the processes that they start."""
    if sys.argv[1:2] == ["--ask"]:
        print(json.dumps(asked(sys.argv[2])))
    else:
        measure()


def asked(reading: Any) -> dict[str, Any]:
    """Return the CPU time of each family of questions under `reading`, and what hangs on a reading."""
    import corpus  # noqa: PLC0415 - only this process

    from verifier import Undecided, prove  # noqa: PLC0415 - as above
    from verifier.base.processes import collect_rarely  # noqa: PLC0415 - as above
    from verifier.clouds.aws.compile.touched import touched  # noqa: PLC0415 - as above

    collect_rarely()  # as `verifier sweep` does
    policies = corpus.policies()
    boundary, maximum = policies[BOUNDARY], policies[MAXIMUM]
    prove(policies=[boundary], maximum=maximum, reading=reading)  # what is read from files, once a process
    free = [policy for policy in policies.values() if not touched(policy)]
    touching = [policy for policy in policies.values() if touched(policy)]
    found: dict[str, Any] = {"documents": [len(policies), len(free), len(touching)], "times": {}, "hang": {}}
    families: dict[str, Iterable[Any]] = {
        "sweep": ({"policies": [one], "boundary": boundary, "maximum": maximum} for one in policies.values()),
        "none touched": ({"policies": [one], "maximum": one} for one in free),
        "touched": ({"policies": [one], "maximum": one} for one in touching),
    }
    for name, questions in families.items():
        begun = time.process_time()
        verdicts = [prove(**question, reading=reading) for question in questions]
        for verdict in verdicts:
            str(verdict)
        found["times"][name] = time.process_time() - begun
        undecided = [verdict for verdict in verdicts if isinstance(verdict, Undecided)]
        found["hang"][name] = Counter(verdict.reason for verdict in undecided)
    return found


def measure() -> None:
    """Run the rounds and report."""
    from measure import Report, Target, number, parser, seconds  # noqa: PLC0415 - not in the processes that ask

    options = parser(__doc__)
    options.add_argument("--rounds", type=int, default=5, help="default: %(default)s")
    chosen = options.parse_args()
    rounds = [one_round(WAYS[:: -1 if number % 2 else 1]) for number in range(chosen.rounds)]
    every = rounds[0]["all"]
    whole, free, touching = every["documents"]
    names = list(every["times"])
    ratios = {name: median(one["all"]["times"][name] / one["usual"]["times"][name] for one in rounds) for name in names}
    spent = {name: median(one["all"]["times"][name] for one in rounds) for name in names}
    found = Report("readings")
    found.figures = {
        "corpus": f"{whole:,} documents, {touching:,} of which touch a point",
        **{name: f"ratio {number(ratios[name])}; {seconds(spent[name])} of CPU time in all" for name in names},
        **{f"{name}, on a reading": hanging(every["hang"][name]) for name in ("sweep", "touched")},
    }
    found.targets = [
        Target(f"{free:,} documents that touch no point, each within itself", ratios["none touched"], 1.2, "times"),
        Target("undecided, of those", sum(every["hang"]["none touched"].values()), 0, "questions"),
    ]
    found.series = {"ratios": ratios}
    found.finish(chosen.json)


def hanging(reasons: dict[str, int]) -> str:
    """Return how many verdicts hang on a reading, and why."""
    why = ", ".join(f"{count:,} {reason}" for reason, count in sorted(reasons.items()))
    return f"{sum(reasons.values()):,} verdicts{f': {why}' if why else ''}"


def one_round(ways: Iterable[str]) -> dict[str, Any]:
    """Return what each way of reading took, in processes of their own, one after the other."""
    return {way: json.loads(subprocess.check_output([sys.executable, __file__, "--ask", way])) for way in ways}  # noqa: S603 - ours


if __name__ == "__main__":
    main()
