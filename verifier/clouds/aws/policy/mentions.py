"""What documents name: the keys that they read, and the resources and values that they spell out."""

from __future__ import annotations

from collections.abc import Iterator
from weakref import WeakKeyDictionary

from verifier.clouds.aws.policy.syntax import Condition, Policy
from verifier.strings.key import Key
from verifier.strings.pattern import ArnTemplate, Template

_KEYS: WeakKeyDictionary[Policy, frozenset[Key]] = WeakKeyDictionary()


def keys_of(policy: Policy) -> frozenset[Key]:
    """Return the keys that `policy` reads, in conditions or by variables; looked for once."""
    found = _KEYS.get(policy)
    if found is None:
        found = _KEYS[policy] = frozenset(_keys(policy))
    return found


def _keys(policy: Policy) -> Iterator[Key]:
    for statement in policy.statements:
        for entry in statement.resources.entries if statement.resources else ():
            yield from (variable.key for variable in entry.template.variables)
        for condition in statement.conditions:
            yield condition.key
            for value in condition.values:
                if isinstance(value.value, Template | ArnTemplate):
                    yield from (variable.key for variable in value.value.variables)


def conditions_on(policy: Policy, key: Key) -> Iterator[Condition]:
    """Yield the conditions of `policy` on `key`."""
    if key in keys_of(policy):
        for statement in policy.statements:
            yield from (condition for condition in statement.conditions if condition.key == key)
