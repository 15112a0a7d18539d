"""How does verifier compare with other programs for IAM policies, in one run on one machine?

Question   three kinds of work, each by every peer that can do it.
           evaluate   one request evaluated, its line and its documents parsed: `batch`, iam-simulate (node), IAMSpy
           within     is P within Q, of a seeded sample of pairs of the corpus, half of them P within P with a statement
                      more: `prove`, iamprover, cvc5 on our SMT-LIB, Z3's strings (`encoding="strings"`), quacky
           scan       the corpus scanned: `validate` and `sweep`, cloudsplaining, parliament. These answer other
                      questions, so only the documents a second are compared
Target     evaluate: less CPU time a line than iam-simulate.
Measured   each peer is installed by this program into an environment of its own under `build/peers`, at the versions
           below, from PyPI and npm; nothing of it comes into this repository. What cannot be installed is named in the
           table. IAMSpy's package on PyPI is empty and quacky is on no registry: `--iamspy PYTHON` names a Python in
           whose environment IAMSpy was installed from its repository, `--quacky FOLDER` a checkout of quacky.
           evaluate and scan are whole processes: the CPU and wall time of all lines less that of none, by line; a scan
           with its start. within is timed inside of the peer's process, without its start, from the texts to the
           answer, with a limit (`--timeout`); where a peer gives up, the time until then counts.
           Where answers differ, the request that tells them apart is put to the evaluator, and the table says whose
           answer it confirms, and by which rule.

A peer is somebody else's program, and runs with the rights of whoever starts this benchmark.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

import corpus
from measure import Report, Target, number, parser, seconds, spent

from verifier import Escapes, Policy, Request, Undecided, prove
from verifier.clouds.aws.evaluate.evaluate import allows

PROGRAMS = Path(__file__).parent / "peer_programs"
PLACE = Path(__file__).parent.parent / "build" / "peers"
# By the name of the environment: what pip or npm installs into it.
PACKAGES = {
    "iamprover": ["iamprover==0.7.1", "z3-solver==5.4.1.0"],
    "cvc5": ["cvc5==1.4.2"],
    "cloudsplaining": ["cloudsplaining==0.9.1"],
    "parliament": ["parliament==1.6.4", "setuptools==65.5.0"],
}
NODE = {"iam-simulate": ("@cloud-copilot/iam-simulate", "0.1.173")}
GAVE_UP = "gave up"
SHORT = "[^:/]*"
# Keys that follow from who asks, in a policy.
FOLLOWING = re.compile(r"aws:(Principal(Arn|Account|Type)|username)\b", re.IGNORECASE)
MOST_SHOWN = 3
GRACE = 30.0
JANE = "arn:aws:iam::111122223333:user/jane"
NOTHING = '{"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}'


@dataclass(frozen=True)
class Row:
    """A line of the table: times in seconds for one item of the work; None where the peer could not do it."""

    work: str
    peer: str
    version: str
    ours: tuple[float, float] | None = None
    theirs: tuple[float, float] | None = None
    note: str = ""

    def __str__(self) -> str:
        """Return the row as Markdown."""
        times = [f"{seconds(pair[0])} / {seconds(pair[1])}" if pair else "" for pair in (self.ours, self.theirs)]
        ratio = ""
        if self.ours and self.theirs:
            ratio = " / ".join(number(theirs / ours) for ours, theirs in zip(self.ours, self.theirs, strict=True))
        return f"| {' | '.join((self.work, self.peer, self.version, *times, ratio, self.note))} |"


@dataclass
class Found:
    """What the run found: rows of the table, and each difference in words."""

    rows: list[Row] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)


def main() -> None:
    """Install what is wanted, do the work and report."""
    options = parser(__doc__)
    options.add_argument("--work", choices=WORKS, nargs="*", default=list(WORKS), help="only these (default: all)")
    options.add_argument("--lines", type=int, default=400, help="requests to evaluate (default: %(default)s)")
    options.add_argument("--pairs", type=int, default=10, help="pairs P and Q (default: %(default)s)")
    options.add_argument("--documents", type=int, default=300, help="documents to scan (default: %(default)s)")
    options.add_argument("--timeout", type=float, default=10.0, help="seconds for a pair (default: %(default)s)")
    options.add_argument("--iamspy", metavar="PYTHON", help="a Python that has IAMSpy")
    options.add_argument("--quacky", metavar="FOLDER", type=Path, help="a checkout of quacky")
    chosen = options.parse_args()
    found = Found()
    with tempfile.TemporaryDirectory() as folder:
        for work in chosen.work:
            WORKS[work](found, chosen, Path(folder))
    print(table(found))
    report(found, chosen).finish(chosen.json)


def python_of(name: str) -> Path | str:
    """Return the Python of a peer's environment, installed if need be; why not, where that failed."""
    place = PLACE / name
    python, done = place / "bin" / "python", place / "installed"
    if not done.exists() or done.read_text() != " ".join(PACKAGES[name]):
        PLACE.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(place, ignore_errors=True)
        for command in (
            [sys.executable, "-m", "venv", str(place)],
            [str(python), "-m", "pip", "install", "-q", *PACKAGES[name]],
        ):
            told = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - venv and pip
            if told.returncode != 0:
                return f"not installed: {last_line(told.stderr)}"
        done.write_text(" ".join(PACKAGES[name]))
    return python


