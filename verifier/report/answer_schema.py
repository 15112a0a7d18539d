"""The JSON schema of every answer that a command gives."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from verifier.report.answers import JsonAnswer, LeftOutAnswer
from verifier.report.audited import AuditAccountsAnswer, AuditAnswer
from verifier.report.can_answers import CanAnswer
from verifier.report.checked import CheckAnswer
from verifier.report.delegate_answers import DelegateAnswer
from verifier.report.edited_answers import RepairAnswer, SimplifyAnswer, SimplifyLevelAnswer
from verifier.report.explained_rule import ExplainAnswer
from verifier.report.fetch_answers import FetchAnswer
from verifier.report.managed_answers import ManagedListAnswer, ManagedShowAnswer
from verifier.report.repaired_delegation import DelegationRepairAnswer
from verifier.report.review_answers import ReviewAnswer
from verifier.report.who_answers import WhoAnswer
from verifier.report.written_delegation import WrittenAnswer


def schema() -> dict[str, Any]:
    """Return the JSON schema of every answer."""
    edited: Any = SimplifyAnswer | SimplifyLevelAnswer | RepairAnswer
    accounts: Any = AuditAnswer | AuditAccountsAnswer | CanAnswer | WhoAnswer | ReviewAnswer
    accounts |= DelegateAnswer | WrittenAnswer | DelegationRepairAnswer
    shown: Any = ManagedListAnswer | ManagedShowAnswer | ExplainAnswer
    every: Any = JsonAnswer | LeftOutAnswer | edited | accounts | CheckAnswer | shown | FetchAnswer
    return TypeAdapter(every).json_schema()
