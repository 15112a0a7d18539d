"""The published paths to higher rights: the list of pathfinding.cloud and the lab iam-vulnerable, as data."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.delegation.replay import account_of_design, replay
from tests.delegation.rows import BOUNDARY_ARN, design_of_row, start_of
from verifier import Policy
from verifier.clouds.aws.delegation.delegate import delegate
from verifier.clouds.aws.delegation.invariant import Design
from verifier.clouds.aws.delegation.moves import MOVES
from verifier.clouds.aws.delegation.service_ways import PASSING, TAKING_OVER
from verifier.questions.ask import Ask
from verifier.report.delegate_answers import delegate_answer

ROWS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "paths.json").read_text(encoding="utf-8"))
SAMPLED = 8


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
    [
        pytest.param(row, marks=() if number % SAMPLED == 0 else pytest.mark.long, id=row["name"])
        for number, row in enumerate(ROWS)
        if row.get("design", "refuted")
    ],
)
def test_a_design_with_the_policy_of_a_path(row: dict[str, Any]):
    answer = asked(row)
    assert answer["verdict"] == row.get("design", "proved" if row.get("trap") else "refuted"), answer.get("reason")
    if answer["verdict"] == "refuted":
        assert list(replay(answer, account_of_design(answer, design_of_row(row)))) == []
