"""`delegate` on designs: cases as data, each chain replayed on the evaluator alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.delegation.replay import account_of_design, replay
from verifier import Policy
from verifier.clouds.aws.catalogue.actions import AccessLevel, actions, find_action
from verifier.clouds.aws.delegation.delegate import delegate
from verifier.clouds.aws.delegation.invariant import Design
from verifier.clouds.aws.delegation.moves import MOVES, granting_moves
from verifier.clouds.aws.delegation.service_ways import PASSING, TAKING_OVER
from verifier.clouds.aws.delegation.unlisted_actions import UNLISTED, unlisted_actions
from verifier.questions.ask import Ask
from verifier.report.delegate_answers import delegate_answer

HERE = Path(__file__).parent
CASES = json.loads((HERE / "designs.json").read_text(encoding="utf-8"))
SECTIONS: dict[str, list[str]] = json.loads((HERE / "sections.json").read_text(encoding="utf-8"))
NOT_LISTED = [action for prefix in UNLISTED for action in unlisted_actions(prefix)]
BOUNDARY_ARN = "arn:aws:iam::111122223333:policy/TeamBoundary"
TEAM = [{"Effect": "Allow", "Action": ["s3:*", "dynamodb:*"], "Resource": "*"}]


def document(statements: list[Any]) -> dict[str, Any]:
    """The document of `statements`."""
    return {"Version": "2012-10-17", "Statement": statements}


def documents_of(case: dict[str, Any]) -> dict[str, Any]:
    """The documents of a case, as `replay` takes them; the administrator may do what his policy says."""
    policy = document(case["statements"])
    return {
        "policy": policy,
        "own": policy,
        "boundary_arn": BOUNDARY_ARN,
        "boundary": document(case.get("boundary", TEAM)),
        "maximum": document(case.get("maximum", TEAM)),
    }


def design_of(case: dict[str, Any]) -> Design:
    """The design of a case."""
    given = {
        name: Policy.parse(json.dumps(value)) for name, value in documents_of(case).items() if name != "boundary_arn"
    }
    return Design(
        (given["policy"],), BOUNDARY_ARN, given["boundary"], given["maximum"], case.get("admin"), own=given["own"]
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_answer(case: dict[str, Any]):
    found = delegate(design_of(case), Ask(seconds=60), case.get("moves_within", 4))
    answer = delegate_answer(found).as_json()
    assert answer["verdict"] == case["verdict"], answer.get("reason")
    if case["verdict"] == "refuted":
        assert [step["move"] for step in answer["chain"][:-1]] == case["moves"]
        assert list(replay(answer, account_of_design(answer, documents_of(case)))) == []
    elif case["verdict"] == "proved":
        assert all(move["proved"] for move in answer["kept_by"])
        assert [move["move"] for move in answer["widened"]] == case.get("widened", [])
    else:
        not_kept = [move["move"] for move in answer["kept_by"] if not move["proved"]]
        assert set(case["not_kept"]) <= set(not_kept)


def test_every_row_of_the_sections_is_in_the_table():
    table = {row: set[str]() for row in SECTIONS}
    for move in (*MOVES, *granting_moves()):
        for row in move.rows:
            table.setdefault(row, set()).update(move.actions)
    for way in (*PASSING, *TAKING_OVER):
        table[way.row].update(way.actions)
    whole = {action for actions_ in table.values() for action in actions_ if action.endswith(":*")}
    for row, listed in SECTIONS.items():
        named = [action for action in listed if f"{action.partition(':')[0]}:*" not in whole]
        missing = [action for action in named if action not in table[row]]
        assert not missing, f"{row}: {missing}"
    assert set(table) - set(SECTIONS) == {"-"}, "a row that is in no section"


def test_every_action_of_the_table_is_known():
    named = {action for move in (*MOVES, *granting_moves()) for action in move.actions}
    named |= {action for way in (*PASSING, *TAKING_OVER) for action in way.actions}
    unknown = [action for action in sorted(named) if not action.endswith(":*") and find_action(action) is None]
    assert [action for action in unknown if action not in NOT_LISTED] == []


def test_the_catalogue_does_not_have_what_it_is_said_not_to_list():
    assert [action for action in NOT_LISTED if find_action(action)] == []


def test_every_action_that_changes_iam_is_in_the_table():
    named = {action for move in MOVES for action in move.actions}
    changing = [each for each in actions("iam") if each.access_level not in (AccessLevel.READ, AccessLevel.LIST)]
    assert [str(each) for each in changing if str(each) not in named] == []


def test_a_proof_names_the_services_whose_roles_it_cannot_see():
    team = [{"Effect": "Allow", "Action": ["s3:*", "dms:*"], "Resource": "*"}]
    for boundary, named in ((team, True), (TEAM, False)):
        case = {**CASES[0], "boundary": boundary, "maximum": boundary}
        found = delegate_answer(delegate(design_of(case), Ask(seconds=60))).as_json()
        assert found["verdict"] == "proved"
        told = "at the start nothing in these services acts as a role that is not delegated: dms"
        assert (told in found["assumes"]) is named
