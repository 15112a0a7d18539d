"""The resource's side of a question about an account: policies of its resources, and the trust policies of its roles.

    ResourceSide    those that bear on the question, and those that cannot be read

What is broken or missing is neither "nobody" nor "no limit": what it covers is undecided.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from verifier.base.dataclass import dataclass
from verifier.clouds.aws.account.effective import account_limits
from verifier.clouds.aws.account.held import AccountDocument
from verifier.clouds.aws.account.model import Account, AccountPrincipal
from verifier.clouds.aws.account.unique_ids import with_arns
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.principals.resource_policy import Cover, cover_of, read_resource
from verifier.clouds.aws.who.question import AccessQuestion
from verifier.clouds.aws.who.untold import told_at_least, told_at_most, untold, without_untold

_INCOMPLETE = "`resource-policies.json` is not complete"
_FETCH = "fetch it with `aws iam get-account-authorization-details`"


@dataclass(frozen=True, eq=False)
class ResourceDocument:
    """The policy of the resource `arn`, which the account `owner` has."""

    arn: str
    document: AccountDocument
    owner: str

    @property
    def policy(self) -> Policy:
        """It, read."""
        assert self.document.policy is not None
        return self.document.policy


@dataclass(frozen=True, eq=False)
class ResourceSide:
    """See above; `broken` has what each policy that cannot be read covers, with the reason. `incomplete` says which
    policies could not be fetched: it is not known what they cover. `rcps` are those of all accounts.

    Where policies name somebody who cannot be told, `vague` says who, the policies that are `shown` allow what is sure,
    and those of `at_most` all that may be, to those of the accounts.
    """

    shown: tuple[ResourceDocument, ...]
    broken: tuple[tuple[Cover, str], ...]
    incomplete: str = ""
    rcps: tuple[AccountDocument, ...] = ()
    vague: str = ""
    at_most: ResourceSide | None = None

    @staticmethod
    def of(accounts: Sequence[Account], question: AccessQuestion) -> ResourceSide:
        """Return what bears on `question`. Raises UsageError for a policy of what is not a resource."""

        def find(name: str) -> AccountPrincipal | None:
            found = (account.find(name) for account in accounts)
            return next((one for one in found if one is not None), None)

        shown: list[ResourceDocument] = []
        most: list[ResourceDocument] = []
        broken: list[tuple[Cover, str]] = []
        vague: list[str] = []
        ids = [account.id for account in accounts]
        for account in accounts:
            for arn, document in _every(account):
                cover = cover_of(arn)
                if not question.meets(cover):
                    continue
                reason = _why_not(arn, document)
                if document is None or reason is not None:
                    broken.append((cover, reason or ""))
                    continue
                told = without_untold(with_arns(document, find), question)
                if why := untold(told, question):
                    vague.append(f"the policy of `{arn}`: {why}")
                shown.append(ResourceDocument(arn, told_at_least(told, question), account.id))
                most.append(ResourceDocument(arn, told_at_most(told, question, ids), account.id))
        incomplete = (text for account in accounts for text in account.unread if text.startswith(_INCOMPLETE))
        rcps = tuple(held.document for account in accounts for held in account_limits(account)[1])
        at_least = ResourceSide(tuple(shown), tuple(broken), "; ".join(incomplete), rcps)
        if not vague:
            return at_least
        return replace(at_least, vague="; ".join(vague), at_most=replace(at_least, shown=tuple(most)))

    @property
    def reasons(self) -> str:
        """Why something is undecided; empty where everything is known."""
        return "; ".join((*(reason for _, reason in self.broken), *filter(None, (self.incomplete,))))


def _every(account: Account) -> Iterator[tuple[str, AccountDocument | None]]:
    yield from ((read_resource(each.resource), each.document) for each in account.resource_policies)
    yield from ((role.arn, role.trust) for role in account.roles)


def _why_not(arn: str, document: AccountDocument | None) -> str | None:
    """Return why nothing can be said of what the policy of `arn` covers."""
    if document is None:
        return f"the trust policy of `{arn}` is not in the dump; {_FETCH}"
    if document.policy is None:
        return f"the policy of `{arn}` is broken: {document.error}"
    return None
