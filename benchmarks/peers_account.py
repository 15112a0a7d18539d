"""How does an audit of a whole account compare with iamprover, on an account and invariants of the kind it publishes?

Question   three invariants on an account of 100, 1,000 and 10,000 roles, shaped as the mix that iamprover's
           docs/BENCHMARKS.md tells: nearly all roles use a bucket and logs of their own, one in 33 may list and
           describe with a Deny, one in 100 has all of S3, and every 50th begins a chain of three that assume each
           other. Nobody reads `prod-data`; nobody writes in IAM; nobody can both pass a role and create a function. The
           third is its `forbid_chain`, and check A26 of `verifier audit`; the others are rules of `never`.
Target     no more CPU time than iamprover.
Measured   whole processes from one file as `get-account-authorization-details` prints it: CPU and wall time. Modules
           of both are compiled, as pip does when it installs them, by a run before that does not count, and each has
           one process (`--jobs 1`), as the peer has no other. Both run three times in turn, and the run of each that
           took the least CPU time counts. The peer is installed as by `peers.py`. Each answer is a
           principal beside an invariant; those that one program gives and the other does not are counted and shown.
           iamprover shows a request, and verifier the request, the statements that allow it, and their places.
           `--traps` asks both about accounts in which an answer is easily wrong, and says who is right, by which rule.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from measure import Report, Spent, Target, compiled, exponent, number, parser, seconds, spent
from peers import python_of

ACCOUNT = "111122223333"
SIZES = (100, 1_000, 10_000)
ROUNDS = 3
READS, WRITES, BOTH = "reads prod-data", "writes in IAM", "passes a role and creates a function"
PROD = "arn:aws:s3:::prod-data/*"
CHANGES = ["iam:Put*", "iam:Attach*", "iam:Create*"]
INVARIANTS = f"""invariants:
  - {{id: {READS}, description: "", forbid: {{actions: ["s3:GetObject"], resources: ["{PROD}"]}}}}
  - {{id: {WRITES}, description: "", forbid: {{actions: {json.dumps(CHANGES)}, resources: ["*"]}}}}
  - {{id: {BOTH}, description: "", forbid_chain: [{{action: "iam:PassRole"}}, {{action: "lambda:CreateFunction"}}]}}
