"""What does a batch cost whose every line holds its boundary and its maximum?

Question   each policy of the corpus beside PowerUserAccess and within ReadOnlyAccess: as lines of `verifier batch` with
           the three documents in each, and as a `verifier sweep` of the policies, which reads the other two once.
Target     the batch at most 1.5 times the sweep.
Measured   whole processes by their parent, in rounds that alternate the two; medians of CPU time, with wall time beside
           it. Both print JSON, and every verdict is compared.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from statistics import median

import corpus
from measure import Report, Spent, Target, number, parser, seconds, spent

BOUNDARY, MAXIMUM = "PowerUserAccess", "ReadOnlyAccess"


def main() -> None:
    """Run the rounds and report."""
    options = parser(__doc__)
    options.add_argument("--rounds", type=int, default=3, help="default: %(default)s")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        times = rounds(Path(folder), chosen.rounds)
    report(times).finish(chosen.json)


def rounds(folder: Path, count: int) -> Mapping[str, list[Spent]]:
    """Return the times of `count` batches and sweeps of the corpus. Both must say the same of each policy."""
    policies, lines = folder / "policies", folder / "lines.jsonl"
    policies.mkdir()
    corpus.write(policies)
    write_lines(lines)
    verifier = str(Path(sys.executable).with_name("verifier"))
    beside = ["--boundary", str(policies / f"{BOUNDARY}.json"), "--maximum", str(policies / f"{MAXIMUM}.json")]
    commands = {
        "batch": [verifier, "batch"],
        "sweep": [verifier, "sweep", str(policies), *beside, "--format", "json", "--jobs", "1"],
    }
    times: dict[str, list[Spent]] = {name: [] for name in commands}
    for _ in range(count):
        said = {}
        for name, command in commands.items():
            with lines.open("rb") as asked, (folder / name).open("w+b") as output:
                times[name].append(spent(command, stdin=asked, stdout=output))
            said[name] = verdicts(folder / name)
        if said["batch"] != said["sweep"]:
            raise SystemExit("the batch and the sweep do not say the same")
    return times


def write_lines(place: Path) -> None:
    """Write a line for each policy of the corpus, with the two documents beside it."""
    documents = {name: json.loads(text) for name, text in corpus.texts().items()}
    beside = {"boundary": documents[BOUNDARY], "maximum": documents[MAXIMUM]}
    asked = ({"id": name, "ask": "prove", "policies": [one], **beside} for name, one in documents.items())
    place.write_text("".join(f"{json.dumps(line)}\n" for line in asked), encoding="utf-8")


def verdicts(place: Path) -> Mapping[str, str]:
    """Return what was said of each policy, by its name."""
    lines = map(json.loads, place.read_text(encoding="utf-8").splitlines())
    return {Path(line.get("id", line.get("document"))).stem: line["verdict"] for line in lines if "verdict" in line}


def report(times: Mapping[str, list[Spent]]) -> Report:
    """Return the report of all rounds."""
    cpu = {name: median(one.cpu for one in taken) for name, taken in times.items()}
    wall = {name: median(one.wall for one in taken) for name, taken in times.items()}
    found = Report(
        "inline_batch", figures={name: f"{seconds(cpu[name])} CPU, {seconds(wall[name])} wall" for name in cpu}
    )
    found.figures["a line"] = f"{number(cpu['batch'] / len(corpus.texts()) * 1000)} ms"
    found.targets.append(Target("documents in each line, over a sweep", cpu["batch"] / cpu["sweep"], 1.5, "times"))
    return found


if __name__ == "__main__":
    main()
