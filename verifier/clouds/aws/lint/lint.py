"""Warnings: what is allowed in a document or a question but hardly meant, by AWS's catalogue too.

    lint(policy)               the warnings about a document
    validate(policy, kind)     the same, as the package offers it
    lint_question(question)    those of all documents of a question, each in its place, its services and its request

What they are about:

    a name that AWS does not have     an action, a service, a condition key; a wildcard that matches no action
    nothing that carries or takes it  a key that no action of the statement carries, a resource that no action takes
    a template not filled in          `${PARTITION}`, `{{ account }}`, `arn:aws:iam::<ACCOUNT_ID>:...`

A warning states a fact about the catalogue, which may lag behind AWS: it never changes a verdict (semantics.md, rules 1
and 4). How grave it is depends on the place. A Deny or an exception that names nothing leaves out what it was written
for, and a proof that rests on it means nothing; so does a maximum that is wider than it looks: these are `SERIOUS`. An
Allow of an action that AWS no longer has does no harm, and is a `NOTE`, unless another name is so near that it was
meant. On which keys and resources an action takes, the catalogue is less sure, so they are one step lower.

Warnings are computed when they are asked for, once for each policy, as a maximum or not. The work is bounded
(`MOST_STEPS`, `MOST_NEAR` in `scope.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, TypeAlias, assert_never

from verifier.base.errors import REQUEST, SERVICES, PlacedWarning, PolicyWarning, Severity, UsageError, quote
from verifier.base.memo import once
from verifier.base.regex import regex
from verifier.base.source import Source, Span
from verifier.clouds.aws.catalogue.actions import services
from verifier.clouds.aws.documents import Documents, aws_documents, aws_policy
from verifier.clouds.aws.lint.actions import lint_actions
from verifier.clouds.aws.lint.scope import Scope, catalogue, near_service
from verifier.clouds.aws.policy.check import only_denies
from verifier.clouds.aws.policy.syntax import Policy, Statement
from verifier.clouds.aws.policy.types import ASKED, PolicyType
from verifier.questions.question import (
    ConfineQuestion,
    DiffQuestion,
    EvaluateQuestion,
    NeedsQuestion,
    ProveQuestion,
    Question,
    Standard,
)


def lint(policy: Policy, *, maximum: bool = False, notes: bool = True) -> tuple[PolicyWarning, ...]:
    """Return all warnings about `policy`, a `maximum` or not: those of the parser and the catalogue's, in their order.

    If both are about one place, only the catalogue's is given, which says more. Without `notes`, mere notes may be left
    out, where finding them costs time.
    """
    if not (maximum or notes):
        return _without_notes(policy)
    return (_of_maximum if maximum else _of_document)(policy)


@once
def _of_document(policy: Policy) -> tuple[PolicyWarning, ...]:
    return _linted(policy, maximum=False)


@once
def _without_notes(policy: Policy) -> tuple[PolicyWarning, ...]:
    return _linted(policy, maximum=False, notes=False)


@once
def _of_maximum(policy: Policy) -> tuple[PolicyWarning, ...]:
    return _linted(policy, maximum=True)


def _linted(policy: Policy, *, maximum: bool, notes: bool = True) -> tuple[PolicyWarning, ...]:
    found = tuple(_of_catalogue(policy, maximum=maximum, notes=notes))
    places = {warning.span for warning in found}
    written = (warning for warning in policy.warnings if warning.span not in places)
    return tuple(sorted((*written, *found), key=lambda warning: warning.span))


def _of_catalogue(policy: Policy, *, maximum: bool, notes: bool) -> Iterator[PolicyWarning]:
    within = policy.source.within
    scope = Scope(maximum=maximum, placeholders=within.placeholders if within else frozenset(), notes=notes)
    for statement in policy.statements:
        yield from lint_actions(statement, scope)
        if not _plain(statement):
            # With them comes what AWS's world is made of, which small documents do not need.
            from verifier.clouds.aws.lint.keys import lint_keys  # noqa: PLC0415 - as it says
            from verifier.clouds.aws.lint.resources import lint_resources  # noqa: PLC0415 - as it says

            yield from lint_keys(statement, scope)
            yield from lint_resources(statement, scope)
    if scope.steps < 0:
        message = f"the document is too large to compare all of it with {scope.catalogue}"
        yield PolicyWarning(message, policy.statements[0].span, Severity.NOTE)


def _plain(statement: Statement) -> bool:
    """Whether a statement has no conditions, and no resources but `*`."""
    return not statement.conditions and (
        statement.resources is None or all(entry.text == "*" for entry in statement.resources.entries)
    )


KindName: TypeAlias = Literal["identity", "boundary", "session", "scp", "rcp", "maximum"]

_KINDS = (*(type_.value for type_ in ASKED), "maximum", PolicyType.RESOURCE.value, PolicyType.TRUST.value)


def validate(policy: Policy, kind: KindName = "identity") -> tuple[PolicyWarning, ...]:
    """Return the warnings about `policy` in its place: what is allowed in it but hardly meant, by AWS's catalogue too.

    An action, a service or a condition key that AWS does not have; a key that no action of a statement carries, a
    resource that no action takes; a template that was not filled in. Each has a `message`, a `span` and a `severity`.
    `kind` is `identity`, `boundary`, `session`, `scp`, `rcp` or `maximum`. Raises UsageError for another.
    """
    named = kind.lower()
    if named not in _KINDS:
        raise UsageError(f"{quote(kind)} is not a type of document", help=f"use one of {', '.join(_KINDS)}")
    return lint(policy, maximum=named == "maximum")


_SERVICE = regex(r"[A-Za-z0-9-]+")  # what is not the name of a service is an error
_REQUEST = Source("<request>", "")


def lint_question(question: Question | Standard, request: Source = _REQUEST) -> tuple[PlacedWarning, ...]:
    """Return the warnings about `question`, each once, however many places a document has; the gravest stands.

    `request` is the text that the request of an `evaluate` was read from.
    """
    found: dict[tuple[Source, Span, str], PlacedWarning] = {}
    for placed in _all(question, request):
        place = (placed.source, placed.warning.span, placed.warning.message)
        if place not in found or found[place].warning.severity < placed.warning.severity:
            found[place] = placed
    return tuple(found.values())


def lint_document(name: str, policy: Policy, *, maximum: bool = False) -> tuple[PlacedWarning, ...]:
    """Return the warnings about one document, called `name`."""
    return tuple(PlacedWarning(name, policy.source, warning) for warning in lint(policy, maximum=maximum))


def lint_services(names: Iterable[str]) -> tuple[PlacedWarning, ...]:
    """Return a warning for each of `names`, services that all else is to be blocked but, that AWS does not have."""
    names = tuple(names)
    source = Source("the named services", " ".join(names), stand_in=True)
    column, found = 1, []
    for name in names:
        if message := no_service(name):
            found.append(
                PlacedWarning(SERVICES, source, PolicyWarning(message, Span(1, column, 1, column + len(name))))
            )
        column += len(name) + 1
    return tuple(found)


def no_service(name: str) -> str | None:
    """Return what to say of `name`, where it is the name of a service that AWS does not have."""
    if not _SERVICE.fullmatch(name) or name.lower() in services():
        return None
    near = near_service(name.lower())
    meant = f"; did you mean {quote(near)}?" if near else ""
    return f"{catalogue()} has no service {quote(name)}{meant}"


def lint_levels(scps: Iterable[Sequence[Policy]]) -> Iterator[PlacedWarning]:
    """Yield a warning for each level of SCPs that only denies."""
    for level in scps:
        if level and only_denies(level):
            message = "the level only denies: it is read together with FullAWSAccess, which AWS attaches"
            yield PlacedWarning("scps", level[0].source, PolicyWarning(message, level[0].statements[0].span))


def _all(question: Question | Standard, request: Source) -> Iterator[PlacedWarning]:
    match question:
        case DiffQuestion():
            for name, level in zip(("old", "new"), question.given, strict=True):
                for document in level:
                    yield from lint_document(name, aws_policy(document))
        case ConfineQuestion():
            yield from lint_document("document", aws_policy(question.document))
            yield from lint_services(question.services)
        case ProveQuestion() | Standard():
            yield from _documents(aws_documents(question.documents))
            yield from lint_document("maximum", aws_policy(question.maximum), maximum=True)
        case NeedsQuestion():
            yield from _documents(aws_documents(question.documents))
            yield from lint_document("needs", aws_policy(question.needs))
        case EvaluateQuestion():
            from verifier.clouds.aws.lint.request import lint_request  # noqa: PLC0415 - for a request only

            yield from _documents(aws_documents(question.documents))
            for warning in lint_request(question.request, aws_documents(question.documents)):
                yield PlacedWarning(REQUEST, request, warning)
        case _:
            assert_never(question)


def _documents(documents: Documents) -> Iterator[PlacedWarning]:
    for place, policy in documents.placed():
        yield from lint_document(str(place), policy)
    yield from lint_levels(documents.scps)
