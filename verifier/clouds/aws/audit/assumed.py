"""What answers about an account take for granted, since its files do not say it."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.clouds.aws.account.model import Account


def account_assumptions(account: Account) -> Iterator[str]:
    """Yield what is taken for granted of what the account does not say."""
    yield from account.unread
    if account.organization is None:
        yield "there is no `organization.json`: no SCP and no RCP is taken to limit the account"
        return
    if account.organization.management:
        yield "the account is the management account: no SCP and no RCP limits it"
        return
    for level in account.organization.levels:
        if not level.scps:
            yield f"no SCP of the level `{level.name}` is given, so none limits"
