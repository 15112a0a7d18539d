"""How does the time of delegation proofs and chains grow, and what do A5 and A16 of an audit cost?

Question   `delegate` in an account: with more principals whose keys an administrator may create, more policies that he
           carries himself, and a longer chain of roles that he has to assume one after the other; each once so that it
           is proved, and once so that the last principal, policy or role makes it refuted. And `verifier audit` by the
           checks A5 and A16 alone, of the accounts of `account_generator.py`: as they are, and with a way up for each
           twentieth of their principals (`ways_up.py`).
Target     A5 and A16 of 1,000 principals in under 120 s of CPU time, of 10,000 (`--most 10000`) in under 600 s; every
           one who has a way up is found, and nobody else.
Measured   CPU time of this process from the account, which is read already, to the answer; the time of reading it
           stands beside it. An answer that is not the expected one is counted. A family ends at its time
           (`--seconds`). The audit is a process of its own, from its start to its end.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from account_generator import made_up
from measure import Report, Spent, Target, exponent, number, parser, seconds, spent
from ways_up import with_ways_up

from verifier import Account, Policy
from verifier.clouds.aws.delegation.account_delegation import AccountDelegation, delegate_account
from verifier.questions.ask import Ask

IAM = "arn:aws:iam::111122223333:"
JACK = f"{IAM}user/jack"
LIMIT = 120.0
Dump = dict[str, Any]


@dataclass(frozen=True)
class Family:
    """Accounts of a size; `made` is told the size, and whether there is a chain; `moves` is how long one may be."""

    sizes: tuple[int, ...]
    made: Callable[[int, bool], Dump]
    moves: Callable[[int], int] = lambda _: 4


def main() -> None:
    """Measure each family, then the audits, and report."""
    options = parser(__doc__)
    options.add_argument("--seconds", type=float, default=8.0, help="CPU time for a family (default: %(default)s)")
    options.add_argument("--most", type=int, default=1_000, help="principals that are audited (default: %(default)s)")
    chosen = options.parse_args()
    found, wrong = Report("delegation_growth"), 0
    for name, family in FAMILIES.items():
        found.series[name] = {}
        for word, chain in (("contained", False), ("escapes", True)):
            points, different = measured(family, chain, chosen.seconds / 2)
            wrong += different
            found.series[name][word] = points
            slope, _ = exponent([point[0] for point in points], [point[2] for point in points])
            size, reading, answer = points[-1]
            said = f"{size:,} in {seconds(answer)}, reading {seconds(reading)}, exponent {number(slope)}"
            found.figures[f"{name}, {'refuted' if chain else 'proved'}"] = said
    found.targets.append(Target("answers that are not the expected one", wrong, 0))
    for size, most in ((1_000, 120.0), (10_000, 600.0)):
        if size <= chosen.most:
            for up in (False, True):
                taken, missed = audited(size, chosen.seed, up=up)
                name = f"A5 and A16 of {size:,} principals{', each twentieth with a way up' if up else ''}"
                found.figures[name] = f"CPU {seconds(taken.cpu)}, wall {seconds(taken.wall)}"
                found.targets.append(Target(f"{name}, CPU", taken.cpu, most, "s"))
                found.targets.append(Target(f"{name}: missed or invented", missed, 0))
    found.finish(chosen.json)


def measured(family: Family, chain: bool, most: float) -> tuple[list[tuple[int, float, float]], int]:
    """Return the size, the time of reading and that of the answer for each account, and how many answers are wrong."""
    points, wrong, total = [], 0, 0.0
    for size in family.sizes:
        reading, answer, right = delegated(family.made(size, chain), chain, family.moves(size))
        points.append((size, reading, answer))
        wrong += not right
        total += answer
        if total > most:
            break
    return points, wrong


def delegated(dump: Dump, chain: bool, moves: int) -> tuple[float, float, bool]:
    """Return the times of reading an account and of asking about Jack, and whether the answer is the expected one."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "account.json").write_text(json.dumps(dump, indent=1), encoding="utf-8")
        begun = time.process_time()
        account = Account.load(folder)
        read = time.process_time()
        found = delegate_account(AccountDelegation(account, JACK, MAXIMUM), Ask(seconds=LIMIT), moves)
        return read - begun, time.process_time() - read, found.word == ("refuted" if chain else "proved")


