"""The resource's side of a question about an account: policies of its resources, and the trust policies of its roles.

    ResourceSide    those that bear on the question, and those that cannot be read

What is broken or missing is neither "nobody" nor "no limit": what it covers is undecided.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from verifier.base.dataclass import dataclass
from verifier.base.errors import Unsupported
from verifier.base.source import Source
from verifier.clouds.aws.account.effective import account_limits
from verifier.clouds.aws.account.held import AccountDocument
from verifier.clouds.aws.account.model import Account, AccountPrincipal
from verifier.clouds.aws.account.unique_ids import with_arns
from verifier.clouds.aws.policy.syntax import Policy, Statement
from verifier.clouds.aws.principals.named import named_principal
from verifier.clouds.aws.principals.resource_policy import Cover, cover_of, read_resource
from verifier.clouds.aws.who.question import AccessQuestion

_INCOMPLETE = "`resource-policies.json` is not complete"
# As the unique id of a deleted user (rule 33).
_NOBODY = "AIDANOBODY0000000000"
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
    """

    shown: tuple[ResourceDocument, ...]
    broken: tuple[tuple[Cover, str], ...]
    incomplete: str = ""
    rcps: tuple[AccountDocument, ...] = ()

    @staticmethod
    def of(accounts: Sequence[Account], question: AccessQuestion) -> ResourceSide:
        """Return what bears on `question`. Raises UsageError for a policy of what is not a resource."""

        def find(name: str) -> AccountPrincipal | None:
            found = (account.find(name) for account in accounts)
            return next((one for one in found if one is not None), None)

        shown: list[ResourceDocument] = []
        broken: list[tuple[Cover, str]] = []
        for account in accounts:
            for arn, document in _every(account):
                cover = cover_of(arn)
                if not question.meets(cover):
                    continue
                reason = _why_not(arn, document, question)
                if document is not None and reason is None:
                    told = _without_untold(with_arns(document, find), question)
                    shown.append(ResourceDocument(arn, told, account.id))
                else:
                    broken.append((cover, reason or ""))
        incomplete = (text for account in accounts for text in account.unread if text.startswith(_INCOMPLETE))
        rcps = tuple(held.document for account in accounts for held in account_limits(account)[1])
        return ResourceSide(tuple(shown), tuple(broken), "; ".join(incomplete), rcps)

    @property
    def reasons(self) -> str:
        """Why something is undecided; empty where everything is known."""
        return "; ".join((*(reason for _, reason in self.broken), *filter(None, (self.incomplete,))))


def _every(account: Account) -> Iterator[tuple[str, AccountDocument | None]]:
    yield from ((read_resource(each.resource), each.document) for each in account.resource_policies)
    yield from ((role.arn, role.trust) for role in account.roles)


def _why_not(arn: str, document: AccountDocument | None, question: AccessQuestion) -> str | None:
    """Return why nothing can be said of what the policy of `arn` covers."""
    if document is None:
        return f"the trust policy of `{arn}` is not in the dump; {_FETCH}"
    if document.policy is None:
        return f"the policy of `{arn}` is broken: {document.error}"
    reasons = (_untold(each) for each in document.policy.statements if question.is_about(each.actions))
    why = next(filter(None, reasons), None)
    return why and f"the policy of `{arn}`: {why}"


def _untold(statement: Statement) -> str | None:
    """Return why it cannot be told whom a statement names."""
    try:
        for entry in statement.principals.entries if statement.principals else ():
            named_principal(entry)
    except Unsupported as why:
        return str(why)
    return None


def _without_untold(document: AccountDocument, question: AccessQuestion) -> AccountDocument:
    """Return `document` with nobody in the place of principals that cannot be told, in statements about other actions
    than those of `question`, where it does not matter whom they name.
    """
    assert document.policy is not None
    apart = [each.index for each in document.policy.statements if not question.is_about(each.actions) and _untold(each)]
    if not apart:
        return document
    told = json.loads(document.text)
    statements = told["Statement"] if isinstance(told["Statement"], list) else [told["Statement"]]
    for number in apart:
        statements[number].pop("NotPrincipal", None)
        statements[number]["Principal"] = {"AWS": _NOBODY}
    return AccountDocument(document.type, None, Source(document.file.name, json.dumps(told), stand_in=True))
