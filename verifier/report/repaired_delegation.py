"""A delegation that `delegate --repair` repaired, for people and programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from verifier.base.safe import printable
from verifier.delegations.repaired import DelegationEdit, DelegationRepair, EditedDocument, RepairedDelegation
from verifier.report.answer_part import AnswerPart
from verifier.report.delegate_answers import KeptMove, delegate_answer
from verifier.report.edited import Edit
from verifier.report.patch import exact_patch, patch_rows, patch_text
from verifier.report.style import Style

_REPAIRED = "with these edits nobody can climb out, and each of them is needed"
_NOTHING = "there is nothing to repair: nobody can climb out"


class DelegationEditPart(AnswerPart):
    """What is done to `actions` in a document: in one of its statements, or in a new one."""

    document: str
    statement: int | None = None
    sid: str | None = None
    actions: list[str]
    what: str


class EditedDocumentPart(AnswerPart):
    """A document as it is after the edits; `diff` leads from what it was, where it is another."""

    name: str
    text: str
    diff: str | None = None


class DelegationRepairAnswer(AnswerPart):
    """The answer of `delegate --repair`; the documents are there where they are proved."""

    verdict: Literal["repaired", "proved", "no-repair"]
    edits: list[DelegationEditPart] | None = None
    documents: list[EditedDocumentPart] | None = None
    invariant: list[str] | None = None
    kept_by: list[KeptMove] | None = None
    reason: str | None = None
    assumes: list[str] | None = None


def delegation_repair_answer(found: DelegationRepair) -> DelegationRepairAnswer:
    """Return the JSON answer."""
    if not isinstance(found, RepairedDelegation):
        return DelegationRepairAnswer(verdict="no-repair", reason=found.reason)
    proof = delegate_answer(found.proof)
    return DelegationRepairAnswer(
        verdict="repaired" if found.edits else "proved",
        edits=list(map(_edit, found.edits)),
        documents=list(map(_document, found.documents)),
        invariant=proof.invariant,
        kept_by=proof.kept_by,
        assumes=proof.assumes,
    )


def _edit(edit: DelegationEdit) -> DelegationEditPart:
    return DelegationEditPart(
        document=edit.document, statement=edit.statement, sid=edit.sid, actions=list(edit.actions), what=edit.what
    )


def _document(document: EditedDocument) -> EditedDocumentPart:
    diff = exact_patch(document.before, document.text, document.name) if document.is_changed else None
    return EditedDocumentPart(name=document.name, text=document.text, diff=diff)


def delegation_repair_text(found: DelegationRepair, style: Style) -> str:
    """Return the answer as lines, the edits as a unified diff of each document."""
    if not isinstance(found, RepairedDelegation):
        said = f"no repair found: {printable(found.reason)}"
        return "\n".join(style.headline("no-repair", "unsure", said))
    if not found.edits:
        lines = style.headline("proved", "good", _NOTHING)
    else:
        lines = [*style.headline("repaired", "good", _REPAIRED), "", *_edits(found.edits, style)]
    for document in found.documents:
        if document.is_changed:
            lines += ["", patch_text(document.before, document.text, document.name, style)]
    lines += ["", style.paint("what stays true", "strong")]
    for text in found.proof.invariant:
        lines += style.wrapped(printable(text), indent=2, hanging=2)
    return "\n".join(lines + style.assuming(found.proof.assumes))


def delegation_edit(found: DelegationRepair) -> Edit:
    """Return the parts of the answer that a notebook shows."""
    if not isinstance(found, RepairedDelegation):
        return Edit("no-repair", None, f"no repair found: {found.reason}", (), (), ())
    word, said = ("repaired", _REPAIRED) if found.edits else ("proved", _NOTHING)
    changed = [one for one in found.documents if one.is_changed]
    rows = tuple(row for one in changed for row in patch_rows(one.before, one.text, one.name))
    return Edit(word, True, said, tuple(map(_said, found.edits)), rows, found.proof.assumes)


def _edits(edits: tuple[DelegationEdit, ...], style: Style) -> Iterator[str]:
    for edit in edits:
        yield from style.wrapped(printable(_said(edit)), indent=2, hanging=2)


def _said(edit: DelegationEdit) -> str:
    place = edit.document if edit.statement is None else f"{edit.document}, statement {edit.statement}"
    named = f" {edit.sid}" if edit.sid else ""
    what = f"{', '.join(edit.actions)}: {edit.what}" if edit.actions else edit.what
    return f"{place}{named}: {what}"
