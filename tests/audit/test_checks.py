"""Each check finds the fault that is planted in an account, and is silent on the same account without it; `cases.json`.

A case says what a principal carries with the fault (`bad`) and without it (`good`), and what is intended; where
it reads the time, from which instant on requests are made (`at`).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.audit.accounts_of_cases import account_of, intent_of_case
from verifier.audits.finding import Audited
from verifier.bulk.scheduler import Means
from verifier.clouds.aws.account.effective import effective
from verifier.clouds.aws.audit.audit import AuditAsked
from verifier.clouds.aws.audit.table import BY_ID
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.escalation.audit import audit_everything
from verifier.clouds.aws.evaluate.evaluate import decide
from verifier.clouds.trace import Decision
from verifier.logic.readings import USUAL
from verifier.questions.ask import Ask

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "cases.json").read_text(encoding="utf-8"))
ONE = Means.of(jobs=1, cache=None)


def audited(case: dict[str, Any], which: str, folder: Path) -> Audited:
    """The audit of one of the accounts of a case, by its check alone."""
    asked = AuditAsked(only=(case["check"],), ask=Ask(seconds=60), at=case.get("at", ""))
    accounts = (account_of(case[which], folder),)
    return audit_everything(accounts, intent_of_case(case.get("intent", {})), asked, ONE).accounts[0]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['check']}-{case['name']}")
def test_a_planted_fault_is_found_and_nothing_without_it(case: dict[str, Any], tmp_path: Path) -> None:
    found = audited(case, "bad", tmp_path / "bad")
    assert not found.undecided
    assert {finding.check.id for finding in found.findings} == {case["check"]}
    assert len({finding.principal for finding in found.findings}) == case.get("principals", 1)
    assert case.get("shows", "") in found.findings[0].message
    if "good" in case:
        silent = audited(case, "good", tmp_path / "good")
        assert not silent.undecided
        assert [finding.message for finding in silent.findings] == []


def test_every_check_has_a_case_with_its_twin() -> None:
    assert {case["check"] for case in CASES if "good" in case} == set(BY_ID)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['check']}-{case['name']}")
def test_every_request_that_is_shown_is_allowed(case: dict[str, Any], tmp_path: Path) -> None:
    """By the evaluator and the documents as they stand in the account; of a boundary, by the boundary alone."""
    found = audited(case, "bad", tmp_path / "bad")
    account = account_of(case["bad"], tmp_path / "bad")
    for finding in found.findings:
        if finding.request is None or finding.check.id in ("A24", "A31") or "resource_policies" in case["bad"]:
            continue
        if "trust_policy" in case["bad"] or "roles" in case["bad"]:
            continue
        principal = account.find(finding.principal or "")
        assert principal
        held = effective(account, principal)
        read = [one.document.policy for one in held.identity]
        boundary = held.boundary.document.policy if held.boundary else None
        scps = [[one.document.policy for one in level] for level in held.scps]
        documents: Any = Documents(tuple(read), boundary, None, tuple(map(tuple, scps)))  # type: ignore[arg-type]
        if finding.check.id in ("A2", "A6"):
            documents = Documents((boundary,))  # type: ignore[arg-type]
        assert decide(documents, finding.request, USUAL) is Decision.ALLOWED
