"""An audit as a page: what is worst comes first, hostile names stay text, and its one script runs by its hash alone."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest

from verifier import Request
from verifier.audits.finding import AuditCheck, Audited, AuditFinding, AuditUndecided, Cause, CheckSeverity
from verifier.report.audit_page import audit_page
from verifier.report.provenance import Provenance

HOSTILE = "arn:aws:iam::111122223333:user/<script>alert(1)</script>\u202e\x1b[2J"
WORST = AuditCheck("A10", CheckSeverity.CRITICAL, "only trusted accounts", "trusts an account", "name the account")
MILD = AuditCheck("A29", CheckSeverity.LOW, "everything uses TLS", "is allowed requests without TLS", "deny them")
PROVENANCE = Provenance(
    "2026-01-01 00:00 UTC",
    "1.0",
    ("the catalogue of 2026-01-01",),
    f"verifier audit {HOSTILE}",
    "abc",
    (("account.json", "00ff"),),
)


def finding(check: AuditCheck, principal: str, number: int = 0) -> AuditFinding:
    request = Request.of("s3:GetObject", "arn:aws:s3:::b/k", {"aws:username": HOSTILE})
    cause = Cause(f"policy {number} of {principal}", 0, HOSTILE)
    return AuditFinding(check, principal, None, f"{check.found}: `{HOSTILE}`", f"f{number}", cause, request)


def page(*findings: AuditFinding, undecided: tuple[AuditUndecided, ...] = ()) -> str:
    return audit_page(Audited("111122223333", 3, 0, findings, undecided, (("A1", "boundaries"),)), PROVENANCE)


class Read(HTMLParser):
    """What a browser would see: the tags in their order, and whatever would load something."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        held = dict(attrs)
        self.ids += filter(None, [held.get("id")])
        self.links += filter(None, (held.get(name) for name in ("src", "href", "action", "data")))


def test_the_gravest_check_comes_first_and_each_principal_has_one_row():
    found = page(finding(WORST, "arn:aws:iam::111122223333:role/a"), finding(MILD, "arn:aws:iam::111122223333:role/a"))
    seen = Read(found)
    assert [each for each in seen.ids if each in ("A10", "A29")] == ["A10", "A29"]
    assert found.count("<tr data-kinds=") == 1
    assert 'data-kinds="A10 A29"' in found


def test_hostile_names_stay_text():
    found = page(finding(MILD, HOSTILE), undecided=(AuditUndecided(HOSTILE, "A3", HOSTILE),))
    assert Read(found).tags.count("script") == 1
    assert "\x1b" not in found
    assert "\u202e" not in found
    assert "<script>alert" not in found


def test_only_the_script_of_the_page_runs_and_nothing_is_loaded():
    found = page(finding(WORST, "arn:aws:iam::111122223333:role/a"))
    (script,) = re.findall(r"<script>(.*?)</script>", found, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    allowed = re.search(r'Content-Security-Policy" content="([^"]*)"', found)
    assert allowed is not None
    assert f"script-src &#39;sha256-{digest}&#39;" in allowed[1] or f"script-src 'sha256-{digest}'" in allowed[1]
    assert allowed[1].startswith(("default-src 'none'", "default-src &#39;none&#39;"))
    assert all(link.startswith("#") for link in Read(found).links)


def test_every_check_is_folded_and_every_link_leads_somewhere():
    seen = page(finding(WORST, "arn:aws:iam::111122223333:role/a"))
    assert "<details open" not in seen
    read = Read(seen)
    assert {link[1:] for link in read.links} <= set(read.ids)


@pytest.mark.parametrize("count", [0, 1])
def test_undecided_is_never_shown_as_holding(count: int):
    found = page(undecided=(AuditUndecided("arn:aws:iam::111122223333:role/a", "", "a document is broken"),) * count)
    assert ("all</b>hold" in found) is (count == 0)
    assert ("a document is broken" in found) is (count == 1)


def test_what_a_page_has_no_room_for_is_counted():
    several = [finding(MILD, f"arn:aws:iam::111122223333:role/r{number}") for number in range(100)]
    same = [
        AuditFinding(MILD, one.principal, None, one.message, str(n), Cause("arn:p", 0)) for n, one in enumerate(several)
    ]
    assert "and 40 more" in page(*same)


def test_where_it_comes_from_is_told():
    found = page()
    assert "2026-01-01 00:00 UTC" in found
    assert "account.json" in found
    assert "00ff" in found
    assert "boundaries" in found
