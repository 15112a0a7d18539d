"""The whole audit of accounts: every check of `audit/`, and those that follow chains of moves, A5 and A16.

    audit_everything(accounts, intent, asked)    -> AuditedAccounts

It stands above two rooms. `audit/` asks what documents allow as they stand; `delegation/` builds on its questions, and
follows what moves make of an account. A check that needs delegation can be in neither without each importing the other.
So the table of checks and their choice stay in `audit/`, and what is found by `climbing.py` is put next to what is
found there. An audit that asks for neither check does not load what proofs of delegation need.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from verifier.audits.finding import AuditedAccounts
from verifier.bulk.scheduler import Means
from verifier.clouds.aws.account.model import Account
from verifier.clouds.aws.audit.audit import AuditAsked, chosen_principals
from verifier.clouds.aws.audit.intent import Intent
from verifier.clouds.aws.audit.organization import audit_accounts
from verifier.clouds.aws.audit.plan import wanted_checks
from verifier.clouds.aws.audit.table import CLIMBING_CHECK, ROLES_CHECK

_Watch = Callable[[int | None], None]


def audit_everything(
    accounts: Sequence[Account], intent: Intent, asked: AuditAsked, means: Means, watch: _Watch = lambda _: None
) -> AuditedAccounts:
    """Return what came of asking about each of `accounts`; arguments, and what is raised, as for `audit_accounts`."""
    asks = {check.id for check in wanted_checks(intent, asked.only, asked.skip)[0]} & {CLIMBING_CHECK, ROLES_CHECK}
    expected = 0

    def count(number: int | None) -> None:
        nonlocal expected
        expected = expected if number is None else number
        watch(number)

    found = audit_accounts(accounts, intent, asked, means, count)
    if not asks:
        return found
    from verifier.clouds.aws.escalation.climbing import Climbing  # noqa: PLC0415 - it loads `delegation/`

    expected += sum(len(chosen_principals(account, asked)) for account in accounts)
    watch(expected)
    several = zip(accounts, found.accounts, strict=True)
    return replace(found, accounts=tuple(Climbing(one, intent, asked, asks).added(to, watch) for one, to in several))
