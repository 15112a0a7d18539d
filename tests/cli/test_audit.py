"""`verifier audit`: exit codes, formats, the configuration, baselines."""

from __future__ import annotations

import copy
import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import ACCOUNT, Call

JANE = "arn:aws:iam::111122223333:user/jane"


def widened(folder: Path, *statements: Any) -> None:
    """Let Jane do more."""
    account: Any = copy.deepcopy(ACCOUNT)
    account["UserDetailList"][0]["UserPolicyList"][0]["PolicyDocument"]["Statement"] += statements
    (folder / "account" / "account.json").write_text(json.dumps(account), encoding="utf-8")


QUEUES = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}
BROKEN = {"Effect": "Alow", "Action": "sqs:SendMessage", "Resource": "*"}


def test_an_account_that_holds(call: Call) -> None:
    done = call("audit", "account", "--maximum", "maximum.json")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("HOLDS  1 principal of the account 111122223333, 0 findings\n")
    assert "skipped, as the intent does not give their list: A1 (`boundaries`)" in done.out


def test_an_account_without_principals_holds_as_nobody_was_asked_about(call: Call, folder: Path) -> None:
    policy = {"PolicyName": "p", "Arn": JANE.replace("user/jane", "policy/p"), "PolicyVersionList": []}
    dump = {"UserDetailList": [], "RoleDetailList": [], "Policies": [policy]}
    (folder / "account" / "account.json").write_text(json.dumps(dump), encoding="utf-8")
    says = "nobody was asked about: the dump of the account 111122223333 holds no user and no role;"
    done = call("audit", "account")
    assert done.code == 0
    assert done.out.startswith("HOLDS  0 principals")
    assert f"note: {says}" in done.out
    assert call("audit", "account", "--strict").code == 1
    (note,) = call("audit", "account", "--format", "json").json["notes"]
    assert note.startswith(says)
    for form in ("jsonl", "junit", "html"):
        assert "nobody was asked about" in call("audit", "account", "--format", form).out


def test_a_finding_is_shown_with_its_cause(call: Call, folder: Path) -> None:
    widened(folder, QUEUES)
    done = call("audit", "account", "--maximum", "maximum.json")
    assert done.code == 1
    assert "HIGH  A3  is allowed what its maximum does not allow  (1)" in done.out
    assert f"own of {JANE}, statement 2  account/account.json:1:" in done.out
    assert "`sqs:SendMessage` on" in done.out


def test_the_answer_as_json(call: Call, folder: Path) -> None:
    widened(folder, QUEUES)
    answer = call("audit", "account", "--maximum", "maximum.json", "--format", "json").json
    (finding,) = answer["findings"]
    assert (finding["check"], finding["severity"], finding["principal"]) == ("A3", "high", JANE)
    assert finding["request"]["action"] == "sqs:SendMessage"
    assert [part["document"] for part in finding["explanation"]["documents"]] == ["policy", "maximum"]
    assert (answer["account"], answer["principals"], answer["undecided"]) == ("111122223333", 1, [])
    assert {"check": "A9", "needs": "regions"} in answer["skipped"]
    assert answer["assumes"]


def test_the_answer_as_lines(call: Call, folder: Path) -> None:
    widened(folder, QUEUES)
    first, last = map(
        json.loads, call("audit", "account", "--maximum", "maximum.json", "--format", "jsonl").out.splitlines()
    )
    assert first["check"] == "A3"
    assert "findings" not in last
    assert last["account"] == "111122223333"


