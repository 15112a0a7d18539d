"""`verifier can`: what a principal may do, as regions, and whether it is within a maximum."""

from __future__ import annotations

import json
from pathlib import Path

from tests.audit.accounts_of_cases import arn, dump_of
from tests.cli.conftest import Call
from tests.cli.test_audit import BROKEN, JANE, QUEUES, widened
from tests.who.accounts_of_cases import account_in


def test_all_that_is_allowed(call: Call) -> None:
    answer = call("can", "account", "--principal", JANE, "--format", "json").json
    assert (answer["principal"], answer["complete"]) == (JANE, True)
    (region,) = answer["regions"]
    assert (region["side"], region["actions"], region["resources"]) == ("allowed", ["s3:Get*"], ["*"])
    assert "aws:SecureTransport" in region["conditions"]
    assert "verdict" not in answer


def test_within_a_maximum_or_not(call: Call, folder: Path) -> None:
    words = ["can", "account", "--principal", JANE, "--maximum", "maximum.json"]
    held = call(*words)
    assert held.code == 0
    assert "nothing else is allowed, and all of these are: proved" in held.out
    assert "CONTAINED" in held.out
    widened(folder, QUEUES)
    answer = call(*words, "--format", "json")
    assert (answer.code, answer.json["verdict"]) == (1, "escapes")
    assert answer.json["request"]["action"] == "sqs:SendMessage"
    assert [part["document"] for part in answer.json["explanation"]["documents"]] == ["policy", "maximum"]


def test_a_broken_document_is_undecided(call: Call, folder: Path) -> None:
    widened(folder, BROKEN)
    done = call("can", "account", "--principal", JANE)
    assert done.code == 3
    assert "account/account.json:1:" in done.out


def test_nobody_of_that_name(call: Call) -> None:
    done = call("can", "account", "--principal", f"{JANE}t")
    assert done.code == 2
    assert f"did you mean `{JANE}`?" in done.err


def test_without_any_policy_nothing_is_allowed(call: Call, folder: Path) -> None:
    (folder / "account" / "account.json").write_text(json.dumps(dump_of({"policies": []})), encoding="utf-8")
    done = call("can", "account", "--principal", arn("user", "jane"))
    assert done.code == 0
    assert "groups of requests: none" in done.out


def test_who_it_is_decides_what_its_documents_allow(call: Call, folder: Path) -> None:
    own = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::home/${aws:username}/*"}
    (folder / "account" / "account.json").write_text(json.dumps(dump_of({"policies": [[own]]})), encoding="utf-8")
    answer = call("can", "account", "--principal", arn("user", "jane"), "--format", "json").json
    (region,) = answer["regions"]
    assert region["request"]["resource"].startswith("arn:aws:s3:::home/jane/")


def test_the_policy_of_a_resource_lets_it_past_its_boundary(call: Call, folder: Path) -> None:
    said = {"policies": [], "boundary": [QUEUES]}
    (folder / "account" / "account.json").write_text(json.dumps(dump_of(said)), encoding="utf-8")
    lets = {"Effect": "Allow", "Principal": {"AWS": JANE}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}
    shown = [{"resource": "arn:aws:s3:::b", "policy": {"Version": "2012-10-17", "Statement": [lets]}}]
    (folder / "account" / "resource-policies.json").write_text(json.dumps(shown), encoding="utf-8")
    answer = call("can", "account", "--principal", JANE, "--format", "json").json
    (region,) = answer["regions"]
    assert (region["actions"], region["resources"]) == (["s3:GetObject"], ["arn:aws:s3:::b/*"])
    assert "dead_actions" not in region
    escapes = call("can", "account", "--principal", JANE, "--maximum", "deny.json", "--format", "json")
    assert (escapes.code, escapes.json["verdict"]) == (1, "escapes")


def test_one_of_several_accounts(call: Call, tmp_path: Path) -> None:
    several = tmp_path / "several"
    account_in({"users": {"bob": {}}}, several / "one", "444455556666")
    account_in({"users": {"jane": {}}}, several / "other")
    done = call("can", "several", "--principal", "arn:aws:iam::444455556666:user/bob")
    assert done.code == 0
    assert done.out.startswith("arn:aws:iam::444455556666:user/bob")
    assert call("can", "several", "--principal", "arn:aws:iam::444455556666:user/jane").code == 2
