"""`verifier who`: exit codes, formats, files of questions, wrong calls."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Call
from tests.who.accounts_of_cases import account_in

JANE = "arn:aws:iam::111122223333:user/jane"
SAID = {
    "users": {
        "jane": {"policies": [[{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]]},
        "bob": {},
        "eve": {"policies": [{"Statement": "?"}]},
    },
    "organization": {"scps": [[{"Effect": "Allow", "NotAction": "sqs:*", "Resource": "*"}]]},
}


@pytest.fixture(autouse=True)
def _account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    account_in(SAID, tmp_path / "people")
    account_in({"users": {"bob": {}}, "organization": SAID["organization"]}, tmp_path / "empty")
    monkeypatch.chdir(tmp_path)


def test_somebody_can(call: Call) -> None:
    done = call("who", "people", "--action", "s3:GetObject", "--resource", "arn:aws:s3:::b/*")
    assert done.code == 1
    assert done.out.startswith("can  2 can do s3:GetObject on arn:aws:s3:::b/*; 1 cannot: proved\n")
    assert JANE in done.out


def test_nobody_can(call: Call) -> None:
    done = call("who", "empty", "--action", "sqs:*", "--resource", "*", "--all")
    assert done.code == 0
    assert done.out.startswith("cannot  nobody can do sqs:* on *: proved\n")
    assert "arn:aws:iam::111122223333:root" in done.out


def test_a_broken_document_is_undecided(call: Call) -> None:
    done = call("who", "people", "--action", "sqs:SendMessage", "--resource", "*")
    assert done.code == 3
    assert "inline-0" in done.out


def test_the_answer_as_json(call: Call) -> None:
    answer = call("who", "people", "--action", "s3:GetObject", "--resource", "*", "--format", "json").json
    jane = answer["principals"][0]
    assert jane["principal"] == JANE
    assert jane["verdict"] == "can"
    assert jane["request"]["principal"] == JANE
    assert jane["region"]["side"] == "allowed"
    assert [one["verdict"] for one in answer["principals"]] == ["can", "cannot", "undecided", "can"]
    assert answer["others"] == []


def test_several_questions_in_a_file(call: Call, tmp_path: Path) -> None:
    lines = [
        {"id": "read", "action": "s3:GetObject", "resource": ["*"]},
        {"id": "send", "action": ["sqs:*"], "resource": "*", "keys": {"aws:SourceIp": None}},
    ]
    (tmp_path / "questions.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    done = call("who", "empty", "--questions", "questions.jsonl", "--format", "jsonl")
    found = [json.loads(line) for line in done.out.splitlines()]
    assert done.code == 1
    assert [(one["question"]["id"], one["verdict"]) for one in found] == [("read", "can"), ("send", "cannot")]
    assert found[1]["question"]["keys"] == {"aws:SourceIp": None}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "no action is given"),
        (["--action", "s3:GetObject"], "no resource is given"),
        (["--action", "s3", "--resource", "*"], "`s3` is not an action"),
        (["--action", "s3:GetObject", "--resource", "b"], "`b` is not a resource"),
        (["--action", "s3:*", "--resource", "*", "--key", "x"], "`x` is not a key with a value"),
        (["--action", "s3:*", "--resource", "*", "--key", "aws:SourceIp=x"], "no request holds `x` for `aws:SourceIp`"),
        (["--action", "s3:*", "--questions", "q"], "`--questions` and another question exclude each other"),
    ],
)
def test_a_wrong_call_says_what_is_wrong(call: Call, arguments: list[str], message: str) -> None:
    done = call("who", "people", *arguments)
    assert done.code == 2
    assert message in done.err


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "line 1: the line is not JSON"),
        ("[]", "line 1: the line is not an object"),
        ('{"action": "s3:*"}', "line 1: `resource` is neither a text nor a list of texts"),
        ('{"action": "s3:*", "resource": "*", "key": {}}', "line 1: `key` is not an element of a question"),
        ("", "the file holds no question"),
    ],
)
def test_a_wrong_line_says_what_is_wrong(call: Call, tmp_path: Path, line: str, message: str) -> None:
    (tmp_path / "questions.jsonl").write_text(line, encoding="utf-8")
    done = call("who", "people", "--questions", "questions.jsonl")
    assert done.code == 2
    assert message in done.err
