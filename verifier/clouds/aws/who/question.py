"""The question of `who`: some action of a set, on some resource of a set, with some keys of the context fixed.

    AccessQuestion            what is asked, checked
    AccessQuestion.premise    it as a premise: what every request of it makes true
    AccessQuestion.reads      a document that reads the fixed keys, so that those that follow from who asks are tied

An action or a resource may be a pattern: then it is asked about some action or resource that matches. A key is fixed to
its values, or as absent. Where principals are named, by ARN or by pattern, nobody else is asked about.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from verifier.base.dataclass import dataclass
from verifier.base.errors import UsageError, quote
from verifier.base.memo import cached_property
from verifier.base.source import Source
from verifier.clouds.aws.audit.instant import TIMES
from verifier.clouds.aws.audit.intent import arn_fits
from verifier.clouds.aws.compile.conditions import single, some
from verifier.clouds.aws.compile.domains import can_hold, member_of_domain
from verifier.clouds.aws.policy.parse import parse_source
from verifier.clouds.aws.policy.premise import Premise, premise
from verifier.clouds.aws.policy.syntax import Actions, Policy
from verifier.clouds.aws.principals.resource_policy import Cover
from verifier.logic.actions import ActionPattern, ActionSet
from verifier.logic.formula import (
    FALSE,
    RESOURCE,
    Element,
    Formula,
    Many,
    Present,
    all_of,
    any_of,
    is_literal,
    negate,
)
from verifier.logic.request import Request
from verifier.strings.languages import Glob, Wildcard
from verifier.strings.pattern import parse_pattern
from verifier.strings.subsumption import disjoint
from verifier.strings.values import Key

_ACTION = "write it as in `s3:GetObject` or `s3:Get*`"
_RESOURCE = "write an ARN, perhaps with wildcards, or `*`"

FixedKeys = Mapping[str, Sequence[str]]
"""Keys by their names; one without values is absent."""


@dataclass(frozen=True)
class AccessQuestion:
    """See above; `name` is what its answer is called by, where there are several.

    `principals` are those who are asked about; without any, everybody is, also those outside of the account.
    """

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    keys: tuple[tuple[str, tuple[str, ...]], ...] = ()
    name: str | None = None
    principals: tuple[str, ...] = ()

    @staticmethod
    def of(
        actions: Sequence[str],
        resources: Sequence[str],
        keys: FixedKeys | None = None,
        name: str | None = None,
        principals: Sequence[str] = (),
    ) -> AccessQuestion:
        """Return the question. Raises UsageError for what is not an action, a resource, or a value of its key."""
        for each, what in ((actions, "action"), (resources, "resource")):
            if not each:
                raise UsageError(f"no {what} is given", help=f"name at least one {what}")
        fixed = tuple((key, tuple(values)) for key, values in (keys or {}).items())
        found = AccessQuestion(tuple(actions), tuple(resources), fixed, name, tuple(principals))
        for action in found.actions:
            _action_pattern(action)
        for resource in found.resources:
            _check_resource(resource)
        for key, values in fixed:
            _check_key(key, values)
        return found

    def __reduce__(self) -> tuple[object, ...]:
        """Travel without what was worked out."""
        return AccessQuestion, (self.actions, self.resources, self.keys, self.name, self.principals)

    def as_json(self) -> dict[str, object]:
        """Return the question as a line of a file of questions has it."""
        keys = {key: list(values) if len(values) > 1 else next(iter(values), None) for key, values in self.keys}
        named = {} if self.name is None else {"id": self.name}
        of = {"principal": list(self.principals)} if self.principals else {}
        return {**named, "action": list(self.actions), "resource": list(self.resources), "keys": keys, **of}

    def __str__(self) -> str:
        keys = [f"{key}={value}" for key, values in self.keys for value in values or ("",)]
        given = f" with {', '.join(keys)}" if keys else ""
        of = f", of {' and '.join(self.principals)}" if self.principals else ""
        return f"{', '.join(self.actions)} on {', '.join(self.resources)}{given}{of}"

    def asks_about(self, arn: str) -> bool:
        """Whether the principal `arn` of an account is asked about."""
        return not self.principals or any(arn_fits(pattern, arn) for pattern in self.principals)

    @property
    def tells_time(self) -> bool:
        """Whether a fixed key says at which time a request is made."""
        return any(key.lower() in TIMES for key, _ in self.keys)

    @cached_property
    def _patterns(self) -> tuple[ActionPattern, ...]:
        return tuple(map(_action_pattern, self.actions))

    @cached_property
    def _globs(self) -> tuple[Glob, ...]:
        return tuple(Glob.of(parse_pattern(resource)) for resource in self.resources)

    def meets(self, cover: Cover) -> bool:
        """Whether a request of the question may be covered by a resource policy; False is sure."""
        if cover.actions is not None and not any(map(self._includes, cover.actions)):
            return False
        below = Glob((cover.below, Wildcard.TEXT))
        return any(glob.matches(cover.arn) or (cover.below and not disjoint(glob, below)) for glob in self._globs)

    def is_about(self, actions: Actions | None) -> bool:
        """Whether a statement with these actions may be about a request of the question; False is sure."""
        if actions is None or actions.negated:
            return True
        named = [entry.pattern for entry in actions.entries]
        return any(one is None or not _apart(one, own) for one in named for own in self._patterns)

    def _includes(self, action: str) -> bool:
        service, _, name = action.partition(":")
        return any(pattern.meets(service, name) for pattern in self._patterns)

    @cached_property
    def premise(self) -> Premise:
        """What every request of the question makes true."""
        resource = any_of(member_of_domain(RESOURCE, glob) for glob in self._globs)
        formula = all_of((resource, holding(self.keys)))
        return premise("what is asked", [(ActionSet(self._patterns), formula)], self._holds)

    def _holds(self, request: Request) -> bool:
        on = any(glob.matches(request.resource) for glob in self._globs)
        return on and self._includes(request.action.lower()) and holds_values(self.keys, request)

    @cached_property
    def reads(self) -> Policy:
        """A document that reads the fixed keys; it is asked about, and decides nothing."""
        condition = {"Condition": {"Null": {key: "false" for key, _ in self.keys}}} if self.keys else {}
        statement = {"Effect": "Allow", "Action": "*", "Resource": "*", **condition}
        text = json.dumps({"Version": "2012-10-17", "Statement": statement})
        return parse_source(Source("the fixed keys", text, stand_in=True))


FixedValues = Iterable[tuple[str, tuple[str, ...]]]


def holding(keys: FixedValues) -> Formula:
    """Return that a request holds just these values for each of `keys`; a key without values is absent."""
    return all_of(_holding(Key.of(key), values) for key, values in keys)


def _holding(key: Key, values: tuple[str, ...]) -> Formula:
    one_of = any_of(is_literal(Element(key), value) for value in values)
    match values:
        case ():
            return negate(Present(key))
        case (_,):
            return all_of((single(key), one_of))
        case _:
            each = (some(key, is_literal(Element(key), value)) for value in values)
            return all_of((Present(key), Many(key), *each, negate(some(key, negate(one_of)))))


def holds_values(keys: FixedValues, request: Request) -> bool:
    """Whether `request` holds just these values."""
    return all(_has(request.values(Key.of(key)), values) for key, values in keys)


def _has(found: tuple[str, ...], values: tuple[str, ...]) -> bool:
    return set(found) == set(values) and (len(found) == 1) == (len(values) == 1)


def holding_premise(name: str, keys: tuple[tuple[str, tuple[str, ...]], ...]) -> Premise:
    """Return the premise called `name` that a request holds just these values."""
    keys = tuple(keys)
    return premise(
        name, [(ActionSet((_action_pattern("*"),)), holding(keys))], lambda request: holds_values(keys, request)
    )


def _action_pattern(action: str) -> ActionPattern:
    if action == "*":
        return ActionPattern(parse_pattern("*"), parse_pattern("*"))
    service, colon, name = action.lower().partition(":")
    if not (service and colon and name) or ":" in name or not action.isascii() or action.split() != [action]:
        raise UsageError(f"{quote(action)} is not an action", help=_ACTION)
    return ActionPattern(parse_pattern(service), parse_pattern(name))


def _check_resource(resource: str) -> None:
    glob = Glob.of(parse_pattern(resource))
    possible = resource == "*" or resource[:1] in ("?", "*") or resource.startswith("arn:")
    if not possible or member_of_domain(RESOURCE, glob) == FALSE:
        raise UsageError(f"{quote(resource)} is not a resource", help=_RESOURCE)


def _check_key(key: str, values: tuple[str, ...]) -> None:
    if not key or ":" not in key:
        raise UsageError(f"{quote(key)} is not a condition key", help="write it as in `aws:SourceIp`")
    if len(set(values)) < len(values):
        raise UsageError(f"the key {quote(key)} has a value twice", help="keep one")
    if values and not can_hold(Key.of(key), values):
        shown = ", ".join(map(quote, values))
        raise UsageError(f"no request holds {shown} for {quote(key)}", help="write a value that the key can have")


def _apart(one: ActionPattern, other: ActionPattern) -> bool:
    """Whether it is plain that no action matches both."""
    pairs = ((one.service, other.service), (one.name, other.name))
    return any(disjoint(Glob.of(first), Glob.of(second)) for first, second in pairs)
