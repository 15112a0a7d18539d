"""Several accounts audited together: each by itself, with what the others show of it.

    audit_accounts(accounts, intent, asked)    -> AuditedAccounts

A policy that names a principal of another account by its unique id names that one. Accounts of one organization are
known to A14 and A34. An RCP binds the resources of its own account; so of a principal, who may ask for those of every
account, only the RCPs that all of them share are taken to bind all of its requests (rule 30).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from verifier.audits.finding import AuditedAccounts
from verifier.base.errors import UsageError, quote
from verifier.bulk.scheduler import Means
from verifier.clouds.aws.account.model import Account
from verifier.clouds.aws.audit.audit import AuditAsked, audit_account
from verifier.clouds.aws.audit.intent import Intent, arn_fits
from verifier.clouds.aws.audit.together import Together


def audit_accounts(
    accounts: Sequence[Account],
    intent: Intent,
    asked: AuditAsked,
    means: Means,
    watch: Callable[[int | None], None] = lambda _: None,
) -> AuditedAccounts:
    """Return what came of asking about each of `accounts`. The arguments, and what is raised, are those of
    `audit_account`; `watch` is told anew how many questions there are as more accounts are reached. Raises UsageError
    for one of the principals that are asked about which fits nobody, as nothing would be said of it.
    """
    known = [principal.arn for account in accounts for principal in account.principals]
    for wanted in asked.principals:
        if not any(arn_fits(wanted, arn) for arn in known):
            help = "give the ARN of a user or a role; service-linked roles are not asked about"
            raise UsageError(f"no principal of the account fits {quote(wanted)}", help=help)
    together, expected = Together(tuple(accounts)), 0

    def count(number: int | None) -> None:
        nonlocal expected
        expected += number or 0
        watch(None if number is None else expected)

    found = tuple(audit_account(account, intent, asked, means, count, together) for account in accounts)
    return AuditedAccounts(found, tuple(_not_shown(accounts)))


def _not_shown(accounts: Sequence[Account]) -> Iterator[str]:
    """Yield the accounts that an organization is said to have, and that are not there."""
    shown = {account.id for account in accounts}
    named = (account.organization.accounts for account in accounts if account.organization)
    yield from sorted({each for several in named for each in several} - shown)
