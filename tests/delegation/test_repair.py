"""`delegate --repair`: each refuted or undecided design is proved with edits of which none can be left out."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.delegation.test_delegate import BOUNDARY_ARN, CASES, design_of
from verifier import Policy
from verifier.clouds.aws.delegation import repair
from verifier.clouds.aws.delegation.delegate import delegate
from verifier.clouds.aws.delegation.invariant import Design
from verifier.clouds.aws.delegation.repair import repair_delegation
from verifier.clouds.aws.delegation.repair_edits import DenialEdit, NarrowingEdit, edited_text, edits_in_words
from verifier.delegations.answer import DelegationProved
from verifier.delegations.repaired import NoDelegationRepair, RepairedDelegation
from verifier.questions.ask import Ask
from verifier.repairs.repair import Repaired, RepairOutcome

ASK = Ask(seconds=120)
IAM = "arn:aws:iam::111122223333:"


def repaired(design: Design) -> RepairedDelegation:
    """The repair of a design."""
    found = repair_delegation(design, ASK)
    assert isinstance(found, RepairedDelegation), found.reason
    return found


def after(design: Design, found: RepairedDelegation) -> Design:
    """The design with the documents of the repair, as texts, read anew."""
    texts = {document.file: Policy.parse(document.text) for document in found.documents}
    own = None if design.own_boundary is None else (design.own_boundary[0], texts["own-boundary.json"])
    return replace(design, policies=(texts["policy.json"],), boundary=texts["boundary.json"], own_boundary=own)


# One for each way of a repair; the others take minutes.
SOON = (
    "access keys of oneself",
    "ForAllValues holds of an absent key",
    "access keys of everybody",
    "groups",
    "a maximum that the boundary exceeds",
    "buckets within the boundary only",
)
MARKED = [pytest.param(case, marks=() if case["name"] in SOON else pytest.mark.long, id=case["name"]) for case in CASES]


@pytest.mark.parametrize("case", MARKED)
def test_a_design_is_proved_after_its_repair(case: dict[str, Any]) -> None:
    design = design_of(case)
    found = repaired(design)
    assert (found.edits == ()) is (case["verdict"] == "proved")
    assert any(document.is_changed for document in found.documents) is bool(found.edits)
    assert isinstance(delegate(after(design, found), ASK), DelegationProved)


def test_what_a_wildcard_allows_is_denied_and_the_rest_stays():
    statement = {"Sid": "Make", "Effect": "Allow", "Action": ["iam:Create*", "s3:*"], "Resource": f"{IAM}user/team/*"}
    design = design_of({"statements": [statement]})
    found = repaired(design)
    (edit,) = found.edits
    assert (edit.statement, edit.actions) == (None, ("iam:CreateUser",))
    first, added = json.loads(found.documents[0].text)["Statement"]
    assert first == statement
    assert added == {
        "Sid": "OnlyWithBoundary",
        "Effect": "Deny",
        "Action": "iam:CreateUser",
        "Resource": "*",
        "Condition": {"StringNotEquals": {"iam:PermissionsBoundary": BOUNDARY_ARN}},
    }


def test_a_boundary_that_he_carries_is_narrowed_before_his_policies():
    wide = Policy.parse(
        json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})
    )
    own = Policy.parse(json.dumps(design_json("iam:CreateAccessKey", "iam:GetUser")))
    top = design_of(CASES[0]).maximum
    design = Design((wide,), BOUNDARY_ARN, top, top, own_boundary=(f"{IAM}policy/Own", own), own=own)
    found = repaired(design)
    assert [document.file for document in found.documents if document.is_changed] == ["own-boundary.json"]
    assert isinstance(delegate(after(design, found), ASK), DelegationProved)


def design_json(*actions: str) -> dict[str, Any]:
    """A document of one statement."""
    return {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": list(actions), "Resource": "*"}}


def test_no_edit_can_be_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A planted fault: an edit that is not needed is thought of too."""
    case = next(case for case in CASES if case["name"] == "users without a boundary")
    needless = DenialEdit(0, "iam:DeleteUser")
    known = repair._found
    monkeypatch.setattr(repair, "_found", lambda *given: [needless, *known(*given)])
    found = repaired(design_of(case))
    assert [edit.actions for edit in found.edits] == [("iam:CreateUser",)]


