"""How long does an audit of a whole account take, and does it find just what was planted?

Question   `verifier audit` of made-up accounts of 100, 1,000 and 10,000 principals (`account_generator.py`), with every
           check that needs no policy of a resource, but for A5 and A16 (`delegation_growth.py`): each twentieth
           principal has one of 30 faults.
Target     10,000 principals in under 60 s on two cores and 2 GiB, cold; nothing missed, nothing invented.
Measured   whole processes by their parent: wall time, CPU time of all processes, and the most memory of one of them
           times the number of processes, which all of them together cannot exceed.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from account_generator import MadeUpAccount, made_up
from measure import MIB, Report, Spent, Target, exponent, mib, number, parser, seconds, spent

SIZES = (100, 1_000, 10_000)
JOBS = 2


def main() -> None:
    """Audit the accounts and report."""
    options = parser(__doc__)
    options.add_argument("--most", type=int, default=SIZES[-1], help="principals (default: %(default)s)")
    chosen = options.parse_args()
    found = Report("audit_accounts")
    times: dict[int, Spent] = {}
    wrong = 0
    for size in (one for one in SIZES if one <= chosen.most):
        with tempfile.TemporaryDirectory() as name:
            account = made_up(size, chosen.seed)
            times[size], answers = audit(account, Path(name))
        different = answers ^ account.planted
        wrong += len(different)
        found.figures[f"{size:,} principals"] = said(size, times[size], len(account.planted), len(different))
    largest = max(times)
    found.targets += [
        Target(f"{largest:,} principals, wall", times[largest].wall, 60, "s"),
        Target("memory of all processes, at most", times[largest].peak * (JOBS + 1) / MIB, 2048, "MiB"),
        Target("findings that are missed or invented", wrong, 0),
    ]
    if len(times) > 1:
        slope, _ = exponent(list(times), [one.cpu for one in times.values()])
        found.figures["exponent of CPU time"] = number(slope)
    found.series = {str(size): [one.wall, one.cpu, one.peak] for size, one in times.items()}
    found.finish(chosen.json)


def said(size: int, taken: Spent, planted: int, different: int) -> str:
    """Return the figures of one account, in words."""
    rate = number(size / taken.wall)
    return (
        f"wall {seconds(taken.wall)}, CPU {seconds(taken.cpu)}, {rate} principals a second, at most"
        f" {mib(taken.peak)} a process; {planted:,} findings planted, {different:,} missed or invented"
    )


def audit(account: MadeUpAccount, folder: Path) -> tuple[Spent, set[tuple[str, str]]]:
    """Return what an audit took, and its findings."""
    path, config = account.write(folder)
    command = [str(Path(sys.executable).with_name("verifier")), "audit", str(path), "--config", str(config)]
    command += ["--skip", "A5", "--skip", "A16"]
    with (folder / "answers.jsonl").open("w+b") as output:
        taken = spent([*command, "--format", "jsonl", "--jobs", str(JOBS)], stdout=output)
        output.seek(0)
        lines = [json.loads(line) for line in output]
    return taken, {(line["check"], line["principal"]) for line in lines if "fingerprint" in line}


if __name__ == "__main__":
    main()
