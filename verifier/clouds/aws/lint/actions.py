"""Entries of Action and NotAction and the catalogue: those that match no action of AWS."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from verifier.base.errors import PolicyWarning, Severity, quote
from verifier.clouds.aws.catalogue.actions import named_as, services
from verifier.clouds.aws.lint.scope import Scope, near_action, near_service, split_action
from verifier.clouds.aws.policy.entries import why_no_action
from verifier.clouds.aws.policy.syntax import ActionEntry, Actions, Statement
from verifier.logic.actions import ActionPattern, Effect
from verifier.strings.pattern import ANYTHING, Pattern

# About as many as there are: what a wildcard in the place of the service is compared with.
_ALL = 20_000
_LONGEST = 256


def lint_actions(statement: Statement, scope: Scope) -> Iterator[PolicyWarning]:
    """Yield a warning for each entry that matches no action of AWS."""
    if statement.actions is None:
        return
    idle = [
        entry
        for entry in statement.actions.entries
        if not ((len(entry.text) <= _LONGEST and _is_known(entry.text)) or _matches_some(entry, scope))
    ]
    ending = _ending(statement, len(idle) == len(statement.actions.entries))
    for entry in idle:
        fact, near = _fact(entry, scope)
        meant = f"; did you mean {quote(near)}?" if near else ""
        yield PolicyWarning(f"{fact}{ending}{meant}", entry.span, _severity(entry, statement, near, scope))


def known_actions(given: Actions, scope: Scope) -> tuple[str, ...] | None:
    """Return the actions of AWS that `given` names, in lower case; None where they are all, or all but some, or too
    many to look at.
    """
    if scope.named is None or scope.named[0] is not given:
        scope.named = given, _known_actions(given, scope)
    return scope.named[1]


def _known_actions(given: Actions, scope: Scope) -> tuple[str, ...] | None:
    if given.negated:
        return None
    found: list[str] = []
    for entry in given.entries:
        pattern = entry.pattern
        if pattern is None:
            continue
        service, name = pattern.service.text, pattern.name.text
        if service is not None and name is not None:
            if name in named_as(service):
                found.append(f"{service}:{name}")
            continue
        if service is None or not _affords(pattern, scope):
            return None
        found += matching(pattern)
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=4096)
def matching(pattern: ActionPattern) -> tuple[str, ...]:
    """Return the actions of AWS that `pattern` matches, in lower case."""
    service, name = pattern.service.text, pattern.name.text
    if service is not None and name is not None:
        return (f"{service}:{name}",) if name in named_as(service) else ()
    return tuple(
        f"{each}:{one}"
        for each in (services() if service is None else (service,))
        if pattern.service.matches(each)
        for one in named_as(each)
        if pattern.name.matches(one)
    )


@lru_cache(maxsize=32_768)
def _is_known(text: str) -> bool:
    """Whether an entry is the name of an action, or all of a service, as nearly all are: told by its text alone."""
    service, _, name = text.lower().partition(":") if text.isascii() else ("", "", "")
    return name in named_as(service) or (name == "*" and bool(named_as(service)))


def _matches_some(entry: ActionEntry, scope: Scope) -> bool:
    """Whether an action of AWS matches; taken to be so where there was no time to look."""
    pattern = entry.pattern
    if pattern is None:
        return False
    return _plainly_matches_some(pattern) or not _affords(pattern, scope) or bool(matching(pattern))


@lru_cache(maxsize=32_768)
def _plainly_matches_some(pattern: ActionPattern) -> bool:
    """Whether an action of AWS matches, as far as that can be told without comparing names."""
    service, name = pattern.service.text, pattern.name.text
    if service is None:
        return pattern.service is ANYTHING and pattern.name is ANYTHING
    return name in named_as(service) or (pattern.name is ANYTHING and bool(named_as(service)))


def _affords(pattern: ActionPattern, scope: Scope) -> bool:
    """Whether there is enough left to compare `pattern` with the names that it may match; once is enough."""
    if pattern in scope.seen:
        return True
    service = pattern.service.text
    cost = _ALL if service is None else 1 if pattern.name.text is not None else len(named_as(service))
    if not scope.spend(cost):
        return False
    scope.seen.add(pattern)
    return True


def _fact(entry: ActionEntry, scope: Scope) -> tuple[str, str]:
    """Return what is the matter with an entry that matches nothing, and the nearest right one, or ""."""
    pattern = entry.pattern
    if pattern is None:
        near = split_action(entry.text) if ":" not in entry.text and scope.looks() else ""
        return f"the action {quote(entry.text)} matches nothing: {why_no_action(entry.text)}", near
    service, name = pattern.service.text, pattern.name
    if service is not None and service not in services():
        near = near_service(service) if scope.looks() else ""
        return f"{scope.catalogue} has no service {quote(service)}", near
    if service is None or name.text is None:
        return f"no action in {scope.catalogue} matches {quote(entry.text)}", ""
    return f"{scope.catalogue} has no action {quote(entry.text)}", _near(service, name, scope)


def _near(service: str, name: Pattern, scope: Scope) -> str:
    return near_action(service, name.text) if name.text and scope.looks() else ""


def _ending(statement: Statement, none_left: bool) -> str:
    assert statement.actions is not None
    if statement.actions.negated:
        return "; this entry excludes no action of AWS"
    if not none_left:
        return ""
    if statement.effect is Effect.DENY:
        return "; this Deny denies no action of AWS"
    return "; this Allow allows no action of AWS"


def _severity(entry: ActionEntry, statement: Statement, near: str, scope: Scope) -> Severity:
    """An Allow of what AWS no longer has does no harm, unless another name was meant."""
    assert statement.actions is not None
    if statement.effect is Effect.DENY or statement.actions.negated:
        return Severity.SERIOUS
    if not near:
        return Severity.WARNING if entry.pattern is None else Severity.NOTE
    return Severity.SERIOUS if scope.maximum else Severity.WARNING
