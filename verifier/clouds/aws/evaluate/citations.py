"""A statement and one request, cited: the entries and conditions by which it matches, or the elements that fail.

`match_statement` decides, and its failures are what fails. By which entry a statement matches is asked of the same
matchers; of a negated element that is the whole of it, as no entry matches.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.base.errors import quote
from verifier.base.source import Source, Span
from verifier.clouds.aws.evaluate.evaluate import match_statement, meets_actions, naming_actions, naming_resources
from verifier.clouds.aws.evaluate.match_principal import naming_principals
from verifier.clouds.aws.policy.operators import Family
from verifier.clouds.aws.policy.syntax import Condition, Principals, Statement
from verifier.clouds.aws.principals.principal import EVERYONE
from verifier.clouds.trace import ElementTrace, Nearness
from verifier.logic.readings import USUAL, Reading
from verifier.logic.request import Request

_MOST_VALUES = 3
_CLOSING = 16


def pieces(
    source: Source, statement: Statement, request: Request, reading: Reading = USUAL
) -> tuple[ElementTrace, ...]:
    """Return the elements of `statement`, which stands in `source`, that fail; or those by which it matches."""
    return tuple(_failed(source, statement, request, reading)) or tuple(_met(source, statement, request, reading))


def nearness(statement: Statement, request: Request, reading: Reading = USUAL) -> Nearness:
    """Return how near `statement` is to `request` by its actions; that no RCP binds an action excepts it too."""
    actions = statement.actions
    if actions is None or meets_actions(actions, request, reading):
        return Nearness.ACTION
    if actions.negated or any(True for _ in naming_actions(actions, request, reading)):
        return Nearness.EXCEPTED
    service, _ = request.words
    named = any(entry.pattern and entry.pattern.service.matches(service) for entry in actions.naming(service))
    return Nearness.SERVICE if named else Nearness.OTHER


def _failed(source: Source, statement: Statement, request: Request, reading: Reading) -> Iterator[ElementTrace]:
    conditions = {condition.key_span: condition for condition in statement.conditions}
    for failure in match_statement(statement, request, reading):
        condition = conditions.get(failure.span)
        span = failure.span if condition is None else _whole(condition, source)
        yield ElementTrace(failure.element, failure.reason, span, met=False)


def _met(source: Source, statement: Statement, request: Request, reading: Reading) -> Iterator[ElementTrace]:
    if statement.principals is not None and request.principal is not None:
        yield from _met_principals(statement.principals, request, reading)
    if statement.actions is not None:
        if statement.actions.negated:
            yield ElementTrace(
                "NotAction", f"no entry matches {quote(request.action)}", statement.actions.span, met=True
            )
        for action in sorted(naming_actions(statement.actions, request, reading), key=lambda entry: entry.span):
            yield ElementTrace("Action", f"{quote(action.text)} matches {quote(request.action)}", action.span, met=True)
    if statement.resources is not None:
        if statement.resources.negated:
            reason = f"no entry matches {quote(request.resource)}"
            yield ElementTrace("NotResource", reason, statement.resources.span, met=True)
        for resource in naming_resources(statement.resources, request, reading):
            reason = f"{quote(resource.text)} matches {quote(request.resource)}"
            yield ElementTrace("Resource", reason, resource.span, met=True)
    for condition in statement.conditions:
        name = f"{condition.test} {condition.key}"
        yield ElementTrace(name, _holding(condition, request), _whole(condition, source), met=True)


def _met_principals(principals: Principals, request: Request, reading: Reading) -> Iterator[ElementTrace]:
    asks = quote(request.principal or EVERYONE)
    if principals.negated:
        yield ElementTrace("NotPrincipal", f"no entry names {asks}", principals.span, met=True)
    for entry in naming_principals(principals, request, reading) if not principals.negated else ():
        yield ElementTrace("Principal", f"{quote(entry.text)} names {asks}", entry.span, met=True)


def _holding(condition: Condition, request: Request) -> str:
    """Return what the key holds, which is why a condition holds."""
    values = request.values(condition.key)
    if not values:
        return "the key is absent"
    if condition.test.operator.family is Family.NULL and values != ("",):
        return "the key is present"
    shown = ", ".join(map(quote, values[:_MOST_VALUES]))
    more = f" and {len(values) - _MOST_VALUES} more" if len(values) > _MOST_VALUES else ""
    return f"the key {'is' if len(values) == 1 else 'holds'} {shown}{more}"


def _whole(condition: Condition, source: Source) -> Span:
    """Return the span of a condition's key and values, with the bracket that closes a list on their line."""
    first = condition.key_span
    if not condition.values:
        return first
    _, _, line, column = condition.values[-1].span
    rest = source.cut(Span(line, column, line, column + _CLOSING)).partition("\n")[0]
    closing = rest.find("]") + 1 if rest.lstrip().startswith("]") else 0
    return Span(first.line, first.column, line, column + closing)
