"""The warnings about entries of Resource and NotResource, by the catalogue.

An entry can be an ARN of a form that no action of the statement takes, or the text of a template that was not filled
in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from verifier.base.errors import PolicyWarning, Severity, quote
from verifier.base.regex import regex
from verifier.clouds.aws.lint.actions import known_actions
from verifier.clouds.aws.lint.scope import Scope
from verifier.clouds.aws.policy.entries import may_be_arn
from verifier.clouds.aws.policy.syntax import ConditionValue, ResourceEntry, Statement
from verifier.clouds.aws.world.arn_form import ArnForm
from verifier.clouds.aws.world.facts import facts_of
from verifier.strings.machine import Machine
from verifier.strings.pattern import Template, Variable, Wild

# What templates of Jinja, Helm, shells, CI and people put where a value belongs.
_HOLE = regex(r"\{\{[^{}]*\}\}|\{%[^%]*%\}|<[A-Za-z][A-Za-z0-9 _-]*>|\$\([^()]*\)|%[A-Z][A-Z0-9_]+%")
_ACCOUNT = 4
_DIGITS = regex(r"[0-9-]+")
_ACCOUNT_DIGITS = 12


def lint_resources(statement: Statement, scope: Scope) -> Iterator[PolicyWarning]:
    """Yield a warning for each resource that no action takes, and each text of a template that was not filled in."""
    yield from _holes(_texts(statement), statement, scope)
    resources = statement.resources
    severity = scope.raised(statement, Severity.NOTE, Severity.WARNING)
    if resources is None or (severity is Severity.NOTE and not scope.notes):
        return
    forms = () if all(entry.text == "*" for entry in resources.entries) else _forms(statement, scope)
    for entry in resources.entries:
        if forms and not _HOLE.search(entry.text) and not _taken(entry, forms, scope):
            message = (
                f"according to {scope.catalogue}, no action of the statement supports the resource {quote(entry.text)}"
            )
            yield PolicyWarning(message, entry.span, severity)


def _texts(statement: Statement) -> Iterator[ResourceEntry | ConditionValue]:
    if statement.resources is not None:
        yield from statement.resources.entries
    for condition in statement.conditions:
        yield from condition.values


def _holes(
    texts: Iterable[ResourceEntry | ConditionValue], statement: Statement, scope: Scope
) -> Iterator[PolicyWarning]:
    severity = scope.raised(statement, Severity.WARNING, Severity.SERIOUS)
    for each in texts:
        if each.unknown is not None:
            for name in sorted(one for one in scope.placeholders if f"${{{one}}}" in each.unknown.text):
                message = f"{quote(f'${{{name}}}')} looks like an unfilled template placeholder; it is unknown"
                yield PolicyWarning(message, each.span, severity)
            continue
        hole = _HOLE.search(each.text) if len(each.text) <= _LONGEST else None
        if hole is not None:
            message = f"{quote(hole[0])} looks like an unfilled template placeholder; it is read literally"
            yield PolicyWarning(message, each.span, severity)
        elif account := _wrong_account(each.text):
            message = f"the account {quote(account)} in the ARN does not have {_ACCOUNT_DIGITS} digits"
            yield PolicyWarning(message, each.span, severity)


_LONGEST = 2048
_WIDTH = 32


def _wrong_account(text: str) -> str:
    """Return the account of an ARN where it is digits, but not as many as AWS's accounts have."""
    fields = text.split(":", _ACCOUNT + 1)
    if len(fields) <= _ACCOUNT + 1 or fields[0] != "arn":
        return ""
    account = fields[_ACCOUNT]
    wrong = _DIGITS.fullmatch(account) and not (account.isdigit() and len(account) == _ACCOUNT_DIGITS)
    return account if wrong else ""


def _forms(statement: Statement, scope: Scope) -> tuple[ArnForm, ...]:
    """Return the forms of all resources that the actions take; none where one may be asked on any resource."""
    names = known_actions(statement.actions, scope) if statement.actions else None
    found: dict[ArnForm, None] = {}
    for name in names or ():
        facts = facts_of(name)
        if facts is None or not facts.forms or not scope.spend():
            return ()
        found |= dict.fromkeys(facts.forms)
    return tuple(found)


def _taken(entry: ResourceEntry, forms: tuple[ArnForm, ...], scope: Scope) -> bool:
    """Whether some form has a resource that `entry` matches; taken to be so where there was no time to look."""
    if not may_be_arn(entry.template) or len(entry.text) > _LONGEST:
        return True  # there is a warning already, or it is too long to be one
    cost = 1 + len(entry.text) // _WIDTH
    return any(not scope.spend(cost) or meets(form, entry.template) for form in forms)


@lru_cache(maxsize=8192)
def meets(form: ArnForm, template: Template) -> bool:
    """Whether some text is of the form and matches the template, whatever the values of its variables."""
    machine = form.language.machine
    state = machine.start
    for part in template.parts:
        match part:
            case Wild.CHAR:
                state = _any_char(machine, state)
            case Wild.TEXT | Variable():
                state = _from_lowest(machine, state)
            case _:
                for char in part:
                    state = machine.advance(state, char)
                    if not state:
                        return False
    return state & machine.final != 0


def _any_char(machine: Machine, state: int) -> int:
    stays = state & (machine.loops | machine.field_loops)
    return stays | (state & ~machine.final) << 1


def _from_lowest(machine: Machine, state: int) -> int:
    """Return every place that some text leads to: each item is matched by some text, so all behind the first one."""
    lowest = state & -state
    return (machine.final << 1) - lowest if lowest else 0
