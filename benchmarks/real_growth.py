"""How does the cost of large documents grow that are shaped like real ones?

Question   documents of statements of AWS managed policies, in accounts and on resources of their own
           (`real_shaped.py`): one within itself, read twice; within one with a statement wider, which is proved; one
           with a statement on resources of nobody else within it as it was, which is refuted; the difference of two
           unrelated ones, and all regions of it; `simplify`; `repair` of the boundary with that statement.
Target     within itself and within a changed one 10,000 statements under 5 s, exponent at most 1.1; a difference of
           4,000 under 3 s; regions of 400 under 10 s and complete, `simplify` and `repair` of 400 under 4 s; exponents
           of these at most 1.4.
Measured   each family in a process of its own, with the collector of cycles as rare as in the command, after a small
           question that does not count. The time is CPU time of the process, without reading the documents, whose time
           stands beside it; wall time stands beside both. Of each size several documents are drawn, and the time is the
           mean, with the longest beside it: how many regions two documents have, and how much of a document is
           redundant, is chance. The exponent is the slope of the least squares line through the upper half of the sizes
           on log axes; a family has answers of one kind, as a proof costs more than a request that refutes. A family
           ends at its time (`--seconds`), or where an answer is expected after it. Answers that were not found in time
           are counted.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from statistics import fmean
from typing import Any

import real_shaped
from measure import Report, Target, exponent, number, parser, seconds
from real_shaped import Document

from verifier import Policy, diff, differences, prove, repair, simplify
from verifier.base.processes import collect_rarely

LIMIT = 600.0
LARGE = (500, 1_000, 2_000, 4_000, 10_000)
SMALL = (50, 100, 150, 200, 300, 400)
FEW, MANY, MOST = 3, 8, 16


class Clock:
    """Sums what reading and answering take, in CPU time and in wall time."""

    def __init__(self) -> None:
        """Begin at zero."""
        self.reading = self.cpu = self.wall = 0.0

    def read(self, document: Document) -> Policy:
        """Return the document, read from its text."""
        text = json.dumps(document, indent=2)
        begun = time.process_time()
        policy = Policy.parse(text)
        self.reading += time.process_time() - begun
        return policy

    def answer(self, ask: Callable[[], Any]) -> Any:
        """Return what `ask` answers."""
        cpu, wall = time.process_time(), time.perf_counter()
        answer = ask()
        self.cpu += time.process_time() - cpu
        self.wall += time.perf_counter() - wall
        return answer


@dataclass(frozen=True)
class Family:
    """A question about a document of a size: asked, it returns the answer in a word or two, None where it is open.

    Of each size `draws` documents are asked about; the last may take `most` seconds, by an exponent of `steepest`.
    """

    sizes: tuple[int, ...]
    ask: Callable[[Clock, int, str], str | None]
    most: float
    steepest: float
    draws: int


def main() -> None:
    """Run every family in a process of its own, or one of them."""
    options = parser(__doc__)
    options.add_argument("--family", choices=list(FAMILIES), help="only this one, in this process, as JSON")
    options.add_argument("--seconds", type=float, default=120.0, help="CPU time for a family (default: %(default)s)")
    chosen = options.parse_args()
    if chosen.family:
        print(json.dumps(measured(FAMILIES[chosen.family], str(chosen.seed), chosen.seconds)))
        return
    found = {}
    for name in FAMILIES:
        command = [sys.executable, __file__, "--family", name, "--seconds", str(chosen.seconds)]
        done = subprocess.run([*command, "--seed", str(chosen.seed)], stdout=subprocess.PIPE, check=True)  # noqa: S603 - ours
        found[name] = json.loads(done.stdout)
        print(f"{name}: {summary(found[name])}", flush=True)
    report(found).finish(chosen.json)


def itself(document: Document) -> tuple[Document, Document]:
    """Return a document and what it has to be within: itself."""
    return document, document


def wider(document: Document) -> tuple[Document, Document]:
    """Return a document, and it with its last Allow on ARNs on every resource."""
    return document, real_shaped.changed(document, resource="*")


def elsewhere(document: Document) -> tuple[Document, Document]:
    """Return a document with a statement on resources of nobody else, and it as it was."""
    return real_shaped.changed(document), document


def within(clock: Clock, size: int, salt: str, *, sides: Callable[[Document], tuple[Document, Document]]) -> str | None:
    """Ask whether one of `sides` of a document is within the other."""
    policy, maximum = map(clock.read, sides(real_shaped.drawn(size, salt, keep=0.0)))
    said = type(clock.answer(lambda: prove(policies=[policy], maximum=maximum, timeout=LIMIT))).__name__
    return None if said == "Undecided" else said.lower()


def unrelated(clock: Clock, size: int, salt: str) -> tuple[Policy, Policy]:
    """Return two documents that are drawn apart."""
    one, other = (clock.read(real_shaped.drawn(size, f"{salt} {which}")) for which in "ab")
    return one, other


def difference(clock: Clock, size: int, salt: str) -> str | None:
    """Ask how two unrelated documents differ."""
    old, new = unrelated(clock, size, salt)
    said: str = clock.answer(lambda: diff(old, new, timeout=LIMIT)).relation.value
    return None if said == "undecided" else said


def regions(clock: Clock, size: int, salt: str) -> str | None:
    """Ask for all regions of that difference."""
    old, new = unrelated(clock, size, salt)
    found = clock.answer(lambda: differences(old=old, new=new, timeout=LIMIT))
    return f"{len(found.regions)} regions" if found.complete else None


def simplified(clock: Clock, size: int, salt: str) -> str | None:
    """Ask what a document can do without."""
    document = clock.read(real_shaped.drawn(size, salt))
    found = clock.answer(lambda: simplify(document, timeout=LIMIT))
    return None if found.reason else f"{len(found.removed)} parts removed"


def repaired(clock: Clock, size: int, salt: str) -> str | None:
    """Ask how a boundary with a statement elsewhere changes so that full access beside it stays within it as it was."""
    boundary, maximum = map(clock.read, elsewhere(real_shaped.drawn(size, salt)))
    everything = clock.read({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})
    found = clock.answer(lambda: repair([everything], maximum, boundary, timeout=LIMIT))
    return str(found.outcome.value)


FAMILIES = {
    "within itself": Family(LARGE, partial(within, sides=itself), 5.0, 1.1, FEW),
    "within one with a statement wider": Family(LARGE, partial(within, sides=wider), 5.0, 1.1, FEW),
    "one with a statement elsewhere within it": Family(LARGE, partial(within, sides=elsewhere), 5.0, 1.1, FEW),
    "difference of two unrelated": Family(LARGE[:4], difference, 3.0, 1.4, FEW),
    "regions of two unrelated": Family(SMALL, regions, 10.0, 1.4, FEW),
    "simplify": Family(SMALL, simplified, 4.0, 1.4, MOST),
    "repair": Family(SMALL, repaired, 4.0, 1.4, MANY),
}


def measured(family: Family, seed: str, allowed: float) -> dict[str, Any]:
    """Return sizes with times: CPU time of reading and of answering, wall time of answering, all means, and the longest
    CPU time of an answer; and the answers.
    """
    collect_rarely()
    family.ask(Clock(), 10, f"{seed} first")  # what is loaded and built once is not part of the growth
    points: list[list[float]] = []
    answers: list[str] = []
    spent = 0.0
    for size in family.sizes:
        if points and spent + points[-1][2] * family.draws * size / points[-1][0] > allowed:
            break
        clocks = [Clock() for _ in range(family.draws)]
        said = [family.ask(clock, size, f"{seed} {number}") for number, clock in enumerate(clocks)]
        spent += sum(clock.cpu for clock in clocks)
        if None in said:
            return {"points": points, "answers": answers, "open": size}
        means = [fmean(times) for times in zip(*((one.reading, one.cpu, one.wall) for one in clocks), strict=True)]
        points.append([size, *means, max(clock.cpu for clock in clocks)])
        answers.append(", ".join(dict.fromkeys(map(str, said))))
    return {"points": points, "answers": answers, "open": None}


def slope(found: dict[str, Any]) -> float:
    """Return the exponent of the CPU time of the answers."""
    return exponent([point[0] for point in found["points"]], [point[2] for point in found["points"]])[0]


def summary(found: dict[str, Any]) -> str:
    """Return a family in words."""
    words = [
        f"{number(size)} {said} {seconds(cpu)} (longest {seconds(longest)}, {seconds(wall)} wall,"
        f" read in {seconds(reading)})"
        for (size, reading, cpu, wall, longest), said in zip(found["points"], found["answers"], strict=True)
    ]
    if found["open"]:
        words.append(f"open at {number(found['open'])}")
    return "; ".join([*words, f"exponent {number(slope(found))}"])


def report(found: dict[str, dict[str, Any]]) -> Report:
    """Return the report of all families; a family that does not reach its largest size misses its targets."""
    made = Report("real_growth", figures={name: summary(one) for name, one in found.items()})
    for name, one in found.items():
        family = FAMILIES[name]
        reached = bool(one["points"]) and one["points"][-1][0] == family.sizes[-1]
        taken = one["points"][-1][2] if reached else float("inf")
        made.targets.append(Target(f"{name}, {number(family.sizes[-1])} statements, CPU", taken, family.most, "s"))
        made.targets.append(Target(f"{name}, exponent", slope(one), family.steepest))
    return made


if __name__ == "__main__":
    main()
