"""How much faster is the encoding without strings than the textbook one, and do the answers agree?

Question   policy ∧ PowerUserAccess ⊆ ReadOnlyAccess, of a seeded sample of the corpus (`--all`: of every policy).
Target     at least 10,000 times faster than the textbook encoding, at the median of the questions that it decides or
           gives up on; never a different verdict.
Measured   wall time, verdicts shown. First `prove` as it is, one question after the other, documents parsed, boundary
           and maximum asked about once before, the policy itself never. Then, two processes at a time (`--processes`),
           the same call with `encoding="strings"`, where action, resource and values are strings of Z3 and patterns
           regular expressions; and cvc5 on the SMT-LIB that `prove` exports, timed from reading the script to the
           answer. Each has 10 s for a question (`--timeout`); where it gives up, the time until then counts. cvc5 has
           one script for a question; `prove` and the textbook encoding also find out whether a containment is vacuous.
           SMT-LIB ties typed values to their texts loosely: there `unsat` is a proof and `sat` is none, so a `sat` of
           cvc5 against a containment counts as a different verdict only where no typed value occurs.
"""

from __future__ import annotations

import json
import multiprocessing
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from statistics import median
from typing import Any

import corpus
from measure import Report, Target, number, parser, seconds

from verifier import Policy, prove

BOUNDARY, MAXIMUM = "PowerUserAccess", "ReadOnlyAccess"
WARM_UP = "AmazonS3ReadOnlyAccess"
MOST_MEMORY = 4 * 1024**3
GRACE = 5.0
GAVE_UP = "gave up"
# The words with which an exported script ties a typed value to its text.
TYPED = ("_is_number", "_is_instant", "_is_address")


@dataclass(frozen=True)
class Answer:
    """An answer, `gave up` where there was none, and the seconds until then."""

    said: str
    seconds: float


@dataclass(frozen=True)
class Compared:
    """What the two baselines made of one question."""

    name: str
    strings: Answer
    cvc5: Answer
    typed: bool


def main() -> None:
    """Run the comparison, or the process that holds cvc5."""
    if sys.argv[1:2] == ["--cvc5"]:
        cvc5_answers(float(sys.argv[2]))
        return
    options = parser(__doc__)
    options.add_argument("--sample", type=int, default=30, help="how many questions (default: %(default)s)")
    options.add_argument("--all", action="store_true", help="ask about every policy: a campaign of hours")
    options.add_argument("--timeout", type=float, default=10.0, help="seconds a question (default: %(default)s)")
    options.add_argument("--processes", type=int, default=2, help="default: %(default)s")
    chosen = options.parse_args()
    names = list(corpus.texts()) if chosen.all else corpus.sample(chosen.sample, chosen.seed)
    ask(WARM_UP)
    ours = {name: ask(name) for name in names}
    compared = []
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(chosen.processes, context) as pool:
        for one in pool.map(partial(compare, timeout=chosen.timeout), names):
            compared.append(one)
            print(line(ours[one.name], one), flush=True)
    report(ours, compared, chosen.timeout).finish(chosen.json)


def documents(name: str) -> dict[str, Any]:
    """Return the documents of the question about a policy; the policy is parsed anew, so that it is not compiled."""
    policy = Policy.parse(corpus.texts()[name], name)
    return {"policies": [policy], "boundary": parsed(BOUNDARY), "maximum": parsed(MAXIMUM)}


@cache
def parsed(name: str) -> Policy:
    """Return a document that returns in every question."""
    return Policy.parse(corpus.texts()[name], name)


def ask(name: str) -> Answer:
    """Ask the question as it is meant to be asked."""
    question = documents(name)
    begun = time.perf_counter()
    verdict = prove(**question)
    str(verdict)
    return Answer(type(verdict).__name__, time.perf_counter() - begun)


def compare(name: str, timeout: float) -> Compared:
    """Ask both baselines about one policy."""
    question = documents(name)
    begun = time.perf_counter()
    answer = prove(**question, encoding="strings", timeout=timeout)
    str(answer)
    verdict = type(answer).__name__
    strings = Answer(GAVE_UP if verdict == "Undecided" else verdict, time.perf_counter() - begun)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "question.smt2"
        prove(**question, smtlib=path)
        script = path.read_text(encoding="utf-8")
    return Compared(name, strings, ask_cvc5(script, timeout), any(word in script for word in TYPED))


