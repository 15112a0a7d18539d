"""Changes of an account with its organization and its resources; each is data (accounts.json)."""

from __future__ import annotations

import fnmatch
import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Call
from tests.review.rendering import account_folder, patched

DATA = json.loads((Path(__file__).parent / "accounts.json").read_text(encoding="utf-8"))


def after(case: dict[str, Any]) -> dict[str, Any]:
    """Return the account after a change; "same" stands for what a level had before."""
    account: dict[str, Any] = patched(DATA["base"], case["change"])
    for level, before in zip(account.get("levels", ()), DATA["base"]["levels"], strict=False):
        for name in ("scps", "rcps"):
            if level.get(name) == "same":
                level[name] = before[name]
    return account


@pytest.mark.parametrize("case", DATA["changes"], ids=lambda case: case["name"])
def test_a_change_of_an_account(call: Call, tmp_path: Path, case: dict[str, Any]) -> None:
    account_folder(DATA["base"], tmp_path / "old")
    account_folder(after(case), tmp_path / "new")
    ran = call("review", str(tmp_path / "old"), str(tmp_path / "new"), "--format", "json")
    found = json.loads(ran.out)
    every = [*(one for one in found["documents"] if "held_by" not in one), *found["principals"]]
    for key in ("gained", "lost"):
        requests = {one["name"]: one.get(key) or one.get("undenied") for one in every if key in one}
        if key == "gained":
            requests |= {one["name"]: one["undenied"] for one in every if "undenied" in one}
        assert set(requests) == set(case.get(key, {})), (key, requests)
        for name, pattern in case.get(key, {}).items():
            assert fnmatch.fnmatch(requests[name]["action"], pattern), (name, requests[name])
    undecided = [one["name"] for one in every if "undecided" in {**one.get("boundary", {}), **one}]
    assert undecided == case.get("undecided", [])
    assert [one["name"] for one in found.get("grants", ())] == case.get("grants", [])
    assert case.get("assumes", "") in "\n".join(found["assumes"])
    assert ran.code == case["code"]


def test_the_account_of_another_number_is_not_compared(call: Call, tmp_path: Path) -> None:
    account_folder(DATA["base"], tmp_path / "old")
    account_folder(DATA["base"], tmp_path / "new")
    for file in (tmp_path / "new").iterdir():
        file.write_text(file.read_text().replace("111122223333", "444455556666"))
    ran = call("review", str(tmp_path / "old"), str(tmp_path / "new"))
    assert ran.code == 2
    assert "account 111122223333 was there before, and account 444455556666 is there after" in ran.err


def test_an_organization_is_compared_account_by_account(call: Call, tmp_path: Path) -> None:
    for side in ("old", "new"):
        for number in ("111122223333", "444455556666"):
            account_folder(DATA["base"], tmp_path / side / number)
            for file in (tmp_path / side / number).iterdir():
                text = file.read_text().replace("111122223333", number)
                wide = side == "new" and number == "444455556666"
                file.write_text(text.replace('"sqs:SendMessage"', '"sqs:*"') if wide else text)
    ran = call("review", str(tmp_path / "old"), str(tmp_path / "new"), "--format", "json")
    gained = [one["name"] for one in json.loads(ran.out)["principals"] if "gained" in one]
    assert gained == [f"arn:aws:iam::444455556666:role/{name}" for name in ("app", "ops")]
