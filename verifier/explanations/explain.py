"""Why an answer is what it is: the evaluator's trace of a counterexample, level by level, or what a containment needs.

    explain(question, answer, ask)  ->  Explanation, or None of an answer that was not decided

The explanation of a counterexample costs no proof. That of a containment does (`needed.py`), and ends with the limits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeAlias

from verifier.base.deadline import deadline
from verifier.base.errors import LimitReached, quote
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.evaluate.evaluate import denies
from verifier.clouds.aws.evaluate.match_statement import match_statement
from verifier.clouds.aws.policy.organisation import only_denies as are_denials
from verifier.clouds.aws.policy.syntax import Policy, Statement
from verifier.clouds.aws.policy.types import PolicyType
from verifier.explanations.citations import meet
from verifier.explanations.explanation import Cited, Explanation, Part, Ruling, WhyAllowed, WhyDifferent
from verifier.explanations.nearest import Kind, Nearest, missed, nearest
from verifier.explanations.needed import needed
from verifier.logic.actions import Effect
from verifier.logic.readings import USUAL, Reading
from verifier.logic.request import Request
from verifier.questions.ask import Ask
from verifier.questions.confine import services_maximum
from verifier.questions.question import AloneQuestion, ConfineQuestion, DiffQuestion, ProveQuestion
from verifier.questions.verdict import Contained, Difference, Escapes, Hinges, Undecided, Verdict

Explained: TypeAlias = ProveQuestion | ConfineQuestion | DiffQuestion
_Named: TypeAlias = tuple[str, Policy]
_FULL_ACCESS = "AWS's full access, which is attached beside it, allows it"


def explain(question: Explained | AloneQuestion, answer: Verdict | Difference, ask: Ask = Ask()) -> Explanation | None:
    """Return why `answer` is the answer to `question`, or None where that was left undecided, or the time is up.

    Where it hangs on how AWS's guide is read, the explanation is that of the request under the reading.

    Raises ValueError where the answer is not one to such a question.
    """
    try:
        with deadline(ask.seconds):
            return _explain(question, answer, ask)
    except LimitReached:
        return None


def _explain(question: Explained | AloneQuestion, answer: Verdict | Difference, ask: Ask) -> Explanation | None:
    match question, answer:
        case ProveQuestion(), Undecided(hinges=Hinges(request, points)):
            reading = frozenset(points)
            levels = _levels(question.documents, request, reading)
            return WhyAllowed(request, (*levels, _maximum(question.maximum, request, reading)))
        case ConfineQuestion(), Undecided(hinges=Hinges(request, points)):
            return _beyond_services(question, request, frozenset(points))
        case _, Undecided():
            return None
        case DiffQuestion(), Difference():
            return _difference(question, answer)
        case AloneQuestion(), Difference():
            return _alone(question, answer)
        case ProveQuestion(), Escapes():
            levels = _levels(question.documents, answer.request)
            return WhyAllowed(answer.request, (*levels, _maximum(question.maximum, answer.request)))
        case ConfineQuestion(), Escapes():
            return _beyond_services(question, answer.request)
        case ProveQuestion(), Contained():
            return needed(question, answer.vacuous, _of(answer, ask))
        case ConfineQuestion(), Contained():
            confined = ProveQuestion(question.documents, services_maximum(question.services))
            return needed(confined, answer.vacuous, _of(answer, ask), "document")
    raise ValueError(f"a {type(answer).__name__} is no answer to a {type(question).__name__}")


def _alone(question: AloneQuestion, answer: Difference) -> WhyDifferent:
    """Return why the one document gains or loses what `answer` says."""
    document, name = question.document, "new" if question.appeared else "old"
    only_deny = are_denials((document,))

    def side(request: Request | None) -> WhyAllowed | None:
        if request is None:
            return None
        return WhyAllowed(request, (_part(name, [(name, document)], request, only_denies=only_deny),))

    return WhyDifferent(side(answer.gained), side(answer.lost))


def _of(answer: Contained, ask: Ask) -> Ask:
    """Return `ask` for the requests of which `answer` speaks."""
    return replace(ask, world=answer.world)


def _levels(documents: Documents, request: Request, reading: Reading = USUAL) -> list[Part]:
    """Return what each level says of `request`, and each RCP, which only denies (rule 30)."""
    placed = [(place, (str(place), policy)) for place, policy in documents.placed()]
    beside_full_access = documents.open_levels()
    parts = [
        _attached(str(level))
        if all(policy.source.stand_in for policy in policies)
        else _part(
            str(level),
            [named for place, named in placed if (place.type, place.level) == (level.type, level.level)],
            request,
            reading,
            only_denies=level in beside_full_access,
            note="FullAWSAccess, which AWS attaches to each level, allows it" if level in beside_full_access else "",
        )
        for level, policies in documents.levels()
    ]
    denials = [named for place, named in placed if not place.type.facts.allows]
    return [*parts, *(_part(named[0], [named], request, reading, only_denies=True) for named in denials)]


def _attached(name: str) -> Part:
    """Return what a level says that holds nothing but AWS's full access, which stands in no file."""
    return Part(name, Ruling.ALLOWED, note=_FULL_ACCESS)


