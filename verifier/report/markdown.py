"""Answers as Markdown for a comment on a pull request: a table of all, then each that is not good, folded.

Written for GitHub's dialect. Everything that comes from a document is a code span, or stands in a fence longer than any
in it, where Markdown reads nothing and makes no mention or link (`verifier/base/safe.py`), so that no policy can write
the comment. All of it is short enough for a comment, which holds 65,536 characters; what is left out is counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from verifier.base.safe import code, html_code, markdown_words, printable
from verifier.explanations.explanation import Explanation, LevelTrace, WhyAllowed, WhyDifferent
from verifier.logic.readings import the_other_way
from verifier.logic.request import Request
from verifier.questions.verdict import Contained, Difference, Escapes, Fit, Granted, Hinges, Missing, Undecided
from verifier.regions.region import Regions
from verifier.report.excerpt import ELLIPSIS, excerpt
from verifier.report.plan import PLAIN_STYLE, plan
from verifier.report.results import Result

_SIGNS = {True: "✅", False: "❌", None: "⚠️"}
_MOST_CHARACTERS = 60_000
_MOST_ROWS = 100
_MOST_DETAILS = 20
_MOST_LINES = 120
_MOST_KEYS = 30
_MOST_STATEMENTS = 5
_MOST_WARNINGS = 10


def markdown(results: Iterable[Result], title: str = "verifier", left_out: str = "") -> str:
    """Return `results` as Markdown, ended by a line break; `left_out` says which documents were not asked about."""
    results = sorted(results, key=lambda result: (result.good is True, result.good is None))
    good = sum(result.good is True for result in results)
    lines = [f"### {title}: {good:,} of {len(results):,} good", "", "| | document | answer |", "|---|---|---|"]
    room = _MOST_CHARACTERS
    rows = list(_fitting(map(_row, results[:_MOST_ROWS]), room // 2))
    lines += rows
    if more := len(results) - len(rows):
        lines.append(f"| | and {more:,} more | |")
    bad = [result for result in results if result.good is not True]
    room -= sum(map(len, lines))
    details = list(_fitting(("\n".join(["", *_details(result)]) for result in bad[:_MOST_DETAILS]), room))
    lines += details
    if more := len(bad) - len(details):
        lines += ["", f"The details of {more:,} more are left out."]
    if left_out:
        lines += ["", f"Left out: {markdown_words(left_out)}."]
    return "\n".join([*lines, *_warnings(results)]) + "\n"


def _fitting(texts: Iterable[str], room: int) -> Iterator[str]:
    """Yield as many of `texts`, from the first on, as have room in `room` characters."""
    for text in texts:
        room -= len(text) + 1
        if room < 0:
            return
        yield text


def _warnings(results: Iterable[Result]) -> Iterator[str]:
    """Yield the first warnings about the documents, each once, and how many more there are."""
    found = dict.fromkeys(
        f"- {code(source.at(warning.span.line))}: {markdown_words(warning.message)}"
        for result in results
        for source, warning in result.warnings
    )
    if found:
        yield from ("", f"Warnings about the documents: {len(found):,}", "", *list(found)[:_MOST_WARNINGS])
        if more := len(found) - _MOST_WARNINGS:
            yield from [f"- and {more:,} more"] if more > 0 else []


def _row(result: Result) -> str:
    rule = f"{code(result.rule)}: " if result.rule else ""
    accepted = "" if result.suppressed is None else f", accepted: {markdown_words(result.suppressed)}"
    return f"| {_SIGNS[result.good]} | {rule}{code(result.document)} | {_short(result)}{accepted} |"


def _short(result: Result) -> str:
    match result.answer:
        case Contained(vacuous=True):
            return "contained, **vacuously**: nothing at all is allowed"
        case Contained():
            return "contained"
        case Escapes(request=request):
            return f"**escapes**: {code(request.action)} on {code(request.resource)}"
        case Granted(vacuous=True):
            return "granted, **vacuously**: nothing at all is needed"
        case Granted():
            return "granted"
        case Missing(request=request, stopped_by=stopped):
            by = markdown_words(", ".join(stopped))
            return f"**missing**: {code(request.action)} on {code(request.resource)}, stopped by {by}"
        case Undecided(reason=reason):
            return f"**undecided**: {markdown_words(reason)}"
        case Difference(vacuous=True, only_deny=only_deny):
            return f"equivalent, **vacuously**: neither document {'denies' if only_deny else 'allows'} anything"
        case Difference(relation=relation):
            return relation.value if result.good else f"**{relation.value}**"
        case error:
            return f"**error**: {markdown_words(error.message)}"


def _details(result: Result) -> Iterator[str]:
    title = f"{_SIGNS[result.good]} {html_code(result.document)} {html_code(result.asked)}: {result.word}"
    yield f"<details><summary>{title}</summary>"
    yield ""
    match result.answer:
        case Escapes(request=request):
            yield "This is allowed, but not by the maximum:"
            yield from _request(request)
            yield from _fit(result.answer.fit)
            yield from _why(result.why)
        case Missing(request=request):
            yield "This is needed, but not allowed:"
            yield from _request(request)
            yield from _fit(result.answer.fit, "is missing")
            yield from _why(result.why)
        case Difference() as difference:
            yield from _sides(difference, result.why)
        case Undecided(reason=reason, hinges=Hinges() as hinges):
            yield from _hinging(reason, hinges)
            yield from _why(result.why)
        case Undecided(reason=reason):
            yield f"Neither a proof nor a counterexample was found: {markdown_words(reason)}"
        case Contained():
            yield "Nothing at all is allowed, so the containment says little."
        case Granted():
            yield "Nothing at all is needed, so the proof says little."
        case error:
            yield markdown_words(str(error))
    if result.regions:
        yield from _regions(result.regions)
    assumes = getattr(result.answer, "assumes", ())
    if assumes:
        yield ""
        yield "Assuming:"
        yield ""
        yield from (f"- {markdown_words(one)}" for one in assumes)
    yield ""
    yield "</details>"


def _hinging(reason: str, hinges: Hinges) -> Iterator[str]:
    yield f"This request {markdown_words(reason)}:"
    yield from _request(hinges.request)
    yield from _fit(hinges.fit)
    yield from _readings(hinges)


def _readings(hinges: Hinges) -> Iterator[str]:
    for point in hinges.points:
        yield f"- rule {point.rule} as usual: {markdown_words(point.usual)}"
        yield f"- rule {point.rule} the other way: {markdown_words(point.other)}"
    yield ""


def _sides(difference: Difference, why: Explanation | None) -> Iterator[str]:
    whys = why if isinstance(why, WhyDifferent) else WhyDifferent()
    for title, request, fit, one in (
        ("Gained, only the new document allows this:", difference.gained, difference.gained_fit, whys.gained),
        ("Lost, only the old document allows this:", difference.lost, difference.lost_fit, whys.lost),
    ):
        if request:
            yield title
            yield from _request(request)
            yield from _fit(fit)
            yield from _why(one)
            yield ""
    for name, hinges in (("Gained", difference.gained_hinges), ("Lost", difference.lost_hinges)):
        if hinges:
            yield f"{name} if AWS reads {the_other_way(hinges.points)}:"
            yield from _request(hinges.request)
            yield from _fit(hinges.fit)
            yield from _readings(hinges)
    if difference.reason:
        yield f"Not wholly decided: {markdown_words(difference.reason)}"


def _request(request: Request) -> Iterator[str]:
    rows = [("action", code(request.action)), ("resource", code(request.resource))]
    if request.principal:
        rows.insert(0, ("principal", code(request.principal)))
    context = list(request.context.items())
    rows += [(code(key.name), _values(value)) for key, value in context[:_MOST_KEYS]]
    if len(context) > _MOST_KEYS:
        rows.append(("", f"and {len(context) - _MOST_KEYS:,} more keys"))
    yield from ("", "| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows), "")


def _fit(fit: Fit, verb: str = "escapes") -> Iterator[str]:
    if fit.where:
        yield from (f"Where {markdown_words(fit.where)}.", "")
    if fit.leans:
        yield f"It leans on what is not known before deployment, and {verb} if:"
        yield from ("", *(f"- {markdown_words(str(one))}" for one in fit.leans), "")
    if not fit.realistic:
        proved = "and it is proved that every counterexample does" if fit.none_fits else "and no other was found"
        yield f"**Not realistic**: it breaks facts about AWS, {proved}:"
        yield from ("", *(f"- {markdown_words(one)}" for one in fit.breaks), "")


def _regions(found: Regions) -> Iterator[str]:
    """The plan as GitHub colours it: a row that begins with `+` or `-`, not with blanks."""
    rows = [
        line.removeprefix("  ") if line.startswith(("  +", "  -", "  !")) else line for line in plan(found, PLAIN_STYLE)
    ]
    lines = [*rows[:_MOST_LINES], *([ELLIPSIS] if len(rows) > _MOST_LINES else [])]
    yield from ("", *fenced("diff", map(printable, lines)), "")


def fenced(language: str, lines: Iterable[str]) -> list[str]:
    """Return `lines` in a fence that is longer than any in them."""
    text = "\n".join(lines)
    fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", text) or [""]))
    return [f"{fence}{language}", text, fence]


def _values(value: str | Sequence[str]) -> str:
    if isinstance(value, str):
        return code(value)
    more = [f"and {len(value) - _MOST_KEYS:,} more"] if len(value) > _MOST_KEYS else []
    return ", ".join([*map(code, value[:_MOST_KEYS]), *more])


def _why(why: Explanation | None) -> Iterator[str]:
    if isinstance(why, WhyAllowed):
        for part in why.parts:
            yield from _part(part)


def _part(part: LevelTrace) -> Iterator[str]:
    note = f" ({markdown_words(part.note)})" if part.note else ""
    yield f"**{part.name}**: {part.ruling.value.replace('-', ' ')}{note}"
    yield ""
    for cited in part.statements[:_MOST_STATEMENTS]:
        yield f"{code(cited.source.at(cited.statement.span.line))}, {markdown_words(cited.name)}"
        for piece in cited.pieces:
            if not piece.met:
                yield f"- {code(piece.element)}: {markdown_words(piece.reason)}"
        lines = [
            ELLIPSIS if row.number is None else f"{row.number:>4}  {printable(row.text)}" for row in excerpt(cited)
        ]
        yield from ("", *fenced("json", lines), "")
    if more := len(part.statements[_MOST_STATEMENTS:]) + part.more:
        yield f"and {more:,} more"
        yield ""