def module_of(name: str) -> Path | str:
    """Return the entry module of a peer of npm, installed if need be; why not, where that failed."""
    package, wanted = NODE[name]
    place = PLACE / name
    module = place / "node_modules" / package / "dist" / "esm" / "index.js"
    described = module.parent.parent.parent / "package.json"
    if shutil.which("node") is None or shutil.which("npm") is None:
        return "not installed: there is no node"
    if not module.exists() or json.loads(described.read_text(encoding="utf-8"))["version"] != wanted:
        place.mkdir(parents=True, exist_ok=True)
        command = ["npm", "install", "--silent", "--no-save", "--ignore-scripts", "--prefix", str(place)]
        told = subprocess.run([*command, f"{package}@{wanted}"], capture_output=True, text=True, check=False)  # noqa: S603 - npm
        if told.returncode != 0 or not module.exists():
            return f"not installed: {last_line(told.stderr)}"
    return module


def last_line(text: str) -> str:
    """Return the last line of what an installer said."""
    return text.strip().rpartition("\n")[2][:120] or "no reason was given"


# One request evaluated.


def evaluate(found: Found, chosen: Any, folder: Path) -> None:
    """Compare `batch` with iam-simulate and IAMSpy, line by line."""
    lines = list(questions(chosen.lines, chosen.seed))
    full, none = folder / "lines.jsonl", folder / "none.jsonl"
    full.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    none.write_text("", encoding="utf-8")
    command = [str(Path(sys.executable).with_name("verifier")), "batch"]
    ours, answers = by_line(lambda _: command, full, none, len(lines), stdin=True)
    mine = [one["decision"] for one in answers]
    module = module_of("iam-simulate")
    peers: list[tuple[str, str, Callable[[Path], list[str]] | str]] = []
    script = str(PROGRAMS / "iam_simulate_evaluate.mjs")
    simulate = module if isinstance(module, str) else lambda path: ["node", script, str(module), str(path)]
    peers.append(("iam-simulate", NODE["iam-simulate"][1], simulate))
    spy = str(PROGRAMS / "iamspy_evaluate.py")
    if chosen.iamspy:
        peers.append(("IAMSpy", "as given", lambda path: [chosen.iamspy, spy, str(path)]))
    else:
        peers.append(("IAMSpy", "", "not installed: its package on PyPI (0.0.1) is empty; see `--iamspy`"))
    for name, told, asked in peers:
        if isinstance(asked, str):
            found.rows.append(Row("evaluate, a line", name, told, ours, None, asked))
            continue
        theirs, answers = by_line(asked, full, none, len(lines), stdin=False)
        said = [one["said"] for one in answers]
        compared(found, name, lines, mine, said)
        same = sum(agree(one, other) for one, other in zip(mine, said, strict=True))
        refused = sum(one.startswith("error") for one in said)
        note = f"{same} of {len(lines)} answers agree, {refused} requests are refused by it"
        found.rows.append(Row("evaluate, a line", name, told, ours, theirs, note))


