"""The explanation of an answer as JSON: models like those of `answers.py`, which joins them under `explanation`.

    of a counterexample   {"documents": [{"document": "policy", "decides": "allowed", "statements": [...]}, ...]}
    of a containment      {"grants": [...], "needed": [...], "unneeded": [...], ...}

They stand apart from `answers.py` for its length only. Whatever stands in a source has `line`, `column`, `end_line`,
`end_column` (from 1, the end excluded) and `text`, the very text, unless that is hidden; `source` names it.
"""

from __future__ import annotations

from typing import Any, Literal

from verifier.base.source import Source, Span
from verifier.clouds.trace import ElementTrace
from verifier.explanations.explanation import Cited, Grant, LevelTrace, Limit, WhyAllowed, WhyContained
from verifier.report.answer_part import AnswerPart


class _Placed(AnswerPart):
    """Something that stands in a source."""

    line: int
    column: int
    end_line: int
    end_column: int
    text: str | None = None


class PiecePart(_Placed):
    """An element of a statement, or an entry of it, that the request meets or not, and by what."""

    element: str
    met: bool
    reason: str


class NamedPart(AnswerPart):
    """A statement by name: its document, its index there, from 0, and its Sid where it has one."""

    document: str
    index: int
    sid: str | None = None


class CitedPart(_Placed):
    """A statement, and the pieces of it that decide."""

    document: str
    source: str
    index: int
    sid: str | None = None
    effect: Literal["Allow", "Deny"]
    pieces: list[PiecePart] | None = None


class LevelPart(AnswerPart):
    """What one level says of a request: by the statements that decide, or by the nearest where none matches;
    `more` others are not given. `missed` are Denies that nearly match.
    """

    document: str
    decides: Literal["allowed", "implicit-deny", "explicit-deny", "not-denied"]
    statements: list[CitedPart]
    more: int
    missed: list[CitedPart]
    note: str | None = None


class RequestExplanation(AnswerPart):
    """Why a request is a counterexample, level by level."""

    documents: list[LevelPart]


class LimitPart(AnswerPart):
    """What holds a grant back: that a level must allow too, or a Deny statement."""

    document: str
    statement: CitedPart | None = None


class GrantPart(AnswerPart):
    """An Allow of a policy, and what holds it within the maximum; `least`: no limit can be left out.

    The `statement` of a document that AWS attaches has no place.
    """

    statement: CitedPart | NamedPart
    held: Literal["by-itself", "by-limits", "not-found-out"]
    limits: list[LimitPart]
    least: bool
    blocked: bool | None = None
    through: list[NamedPart]
    through_unknown: list[NamedPart]


class ContainmentExplanation(AnswerPart):
    """What a containment needs, what not, and of what that was not found out."""

    grants: list[GrantPart]
    needed: list[LimitPart]
    unneeded: list[LimitPart]
    unknown: list[LimitPart]
    idle: list[CitedPart]
    blocked_by: list[LimitPart] | None = None


def explained_request(why: WhyAllowed) -> RequestExplanation:
    """Return why a request is a counterexample, for JSON."""
    return RequestExplanation(documents=[_level(part) for part in why.parts])


def explained_containment(why: WhyContained) -> ContainmentExplanation:
    """Return what a containment needs, for JSON."""
    return ContainmentExplanation(
        grants=list(map(_grant, why.grants)),
        needed=list(map(_limit, why.needed)),
        unneeded=list(map(_limit, why.unneeded)),
        unknown=list(map(_limit, why.unknown)),
        idle=list(map(_cited, why.idle)),
        blocked_by=list(map(_limit, why.blocked_by)) if why.vacuous else None,
    )


def _level(part: LevelTrace) -> LevelPart:
    return LevelPart(
        document=part.name,
        decides=part.ruling.value,
        statements=list(map(_cited, part.statements)),
        more=part.more,
        missed=list(map(_cited, part.missed)),
        note=part.note or None,
    )


def _cited(cited: Cited) -> CitedPart:
    statement = cited.statement
    return CitedPart(
        document=cited.document,
        source=cited.source.name,
        index=statement.index,
        sid=statement.sid,
        effect=statement.effect.value,
        pieces=[_piece(piece, cited.source) for piece in cited.pieces] or None,
        **_place(cited.source, statement.span),
    )


def _piece(piece: ElementTrace, source: Source) -> PiecePart:
    return PiecePart(element=piece.element, met=piece.met, reason=piece.reason, **_place(source, piece.span))


def _place(source: Source, span: Span) -> dict[str, Any]:
    return {**span._asdict(), "text": None if source.hidden else source.cut(span)}


def _limit(limit: Limit) -> LimitPart:
    return LimitPart(document=limit.document, statement=_cited(limit.statement) if limit.statement else None)


def _grant(grant: Grant) -> GrantPart:
    return GrantPart(
        statement=_cited(grant.statement) if grant.statement.stands else _named(grant.statement),
        held=grant.held.value,
        limits=list(map(_limit, grant.limits)),
        least=grant.least,
        blocked=grant.blocked,
        through=list(map(_named, grant.through)),
        through_unknown=list(map(_named, grant.through_unknown)),
    )


def _named(cited: Cited) -> NamedPart:
    return NamedPart(document=cited.document, index=cited.statement.index, sid=cited.statement.sid)
