"""How much faster is a sweep with two processes than with one?

Question   `verifier sweep` of many documents beside PowerUserAccess and within ReadOnlyAccess, with `--jobs 1` and with
           `--jobs 2`: the corpus, and a larger set of documents each made of the statements of two of its policies.
Target     at least 1.7 times as fast, for the larger set. The corpus alone takes a few seconds, of which the start of
           three processes is a part that does not divide.
Measured   whole processes by their parent, from indented files, in rounds that alternate the two; medians of wall time,
           with the CPU time of all processes beside it. Both print the same answers.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

import corpus
from measure import Report, Spent, Target, number, parser, seconds, spent

BOUNDARY, MAXIMUM = "PowerUserAccess", "ReadOnlyAccess"
JOBS = (1, 2)


def main() -> None:
    """Run the rounds and report."""
    options = parser(__doc__)
    options.add_argument("--documents", type=int, default=4_000, help="of the larger set (default: %(default)s)")
    options.add_argument("--rounds", type=int, default=2, help="default: %(default)s")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sets = {"corpus": Path(folder) / "corpus", "larger": Path(folder) / "larger"}
        for place in sets.values():
            place.mkdir()
        corpus.write(sets["corpus"])
        write_pairs(sets["larger"], chosen.documents, chosen.seed)
        times = {name: rounds(place, Path(folder), chosen.rounds) for name, place in sets.items()}
    report(times, chosen.documents).finish(chosen.json)


def write_pairs(folder: Path, count: int, seed: int) -> None:
    """Write `count` documents, each of the statements of two policies of the corpus."""
    draw = random.Random(seed)  # noqa: S311 - documents are no secret
    texts = list(corpus.texts().values())
    for number_ in range(count):
        parts = [json.loads(text) for text in draw.sample(texts, 2)]
        statements = [one for part in parts for one in listed(part["Statement"])]
        for place, statement in enumerate(statements):
            statement["Sid"] = f"S{place}"
        document = {"Version": "2012-10-17", "Statement": statements}
        (folder / f"{number_:06}.json").write_text(json.dumps(document, indent=4), encoding="utf-8")


def listed(value: Any) -> list[Any]:
    """Return a list of one or several as a list."""
    return value if isinstance(value, list) else [value]


def rounds(documents: Path, folder: Path, count: int) -> dict[int, list[Spent]]:
    """Return the times of `count` sweeps of `documents` with one process and with two. Both must answer the same."""
    beside = {name: folder / "corpus" / f"{name}.json" for name in (BOUNDARY, MAXIMUM)}
    times: dict[int, list[Spent]] = {jobs: [] for jobs in JOBS}
    answers = set()
    for _ in range(count):
        for jobs in JOBS:
            command = [str(Path(sys.executable).with_name("verifier")), "sweep", str(documents), "--jobs", str(jobs)]
            command += ["--boundary", str(beside[BOUNDARY]), "--maximum", str(beside[MAXIMUM])]
            with (folder / "answers.txt").open("w+b") as output:
                times[jobs].append(spent(command, stdout=output))
            answers.add((times[jobs][-1].code, (folder / "answers.txt").read_bytes()))
    if len(answers) != 1:
        raise SystemExit("one process and two do not answer the same")
    return times


def report(times: dict[str, dict[int, list[Spent]]], documents: int) -> Report:
    """Return the report of all rounds."""
    found = Report("sweep_jobs")
    for name, taken in times.items():
        one, two = (median(each.wall for each in taken[jobs]) for jobs in JOBS)
        cpu, cpu_two = (median(each.cpu for each in taken[jobs]) for jobs in JOBS)
        of = f"{len(corpus.texts()):,} documents" if name == "corpus" else f"{documents:,} documents"
        found.figures[name] = (
            f"{of}: wall {seconds(one)} with one process, {seconds(two)} with two; {number(one / two)} times;"
            f" CPU {seconds(cpu)} with one, {seconds(cpu_two)} with two"
        )
        if name == "larger":
            found.targets.append(
                Target("two processes over one, the larger set", one / two, 1.7, "times", at_least=True)
            )
    found.series = {
        name: {str(jobs): [one.wall for one in taken[jobs]] for jobs in JOBS} for name, taken in times.items()
    }
    return found


if __name__ == "__main__":
    main()
