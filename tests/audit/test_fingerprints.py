"""A law of fingerprints: they stay whatever the order, the layout and the Sids of the documents that a finding is of.

So a baseline of an account accepts everything of the same account when it is fetched again.
"""

from __future__ import annotations

import datetime
import json
import random
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.audit.accounts_of_cases import account_of, intent_of_case
from verifier.audits.accept import accepted, baseline_text
from verifier.audits.finding import Audited
from verifier.base.source import Source
from verifier.bulk.scheduler import Means
from verifier.checks.accept import Baseline
from verifier.clouds.aws.account.model import Account
from verifier.clouds.aws.audit.audit import AuditAsked
from verifier.clouds.aws.audit.intent import Intent
from verifier.clouds.aws.escalation.audit import audit_everything
from verifier.questions.ask import Ask

CASES: list[dict[str, Any]] = json.loads(Path(__file__).with_name("cases.json").read_text(encoding="utf-8"))
# Patterns of account numbers are what takes the prover long: two of them are more than half of all cases together.
_LONG = "a pattern of the last digit", "everybody but a pattern of accounts"
LONG = [case for case in CASES if case["name"].startswith(_LONG)]
SHORT = [case for case in CASES if case not in LONG]
_ANY_ORDER = ("Action", "NotAction", "Resource", "NotResource", "AWS", "Service", "Federated")


def written_otherwise(value: Any, chance: random.Random, key: str = "") -> Any:
    """The same dump, its documents written otherwise: members, statements and entries in another order, Sids, lists of
    one.
    """
    match value:
        case dict():
            members = list(value.items())
            chance.shuffle(members)
            found = {name: written_otherwise(each, chance, name) for name, each in members}
            if "Effect" in found and chance.random() < 0.5:
                found["Sid"] = f"S{chance.randrange(10**9)}"
            return found
        case list():
            several = [written_otherwise(each, chance) for each in value]
            if key in ("Statement", "UserPolicyList", "RolePolicyList", *_ANY_ORDER):
                chance.shuffle(several)
            return several
        case str() if key in _ANY_ORDER and chance.random() < 0.5:
            return [value]
        case _:
            return value


def _audited(account: Account, intent: Intent, case: dict[str, Any]) -> Audited:
    asked = AuditAsked(only=(case["check"],), ask=Ask(seconds=60), at=case.get("at", ""))
    return audit_everything((account,), intent, asked, Means.of(jobs=1, cache=None)).accounts[0]


def _is_accepted(case: dict[str, Any], seed: int, indent: int | None) -> None:
    """A baseline of the account of `case` accepts the same account, written otherwise."""
    chance, intent = random.Random(seed), intent_of_case(case.get("intent", {}))  # noqa: S311  # no secret
    with tempfile.TemporaryDirectory() as folder:
        account = account_of(case["bad"], Path(folder))
        for name in ("account.json", "resource-policies.json"):
            path = Path(folder) / name
            if path.exists():
                dump = written_otherwise(json.loads(path.read_text(encoding="utf-8")), chance)
                path.write_text(json.dumps(dump, indent=indent), encoding="utf-8")
        again = Account.load(folder)
        first, second = (_audited(one, intent, case) for one in (account, again))
    assert first.findings
    assert {one.fingerprint for one in second.findings} == {one.fingerprint for one in first.findings}
    known = Baseline.parse(Source("known.json", baseline_text(first))).fingerprints
    left = accepted(second, (), known, datetime.date.min)
    assert (left.findings, left.excepted) == ((), len(second.findings))


@given(st.sampled_from(SHORT), st.integers(0, 10**9), st.sampled_from([None, 1, 4]))
def test_a_baseline_accepts_the_same_account_written_otherwise(
    case: dict[str, Any], seed: int, indent: int | None
) -> None:
    _is_accepted(case, seed, indent)


@pytest.mark.long
@pytest.mark.parametrize("case", LONG, ids=lambda case: case["name"])
@pytest.mark.parametrize("seed", range(3))
def test_so_it_does_where_the_question_is_hard(case: dict[str, Any], seed: int) -> None:
    _is_accepted(case, seed, None)