def test_the_answer_as_sarif_and_junit(call: Call, folder: Path) -> None:
    widened(folder, QUEUES)
    log = json.loads(call("audit", "account", "--maximum", "maximum.json", "--format", "sarif").out)["runs"][0]
    (result,) = log["results"]
    assert result["ruleId"] == "A3"
    assert log["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "A3"
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "account/account.json"
    suite = ET.fromstring(call("audit", "account", "--maximum", "maximum.json", "--format", "junit").out)  # noqa: S314 - our own text
    assert suite.attrib["failures"] == "1"


def test_a_broken_document_is_undecided(call: Call, folder: Path) -> None:
    widened(folder, BROKEN)
    done = call("audit", "account", "--maximum", "maximum.json")
    assert done.code == 3
    assert "UNDECIDED" in done.out
    assert "account/account.json:1:" in done.out


def test_what_is_intended_stands_in_the_configuration(call: Call, folder: Path) -> None:
    text = '[intent]\nmaximum = "deny.json"\nregions = ["eu-west-1"]\n[[except]]\ncheck = "A9"\nreason = "later"\n'
    (folder / "verifier.toml").write_text(text, encoding="utf-8")
    answer = call("audit", "account", "--format", "json").json
    assert {finding["check"] for finding in answer["findings"]} == {"A3"}
    assert answer["excepted"] == 1
    (folder / "sub").mkdir()
    (folder / "verifier.toml").rename(folder / "sub" / "own.toml")
    (folder / "deny.json").rename(folder / "sub" / "deny.json")
    assert call("audit", "account", "--config", "sub/own.toml", "--only", "A3").code == 1
    assert call("audit", "account", "--config", "sub/own.toml", "--only", "A3", "--maximum", "maximum.json").code == 0
    assert call("audit", "account", "--config", "sub/own.toml", "--skip", "A3").code == 0


def test_an_exception_that_has_expired_fails_under_strict(call: Call, folder: Path) -> None:
    text = '[[except]]\ncheck = "A9"\nreason = "it was to be gone"\nuntil = 2020-01-01\n'
    (folder / "verifier.toml").write_text(text, encoding="utf-8")
    done = call("audit", "account")
    assert done.code == 0
    assert "note: the exception to A9 expired on 2020-01-01: it was to be gone" in done.out
    assert call("audit", "account", "--strict").code == 1


def test_a_baseline(call: Call, folder: Path) -> None:
    widened(folder, QUEUES)
    wrote = call("audit", "account", "--maximum", "maximum.json", "--write-baseline", "known.json")
    assert (wrote.code, "1 accepted" in wrote.out) == (0, True)
    assert call("audit", "account", "--maximum", "maximum.json", "--baseline", "known.json").code == 0
    assert call("audit", "account", "--maximum", "maximum.json").code == 1


def test_findings_fail_by_severity(call: Call, folder: Path) -> None:
    widened(folder, QUEUES)
    asked = ("audit", "account", "--maximum", "maximum.json", "--only", "A3")
    assert [call(*asked, "--fail-on", level).code for level in ("critical", "high", "note")] == [0, 1, 1]


def test_a_folder_of_several_accounts(call: Call, folder: Path) -> None:
    widened(folder, QUEUES)
    other = (folder / "account" / "account.json").read_text(encoding="utf-8").replace("111122223333", "444455556666")
    (folder / "all" / "two").mkdir(parents=True)
    (folder / "account").rename(folder / "all" / "one")
    (folder / "all" / "two" / "account.json").write_text(other, encoding="utf-8")
    said = {"id": "o-abc", "account": "444455556666", "accounts": ["444455556666", "777788889999"]}
    (folder / "all" / "two" / "organization.json").write_text(json.dumps(said), encoding="utf-8")
    asked = ("audit", "all", "--maximum", "maximum.json", "--only", "A3")
    done = call(*asked)
    assert done.code == 1
    assert "1 principal of the account 444455556666" in done.out
    assert "2 accounts, 2 findings\n" in done.out
    assert "not shown: 777788889999" in done.out
    answer = call(*asked, "--format", "json").json
    assert [one["account"] for one in answer["accounts"]] == ["111122223333", "444455556666"]
    assert [len(one["findings"]) for one in answer["accounts"]] == [1, 1]
    assert answer["not_shown"] == ["777788889999"]
    *_, last = map(json.loads, call(*asked, "--format", "jsonl").out.splitlines())
    assert last == {"not_shown": ["777788889999"]}
    log = json.loads(call(*asked, "--format", "sarif").out)["runs"][0]
    assert len(log["results"]) == 2
    assert "all/two/account.json" in call(*asked, "--format", "html").out
    assert call(*asked, "--write-baseline", "known.json").code == 0
    assert call(*asked, "--baseline", "known.json").code == 0


def test_reports_are_written_too(call: Call, folder: Path) -> None:
    call("audit", "account", "-o", "json=found.json", "-o", "text=found.txt")
    assert json.loads((folder / "found.json").read_text(encoding="utf-8"))["findings"] == []
    assert (folder / "found.txt").read_text(encoding="utf-8").startswith("HOLDS")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nothing"], "there is no file `nothing`"),
        (["account.json"], "`account.json` is neither a page of an account nor a version of a policy"),
        (["account", "--only", "A99"], "there is no check `A99`"),
        (["account", "--config", "no.toml"], "there is no configuration `no.toml`"),
        (["account", "-o", "markdown=a.md"], "an audit is not written as `markdown`"),
        (["account", "--baseline", "policy.json"], "`policy.json` is not a baseline"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(call: Call, arguments: list[str], says: str) -> None:
    done = call("audit", *arguments)
    assert (done.code, done.out) == (2, "")
    assert says in done.err
