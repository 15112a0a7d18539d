"""Many answers as one HTML page that somebody forwards: the question, how many, what escapes, and a table.

What is long is folded, so that a page of thousands of documents is a few screens before anything is opened. Documents
are grouped by the action that escapes, and by the entry of a statement that lets it through; what answers assume is
said once for all. The page needs no network; its one script filters and sorts the table (`templates/table.js`), and is
let run by its hash.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from verifier.base.dataclass import dataclass
from verifier.base.errors import InputError
from verifier.base.memo import cached_property
from verifier.explanations.explanation import Ruling, WhyAllowed
from verifier.logic.request import Request
from verifier.questions.verdict import Difference, Escapes, Missing, Undecided
from verifier.report.html import (
    allowed_by_hash,
    answer_card,
    pieces_that_fit,
    style_of_page,
    template,
    text_of_template,
)
from verifier.report.provenance import Provenance
from verifier.report.results import Result

_MOST_CHARACTERS = 40_000_000
_MOST_GROUPS = 100
_MOST_QUESTIONS = 25
_MOST_ROWS = 20_000
_MOST_DOUBTS = 100
_SHORTEST_FOLDER = 2


@dataclass(frozen=True)
class Row:
    """One answer in the table: its number, which is its anchor, and what it says in short."""

    number: int
    result: Result
    folder: str = ""

    @property
    def name(self) -> str:
        """The document without the folder that the page names once."""
        return self.result.document.removeprefix(self.folder)

    @cached_property
    def request(self) -> Request | None:
        """The request that the answer shows."""
        match self.result.answer:
            case Escapes(request=request) | Missing(request=request):
                return request
            case Difference(gained=gained, lost=lost):
                return gained or lost
            case _:
                return None

    @property
    def what(self) -> str:
        """What there is to look at, in a few words; empty where there is nothing."""
        if self.request is not None:
            return self.request.action
        match self.result.answer:
            case Undecided(reason=reason):
                return reason
            case InputError() as error:
                return error.message
            case _:
                return ""

    @property
    def has_card(self) -> bool:
        """Whether its answer says more than the row."""
        return self.result.good is not True or self.result.why is not None

    @property
    def entry(self) -> str | None:
        """The entry that lets the request through, as its document writes it."""
        parts = self.result.why.parts if isinstance(self.result.why, WhyAllowed) else ()
        for part in parts:
            if part.ruling is Ruling.ALLOWED and part.statements:
                cited = part.statements[0]
                for piece in cited.pieces:
                    if piece.element in ("Action", "NotAction"):
                        return f"{piece.element} {cited.text_of(piece)}"
        return None


@dataclass(frozen=True)
class GroupOfRows:
    """Answers with something in common, named by it."""

    name: str
    rows: tuple[Row, ...]


def many_page(results: Sequence[Result], made: Provenance, question: str) -> str:
    """Return `results` as the text of an HTML page; `question` names the command, `made` where it is from."""
    style, script = style_of_page("report.css"), text_of_template("table.js")
    folder = _folder([result.document for result in results])
    rows = [Row(number, result, folder) for number, result in enumerate(sorted(results, key=_gravity), 1)]
    words = Counter((result.word, result.good) for result in results)
    cards = pieces_that_fit((answer_card(row.result, row.number) for row in rows if row.has_card), _MOST_CHARACTERS)
    doubts = list(
        dict.fromkeys((source.at(one.span.line), one.message) for result in results for source, one in result.warnings)
    )
    values: dict[str, Any] = {
        "title": _title(results, question),
        "made": made,
        "asked": list(dict.fromkeys(result.asked for result in results))[:_MOST_QUESTIONS],
        "total": len(results),
        "counts": sorted(
            ((word, count, good) for (word, good), count in words.items()), key=lambda row: row[2] is True
        ),
        "groups": [
            ("What escapes", "action", "actions", _grouped(rows, lambda row: row.what)),
            (
                "What lets it through",
                "entry that allows it",
                "entries that allow it",
                _grouped(rows, lambda row: row.entry),
            ),
        ],
        "folder": folder,
        "rows": rows[:_MOST_ROWS],
        "cards": cards,
        "left_out": sum(row.has_card for row in rows) - len(cards),
        "doubts": doubts,
        "most": _MOST_DOUBTS,
        "most_groups": _MOST_GROUPS,
        "assumes": list(dict.fromkeys(one for result in results for one in _assumed(result))),
        "style": style,
        "script": script,
        "allowed": allowed_by_hash(style, script),
    }
    return template("many.html.j2").render(values)


def _folder(documents: Sequence[str]) -> str:
    """Return the folder in which all documents are, with its last slash; empty where it is too short to be left out."""
    folder, slash, _ = os.path.commonprefix(documents).rpartition("/")  # noqa: RUF071 - the last slash ends a folder
    return folder + slash if len(set(documents)) > 1 and len(folder) >= _SHORTEST_FOLDER else ""


def _gravity(result: Result) -> int:
    """Return what comes first: what is bad, then what is doubtful, then what is good."""
    return {False: 0, None: 1, True: 2}[result.good]


def _title(results: Sequence[Result], question: str) -> str:
    asked = {result.asked for result in results}
    documents = f"{len(results):,} documents"
    if question == "sweep" and len(asked) == 1:
        return f"Is each of {documents} {asked.pop()}?"
    if question == "check":
        return f"Do the rules hold for {documents}?"
    return f"What {documents} can do"


def _grouped(rows: Iterable[Row], name: Callable[[Row], str | None]) -> list[GroupOfRows]:
    """Return what is to be looked at, by its name, the largest group first."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        named = name(row) if row.result.good is not True else None
        if named:
            found.setdefault(named, []).append(row)
    groups = [GroupOfRows(named, tuple(several)) for named, several in found.items()]
    return sorted(groups, key=lambda group: -len(group.rows))


def _assumed(result: Result) -> tuple[str, ...]:
    return () if isinstance(result.answer, InputError) else result.answer.assumes
