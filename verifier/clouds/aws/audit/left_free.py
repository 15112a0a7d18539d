"""What is plain to see of a document and a maximum, without a search: they are about different actions.

    is_left_free    whether a maximum allows every action that a document may allow, however it is asked for

Most documents of an account spell their actions, and most maxima of an audit allow everything but a few. Then neither
resources nor conditions matter, and no question is asked.
"""

from __future__ import annotations

from functools import lru_cache

from verifier.clouds.aws.policy.syntax import ActionEntry, Policy, Statement
from verifier.logic.actions import Effect


def is_left_free(policy: Policy, maximum: Policy) -> bool:
    """Whether what `policy` allows is plainly within `maximum`; False says nothing.

    It is sure where each Allow spells its actions, and `maximum` allows those on every resource in every context.
    """
    allows = policy.by_effect[Effect.ALLOW]
    return not policy.unknown and all(_is_free(statement, maximum) for statement in allows)


def _is_free(statement: Statement, maximum: Policy) -> bool:
    actions = statement.actions
    if actions is None or actions.negated:
        return False
    return all(_is_entry_free(entry, maximum) for entry in actions.entries)


def _is_entry_free(entry: ActionEntry, maximum: Policy) -> bool:
    if entry.pattern is None or entry.unknown:
        return False
    service, name = entry.pattern.service.text, entry.pattern.name.text
    return service is not None and name is not None and _allows_all(maximum, service, name)


@lru_cache(maxsize=16_384)
def _allows_all(maximum: Policy, service: str, name: str) -> bool:
    """Whether `maximum` allows an action, however it is asked for; False is not sure."""
    denied = any(_may_meet(each, service, name) for each in maximum.by_effect[Effect.DENY])
    return not denied and any(_says_all(each, service, name) for each in maximum.by_effect[Effect.ALLOW])


def _may_meet(statement: Statement, service: str, name: str) -> bool:
    actions = statement.actions
    return (
        actions is None
        or actions.negated
        or any(entry.pattern is None or entry.pattern.meets(service, name) for entry in actions.entries)
    )


def _says_all(statement: Statement, service: str, name: str) -> bool:
    actions, resources = statement.actions, statement.resources
    if actions is None or actions.negated or resources is None or resources.negated:
        return False
    if statement.principals or statement.conditions or statement.unknowns:
        return False
    names = any(_names_surely(entry, service, name) for entry in actions.entries)
    return names and any(entry.text == "*" and not entry.unknown for entry in resources.entries)


def _names_surely(entry: ActionEntry, service: str, name: str) -> bool:
    """Whether an entry names an action under every reading: a service that it only fits may be none (rule 9)."""
    if entry.pattern is None or entry.unknown or not entry.pattern.meets(service, name):
        return False
    return entry.text == "*" or entry.pattern.service.text is not None
