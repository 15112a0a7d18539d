"""Why an answer is what it is: the trace of a counterexample, level by level, or what a containment needs.

    explain(question, answer, ask)  ->  Explanation, or None if the answer was not decided
    nearest(found), missed(found)   ->  the statements that come nearest to a match

The explanation of a counterexample is the evaluator's trace and costs no proof. That of a containment needs proofs
(`needed.py`), and ends with the limits.

If nothing allows a request, the nearest statements are shown: what one would look at first. Statements whose action
matches, so that only a resource or a condition fails, come before those that name the same service, and these before
all others. Only the nearest kind is given. Within it, fewer failing elements are nearer. (The count alone would put
`ec2:*` on everything, which fails by its action only, before the statement about the very action that fails by its
resource and by a condition.)

A Deny is near if it would deny the request without one exception or another: what NotAction excepts counts like what
NotResource or a condition does. An exception, which somebody wrote on purpose, comes before an element that is about
other requests.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple, TypeAlias

from verifier.base.budget import deadline
from verifier.base.errors import SERVICES, LimitReached, quote
from verifier.clouds.cloud import Document, Documents, Statement
from verifier.clouds.split import as_it_is
from verifier.clouds.trace import Failure, Nearness
from verifier.explanations.explanation import Cited, Explanation, LevelTrace, Ruling, WhyAllowed, WhyDifferent
from verifier.explanations.grants import in_levels
from verifier.explanations.needed import needed
from verifier.logic.actions import Effect
from verifier.logic.readings import USUAL, Point, Reading
from verifier.logic.request import Request
from verifier.questions.ask import Ask
from verifier.questions.prove import maximum_of
from verifier.questions.question import AloneQuestion, ConfineQuestion, DiffQuestion, NeedsQuestion, ProveQuestion
from verifier.questions.verdict import (
    Contained,
    Difference,
    Escapes,
    Fit,
    Granted,
    Hinges,
    Missing,
    NeedsVerdict,
    Undecided,
    Verdict,
)

# A statement with its document, and what that is called.
NamedStatement: TypeAlias = tuple[str, Document, Statement]


Explained: TypeAlias = ProveQuestion | NeedsQuestion | ConfineQuestion | DiffQuestion
ExplainedAnswer: TypeAlias = Verdict | NeedsVerdict | Difference
_Named: TypeAlias = tuple[str, Document]


def explain(question: Explained | AloneQuestion, answer: ExplainedAnswer, ask: Ask = Ask()) -> Explanation | None:
    """Return why `answer` is the answer to `question`, or None where that was left undecided, or the time is up.

    If it depends on how AWS's guide is read, the explanation is that of the request under the reading.

    Raises ValueError where the answer is not one to such a question.
    """
    try:
        with deadline(ask.seconds):
            return _explain(question, answer, ask)
    except LimitReached:
        return None


def _explain(question: Explained | AloneQuestion, answer: ExplainedAnswer, ask: Ask) -> Explanation | None:
    match question, answer:
        case ProveQuestion(), Undecided(hinges=Hinges(request, points, fit)):
            reading = _reading(points, fit)
            levels = _levels(question.documents, request, reading)
            return WhyAllowed(request, (*levels, _maximum(question.maximum, request, reading)))
        case ConfineQuestion(), Undecided(hinges=Hinges(request, points, fit)):
            return _beyond_services(question, request, _reading(points, fit))
        case NeedsQuestion(), Undecided(hinges=Hinges(request, points, fit)):
            return _missing(question, request, _reading(points, fit))
        case NeedsQuestion(), Missing():
            return _missing(question, answer.request, _reading((), answer.fit))
        case (NeedsQuestion(), Granted()) | (_, Undecided()):
            return None
        case DiffQuestion(), Difference():
            return _difference(question, answer)
        case AloneQuestion(), Difference():
            return _alone(question, answer)
        case ProveQuestion(), Escapes():
            reading = _reading((), answer.fit)
            levels = _levels(question.documents, answer.request, reading)
            return WhyAllowed(answer.request, (*levels, _maximum(question.maximum, answer.request, reading)))
        case ConfineQuestion(), Escapes():
            return _beyond_services(question, answer.request, _reading((), answer.fit))
        case ProveQuestion(), Contained():
            return None if question.documents.tells_who else needed(question, answer.vacuous, _of(answer, ask))
        case ConfineQuestion(), Contained():
            confined = ProveQuestion(question.documents, maximum_of(question))
            return needed(confined, answer.vacuous, _of(answer, ask), "document")
    raise ValueError(f"a {type(answer).__name__} is not an answer to a {type(question).__name__}")


def _reading(points: Iterable[Point], fit: Fit) -> Reading:
    """Return the reading under which a request is a counterexample."""
    return frozenset((*points, *(one.point for one in fit.leans if one.matches)))


def _alone(question: AloneQuestion, answer: Difference) -> WhyDifferent:
    """Return why the one document gains or loses what `answer` says."""
    document, name = question.document, "new" if question.appeared else "old"
    only_deny = document.cloud.only_denies((document,), question.told)

    def side(request: Request | None, fit: Fit) -> WhyAllowed | None:
        if request is None:
            return None
        part = _part(name, [(name, document)], request, _reading((), fit), only_denies=only_deny)
        return WhyAllowed(request, (part,))

    return WhyDifferent(side(answer.gained, answer.gained_fit), side(answer.lost, answer.lost_fit))


def _missing(question: NeedsQuestion, request: Request, reading: Reading) -> WhyAllowed:
    """Return which needs allow `request`, and what each level says of it: those that stop it come last."""
    needs = _part("needs", [("needs", question.needs)], request, reading)
    levels = _levels(question.documents, request, reading)
    stops = (Ruling.IMPLICIT_DENY, Ruling.EXPLICIT_DENY)
    return WhyAllowed(request, (needs, *sorted(levels, key=lambda part: part.ruling in stops)))


def _of(answer: Contained, ask: Ask) -> Ask:
    """Return `ask` for the requests that `answer` is about."""
    return replace(ask, world=answer.world)


def _levels(documents: Documents, request: Request, reading: Reading = USUAL) -> list[LevelTrace]:
    """Return what each level says of `request`, and each document that only denies."""
    levels, denials = in_levels(documents)
    attached, beside = documents.cloud.attached, documents.open_levels()
    parts = [
        LevelTrace(
            str(level), Ruling.ALLOWED, note=inside[0][1].source.origin or attached.beside_document
        )  # it holds nothing else, and stands in no file
        if all(document.source.stand_in for _, document in inside)
        else _part(
            str(level),
            [(str(place), document) for place, document in inside],
            request,
            reading,
            only_denies=level in beside,
            note=attached.beside_level if level in beside else "",
        )
        for level, inside in levels
        if inside
    ]
    named = [(str(place), document) for place, document in denials]
    shown = [(str(place), document) for place, document in documents.resource_side(request)]
    return [
        *parts,
        *(_part(one[0], [one], request, reading, only_denies=True) for one in named),
        *(_part(one[0], [one], request, reading) for one in shown),
    ]


def _maximum(maximum: Document, request: Request, reading: Reading = USUAL) -> LevelTrace:
    if maximum.source.stand_in:
        return _services(maximum.cloud.services_named(maximum), request)
    return _part("maximum", [("maximum", maximum)], request, reading)


def _services(names: Iterable[str], request: Request) -> LevelTrace:
    """Return what the services `names`, which are all that is allowed, say of a request to another."""
    service, _ = request.words
    named = ", ".join(map(quote, names))
    return LevelTrace(SERVICES, Ruling.IMPLICIT_DENY, note=f"{quote(service)} is not one of {named}")


def _beyond_services(question: ConfineQuestion, request: Request, reading: Reading = USUAL) -> WhyAllowed:
    documents = question.documents
    beside = [one for levels in documents.beside().values() for level in levels for one in level]
    allowed = _part(
        "document",
        [("document", beside[0] if beside else question.document)],
        request,
        reading,
        only_denies=bool(beside),
        note=documents.cloud.attached.beside_document if beside else "",
    )
    return WhyAllowed(request, (allowed, _services(question.services, request)))


def _difference(question: DiffQuestion, answer: Difference) -> WhyDifferent:
    """The document that acts comes first; of two that only deny, gained is what the old one denies
    (`questions/diff.py`).
    """
    old, new = (_named(name, level) for name, level in zip(("old", "new"), question.given, strict=True))
    cloud = question.old.cloud
    only_deny = cloud.only_denies([document for _, document in (*old, *new)], question.told)
    acts, other = (old, new) if only_deny else (new, old)
    respects = question.respects()

    def part(named: Sequence[_Named], request: Request, reading: Reading) -> LevelTrace:
        beside = not only_deny and cloud.attaches([document for _, document in named], question.told) is not None
        note = cloud.attached.beside_document if beside else ""
        name = named[0][0].partition(" ")[0]
        return _part(name, named, request, reading, only_denies=only_deny or beside, note=note)

    def side(request: Request | None, fit: Fit, first: Sequence[_Named], second: Sequence[_Named]) -> WhyAllowed | None:
        if request is None:
            return None
        reading = _reading((), fit)
        seen = next((one.seen for one in respects if one.where == fit.where), as_it_is)
        levels = ([(name, seen(document)) for name, document in named] for named in (first, second))
        return WhyAllowed(request, tuple(part(named, request, reading) for named in levels))

    gained = side(answer.gained, answer.gained_fit, acts, other)
    return WhyDifferent(gained, side(answer.lost, answer.lost_fit, other, acts))


def _named(name: str, level: Sequence[Document]) -> Sequence[_Named]:
    """Return the documents of a level with what they are called."""
    if len(level) == 1:
        return ((name, level[0]),)
    return tuple((f"{name} {number}", document) for number, document in enumerate(level, start=1))


def _part(
    name: str,
    named: Sequence[_Named],
    request: Request,
    reading: Reading = USUAL,
    *,
    only_denies: bool = False,
    note: str = "",
) -> LevelTrace:
    """Return what the documents `named`, as one, say of `request`."""
    denied = [
        (*each, statement) for each in named for statement in each[1].statements if statement.effect is Effect.DENY
    ]
    if any(document.cloud.denies((document,), request, reading) for _, document in named):
        return LevelTrace(name, Ruling.EXPLICIT_DENY, _matching(denied, request, reading))
    near_denies = missed(denied, request, reading)
    if only_denies:
        note = note or ("" if near_denies else "it has no Deny for the action")
        return LevelTrace(name, Ruling.NOT_DENIED, missed=near_denies, note=note)
    allowing = [(*each, s) for each in named for s in each[1].statements if s.effect is Effect.ALLOW]
    if matching := _matching(allowing, request, reading):
        return LevelTrace(name, Ruling.ALLOWED, matching, missed=near_denies)
    near = nearest(allowing, request, reading)
    return LevelTrace(name, Ruling.IMPLICIT_DENY, near.statements, near.more, note=_note(near, request))


def _note(near: Nearest, request: Request) -> str:
    """Return why there is no use in looking at the nearest statements, if so."""
    match near.kind:
        case None:
            return "it has no Allow"
        case Nearness.OTHER:
            return f"it has no Allow for {quote(request.words[0])}"
        case _:
            return ""


def _matching(
    found: Sequence[tuple[str, Document, Statement]], request: Request, reading: Reading
) -> tuple[Cited, ...]:
    matching = (item for item in found if next(item[1].cloud.failures(item[2], request, reading), None) is None)
    return tuple(Cited.of(*item, request, reading) for item in matching)


MOST_NEAREST = 3


class Nearest(NamedTuple):
    """At most `MOST_NEAREST` statements of one kind, and how many more there are of it and the kinds further off."""

    kind: Nearness | None
    statements: tuple[Cited, ...]
    more: int


def nearest(found: Sequence[NamedStatement], request: Request, reading: Reading = USUAL) -> Nearest:
    """Return the statements of `found` that come nearest.

    `found` are statements that do not match, each with its policy and what its document is called.
    """
    kinds = [(_kind(item, request, reading), item) for item in found]
    best = min((kind for kind, _ in kinds), key=lambda kind: kind.value, default=None)
    alike = [item for kind, item in kinds if kind is best]
    first = heapq.nsmallest(MOST_NEAREST, alike, key=lambda item: len(_failed(item, request, reading)))
    return Nearest(best, tuple(Cited.of(*item, request, reading) for item in first), len(kinds) - len(first))


def missed(found: Sequence[NamedStatement], request: Request, reading: Reading = USUAL) -> tuple[Cited, ...]:
    """Return those of `found`, Denies that do not match, that come nearest: at most `MOST_NEAREST`."""
    near = [item for item in found if _reaches(item, request, reading)]
    first = heapq.nsmallest(MOST_NEAREST, near, key=lambda item: _distance(item, request, reading))
    return tuple(Cited.of(*item, request, reading) for item in first)


def _reaches(found: NamedStatement, request: Request, reading: Reading) -> bool:
    """Whether a Deny names the action, be it as one that it excepts."""
    near = _nearness(found, request, reading)
    return near in (Nearness.ACTION, Nearness.EXCEPTED)


def _distance(found: NamedStatement, request: Request, reading: Reading) -> tuple[int, bool]:
    """Return how many elements fail, and whether some are not exceptions."""
    failed = _failed(found, request, reading)
    return len(failed), not all(failure.exception for failure in failed)


def _failed(found: NamedStatement, request: Request, reading: Reading) -> Sequence[Failure]:
    _, document, statement = found
    return tuple(document.cloud.failures(statement, request, reading))


def _kind(found: NamedStatement, request: Request, reading: Reading) -> Nearness:
    """Return how near an Allow is: one that excepts the action names its service."""
    near = _nearness(found, request, reading)
    return Nearness.SERVICE if near is Nearness.EXCEPTED else near


def _nearness(found: NamedStatement, request: Request, reading: Reading) -> Nearness:
    _, document, statement = found
    return document.cloud.nearness(statement, request, reading)
