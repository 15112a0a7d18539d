"""Warnings and errors as JSON: what answers say of documents and lines, or say instead of an answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from verifier.base.errors import InputError, PlacedWarning, PolicyWarning
from verifier.report.answer_part import AnswerPart


class WarningPart(AnswerPart):
    """Something in a document that is allowed but hardly meant; `document` names it where the answer has several.

    `serious`: a proof that rests on it may mean nothing.
    """

    message: str
    severity: Literal["note", "warning", "serious"]
    document: str | None = None
    line: int | None = None
    column: int | None = None


class ErrorPart(AnswerPart):
    """What is wrong with a line of `batch` or a document of a sweep; `column` counts within the line."""

    message: str
    line: int | None = None
    column: int | None = None
    help: str | None = None


def warning_parts(placed: Iterable[PlacedWarning], line: int = 1) -> list[WarningPart] | None:
    """Return the warnings of an answer, None where there are none."""
    return [_placed(each, line) for each in placed] or None


def warning_part(warning: PolicyWarning, line: int, document: str | None = None) -> WarningPart:
    """Return a warning, with the name of its document if that is told; `line` is the line where its text begins."""
    return WarningPart(
        message=warning.message,
        severity=warning.severity.value,
        document=document,
        line=warning.span.line + line - 1,
        column=warning.span.column,
    )


def _placed(placed: PlacedWarning, line: int) -> WarningPart:
    """Return a warning with the name of its document: the file, or its place in the question."""
    part = warning_part(placed.warning, line, placed.source.name if placed.source.file else placed.name)
    return part.but(line=None, column=None) if placed.source.stand_in else part


def error_part(error: InputError, line: int) -> ErrorPart:
    """Return an error; `line` is the line where its text begins."""
    place = (error.span.line + line - 1, error.span.column) if error.span else (None, None)
    return ErrorPart(message=error.message, line=place[0], column=place[1], help=error.help or None)
