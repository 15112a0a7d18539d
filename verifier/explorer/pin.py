"""A pin: which requests one wants to see, or does not, as a policy document made for the purpose.

    pin(action="s3:Put*", key={"aws:SourceIp": "203.0.113.0/24"})

A request meets a pin iff its document allows the request, so there is no second language: patterns, wildcards and
variables are those of policies, and a pin joins a search as one more claim. Several parts of one pin must all be met,
several entries of one part are or-ed. The operator that reads a key's value is that of the key's type in the catalogue;
of a key that may hold a list, one value that matches will do. `condition` is the element of that name, for all else.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from verifier.base.errors import PolicyError, UsageError, quote
from verifier.clouds.aws.catalogue.keys import KeyType, documented_facts, key_facts
from verifier.clouds.aws.lint.keys import is_known
from verifier.clouds.aws.lint.scope import near_key
from verifier.clouds.aws.policy.syntax import Policy
from verifier.questions.claims import Claim, Level, Says
from verifier.strings.values import Key

# One value of a key or several: text with wildcards, numbers, Booleans.
PinValue: TypeAlias = str | int | float | bool
TextOrTexts: TypeAlias = str | Iterable[str]
Keys: TypeAlias = str | Iterable[str] | Mapping[str, PinValue | Sequence[PinValue]]
PinnedCondition: TypeAlias = Mapping[str, Mapping[str, PinValue | Sequence[PinValue]]]

_OPERATORS = {
    KeyType.STRING: "StringLike",
    KeyType.NUMERIC: "NumericEquals",
    KeyType.DATE: "DateEquals",
    KeyType.BOOL: "Bool",
    KeyType.ADDRESS: "IpAddress",
    KeyType.ARN: "ArnLike",
    KeyType.BINARY: "BinaryEquals",
}
_HELP = "name an action, a service, a resource, a key or a condition"


@dataclass(frozen=True, eq=False)
class Pin:
    """What a request must meet, or must not where `wanted` is False; `says` is the pin as it was given."""

    policy: Policy = field(repr=False)
    says: str
    wanted: bool = True

    @property
    def claim(self) -> Claim:
        """The pin as a claim, to join those of a question."""
        return Claim(Level((self.policy,)), Says.ALLOWS, holds=self.wanted)

    def __str__(self) -> str:
        return f"{'where' if self.wanted else 'without'} {self.says}"


def pin(
    *,
    action: TextOrTexts | None = None,
    service: TextOrTexts | None = None,
    resource: TextOrTexts | None = None,
    key: Keys | None = None,
    condition: PinnedCondition | None = None,
    wanted: bool = True,
) -> Pin:
    """Return the pin of all parts that are given.

    `action` and `resource` are entries as in a policy, `service` is the part of an action before the colon, `key` names
    keys that are present, or gives their values. Raises UsageError for a part that is empty, malformed or matches
    nothing, for a key that AWS does not have, and for no part at all.
    """
    parts = {
        "action": _texts("action", action),
        "service": _texts("service", service),
        "resource": _texts("resource", resource),
    }
    given = {name: texts for name, texts in parts.items() if texts is not None}
    conditions = _conditions(key, condition)
    if not given and not conditions:
        raise UsageError("nothing is pinned", help=_HELP)
    services = [f"{name}:*" for name in given.get("service", ())]
    allow: dict[str, object] = {
        "Effect": "Allow",
        "Action": given.get("action") or services or "*",
        "Resource": given.get("resource", "*"),
    }
    if conditions:
        allow["Condition"] = conditions
    statements = [allow]
    if services and "action" in given:
        statements.append({"Effect": "Deny", "NotAction": services, "Resource": "*"})
    shown = [f"{name} {_listed(texts)}" for name, texts in given.items()]
    return Pin(_parsed(statements), " and ".join([*shown, *_shown(conditions)]), wanted)


def _texts(name: str, given: TextOrTexts | None) -> list[str] | None:
    if given is None:
        return None
    texts: list[object] = [given] if isinstance(given, str) else list(given)
    found = [text for text in texts if isinstance(text, str) and text]
    if not found or len(found) < len(texts):
        raise UsageError(f"the {name} of a pin is empty or no text", help=f"give the {name} as text, or a list of them")
    return found


def _conditions(key: Keys | None, condition: PinnedCondition | None) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = {}
    for operator, members in (condition or {}).items():
        found.setdefault(operator, {}).update(members)
    if isinstance(key, Mapping):
        for name, value in key.items():
            _check_key(name)
            _enter(found, _operator(name), name, _values(name, value))
    else:
        for name in _texts("key", key) or ():
            _check_key(name)
            _enter(found, "Null", name, "false")
    return found


def _check_key(name: str) -> None:
    """Raise UsageError for a key that AWS does not have; whoever means it all the same pins a `condition`."""
    if "${" in name:
        raise UsageError(f"the key {quote(name)} has an open part", help="write a name in its place, such as a tag's")
    if not is_known(Key.of(name)):
        near = near_key(name.lower())
        help = f"did you mean {quote(near)}?" if near else "name one, or pin a `condition` if it is meant all the same"
        raise UsageError(f"AWS has no condition key {quote(name)}", help=help)


def _enter(found: dict[str, dict[str, object]], operator: str, name: str, value: object) -> None:
    members = found.setdefault(operator, {})
    if name in members:
        raise UsageError(f"the key {quote(name)} is pinned twice", help="keep one of them")
    members[name] = value


def _values(name: str, value: object) -> object:
    several = list(value) if isinstance(value, Iterable) and not isinstance(value, str) else [value]
    if not several or not all(isinstance(one, str | int | float) for one in several):
        help = f"give text, or a list; `key={quote(name)[1:-1]!r}` alone means that the key is present"
        raise UsageError(f"no value was given for the key {quote(name)}", help=help)
    return several


def _operator(name: str) -> str:
    """The operator of the key's type; of a key that may hold several values, it asks for one that matches."""
    facts, single = key_facts(name), documented_facts(name)
    operator = _OPERATORS[facts.type if facts else KeyType.STRING]
    return operator if single and not single.multivalued else f"ForAnyValue:{operator}"


def _parsed(statements: list[dict[str, object]]) -> Policy:
    """Return the document of a pin. Raises UsageError for an entry that matches nothing, a mere warning in a policy."""
    try:
        policy = Policy.parse(json.dumps({"Version": "2012-10-17", "Statement": statements}), "<pin>")
    except PolicyError as wrong:
        raise UsageError(f"the pin does not hold: {wrong.message}", help=wrong.help) from None
    for warning in policy.warnings:
        if warning.is_dead:
            raise UsageError(f"the pin does not hold: {warning.message}", help="pin what a request can have")
    return policy


def _shown(conditions: Mapping[str, Mapping[str, object]]) -> list[str]:
    return [
        f"{name} present" if operator == "Null" and value == "false" else f"{name} {operator} {_listed(value)}"
        for operator, members in conditions.items()
        for name, value in members.items()
    ]


def _listed(value: object) -> str:
    several = value if isinstance(value, list | tuple) else [value]
    return " or ".join(quote(one if isinstance(one, str) else json.dumps(one)) for one in several)
