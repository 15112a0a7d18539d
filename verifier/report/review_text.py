"""A review as text for people, and as a comment in Markdown: the same entries, grouped, the gravest first.

The text is about a screen long unless all is asked for; what is left out is counted. Written in Markdown, everything
that comes from a document is a code span or stands in a fence (`base/safe.py`), and all of it fits into a comment.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from verifier.base.safe import code, markdown_words, plain_or_quoted, printable
from verifier.logic.request import Request
from verifier.report.markdown import fenced
from verifier.report.plan import region_rows
from verifier.report.review_entries import ReviewEntry, ReviewSection, entries, region_line
from verifier.report.style import Style
from verifier.review.reviewed import Reviewed

_MOST_LINES = 40
_MOST_REGIONS = 3
_MOST_ENTRIES = 8
_MOST_IN_COMMENT = 40
_MOST_CHARACTERS = 60_000
_COLOURS = {
    ReviewSection.BOUNDARY: "bad",
    ReviewSection.GAINED: "bad",
    ReviewSection.ESCAPE: "bad",
    ReviewSection.BROKEN: "bad",
    ReviewSection.UNDECIDED: "unsure",
}
_WORDS = {
    ReviewSection.BOUNDARY: "loosened",
    ReviewSection.GAINED: "gained",
    ReviewSection.ESCAPE: "outside the maximum",
    ReviewSection.BROKEN: "broken",
    ReviewSection.UNDECIDED: "undecided",
    ReviewSection.LOST: "lost",
}


def review_text(reviewed: Reviewed, style: Style, *, everything: bool = False) -> str:
    """Return what came of a review as lines, without a final line break; `everything` leaves nothing out."""
    found = entries(reviewed)
    lines = style.headline(*review_headline(found))
    for section, several in itertools.groupby(found, key=lambda entry: entry.section):
        lines += ["", *_section(section, list(several), style, everything=everything)]
    if not everything and len(lines) > _MOST_LINES:
        more = len(lines) - _MOST_LINES
        lines = [*lines[:_MOST_LINES], f"and {more:,} more line{'' if more == 1 else 's'}; -v shows all"]
    proof = review_proof(reviewed)
    lines += ["", *style.wrapped(printable(proof))] if proof else []
    return "\n".join(lines + style.assuming(reviewed.assumes))


def review_proof(reviewed: Reviewed) -> str:
    """Return whether what is gained and lost is all of it; empty where nothing is."""
    every = [*(one.regions for one in reviewed.documents), *(one.regions for one in reviewed.principals)]
    found = [regions for regions in every if regions is not None]
    open_ = next((regions.reason for regions in found if not regions.complete), None)
    if open_ is not None:
        return f"not known to be all: {open_}"
    alone = any((one.gained or one.lost) and one.regions is None and one.beside is None for one in reviewed.documents)
    if alone:
        return "of a policy that names principals one request is shown; of all else all is shown: proved"
    return "nothing else is gained or lost by these: proved" if found else ""


def review_markdown(reviewed: Reviewed) -> str:
    """Return what came of a review as a comment, ended by a line break."""
    found = entries(reviewed)
    word, _, meaning = review_headline(found)
    lines = [f"### verifier review: {meaning if word == 'SAME' else _counts(found)}"]
    for section, several in itertools.groupby(found, key=lambda entry: entry.section):
        lines += ["", f"**{section.value.capitalize()}**", ""]
        each = list(several)
        for entry in each[:_MOST_IN_COMMENT]:
            lines.append(f"- {code(entry.name)}: {markdown_words(entry.says)}")
            rows = [f"{entry.sign or ' '} {line}" for line in _regions(entry, everything=False)]
            lines += ["", *fenced("diff", map(printable, rows)), ""] if rows else []
        if len(each) > _MOST_IN_COMMENT:
            lines.append(f"- and {len(each) - _MOST_IN_COMMENT:,} more")
    if reviewed.assumes:
        lines += ["", "<details><summary>Assuming</summary>", ""]
        lines += [*(f"- {markdown_words(one)}" for one in reviewed.assumes), "", "</details>"]
    return "\n".join(_fitting(lines)) + "\n"


def _fitting(lines: Sequence[str]) -> Iterator[str]:
    room = _MOST_CHARACTERS
    for number, line in enumerate(lines):
        room -= len(line) + 1
        if room < 0:
            yield f"and {len(lines) - number:,} more lines"
            return
        yield line


def review_headline(found: Sequence[ReviewEntry]) -> tuple[str, str, str]:
    """Return a word for all that was found, its colour, and what it means."""
    shown = [entry for entry in found if entry.section in _WORDS]
    if not shown:
        return "SAME", "good", "nothing is gained or lost, and no boundary is looser"
    grave = {entry.section for entry in shown if _COLOURS.get(entry.section) == "bad"}
    if grave == {ReviewSection.BROKEN}:
        return "BROKEN", "bad", _counts(shown)
    unsure = any(_COLOURS.get(entry.section) == "unsure" for entry in shown)
    word, colour = ("WIDER", "bad") if grave else ("UNDECIDED", "unsure") if unsure else ("NARROWER", "good")
    return word, colour, _counts(shown)


def _counts(found: Sequence[ReviewEntry]) -> str:
    counts = ((sum(entry.section is section for entry in found), word) for section, word in _WORDS.items())
    return ", ".join(f"{count:,} {word}" for count, word in counts if count)


def _section(section: ReviewSection, found: Sequence[ReviewEntry], style: Style, *, everything: bool) -> Iterator[str]:
    yield style.paint(section.value, "strong")
    shown = found if everything else found[:_MOST_ENTRIES]
    for entry in shown:
        sign = style.paint(entry.sign or " ", _COLOURS.get(section, "faint"))
        yield f"  {sign} {style.paint(plain_or_quoted(entry.name), 'place')}: {printable(entry.says)}"
        yield from (f"      {line}" for line in _regions(entry, everything=everything))
    if len(found) > len(shown):
        yield f"    and {len(found) - len(shown):,} more"


def _regions(entry: ReviewEntry, *, everything: bool) -> Iterator[str]:
    if not entry.regions:
        if entry.request is not None:
            yield f"for example {_request(entry.request)}"
        return
    if everything:
        for region in entry.regions:
            yield from (f"{label:<11}  {text}" for label, text in region_rows(region))
        return
    for region in entry.regions[:_MOST_REGIONS]:
        yield region_line(region)
    if more := len(entry.regions[_MOST_REGIONS:]):
        yield f"and {more:,} more group{'' if more == 1 else 's'} of requests"


def _request(request: Request) -> str:
    context = "".join(
        f", {plain_or_quoted(key.name)} {value if isinstance(value, str) else ', '.join(value)}"
        for key, value in request.context.items()
    )
    by = f" by {plain_or_quoted(request.principal)}" if request.principal else ""
    return f"{plain_or_quoted(request.action)} on {plain_or_quoted(request.resource)}{by}{context}"
