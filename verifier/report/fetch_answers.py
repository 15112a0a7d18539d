"""The JSON answer of `fetch-account` as a model, like those of `answers.py`.

{"accounts": [{"account": "111122223333", "folder": "account", "counts": {"UserDetailList": 3, ...}, ...}]}
"""

from __future__ import annotations

from verifier.report.answer_part import AnswerPart


class UnreadPart(AnswerPart):
    """What could not be read: the file that lacks it, the permission of the call, and the error of AWS."""

    file: str
    call: str | None = None
    region: str | None = None
    resource: str | None = None
    reason: str
    message: str | None = None


class FetchedPart(AnswerPart):
    """An account and its folder; `left_out` says why a file is not there, by its name."""

    account: str
    folder: str
    caller: str
    counts: dict[str, int]
    regions: list[str]
    left_out: dict[str, str]
    not_read: list[UnreadPart]
    not_offered: dict[str, list[str]]


class FetchAnswer(AnswerPart):
    """The answer of `fetch-account`."""

    accounts: list[FetchedPart]