def questions(count: int, seed: int) -> Iterable[dict[str, Any]]:
    """Yield lines of `batch`: a policy of the corpus, with a request that it or another one allows."""
    draw = random.Random(seed)  # noqa: S311 - a sample is no secret
    nothing = Policy.parse(NOTHING)
    allowed: list[dict[str, Any]] = []
    names = list(corpus.texts())
    while len(allowed) < min(count, 200):
        verdict = prove(policies=[Policy.parse(corpus.texts()[draw.choice(names)])], maximum=nothing)
        if isinstance(verdict, Escapes) and verdict.fit.realistic:
            allowed.append(verdict.request.as_json() | {"principal": JANE})
    for place in range(count):
        document = json.loads(corpus.texts()[draw.choice(names)])
        request = draw.choice(allowed)
        if place % 2:
            own = prove(policies=[Policy.parse(json.dumps(document))], maximum=nothing)
            if isinstance(own, Escapes) and own.fit.realistic:
                request = own.request.as_json() | {"principal": JANE}
        request["context"] = {
            key: value for key, value in request["context"].items() if ":principal" not in key.lower()
        }
        yield {"id": place, "ask": "evaluate", "policies": [document], "request": request}


def by_line(
    asked: Callable[[Path], list[str]], full: Path, none: Path, count: int, *, stdin: bool
) -> tuple[tuple[float, float], list[dict[str, Any]]]:
    """Return CPU and wall time by line, and the answers; the time without any line is taken off."""
    times = []
    for path in (none, full):
        output = path.with_suffix(".answers")
        with path.open("rb") as given, output.open("wb") as taken:
            times.append(spent(asked(path), stdin=given if stdin else subprocess.DEVNULL, stdout=taken))
    said = full.with_suffix(".answers").read_text(encoding="utf-8").splitlines()
    answers = [json.loads(line) for line in said if line.startswith("{")]  # a peer may print notes of its own
    if len(answers) != count:
        raise SystemExit(f"{asked(full)[0]} answered {len(answers)} of {count} lines")
    start, whole = times
    return ((whole.cpu - start.cpu) / count, (whole.wall - start.wall) / count), answers


def agree(mine: str, said: str) -> bool:
    """Whether two decisions are the same; some peers do not tell the kinds of denials apart."""
    return mine == said or (said == "denied" and mine.endswith("deny"))


def compared(found: Found, name: str, lines: Sequence[Any], mine: Sequence[str], said: Sequence[str]) -> None:
    """Note the differences, those of one kind once: of the same two answers, for the same reason."""
    seen: Counter[tuple[str, str]] = Counter()
    for line, one, other in zip(lines, mine, said, strict=True):
        if not agree(one, other):
            kind = f"verifier says {one}, {name} {other.partition('{')[0]}", reason(line, other)
            seen[kind] += 1
            if seen[kind] <= MOST_SHOWN:
                told = f"evaluate: verifier says {one}, {name} says {other}: {json.dumps(line['request'])}"
                found.differences.append(f"{told}; {kind[1]}")
    found.differences += [
        f"evaluate: {count - MOST_SHOWN} more where {answers}; {why}"
        for (answers, why), count in seen.items()
        if count > MOST_SHOWN
    ]


