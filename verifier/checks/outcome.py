"""What came of a check, as data: each rule with the documents that were asked about, and what was found.

    Checked     .outcomes, .notes, .base
    Outcome     one rule: .rule, .asked, .findings, .status
    Asked       one document: .answer, .why, .findings
    Finding     one thing that was found: .kind, .message, .fingerprint, .fails, .accepted

A finding that is accepted, by an exception or a baseline, stays and says why. Its fingerprint is made of the rule, the
kind, the path, and what the documents say whatever their order, layout and Sids: it lasts as long as nothing that it
depends on changes, and no longer.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import replace
from typing import Literal, TypeAlias

from verifier.base.dataclass import dataclass
from verifier.base.errors import InputError, PolicyWarning
from verifier.base.source import Source, Span
from verifier.clouds.aws.policy.syntax import Policy
from verifier.config.words import OutcomeWord
from verifier.explanations.explanation import Explanation
from verifier.logic.request import Request
from verifier.questions.verdict import Difference, NeedsVerdict, Verdict

FindingKind: TypeAlias = OutcomeWord | Literal["unreadable", "expired"]
# What no exception and no baseline accepts: nothing is known of the one, and the other is an exception itself.
NEVER_ACCEPTED: frozenset[FindingKind] = frozenset({"unreadable", "expired"})


class Status(enum.Enum):
    """What became of a rule."""

    HOLDS = "holds"
    FAILS = "fails"
    ERROR = "error"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Finding:
    """One thing that was found about the file at `path`; `document` is what messages call it.

    `fails` tells whether the rule lists its kind; `accepted` is the reason for which it is let pass.
    """

    kind: FindingKind
    document: str
    path: str
    message: str
    fingerprint: str
    fails: bool
    request: Request | None = None
    span: Span | None = None
    accepted: str | None = None

    @property
    def counts(self) -> bool:
        """Whether it keeps the rule from holding."""
        return self.accepted is None and (self.fails or self.kind in ("undecided", "unreadable"))


@dataclass(frozen=True)
class Asked:
    """What came of one document; `asked` is the question in words, `policy` the document as it is now."""

    path: str
    document: str
    asked: str
    answer: Verdict | NeedsVerdict | Difference | InputError
    why: Explanation | None = None
    policy: Policy | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What came of one rule; `findings` are about no document of it, but about what acts together with them.

    `at` is the revision whose rule it is, where that is not the rule of now.
    """

    rule: str
    asked: tuple[Asked, ...] = ()
    findings: tuple[Finding, ...] = ()
    errors: tuple[tuple[str, InputError], ...] = ()
    warnings: tuple[tuple[Source, PolicyWarning], ...] = ()
    at: str | None = None

    def all_findings(self) -> Iterator[Finding]:
        """Yield what was found, in order."""
        yield from self.findings
        for one in self.asked:
            yield from one.findings

    def accepting(self, fingerprints: frozenset[str]) -> Outcome:
        """Return the outcome once these findings are in a baseline."""

        def seen(one: Finding) -> Finding:
            known = one.counts and one.kind not in NEVER_ACCEPTED and one.fingerprint in fingerprints
            return replace(one, accepted="in the baseline") if known else one

        asked = tuple(replace(one, findings=tuple(map(seen, one.findings))) for one in self.asked)
        return replace(self, asked=asked, findings=tuple(map(seen, self.findings)))

    @property
    def status(self) -> Status:
        """What became of the rule: it fails before it could not be read, and that before it is undecided."""
        kinds = {finding.kind for finding in self.all_findings() if finding.counts}
        if kinds - {"unreadable", "undecided"}:
            return Status.FAILS
        if "unreadable" in kinds:
            return Status.ERROR
        return Status.UNDECIDED if kinds else Status.HOLDS


@dataclass(frozen=True)
class Checked:
    """What came of a whole check; `base` is the revision that was compared with."""

    outcomes: tuple[Outcome, ...]
    notes: tuple[str, ...] = ()
    base: str | None = None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was found, rule by rule."""
        return tuple(one for outcome in self.outcomes for one in outcome.all_findings())

    @property
    def exit_code(self) -> Literal[0, 1, 2, 3]:
        """What the command ends with: 0 all rules hold, 1 one fails, else 2 something is broken or nothing was asked,
        else 3 undecided.
        """
        if Status.FAILS in self.statuses:
            return 1
        if Status.ERROR in self.statuses or not self.documents:
            return 2
        return 3 if Status.UNDECIDED in self.statuses else 0

    @property
    def statuses(self) -> frozenset[Status]:
        """What became of the rules."""
        return frozenset(outcome.status for outcome in self.outcomes)

    @property
    def assumes(self) -> tuple[str, ...]:
        """What the answers rest on, each once."""
        answers = (one.answer for outcome in self.outcomes for one in outcome.asked)
        known = (answer.assumes for answer in answers if not isinstance(answer, InputError))
        return tuple(dict.fromkeys(text for assumes in known for text in assumes))

    @property
    def documents(self) -> int:
        """How many documents were asked about."""
        return sum(len(outcome.asked) for outcome in self.outcomes)
