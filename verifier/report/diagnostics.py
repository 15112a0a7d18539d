"""How errors and warnings look on standard error: place, message, the source line with a caret, and how to fix it.

    error: boundary.json:4:17: the operator `StringEqual` is unknown
       4 |     "Condition": {"StringEqual": {"aws:username": "jane"}}
         |                   ^^^^^^^^^^^^^
      help: did you mean `StringEquals`?

Every text that comes from a document is made printable first (`style.py`).
"""

from __future__ import annotations

from collections.abc import Sequence

from verifier.base.errors import InputError
from verifier.base.safe import printable
from verifier.base.source import Source, Span
from verifier.base.warning import PolicyWarning, Severity
from verifier.report.style import Style
from verifier.report.underlined import Mark, underlined

MOST_WARNINGS = 20
# The word that a warning begins with; what is serious is told from the others without colours too.
_WORDS = {
    Severity.NOTE: ("note", "faint"),
    Severity.WARNING: ("warning", "unsure"),
    Severity.SERIOUS: ("WARNING", "bad"),
}


def error_text(error: InputError, style: Style) -> str:
    """Return `error` as lines for standard error, without a final line break."""
    head = f"{style.paint('error', 'bad')}: {_place(error.source, error.span, style)}{printable(error.message)}"
    help = [f"  {style.paint('help', 'strong')}: {printable(error.help)}"] if error.help else []
    return "\n".join([head, *_quoted(error.source, error.span, style), *help])


def warnings_text(source: Source, warnings: Sequence[PolicyWarning], style: Style) -> str:
    """Return `MOST_WARNINGS` of `warnings` about `source` as lines, the gravest, and how many more there are."""
    lines: list[str] = []
    gravest = sorted(warnings, key=lambda warning: warning.severity, reverse=True)[:MOST_WARNINGS]
    for warning in warnings if len(warnings) <= MOST_WARNINGS else gravest:
        place = _place(source, warning.span, style)
        lines.append(f"{severity_text(warning.severity, style)}: {place}{printable(warning.message)}")
        lines += _quoted(source, warning.span, style)
    if more := len(warnings) - MOST_WARNINGS:
        lines += [f"and {more:,} more warnings about {printable(source.name)}"] if more > 0 else []
    return "\n".join(lines)


def severity_text(severity: Severity, style: Style) -> str:
    """Return the word that a warning begins with."""
    word, colour = _WORDS[severity]
    return style.paint(word, colour)


def warning_text(message: str, style: Style) -> str:
    """Return the one line of a warning about a call."""
    return f"{severity_text(Severity.WARNING, style)}: {printable(message)}"


def usage_text(message: str, style: Style) -> str:
    """Return the one line that says what is wrong with a call."""
    return f"{style.paint('error', 'bad')}: {printable(' '.join(message.split()))}"


def _place(source: Source | None, span: Span | None, style: Style) -> str:
    numbers = (span.line, span.column) if span else ()
    place = printable(source.at(*numbers)) if source else ":".join(map(str, numbers))
    return style.paint(place, "place") + ": " if place else ""


def _quoted(source: Source | None, span: Span | None, style: Style) -> list[str]:
    """Return the source line under its number, and a caret under what `span` covers of it."""
    return [] if source is None or source.stand_in or span is None else underlined(source, [Mark(span)], style)
