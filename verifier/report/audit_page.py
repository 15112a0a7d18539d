"""An audit as one HTML page that somebody forwards: what is worst first, by cause, and every principal in a table.

The page needs no network. Its one script filters and sorts the table of principals; the page's Content-Security-Policy
lets that script run, by its hash, and no other. Each check is folded, so that a page of 10,000 principals is short
before anything is opened.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from verifier.audits.finding import Audited, AuditFinding, CheckSeverity
from verifier.base.dataclass import dataclass
from verifier.delegations.answer import DelegationStep
from verifier.explanations.explanation import Explanation, WhyAllowed
from verifier.logic.request import Request
from verifier.report.audited import by_cause
from verifier.report.html import allowed_by_hash, style_of_page, template, text_of_template
from verifier.report.provenance import Provenance

_MOST_CAUSES = 40
_MOST_NAMES = 60
_MOST_ROWS = 20_000
_MOST_UNDECIDED = 500


@dataclass(frozen=True, slots=True)
class CauseEntry:
    """One cause of findings of one check, with the request, or the chain, of the first."""

    name: str
    place: str
    names: tuple[str, ...]
    more: int
    detail: str
    request: Request | None
    breaks: str
    why: Explanation | None
    chain: tuple[DelegationStep, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckEntry:
    """One check with its causes."""

    id: str
    severity: str
    title: str
    found: str
    fix: str
    count: int
    causes: tuple[CauseEntry, ...]
    more: int


@dataclass(frozen=True, slots=True)
class PrincipalRow:
    """One principal or resource with the checks that it violates."""

    name: str
    severity: str
    rank: int
    count: int
    checks: tuple[str, ...]


def audit_page(audited: Audited, made: Provenance) -> str:
    """Return the audit as the text of an HTML page."""
    style = style_of_page("report.css")
    script = text_of_template("table.js")
    rows = _rows(audited.findings)
    counts = Counter(finding.check.severity for finding in audited.findings)
    return template("audit.html.j2").render(
        audited=audited,
        made=made,
        severities=[(one.value, counts[one]) for one in CheckSeverity if counts[one]],
        checks=_checks(audited.findings),
        rows=rows[:_MOST_ROWS],
        rows_more=max(0, len(rows) - _MOST_ROWS),
        undecided=audited.undecided[:_MOST_UNDECIDED],
        undecided_more=max(0, len(audited.undecided) - _MOST_UNDECIDED),
        style=style,
        script=script,
        allowed=allowed_by_hash(style, script),
    )


def _checks(findings: Sequence[AuditFinding]) -> list[CheckEntry]:
    groups: dict[str, list[list[AuditFinding]]] = {}
    for several in by_cause(findings):
        groups.setdefault(several[0].check.id, []).append(several)
    found = []
    for id_, causes in groups.items():
        check = causes[0][0].check
        entries = tuple(map(_cause, causes[:_MOST_CAUSES]))
        count, more = sum(map(len, causes)), max(0, len(causes) - _MOST_CAUSES)
        found.append(CheckEntry(id_, check.severity.value, check.title, check.found, check.fix, count, entries, more))
    return found


def _cause(several: Sequence[AuditFinding]) -> CauseEntry:
    first = several[0]
    place = first.source.at(first.span.line, first.span.column) if first.source and first.span else ""
    names = tuple(finding.principal or finding.resource or "" for finding in several)
    return CauseEntry(
        str(first.cause),
        place,
        names[:_MOST_NAMES],
        max(0, len(names) - _MOST_NAMES),
        first.message.removeprefix(first.check.found).strip(" :"),
        None if first.chain else first.request,
        "; ".join(first.breaks),
        first.explanation if isinstance(first.explanation, WhyAllowed) else None,
        first.chain,
    )


def _rows(findings: Sequence[AuditFinding]) -> list[PrincipalRow]:
    """Return a row for each principal and resource, the gravest first."""
    groups: dict[str, list[AuditFinding]] = {}
    for finding in findings:
        groups.setdefault(finding.principal or finding.resource or "", []).append(finding)
    rows = []
    for name, several in groups.items():
        worst = min((finding.check.severity for finding in several), key=lambda one: one.rank)
        checks = tuple(dict.fromkeys(finding.check.id for finding in several))
        rows.append(PrincipalRow(name, worst.value, worst.rank, len(several), checks))
    return sorted(rows, key=lambda row: (row.rank, -row.count, row.name))