def test_edits_that_do_not_prove_it_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    case = next(case for case in CASES if case["name"] == "users without a boundary")
    monkeypatch.setattr(repair, "_found", lambda *_: [])
    found = repair_delegation(design_of(case), ASK)
    assert isinstance(found, NoDelegationRepair)
    assert "not proved" in found.reason


def test_a_boundary_that_cannot_be_kept_to_the_maximum(monkeypatch: pytest.MonkeyPatch) -> None:
    none = Repaired(RepairOutcome.NO_REPAIR, None, reason="too hard")
    monkeypatch.setattr(repair, "repair", lambda *_: none)
    found = repair_delegation(design_of(CASES[0]), ASK)
    assert found == NoDelegationRepair("the boundary exceeds the maximum: too hard")


def test_who_exceeds_the_maximum_himself_is_not_repaired():
    design = replace(design_of(CASES[0]), own=None)
    found = repair_delegation(design, ASK)
    assert isinstance(found, NoDelegationRepair)
    assert "give `--own`" in found.reason


def test_no_time():
    assert isinstance(repair_delegation(design_of(CASES[1]), Ask(seconds=1e-6)), NoDelegationRepair)


def test_a_statement_is_split_by_what_its_actions_need():
    statement = {
        "Sid": "All",
        "Effect": "Allow",
        "Action": ["iam:CreateUser", "iam:PassRole", "iam:GetUser"],
        "Resource": "*",
        "Condition": {"ForAllValues:StringEquals": {"iam:permissionsboundary": "x", "aws:PrincipalOrgID": "o-1"}},
    }
    policy = Policy.parse(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    edits = [
        NarrowingEdit(0, 0, "iam:CreateUser", boundary=("b",)),
        NarrowingEdit(0, 0, "iam:PassRole", resources=("r", "s")),
    ]
    rest, user, role = json.loads(edited_text(policy, edits))["Statement"]
    assert rest == {**statement, "Action": ["iam:GetUser"]}
    assert user["Condition"] == {
        "ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o-1"},
        "StringEquals": {"iam:PermissionsBoundary": "b"},
    }
    assert role["Resource"] == ["r", "s"]
    assert len({one["Sid"] for one in (rest, user, role)}) == 3
    words = [edit.what for edit in edits_in_words(edits, [policy])]
    assert words == ["only with iam:PermissionsBoundary b", 'only on ["r", "s"]']


def test_a_policy_of_which_nothing_is_left_stays_a_policy():
    policy = Policy.parse(json.dumps(design_json("iam:PassRole")))
    text = edited_text(policy, [NarrowingEdit(0, 0, "iam:PassRole")])
    assert Policy.parse(text).statements[0].sid == "NothingIsLeft"


def test_denials_that_are_alike_are_one_statement_with_a_sid_of_its_own():
    policy = Policy.parse(
        json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [{"Sid": "NobodyClimbsOut", "Effect": "Allow", "Action": "*", "Resource": "*"}],
            }
        )
    )
    edits = [
        DenialEdit(0, "iam:A"),
        DenialEdit(0, "iam:B"),
        DenialEdit(0, "iam:C", spared=("p",)),
        DenialEdit(0, "iam:D", resources=("r",)),
    ]
    sids = [one["Sid"] for one in json.loads(edited_text(policy, edits))["Statement"]]
    assert sids == ["NobodyClimbsOut", "NobodyClimbsOut2", "OnlyInThePath", "NobodyClimbsOut3"]
    whats = [edit.what for edit in edits_in_words(edits, [policy])]
    assert whats == ["denied", "denied on all but p", 'denied on "r"']
