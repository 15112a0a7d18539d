"""What came of an audit, for people and programs: text by cause, JSON and JSON Lines.

audited_text       the gravest first; findings that one statement causes are one entry
audited_answer     the JSON answer (interface.md)
audited_lines      a line a finding
accounts_...       text, JSON and JSON Lines of several accounts
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal, TypeAlias

from verifier.audits.finding import AuditCheck, Audited, AuditedAccounts, AuditFinding, CheckSeverity
from verifier.base.safe import json_text, plain_or_quoted, printable
from verifier.explanations.explanation import WhyAllowed
from verifier.report.answer_part import AnswerPart
from verifier.report.counterexample import RequestPart, request_part
from verifier.report.delegate_answers import chain_lines, chain_step
from verifier.report.explanation_answers import RequestExplanation, explained_request
from verifier.report.style import Style, TableRow

SeverityName: TypeAlias = Literal["critical", "high", "medium", "low", "note"]

_COLOURS = {
    CheckSeverity.CRITICAL: "bad",
    CheckSeverity.HIGH: "bad",
    CheckSeverity.MEDIUM: "unsure",
    CheckSeverity.LOW: "unsure",
    CheckSeverity.NOTE: "faint",
}
_MOST_CAUSES = 8
_MOST_NAMES = 3
_MOST_UNDECIDED = 5
_MOST_ASSUMED = 4


class AuditFindingPart(AnswerPart):
    """One thing that was found; a fingerprint stays as long as nothing changes that it depends on.

    `cause` names the document and the statement. `breaks` are facts about AWS that the request breaks: it was the best
    that was found. `chain` has the steps by which somebody climbs, as the answer of `delegate`.
    """

    check: str
    severity: SeverityName
    principal: str | None = None
    resource: str | None = None
    message: str
    cause: str
    source: str | None = None
    line: int | None = None
    column: int | None = None
    request: RequestPart | None = None
    breaks: list[str] | None = None
    explanation: RequestExplanation | None = None
    chain: list[dict[str, Any]] | None = None
    fingerprint: str


class AuditUndecidedPart(AnswerPart):
    """A check of a principal without an answer; without `check` no check of it has an answer."""

    principal: str
    check: str | None = None
    reason: str


class SkippedCheckPart(AnswerPart):
    """A check that was not asked, since the intent does not give the list `needs`."""

    check: str
    needs: str


class AuditAnswer(AnswerPart):
    """The answer of `audit`; `excepted` counts findings that are accepted, by an exception or a baseline."""

    account: str
    principals: int
    service_linked: int
    findings: list[AuditFindingPart]
    undecided: list[AuditUndecidedPart]
    excepted: int
    skipped: list[SkippedCheckPart]
    notes: list[str]
    assumes: list[str]


class AuditAccountsAnswer(AnswerPart):
    """The answer of `audit` about a folder of several accounts; `not_shown` are accounts of the same organization that
    the folder does not hold.
    """

    accounts: list[AuditAnswer]
    not_shown: list[str]


def accounts_answer(audited: AuditedAccounts) -> AuditAnswer | AuditAccountsAnswer:
    """Return the JSON answer; that of one account is its own."""
    if len(audited.accounts) == 1:
        return audited_answer(audited.accounts[0])
    accounts = list(map(audited_answer, audited.accounts))
    return AuditAccountsAnswer(accounts=accounts, not_shown=list(audited.not_shown))


def audited_answer(audited: Audited) -> AuditAnswer:
    """Return the JSON answer."""
    return AuditAnswer(
        account=audited.account,
        principals=audited.principals,
        service_linked=audited.service_linked,
        findings=list(map(finding_part, audited.findings)),
        undecided=[
            AuditUndecidedPart(principal=one.principal, check=one.check or None, reason=one.reason)
            for one in audited.undecided
        ],
        excepted=audited.excepted,
        skipped=[SkippedCheckPart(check=check, needs=needs) for check, needs in audited.skipped],
        notes=list(audited.notes),
        assumes=list(audited.assumes),
    )


def finding_part(found: AuditFinding) -> AuditFindingPart:
    """Return a finding as the answer has it."""
    return AuditFindingPart(
        check=found.check.id,
        severity=found.check.severity.value,
        principal=found.principal,
        resource=found.resource,
        message=found.message,
        cause=str(found.cause),
        source=found.source.name if found.source else None,
        line=found.span.line if found.span else None,
        column=found.span.column if found.span else None,
        request=request_part(found.request) if found.request else None,
        breaks=list(found.breaks) or None,
        explanation=explained_request(found.explanation) if isinstance(found.explanation, WhyAllowed) else None,
        chain=list(map(chain_step, found.chain)) or None,
        fingerprint=found.fingerprint,
    )


def audit_table(audited: Audited) -> tuple[TableRow, list[TableRow]]:
    """Return a head, and a row for each finding and for each check without an answer."""
    found = [
        (one.check.severity.value, one.check.id, one.principal or one.resource or "", one.message)
        for one in audited.findings
    ]
    unsure = (("undecided", one.check or "every check", one.principal, one.reason) for one in audited.undecided)
    return ("severity", "check", "about", "what"), [*found, *unsure]


def audited_lines(audited: Audited) -> Iterator[str]:
    """Yield the answer as JSON Lines: a finding or something undecided a line, and at last what is left of it."""
    answer = audited_answer(audited)
    for part in (*answer.findings, *answer.undecided):
        yield json_text(part.as_json())
    rest = answer.as_json()
    yield json_text({name: value for name, value in rest.items() if name not in ("findings", "undecided")})


def accounts_lines(audited: AuditedAccounts) -> Iterator[str]:
    """Yield the JSON Lines of one account after the other, and at last which accounts are not shown."""
    for one in audited.accounts:
        yield from audited_lines(one)
    if len(audited.accounts) > 1:
        yield json_text({"not_shown": list(audited.not_shown)})


def accounts_text(audited: AuditedAccounts, style: Style, *, everything: bool = False) -> str:
    """Return the answer about several accounts as lines: those of each account, and what comes to all of them."""
    texts = [audited_text(one, style, everything=everything) for one in audited.accounts]
    if len(texts) == 1:
        return texts[0]
    together = audited.together
    lines = [f"{_counted(len(audited.accounts), 'account')}, {_counted(len(together.findings), 'finding')}"]
    if together.undecided:
        lines[0] += f", {len(together.undecided):,} undecided"
    lines += (line for sentence in audited.assumes for line in style.wrapped(printable(sentence), hanging=2))
    return "\n\n".join((*texts, "\n".join(lines)))


def audited_text(audited: Audited, style: Style, *, everything: bool = False) -> str:
    """Return the answer as lines: about a screen of them, unless `everything` is wanted."""
    lines = [_headline(audited, style)]
    causes = by_cause(audited.findings)
    shown = causes if everything else causes[:_MOST_CAUSES]
    check = None
    for several in shown:
        if several[0].check is not check:
            check = several[0].check
            lines += ["", *_check_lines(check, audited.findings, style)]
        lines += _cause_lines(several, style, everything=everything)
    if len(shown) < len(causes):
        lines += ["", *_rest_lines(causes[len(shown) :], style)]
    lines += _undecided_lines(audited, style, everything=everything)
    if audited.skipped:
        said = ", ".join(f"{check_} (`{needs}`)" for check_, needs in audited.skipped)
        lines += ["", *style.wrapped(f"skipped, as the intent does not give their list: {said}", hanging=2)]
    lines += [f"{style.paint('note', 'unsure')}: {printable(note)}" for note in audited.notes]
    assumed = audited.assumes if everything else audited.assumes[:_MOST_ASSUMED]
    lines += style.assuming(tuple(assumed))
    if len(assumed) < len(audited.assumes):
        lines.append(f"  and {len(audited.assumes) - len(assumed)} more; --all shows everything")
    return "\n".join(lines)


def _headline(audited: Audited, style: Style) -> str:
    count = len(audited.findings)
    unsure = "unsure" if audited.undecided else "good"
    word = (
        style.paint("FINDINGS", "bad") if count else style.paint("UNDECIDED" if audited.undecided else "HOLDS", unsure)
    )
    said = [f"{_counted(audited.principals, 'principal')} of the account {printable(audited.account)}"]
    if audited.service_linked:
        said.append(f"{_counted(audited.service_linked, 'service-linked role')} apart")
    said.append(_counted(count, "finding"))
    if audited.undecided:
        said.append(f"{len(audited.undecided):,} undecided")
    if audited.excepted:
        said.append(f"{audited.excepted:,} accepted")
    return f"{word}  {', '.join(said)}"


def by_cause(findings: Sequence[AuditFinding]) -> list[list[AuditFinding]]:
    """Return the findings of each check and cause together, the gravest check and its widest cause first."""
    groups: dict[tuple[object, ...], list[AuditFinding]] = {}
    for finding in findings:
        said = finding.message.partition(": `")[0]  # without the request, which is that of an example
        groups.setdefault((finding.check.id, said, *_one_cause(finding)), []).append(finding)
    order = {id_: place for place, id_ in enumerate(dict.fromkeys(finding.check.id for finding in findings))}
    return sorted(groups.values(), key=lambda several: (order[several[0].check.id], -len(several)))


def _one_cause(finding: AuditFinding) -> tuple[object, ...]:
    """Return what findings of one cause have in common; inline policies have it if name and content are the same."""
    cause = finding.cause
    if cause.document.startswith("arn:"):
        return cause.document, cause.statement
    place = (finding.source.name, finding.span) if finding.source else ()
    return cause.document.partition(" of arn:")[0], cause.statement, *place


def _check_lines(check: AuditCheck, findings: Sequence[AuditFinding], style: Style) -> list[str]:
    count = sum(finding.check is check for finding in findings)
    word = style.paint(check.severity.value.upper(), _COLOURS[check.severity])
    head = f"{word}  {style.paint(check.id, 'strong')}  {check.found}  ({count:,})"
    return [head, *style.wrapped(f"fix: {check.fix}", indent=2, hanging=5)]


def _cause_lines(several: Sequence[AuditFinding], style: Style, *, everything: bool) -> Iterator[str]:
    first = several[0]
    place = f"  {first.source.at(first.span.line, first.span.column)}" if first.source and first.span else ""
    yield f"  {style.paint(printable(str(first.cause)), 'strong')}{style.paint(printable(place), 'place')}"
    names = [plain_or_quoted(_short(finding.principal or finding.resource or "")) for finding in several]
    shown = names if everything else names[:_MOST_NAMES]
    more = f" and {len(names) - len(shown):,} more" if len(shown) < len(names) else ""
    yield f"    {', '.join(shown)}{more}"
    detail = first.message.removeprefix(first.check.found).strip(" :")
    if detail:
        yield f"    {printable(detail)}" + (
            f"  with {_context(first)}" if first.request and first.request.context else ""
        )
    for line in chain_lines(first.chain, style):
        yield f"  {line}"
    if first.breaks:
        yield f"    {style.paint('NOT REALISTIC', 'unsure')}: {printable('; '.join(first.breaks))}"


def _context(finding: AuditFinding) -> str:
    assert finding.request is not None
    return json_text(finding.request.as_json()["context"])


def _short(arn: str) -> str:
    """Return what tells a principal apart within its account."""
    return arn.split(":", 5)[5] if arn.count(":") >= 5 else arn


def _rest_lines(causes: Sequence[Sequence[AuditFinding]], style: Style) -> Iterator[str]:
    counts: dict[str, int] = {}
    for several in causes:
        counts[several[0].check.id] = counts.get(several[0].check.id, 0) + len(several)
    said = ", ".join(f"{count:,} of {check}" for check, count in counts.items())
    yield from style.wrapped(f"and {sum(counts.values()):,} more findings ({said}); --all shows them", hanging=2)


def _undecided_lines(audited: Audited, style: Style, *, everything: bool) -> Iterator[str]:
    if not audited.undecided:
        return
    yield ""
    yield f"{style.paint('UNDECIDED', 'unsure')}  {len(audited.undecided):,}"
    shown = audited.undecided if everything else audited.undecided[:_MOST_UNDECIDED]
    for one in shown:
        check = f"{one.check}: " if one.check else ""
        yield f"  {plain_or_quoted(_short(one.principal))}  {check}{printable(one.reason)}"
    if len(shown) < len(audited.undecided):
        yield f"  and {len(audited.undecided) - len(shown):,} more"


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