def reason(line: dict[str, Any], said: str) -> str:
    """Return whose answer is right, by which page of AWS, as far as the kind of the difference tells."""
    action, resource = line["request"]["action"].lower(), line["request"]["resource"]
    if said.startswith("error"):
        return "the peer does not answer, so there is nothing to compare"
    if action.startswith("sts:assumerole"):
        return (
            "the peer may ask for the trust policy of the role too, which the question does not have (IAM User Guide,"
            " Using IAM roles); `evaluate` answers about the documents of the question"
        )
    if action.startswith("kms:"):
        return (
            "each is right about what it was given: without a key policy, iam-simulate lets no identity policy count"
            " (KMS Developer Guide, Key policies in AWS KMS); `evaluate` answers about the documents of the question"
        )
    entries = [entry for one in listed(line["policies"][0]["Statement"]) for entry in listed(one.get("Resource", []))]
    if resource != "*" and any(spans(entry, resource) for entry in entries):
        return (
            "an entry of Resource matches by rule 10 only: `*` stands for any text, `/` and `:` too (IAM User Guide,"
            " IAM JSON policy elements: Resource); if the peer rests on another reading of `*`, verifier is right"
        )
    if FOLLOWING.search(json.dumps(line["policies"])):
        return (
            "the policy reads a key that follows from who asks, which AWS puts in: aws:PrincipalAccount is"
            " in every one (IAM User Guide, AWS global condition context keys); verifier puts it in (rule 33), the peer"
            " takes a key that the line does not give for absent, so verifier is right"
        )
    if any(plainly(one, action, resource) for one in listed(line["policies"][0]["Statement"])):
        return (
            "an Allow without a condition names the action and matches the resource, whatever its wildcards stand for,"
            " so verifier is right (IAM User Guide, IAM JSON policy elements: Resource); the peer's tables may not have"
            " this type of resource for the action"
        )
    return "not one of the kinds that are known: to be looked at"


def plainly(statement: dict[str, Any], action: str, resource: str) -> bool:
    """Whether a statement allows a request by the names in it alone."""
    if statement["Effect"] != "Allow" or "Condition" in statement:
        return False
    named = (one.lower() for one in listed(statement.get("Action", [])))
    return action in named and any(matches(entry, resource, SHORT) for entry in listed(statement.get("Resource", [])))


def spans(entry: str, resource: str) -> bool:
    """Whether an entry matches a resource only since a wildcard stands for a colon or a slash."""
    return matches(entry, resource, ".*") and not matches(entry, resource, SHORT)


def matches(entry: str, resource: str, any_text: str) -> bool:
    """Whether an entry matches a resource, if `*` stands for `any_text`."""
    parts = (
        any_text if part == "*" else "." if part == "?" else re.escape(part) for part in re.split(r"([*?])", entry)
    )
    return re.fullmatch("".join(parts), resource, re.DOTALL) is not None


# P within Q.


def within(found: Found, chosen: Any, folder: Path) -> None:
    """Compare proofs of pairs."""
    pairs = list(drawn(chosen.pairs, chosen.seed))
    ours, verdicts = [], []
    for p, q, path in ((*pair, folder / f"{place}.smt2") for place, pair in enumerate(pairs)):
        cpu, wall = time.process_time(), time.perf_counter()
        verdict = prove(policies=[Policy.parse(p)], maximum=Policy.parse(q), timeout=chosen.timeout)
        str(verdict)
        ours.append((time.process_time() - cpu, time.perf_counter() - wall))
        verdicts.append(verdict)
        prove(policies=[Policy.parse(p)], maximum=Policy.parse(q), timeout=chosen.timeout, smtlib=path)
    middle = middle_of(ours)
    questions = folder / "pairs.jsonl"
    rows = [
        {"p": json.loads(p), "q": json.loads(q), "smtlib": (folder / f"{place}.smt2").read_text(encoding="utf-8")}
        for place, (p, q) in enumerate(pairs)
    ]
    questions.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    z3 = f"z3-solver {version('z3-solver')}"
    peers = {
        "Z3's strings": (z3, [strings(p, q, chosen.timeout) for p, q in pairs]),
        "iamprover": (
            PACKAGES["iamprover"][0].partition("==")[2],
            asked("iamprover", questions, len(pairs), chosen.timeout),
        ),
        "cvc5": (PACKAGES["cvc5"][0].partition("==")[2], asked("cvc5", questions, len(pairs), chosen.timeout)),
        "quacky": ("as given", quacky(chosen.quacky, pairs, folder, chosen.timeout)),
    }
    for name, (told, answers) in peers.items():
        if isinstance(answers, str):
            found.rows.append(Row("P within Q", name, "" if name == "quacky" else told, middle, None, answers))
            continue
        decided = [(one, answer) for one, answer in zip(verdicts, answers, strict=True) if answer["said"] != GAVE_UP]
        differ = [pair for pair in decided if type(pair[0]).__name__ != pair[1]["said"]]
        for place, (verdict, answer) in enumerate(zip(verdicts, answers, strict=True)):
            if answer["said"] not in (GAVE_UP, type(verdict).__name__):
                found.differences.append(whose(name, pairs[place], verdict, answer))
        note = f"{len(decided)} of {len(pairs)} decided, {len(differ)} answers differ"
        found.rows.append(
            Row(
                "P within Q, median",
                name,
                told,
                middle,
                middle_of([(one["cpu"], one["wall"]) for one in answers]),
                note,
            )
        )


