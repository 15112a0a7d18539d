"""Accounts as AWS prints them: what is read of them, and which documents bind whom; `accounts.json`.

A case has the `files` of a folder (an object is written as JSON, a text as it is) and what must come of them: `counts`,
the `principals`, and for an ARN what is `effective` for it; or a part of the `error`.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from verifier.base.errors import UsageError
from verifier.clouds.aws.account.effective import Effective, effective
from verifier.clouds.aws.account.held import AccountDocument
from verifier.clouds.aws.account.model import Account

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "accounts.json").read_text(encoding="utf-8"))


def written(case: dict[str, Any], folder: Path) -> Path:
    """The folder with the files of a case."""
    for name, content in case["files"].items():
        text = content if isinstance(content, str) else json.dumps(content)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def actions(document: AccountDocument) -> list[list[str]]:
    """The actions of each statement."""
    assert document.policy is not None
    return [[entry.text for entry in one.actions.entries] for one in document.policy.statements if one.actions]


def shown(found: Effective) -> dict[str, Any]:
    """What a case says of the documents that bind somebody."""
    return {
        "identity": [held.name for held in found.identity],
        "boundary": found.boundary and found.boundary.name,
        "scps": [[held.name for held in level] for level in found.scps],
    }


@pytest.mark.parametrize("case", [case for case in CASES if "error" not in case], ids=lambda case: case["name"])
def test_what_an_account_holds(case: dict[str, Any], tmp_path: Path) -> None:
    account = Account.load(written(case, tmp_path))
    assert account.id == "111122223333"
    if "counts" in case:
        assert {name: len(getattr(account, name)) for name in case["counts"]} == case["counts"]
    if "principals" in case:
        assert [principal.arn for principal in account.principals] == case["principals"]
    for arn, expected in case.get("effective", {}).items():
        principal = account.find(arn)
        assert principal
        found = effective(account, principal)
        assert shown(found) == {"scps": [], **{name: expected[name] for name in shown(found) if name in expected}}
        assert len(found.lacking) == bool(expected["lacking"])
        assert all(part in "".join(found.lacking) for part in expected["lacking"])
        assert {held.name for held in found.broken} == expected.get("broken", {}).keys()
        assert all(expected["broken"][held.name] in str(held.document.error) for held in found.broken)
        if "actions" in expected:
            assert [one for held in found.identity for one in actions(held.document)] == expected["actions"]
        if "boundary_actions" in expected:
            assert found.boundary
            assert actions(found.boundary.document) == expected["boundary_actions"]
        assert all(any(part in origin for origin in found.origins) for part in expected.get("origins", ()))


@pytest.mark.parametrize("case", [case for case in CASES if "error" in case], ids=lambda case: case["name"])
def test_what_is_no_account(case: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(written(case, tmp_path))
    with pytest.raises(UsageError, match=re.escape(case["error"])):
        Account.load(".")


def test_a_document_that_many_share_is_read_once(tmp_path: Path) -> None:
    statement = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    inline = [{"PolicyName": "own", "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]}}]
    users = [
        {"UserName": name, "Arn": f"arn:aws:iam::111122223333:user/{name}", "UserPolicyList": inline}
        for name in ("jack", "jill")
    ]
    (tmp_path / "account.json").write_text(json.dumps({"UserDetailList": users}), encoding="utf-8")
    jack, jill = Account.load(tmp_path).users
    assert jack.inline[0].document is jill.inline[0].document
