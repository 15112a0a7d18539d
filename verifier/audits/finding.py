"""What came of an audit: its findings, each with the check that it violates and what causes it.

    AuditCheck       one check: what it asks, how grave it is, how to fix what it finds
    AuditFinding     one principal, or one resource, that violates a check
    AuditUndecided   a check of one principal without an answer
    Audited          all of it, of one account
    AuditedAccounts  that of each of several accounts

A finding rests on a request that was replayed, or on a proof that there is no request; nothing is guessed.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeVar

from verifier.base.dataclass import dataclass
from verifier.base.source import Source, Span
from verifier.delegations.answer import DelegationStep
from verifier.logic.request import Request
from verifier.shown import Tabular

if TYPE_CHECKING:
    from verifier.explanations.explanation import Explanation

_T = TypeVar("_T")


class CheckSeverity(enum.Enum):
    """How grave it is to violate a check; the first is the gravest."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """0 is the gravest."""
        return list(CheckSeverity).index(self)


@dataclass(frozen=True, slots=True)
class AuditCheck:
    """One check. `needs` is the list of the intent without which it is skipped; empty where it needs none.

    `title` says what must hold, `found` what it means that it does not, and `fix` what to do then.
    """

    id: str
    severity: CheckSeverity
    title: str
    found: str
    fix: str
    needs: str = ""


@dataclass(frozen=True, slots=True)
class Cause:
    """What makes a finding one: a document, or a statement of it. Findings with one cause are shown together.

    `document` is the ARN of a managed policy, or the name of an inline policy and who carries it.
    """

    document: str
    statement: int | None = None
    sid: str | None = None

    def __str__(self) -> str:
        if self.statement is None:
            return self.document
        return f"{self.document}, statement {self.statement}" + (f" ({self.sid})" if self.sid else "")


@dataclass(frozen=True)
class AuditFinding:
    """One thing that was found. `principal` is whose rights or trust are at fault, None for the policy of a resource.

    `breaks` are the facts about AWS that `request` breaks: where there are any, no request that fits was found. Of a
    finding about a chain of moves, `request` is that of the first step of `chain`.
    """

    check: AuditCheck
    principal: str | None
    resource: str | None
    message: str
    fingerprint: str
    cause: Cause
    request: Request | None = None
    breaks: tuple[str, ...] = ()
    explanation: Explanation | None = None
    source: Source | None = None
    span: Span | None = None
    chain: tuple[DelegationStep, ...] = ()


@dataclass(frozen=True, slots=True)
class AuditUndecided:
    """A check of one principal that has no answer; `check` is empty where no check of it has one."""

    principal: str
    check: str
    reason: str


@dataclass(frozen=True)
class Audited(Tabular):
    """What came of an audit; `skipped` are the checks whose list the intent does not give, with its name.

    `principals` counts users and roles, service-linked ones apart; `excepted` counts findings that were accepted.
    """

    account: str
    principals: int
    service_linked: int
    findings: tuple[AuditFinding, ...]
    undecided: tuple[AuditUndecided, ...]
    skipped: tuple[tuple[str, str], ...] = ()
    excepted: int = 0
    assumes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def records(self) -> list[dict[str, str | None]]:
        """Return a record for each finding, the gravest first, and for each check of a principal without an answer."""
        found: list[dict[str, str | None]] = [
            {
                "check": one.check.id,
                "severity": one.check.severity.value,
                "principal": one.principal,
                "resource": one.resource,
                "message": one.message,
                "cause": str(one.cause),
                "action": one.request.action if one.request else None,
                "on": one.request.resource if one.request else None,
                "fingerprint": one.fingerprint,
            }
            for one in self.findings
        ]
        nothing: dict[str, str | None] = dict.fromkeys(("resource", "cause", "action", "on", "fingerprint"))
        unsure = (
            {"check": one.check or None, "severity": "undecided", "principal": one.principal, "message": one.reason}
            for one in self.undecided
        )
        return [*found, *({**each, **nothing} for each in unsure)]


@dataclass(frozen=True)
class AuditedAccounts:
    """What came of an audit of several accounts. `not_shown` are the numbers of accounts that are part of the same
    organization, and were not audited with them.
    """

    accounts: tuple[Audited, ...]
    not_shown: tuple[str, ...] = ()

    @property
    def assumes(self) -> tuple[str, ...]:
        """What is taken for granted of all accounts together."""
        if not self.not_shown:
            return ()
        return (f"nothing is known of accounts of the organization that are not shown: {', '.join(self.not_shown)}",)

    @property
    def together(self) -> Audited:
        """All of it, as of one account: what is found of each stands next to what is found of the others."""
        several = self.accounts
        findings = sorted(
            (finding for one in several for finding in one.findings), key=lambda one: one.check.severity.rank
        )
        return Audited(
            ", ".join(one.account for one in several),
            sum(one.principals for one in several),
            sum(one.service_linked for one in several),
            tuple(findings),
            tuple(each for one in several for each in one.undecided),
            _once(each for one in several for each in one.skipped),
            sum(one.excepted for one in several),
            _once((*self.assumes, *(each for one in several for each in one.assumes))),
            _once(each for one in several for each in one.notes),
        )


def _once(each: Iterable[_T]) -> tuple[_T, ...]:
    return tuple(dict.fromkeys(each))
