"""How long does each command take for a small question, from nothing to its exit?

Question   every command of `verifier` on two small files, as a whole process: `prove` with and without Z3, `diff` of
           documents that are equivalent, that differ a little, and that differ in every action, `batch` of nothing
           and of one line, and the rest.
Target     under three times `python -c "import z3"`, at the median of the CPU times.
Measured   whole processes by their parent, in rounds, each running the commands one after the other in an order that
           turns from round to round. CPU time is user and system time of the process and of those that it waited for;
           wall time stands beside it. The first round does not count: it warms the file cache, and compiles each
           module into a folder of its own, as pip does when it installs; a checkout that is never compiled pays some
           60 ms more at each start. The files are indented, as people write them. Answers are texts.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from measure import Report, Spent, Target, compiled, number, parser, seconds, spent

IMPORT = "import z3"
MOST = 3

Document = dict[str, Any]


@dataclass(frozen=True)
class Command:
    """A command line of `verifier`, and the file that it gets as standard input."""

    arguments: tuple[str, ...]
    stdin: str = os.devnull


def command(line: str, stdin: str = os.devnull) -> Command:
    """Return the command that is written as `line`."""
    return Command(tuple(line.split()), stdin)


ACCOUNT = "111122223333"
JANE, LIMIT = f"arn:aws:iam::{ACCOUNT}:user/jane", f"arn:aws:iam::{ACCOUNT}:policy/limit"

# By name, every command but `fetch-account`, which calls AWS. Exit codes are 0 or 1; a contained question is one where
# all has to be looked at.
COMMANDS = {
    "prove, contained without Z3": command("prove --policy narrow.json --maximum wide.json"),
    "prove, contained by Z3": command("prove --policy folders.json --maximum parted.json"),
    "prove, escapes": command("prove --policy wide.json --maximum narrow.json"),
    "diff, equivalent": command("diff narrow.json same.json"),
    "diff, narrower": command("diff wide.json narrow.json"),
    "diff, needs Z3": command("diff folders.json parted.json"),
    "diff, every action": command("diff by-notaction.json by-resource.json"),
    "confine": command("confine narrow.json --to s3"),
    "evaluate": command("evaluate --policy narrow.json --request request.json"),
    "sweep": command("sweep folder --maximum wide.json"),
    "check": command("check"),
    "changes": command("changes narrow.json wide.json"),
    "simplify": command("simplify wide.json"),
    "repair": command("repair --policy any.json --boundary wide.json --maximum narrow.json"),
    "review": command("review narrow.json wide.json"),
    "managed show": command("managed show preset:no-escalation"),
    "audit": command("audit account.json --maximum wide.json"),
    "who": command("who account.json --action s3:GetObject --resource arn:aws:s3:::bucket/key"),
    "can": command(f"can account.json --principal {JANE}"),
    "delegate": command(
        f"delegate --policy creates.json --boundary-arn {LIMIT} --boundary wide.json --maximum any.json"
    ),
    "batch of nothing": command("batch"),
    "batch of one prove": command("batch", "prove.jsonl"),
    "batch of one evaluate": command("batch", "evaluate.jsonl"),
    "--help": command("--help"),
}


def main() -> None:
    """Run the rounds and report."""
    options = parser(__doc__)
    options.add_argument("--rounds", type=int, default=5, help="default: %(default)s")
    options.add_argument("--only", metavar="WORD", default="", help="only commands with this in their name")
    chosen = options.parse_args()
    names = [IMPORT, *(name for name in COMMANDS if chosen.only in name)]
    taken: dict[str, list[Spent]] = {name: [] for name in names}
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder))
        environment = compiled(Path(folder))
        for turn in range(chosen.rounds + 1):
            for name in (*names[turn % len(names) :], *names[: turn % len(names)]):
                time = run(name, Path(folder), environment)
                if turn > 0:
                    taken[name].append(time)
    report(taken).finish(chosen.json)


def allow(actions: str | list[str], resources: str | list[str], **conditions: dict[str, str]) -> Document:
    """Return an Allow statement."""
    statement = {"Effect": "Allow", "Action": actions, "Resource": resources}
    return statement | ({"Condition": conditions} if conditions else {})


def document(*statements: Document) -> Document:
    """Return a document."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


