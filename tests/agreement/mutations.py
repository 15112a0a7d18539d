"""Mutations of a policy document: the small edits by which real policies go wrong, or are fixed.

    mutate(chance, document, donor)  ->  Mutation("a wildcard widened", document', policy')

A document is JSON whose statements, entries and condition values are lists (`managed.py` makes it so). Every edit gives
a document that parses and is not the one it was made of; nothing promises that it allows more, or less.
"""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from verifier.base.errors import PolicyError
from verifier.clouds.aws.catalogue.actions import actions, services
from verifier.clouds.aws.policy.operators import TABLE, Test, find_test
from verifier.clouds.aws.policy.syntax import Policy

Json: TypeAlias = dict[str, Any]
Edit: TypeAlias = Callable[[random.Random, list[Json], Json], bool]

_HELD = re.compile(r"\$\{[^}]*\}")
_NAMES = {operator.name: operator for operator in TABLE}
_ENTRIES = ("Action", "NotAction", "Resource", "NotResource")
_FILLINGS = ("x", "a/b", "*x", "")


@dataclass(frozen=True)
class Mutation:
    """A document with one edit made, as JSON and parsed; `name` says which edit."""

    name: str
    document: Json
    policy: Policy


def mutate(chance: random.Random, document: Json, donor: Json) -> Mutation:
    """Return `document` with one edit made; `donor` is a statement of another policy, for what is added."""
    names = list(EDITS)
    while True:
        name = chance.choices(names, [EDITS[one][1] for one in names])[0]
        changed = copy.deepcopy(document)
        if EDITS[name][0](chance, changed["Statement"], donor) and changed != document:
            policy = parsed(changed)
            if policy is not None:
                return Mutation(name, changed, policy)


def parsed(document: Json) -> Policy | None:
    """Return the policy that a document is; None where an edit has made it none."""
    try:
        return Policy.parse(json.dumps(document))
    except PolicyError:
        return None


# --- entries ---------------------------------------------------------------------------------------------------------


def _add_action(chance: random.Random, body: list[Json], donor: Json) -> bool:
    """Add an action of another policy, of the catalogue, or one of the catalogue in a service of the document."""
    entries = _list(chance, body, "Action", "NotAction")
    match chance.randrange(3):
        case 0:
            entry = chance.choice(_list(chance, [donor], "Action", "NotAction"))
        case 1:
            entry = str(chance.choice(actions(chance.choice(services()))))
        case _:
            known = actions(chance.choice(entries).partition(":")[0].lower())
            if not known:
                return False
            entry = str(chance.choice(known))
    entries.insert(chance.randint(0, len(entries)), entry)
    return True


def _add_resource(chance: random.Random, body: list[Json], donor: Json) -> bool:
    entry = chance.choice(_list(chance, [donor], "Resource", "NotResource"))
    _list(chance, body, "Resource", "NotResource").append(entry)
    return True


def _drop_entry(chance: random.Random, body: list[Json], _: Json) -> bool:
    entries = _list(chance, body, *_ENTRIES)
    if len(entries) < 2:
        return False
    del entries[chance.randrange(len(entries))]
    return True


def _widen(chance: random.Random, body: list[Json], _: Json) -> bool:
    """Cut an entry and put `*`, or `?` for one of its characters, or `*` for a piece within."""
    entries = _list(chance, body, *_ENTRIES)
    place = chance.randrange(len(entries))
    text: str = entries[place]
    first = text.find(":") + 1 if chance.randrange(8) else 0
    free = [at for at in range(first, len(text)) if not any(held.start() <= at < held.end() for held in _held(text))]
    if not free:
        return False
    at = chance.choice(free)
    match chance.randrange(4):
        case 0:
            changed = f"{text[:at]}?{text[at + 1 :]}"
        case 1:
            later = [one for one in (*free, len(text)) if one >= at]
            changed = f"{text[:at]}*{text[chance.choice(later) :]}"
        case _:
            changed = f"{text[:at]}*"
    entries[place] = changed
    return True


def _narrow(chance: random.Random, body: list[Json], _: Json) -> bool:
    """Put a text for a wildcard."""
    entries = _list(chance, body, *_ENTRIES)
    place = chance.randrange(len(entries))
    wild = [at for at, char in enumerate(entries[place]) if char in "*?"]
    if not wild:
        return False
    at = chance.choice(wild)
    filling = chance.choice(_FILLINGS)
    entries[place] = entries[place][:at] + filling + entries[place][at + 1 :]
    return bool(entries[place])


def _swap_action(chance: random.Random, body: list[Json], _: Json) -> bool:
    return _swap(chance.choice(body), "Action", "NotAction")


def _swap_resource(chance: random.Random, body: list[Json], _: Json) -> bool:
    return _swap(chance.choice(body), "Resource", "NotResource")


def _swap(statement: Json, one: str, other: str) -> bool:
    there, back = (one, other) if one in statement else (other, one)
    statement[back] = statement.pop(there)
    return True


def _list(chance: random.Random, body: list[Json], *names: str) -> list[Any]:
    """One of the lists that go by these names."""
    return chance.choice([statement[name] for statement in body for name in names if name in statement])


def _held(text: str) -> list[re.Match[str]]:
    return list(_HELD.finditer(text))


# --- statements ------------------------------------------------------------------------------------------------------


def _drop_deny(chance: random.Random, body: list[Json], _: Json) -> bool:
    denies = [place for place, statement in enumerate(body) if statement["Effect"] == "Deny"]
    if not denies or len(body) < 2:
        return False
    del body[chance.choice(denies)]
    return True


