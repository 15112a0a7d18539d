"""The reports of a sweep, which are written at its end.

    SweepReport    what `--format html` and the like show, instead of a line a document
    SweepLines     the lines of `-o text=FILE` and `-o json=FILE`, with nothing left out

Documents are kept only until they are answered. A counterexample is explained here, from the document itself: what the
workers send back is the answer alone.
"""

from __future__ import annotations

import dataclasses
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from verifier.base.budget import deadline
from verifier.base.errors import LimitReached
from verifier.base.safe import json_text
from verifier.bulk.sweep import read_level
from verifier.cli.provenance import made_by_call
from verifier.clouds.aws.lint.lint import lint_question
from verifier.explanations.explain import explain
from verifier.questions.verdict import Escapes
from verifier.report.results import Form, Result, render
from verifier.report.style import Style
from verifier.report.swept import left_out_answer, left_out_text, summary_text, swept_answer, swept_text

if TYPE_CHECKING:
    from verifier.bulk.items import Item
    from verifier.bulk.sweep import Swept
    from verifier.clouds.cloud import Document
    from verifier.explanations.explanation import Explanation
    from verifier.questions.ask import Ask
    from verifier.questions.question import Standard
    from verifier.report.swept import Tally

_IN_FULL = Style(verbose=True)


class SweepReport:
    """The results so far; `standard` is what every document is compared with.

    An explanation takes no longer than the answer may, asked as `ask` says.
    """

    def __init__(self, standard: Standard, ask: Ask) -> None:
        self._standard = standard
        self._ask = ask
        self._waiting: deque[Item] = deque()
        self._results: list[Result] = []

    def watch(self, items: Iterable[Item]) -> Iterator[Item]:
        """Yield `items`, and keep each until its answer comes."""
        for item in items:
            self._waiting.append(item)
            yield item

    def add(self, swept: Swept) -> None:
        """Take the answer to the next document: answers come in the order of the documents."""
        item = self._waiting.popleft()
        result = Result.of(self._standard, swept.answer, self._why(item, swept), placed=())
        source = item.source_of()
        warnings = tuple((source, warning) for warning in swept.warnings)
        if not self._results:  # those about the limiting documents, once
            warnings += tuple((placed.source, placed.warning) for placed in lint_question(self._standard))
        file = item.source if item.file else None
        files = (*result.files, file) if file else result.files
        result = dataclasses.replace(result, document=swept.document, warnings=warnings, file=file, files=files)
        self._results.append(result)

    def _why(self, item: Item, swept: Swept) -> Explanation | None:
        """Return why a counterexample is one, where the time suffices."""
        if not isinstance(swept.answer, Escapes):
            return None
        with suppress(LimitReached), deadline(self._ask.seconds):
            return explain(self._standard.question(*self._read(item)), swept.answer, self._ask)
        return None

    def render(self, form: Form, tally: Tally) -> str:
        """Return the report in `form`, which says what `tally` left out."""
        return render(self._results, form, "sweep", made=made_by_call, left_out=left_out_text(tally.left_out))

    def _read(self, item: Item) -> tuple[Document, ...]:
        """Return the documents with the lines of their files."""
        assert isinstance(item.text, str)
        placed = dataclasses.replace(item, text="\n" * (item.line - 1) + item.text)
        return read_level(self._standard.maximum.cloud, placed, self._standard.told)


class SweepLines:
    """A line for each document, in `form`, text or JSON; text ends with the summary of `tally`, JSON with what is left
    out.
    """

    def __init__(self, form: str, tally: Tally) -> None:
        self._as_json = form == "json"
        self._tally = tally
        self._lines: list[str] = []

    def add(self, swept: Swept) -> None:
        """Keep the line of the next document."""
        text = json_text(swept_answer(swept).as_json()) if self._as_json else swept_text(swept, _IN_FULL)
        self._lines.append(text)

    def render(self) -> str:
        """Return the lines."""
        left_out = self._tally.left_out
        if self._as_json:
            end = [json_text(left_out_answer(left_out).as_json())] if left_out else []
        else:
            end = ["", summary_text(self._tally, _IN_FULL, with_assumptions=True)]
        return "".join(f"{line}\n" for line in (*self._lines, *end))
