"""Condition keys and policy variables and the catalogue: those that AWS does not have, or no action carries."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from verifier.base.errors import PolicyWarning, Severity, quote
from verifier.base.source import HasSpan
from verifier.clouds.aws.catalogue.keys import key_facts
from verifier.clouds.aws.lint.actions import known_actions
from verifier.clouds.aws.lint.scope import Scope, near_key
from verifier.clouds.aws.policy.operators import Family
from verifier.clouds.aws.policy.syntax import Condition, ConditionValue, Statement
from verifier.clouds.aws.world.facts import facts_of
from verifier.clouds.aws.world.global_keys import is_global, is_of_session
from verifier.logic.actions import Effect
from verifier.strings.pattern import ArnTemplate, Template, Variable
from verifier.strings.values import Key

# Keys that AWS has and the catalogue lacks: "Authorizing direct calls to AWS services using AWS IoT Core credential
# provider" of the IoT guide, and AWS's own policy AWSSSOServiceRolePolicy.
_LACKING = frozenset(
    {
        "aws:principalorgmasteraccountid",
        "credentials-iot:awscertificateid",
        "credentials-iot:thingname",
        "credentials-iot:thingtypename",
    }
)


def lint_keys(statement: Statement, scope: Scope) -> Iterator[PolicyWarning]:
    """Yield a warning for each key that AWS does not have, or that no action of the statement carries."""
    carried: dict[Key, bool] = {}
    for condition in statement.conditions:
        if is_known(condition.key):
            if not _carried(condition.key, statement, carried, scope):
                key = quote(condition.key.name)
                message = f"according to {scope.catalogue}, no action of the statement supports the condition key {key}"
                severity = scope.raised(statement, Severity.NOTE, Severity.WARNING)
                yield PolicyWarning(message + _then(condition, statement), condition.key_span, severity)
        else:
            yield _unknown(condition, statement, scope)
        for value in condition.values:
            yield from lint_variables(variables_of(value), value.place, statement, scope)
    for entry in statement.resources.entries if statement.resources else ():
        yield from lint_variables(entry.template.variables, entry.place, statement, scope)


def lint_variables(
    variables: tuple[Variable, ...], place: HasSpan, statement: Statement, scope: Scope
) -> Iterator[PolicyWarning]:
    """Yield a warning for the first of `variables` that is none: a template that was not filled in, or a wrong key."""
    for variable in variables:
        if is_known(variable.key):
            continue
        severity = scope.raised(statement, Severity.WARNING, Severity.SERIOUS)
        written = quote(f"${{{variable.key.name}}}")
        if _looks_like_a_template(variable.key):
            message = f"{written} looks like an unfilled template placeholder: AWS has no condition key of that name"
        else:
            message = f"{scope.catalogue} has no condition key {quote(variable.key.name)}"
        then = "it never has a value" if variable.default is None else "its default is always used"
        yield PolicyWarning(f"{message}; {then}{_meant(variable.key, scope)}", place.span, severity)
        return


@lru_cache(maxsize=4096)
def is_known(key: Key) -> bool:
    """Whether AWS has a condition key of that name: by the catalogue, or as one of those that it lacks."""
    folded = key.folded
    return ":" in folded and (key_facts(folded) is not None or is_of_session(folded) or folded in _LACKING)


def _unknown(condition: Condition, statement: Statement, scope: Scope) -> PolicyWarning:
    key = condition.key
    message = f"{scope.catalogue} has no condition key {quote(key.name)}"
    severity = scope.raised(statement, Severity.WARNING, Severity.SERIOUS)
    return PolicyWarning(message + _then(condition, statement) + _meant(key, scope), condition.key_span, severity)


def _meant(key: Key, scope: Scope) -> str:
    near = near_key(key.folded) if scope.looks() else ""
    return f"; did you mean {quote(near)}?" if near else ""


def _then(condition: Condition, statement: Statement) -> str:
    """Return what follows for the statement where the key is never there."""
    if not holds_without_the_key(condition):
        does = "denies" if statement.effect is Effect.DENY else "allows"
        return f"; without it this {statement.effect.value} {does} nothing"
    return "; without it the condition is always true"


def holds_without_the_key(condition: Condition) -> bool:
    """Whether the condition holds of a request without its key (rule 17)."""
    if condition.test.operator.family is Family.NULL:
        return any(value.value is True for value in condition.values)
    return condition.test.holds_on_absent_key


def _carried(key: Key, statement: Statement, carried: dict[Key, bool], scope: Scope) -> bool:
    """Whether some action of the statement carries `key`; taken to be so where they are not all looked at."""
    if key not in carried:
        carried[key] = is_global(key.folded) or statement.actions is None or _by_some(key, statement, scope)
    return carried[key]


def _by_some(key: Key, statement: Statement, scope: Scope) -> bool:
    assert statement.actions is not None
    names = known_actions(statement.actions, scope)
    if not names:
        return True
    for name in names:
        facts = facts_of(name)
        if not scope.spend() or facts is None or facts.carries(key):
            return True
    return False


def variables_of(value: ConditionValue) -> tuple[Variable, ...]:
    """Return the policy variables of a condition value."""
    match value.value:
        case Template() | ArnTemplate() as template:
            return template.variables
        case _:
            return ()


def _looks_like_a_template(key: Key) -> bool:
    """Whether a variable of that name is rather one of CloudFormation, Terraform or a shell."""
    service, colon, name = key.folded.partition(":")
    return not colon or not service or name.startswith(":")
