"""Findings of an audit are one entry where what one of them says is true of all."""

from __future__ import annotations

from verifier.audits.finding import AuditFinding, Cause
from verifier.base.source import Source, Span
from verifier.clouds.aws.audit.table import BY_ID
from verifier.report.audited import by_cause

FILE = Source("account.json", "")


def finding(name: str, said: str, line: int, document: str | None = None) -> AuditFinding:
    arn = f"arn:aws:iam::111122223333:role/{name}"
    cause, span = Cause(document or f"policy of {arn}", 0), Span(line, 1, line, 2)
    return AuditFinding(
        BY_ID["never"], arn, None, f"{said}: `{name}:Action` on `*`", name, cause, source=FILE, span=span
    )


def test_inline_policies_of_one_name_and_content_are_one_cause():
    assert len(by_cause([finding("a", "may read", 1), finding("b", "may read", 1)])) == 1


def test_inline_policies_that_have_only_the_name_in_common_are_two():
    assert len(by_cause([finding("a", "may read", 1), finding("b", "may read", 2)])) == 2


def test_two_rules_that_one_statement_breaks_are_two():
    policy = "arn:aws:iam::111122223333:policy/p"
    assert len(by_cause([finding("a", "may read", 1, policy), finding("b", "may write", 1, policy)])) == 2
