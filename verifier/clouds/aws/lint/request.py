"""The warnings about a request, by the catalogue, and about a decision on it.

A request can have an action, a resource or a key that AWS does not ask with, and lack keys of every request although a
statement reads them. A decision on it does not say that it is another one under another reading of AWS's guide, or that
no policy decides about the action.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from verifier.base.errors import PolicyWarning, Severity, quote
from verifier.base.source import HasSpan, Span
from verifier.clouds.aws.compile.touched import touched
from verifier.clouds.aws.documents import Documents, Place
from verifier.clouds.aws.evaluate.evaluate import decide, meets_actions
from verifier.clouds.aws.lint.keys import is_known, variables_of
from verifier.clouds.aws.lint.scope import catalogue, near_action, near_key, near_service
from verifier.clouds.aws.policy.readings import Point
from verifier.clouds.aws.policy.syntax import Statement
from verifier.clouds.aws.world.facts import Facts, facts_of
from verifier.clouds.aws.world.global_keys import ALWAYS_PRESENT
from verifier.logic.readings import USUAL, Reading
from verifier.logic.request import Request
from verifier.strings.values import Key

_NOWHERE = Span(1, 1, 1, 1)
_SERVICE = 2  # its place in an ARN
_NEVER_DENIED = {"sts:getcalleridentity", "sts:getsessiontoken"}  # rule 35
_MOST_POINTS = 2  # that are read the other way at once


def lint_request(request: Request, documents: Documents) -> Iterator[PolicyWarning]:
    """Yield the warnings about `request`; where it was read from a text, at their places there."""
    spans = request.spans
    action, resource = (spans.action, spans.resource) if spans else (_NOWHERE, _NOWHERE)
    facts = facts_of(request.action)
    if facts is None:
        yield PolicyWarning(
            f"{catalogue()} has no action {quote(request.action)}{_meant(_near_action(request))}", action.span
        )
    elif not _may_take(facts, request.resource):
        message = (
            f"according to {catalogue()}, `{facts.action}` does not support the resource {quote(request.resource)}"
        )
        yield PolicyWarning(message, resource.span, Severity.NOTE)
    for key in request.context:
        place = spans.keys.get(key, spans.whole) if spans else _NOWHERE
        if not is_known(key):
            message = f"{catalogue()} has no condition key {quote(key.name)}{_meant(near_key(key.folded))}"
            yield PolicyWarning(message, place.span)
        elif facts is not None and not facts.carries(key):
            message = f"according to {catalogue()}, `{facts.action}` does not support {quote(key.name)}"
            yield PolicyWarning(message, place.span, Severity.NOTE)
    whole = spans.whole if spans else _NOWHERE
    yield from _left_out(request, documents, whole)
    if request.action.lower() in _NEVER_DENIED:
        yield PolicyWarning(f"`{request.action}` needs no permission, and no policy can deny it", action.span)
    yield from _hanging(request, documents, whole)


def _may_take(facts: Facts, resource: str) -> bool:
    """Whether the action may be asked on `resource`; a form that leaves the service open says too little."""
    return facts.takes(resource) or not all(_SERVICE in dict(form.fixed) for form in facts.forms)


def _left_out(request: Request, documents: Documents, place: HasSpan) -> Iterator[PolicyWarning]:
    """Yield a note for each key of every request that `request` lacks and statements about its action read."""
    missing = [key for key in ALWAYS_PRESENT if key not in request.context]
    read = [(name, _read(statement)) for name, statement in _about(request, documents)] if missing else []
    for key in missing:
        readers = [name for name, keys in read if key in keys]
        if readers:
            more = f" and {len(readers) - 1} more" if len(readers) > 1 else ""
            sent = f"AWS adds {quote(key.name)} to every signed request, but this request does not have it"
            message = f"{sent}; it is read by {readers[0]}{more}"
            yield PolicyWarning(message, place.span, Severity.NOTE)


def _hanging(request: Request, documents: Documents, place: HasSpan) -> Iterator[PolicyWarning]:
    """Yield a warning where the decision is another one under another reading, the least that makes it so."""
    readings = tuple(_readings(documents))
    usual = decide(documents, request, USUAL) if readings else None
    for points in readings:
        found = decide(documents, request, frozenset(points))
        if found is not usual:
            rules = " and ".join(f"rule {point.rule} ({point.usual}; or {point.other})" for point in points)
            yield PolicyWarning(
                f"the decision depends on {rules}: under the other reading, it is `{found.value}`", place.span
            )
            return


def _readings(documents: Documents) -> Iterator[tuple[Point, ...]]:
    """Yield sets of points that the documents touch, small ones first."""
    found: Reading = frozenset().union(*(touched(policy) for _, policy in documents.placed()))
    points = [point for point in Point if point in found]
    for size in range(1, _MOST_POINTS + 1):
        yield from combinations(points, size)


def _about(request: Request, documents: Documents) -> Iterator[tuple[str, Statement]]:
    """Yield the statements about the action, with their names."""
    for place, policy in documents.placed():
        for statement in policy.statements:
            if statement.actions is None or meets_actions(statement.actions, request):
                yield _name(place, statement), statement


def _name(place: Place, statement: Statement) -> str:
    return f"{place}, statement {statement.index}{'' if statement.sid is None else f' {statement.sid}'}"


def _read(statement: Statement) -> set[Key]:
    found = {condition.key for condition in statement.conditions}
    for condition in statement.conditions:
        found |= {variable.key for value in condition.values for variable in variables_of(value)}
    for entry in statement.resources.entries if statement.resources else ():
        found |= {variable.key for variable in entry.template.variables}
    return found


def _near_action(request: Request) -> str:
    service, name = request.words
    return near_action(service, name) or near_service(service)


def _meant(near: str) -> str:
    return f"; did you mean {quote(near)}?" if near else ""
