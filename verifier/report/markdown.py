"""Answers as Markdown for a comment on a pull request: a table of all, then each that is not good, folded.

Written for GitHub's dialect. Everything that comes from a document is written in `<code>` or in a fence longer than any
in it, with every character that could mean something escaped, so that no policy can write the comment.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from verifier.questions.verdict import Contained, Difference, Escapes, Fit, Undecided
from verifier.regions.region import Regions
from verifier.report.excerpt import GAP, excerpt
from verifier.report.plan import PLAIN, plan
from verifier.report.results import Result
from verifier.safe import printable
from verifier.semantics.request import Request
from verifier.why.explanation import Explanation, Part, WhyAllowed, WhyDifferent

_SIGNS = {True: "✅", False: "❌", None: "⚠️"}
# Within `<code>` GitHub still reads emphasis, mentions and bare addresses.
_MEANS_IN_CODE = re.compile(r"[\\`*_\[\]<>|~&@]|:(?=//)|(?<=www)\.")
_MEANS = re.compile(r"[\\`*_{}\[\]<>|~#!@:$&\"]")
_MOST_ROWS = 100
_MOST_DETAILS = 20
_MOST_LINES = 120


def markdown(results: Iterable[Result], title: str = "verifier") -> str:
    """Return `results` as Markdown, ended by a line break."""
    results = sorted(results, key=lambda result: (result.good is True, result.good is None))
    good = sum(result.good is True for result in results)
    lines = [f"### {title}: {good:,} of {len(results):,} good", "", "| | document | answer |", "|---|---|---|"]
    lines += [_row(result) for result in results[:_MOST_ROWS]]
    if len(results) > _MOST_ROWS:
        lines.append(f"| | and {len(results) - _MOST_ROWS:,} more | |")
    bad = [result for result in results if result.good is not True]
    for result in bad[:_MOST_DETAILS]:
        lines += ["", *_details(result)]
    if len(bad) > _MOST_DETAILS:
        lines += ["", f"The details of {len(bad) - _MOST_DETAILS:,} more are left out."]
    return "\n".join(lines) + "\n"


def code(text: str) -> str:
    """Return `text` as code within a line, whatever characters it holds."""
    return f"<code>{_escaped(text, _MEANS_IN_CODE)}</code>"


def plain(text: str) -> str:
    """Return `text` as words, with no character that Markdown or HTML would read; what stands in backticks is code."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return _escaped(text, _MEANS)
    return "".join(code(part) if place % 2 else _escaped(part, _MEANS) for place, part in enumerate(parts))


def _escaped(text: str, means: re.Pattern[str]) -> str:
    return means.sub(lambda found: f"&#{ord(found[0])};", printable(text))


def _row(result: Result) -> str:
    return f"| {_SIGNS[result.good]} | {code(result.document)} | {_short(result)} |"


def _short(result: Result) -> str:
    match result.answer:
        case Contained(vacuous=True):
            return "contained, **vacuously**: nothing at all is allowed"
        case Contained():
            return "contained"
        case Escapes(request=request):
            return f"**escapes**: {code(request.action)} on {code(request.resource)}"
        case Undecided(reason=reason):
            return f"**undecided**: {code(reason)}"
        case Difference(vacuous=True):
            return "equivalent, **vacuously**: neither document allows anything"
        case Difference(relation=relation):
            return relation.value if result.good else f"**{relation.value}**"
        case error:
            return f"**error**: {code(error.message)}"


def _details(result: Result) -> Iterator[str]:
    title = f"{_SIGNS[result.good]} {code(result.document)} {plain(result.asked)}: {result.word}"
    yield f"<details><summary>{title}</summary>"
    yield ""
    match result.answer:
        case Escapes(request=request):
            yield "This is allowed, but not by the maximum:"
            yield from _request(request)
            yield from _fit(result.answer.fit)
            yield from _why(result.why)
        case Difference() as difference:
            yield from _sides(difference, result.why)
        case Undecided(reason=reason):
            yield f"Neither a proof nor a counterexample was found: {code(reason)}"
        case Contained():
            yield "Nothing at all is allowed, so the containment says little."
        case error:
            yield f"{code(str(error))}"
    if result.regions:
        yield from _regions(result.regions)
    assumes = getattr(result.answer, "assumes", ())
    if assumes:
        yield ""
        yield "Assuming:"
        yield ""
        yield from (f"- {plain(one)}" for one in assumes)
    yield ""
    yield "</details>"


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


def _request(request: Request) -> Iterator[str]:
    rows = [("action", code(request.action)), ("resource", code(request.resource))]
    if request.principal:
        rows.insert(0, ("principal", code(request.principal)))
    rows += [(code(key.name), _values(value)) for key, value in request.context.items()]
    yield from ("", "| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows), "")


def _fit(fit: Fit) -> Iterator[str]:
    if not fit.realistic:
        proved = "and it was proved that every such request does" if fit.none_fits else "and no other was found"
        yield f"**Not realistic**: it breaks facts about AWS, {proved}:"
        yield from ("", *(f"- {plain(one)}" for one in fit.breaks), "")


def _regions(found: Regions) -> Iterator[str]:
    """The plan as GitHub colours it: a row that begins with `+` or `-`, not with blanks."""
    rows = [line.removeprefix("  ") if line.startswith(("  +", "  -", "  !")) else line for line in plan(found, PLAIN)]
    lines = [*rows[:_MOST_LINES], *([GAP] if len(rows) > _MOST_LINES else [])]
    yield from ("", *_fenced("diff", map(printable, lines)), "")


def _fenced(language: str, lines: Iterable[str]) -> list[str]:
    """Return `lines` in a fence that is longer than any in them."""
    text = "\n".join(lines)
    fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", text) or [""]))
    return [f"{fence}{language}", text, fence]


def _values(value: str | Sequence[str]) -> str:
    return code(value) if isinstance(value, str) else ", ".join(map(code, value))


def _why(why: Explanation | None) -> Iterator[str]:
    if isinstance(why, WhyAllowed):
        for part in why.parts:
            yield from _part(part)


def _part(part: Part) -> Iterator[str]:
    yield f"**{part.name}**: {part.ruling.value.replace('-', ' ')}{f' ({plain(part.note)})' if part.note else ''}"
    yield ""
    for cited in part.statements:
        yield f"{code(f'{cited.source.name}:{cited.statement.span.line}')}, {plain(cited.name)}"
        for piece in cited.pieces:
            if not piece.met:
                yield f"- {plain(piece.element)}: {plain(piece.reason)}"
        lines = [GAP if row.number is None else f"{row.number:>4}  {printable(row.text)}" for row in excerpt(cited)]
        yield from ("", *_fenced("json", lines), "")
    if part.more:
        yield f"and {part.more:,} more that do not match"
        yield ""
