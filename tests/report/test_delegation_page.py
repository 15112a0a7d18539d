"""The answer of `delegate` as a page, and in a notebook: hostile names stay text, and nothing runs or is loaded."""

from __future__ import annotations

import pytest

from tests.report.test_audit_page import PROVENANCE, Read
from verifier import Request
from verifier.delegations.answer import (
    Breach,
    DelegationAnswer,
    DelegationProved,
    DelegationRefuted,
    DelegationStep,
    DelegationUndecided,
    MoveProof,
)
from verifier.report.delegation_page import delegation_page

HOSTILE = "arn:aws:iam::111122223333:user/<script>alert(1)</script>\u202e\x1b[2J"
LONG = f"arn:aws:iam::111122223333:role/team/{'x' * 60}"
KEPT = MoveProof("PassRole, bedrock-agentcore:CreateCodeInterpreter and bedrock-agentcore:Invoke", ("Q9",), "it is his")
OPEN = MoveProof("CreateUser", ("Q1",), "why", Breach(HOSTILE, Request.of("iam:CreateUser", HOSTILE)))
UNKNOWN = MoveProof("CreateRole", ("Q1",), "why", Breach("he", None, HOSTILE))
STEPS = (
    DelegationStep(
        HOSTILE, "CreateRole", Request.of("iam:CreateRole", LONG, {"aws:username": HOSTILE}), {"RoleName": HOSTILE},
        f"{LONG} exists", (f"he can act as {HOSTILE}", f"{LONG} carries no boundary"),
    ),
    DelegationStep(LONG, None, Request.of("s3:GetObject", "arn:aws:s3:::b/k"), {}, "outside the maximum"),
)  # fmt: skip
REFUTED = DelegationRefuted(HOSTILE, (STEPS[0],) * 3 + STEPS, (HOSTILE,), (OPEN, UNKNOWN, KEPT), (HOSTILE,))
PROVED = DelegationProved((f"every user in {LONG} carries {HOSTILE}",) * 4, (KEPT,) * 60, (OPEN,), (HOSTILE,) * 9)
UNDECIDED = DelegationUndecided(HOSTILE, (LONG,), (OPEN, KEPT), (HOSTILE,))


def page(found: DelegationAnswer) -> str:
    return delegation_page(found, PROVENANCE)


@pytest.mark.parametrize("found", [REFUTED, PROVED, UNDECIDED], ids=lambda found: found.word)
def test_hostile_names_stay_text_and_nothing_runs(found: DelegationAnswer) -> None:
    for shown in (page(found), found._repr_html_()):
        read = Read(shown)
        assert "script" not in read.tags
        assert read.links == []
        assert "\x1b" not in shown
        assert "\u202e" not in shown
        assert found.word in shown
    assert "default-src &#39;none&#39;" in page(found) or "default-src 'none'" in page(found)


def test_a_chain_is_a_path_that_says_who_acts_only_where_that_changes():
    twice = DelegationRefuted(HOSTILE, (STEPS[0], *STEPS), (), (), ())
    shown = page(twice)
    assert shown.count('<li class="step') == 3
    assert shown.count('class="actor"') == 2
    assert shown.index("now as") > shown.index("CreateRole")
    assert shown.count('badge bad">outside the maximum') == 1
    assert "carries no boundary" in shown


def test_moves_that_are_not_kept_stand_before_those_that_are():
    shown = page(REFUTED)
    assert shown.index("CreateUser</code>") < shown.index("1 move keeps it") < shown.index("bedrock-agentcore")
