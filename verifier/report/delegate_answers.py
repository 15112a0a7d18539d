"""What came of a delegation, for people and programs (`verifier delegate`)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, Literal

from verifier.base.safe import plain_or_quoted, printable
from verifier.delegations.answer import (
    DelegationAnswer,
    DelegationProved,
    DelegationRefuted,
    DelegationStep,
    DelegationUndecided,
    MoveProof,
)
from verifier.questions.verdict import request_text
from verifier.report.answer_part import AnswerPart
from verifier.report.counterexample import RequestPart, request_part
from verifier.report.style import Style

_COLOURS = {"proved": "good", "refuted": "bad", "undecided": "unsure"}
_MOST_OPEN = 12


class KeptMove(AnswerPart):
    """A move and whether it is `proved` to keep the invariant; else who can break it, by which request."""

    move: str
    proved: bool
    rows: list[str]
    by: str | None = None
    request: RequestPart | None = None
    reason: str | None = None


class ChainStep(AnswerPart):
    """A step of a chain; `as` is who takes it, `after` the state after it, and the last one has no `move`."""

    move: str | None = None
    request: RequestPart
    parameters: dict[str, Any] | None = None
    effect: str
    after: list[str] | None = None


class DelegateAnswer(AnswerPart):
    """The answer of `delegate`; `outsiders` are what a chain needs besides the design, as `assumes` says."""

    verdict: Literal["proved", "refuted", "undecided"]
    invariant: list[str] | None = None
    kept_by: list[KeptMove] | None = None
    admin: str | None = None
    outsiders: list[str] | None = None
    chain: list[dict[str, Any]] | None = None
    widened: list[KeptMove] | None = None
    reason: str | None = None
    assumes: list[str]


def delegate_answer(found: DelegationAnswer) -> DelegateAnswer:
    """Return the JSON answer."""
    parts: dict[str, Any] = {"verdict": found.word, "assumes": list(found.assumes)}
    match found:
        case DelegationProved():
            parts |= {"invariant": list(found.invariant), "widened": list(map(_kept, found.widened))}
        case DelegationRefuted():
            parts |= {"admin": found.admin, "outsiders": list(found.outsiders)}
            parts["chain"] = list(map(chain_step, found.steps))
        case DelegationUndecided():
            parts |= {"invariant": list(found.invariant), "reason": found.reason}
    return DelegateAnswer(kept_by=list(map(_kept, found.moves)), **parts)


def _kept(move: MoveProof) -> KeptMove:
    breach = move.breach
    if breach is None:
        return KeptMove(move=move.name, proved=True, rows=list(move.rows))
    request = None if breach.request is None else request_part(breach.request)
    return KeptMove(
        move=move.name,
        proved=False,
        rows=list(move.rows),
        by=breach.who,
        request=request,
        reason=breach.reason or move.why,
    )


def chain_step(step: DelegationStep) -> dict[str, Any]:
    """Return a step of a chain as JSON answers have it."""
    part = ChainStep(
        move=step.move,
        request=request_part(step.request),
        parameters=dict(step.parameters) if step.move else None,
        effect=step.effect,
        after=list(step.after) or None,
    )
    return {"as": step.principal, **part.as_json()}


MEANINGS = {
    "proved": "he can never bring about a request outside the maximum, alone or through anybody he can act as",
    "refuted": "he can bring about a request outside the maximum",
    "undecided": "neither a proof nor a chain was found",
}


def delegate_text(found: DelegationAnswer, style: Style) -> str:
    """Return the answer as lines."""
    lines = style.headline(found.word, _COLOURS[found.word], MEANINGS[found.word])
    match found:
        case DelegationProved():
            lines += ["", style.paint("what stays true", "strong"), *_listed(found.invariant, style)]
            lines += ["", f"kept by all {len(found.moves)} moves of the table, each proved"]
            if found.widened:
                names = ", ".join(move.name for move in found.widened)
                lines += style.wrapped(f"he can widen others, whom he cannot act as: {printable(names)}")
        case DelegationRefuted():
            lines += ["", style.paint("how", "strong"), *chain_lines(found.steps, style)]
        case DelegationUndecided():
            lines += ["", *style.wrapped(printable(found.reason))]
            lines += _open(found.moves, style)
    return "\n".join(lines + style.assuming(found.assumes))


def _listed(texts: Sequence[str], style: Style) -> Iterator[str]:
    for text in texts:
        yield from style.wrapped(printable(text), indent=2, hanging=2)


def chain_lines(steps: Sequence[DelegationStep], style: Style) -> Iterator[str]:
    """Yield the steps of a chain as lines."""
    for number, step in enumerate(steps, start=1):
        head = f"{number}. as {plain_or_quoted(step.principal)}: {request_text(step.request)}"
        yield from style.wrapped(head, indent=2, hanging=3)
        for name, value in step.parameters.items():
            yield from style.wrapped(f"{printable(name)}: {printable(parameter_text(value))}", indent=7, hanging=2)
        yield from style.wrapped(f"-> {printable(step.effect)}", indent=5, hanging=3)


def parameter_text(value: Any) -> str:
    """Return the value of a parameter of a call as it is shown: a document as JSON."""
    return value if isinstance(value, str) else json.dumps(value)


def _open(moves: Sequence[MoveProof], style: Style) -> Iterator[str]:
    kept = [move for move in moves if move.breach is None]
    open_ = [move for move in moves if move.breach is not None]
    if open_:
        yield ""
        yield style.paint("moves that are not kept", "strong")
    for move in open_[:_MOST_OPEN]:
        assert move.breach is not None
        request = move.breach.request
        by = f"{move.breach.who}: {request_text(request)}" if request else move.breach.reason
        yield from style.wrapped(f"{printable(move.name)}: {printable(by)}", indent=2, hanging=2)
    if len(open_) > _MOST_OPEN:
        yield f"  and {len(open_) - _MOST_OPEN} more"
    if kept:
        yield f"  {len(kept)} moves are kept"