def _drop_statement(chance: random.Random, body: list[Json], _: Json) -> bool:
    if len(body) < 2:
        return False
    del body[chance.randrange(len(body))]
    return True


def _add_statement(chance: random.Random, body: list[Json], donor: Json) -> bool:
    body.insert(chance.randint(0, len(body)), copy.deepcopy(donor))
    return True


def _flip_effect(chance: random.Random, body: list[Json], _: Json) -> bool:
    statement = chance.choice(body)
    statement["Effect"] = "Deny" if statement["Effect"] == "Allow" else "Allow"
    return True


# --- conditions ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Place:
    """Where a condition stands: `statement["Condition"][operator][key]`."""

    statement: Json
    operator: str
    key: str

    @property
    def values(self) -> list[Any]:
        found: list[Any] = self.statement["Condition"][self.operator][self.key]
        return found

    def drop(self) -> None:
        """Take the condition out, and what is left empty with it."""
        block = self.statement["Condition"]
        del block[self.operator][self.key]
        if not block[self.operator]:
            del block[self.operator]
        if not block:
            del self.statement["Condition"]

    def rename(self, test: Test | None) -> bool:
        """Ask the same of the key by another operator; False where that one is asked of it already, or is none."""
        if test is None or find_test(str(test)) is None:
            return False
        members = self.statement["Condition"].setdefault(str(test), {})
        if any(key.lower() == self.key.lower() for key in members):
            return False
        members[self.key] = self.values
        self.drop()
        return True


def _condition(chance: random.Random, body: list[Json]) -> _Place | None:
    found = list(_conditions(body))
    return chance.choice(found) if found else None


def _conditions(body: list[Json]) -> Iterator[_Place]:
    for statement in body:
        for operator, members in statement.get("Condition", {}).items():
            for key in members:
                yield _Place(statement, operator, key)


def _drop_condition(chance: random.Random, body: list[Json], _: Json) -> bool:
    place = _condition(chance, body)
    if place is not None:
        place.drop()
    return place is not None


def _drop_value(chance: random.Random, body: list[Json], _: Json) -> bool:
    place = _condition(chance, body)
    if place is None or len(place.values) < 2:
        return False
    del place.values[chance.randrange(len(place.values))]
    return True


def _add_condition(chance: random.Random, body: list[Json], donor: Json) -> bool:
    found = _condition(chance, [donor])
    if found is None:
        return False
    members = chance.choice(body).setdefault("Condition", {}).setdefault(found.operator, {})
    if any(key.lower() == found.key.lower() for key in members):
        return False
    members[found.key] = copy.deepcopy(found.values)
    return True


def _edit_value(chance: random.Random, body: list[Json], _: Json) -> bool:
    """Another case, a wildcard, a character more; of Booleans the other one."""
    place = _condition(chance, body)
    if place is None:
        return False
    at = chance.randrange(len(place.values))
    text = str(place.values[at])
    if text.lower() in ("true", "false"):
        place.values[at] = "false" if text.lower() == "true" else "true"
        return True
    cut = chance.randint(0, len(text))
    if "${" in text:
        cut = len(text)
    place.values[at] = chance.choice((text.swapcase() if "${" not in text else text, f"{text[:cut]}*", f"{text}x"))
    return True


def _negate(chance: random.Random, body: list[Json], _: Json) -> bool:
    place = _condition(chance, body)
    test = find_test(place.operator) if place else None
    if place is None or test is None:
        return False
    return place.rename(_negated(test))


def _negated(test: Test) -> Test | None:
    name = test.operator.name
    for one, other in (("Equals", "NotEquals"), ("Like", "NotLike"), ("EqualsIgnoreCase", "NotEqualsIgnoreCase")):
        for here, there in ((other, one), (one, other)):
            if name.endswith(here) and (operator := _NAMES.get(name.removesuffix(here) + there)):
                return Test(operator, test.quantifier, test.if_exists)
    return None


def _if_exists(chance: random.Random, body: list[Json], _: Json) -> bool:
    """Give the operator IfExists, or take it away."""
    place = _condition(chance, body)
    test = find_test(place.operator) if place else None
    if place is None or test is None:
        return False
    return place.rename(Test(test.operator, test.quantifier, not test.if_exists))


def _quantify(chance: random.Random, body: list[Json], _: Json) -> bool:
    """Give the operator another set prefix, or none."""
    place = _condition(chance, body)
    test = find_test(place.operator) if place else None
    if place is None or test is None:
        return False
    others = [quantifier for quantifier in type(test.quantifier) if quantifier is not test.quantifier]
    return place.rename(Test(test.operator, chance.choice(others), test.if_exists))


# The edits by name, each with its weight: those that the campaign is about come more often.
EDITS: dict[str, tuple[Edit, int]] = {
    "an action added": (_add_action, 5),
    "a wildcard widened": (_widen, 6),
    "a condition dropped": (_drop_condition, 5),
    "a value dropped": (_drop_value, 3),
    "a Deny removed": (_drop_deny, 6),
    "a resource added": (_add_resource, 1),
    "an entry dropped": (_drop_entry, 2),
    "a wildcard narrowed": (_narrow, 2),
    "Action and NotAction swapped": (_swap_action, 1),
    "Resource and NotResource swapped": (_swap_resource, 1),
    "a statement dropped": (_drop_statement, 2),
    "a statement added": (_add_statement, 2),
    "Effect flipped": (_flip_effect, 2),
    "a condition added": (_add_condition, 2),
    "a value edited": (_edit_value, 2),
    "an operator negated": (_negate, 2),
    "IfExists given or taken": (_if_exists, 2),
    "a set prefix given or taken": (_quantify, 3),
}