"""
INTENT = f"""[intent]
separate = [[["iam:PassRole"], ["lambda:CreateFunction"]]]
never = [
    {{ action = ["s3:GetObject"], resource = ["{PROD}"] }},
    {{ action = {json.dumps(CHANGES)}, resource = ["*"] }},
]
"""
# By what is asked of a role: its statements, whether it violates the first invariant, and the rule that says so.
_TAGGED = "arn:aws:s3:::prod-data/${aws:PrincipalTag/team}*"
TRAPS = {
    "a Deny with a variable that has no value": (
        [("Allow", "s3:GetObject", PROD), ("Deny", "s3:GetObject", _TAGGED)],
        True,
        "rule 28: an entry whose variable has no value matches nothing, and a role may have no tag",
    ),
    "a Deny of all": ([("Allow", "s3:GetObject", PROD), ("Deny", "s3:*", "*")], False, "rule 29: a Deny wins"),
    "an Allow of another bucket": ([("Allow", "s3:GetObject", "arn:aws:s3:::prod-data2/*")], False, "rule 10"),
    "a wildcard across the slash": ([("Allow", "s3:GetObject", "arn:aws:s3:::prod*")], True, "rule 10"),
}

Answers = set[tuple[str, str]]


def main() -> None:
    """Ask both and report."""
    options = parser(__doc__)
    options.add_argument("--most", type=int, default=SIZES[-1], help="roles (default: %(default)s)")
    options.add_argument("--traps", action="store_true", help="ask about traps only")
    chosen = options.parse_args()
    python = python_of("iamprover")
    if isinstance(python, str):
        raise SystemExit(f"iamprover: {python}")
    found = Report("peers_account")
    with tempfile.TemporaryDirectory() as name:
        if chosen.traps:
            judge(found, python, Path(name))
        else:
            compare(found, python, Path(name), [size for size in SIZES if size <= chosen.most])
    found.finish(chosen.json)


def compare(found: Report, python: Path, folder: Path, sizes: list[int]) -> None:
    """Time both on accounts of these sizes, and compare what they find."""
    mine: list[Spent] = []
    theirs: list[Spent] = []
    warm = written(made_up(SIZES[0]), folder / "first")
    by_verifier(warm)
    by_iamprover(python, warm)
    for size in sizes:
        account = written(made_up(size), folder / str(size))
        rounds = [(by_verifier(account), by_iamprover(python, account)) for _ in range(ROUNDS)]
        (_, ours), (_, peers) = rounds[-1]
        mine.append(min((taken for (taken, _), _ in rounds), key=cpu_of))
        theirs.append(min((taken for _, (taken, _) in rounds), key=cpu_of))
        found.figures[f"{size:,} roles"] = (
            f"verifier {told(mine[-1])}, iamprover {told(theirs[-1])}; {len(ours)} answers, {len(ours ^ peers)} differ"
        )
        found.figures |= {f"  {who}, {what}": side(ours, (who, what)) for who, what in sorted(ours ^ peers)[:5]}
    if len(sizes) > 1:
        for name, times in (("verifier", mine), ("iamprover", theirs)):
            found.figures[f"exponent of CPU time, {name}"] = number(exponent(sizes, [one.cpu for one in times])[0])
    for size, ours_, peers_ in zip(sizes, mine, theirs, strict=True):
        found.figures[f"{size:,} roles, CPU time over that of iamprover"] = number(ours_.cpu / peers_.cpu)
    ratio = mine[-1].cpu / theirs[-1].cpu
    found.targets.append(Target(f"{sizes[-1]:,} roles, CPU time over that of iamprover", ratio, 1.0))


def judge(found: Report, python: Path, folder: Path) -> None:
    """Ask both about each trap."""
    wrong = {"verifier": 0, "iamprover": 0}
    for name, (statements, violates, rule) in TRAPS.items():
        account = written([role(0, statements)], folder / name)
        answers = {"verifier": by_verifier(account)[1], "iamprover": by_iamprover(python, account)[1]}
        said = {who: any(what == READS for _, what in one) for who, one in answers.items()}
        for who, one in said.items():
            wrong[who] += one is not violates
        words = ", ".join(f"{who} says {'violated' if one else 'holds'}" for who, one in said.items())
        found.figures[name] = f"{words}; right is {'violated' if violates else 'holds'} ({rule})"
    found.figures["wrong answers of iamprover"] = str(wrong["iamprover"])
    found.targets.append(Target("wrong answers of verifier", wrong["verifier"], 0))


def cpu_of(taken: Spent) -> float:
    """Return the CPU time of a run."""
    return taken.cpu


def told(taken: Spent) -> str:
    """Return what a process took, in words."""
    return f"{seconds(taken.cpu)} CPU, {seconds(taken.wall)} wall"


def side(ours: Answers, answer: tuple[str, str]) -> str:
    """Return who gives an answer."""
    return "verifier alone finds it" if answer in ours else "iamprover alone finds it"


def role(number: int, statements: list[tuple[str, Any, Any]]) -> dict[str, Any]:
    """Return a role with one inline policy, which EC2 may assume."""
    return {
        "Path": "/",
        "RoleName": f"bench-{number}",
        "RoleId": f"AROA{number:016}",
        "Arn": f"arn:aws:iam::{ACCOUNT}:role/bench-{number}",
        "CreateDate": "2024-05-01T09:00:00+00:00",
        "AssumeRolePolicyDocument": trust({"Service": "ec2.amazonaws.com"}),
        "RolePolicyList": [inline("own", statements)],
        "AttachedManagedPolicies": [],
        "InstanceProfileList": [],
        "Tags": [],
    }


def inline(name: str, statements: list[tuple[str, Any, Any]]) -> dict[str, Any]:
    """Return an inline policy."""
    listed = [{"Effect": effect, "Action": action, "Resource": resource} for effect, action, resource in statements]
    return {"PolicyName": name, "PolicyDocument": {"Version": "2012-10-17", "Statement": listed}}


def trust(principal: dict[str, str]) -> dict[str, Any]:
    """Return a trust policy."""
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [statement]}


def made_up(size: int) -> list[dict[str, Any]]:
    """Return the roles of an account."""
    roles = []
    logs = ("Allow", ["logs:CreateLogStream", "logs:PutLogEvents"], f"arn:aws:logs:*:{ACCOUNT}:*")
    for place in range(size):
        bucket = f"arn:aws:s3:::team-{place % 20}-bucket/*"
        statements: list[tuple[str, Any, Any]] = [("Allow", ["s3:GetObject", "s3:PutObject"], bucket), logs]
        if place % 100 == 7:
            statements = [("Allow", "s3:*", "arn:aws:s3:::*")]
        elif place % 33 == 5:
            statements = [("Allow", ["s3:List*", "ec2:Describe*", "logs:Get*"], "*"), ("Deny", "s3:GetObject", PROD)]
        roles.append(role(place, statements))
    for first in range(0, size - 3, 50):
        for source, target in zip(roles[first : first + 3], roles[first + 1 : first + 4], strict=True):
            source["RolePolicyList"].append(inline("next", [("Allow", "sts:AssumeRole", target["Arn"])]))
            target["AssumeRolePolicyDocument"] = trust({"AWS": source["Arn"]})
    return roles


def written(roles: list[dict[str, Any]], folder: Path) -> Path:
    """Write an account, and what is asked of it for either program; return its folder."""
    (folder / "account").mkdir(parents=True)
    dump = {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": roles, "Policies": [], "IsTruncated": False}
    (folder / "account" / "account.json").write_text(json.dumps(dump), encoding="utf-8")
    (folder / "verifier.toml").write_text(INTENT, encoding="utf-8")
    (folder / "invariants.yaml").write_text(INVARIANTS, encoding="utf-8")
    return folder


def by_verifier(folder: Path) -> tuple[Spent, Answers]:
    """Return what an audit took, and its findings."""
    command = [str(Path(sys.executable).with_name("verifier")), "audit", str(folder / "account"), "--format", "jsonl"]
    only = ["--only", "never", "--only", "A26", "--config", str(folder / "verifier.toml"), "--jobs", "1"]
    taken, text = output(folder, [*command, *only])
    findings = [one for one in map(json.loads, text.splitlines()) if "fingerprint" in one]
    return taken, {(one["principal"], invariant_of(one)) for one in findings}


def invariant_of(finding: dict[str, Any]) -> str:
    """Return which invariant a finding is about."""
    if finding["check"] == "A26":
        return BOTH
    return READS if finding["request"]["action"].startswith("s3:") else WRITES


def by_iamprover(python: Path, folder: Path) -> tuple[Spent, Answers]:
    """Return what iamprover took, and its counterexamples."""
    files = ["--gaad", str(folder / "account" / "account.json"), "--invariants", str(folder / "invariants.yaml")]
    taken, text = output(folder, [str(python.with_name("iamprover")), "verify", *files, "--format", "json"])
    return taken, {(each["principal"], one["id"]) for one in json.loads(text) for each in one["counterexamples"]}


def output(folder: Path, command: list[str]) -> tuple[Spent, str]:
    """Return what a process took, and what it printed."""
    place = folder / "output"
    with place.open("wb") as file:
        taken = spent(command, stdout=file, env=compiled(folder.parent))
    return taken, place.read_text(encoding="utf-8")


if __name__ == "__main__":
    main()