OBJECTS = ["s3:GetObject", "s3:PutObject"]
FOLDERS = ["arn:aws:s3:::a*", "arn:aws:s3:::b*"]
TEAMS = ("StringLike", "StringNotLike")
NARROW, WIDE = document(allow(OBJECTS, "arn:aws:s3:::bucket/*")), document(allow(OBJECTS, "arn:aws:s3:::*"))
# Two folders, each for the teams called `x*` and for all others: only together they allow everyone.
PARTED = document(
    *(allow(OBJECTS, one, **{test: {"aws:PrincipalTag/team": "x*"}}) for one in FOLDERS for test in TEAMS)
)
ONLY = {"Effect": "Deny", "NotAction": ["s3:*", "dynamodb:*"], "Resource": "*"}
REQUEST = {"action": "s3:GetObject", "resource": "arn:aws:s3:::bucket/key", "context": {}}
USER = {
    "UserName": "jane",
    "Path": "/",
    "Arn": JANE,
    "UserId": "UID0000000000000001",
    "UserPolicyList": [{"PolicyName": "own", "PolicyDocument": NARROW}],
    "GroupList": [],
    "Tags": [],
}
# He may make users that carry the boundary.
CREATES = document(allow("iam:CreateUser", "*", StringEquals={"iam:PermissionsBoundary": LIMIT}))
FILES: dict[str, Document] = {
    "account.json": {"UserDetailList": [USER], "RoleDetailList": [], "GroupDetailList": [], "Policies": []},
    "creates.json": CREATES,
    "narrow.json": NARROW,
    "same.json": document(allow(OBJECTS[0], "arn:aws:s3:::bucket/*"), allow(OBJECTS[1], "arn:aws:s3:::bucket/*")),
    "wide.json": WIDE,
    "folder/narrow.json": NARROW,
    "folders.json": document(allow(OBJECTS, FOLDERS)),
    "parted.json": PARTED,
    "any.json": document(allow("*", "*")),
    "by-notaction.json": document(allow("*", "*"), ONLY),
    "by-resource.json": document(allow("*", ["arn:aws:s3:::*", "arn:aws:dynamodb:*:*:*"])),
    "request.json": REQUEST,
}
LINES = {
    "prove.jsonl": {"id": 1, "ask": "prove", "policies": [NARROW], "maximum": WIDE},
    "evaluate.jsonl": {"id": 1, "ask": "evaluate", "policies": [NARROW], "request": REQUEST},
}
RULE = '[[rule]]\nname = "folder"\npolicies = ["folder/*.json"]\nmaximum = "wide.json"\n'


def write(folder: Path) -> None:
    """Write what the commands read into `folder`, a git repository in which `narrow.json` was another one before."""
    (folder / "folder").mkdir()
    for name, found in FILES.items():
        (folder / name).write_text(json.dumps(found, indent=4), encoding="utf-8")
    for name, found in LINES.items():
        (folder / name).write_text(json.dumps(found) + "\n", encoding="utf-8")
    (folder / "verifier.toml").write_text(RULE, encoding="utf-8")
    (folder / ".gitignore").write_text("compiled\n", encoding="utf-8")
    who = ["-c", "user.name=benchmark", "-c", "user.email=benchmark@localhost", "-c", "commit.gpgsign=false"]
    for arguments in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message", "all"]):
        subprocess.run(["git", *who, *arguments], cwd=folder, check=True)  # noqa: S603, S607 - git, in our folder
    changed = document(allow(OBJECTS, "arn:aws:s3:::bucket/part/*"))
    (folder / "narrow.json").write_text(json.dumps(changed, indent=4), encoding="utf-8")


def run(name: str, folder: Path, environment: dict[str, str]) -> Spent:
    """Return what a command takes; it must exit well."""
    if name == IMPORT:
        asked = Command((sys.executable, "-c", IMPORT))
    else:
        installed = str(Path(sys.executable).with_name("verifier"))
        asked = Command((installed, *COMMANDS[name].arguments), COMMANDS[name].stdin)
    with (folder / asked.stdin).open("rb") as stdin:
        taken = spent(asked.arguments, cwd=folder, stdin=stdin, env=environment)
    if taken.code not in (0, 1):
        raise SystemExit(f"{name} ended with exit code {taken.code}")
    return taken


def report(taken: dict[str, list[Spent]]) -> Report:
    """Return the report of all rounds."""
    found = Report("start_up")
    base_cpu, base_wall = (median(getattr(one, time) for one in taken[IMPORT]) for time in ("cpu", "wall"))
    for name, times in taken.items():
        cpu, wall = (median(getattr(one, time) for one in times) for time in ("cpu", "wall"))
        found.figures[name] = f"CPU {seconds(cpu)}, wall {seconds(wall)}"
        if name != IMPORT:
            found.figures[name] += (
                f"; {number(cpu / base_cpu)} times the import in CPU, {number(wall / base_wall)} in wall"
            )
            found.targets.append(Target(f"{name}, over `import z3`", cpu / base_cpu, MOST, "times"))
    found.series = {name: [one.cpu for one in times] for name, times in taken.items()}
    return found


if __name__ == "__main__":
    main()
