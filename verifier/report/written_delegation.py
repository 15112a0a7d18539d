"""A delegation that `delegate --write` wrote, for people and programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from verifier.base.safe import json_text, printable
from verifier.delegations.written import DelegationWriting, LeftOut, WrittenDelegation
from verifier.report.answer_part import AnswerPart
from verifier.report.delegate_answers import KeptMove, delegate_answer
from verifier.report.style import Style

_PROVED = "nobody can climb out of these documents; they allow the services, without what is left out"
_NOTHING = "nothing that is proved was found, so no document is shown"


class LeftOutPart(AnswerPart):
    """Actions of the services that the documents do not allow, and why."""

    actions: list[str]
    why: str


class WrittenAnswer(AnswerPart):
    """The answer of `delegate --write`; the documents are there where they are proved.

    `policies` are managed policies of the administrator, `maximum` is what the proof bounds whom he makes by.
    """

    verdict: Literal["proved", "undecided"]
    boundary_arn: str | None = None
    policies: list[dict[str, Any]] | None = None
    boundary: dict[str, Any] | None = None
    maximum: dict[str, Any] | None = None
    left_out: list[LeftOutPart] | None = None
    invariant: list[str] | None = None
    kept_by: list[KeptMove] | None = None
    reason: str | None = None
    assumes: list[str] | None = None


def written_answer(found: DelegationWriting) -> WrittenAnswer:
    """Return the JSON answer."""
    if not isinstance(found, WrittenDelegation):
        return WrittenAnswer(verdict="undecided", reason=found.reason)
    documents, proof = found.documents, delegate_answer(found.proof)
    return WrittenAnswer(
        verdict="proved",
        boundary_arn=found.boundary_arn,
        policies=list(map(dict, documents.policies)),
        boundary=dict(documents.boundary),
        maximum=dict(documents.maximum),
        left_out=[LeftOutPart(actions=list(one.actions), why=one.why) for one in found.left_out],
        invariant=proof.invariant,
        kept_by=proof.kept_by,
        assumes=proof.assumes,
    )


def written_text(found: DelegationWriting, style: Style) -> str:
    """Return the answer as lines: each document under the name of its file."""
    if not isinstance(found, WrittenDelegation):
        return "\n".join([*style.headline(found.word, "unsure", _NOTHING), "", *style.wrapped(printable(found.reason))])
    lines = style.headline(found.word, "good", _PROVED)
    for name, document in found.documents.files():
        lines += ["", style.paint(name, "strong"), json_text(document, indent=2)]
    if found.left_out:
        lines += ["", style.paint("left out", "strong"), *_left_out(found.left_out, style)]
    lines += ["", style.paint("what stays true", "strong")]
    for text in found.proof.invariant:
        lines += style.wrapped(printable(text), indent=2, hanging=2)
    return "\n".join(lines + style.assuming(found.proof.assumes))


def _left_out(parts: tuple[LeftOut, ...], style: Style) -> Iterator[str]:
    for one in parts:
        yield from style.wrapped(f"{', '.join(one.actions)}: {one.why}", indent=2, hanging=2)
