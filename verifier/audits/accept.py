"""Which findings of an audit are accepted: by an exception of the configuration, or as they stand in a baseline.

    accepted(audited, exceptions, baseline, today)   the audit without what is accepted, with how many that are
    accepted_of_each(...)                            the same of several accounts
    at_least(audited, severity)                      whether anything that was found is so grave
    baseline_text(audited)                           a baseline that accepts all that was found

An exception holds through its last day; one that has expired accepts nothing, and a note says so.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import replace

from verifier.audits.finding import Audited, AuditedAccounts, AuditFinding, CheckSeverity
from verifier.base.safe import json_text
from verifier.config.rules import Excepted
from verifier.strings.pattern import parse_pattern


def accepted(
    audited: Audited, exceptions: Sequence[Excepted], baseline: frozenset[str], today: datetime.date
) -> Audited:
    """Return what is left once `exceptions`, and the fingerprints of `baseline`, have accepted what they do."""
    about = [one for one in exceptions if one.check is not None]
    valid = [one for one in about if one.until is None or one.until >= today]
    left = [
        finding
        for finding in audited.findings
        if finding.fingerprint not in baseline and not any(_is_about(one, finding) for one in valid)
    ]
    notes = [
        f"the exception to {one.check} expired on {one.until}: {one.reason}; remove it, or renew it"
        for one in about
        if one not in valid
    ]
    count = audited.excepted + len(audited.findings) - len(left)
    return replace(audited, findings=tuple(left), excepted=count, notes=(*audited.notes, *notes))


def accepted_of_each(
    audited: AuditedAccounts, exceptions: Sequence[Excepted], baseline: frozenset[str], today: datetime.date
) -> AuditedAccounts:
    """Return what is left of each account; the arguments are those of `accepted`."""
    left = (accepted(one, exceptions, baseline, today) for one in audited.accounts)
    return replace(audited, accounts=tuple(left))


def _is_about(one: Excepted, finding: AuditFinding) -> bool:
    about = finding.principal or finding.resource or ""
    return (
        one.check == finding.check.id
        and (one.principal is None or parse_pattern(one.principal).matches(about))
        and (
            one.where is None or (finding.source is not None and parse_pattern(one.where).matches(finding.source.name))
        )
        and one.fingerprint in (None, finding.fingerprint)
    )


def at_least(audited: Audited, severity: CheckSeverity) -> bool:
    """Whether some finding is as grave as `severity`, or graver."""
    return any(finding.check.severity.rank <= severity.rank for finding in audited.findings)


def baseline_text(audited: Audited) -> str:
    """Return the baseline that accepts all findings, as a text."""
    rows = [
        {"fingerprint": one.fingerprint, "check": one.check.id, "principal": one.principal, "resource": one.resource}
        for one in audited.findings
    ]
    rows.sort(key=lambda row: tuple(str(value) for value in row.values()))
    shown = [{name: value for name, value in row.items() if value is not None} for row in rows]
    return json_text({"version": 1, "findings": shown}, indent=2) + "\n"