def audited(size: int, seed: int, *, up: bool) -> tuple[Spent, int]:
    """Return what an audit of an account by A5 and A16 takes, and about how many of those with a way up it is wrong."""
    with tempfile.TemporaryDirectory() as name:
        account = made_up(size, seed)
        planted = with_ways_up(account) if up else set()
        path, _ = account.write(Path(name))
        command = [str(Path(sys.executable).with_name("verifier")), "audit", str(path), "--only", "A5", "--only", "A16"]
        answers = Path(name) / "answers.jsonl"
        with answers.open("wb") as output:
            taken = spent([*command, "--format", "jsonl", "--timeout", "60"], stdout=output)
        lines = map(json.loads, answers.read_text(encoding="utf-8").splitlines())
        found = {line["principal"] for line in lines if line.get("check") in ("A5", "A16") and "reason" not in line}
        return taken, len(found ^ planted)


def allow(action: Any, resource: str = "*") -> Dump:
    """A document that allows something."""
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    return {"Version": "2012-10-17", "Statement": [statement]}


def user(name: str, *documents: Dump, path: str = "/") -> Dump:
    """A user with inline policies."""
    inline = [{"PolicyName": f"own-{number}", "PolicyDocument": one} for number, one in enumerate(documents)]
    return {"UserName": name, "Arn": f"{IAM}user{path}{name}", "Path": path, "UserPolicyList": inline}


def principals(size: int, chain: bool) -> Dump:
    """Jack may create keys of `size` users, each with a policy of its own; the last one may do everything."""
    jack = user("jack", allow("iam:CreateAccessKey", f"{IAM}user/team/*"))
    several = [
        user(f"u{number}", allow("s3:GetObject", f"arn:aws:s3:::b{number}/*"), path="/team/") for number in range(size)
    ]
    if chain:
        several[-1] = user(f"u{size - 1}", allow("*"), path="/team/")
    return {"UserDetailList": [jack, *several]}


def policies(size: int, chain: bool) -> Dump:
    """Jack has `size` policies about buckets and about keys of a user; the last one is about another who may do all."""
    own = [allow("s3:GetObject", f"arn:aws:s3:::b{number}/*") for number in range(size - 1)]
    last = allow("iam:CreateAccessKey", f"{IAM}user/{'bob' if chain else 'ann'}")
    return {"UserDetailList": [user("jack", *own, last), user("ann", allow("s3:*")), user("bob", allow("*"))]}


def roles(size: int, chain: bool) -> Dump:
    """Jack may assume the first of `size` roles, each of which the one before it may assume; the last may do all."""
    found = []
    for place in range(size):
        before = "user/jack" if place == 0 else f"role/r{place - 1}"
        trust = {"Effect": "Allow", "Principal": {"AWS": IAM + before}, "Action": "sts:AssumeRole"}
        may = allow("*") if chain and place == size - 1 else allow("s3:*")
        found.append(
            {
                "RoleName": f"r{place}",
                "Arn": f"{IAM}role/r{place}",
                "Path": "/",
                "RolePolicyList": [{"PolicyName": "own", "PolicyDocument": may}],
                "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
            }
        )
    return {"UserDetailList": [user("jack", allow("s3:*"))], "RoleDetailList": found}


# What all may do, Jack with the keys that he creates too.
MAXIMUM = Policy.parse(json.dumps(allow(["s3:*", "iam:CreateAccessKey", "sts:AssumeRole"])))
FAMILIES = {
    "principals": Family((10, 20, 50, 100, 200, 500, 1_000), principals),
    "policies": Family((2, 5, 10, 20, 50, 100, 200, 500), policies),
    "roles one after the other": Family((1, 2, 3, 4, 6, 8, 12), roles, lambda size: size),
}

if __name__ == "__main__":
    main()
