"""`verifier delegate`: proved, refuted, undecided, and calls that are wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Call, policy

ARN = "arn:aws:iam::111122223333:policy/Team"
WORDS = ["delegate", "--boundary-arn", ARN, "--boundary", "boundary.json", "--maximum", "maximum.json"]


def test_a_reader_cannot_climb(call: Call) -> None:
    done = call(*WORDS, "--policy", "policy.json")
    assert done.code == 0
    assert done.out.startswith("proved")
    assert f"the policy {ARN} says what it says now" in done.out


def test_who_exceeds_the_maximum_already_has_a_chain_of_one_request(call: Call) -> None:
    done = call(*WORDS, "--policy", "wide.json", "--format", "json")
    assert done.code == 1
    (last,) = done.json["chain"]
    assert "move" not in last
    assert last["effect"] == "outside the maximum"
    assert call(*WORDS, "--policy", "wide.json").out.startswith("refuted")


def test_what_is_neither_names_the_moves(call: Call, folder: Path) -> None:
    (folder / "admin.json").write_text(json.dumps(policy(action="iam:UpdateSAMLProvider")), encoding="utf-8")
    done = call(*WORDS, "--policy", "admin.json", "--own", "admin.json")
    assert done.code == 3
    assert "UpdateSAMLProvider" in done.out


def test_whom_he_widens_fails_only_if_strict(call: Call, folder: Path) -> None:
    jack = "arn:aws:iam::111122223333:user/jack"
    own = {"Version": "2012-10-17", "Statement": []}
    own["Statement"] = [
        {"Effect": "Allow", "Action": "iam:PutUserPolicy", "Resource": "arn:aws:iam::111122223333:user/*"},
        {"Effect": "Deny", "Action": "*", "Resource": jack},
    ]
    (folder / "admin.json").write_text(json.dumps(own), encoding="utf-8")
    words = [*WORDS, "--policy", "admin.json", "--own", "admin.json", "--admin", jack]
    done = call(*words)
    assert done.code == 0
    assert "he can widen others" in done.out
    assert call(*words, "--strict").code == 1


def test_no_time(call: Call) -> None:
    done = call(*WORDS, "--policy", "wide.json", "--own", "wide.json", "--timeout", "0.000001")
    assert done.code == 3


WRITE = ["delegate", "--write", "--services", "s3, dynamodb", "--path", "/jack/", "--boundary-arn", ARN]


def test_documents_that_are_written_can_be_asked_about(call: Call, folder: Path) -> None:
    done = call(*WRITE, "-o", "documents=jack", "-o", "json=jack.json")
    assert done.code == 0
    assert done.out.startswith("proved")
    assert {path.name for path in (folder / "jack").iterdir()} == {"policy.json", "boundary.json", "maximum.json"}
    answer = json.loads((folder / "jack.json").read_text(encoding="utf-8"))
    assert answer["boundary"] == json.loads((folder / "jack" / "boundary.json").read_text(encoding="utf-8"))
    words = ["delegate", "--boundary-arn", ARN, "--policy", "jack/policy.json", "--own", "jack/policy.json"]
    asked = call(*words, "--boundary", "jack/boundary.json", "--maximum", "jack/maximum.json", "-o", "text=proof.txt")
    assert asked.code == 0
    assert asked.out == (folder / "proof.txt").read_text(encoding="utf-8")


def test_a_repair_is_a_diff_and_can_be_saved(call: Call, folder: Path) -> None:
    (folder / "admin.json").write_text(json.dumps(policy(action=["iam:AddUserToGroup", "s3:Get*"])), encoding="utf-8")
    words = [*WORDS, "--policy", "admin.json", "--own", "admin.json"]
    done = call(*words, "--repair", "-o", "documents=repaired", "-o", "json=repaired.json")
    assert done.code == 0
    assert done.out.startswith("repaired")
    assert "admin.json, statement 0: iam:AddUserToGroup: no longer allowed" in done.out
    assert "+++ b/admin.json" in done.out
    answer = json.loads((folder / "repaired.json").read_text(encoding="utf-8"))
    assert answer["verdict"] == "repaired"
    assert "diff" not in answer["documents"][1]
    saved = (folder / "repaired" / "policy.json").read_text(encoding="utf-8")
    assert saved == answer["documents"][0]["text"]
    assert "AddUserToGroup" not in saved
    asked = call(*WORDS, "--policy", "repaired/policy.json", "--own", "admin.json", "--repair")
    assert asked.code == 0
    assert asked.out.startswith("proved")


def test_where_no_repair_is_known_nothing_is_saved(call: Call, folder: Path) -> None:
    done = call(*WORDS, "--policy", "wide.json", "--repair", "-o", "documents=repaired")
    assert done.code == 3
    assert done.out.startswith("no-repair")
    assert call(*WORDS, "--policy", "wide.json", "--repair", "--format", "json").json["verdict"] == "no-repair"
    assert not (folder / "repaired").exists()


def test_a_proof_is_saved_as_smt_lib(call: Call, folder: Path) -> None:
    (folder / "proof").mkdir()
    assert call(*WORDS, "--policy", "policy.json", "-o", "smtlib=proof").code == 0
    assert "(check-sat)" in (folder / "proof" / "maximum.smt2").read_text(encoding="utf-8")
    assert "maximum.smt2" in (folder / "proof" / "moves.txt").read_text(encoding="utf-8")
    assert call(*WORDS, "--policy", "wide.json", "-o", "smtlib=nothing").code == 1
    assert not (folder / "nothing").exists()


def test_a_proof_about_an_account_is_saved_as_smt_lib(call: Call, folder: Path) -> None:
    jack = "arn:aws:iam::111122223333:user/jack"
    user = {"UserName": "jack", "Path": "/", "Arn": jack, "UserId": "AIDA0000000000000000"}
    (folder / "account.json").write_text(json.dumps({"UserDetailList": [user]}), encoding="utf-8")
    words = ["delegate", "account.json", "--admin", jack, "--maximum", "maximum.json"]
    assert call(*words, "-o", "smtlib=proof", "-o", "html=proof.html").code == 0
    assert "account.json" in (folder / "proof.html").read_text(encoding="utf-8").partition("SHA-256")[2]
    assert "(check-sat)" in (folder / "proof" / "maximum.smt2").read_text(encoding="utf-8")
    assert "CreateAccessKey: " in (folder / "proof" / "moves.txt").read_text(encoding="utf-8")


def test_nothing_is_written_that_is_not_proved(call: Call, folder: Path) -> None:
    done = call(*WRITE, "--timeout", "0.000001", "-o", "documents=jack")
    assert done.code == 3
    assert "Statement" not in done.out
    assert not (folder / "jack").exists()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([*WRITE, "--policy", "policy.json"], "`--write` makes the documents itself"),
        (["delegate", "--path", "/jack/"], "are options of `--write`"),
        (["delegate", "--write", "--path", "/jack/"], "needs services, a path and the ARN of a boundary"),
        ([*WRITE, "--repair"], "`--repair` is about a design"),
        ([*WRITE, "-o", "documents=policy.json"], "is not a folder"),
        ([*WRITE, "-o", "html=x.html"], "does not name a report"),
        ([*WORDS, "--policy", "policy.json", "--at", "2027-01-01"], "`--at` is for an account"),
        (["delegate", "account.json"], "needs an administrator and a maximum"),
        (["delegate", "account.json", "--policy", "policy.json"], "both an account and a design are given"),
        (["delegate"], "a delegation needs its policy, its boundary and a maximum"),
        ([*WORDS, "--policy", "policy.json", "--admin", "jack"], "`jack` is not the ARN that is needed here"),
        ([*WORDS, "--policy", "policy.json", "--admin", "arn:aws:iam::444455556666:user/x"], "of several accounts"),
        ([*WORDS, "--policy", "policy.json", "--own-boundary", "boundary.json"], "names no file"),
        ([*WORDS, "--policy", "policy.json", "--own-boundary", f"{ARN}=boundary.json"], "give each boundary once"),
        ([*WORDS, "--policy", "bucket.json"], "`Principal` is not allowed in an identity policy"),
    ],
)
def test_a_call_that_is_wrong(call: Call, words: list[str], says: str) -> None:
    done = call(*words)
    assert done.code == 2
    assert says in done.err
