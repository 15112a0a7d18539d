"""What one principal of an account may do, against a maximum; `can.json` has accounts in short, and the verdicts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.who.accounts_of_cases import account_in, policy_of
from verifier import Contained, Escapes, Policy, Undecided

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "can.json").read_text(encoding="utf-8"))
VERDICTS = {"contained": Contained, "escapes": Escapes, "undecided": Undecided}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_maximum_holds_or_not(case: dict[str, Any], tmp_path: Path) -> None:
    account = account_in(case["account"], tmp_path / "account")
    maximum = Policy.parse(json.dumps(policy_of(case["maximum"])))
    found = account.can(case["principal"], maximum, at=case.get("at"))
    assert isinstance(found.verdict, VERDICTS[case["verdict"]])
    assert bool(found.regions.regions) == (case["verdict"] == "escapes")
