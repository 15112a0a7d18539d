"""What came of an audit as SARIF and JUnit, made by the same code as every other report."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from verifier.audits.finding import AuditCheck, Audited, AuditFinding, CheckSeverity
from verifier.base.safe import json_text
from verifier.report.delegate_answers import chain_lines
from verifier.report.findings import Diagnostic, LabelledSpan
from verifier.report.rules import CheckRule, SarifLevel
from verifier.report.style import Style

_LEVELS: dict[CheckSeverity, tuple[SarifLevel, float | None]] = {
    CheckSeverity.CRITICAL: ("error", 9.5),
    CheckSeverity.HIGH: ("error", 8.0),
    CheckSeverity.MEDIUM: ("warning", 6.0),
    CheckSeverity.LOW: ("warning", 3.0),
    CheckSeverity.NOTE: ("note", None),
}


def audited_report(audited: Audited, form: Literal["sarif", "junit"], version: str, root: Path | None = None) -> str:
    """Return the audit as SARIF or JUnit."""
    if form == "sarif":
        from verifier.report.sarif import sarif_of  # noqa: PLC0415 - each form only where it is asked for

        log: dict[str, Any] = sarif_of([_diagnostic(finding) for finding in audited.findings], version, root)
        return json_text(log, indent=2) + "\n"
    from verifier.report.junit import junit_of  # noqa: PLC0415 - as above

    return junit_of(list(_cases(audited)), "audit")


def _diagnostic(finding: AuditFinding) -> Diagnostic:
    about = finding.principal or finding.resource or ""
    place = None
    file = None
    if finding.source is not None and finding.span is not None:
        file = finding.source.name if finding.source.file else None
        place = LabelledSpan(finding.source, finding.span, str(finding.cause))
    message = f"{about} {finding.message}"
    return Diagnostic(check_rule(finding.check), about, message, place, about=finding.request, file=file)


def check_rule(check: AuditCheck) -> CheckRule:
    """Return a check as code scanning lists it."""
    level, severity = _LEVELS[check.severity]
    return CheckRule(check.id, check.title, level, severity, f"A principal {check.found}.", f"{check.fix}.")


def _cases(audited: Audited) -> Iterator[tuple[str, str, str | None, str]]:
    """Yield the test cases: a name, its group, what became of it, and lines."""
    for finding in audited.findings:
        about = finding.principal or finding.resource or ""
        lines = (finding.message, str(finding.cause), *chain_lines(finding.chain, Style()))
        yield about, f"verifier.audit.{finding.check.id}", "failure", "\n".join(lines)
    for one in audited.undecided:
        yield one.principal, f"verifier.audit.{one.check or 'undecided'}", "error", one.reason
    if not audited.findings and not audited.undecided:
        held = "\n".join((f"{audited.principals:,} principals hold", *audited.notes))
        yield audited.account, "verifier.audit", None, held
