"""All warnings about a question: those of its documents, each in its place, of its services, and of its request."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import assert_never

from verifier.base.errors import quote
from verifier.base.source import Source, Span
from verifier.base.warning import SERVICES, Placed, PolicyWarning
from verifier.clouds.aws.catalogue.actions import services
from verifier.clouds.aws.documents import Documents, aws_documents, aws_policy
from verifier.clouds.aws.lint.lint import lint
from verifier.clouds.aws.lint.near import near_service
from verifier.clouds.aws.lint.scope import catalogue
from verifier.clouds.aws.policy.organisation import only_denies
from verifier.clouds.aws.policy.syntax import Policy
from verifier.questions.question import (
    ConfineQuestion,
    DiffQuestion,
    EvaluateQuestion,
    ProveQuestion,
    Question,
    Standard,
)

_SERVICE = re.compile(r"[A-Za-z0-9-]+")  # what is no name of a service is an error
_REQUEST = Source("<request>", "")


def lint_question(question: Question | Standard, request: Source = _REQUEST) -> tuple[Placed, ...]:
    """Return the warnings about `question`, each once, however many places a document has; the gravest stands.

    `request` is the text that the request of an `evaluate` was read from.
    """
    found: dict[tuple[Source, Span, str], Placed] = {}
    for placed in _all(question, request):
        place = (placed.source, placed.warning.span, placed.warning.message)
        if place not in found or found[place].warning.severity < placed.warning.severity:
            found[place] = placed
    return tuple(found.values())


def lint_document(name: str, policy: Policy, *, maximum: bool = False) -> tuple[Placed, ...]:
    """Return the warnings about one document, called `name`."""
    return tuple(Placed(name, policy.source, warning) for warning in lint(policy, maximum=maximum))


def lint_services(names: Iterable[str]) -> tuple[Placed, ...]:
    """Return a warning for each of `names`, services that all else is to be blocked but, that AWS does not have."""
    names = tuple(names)
    source = Source("the named services", " ".join(names), stand_in=True)
    column, found = 1, []
    for name in names:
        if message := no_service(name):
            found.append(Placed(SERVICES, source, PolicyWarning(message, Span(1, column, 1, column + len(name)))))
        column += len(name) + 1
    return tuple(found)


def no_service(name: str) -> str | None:
    """Return what to say of `name`, where it is the name of a service that AWS does not have."""
    if not _SERVICE.fullmatch(name) or name.lower() in services():
        return None
    near = near_service(name.lower())
    meant = f"; did you mean {quote(near)}?" if near else ""
    return f"{catalogue()} has no service {quote(name)}{meant}"


def lint_levels(scps: Iterable[Sequence[Policy]]) -> Iterator[Placed]:
    """Yield a warning for each level of SCPs that only denies."""
    for level in scps:
        if level and only_denies(level):
            message = "the level only denies: it is read together with FullAWSAccess, which AWS attaches"
            yield Placed("scps", level[0].source, PolicyWarning(message, level[0].statements[0].span))


def _all(question: Question | Standard, request: Source) -> Iterator[Placed]:
    match question:
        case DiffQuestion():
            yield from lint_document("old", aws_policy(question.old))
            yield from lint_document("new", aws_policy(question.new))
        case ConfineQuestion():
            yield from lint_document("document", aws_policy(question.document))
            yield from lint_services(question.services)
        case ProveQuestion() | Standard():
            yield from _documents(aws_documents(question.documents))
            yield from lint_document("maximum", aws_policy(question.maximum), maximum=True)
        case EvaluateQuestion():
            from verifier.clouds.aws.lint.request import lint_request  # noqa: PLC0415 - for a request only

            yield from _documents(aws_documents(question.documents))
            for warning in lint_request(question.request, aws_documents(question.documents)):
                yield Placed("request", request, warning)
        case _:
            assert_never(question)


def _documents(documents: Documents) -> Iterator[Placed]:
    for place, policy in documents.placed():
        yield from lint_document(str(place), policy)
    yield from lint_levels(documents.scps)
