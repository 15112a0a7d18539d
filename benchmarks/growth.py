"""How do time and memory grow with the size of a question?

Question   families of questions, each with one size: statements, statements about one action, actions of a statement,
           resource wildcards, conditions, values of a multi-valued key, SCP levels, questions in a batch. Each is
           asked twice, so that the answer is `Contained`, and with one detail changed so that it is `Escapes`.
Target     up to 10,000 statements in a document and 100,000 questions in a batch; time close to linear (a fitted
           exponent of at most 1.2); memory under 1 GiB.
Measured   each family in a process of its own, with the collector of cycles as rare as in the command, after a first
           small question that does not count. Parsing and proving, the verdict shown, are timed apart in CPU time, on
           documents of which no text occurred before; a size that takes under half a second is repeated, with new
           documents, and the least time counts. The exponent is the slope of the least squares line through the upper
           half of the sizes on log axes; a size goes up until the family has used up its time (`--seconds`, longer with
           `--all`) or is expected to. Each answer is checked against what the family is built to have.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from measure import MIB, Report, Target, cpu_time, exponent, mib, number, parser, peak_memory, seconds

from verifier import Policy, prove
from verifier.base.processes import collect_rarely

Document = dict[str, Any]
LARGEST = 10_000
LARGEST_BATCH = 100_000
STEPS = (10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000)
NEAR_LINEAR = 1.2
SHORT, REPEATS = 0.5, 3
LIMIT = 60.0
ARN = "arn:aws:s3:::"


@dataclass(frozen=True)
class Question:
    """Documents as JSON; `levels` are SCPs."""

    policy: Document
    maximum: Document
    levels: list[Document] = field(default_factory=list)


# Makes the question of a size; `salt` stands in every name, and `escapes` says which answer it shall have.
Family = Callable[[int, str, bool], Question]


def main() -> None:
    """Run every family in a process of its own, or one of them."""
    options = parser(__doc__)
    options.add_argument("--family", choices=[*FAMILIES, BATCH], help="only this one, in this process, as JSON")
    options.add_argument("--seconds", type=float, default=12.0, help="for a family and answer (default: %(default)s)")
    options.add_argument("--all", action="store_true", help="the largest sizes: 600 s for a family and answer")
    chosen = options.parse_args()
    allowed = 600.0 if chosen.all else chosen.seconds
    if chosen.family:
        print(json.dumps(measured(chosen.family, allowed)))
        return
    found = {}
    for name in (*FAMILIES, BATCH):
        command = [sys.executable, __file__, "--family", name, "--seconds", str(allowed)]
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True)  # noqa: S603 - ours
        found[name] = json.loads(done.stdout)
        print(f"{name}: {summary(found[name])}", flush=True)
    report(found, chosen.all).finish(chosen.json)


def document(statements: list[Document]) -> Document:
    """Return a document of statements."""
    return {"Version": "2012-10-17", "Statement": statements}


def allow(action: str | list[str], on: str | list[str] = "*", **more: Any) -> Document:
    """Return an Allow statement."""
    return {"Effect": "Allow", "Action": action, "Resource": on} | more


def statements(size: int, salt: str, escapes: bool) -> Question:
    """Each statement about its own action and a folder; the maximum allows the bucket, of the last one another."""
    own = [allow(f"s3:Get{salt}N{i}", f"{ARN}{salt}-{i}/data/*") for i in range(size)]
    top = [allow(f"s3:Get{salt}N{i}", f"{ARN}{salt}-{i}/*") for i in range(size)]
    if escapes:
        top[-1]["Resource"] = f"{ARN}{salt}-other/*"
    return Question(document(own), document(top))


def one_action(size: int, salt: str, escapes: bool) -> Question:
    """Statements that all allow one action, each on a folder of its own; the maximum does on the buckets."""
    own = [allow("s3:GetObject", f"{ARN}{salt}-{i}-b/data/*") for i in range(size)]
    top = [allow("s3:GetObject", f"{ARN}{salt}-{i}-b/*") for i in range(size - escapes)]
    return Question(document(own), document(top))


def actions(size: int, salt: str, escapes: bool) -> Question:
    """One statement with many actions, every other one ending in a wildcard; the maximum has the longer half wild."""
    names = [f"s3:Get{salt}N{i}e{'*' if i % 2 else ''}" for i in range(size)]
    wider = [name if name.endswith("*") else f"{name}*" for name in names[: size - escapes]]
    return Question(document([allow(names)]), document([allow(wider)]))


def resources(size: int, salt: str, escapes: bool) -> Question:
    """One statement with many resource wildcards, a `*` inside too; the maximum has one in place of the last part."""
    names = [f"{ARN}{salt}-{i}-b/*/file" for i in range(size)]
    wider = [f"{ARN}{salt}-{i}-b/*" for i in range(size - escapes)]
    return Question(document([allow("s3:GetObject", names)]), document([allow("s3:GetObject", wider)]))


def conditions(size: int, salt: str, escapes: bool) -> Question:
    """One statement with a condition on each of many tags; the maximum asks for less of each, or more of the last."""
    own = {f"aws:RequestTag/{salt}{i}": f"team{i}-a*" for i in range(size)}
    top = {key: value.replace("-a*", "-*") for key, value in own.items()}
    if escapes:
        top[f"aws:RequestTag/{salt}{size - 1}"] = "other*"
    return Question(*(document([allow("s3:*", Condition={"StringLike": tags})]) for tags in (own, top)))


def values(size: int, salt: str, escapes: bool) -> Question:
    """Many values under ForAllValues and ForAnyValue of one multi-valued key; the maximum takes their beginnings."""
    own = [f"{salt}-{i}-a" for i in range(size)]
    top = [f"{salt}-{i}-*" for i in range(size - escapes)]

    def statement(allowed: list[str]) -> Document:
        tests = ("ForAllValues:StringLike", "ForAnyValue:StringLike")
        return allow("s3:*", Condition={test: {"aws:TagKeys": allowed} for test in tests})

    return Question(document([statement(own)]), document([statement(top)]))


def levels(size: int, salt: str, escapes: bool) -> Question:
    """Many SCP levels that each deny another folder; the maximum denies all of these, and another one to escape."""
    own = document([allow("*")])
    denied = [f"{ARN}{salt}-{i}-b/*" for i in range(size)]

    def deny(on: str | list[str]) -> list[Document]:
        return [allow("*"), {"Effect": "Deny", "Action": "*", "Resource": on}]

    more = [f"{ARN}{salt}-other/*"] if escapes else []
    return Question(own, document(deny(denied + more)), [document(deny(one)) for one in denied])


FAMILIES: dict[str, Family] = {
    "statements": statements,
    "statements on one action": one_action,
    "actions": actions,
    "resource wildcards": resources,
    "conditions": conditions,
    "multi-valued key": values,
    "SCP levels": levels,
}
BATCH = "questions in a batch"
DOCUMENTS = ("statements", "statements on one action")


def lines(size: int, salt: str, escapes: bool) -> Iterator[str]:
    """Yield a line of `verifier batch` for each of many principals of an account, under one boundary and maximum."""
    boundary = document([allow(["s3:*", "dynamodb:*", "sqs:*"])])
    maximum = document([allow(["s3:Get*", "s3:List*", "dynamodb:*"]), allow("sqs:*", "arn:aws:sqs:*:111122223333:*")])
    for i in range(size):
        own = [
            allow(["s3:GetObject", "s3:ListBucket"], [f"{ARN}{salt}-{i}", f"{ARN}{salt}-{i}/*"]),
            allow("dynamodb:*", f"arn:aws:dynamodb:*:111122223333:table/{salt}-{i}"),
            allow("sqs:SendMessage", f"arn:aws:sqs:*:{'*' if escapes else '111122223333'}:{salt}-{i}"),
        ]
        question = {"policies": [document(own)], "boundary": boundary, "maximum": maximum}
        yield json.dumps({"id": i, "ask": "prove"} | question)


def measured(name: str, allowed: float) -> dict[str, Any]:
    """Return sizes and times of one family, by answer, and the memory it took."""
    collect_rarely()
    found: dict[str, Any] = {}
    started, busy = time.perf_counter(), cpu_time()
    least(name, STEPS[0], False)  # what is loaded and built once is not part of the growth
    for escapes in (False, True):
        points: list[list[float]] = []
        begun = time.perf_counter()
        for size in STEPS if name == BATCH else STEPS[: STEPS.index(LARGEST) + 1]:
            if not may_go_on(points, size, allowed - (time.perf_counter() - begun)):
                break
            times = least(name, size, escapes)
            if times is None:
                found["undecided"] = f"{size:,}, {'escapes' if escapes else 'contained'}"
                break
            points.append([size, *times])
        found["escapes" if escapes else "contained"] = points
    whole = {"wall": time.perf_counter() - started, "cpu": cpu_time() - busy}
    return found | whole | {"peak": peak_memory()}


def may_go_on(points: list[list[float]], size: int, left: float) -> bool:
    """Whether the next size is expected to fit into the time left."""
    if len(points) < 3:
        return left > 0
    slope, _ = exponent([point[0] for point in points], [sum(point[1:]) for point in points])
    return sum(points[-1][1:]) * (size / points[-1][0]) ** max(1.0, slope) < left


def least(name: str, size: int, escapes: bool) -> tuple[float, float] | None:
    """Return the least times of parsing and of proving at one size; None where it stayed undecided."""
    best: tuple[float, float] | None = None
    for repeat in range(REPEATS):
        salt = f"x{size}r{repeat}{'e' if escapes else 'c'}"
        times = batch_once(size, salt, escapes) if name == BATCH else once(FAMILIES[name](size, salt, escapes), escapes)
        if times is None:
            return None
        best = times if best is None else (min(best[0], times[0]), min(best[1], times[1]))
        if sum(times) > SHORT:
            break
    return best


def once(question: Question, escapes: bool) -> tuple[float, float] | None:
    """Return the times of one question; None where it stayed undecided. A wrong answer ends the run."""
    texts = [json.dumps(one) for one in (question.policy, question.maximum, *question.levels)]
    parsing = []
    while not parsing or (len(parsing) < REPEATS and sum(parsing) < SHORT):
        begun = cpu_time()
        policy, maximum, *scps = map(Policy.parse, texts)
        parsing.append(cpu_time() - begun)
    begun = cpu_time()
    verdict = prove(policies=[policy], maximum=maximum, scps=scps, timeout=LIMIT)
    str(verdict)
    taken = cpu_time() - begun
    return (min(parsing), taken) if right(type(verdict).__name__, escapes) else None


def batch_once(size: int, salt: str, escapes: bool) -> tuple[float, float] | None:
    """Return the time of a batch, and none for the parsing, which a batch does in between."""
    from verifier.cli.batch_lines import batch  # noqa: PLC0415 - only the batch

    taken = 0.0
    answers = batch(lines(size, salt, escapes), timeout=LIMIT)
    begun = cpu_time()
    for answer in answers:
        if not right(str(answer.get("verdict")).capitalize(), escapes):
            return None
    taken = cpu_time() - begun
    return 0.0, taken


def right(said: str, escapes: bool) -> bool:
    """Whether the verdict is the right one; False where there is none. Raises SystemExit for a wrong one."""
    expected = "Escapes" if escapes else "Contained"
    if said not in (expected, "Undecided"):
        raise SystemExit(f"the answer is {said}, and should be {expected}")
    return said == expected


def lined(points: list[list[float]], column: int) -> tuple[list[float], list[float]]:
    """Return the sizes and one column of times."""
    return [point[0] for point in points], [point[column] for point in points]


def longer(found: dict[str, Any]) -> list[list[float]]:
    """Return the points of the answer that was measured up to the larger size, which tell of parsing."""
    return max((found[name] for name in ("contained", "escapes")), key=len)


def slopes(found: dict[str, Any]) -> dict[str, float]:
    """Return the exponents of a family: of parsing, and of proving each answer."""
    both = {name: exponent(*lined(found[name], 2))[0] for name in ("contained", "escapes")}
    if any(point[1] for point in longer(found)):
        both["parsing"] = exponent(*lined(longer(found), 1))[0]
    return both


def steepest(found: dict[str, Any]) -> float:
    """Return the largest exponent of a family; infinity where too few sizes were answered for one."""
    return max(math.inf if math.isnan(slope) else slope for slope in slopes(found).values())


def summary(found: dict[str, Any]) -> str:
    """Return a family in words."""
    words = []
    for name, slope in slopes(found).items():
        points, column = (longer(found), 1) if name == "parsing" else (found[name], 2)
        if points:
            words.append(f"{name} {seconds(points[-1][column])} at {number(points[-1][0])}, exponent {number(slope)}")
    if "undecided" in found:
        words.append(f"undecided at {found['undecided']}")
    whole = f"all of it CPU {seconds(found['cpu'])}, wall {seconds(found['wall'])}"
    return "; ".join([*words, whole, f"peak {mib(found['peak'])}"])


def report(found: dict[str, dict[str, Any]], largest: bool) -> Report:
    """Return the report of all families."""
    made = Report("growth", figures={name: summary(one) for name, one in found.items()})
    made.targets = [Target(f"{name}, steepest exponent", steepest(one), NEAR_LINEAR) for name, one in found.items()]
    made.targets.append(Target("peak memory", max(one["peak"] for one in found.values()) / MIB, 1024, "MiB"))
    undecided = sum("undecided" in one for one in found.values())
    made.targets.append(Target("undecided within a minute", undecided, 0, "families"))
    if largest:
        reached = min(reach(found[name]) for name in DOCUMENTS)
        made.targets.append(Target("statements in a document", reached, LARGEST, "statements", True))
        made.targets.append(Target("questions in a batch", reach(found[BATCH]), LARGEST_BATCH, "questions", True))
    made.series = found
    return made


def reach(found: dict[str, Any]) -> float:
    """Return the largest size with both answers."""
    return min(points[-1][0] if (points := found[name]) else 0 for name in ("contained", "escapes"))


if __name__ == "__main__":
    main()
