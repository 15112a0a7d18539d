"""How long does the command take for a small question, from nothing to its exit?

Question   `verifier prove --policy P.json --maximum M.json` on two small files: one question that is settled without
           a solver, and one that needs Z3.
Target     under three times `python -c "import z3"`, at the median.
Measured   whole processes by their parent, in rounds, each running the three commands one after the other in an order
           that turns from round to round. The first round does not count: it warms the file cache, and compiles every
           module into a folder of its own, as pip does when it installs; a checkout that is never compiled pays some
           60 ms more at each start.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from measure import Report, Target, number, parser, seconds

IMPORT = "import z3"
PLAIN, SOLVER = "prove, no solver needed", "prove, Z3 needed"

Document = dict[str, Any]


def main() -> None:
    """Run the rounds and report."""
    options = parser(__doc__)
    options.add_argument("--rounds", type=int, default=15, help="default: %(default)s")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        commands = {IMPORT: [sys.executable, "-c", IMPORT]} | {
            name: proving(Path(folder) / str(place), *question) for place, (name, question) in enumerate(QUESTIONS)
        }
        environment = compiled(Path(folder))
        names = list(commands)
        times: dict[str, list[float]] = {name: [] for name in names}
        for turn in range(chosen.rounds + 1):
            for name in (*names[turn % len(names) :], *names[: turn % len(names)]):
                taken = run(commands[name], environment)
                if turn > 0:
                    times[name].append(taken)
    report(times).finish(chosen.json)


def allow(resources: str | list[str], **conditions: dict[str, str]) -> Document:
    """Return an Allow statement on objects of S3."""
    statement = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": resources}
    return statement | ({"Condition": conditions} if conditions else {})


def document(*statements: Document) -> Document:
    """Return a document."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def parted() -> Document:
    """Return two folders, each for the teams called `x*` and for all others: only together they allow everyone."""
    teams = ("StringLike", "StringNotLike")
    return document(*(allow(one, **{test: {"aws:PrincipalTag/team": "x*"}}) for one in FOLDERS for test in teams))


FOLDERS = ["arn:aws:s3:::a*", "arn:aws:s3:::b*"]
# By name: the policy and the maximum. Both are contained, so that all has to be looked at.
QUESTIONS = (
    (PLAIN, (document(allow("arn:aws:s3:::bucket/*")), document(allow("arn:aws:s3:::*")))),
    (SOLVER, (document(allow(FOLDERS)), parted())),
)


def proving(stem: Path, policy: Document, maximum: Document) -> list[str]:
    """Write the documents and return the command that asks about them."""
    paths = [stem.with_suffix(ending) for ending in (".policy.json", ".maximum.json")]
    for path, document in zip(paths, (policy, maximum), strict=True):
        path.write_text(json.dumps(document), encoding="utf-8")
    command = str(Path(sys.executable).with_name("verifier"))
    return [command, "prove", "--policy", str(paths[0]), "--maximum", str(paths[1])]


def compiled(folder: Path) -> dict[str, str]:
    """Return an environment in which the first round compiles every module, as pip does when it installs a package."""
    keep = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return keep | {"PYTHONPYCACHEPREFIX": str(folder / "compiled")}


def run(command: list[str], environment: dict[str, str]) -> float:
    """Return the seconds that a command takes; it must exit well."""
    begun = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, env=environment, check=True)  # noqa: S603 - ours
    return time.perf_counter() - begun


def report(times: dict[str, list[float]]) -> Report:
    """Return the report of all rounds."""
    found = Report("start_up")
    for name, taken in times.items():
        found.figures[name] = f"median {seconds(median(taken))}, least {seconds(min(taken))}"
        if name != IMPORT:
            middle, least = (pick(taken) / pick(times[IMPORT]) for pick in (median, min))
            found.figures[name] += f"; {number(middle)} times the import at the median, {number(least)} at the least"
            found.targets.append(Target(f"{name}, over `import z3`", middle, 3, "times"))
    found.series = times
    return found


if __name__ == "__main__":
    main()
