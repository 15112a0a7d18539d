"""The JSON answers of `managed` as models, like those of `answers.py`.

managed list   {"copied": {...}, "policies": [{"name": "aws:ReadOnlyAccess", ...}, ...]}
managed show   {"name": "aws:ReadOnlyAccess", ..., "document": {...}}
"""

from __future__ import annotations

from typing import Any

from verifier.report.answer_part import AnswerPart


class CopyPart(AnswerPart):
    """Where the AWS managed policies are from; `date` is the day of the newest change among them."""

    date: str
    package: str
    package_version: str


class ListedPart(AnswerPart):
    """A document that has a name; `arn` and `version` are those of an AWS managed policy, `meaning` is a preset's."""

    name: str
    arn: str | None = None
    version: str | None = None
    date: str
    meaning: str | None = None


class ManagedListAnswer(AnswerPart):
    """The answer of `managed list`."""

    copied: CopyPart
    policies: list[ListedPart]


class ManagedShowAnswer(ListedPart):
    """The answer of `managed show`; `origin` is what answers that rest on the document say of it."""

    origin: str
    document: dict[str, Any]
