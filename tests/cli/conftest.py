"""Calling the command line in this process, in a folder with the documents that the help examples name."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.commands import ROOT, python_path
from verifier.cli.app import run_command_line


@dataclass(frozen=True)
class Called:
    """What came of a call."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Call = Callable[..., Called]


def policy(effect: str = "Allow", action: object = "s3:*", **others: object) -> dict[str, Any]:
    statement = {"Effect": effect, "Action": action, "Resource": "*"} | others
    return {"Version": "2012-10-17", "Statement": [statement]}


REQUEST = {
    "principal": "arn:aws:iam::111122223333:user/jane",
    "action": "s3:GetObject",
    "resource": "arn:aws:s3:::bucket/key",
    "context": {"aws:SourceIp": "203.0.113.7", "aws:CalledVia": ["athena.amazonaws.com", "glue.amazonaws.com"]},
}
FULL = policy(action="*")
DOCUMENTS: dict[str, Any] = {
    "policy.json": policy(action="s3:Get*", Sid="Reads"),
    "boundary.json": policy(action="s3:*"),
    "maximum.json": policy(action="s3:*"),
    "needs.json": policy(action="s3:GetObject"),
    "old.json": policy(action="s3:Get*"),
    "new.json": policy(action=["s3:Get*", "s3:Get?*"]),
    "root.json": FULL,
    "account.json": [FULL, policy("Deny", "iam:*")],
    "request.json": REQUEST,
    "wide.json": policy(action="*"),
    "deny.json": policy("Deny", "*"),
    "other.json": policy(action="dynamodb:*"),
    "odd.json": policy(action="s3 Get"),
    "bucket.json": policy(action="s3:GetObject", Principal={"AWS": REQUEST["principal"]}),
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, document in DOCUMENTS.items():
        (tmp_path / name).write_text(json.dumps(document), encoding="utf-8")
    (tmp_path / "policies" / "reader").mkdir(parents=True)
    for place, name in (("a", "policy"), ("reader/b", "old")):
        (tmp_path / "policies" / f"{place}.json").write_text(json.dumps(DOCUMENTS[f"{name}.json"]), encoding="utf-8")
    (tmp_path / "account").mkdir()
    (tmp_path / "account" / "account.json").write_text(json.dumps(ACCOUNT), encoding="utf-8")
    (tmp_path / "scps").mkdir()
    (tmp_path / "scps" / "root.json").write_text(json.dumps(policy("Deny", "*")), encoding="utf-8")
    (tmp_path / "policies.jsonl").write_text(json.dumps(DOCUMENTS["policy.json"]) + "\n", encoding="utf-8")
    (tmp_path / "bad.json").write_text(
        '{"Version": "2012-10-17",\n "Statement": [{"Efect": "Allow"}]}', encoding="utf-8"
    )
    (tmp_path / "questions.jsonl").write_text(json.dumps(QUESTION | {"id": 1}) + "\n", encoding="utf-8")
    (tmp_path / "who.jsonl").write_text(json.dumps(WHO) + "\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", python_path(ROOT))  # for the processes that the solver starts
    return tmp_path


_TLS = {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
_OWN = {"Version": "2012-10-17", "Statement": [*DOCUMENTS["policy.json"]["Statement"], _TLS]}
_JANE = "arn:aws:iam::111122223333:user/jane"
ACCOUNT = {
    "UserDetailList": [
        {"UserName": "jane", "Arn": _JANE, "UserPolicyList": [{"PolicyName": "own", "PolicyDocument": _OWN}]}
    ],
    "IsTruncated": False,
}
WHO = {"action": "sts:AssumeRole", "resource": "arn:aws:iam::111122223333:role/*"}
QUESTION = {"ask": "evaluate", "policies": [DOCUMENTS["policy.json"]], "request": REQUEST}


@pytest.fixture
def call(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Call:
    def called(*arguments: str, stdin: str | bytes = b"") -> Called:
        data = stdin.encode() if isinstance(stdin, str) else stdin
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))
        capsys.readouterr()
        code = run_command_line(arguments)
        out, err = capsys.readouterr()
        return Called(code, out, err)

    return called
