"""Accounts ask about themselves: the methods do what the functions of the package do."""

from __future__ import annotations

import sys
import types
from pathlib import Path
from typing import Any

import pytest

from tests.who.accounts_of_cases import account_in, arn_of
from verifier import Policy, audit, can, who

SQS = {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}
JANE = arn_of("user", "jane")


def test_the_methods_are_the_functions(tmp_path: Path) -> None:
    account = account_in({"users": {"jane": {"policies": [[SQS]]}, "bob": {}}}, tmp_path / "account")
    maximum = Policy.at_most(["s3"])
    assert account.audit(maximum=maximum, only=["A3"]) == audit(account, maximum=maximum, only=["A3"])
    assert account.who("sqs:SendMessage").records() == who(account, "sqs:SendMessage").records()
    assert account.can(JANE, maximum).regions == can(account, JANE, maximum).regions


def test_answers_are_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken: dict[str, Any] = {"policies": [{"Statement": "?"}]}
    account = account_in({"users": {"jane": {"policies": [[SQS]]}, "bob": broken}}, tmp_path / "account")
    found = account.audit(maximum=Policy.at_most(["s3"]), only=["A3"])
    fault, unsure = found.records()
    assert (fault["check"], fault["principal"], fault["severity"]) == ("A3", JANE, "high")
    assert (unsure["principal"], unsure["severity"]) == (arn_of("user", "bob"), "undecided")
    assert fault.keys() == unsure.keys()
    assert JANE in found._repr_html_()
    monkeypatch.setitem(sys.modules, "pandas", None)
    assert found.to_frame() == found.records()
    frames = types.ModuleType("pandas")
    frames.DataFrame = lambda rows: ("a frame", rows)  # type: ignore[attr-defined]  # a stand-in
    monkeypatch.setitem(sys.modules, "pandas", frames)
    assert found.to_frame() == ("a frame", found.records())


def test_actions_that_never_happen_on_a_resource_are_told_apart(tmp_path: Path) -> None:
    reads = {"Effect": "Allow", "Action": ["s3:GetObject", "iam:PassRole"], "Resource": "*"}
    puts = {"Effect": "Allow", "Principal": {"AWS": JANE}, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/*"}
    said = {"users": {"jane": {"policies": [[reads]]}}, "resources": {"arn:aws:s3:::b": [puts]}}
    regions = account_in(said, tmp_path / "account").can(JANE).regions.regions
    assert [(region.living, region.dead) for region in regions] == [
        (("iam:PassRole", "s3:GetObject"), ()),
        (("s3:GetObject",), ("iam:PassRole",)),
        (("s3:PutObject",), ()),
    ]