def _maximum(maximum: Policy, request: Request, reading: Reading = USUAL) -> Part:
    if maximum.source.stand_in:
        statements = (statement.actions for statement in maximum.statements)
        return _services([entry.text.removesuffix(":*") for one in statements if one for entry in one.entries], request)
    return _part("maximum", [("maximum", maximum)], request, reading)


def _services(names: Iterable[str], request: Request) -> Part:
    """Return what the services `names`, which are all that is allowed, say of a request to another."""
    service, _ = request.words
    named = ", ".join(map(quote, names))
    return Part("services", Ruling.IMPLICIT_DENY, note=f"{quote(service)} is not one of {named}")


def _beyond_services(question: ConfineQuestion, request: Request, reading: Reading = USUAL) -> WhyAllowed:
    documents = question.documents
    beside = [one for levels in documents.beside().values() for level in levels for one in level]
    allowed = _part(
        "document",
        [("document", beside[0] if beside else question.document)],
        request,
        reading,
        only_denies=bool(beside),
        note=_FULL_ACCESS if beside else "",
    )
    return WhyAllowed(request, (allowed, _services(question.services, request)))


def _difference(question: DiffQuestion, answer: Difference) -> WhyDifferent:
    """The document that acts comes first; of two that only deny, gained is what the old one denies (`diff.py`)."""
    old, new = ("old", question.old), ("new", question.new)
    only_deny = are_denials((question.old, question.new))
    acts, other = (old, new) if only_deny else (new, old)

    def beside(policy: Policy) -> bool:
        return not only_deny and question.told is PolicyType.SCP and are_denials((policy,))

    def note(policy: Policy) -> str:
        return _FULL_ACCESS if beside(policy) else ""

    def side(request: Request | None, first: _Named, second: _Named) -> WhyAllowed | None:
        if request is None:
            return None
        parts = (
            _part(name, [(name, policy)], request, only_denies=only_deny or beside(policy), note=note(policy))
            for name, policy in (first, second)
        )
        return WhyAllowed(request, tuple(parts))

    return WhyDifferent(side(answer.gained, acts, other), side(answer.lost, other, acts))


def _part(
    name: str,
    named: Sequence[_Named],
    request: Request,
    reading: Reading = USUAL,
    *,
    only_denies: bool = False,
    note: str = "",
) -> Part:
    """Return what the documents `named`, as one, say of `request`."""
    denied = [
        (*each, statement) for each in named for statement in each[1].statements if statement.effect is Effect.DENY
    ]
    if denies([policy for _, policy in named], request, reading):
        return Part(name, Ruling.EXPLICIT_DENY, _matching(denied, request, reading))
    near_denies = missed(denied, request, reading)
    if only_denies:
        note = note or ("" if near_denies else "no Deny of it speaks of the action")
        return Part(name, Ruling.NOT_DENIED, missed=near_denies, note=note)
    allowing = [(*each, s) for each in named for s in each[1].statements if s.effect is Effect.ALLOW]
    if matching := _matching(allowing, request, reading):
        return Part(name, Ruling.ALLOWED, matching, missed=near_denies)
    near = nearest(allowing, request, reading)
    return Part(name, Ruling.IMPLICIT_DENY, near.statements, near.more, note=_note(near, len(allowing), request))


def _note(near: Nearest, allowing: int, request: Request) -> str:
    """Return why there is no use in looking at the nearest statements, if so."""
    match near.kind:
        case None:
            return "it has no Allow"
        case Kind.OTHER:
            service = quote(request.words[0])
            return f"its Allow does not speak of {service}" if allowing == 1 else f"no Allow of it speaks of {service}"
        case _:
            return ""


def _matching(found: Sequence[tuple[str, Policy, Statement]], request: Request, reading: Reading) -> tuple[Cited, ...]:
    matching = (item for item in found if next(match_statement(item[2], request, reading), None) is None)
    return tuple(meet(*item, request, reading) for item in matching)