def drawn(count: int, seed: int) -> Iterable[tuple[str, str]]:
    """Yield texts of P and Q: half of them any two, half P and P with a statement of another policy."""
    draw = random.Random(seed)  # noqa: S311 - a sample is no secret
    texts = list(corpus.texts().values())
    for place in range(count):
        p, q = draw.sample(texts, 2)
        if place % 2:
            wider, other = json.loads(p), json.loads(q)
            wider["Statement"] = [*listed(wider["Statement"]), *listed(other["Statement"])]
            for number_, statement in enumerate(wider["Statement"]):
                statement["Sid"] = f"S{number_}"
            q = json.dumps(wider)
        yield p, q


def listed(value: Any) -> list[Any]:
    """Return a list of one or several as a list."""
    return value if isinstance(value, list) else [value]


def middle_of(times: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Return the median of CPU and wall times."""
    return median(one[0] for one in times), median(one[1] for one in times)


def strings(p: str, q: str, timeout: float) -> dict[str, Any]:
    """Return what Z3 says of the textbook encoding; its CPU time with that of the process that holds Z3."""
    before, wall = os.times(), time.perf_counter()
    verdict = prove(policies=[Policy.parse(p)], maximum=Policy.parse(q), encoding="strings", timeout=timeout)
    after = os.times()
    said = GAVE_UP if isinstance(verdict, Undecided) else type(verdict).__name__
    return {"said": said, "cpu": sum(after[:4]) - sum(before[:4]), "wall": time.perf_counter() - wall}


def asked(name: str, questions: Path, count: int, timeout: float) -> list[dict[str, Any]] | str:
    """Return the answers of a peer in Python; those that it never gave are given up."""
    python = python_of(name)
    if isinstance(python, str):
        return python
    command = [str(python), str(PROGRAMS / f"{name}_within.py"), str(questions), str(timeout)]
    output = questions.with_suffix(f".{name}")
    with output.open("wb") as taken, subprocess.Popen(command, stdout=taken, stderr=subprocess.DEVNULL) as process:  # noqa: S603 - the peer
        try:
            process.wait(count * timeout * 1.5 + GRACE)
        except subprocess.TimeoutExpired:
            process.kill()
    answers = [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]
    lost = {"said": GAVE_UP, "cpu": timeout, "wall": timeout}
    return [*answers, *([lost] * (count - len(answers)))]


def quacky(
    folder: Path | None, pairs: Sequence[tuple[str, str]], place: Path, timeout: float
) -> list[dict[str, Any]] | str:
    """Return what quacky says, called as its README says: `quacky.py -p1 P -p2 Q -b 100`, with its solver ABC there."""
    if folder is None:
        return "not installed: it is on no registry, and needs the solver ABC; see `--quacky`"
    answers = []
    for p, q in pairs:
        (place / "p.json").write_text(p, encoding="utf-8")
        (place / "q.json").write_text(q, encoding="utf-8")
        command = [sys.executable, "quacky.py", "-p1", str(place / "p.json"), "-p2", str(place / "q.json"), "-b", "100"]
        with (place / "quacky.txt").open("wb") as taken:
            told = spent(["timeout", str(timeout), *command], cwd=folder / "src", stdout=taken)
        text = (place / "quacky.txt").read_text(encoding="utf-8", errors="replace").partition("Policy 2")[0]
        said = "Contained" if "unsat" in text else "Escapes" if "sat" in text else GAVE_UP
        answers.append({"said": said, "cpu": told.cpu, "wall": told.wall})
    return answers


def whose(name: str, pair: tuple[str, str], verdict: Any, answer: dict[str, Any]) -> str:
    """Return whose answer the evaluator confirms, by the request that tells them apart."""
    p, q = map(Policy.parse, pair)
    head = f"within: verifier says {type(verdict).__name__}, {name} says {answer['said']}"
    if isinstance(verdict, Escapes):
        confirmed = allows(p, verdict.request) and not allows(q, verdict.request)
        who = "verifier is right" if confirmed else "the evaluator does not confirm verifier"
        return f"{head}; {who}: {json.dumps(verdict.request.as_json())}"
    if "request" not in answer:
        return f"{head}; it shows no request"
    theirs = answer["request"]
    try:
        request = Request.of(theirs["action"], theirs["resource"], theirs["context"])
    except ValueError as wrong:
        return f"{head}; its request cannot be made ({wrong}): {json.dumps(theirs)}"
    confirmed = allows(p, request) and not allows(q, request)
    who = (
        f"{name} is right"
        if confirmed
        else f"its request tells nothing apart: P allows it: {allows(p, request)}, Q: {allows(q, request)}"
    )
    return f"{head}; {who}: {json.dumps(theirs)}"


# The corpus scanned.


def scan(found: Found, chosen: Any, folder: Path) -> None:
    """Compare how many documents a second are scanned."""
    documents = folder / "documents"
    documents.mkdir()
    names = corpus.sample(chosen.documents, chosen.seed)
    corpus.write(documents, names)
    corpus.write(folder, ["PowerUserAccess", "ReadOnlyAccess"])
    own = [str(Path(sys.executable).with_name("verifier")), "sweep", str(documents), "--jobs", "1", "--boundary"]
    own += [str(folder / "PowerUserAccess.json"), "--maximum", str(folder / "ReadOnlyAccess.json")]
    mine = {
        "validate": [sys.executable, str(PROGRAMS / "verifier_scan.py"), str(documents)],
        "sweep, warnings and proofs": own,
    }
    for label, command in mine.items():
        ours = per_document(command, len(names))
        for name in ("cloudsplaining", "parliament"):
            python = python_of(name)
            told = PACKAGES[name][0].partition("==")[2]
            if isinstance(python, str):
                found.rows.append(Row(f"scan a document: {label}", name, told, ours, None, python))
                continue
            theirs = per_document([str(python), str(PROGRAMS / f"{name}_scan.py"), str(documents)], len(names))
            note = f"{number(1 / ours[0])} documents a CPU second against {number(1 / theirs[0])}, starts included"
            found.rows.append(Row(f"scan a document: {label}", name, told, ours, theirs, note))


def per_document(command: list[str], count: int) -> tuple[float, float]:
    """Return CPU and wall time of a whole process by document."""
    taken = spent(command)
    if taken.code not in (0, 1):
        raise SystemExit(f"{command[0]} ended with exit code {taken.code}")
    return taken.cpu / count, taken.wall / count


WORKS: dict[str, Callable[[Found, Any, Path], None]] = {"evaluate": evaluate, "within": within, "scan": scan}


def table(found: Found) -> str:
    """Return the rows as a table of Markdown, and the differences below."""
    head = "| work | peer | version | ours, CPU / wall | theirs, CPU / wall | theirs over ours, CPU / wall | |"
    rows = [head, "| --- | --- | --- | --- | --- | --- | --- |", *map(str, found.rows)]
    return "\n".join([*rows, "", *(f"- {one}" for one in found.differences), ""])


def report(found: Found, chosen: Any) -> Report:
    """Return the report; the target is about iam-simulate alone."""
    made = Report("peers")
    for row in found.rows:
        told = str(row).strip("| ").split(" | ")
        made.figures[f"{row.work}, {row.peer} {row.version}".strip()] = "; ".join(filter(None, told[3:]))
    for place, difference in enumerate(found.differences, start=1):
        made.figures[f"difference {place}"] = difference
    for row in found.rows:
        if row.work.startswith("evaluate") and row.peer == "iam-simulate":
            ratio = row.ours[0] / row.theirs[0] if row.ours and row.theirs else float("nan")
            made.targets.append(Target("evaluate, a line, over iam-simulate, CPU", ratio, 1, "times"))
    made.series = {"seed": chosen.seed, "differences": found.differences}
    return made


if __name__ == "__main__":
    main()
