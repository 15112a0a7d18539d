"""How long does it take to ask one question of every AWS managed policy, from a cold start?

Question   policy ∧ PowerUserAccess ⊆ ReadOnlyAccess, of every policy of the corpus, in one process.
Target     at most the CPU time in which a plain JSON grammar in Lark (LALR, `json.lark`) parses the corpus; nothing
           undecided; the worst single question under 50 ms.
Measured   in rounds. Each round starts one process that reads the documents from indented files, parses them, asks, and
           shows each verdict: its CPU time from its start to the last verdict, with the wall time beside it, by its
           parent; and one that parses the same texts with Lark and with `json.loads`, where the parsing alone is timed,
           not the imports nor building the parser. A round before them does not count: it compiles each module into a
           folder of its own, as pip does when it installs. Totals are medians over the rounds. The time of a question
           is the CPU time of one call of `prove`, the document parsed but not yet compiled, and of showing its
           verdict, the median over the rounds of each.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from statistics import median
from typing import Any

BOUNDARY, MAXIMUM = "PowerUserAccess", "ReadOnlyAccess"
GRAMMAR = Path(__file__).with_name("json.lark")


def main() -> None:
    """Run the rounds, or one of the processes that they start."""
    if sys.argv[1:2] == ["--ask"]:
        ask(Path(sys.argv[2]))
    elif sys.argv[1:2] == ["--parse"]:
        parse(Path(sys.argv[2]))
    else:
        measure()


def ask(folder: Path) -> None:
    """Ask the question of every document in `folder`; print a line after the last verdict, then the details."""
    from verifier import Policy, prove  # noqa: PLC0415 - only this process; the parent measures the import too
    from verifier.base.processes import collect_rarely  # noqa: PLC0415 - as above

    collect_rarely()  # as `verifier sweep` does
    documents = {path.stem: Policy.load(path) for path in sorted(folder.iterdir())}
    parsed = time.process_time()
    boundary, maximum = documents[BOUNDARY], documents[MAXIMUM]
    times, verdicts = [], []
    for policy in documents.values():
        begun = time.process_time()
        verdict = prove(policies=[policy], boundary=boundary, maximum=maximum)
        str(verdict)
        times.append(time.process_time() - begun)
        verdicts.append(type(verdict).__name__)
    cpu = time.process_time()
    print("done", flush=True)
    from measure import cpu_time, peak_memory  # noqa: PLC0415 - not part of what is measured

    solving = cpu_time() - time.process_time()  # of the processes that solve
    details = {"times": times, "verdicts": verdicts, "asked": cpu - parsed, "cpu": cpu + solving, "peak": peak_memory()}
    print(json.dumps(details | {"names": list(documents)}))


def parse(folder: Path) -> None:
    """Parse every document in `folder` with the baselines; print the time that each took."""
    import lark  # noqa: PLC0415 - only this process

    texts = [path.read_text(encoding="utf-8") for path in sorted(folder.iterdir())]
    plain = lark.Lark(GRAMMAR.read_text(encoding="utf-8"), parser="lalr")
    plain.parse("[]")
    found = {}
    for name, read in (("lark", plain.parse), ("json", json.loads)):
        begun = time.process_time()
        for text in texts:
            read(text)
        found[name] = time.process_time() - begun
    print(json.dumps(found))


def measure() -> None:
    """Run the rounds and report."""
    import corpus  # noqa: PLC0415 - moto is not part of what the other processes measure
    from measure import compiled, parser  # noqa: PLC0415 - as above

    options = parser(__doc__)
    options.add_argument("--rounds", type=int, default=3, help="default: %(default)s")
    options.add_argument("--slowest", type=int, default=10, help="how many slow questions to name")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        documents = Path(folder, "documents")
        documents.mkdir()
        corpus.write(documents)
        environment = compiled(Path(folder))
        _, *rounds = [one_round(str(documents), environment) for _ in range(chosen.rounds + 1)]
    report(rounds, chosen.slowest, sum(map(len, corpus.texts().values()))).finish(chosen.json)


def one_round(folder: str, environment: dict[str, str]) -> dict[str, Any]:
    """Return the details of one cold start and of the baselines beside it."""
    begun = time.perf_counter()
    asked = command("--ask", folder)
    with subprocess.Popen(asked, stdout=subprocess.PIPE, text=True, env=environment) as process:  # noqa: S603 - ours
        assert process.stdout is not None
        said = process.stdout.readline()
        total = time.perf_counter() - begun
        if said != "done\n":
            raise SystemExit("the process that asks did not come to its end")
        details = json.loads(process.stdout.read())
    read = subprocess.run(command("--parse", folder), stdout=subprocess.PIPE, check=True)  # noqa: S603 - ours
    return details | {"total": total} | json.loads(read.stdout)


def command(*arguments: str) -> list[str]:
    """Return the command of a process of this file."""
    return [sys.executable, __file__, *arguments]


def report(rounds: list[dict[str, Any]], slowest: int, size: int) -> Any:
    """Return the report of all rounds."""
    from measure import Report, Target, mib, number, quantile, seconds  # noqa: PLC0415 - as above

    wall, total, lark, plain, asked = (
        median(one[name] for one in rounds) for name in ("total", "cpu", "lark", "json", "asked")
    )
    times = [median(column) for column in zip(*(one["times"] for one in rounds), strict=True)]
    names, verdicts = rounds[0]["names"], Counter(rounds[0]["verdicts"])
    by_time = sorted(zip(times, names, rounds[0]["verdicts"], strict=True), reverse=True)
    found = Report("sweep_corpus")
    found.figures = {
        "corpus": f"{len(names):,} documents, {size:,} characters",
        "total": f"CPU {seconds(total)} from start to last verdict ({seconds(asked)} asking), wall {seconds(wall)}",
        "Lark, JSON": f"{seconds(lark)}; ratio {number(total / lark)}",
        "json.loads": f"{seconds(plain)}; ratio {number(total / plain)}",
        "questions": f"median {seconds(median(times))}, p99 {seconds(quantile(times, 0.99))}",
        "verdicts": ", ".join(f"{count:,} {verdict}" for verdict, count in sorted(verdicts.items())),
        "peak memory": mib(max(one["peak"] for one in rounds)),
    }
    for place, (taken, name, verdict) in enumerate(by_time[:slowest], start=1):
        found.figures[f"slowest {place}"] = f"{seconds(taken)}  {name} ({verdict})"
    undecided = [name for name, verdict in zip(names, rounds[0]["verdicts"], strict=True) if verdict == "Undecided"]
    if undecided:
        found.figures["undecided"] = ", ".join(undecided)
    found.targets = [
        Target("the sweep, over Lark's parse of the corpus as JSON", total / lark, 1, "times"),
        Target("undecided", len(undecided), 0, "questions"),
        Target("worst single question", max(times) * 1000, 50, "ms"),
    ]
    found.series = {"times": times}
    return found


if __name__ == "__main__":
    main()
