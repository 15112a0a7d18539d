"""Which findings are accepted: by an exception of the configuration, or as they stand in a baseline.

    Baseline.parse(source)   the fingerprints of findings that were there before
    accepted(outcome, ...)   the outcome with the reason at each finding that is accepted, and the exceptions in use

An exception holds through its last day. One that has expired fails its rule until it is removed or renewed, whether or
not there is anything left for it to accept: nobody should find out by chance. What could not be read is never accepted.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from verifier.base.dataclass import dataclass
from verifier.base.errors import UsageError, quote
from verifier.base.safe import json_text
from verifier.base.source import Source
from verifier.checks.ask import About
from verifier.checks.outcome import NEVER_ACCEPTED, Asked, Finding, Outcome
from verifier.checks.select import covers
from verifier.config.rules import ConfigRule, Excepted

_FORM = "write one with `--write-baseline`"


@dataclass(frozen=True)
class Baseline:
    """The fingerprints of known findings."""

    fingerprints: frozenset[str] = frozenset()

    @staticmethod
    def parse(source: Source) -> Baseline:
        """Return the baseline in a file. Raises UsageError for a text that is not one."""
        try:
            found = json.loads(source.text)
            marks = [finding["fingerprint"] for finding in found["findings"]]
            known = found["version"] == 1
        except (ValueError, KeyError, TypeError, RecursionError):
            marks, known = [], False
        if not known or not all(isinstance(mark, str) for mark in marks):
            raise UsageError(f"{quote(source.name)} is not a baseline", help=_FORM)
        return Baseline(frozenset(marks))

    @staticmethod
    def text(outcomes: Iterable[Outcome]) -> str:
        """Return the baseline that accepts all that counts in `outcomes` and may be accepted, as a text."""
        found: dict[str, dict[str, Any]] = {}
        for outcome in outcomes:
            for one in outcome.all_findings():
                if one.counts and one.kind not in NEVER_ACCEPTED:
                    about = {"rule": outcome.rule, "kind": one.kind, "document": one.path}
                    found[one.fingerprint] = {"fingerprint": one.fingerprint, **about}
        rows = sorted(found.values(), key=lambda row: (row["rule"], row["document"], row["kind"], row["fingerprint"]))
        return json_text({"version": 1, "findings": rows}, indent=2) + "\n"


@dataclass(frozen=True)
class Acceptance:
    """What may accept findings: exceptions, whose paths are seen from `folder`, and a baseline, on the day `today`."""

    exceptions: Sequence[Excepted]
    folder: str
    baseline: Baseline
    today: datetime.date

    def of(self, outcome: Outcome, rule: ConfigRule) -> tuple[Outcome, frozenset[int]]:
        """Return the outcome with what is accepted, and the numbers of the exceptions to `rule` that were of use."""
        used: set[int] = set()

        def seen(finding: Finding) -> Finding:
            number, reason = self._reason(finding, rule)
            if number is not None:
                used.add(number)
            return replace(finding, accepted=reason) if reason else finding

        def all_seen(asked: Asked) -> Asked:
            return replace(asked, findings=tuple(map(seen, asked.findings)))

        findings = (*map(seen, outcome.findings), *self._expired(rule, outcome.rule))
        found = replace(outcome, findings=findings, asked=tuple(map(all_seen, outcome.asked)))
        return found, frozenset(used)

    def _reason(self, finding: Finding, rule: ConfigRule) -> tuple[int | None, str | None]:
        if finding.kind in NEVER_ACCEPTED:
            return None, None
        for number, one in enumerate(self.exceptions):
            if one.rule == rule.name and not self._is_over(one) and self._is_about(one, finding):
                return number, f"{one.reason} (until {one.until})" if one.until else one.reason
        return None, "in the baseline" if finding.fingerprint in self.baseline.fingerprints else None

    def _is_about(self, one: Excepted, finding: Finding) -> bool:
        there = one.where is None or covers(self.folder, one.where, finding.path)
        return there and one.fingerprint in (None, finding.fingerprint)

    def _is_over(self, one: Excepted) -> bool:
        return one.until is not None and one.until < self.today

    def _expired(self, rule: ConfigRule, name: str) -> Iterable[Finding]:
        for one in self.exceptions:
            if one.rule == rule.name and self._is_over(one):
                message = f"an exception expired on {one.until}: {one.reason}; remove it, or renew it"
                yield About(rule, name, one.where or "", one.where or rule.name, one.reason).found("expired", message)
