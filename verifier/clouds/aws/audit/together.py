"""The accounts that an audit is shown together, and what one of them learns of the others."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.base.dataclass import dataclass
from verifier.base.memo import cached_property
from verifier.clouds.aws.account.effective import account_limits
from verifier.clouds.aws.account.held import AccountDocument
from verifier.clouds.aws.account.model import Account, AccountPrincipal


@dataclass(frozen=True, eq=False)
class Together:
    """See above; of one account alone there is nothing to learn."""

    accounts: tuple[Account, ...]

    def find(self, name: str) -> AccountPrincipal | None:
        """Return the user or role of any of the accounts with this ARN or unique id; None where there is none."""
        found = (account.find(name) for account in self.accounts)
        return next((one for one in found if one is not None), None)

    def members(self, account: Account) -> Iterator[str]:
        """Yield the accounts of the organization of `account`, as it says, and as the others say of themselves."""
        if account.organization is None:
            return
        yield from account.organization.accounts
        for other in self.accounts:
            if account.organization.id and other.organization and other.organization.id == account.organization.id:
                yield other.id

    def rcps(self, id_: str) -> tuple[AccountDocument, ...]:
        """Return the RCPs of the account with the number `id_`; of one that is not shown, none is known."""
        return self._rcps.get(id_, ())

    @cached_property
    def _rcps(self) -> dict[str, tuple[AccountDocument, ...]]:
        return {
            account.id: tuple(held.document for held in account_limits(account)[1] if held.document.error is None)
            for account in self.accounts
        }