def ask_cvc5(script: str, timeout: float) -> Answer:
    """Ask cvc5 in a process that is killed where it does not end."""
    begun = time.perf_counter()
    try:
        done = subprocess.run(  # noqa: S603 - ours
            [sys.executable, __file__, "--cvc5", str(timeout)],
            input=script,
            capture_output=True,
            text=True,
            timeout=timeout + GRACE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Answer(GAVE_UP, timeout)
    if done.returncode != 0:
        return Answer(GAVE_UP, min(timeout, time.perf_counter() - begun))
    said, taken = json.loads(done.stdout)
    return Answer({"sat": "Escapes", "unsat": "Contained"}.get(said, GAVE_UP), taken)


def cvc5_answers(timeout: float) -> None:
    """Print cvc5's answer to the script on standard input, and the seconds it took."""
    import cvc5  # noqa: PLC0415 - only this process

    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    script = sys.stdin.read()
    begun = time.perf_counter()
    solver = cvc5.Solver()
    solver.setOption("strings-exp", "true")
    solver.setOption("tlimit-per", str(int(timeout * 1000)))
    reader = cvc5.InputParser(solver)
    reader.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, script, "question")
    symbols, said = reader.getSymbolManager(), ""
    while not (command := reader.nextCommand()).isNull():
        said = str(command.invoke(solver, symbols)) or said
    print(json.dumps([said.strip(), time.perf_counter() - begun]))


def line(ours: Answer, one: Compared) -> str:
    """Return one question as a line of text."""
    answers = (("ours", ours), ("strings", one.strings), ("cvc5", one.cvc5))
    told = "  ".join(f"{name}: {answer.said:9} {seconds(answer.seconds):>8}" for name, answer in answers)
    return f"{told}  {one.name}{'  (typed)' if one.typed else ''}"


def differs(ours: Answer, other: Answer, conclusive: bool = True) -> bool:
    """Whether two answers contradict each other; an Escapes that is not conclusive contradicts nothing."""
    if GAVE_UP in (ours.said, other.said) or ours.said == "Undecided":
        return False
    return ours.said != other.said and (conclusive or other.said != "Escapes")


def report(ours: dict[str, Answer], compared: list[Compared], timeout: float) -> Report:
    """Return the report of all questions."""
    found = Report("against_strings")
    baselines = {
        "Z3, textbook strings": {one.name: one.strings for one in compared},
        "cvc5, same SMT-LIB": {one.name: one.cvc5 for one in compared},
    }
    mine = [answer.seconds for answer in ours.values()]
    found.figures["questions"] = f"{len(ours):,}, limit {number(timeout)} s each"
    found.figures["verifier"] = f"median {seconds(median(mine))}, worst {seconds(max(mine))}; {counts(ours)}"
    speed = {}
    for name, answers in baselines.items():
        times = [answer.seconds for answer in answers.values()]
        speed[name] = median(answer.seconds / ours[key].seconds for key, answer in answers.items())
        found.figures[name] = (
            f"median {seconds(median(times))}; {counts(answers)}; verifier is {number(speed[name])} times faster at the"
            " median"
        )
    typed = {one.name for one in compared if one.typed}
    different = [
        f"{name}: {key}"
        for name, answers in baselines.items()
        for key, answer in answers.items()
        if differs(ours[key], answer, name.startswith("Z3") or key not in typed)
    ]
    if different:
        found.figures["different verdicts"] = ", ".join(different)
    found.targets = [
        Target("faster than the textbook encoding, median", speed["Z3, textbook strings"], 10_000, "times", True),
        Target("different verdicts", len(different), 0, "questions"),
    ]
    found.series = {
        "verifier": mine,
        **{name: [answers[key].seconds for key in ours] for name, answers in baselines.items()},
        "decided": {name: [answers[key].said != GAVE_UP for key in ours] for name, answers in baselines.items()},
        "limit": timeout,
    }
    return found


def counts(answers: dict[str, Answer]) -> str:
    """Return how often each answer was given."""
    count = Counter(answer.said for answer in answers.values())
    return ", ".join(f"{many:,} {said}" for said, many in sorted(count.items()))


if __name__ == "__main__":
    main()
