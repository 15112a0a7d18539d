"""A review as JSON, as findings of SARIF, and as test cases of JUnit.

review_answer(reviewed)      the one object that `--format json` prints
review_findings(reviewed)    what code scanning lists: an alert for each entry that can fail
review_cases(reviewed)       the same as test cases of JUnit
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from verifier.base.errors import InputError
from verifier.logic.request import Request
from verifier.regions.region import Regions
from verifier.report.answer_part import AnswerPart
from verifier.report.counterexample import RequestPart, request_part
from verifier.report.diagnostic_answers import ErrorPart, WarningPart, error_part, warning_part
from verifier.report.findings import Diagnostic, LabelledSpan
from verifier.report.region_answers import RegionPart, region_keys
from verifier.report.review_entries import ReviewEntry, ReviewSection, entries, region_line
from verifier.report.rules import FindingRule
from verifier.review.reviewed import BoundaryChange, DocumentChange, PrincipalChange, Reviewed, Within


class ReviewedPart(AnswerPart):
    """What is said of a document or principal: a request that is gained, and one that is lost.

    `undenied` is a request that is gained where other documents allow it. `regions` are all that is gained and lost;
    `complete`: it is proved that they are all. `undecided` says why it is not known whether something is gained.
    `within` is the verdict with `--maximum`, and `outside` a request that exceeds it.
    """

    name: str
    change: Literal["changed", "new", "moved", "gone"]
    gained: RequestPart | None = None
    lost: RequestPart | None = None
    undenied: RequestPart | None = None
    undecided: str | None = None
    regions: list[RegionPart] | None = None
    complete: bool | None = None
    incomplete: str | None = None
    within: Literal["contained", "escapes", "undecided"] | None = None
    outside: RequestPart | None = None


class ReviewedDocument(ReviewedPart):
    """One document that is not what it was; `verdict` is that of `diff`.

    `held_by` is the principal that it belongs to alone; whether something is gained is decided there, and told in
    groups. `warnings` are about the document as it is now.
    """

    type: str | None = None
    verdict: Literal["equivalent", "narrower", "wider", "incomparable", "different", "undecided"] | None = None
    moved_from: str | None = None
    held_by: str | None = None
    warnings: list[WarningPart] | None = None
    error: ErrorPart | None = None


class BoundaryPart(AnswerPart):
    """What became of the boundary of a principal; `looser`: it bounds less, as far as is known.

    `request` is one that it lets through and did not before.
    """

    change: Literal["attached", "detached", "replaced", "changed"]
    before: str | None = None
    after: str | None = None
    looser: bool
    request: RequestPart | None = None
    undecided: str | None = None


class ReviewedPrincipal(ReviewedPart):
    """One user, role or group, with all that it has, within its boundary.

    `has_more`: it has policies that the files do not hold, or may have some, which may allow or deny the same.
    """

    kind: str
    has_more: Literal[True] | None = None
    boundary: BoundaryPart | None = None


class UnreadableFile(AnswerPart):
    """A file that could not be read."""

    name: str
    error: ErrorPart


class MovedPart(AnswerPart):
    """A document that is what it was, under another name."""

    name: str
    moved_from: str


class ChangedGrant(AnswerPart):
    """A resource that is not what it was, and gives permissions without a document: what it gives is not asked.

    `what` changed: the `permissions` that it gives, the `role` as which it runs, its `tags`, or the `tag` that it is.
    """

    name: str
    change: str
    what: Literal["permissions", "role", "tags", "tag", "alias", "organization"]


class ReviewAnswer(AnswerPart):
    """The answer of `review`; `found` are the kinds of what was found, as `--fail-on` names them."""

    found: list[Literal["gained", "escape", "boundary", "undecided"]]
    documents: list[ReviewedDocument]
    principals: list[ReviewedPrincipal]
    moved: list[MovedPart] | None = None
    unread: list[UnreadableFile] | None = None
    grants: list[ChangedGrant] | None = None
    assumes: list[str]


def review_answer(reviewed: Reviewed) -> ReviewAnswer:
    """Return the answer as a model."""
    return ReviewAnswer(
        found=sorted({failure.value for failure in reviewed.failures()}),
        documents=list(map(_document, reviewed.documents)),
        principals=list(map(_principal, reviewed.principals)),
        moved=[MovedPart(name=now, moved_from=before) for before, now in reviewed.moved] or None,
        unread=[UnreadableFile(name=name, error=error_part(error, 1)) for name, error in reviewed.unread.items()]
        or None,
        grants=[ChangedGrant(name=one.name, change=one.case.value, what=one.kind.value) for one in reviewed.grants]
        or None,
        assumes=list(reviewed.assumes),
    )


def _document(change: DocumentChange) -> ReviewedDocument:
    error = change.answer if isinstance(change.answer, InputError) else None
    return ReviewedDocument(
        name=change.name,
        change=change.case.value,
        gained=None if change.difference is None else _request(change.difference.gained),
        lost=_request(change.lost),
        undenied=_request(change.undenied),
        undecided=change.open,
        **_regions(change.regions),
        **_within(change.within),
        type=change.type.value if change.type else None,
        verdict=None if change.difference is None else change.difference.relation.value,
        moved_from=change.moved_from or None,
        held_by=change.held_by or None,
        error=error_part(error, 1) if error else None,
        warnings=[warning_part(one, 1) for one in change.warnings] or None,
    )


def _principal(change: PrincipalChange) -> ReviewedPrincipal:
    return ReviewedPrincipal(
        name=change.name,
        kind=change.kind,
        has_more=change.has_more or None,
        change=change.case.value,
        gained=_request(change.gained),
        lost=_request(change.lost),
        undenied=_request(change.undenied),
        undecided=change.open,
        **_regions(change.regions),
        **_within(change.within),
        boundary=_boundary(change.boundary) if change.boundary else None,
    )


def _boundary(found: BoundaryChange) -> BoundaryPart:
    return BoundaryPart(
        change=found.fate.value,
        before=found.before or None,
        after=found.after or None,
        looser=found.is_looser,
        request=_request(found.request),
        undecided=found.open,
    )


def _request(request: Request | None) -> RequestPart | None:
    return None if request is None else request_part(request)


def _regions(found: Regions | None) -> dict[str, Any]:
    keys = {} if found is None else region_keys(found)
    return {name: keys.get(name) for name in ("regions", "complete", "incomplete")}


def _within(within: Within | None) -> dict[str, Any]:
    if within is None:
        return {}
    request = getattr(within, "request", None)
    return {"within": within.word, "outside": _request(request)}


_RULES = {
    ReviewSection.BOUNDARY: FindingRule.LOOSENED,
    ReviewSection.GAINED: FindingRule.GAINED,
    ReviewSection.ESCAPE: FindingRule.ESCAPES,
    ReviewSection.BROKEN: FindingRule.BROKEN,
    ReviewSection.UNDECIDED: FindingRule.UNDECIDED,
    ReviewSection.LOST: FindingRule.LOST,
}


def review_findings(reviewed: Reviewed) -> Iterator[Diagnostic]:
    """Yield the findings of a review."""
    for entry in entries(reviewed):
        if entry.section in _RULES:
            yield _finding(entry, _RULES[entry.section])


_KINDS = {
    ReviewSection.BOUNDARY: "failure",
    ReviewSection.GAINED: "failure",
    ReviewSection.ESCAPE: "failure",
    ReviewSection.BROKEN: "error",
    ReviewSection.UNDECIDED: "error",
}


def review_cases(reviewed: Reviewed) -> Iterator[tuple[str, str, str | None, str]]:
    """Yield the test cases of a review: one for each entry, or one that passes where there is none."""
    found = entries(reviewed)
    for entry in found:
        lines = [entry.says, *map(region_line, entry.regions)]
        if entry.request is not None and not entry.regions:
            lines.append(f"{entry.request.action} on {entry.request.resource}")
        yield entry.name, f"verifier.review.{entry.section.name.lower()}", _KINDS.get(entry.section), "\n".join(lines)
    if not found:
        yield "the change", "verifier.review", None, "nothing is gained or lost, and no boundary is looser"


def _finding(entry: ReviewEntry, rule: FindingRule) -> Diagnostic:
    what = "" if entry.request is None else f": `{entry.request.action}` on `{entry.request.resource}`"
    message = f"{entry.name}: {entry.says}{what}"
    source, span = entry.place
    place = LabelledSpan(source, span, message) if source and span and not source.stand_in else None
    file = source.name if source and source.file else None
    return Diagnostic(rule, source.name if source else entry.name, message, place, about=entry.request, file=file)
