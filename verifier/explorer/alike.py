"""Which requests are alike: the policy that allows just the requests about which some documents say the same.

Two requests are alike iff their actions match the same entries; their resources match the same entries of every
statement whose actions theirs is among; and they meet the same conditions of every statement that is about their action
and resource. So there are finitely many kinds of requests, each of them is a policy document, and "not like any of
those shown" is a claim like others. `actions_alike` looks at the action alone, `services_alike` at its service.

What a request meets is demanded, what it does not meet is denied. Of the entries that an action does not match, only
those are named that the ones it does match leave open: if `s3:GetObject` matches, no other entry matters. Kinds of
requests for different actions, each spelled in full, share one document, because a document costs a search more than
its statements do.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from verifier.clouds.aws.evaluate.evaluate import meets_actions, naming_actions, naming_resources
from verifier.clouds.aws.evaluate.match_condition import match_condition
from verifier.clouds.aws.policy.syntax import (
    ActionEntry,
    Actions,
    Condition,
    Policy,
    ResourceEntry,
    Resources,
    Statement,
)
from verifier.logic.actions import Effect
from verifier.logic.readings import USUAL, Reading
from verifier.logic.request import Request
from verifier.strings.pattern import Template

_EVERYTHING = Policy.parse(
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}', "<alike>"
)
_ALLOW = _EVERYTHING.statements[0]
assert _ALLOW.actions is not None
_ANY_ACTION = _ALLOW.actions.entries[0]
_OF_ANY_SERVICE = 2


# A request, and which entries of the documents that are not known are taken to match.
ReadRequest: TypeAlias = tuple[Request, Reading]


def policy_alike(policies: Iterable[Policy], request: Request, reading: Reading = USUAL) -> Policy:
    """Return the policy that allows just the requests that are like `request` to the documents `policies`."""
    return _policy(_alike(_statements(policies), (request, reading)))


def all_alike(policies: Iterable[Policy], found: Iterable[ReadRequest]) -> tuple[Policy, ...]:
    """Return policies that allow, one or the other, just the requests that are like some of `found`."""
    statements = _statements(policies)
    return _together(_alike(statements, one) for one in found)


def actions_alike(policies: Iterable[Policy], found: Iterable[ReadRequest]) -> tuple[Policy, ...]:
    """Return policies that allow, one or the other, just the requests whose actions match the same entries as that of
    some of `found`.
    """
    statements = _statements(policies)
    return _together(_actions_alike(statements, one) for one in found)


def services_alike(requests: Iterable[Request]) -> Policy:
    """Return the policy that allows every action of the services of `requests`."""
    entries = list(dict.fromkeys(f"{request.words[0]}:*" for request in requests))
    statement = {"Effect": "Allow", "Action": entries, "Resource": "*"}
    return Policy.parse(json.dumps({"Version": "2012-10-17", "Statement": [statement]}), "<alike>")


def _alike(statements: Sequence[Statement], found: ReadRequest) -> list[Statement]:
    about = [one for one in statements if one.actions is None or meets_actions(one.actions, *found)]
    met, unmet = _conditions([one for one in about if _meets_resources(one.resources, found)], found)
    within, denies = _actions(statements, found)
    denies += [_statement(Effect.DENY, within, resources=resources) for resources in _resources(about, found)]
    denies += [_statement(Effect.DENY, within, conditions=(condition,)) for condition in unmet]
    return [_statement(Effect.ALLOW, within, conditions=met), *denies]


def _actions_alike(statements: Sequence[Statement], found: ReadRequest) -> list[Statement]:
    within, denies = _actions(statements, found)
    return [_statement(Effect.ALLOW, within), *denies]


def _together(kinds: Iterable[list[Statement]]) -> tuple[Policy, ...]:
    """As few policies as there need be: statements about one action each do not meet those about another."""
    alone: list[Policy] = []
    shared: list[dict[str, list[Statement]]] = []
    for kind in kinds:
        named = kind[0].actions
        assert named is not None
        (entry,) = named.entries
        if not _spells(entry):
            alone.append(_policy(kind))
            continue
        action = entry.text.lower()
        free = next((one for one in shared if action not in one), None)
        if free is None:
            shared.append(free := {})
        free[action] = kind
    return (*alone, *(_policy([one for kind in found.values() for one in kind]) for found in shared))


def _statements(policies: Iterable[Policy]) -> list[Statement]:
    return [statement for policy in policies for statement in policy.statements]


def _meets_resources(resources: Resources | None, found: ReadRequest) -> bool:
    return resources is None or any(naming_resources(resources, *found)) is not resources.negated


def _policy(statements: Sequence[Statement]) -> Policy:
    return Policy(_EVERYTHING.version, None, tuple(statements), _EVERYTHING.source)


def _statement(
    effect: Effect,
    actions: Actions,
    resources: Resources | None = None,
    conditions: tuple[Condition, ...] = (),
) -> Statement:
    return Statement(0, None, effect, None, actions, resources or _ALLOW.resources, conditions, _ALLOW.span)


def _actions(statements: Sequence[Statement], read: ReadRequest) -> tuple[Actions, list[Statement]]:
    """The narrowest entry that the action matches, and Denies of the actions within it that are not alike."""
    request, _ = read
    elements = [statement.actions for statement in statements if statement.actions is not None]
    met = {entry.text.lower(): entry for actions in elements for entry in naming_actions(actions, *read)}
    narrowest = min(met.values(), key=_width, default=_ANY_ACTION)
    within = Actions(False, (narrowest,), narrowest.span)
    if _spells(narrowest):
        return within, []
    others = [entry for entry in met.values() if entry is not narrowest and entry.text != "*"]
    found = [_statement(Effect.DENY, Actions(True, (entry,), entry.span)) for entry in others]
    service = request.words[0] if _width(narrowest) < _OF_ANY_SERVICE else None
    rest: dict[str, ActionEntry] = {}
    for actions in elements:
        for entry in actions.entries if service is None else actions.naming(service):
            if entry.pattern is not None and entry.text.lower() not in met:
                rest[entry.text.lower()] = entry
    if rest:
        found.append(_statement(Effect.DENY, Actions(False, tuple(rest.values()), narrowest.span)))
    return within, found


def _width(entry: ActionEntry) -> int:
    """Where an entry stands among others: an action in full, patterns of one service, patterns of several, all."""
    pattern = entry.pattern
    if pattern is None or pattern.service.text is None:
        return _OF_ANY_SERVICE + (entry.text == "*")
    return 0 if pattern.name.text is not None else 1


def _spells(entry: ActionEntry) -> bool:
    pattern = entry.pattern
    return pattern is not None and pattern.service.text is not None and pattern.name.text is not None


def _resources(statements: Sequence[Statement], read: ReadRequest) -> list[Resources]:
    """The resources that are not alike: for each entry met all but its own, and those of the entries not met."""
    elements = [statement.resources for statement in statements if statement.resources is not None]
    met: dict[Template, ResourceEntry] = {}
    every: dict[Template, ResourceEntry] = {}
    for resources in elements:
        met.update({entry.template: entry for entry in naming_resources(resources, *read)})
        every.update({entry.template: entry for entry in resources.entries})
    rest = tuple(entry for template, entry in every.items() if template not in met)
    found = [Resources(True, (entry,), entry.span) for entry in met.values() if entry.text != "*"]
    return [*found, Resources(False, rest, _ALLOW.span)] if rest else found


def _conditions(
    statements: Sequence[Statement], read: ReadRequest
) -> tuple[tuple[Condition, ...], tuple[Condition, ...]]:
    """The conditions that the request meets, and those that it does not, each once."""
    every = dict.fromkeys(condition for statement in statements for condition in statement.conditions)
    met = {condition: match_condition(condition, *read) is None for condition in every}
    return tuple(c for c in every if met[c]), tuple(c for c in every if not met[c])
