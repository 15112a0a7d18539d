"""The answers of a sweep: a line for each document, as text or as JSON, and the summary at the end.

    CONTAINED  policies/reader.json
    ESCAPES    policies/admin.json  iam:AddClientIDToOpenIDConnectProvider on *
    ERROR      policies/old.json:3:17: the operator `StringEqual` is unknown; did you mean `StringEquals`?

    what escapes
      149  iam:PassRole  policies/a.json, policies/b.json, and 147 more

A line begins with the verdict. Unless the style is `verbose`, only lines that somebody should look at are shown, and of
many the first ones: the summary groups all of them by what escapes.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import field
from typing import assert_never

from verifier.base.dataclass import dataclass
from verifier.base.errors import InputError, PolicyWarning
from verifier.base.safe import json_text, plain_or_quoted, printable, quoted
from verifier.base.source import UNCERTAIN
from verifier.bulk.sweep import Swept
from verifier.known_clouds import clouds
from verifier.questions.verdict import Contained, Escapes, Undecided
from verifier.report.answers import JsonAnswer, LeftOutAnswer, answer_of
from verifier.report.diagnostics import severity_text
from verifier.report.escaping import Escaping
from verifier.report.style import GAP, Style

_WORDS = {"contained": "good", "escapes": "bad", "undecided": "unsure", "error": "bad"}
_WIDTH = max(map(len, _WORDS))
_MOST_LINES = 10


@dataclass
class Tally:
    """What came of the documents so far.

    `left_out` are those within files that are of another type, by types, and those that are not certain to be there.
    """

    verdicts: Counter[str] = field(default_factory=Counter)
    vacuous: int = 0
    maybe_vacuous: int = 0
    remembered: int = 0
    assumes: set[str] = field(default_factory=set)
    escaping: Escaping = field(default_factory=Escaping)
    left_out: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        """How many documents were answered."""
        return self.verdicts.total()

    @property
    def to_look_at(self) -> int:
        """How many of them somebody should look at."""
        return self.total - self.verdicts["contained"] + self.vacuous

    def add(self, swept: Swept) -> None:
        """Count the answer to one document."""
        self.verdicts[verdict_of(swept)] += 1
        self.remembered += swept.remembered
        if isinstance(swept.answer, InputError):
            return
        self.assumes.update(swept.answer.assumes)
        if isinstance(swept.answer, Escapes):
            self.escaping.add(swept.answer.request.action, swept.document)
        if isinstance(swept.answer, Contained):
            self.vacuous += swept.answer.vacuous is True
            self.maybe_vacuous += swept.answer.vacuous is None


def verdict_of(swept: Swept) -> str:
    """Return the verdict in a word, `error` for a document that is broken."""
    return "error" if isinstance(swept.answer, InputError) else swept.answer.word


def is_shown(swept: Swept, tally: Tally, style: Style) -> bool:
    """Return whether the line of a document is shown, which is the last one of `tally`."""
    if style.verbose:
        return True
    fine = isinstance(swept.answer, Contained) and not swept.answer.vacuous
    return not fine and tally.to_look_at <= _MOST_LINES


def swept_answer(swept: Swept) -> JsonAnswer:
    """Return the JSON answer to one document."""
    return answer_of(swept.answer, document=swept.document, warnings=swept.warnings)


def swept_text(swept: Swept, style: Style) -> str:
    """Return the line about one document, without a line break; what can be copied is never cut."""
    word = verdict_of(swept)
    head = style.paint(word.upper(), _WORDS[word]) + " " * (_WIDTH - len(word)) + GAP
    name = plain_or_quoted(swept.document)
    match swept.answer:
        case Contained(vacuous=True):
            return f"{head}{name}{GAP}{style.paint('VACUOUS', 'unsure')}: nothing at all is allowed"
        case Contained():
            return head + name
        case Escapes(request=request, fit=fit):
            context = json_text(request.as_json()["context"]) if request.context else ""
            beside = f" with {context}" if context else ""
            on = f"{plain_or_quoted(request.action)} on {plain_or_quoted(request.resource)}{beside}"
            label = f"{GAP}{style.paint('NOT REALISTIC', 'unsure')}: {printable('; '.join(fit.breaks))}"
            leans = f"{GAP}{style.paint('LEANS', 'unsure')}: if {printable(' and '.join(map(str, fit.leans)))}"
            said = f"{on}{leans if fit.leans else ''}{'' if fit.realistic else label}"
            return style.behind(f"{head}{name}", said, _WIDTH + len(GAP))
        case Undecided(reason=reason):
            return style.behind(f"{head}{name}", printable(reason), _WIDTH + len(GAP))
        case InputError() as error:
            text = printable(str(error))
            return head + text if text.startswith(f"{name}:") else f"{head}{name}{GAP}{text}"
    assert_never(swept.answer)


def swept_warning(swept: Swept, warning: PolicyWarning) -> str:
    """Return the line of a warning about one document."""
    place = f"{quoted(swept.document)[1:-1]}:{warning.span.line}:{warning.span.column}"
    return f"{severity_text(warning.severity, Style())}: {place}: {printable(warning.message)}"


def summary_text(tally: Tally, style: Style, *, with_assumptions: bool = True) -> str:
    """Return how many documents had which verdict, lined up, and what the answers assume."""
    rows = [(word, tally.verdicts[word], _WORDS[word]) for word in _WORDS]
    if tally.vacuous:
        rows.insert(1, ("  vacuous", tally.vacuous, "unsure"))
    rows.append(("documents", tally.total, "strong"))
    if tally.remembered:
        rows.append(("  remembered", tally.remembered, "faint"))
    if tally.left_out:
        rows.append(("left out", tally.left_out.total(), "unsure"))
    left, right = max(len(word) for word, _, _ in rows), max(len(f"{count:,}") for _, count, _ in rows)
    lines = [
        f"{word:<{left}}{GAP}{style.paint(f'{count:>{right},}', colour if count else 'faint')}"
        for word, count, colour in rows
    ]
    lines = [*_not_shown(tally, style), *_with_gap(tally.escaping.lines(style)), *lines]
    if tally.left_out:
        lines.append(f"  {left_out_text(tally.left_out)}")
    if with_assumptions and tally.assumes:
        known = tuple(text for cloud in clouds() for text in cloud.every_assumption())
        facts = sorted(tally.assumes.difference(known))  # of the world, where the question is narrowed
        rules = [*facts, *(text for text in known if text in tally.assumes)]
        _, title, *said = style.assuming(tuple(rules))
        lines += ["", f"{title} (each answer some of these; see --format json)", *said]
    return "\n".join(lines)


def left_out_text(left_out: Counter[str]) -> str:
    """Return what documents were left out, and how to ask about them; empty where none were."""
    if not left_out:
        return ""
    kinds = [f"`--type {kind}` ({count:,})" for kind, count in sorted(left_out.items()) if kind != UNCERTAIN]
    said = [f"documents within files that are of another type: ask about them with {', '.join(kinds)}"] if kinds else []
    if uncertain := left_out[UNCERTAIN]:
        what = "list of inline policies" if uncertain == 1 else "lists of inline policies"
        said.append(f"{uncertain:,} {what} that only a `dynamic` block could fill, which a plan does not show")
    return "; ".join(said)


def left_out_answer(left_out: Counter[str]) -> LeftOutAnswer:
    """Return the last line of the JSON answers, where documents were left out."""
    return LeftOutAnswer(left_out=dict(sorted(left_out.items())))


def _not_shown(tally: Tally, style: Style) -> list[str]:
    more = 0 if style.verbose else tally.to_look_at - _MOST_LINES
    return [f"and {more:,} more to look at; `-v` shows a line for each document", ""] if more > 0 else []


def _with_gap(lines: list[str]) -> list[str]:
    return [*lines, ""] if lines else []
