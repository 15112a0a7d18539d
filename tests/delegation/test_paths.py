"""The published paths to higher rights: the list of pathfinding.cloud and the lab iam-vulnerable, as data."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.delegation.accounts import account_of_case, document, replayable
from tests.delegation.replay import account_of_design, replay
from tests.delegation.rows import BOUNDARY_ARN, case_of, design_of_row, start_of, twin_of
from verifier import Policy
from verifier.clouds.aws.delegation.account_delegation import AccountDelegation, delegate_account
from verifier.clouds.aws.delegation.delegate import delegate
from verifier.clouds.aws.delegation.invariant import Design
from verifier.clouds.aws.delegation.moves import MOVES
from verifier.clouds.aws.delegation.service_ways import PASSING, TAKING_OVER
from verifier.questions.ask import Ask
from verifier.report.delegate_answers import delegate_answer

ROWS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "paths.json").read_text(encoding="utf-8"))
SAMPLED = 8


def sampled(number: int, row: dict[str, Any]) -> Any:
    """A row as a parameter: one of so many is asked about each time, and all in the long campaigns."""
    return pytest.param(row, marks=() if number % SAMPLED == 0 else pytest.mark.long, id=row["name"])


def asked_in_account(row: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The answer about the account of a row, as JSON."""
    case = case_of(row)
    maximum, own = (Policy.parse(json.dumps(document(case[name]))) for name in ("maximum", "own"))
    asked = AccountDelegation(account_of_case(case, folder), start_of(row), maximum, own, "2026-11-30T00:00:00Z")
    return delegate_answer(delegate_account(asked, Ask(seconds=60))).as_json()


def asked(row: dict[str, Any]) -> dict[str, Any]:
    """The answer of the two-file form, as JSON."""
    policy = {
        name: Policy.parse(json.dumps(value)) for name, value in design_of_row(row).items() if name != "boundary_arn"
    }
    design = Design(
        (policy["policy"],), BOUNDARY_ARN, policy["boundary"], policy["maximum"], start_of(row), own=policy["own"]
    )
    return delegate_answer(delegate(design, Ask(seconds=60))).as_json()


def test_every_path_is_there():
    assert Counter((row["source"], row.get("trap", False)) for row in ROWS) == {
        ("pathfinding", False): 65,
        ("iam-vulnerable", False): 37,
        ("iam-vulnerable", True): 5,
    }


def test_every_action_of_a_published_path_is_in_the_table():
    table = {action for move in MOVES for action in move.actions}
    table |= {action for way in (*PASSING, *TAKING_OVER) for action in way.actions}
    names = {action.partition(":")[2] for action in table}
    missing = [f"{row['name']}: {move}" for row in ROWS for move in row.get("moves", []) if move not in table | names]
    assert missing == []


@pytest.mark.parametrize(
    "row",
    [sampled(number, row) for number, row in enumerate(ROWS) if row.get("design", "refuted")],
)
def test_a_design_with_the_policy_of_a_path(row: dict[str, Any]):
    answer = asked(row)
    assert answer["verdict"] == row.get("design", "proved" if row.get("trap") else "refuted"), answer.get("reason")
    if answer["verdict"] == "refuted":
        assert list(replay(answer, account_of_design(answer, design_of_row(row)))) == []


@pytest.mark.parametrize("row", [sampled(number, row) for number, row in enumerate(ROWS) if not row.get("trap")])
def test_the_chain_of_a_path_is_found_in_its_account(row: dict[str, Any], tmp_path: Path):
    answer = asked_in_account(row, tmp_path)
    assert answer["verdict"] == "refuted", answer.get("reason")
    assert sorted(step["move"] for step in answer["chain"][:-1]) == sorted(row["moves"])
    assert list(replay(answer, replayable(case_of(row)))) == []


@pytest.mark.parametrize(
    "row", [sampled(number, row if row.get("trap") else twin_of(row)) for number, row in enumerate(ROWS)]
)
def test_a_trap_and_a_mended_path_have_no_chain(row: dict[str, Any], tmp_path: Path):
    answer = asked_in_account(row, tmp_path)
    assert answer["verdict"] == "proved", answer.get("reason")
