"""Regions as people and programs see them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.strategies import parsed
from verifier import differences
from verifier.base.errors import UsageError
from verifier.cli.app import run_command_line
from verifier.report.plan import plan
from verifier.report.style import Style

OLD = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": "arn:aws:s3:::b/*"},
        {"Effect": "Allow", "Action": ["iam:PassRole", "iam:TagRole"], "Resource": "arn:aws:iam::*:role/a"},
    ],
}
NEW = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "s3:*",
            "Resource": "arn:aws:s3:::*",
            "Condition": {
                "IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "198.51.100.7"]},
                "StringEquals": {"aws:PrincipalTag/team": ["the first team", "the second team"]},
            },
        },
        {"Effect": "Deny", "Action": "s3:Put*", "Resource": "arn:aws:s3:::b/${aws:username}/*"},
    ],
}


@pytest.mark.parametrize(("name", "verbose"), [("plan.txt", True), ("short-plan.txt", False)])
def test_a_plan_of_changes(name: str, verbose: bool):
    lines = plan(differences(old=parsed(OLD), new=parsed(NEW)), Style(width=80, verbose=verbose))
    assert "\n".join(lines) == (Path(__file__).parent / name).read_text(encoding="utf-8").rstrip("\n")


def test_the_severest_groups_are_shown_and_the_others_counted():
    actions = ["iam:Put*", "s3:Get*", *(f"{name}:List*" for name in ("ec2", "sqs", "sns", "rds", "ecr", "kms", "acm"))]
    statements = [
        {"Effect": "Allow", "Action": action, "Resource": f"arn:aws:x:::{number}"}
        for number, action in enumerate([*actions, "logs:Get*", "lambda:List*", "glue:Get*"])
    ]
    none = parsed({"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}})
    found = differences(old=none, new=parsed({"Statement": statements}))
    assert len(found.regions) == 12
    short, whole = (plan(found, Style(verbose=verbose)) for verbose in (False, True))
    assert short[-1] == "these are the severest; `-v` shows 2 more groups, and all of each"
    assert any("iam:Put*" in line for line in short)
    assert sum(line.startswith("  + ") for line in short) == 10
    assert sum(line.startswith("  + ") for line in whole) == 12
    assert sum(line.startswith("  + ") for line in plan(found, Style(), whole=True)) == 12


def test_no_name_is_broken_over_lines():
    names = [f"ec2:Describe{'Quite' * size}Long" for size in range(1, 14)]
    one = parsed({"Statement": {"Effect": "Allow", "Action": names, "Resource": "*"}})
    none = parsed({"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}})
    shown = "\n".join(plan(differences(old=none, new=one), Style(width=40, verbose=True)))
    assert all(name in shown for name in names)


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    monkeypatch.chdir(tmp_path)
    for name, document in (("old.json", OLD), ("new.json", NEW)):
        (tmp_path / name).write_text(json.dumps(document), encoding="utf-8")

    def called(line: str) -> tuple[int, str, str]:
        code = run_command_line(line.split())
        found = capsys.readouterr()
        return code, found.out, found.err

    return called


def test_diff_shows_all_that_differs(call: Callable[..., Any]):
    code, out, _ = call("diff old.json new.json")
    assert code == 1
    said = "nothing else differs, and all of these do: proved, under the usual reading of rule 27"
    assert f"groups of requests: 3 gained, 2 lost\n{said}\n" in out
    assert "+ Permissions management  s3:*" in out
    assert "- Permissions management  iam:PassRole" in out


def test_diff_answers_programs_with_regions(call: Callable[..., Any]):
    _, out, _ = call("diff old.json new.json --format json")
    answer = json.loads(out)
    assert answer["complete"] is True
    assert "incomplete" not in answer
    first = answer["regions"][0]
    assert first == {
        "side": "lost",
        "service": "iam",
        "actions": ["iam:PassRole", "iam:TagRole"],
        "resources": ["arn:aws:iam::*:role/a"],
        "conditions": "",
        "levels": {"permissions": 1, "tagging": 1},
        "living_actions": ["iam:PassRole", "iam:TagRole"],
        "exact": True,
        "request": first["request"],
        "realistic": True,
    }


def test_a_limit_cuts_and_says_so(call: Callable[..., Any]):
    _, out, _ = call("diff old.json new.json --limit 1")
    assert "groups of requests: 1 lost, and 4 more\nnot known to be all: 4 more are left out\n" in out
    answer = json.loads(call("diff old.json new.json --limit 1 --format json")[1])
    assert (len(answer["regions"]), answer["complete"], answer["incomplete"]) == (1, False, "4 more are left out")


@pytest.mark.parametrize(
    "line", ["prove --policy new.json --maximum old.json", "confine new.json --to iam"], ids=["prove", "confine"]
)
def test_all_that_escapes_is_shown_on_demand(call: Callable[..., Any], line: str):
    assert "regions" not in call(line)[1]
    code, out, _ = call(f"{line} --all")
    assert code == 1
    assert "nothing else escapes, and all of these do: proved" in out
    assert {region["side"] for region in json.loads(call(f"{line} --all --format json")[1])["regions"]} == {"escapes"}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("diff old.json new.json --limit -1", "not a number of groups"),
    ],
)
def test_what_cannot_be_asked(call: Callable[..., Any], line: str, message: str):
    code, out, err = call(line)
    assert (code, out) == (2, "")
    assert message in err


def test_the_package_needs_a_question():
    with pytest.raises(UsageError, match="no question given"):
        differences(old=parsed(OLD))
