"""The JSON answers of `simplify` and `repair` as models, like those of `answers.py`.

    simplify   {"verdict": "redundant", "removed": [...], "document": {...}, "characters": {...}, ...}
    repair     {"verdict": "repaired", "patched": {...}, "diff": "...", "added": [...], "changed": [...], ...}

They stand apart from `answers.py` for its length only. `patched` and `document` are documents, `text` is one as it
would be written to a file.
"""

from __future__ import annotations

import json
from typing import Any, Literal

from verifier.repairs.repair import Repaired, RepairOutcome
from verifier.report.answer_part import AnswerPart
from verifier.report.counterexample import RequestPart, request_part
from verifier.report.diagnostic_answers import WarningPart
from verifier.report.patch import exact_patch
from verifier.simplification.level import SimplifiedLevel
from verifier.simplification.simplified import Redundancy, Removed, Simplified

_NEW = "boundary.json"


class RemovedPart(AnswerPart):
    """A part that changes nothing: where it stands, and why; `by` names what makes it superfluous."""

    kind: Literal["statement", "action", "resource", "condition", "value"]
    text: str
    statement: int
    sid: str | None = None
    line: int
    column: int
    reason: Literal["repeated", "covered", "shadowed", "denied", "impossible", "needless", "joined"]
    by: list[str]
    why: str


class CharactersPart(AnswerPart):
    """How many characters without white space a document has."""

    before: int
    after: int


class SimplifyAnswer(AnswerPart):
    """The answer of `simplify`; the document is there where parts were left out, and then it is proved."""

    verdict: Literal["redundant", "irredundant", "undecided"]
    removed: list[RemovedPart]
    document: dict[str, Any] | None = None
    text: str | None = None
    proved: bool | None = None
    characters: CharactersPart
    reason: str | None = None
    assumes: list[str]
    warnings: list[WarningPart] | None = None


class RemovedOfLevel(RemovedPart):
    """A part of one of the documents of a level."""

    document: str


class SimplifyLevelAnswer(AnswerPart):
    """The answer of `simplify` for a level; the documents are there where something changed, and then they are proved.

    `moved` counts the statements that are in another document now; `fits`: the documents are within AWS's quotas.
    """

    verdict: Literal["redundant", "irredundant", "undecided"]
    removed: list[RemovedOfLevel]
    moved: int
    documents: list[dict[str, Any]] | None = None
    proved: bool | None = None
    characters: CharactersPart
    fits: bool
    reason: str | None = None
    assumes: list[str]
    warnings: list[WarningPart] | None = None


class ChangedPart(AnswerPart):
    """A statement of the boundary, and what stands in its place now."""

    statement: int
    sid: str | None = None
    line: int
    now: list[dict[str, Any]]


class RepairAnswer(AnswerPart):
    """The answer of `repair`; the boundary is there where one was found, and then it is proved."""

    verdict: Literal["contained", "repaired", "no-repair"]
    patched: dict[str, Any] | None = None
    text: str | None = None
    diff: str | None = None
    added: list[dict[str, Any]] | None = None
    changed: list[ChangedPart] | None = None
    statements: int | None = None
    characters: int | None = None
    most: int | None = None
    proved: bool | None = None
    reason: str | None = None
    request: RequestPart | None = None
    assumes: list[str]
    warnings: list[WarningPart] | None = None


def simplify_answer(found: Simplified) -> SimplifyAnswer:
    """Return the answer that says `found`."""
    before, after = found.characters
    removed = [RemovedPart(**_removed(part)) for part in found.removed]
    return SimplifyAnswer(
        verdict=found.redundancy.value,
        removed=removed,
        document=json.loads(found.text) if removed else None,
        text=found.text if removed else None,
        proved=True if removed else None,
        characters=CharactersPart(before=before, after=after),
        reason=found.reason,
        assumes=list(found.assumes),
    )


def simplify_level_answer(found: SimplifiedLevel) -> SimplifyLevelAnswer:
    """Return the answer that says `found`."""
    before, after = found.characters
    is_new = found.redundancy is Redundancy.REDUNDANT
    return SimplifyLevelAnswer(
        verdict=found.redundancy.value,
        removed=[RemovedOfLevel(document=name, **_removed(part)) for name, part in found.removed],
        moved=found.moved,
        documents=[json.loads(text) for text in found.documents] if is_new else None,
        proved=True if is_new else None,
        characters=CharactersPart(before=before, after=after),
        fits=found.fits,
        reason=found.reason,
        assumes=list(found.assumes),
    )


def _removed(part: Removed) -> dict[str, Any]:
    return {
        "kind": part.kind.value,
        "text": part.text,
        "statement": part.statement,
        "sid": part.sid,
        "line": part.span.line,
        "column": part.span.column,
        "reason": part.reason.value,
        "by": list(part.by),
        "why": part.why,
    }


def repair_answer(found: Repaired) -> RepairAnswer:
    """Return the answer that says `found`."""
    request = request_part(found.request) if found.request else None
    if found.outcome is not RepairOutcome.REPAIRED or found.text is None:
        return RepairAnswer(
            verdict=found.outcome.value, reason=found.reason, request=request, assumes=list(found.assumes)
        )
    old, name = (found.source.text, found.source.name) if found.source else (None, _NEW)
    changed = [
        ChangedPart(statement=one.statement, sid=one.sid, line=one.line, now=[dict(new) for new in one.now])
        for one in found.changed
    ]
    return RepairAnswer(
        verdict="repaired",
        patched=json.loads(found.text),
        text=found.text,
        diff=exact_patch(old, found.text, name),
        added=[dict(one) for one in found.added],
        changed=changed,
        statements=found.statements,
        characters=found.characters,
        most=found.most,
        proved=True,
        assumes=list(found.assumes),
    )
