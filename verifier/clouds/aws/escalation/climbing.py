"""The two checks that follow chains of moves, A5 and A16, of one account.

    Climbing(account, intent, asked, asks).added(audited)    -> Audited, with what they find besides

Nothing is asked about principals who are allowed every action on every resource: A4 names them. Whoever becomes an
administrator by assuming roles (A16) is not asked about in A5. Whoever is one as it stands, although something is
denied, is A5's: that takes no role.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import assert_never

from verifier.audits.finding import Audited, AuditFinding, AuditUndecided
from verifier.bulk.scheduler import Means
from verifier.clouds.aws.account.effective import effective
from verifier.clouds.aws.account.model import Account, AccountPrincipal
from verifier.clouds.aws.audit.audit import AuditAsked, audit_account, chosen_principals, gravest_first
from verifier.clouds.aws.audit.groups import reasons_against
from verifier.clouds.aws.audit.intent import Intent
from verifier.clouds.aws.audit.table import CLIMBING_CHECK, ROLES_CHECK
from verifier.clouds.aws.delegation.account_delegation import AccountDelegation, delegation_assumptions
from verifier.clouds.aws.escalation.climbs import AccountClimbs, ClimbAnswer, ClimbOpen
from verifier.clouds.aws.escalation.finding import climb_finding
from verifier.clouds.aws.policy.syntax import Policy


class Climbing:
    """See above; `asks` are the identifiers of those that are asked."""

    def __init__(self, account: Account, intent: Intent, asked: AuditAsked, asks: set[str]) -> None:
        self._account, self._intent, self._asks, self._ask = account, intent, asks, asked.ask
        self._asked = asked
        self._chosen = chosen_principals(account, asked)
        self._maxima = tuple(intent.documents())

    def added(self, audited: Audited, watch: Callable[[int | None], None]) -> Audited:
        """Return `audited`, and what is found besides."""
        if not self._chosen:
            return audited
        climbs = AccountClimbs(self._account, self._maxima, self._ask, self._asked.at)
        found: list[AuditFinding] = []
        undecided: list[AuditUndecided] = []
        unlimited = self._unlimited(climbs)
        for principal in self._chosen:
            for one in () if principal.arn in unlimited else self._about(climbs, principal):
                match one:
                    case AuditUndecided():
                        undecided.append(one)
                    case AuditFinding():
                        found.append(one)
                    case other:
                        assert_never(other)
            watch(None)
        asked = AccountDelegation(self._account, self._chosen[0].arn, climbs.below_administrator, at=self._asked.at)
        assumes = dict.fromkeys((*audited.assumes, *delegation_assumptions(asked, self._ask)))
        findings = gravest_first((*audited.findings, *found))
        return replace(audited, findings=findings, undecided=(*audited.undecided, *undecided), assumes=tuple(assumes))

    def _unlimited(self, climbs: AccountClimbs) -> frozenset[str]:
        """Return whoever is allowed every action on every resource, which is asked if anybody is an administrator."""
        if not any(climbs.is_administrator(principal.arn) for principal in self._chosen):
            return frozenset()
        asked = replace(self._asked, only=("A4",), skip=(), explained=False)
        found = audit_account(self._account, Intent(), asked, Means.of(jobs=1, cache=None)).findings
        return frozenset(one.principal for one in found if one.principal is not None)

    def _about(self, climbs: AccountClimbs, principal: AccountPrincipal) -> Iterator[AuditFinding | AuditUndecided]:
        arn = principal.arn
        if any(reasons_against(effective(self._account, principal))):
            return
        if ROLES_CHECK in self._asks:
            maximum = climbs.below_administrator
            answer = climbs.climb(arn, maximum, assuming=True)
            if isinstance(answer, ClimbOpen):
                yield from self._said(ROLES_CHECK, principal, maximum, answer)
            elif answer and len(answer) > 1:
                yield from self._said(ROLES_CHECK, principal, maximum, answer)
                return
        if CLIMBING_CHECK in self._asks:
            maximum = climbs.target(arn, self._maximum_of(principal))
            yield from self._said(CLIMBING_CHECK, principal, maximum, climbs.climb(arn, maximum))

    def _maximum_of(self, principal: AccountPrincipal) -> Policy | None:
        place = self._intent.maximum_for(principal)
        return None if place is None else self._maxima[place]

    def _said(
        self, check: str, principal: AccountPrincipal, maximum: Policy, answer: ClimbAnswer
    ) -> Iterator[AuditFinding | AuditUndecided]:
        if isinstance(answer, ClimbOpen):
            yield AuditUndecided(principal.arn, check, answer.reason)
        elif answer is not None:
            beyond = maximum if maximum in self._maxima else None
            yield climb_finding(check, self._account, principal, beyond, answer)
