"""A chain to a finding: laid to the principal that begins it, caused by the statement that allows its first step.

The fingerprint is made of what the documents of the principal say, and of its maximum. The chain is not part of it:
somebody who can climb is the same finding when another way up becomes the shortest.
"""

from __future__ import annotations

from collections.abc import Sequence

from verifier.audits.finding import AuditFinding, Cause
from verifier.base.source import Source, Span
from verifier.clouds.aws.account.effective import effective
from verifier.clouds.aws.account.model import Account, AccountPrincipal
from verifier.clouds.aws.audit.found import cause_name, fingerprint, message_of, said_of
from verifier.clouds.aws.audit.plan import text_of_maximum
from verifier.clouds.aws.audit.table import BY_ID
from verifier.clouds.aws.evaluate.evaluate import matches
from verifier.clouds.aws.policy.syntax import Policy
from verifier.delegations.answer import DelegationStep
from verifier.logic.actions import Effect
from verifier.logic.request import Request

_NO_MOVE = "as it stands"


def climb_finding(
    check: str, account: Account, principal: AccountPrincipal, maximum: Policy | None, chain: Sequence[DelegationStep]
) -> AuditFinding:
    """Return the finding that `principal` can take the steps of `chain`. The last one exceeds `maximum`; with None only
    an administrator may take it.
    """
    first = chain[0].request
    said = sorted(said_of(held.document) for held in effective(account, principal).every())
    cause, source, span = _cause(account, principal, first)
    detail = ", ".join(step.move for step in chain if step.move) or _NO_MOVE
    beyond = None if maximum is None else text_of_maximum(maximum)
    return AuditFinding(
        BY_ID[check],
        principal.arn,
        None,
        message_of(check, detail, first),
        fingerprint(check, principal.arn, [said, beyond]),
        cause,
        first,
        source=source,
        span=span,
        chain=tuple(chain),
    )


def _cause(account: Account, principal: AccountPrincipal, first: Request) -> tuple[Cause, Source | None, Span | None]:
    """Return the statement that allows the first request, and where it stands; else the principal, whom a trust policy
    or the policy of a resource lets in.
    """
    for held in effective(account, principal).identity:
        policy = held.document.policy
        for statement in policy.by_effect[Effect.ALLOW] if policy else ():
            if policy and matches(statement, first):
                return Cause(cause_name(held), statement.index, statement.sid), policy.source, statement.span
    return Cause(principal.arn), principal.file, principal.place.span
