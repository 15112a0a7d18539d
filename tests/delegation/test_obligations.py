"""The obligations of a delegated administrator: for each row an account in which it is a way up, and its mended twin.

A row adds to one account: `jack` is delegated the users and roles in `/team/`; `kim` and `rob` carry the boundary, and
`bob` and the role `ops` may do everything. `has` are statements that jack has besides, `boundary` is what the boundary
says, and the other keys are those of `accounts.json`. `jack` is what he carries: his policies, or a boundary.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.delegation.accounts import account_of_case, arn_of, document, replayable
from tests.delegation.designs_drawn import GOOD, SECTIONS
from tests.delegation.replay import replay
from tests.delegation.rows import EVERYTHING, TEAM
from verifier import Policy
from verifier.clouds.aws.delegation.account_delegation import AccountDelegation, delegate_account
from verifier.questions.ask import Ask
from verifier.report.delegate_answers import delegate_answer

ROWS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "obligations.json").read_text(encoding="utf-8"))
FUNCTION = "arn:aws:lambda:us-east-1:111122223333:function:f"
NO_WAY_UP = {"Q11", "Q15'"}


def case_of_row(row: dict[str, Any]) -> dict[str, Any]:
    """The account of a row, in the short form of `accounts.json`."""
    has, jack = [*GOOD, *row.get("has", [])], dict(row.get("jack", {}))
    policies = {"policy/TeamBoundary": [row.get("boundary", TEAM)], **row.get("policies", {})}
    if "boundary" in jack:
        policies["policy/AdministratorBoundary"] = [has if jack["boundary"] == "has" else jack["boundary"]]
        jack["boundary"] = "policy/AdministratorBoundary"
    bounded = {"policies": [EVERYTHING], "boundary": "policy/TeamBoundary"}
    return {
        "admin": "user/jack",
        "maximum": row.get("maximum", TEAM),
        "own": row.get("own", has) if "own" not in row else [*GOOD, *row["own"]],
        "users": {
            "user/jack": {"policies": [has], "groups": ["group/own"], **jack},
            "user/ops/bob": {"policies": [EVERYTHING]},
            "user/team/kim": bounded,
            **row.get("users", {}),
        },
        "roles": {
            "role/ops/ops": {"policies": [EVERYTHING], "trust": ["root", "lambda.amazonaws.com"][row["row"] == "Q9" :]},
            "role/team/rob": {**bounded, "trust": ["user/jack"]},
            **row.get("roles", {}),
        },
        "groups": {"group/own": {}, "group/admins": {"policies": [EVERYTHING]}},
        "policies": policies,
        "services": {FUNCTION: "role/ops/ops"},
        **({"resource_policies": row["resource_policies"]} if "resource_policies" in row else {}),
    }


def asked_about(row: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The answer about the account of a row, as JSON."""
    case = case_of_row(row)
    maximum, own = (Policy.parse(json.dumps(document(case[name]))) for name in ("maximum", "own"))
    asked = AccountDelegation(account_of_case(case, folder), arn_of("user/jack"), maximum, own)
    return delegate_answer(delegate_account(asked, Ask(seconds=120))).as_json()


def test_every_row_that_is_a_way_up_is_there():
    listed = {row for row in SECTIONS if row[0] in "QR"} | {"C1", "C2", "C3", "C4", "C5", "C6"}
    assert listed - {row["row"] for row in ROWS} == NO_WAY_UP


pytestmark = pytest.mark.long


def _named(rows: list[dict[str, Any]]) -> list[Any]:
    return [pytest.param(row, id=f"{row['row']}-{row['moves'][0] if row['moves'] else 'at once'}") for row in rows]


@pytest.mark.parametrize("row", _named(ROWS))
def test_the_chain_is_found(row: dict[str, Any], tmp_path: Path):
    answer = asked_about(row, tmp_path)
    assert answer["verdict"] == ("undecided" if row.get("undecided") else "refuted"), answer.get("reason")
    if answer["verdict"] == "refuted":
        assert sorted(step["move"] for step in answer["chain"][:-1]) == sorted(row["moves"])
        assert list(replay(answer, replayable(case_of_row(row)))) == []


@pytest.mark.parametrize("row", _named([{**row, **row["twin"]} for row in ROWS]))
def test_the_mended_twin_is_proved(row: dict[str, Any], tmp_path: Path):
    answer = asked_about(row, tmp_path)
    assert answer["verdict"] == "proved", answer.get("reason")
