"""What a policy document says: the syntax tree, with the span of every element (rules 5 to 28).

    Policy, Statement, Actions, Resources, Principals, Condition    the tree
    keys_of, conditions_on    the keys that a policy reads, and the conditions on one

Plain data: nothing here decides anything. `parse.py` makes it from text, `write.py` turns it back into text, `check.py`
says what each type of document may hold; `evaluate/` and `compile/` say what it means. Negated elements (`NotAction`,
`NotResource`, `NotPrincipal`) are the same class with `negated` set.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable, Iterator
from dataclasses import field, replace
from decimal import Decimal
from os import PathLike
from typing import TYPE_CHECKING, TypeAlias

from verifier.base.dataclass import dataclass
from verifier.base.errors import PolicyWarning
from verifier.base.memo import cached_property, once
from verifier.base.source import HasSpan, Source, Span
from verifier.clouds.aws.policy.operators import Test
from verifier.clouds.aws.policy.unknown import MayMatch
from verifier.logic.actions import ActionPattern, Effect
from verifier.strings.pattern import ArnTemplate, Pattern, Template
from verifier.strings.values import Key, Network

if TYPE_CHECKING:
    from verifier.clouds.cloud import Cloud


class Version(enum.Enum):
    """The language version of a document; an absent one is 2008-10-17 (rule 8)."""

    V2008 = "2008-10-17"
    V2012 = "2012-10-17"


class _Located:
    """What has a `place`; its span is found when it is asked for."""

    __slots__ = ()
    place: HasSpan

    @property
    def span(self) -> Span:
        """Where it stands."""
        return self.place.span


@dataclass(frozen=True, slots=True)
class ActionEntry(_Located):
    """One entry of Action or NotAction; `pattern` is in lower case; None matches nothing (rule 9).

    Of an entry with an `unknown` part the pattern is the widest that it could be; so it is of the others.
    """

    text: str
    pattern: ActionPattern | None
    place: HasSpan = field(compare=False)
    unknown: MayMatch | None = None


@dataclass(frozen=True, slots=True)
class ResourceEntry(_Located):
    """One entry of Resource or NotResource (rules 10 and 25)."""

    text: str
    template: Template
    place: HasSpan = field(compare=False)
    unknown: MayMatch | None = None


@dataclass(frozen=True, slots=True)
class PrincipalEntry(_Located):
    """One entry of Principal or NotPrincipal: `type` is `AWS`, `Service`, ... or None for the bare `"*"`."""

    type: str | None
    text: str
    place: HasSpan = field(compare=False)
    unknown: MayMatch | None = None


@dataclass(frozen=True)
class Actions(_Located):
    """Action, or NotAction where `negated`.

    `rcp`: of a Deny of an RCP, which binds actions of some services only, whatever the entries match (rule 30).
    """

    negated: bool
    entries: tuple[ActionEntry, ...]
    place: HasSpan = field(compare=False)
    rcp: bool = False

    @property
    def services(self) -> frozenset[str] | None:
        """The services whose actions it can match; None if it does not spell all of them."""
        if self.negated or self._by_service[None]:
            return None
        return frozenset(service for service in self._by_service if service is not None)

    @property
    def of_any_service(self) -> tuple[ActionEntry, ...]:
        """The entries with a wildcard in the service."""
        return self._by_service[None]

    def naming(self, service: str) -> tuple[ActionEntry, ...]:
        """Return the entries that can match an action of `service`: those that spell it, and those with a wildcard."""
        found = self._by_service.get(service)
        return self._by_service[None] if found is None else found

    def spelling(self, service: str, name: str) -> tuple[ActionEntry, ...]:
        """Return those of `naming` that can match `service:name`: they spell this name, or have a wildcard in it."""
        entries = self._by_service.get(service)
        if entries is None:
            return self._by_service[None]
        found = self._by_name.get(service)
        if found is None:
            found = self._by_name[service] = _by_name(entries)
        return found.get(name, ()) + found[None]

    @cached_property
    def _by_service(self) -> dict[str | None, tuple[ActionEntry, ...]]:
        found: dict[str | None, list[ActionEntry]] = {None: []}
        for entry in self.entries:
            pattern = entry.pattern
            if pattern is None:
                continue
            service = pattern.service.text
            if service in found:
                found[service].append(entry)
            else:
                found[service] = [entry]
        others = tuple(found[None])
        return {service: (*each, *others) if service and others else tuple(each) for service, each in found.items()}

    @cached_property
    def _by_name(self) -> dict[str, dict[str | None, tuple[ActionEntry, ...]]]:
        """By service, once asked about: its entries by the names that they spell, under None those with wildcards."""
        return {}


def _by_name(entries: Iterable[ActionEntry]) -> dict[str | None, tuple[ActionEntry, ...]]:
    found: dict[str | None, list[ActionEntry]] = {None: []}
    for entry in entries:
        if entry.pattern is not None:
            found.setdefault(entry.pattern.name.text, []).append(entry)
    return {name: tuple(those) for name, those in found.items()}


@dataclass(frozen=True, slots=True)
class Resources(_Located):
    """Resource, or NotResource where `negated`."""

    negated: bool
    entries: tuple[ResourceEntry, ...]
    place: HasSpan = field(compare=False)


@dataclass(frozen=True, slots=True)
class Principals(_Located):
    """Principal, or NotPrincipal where `negated`."""

    negated: bool
    entries: tuple[PrincipalEntry, ...]
    place: HasSpan = field(compare=False)


# What a condition value is, by the family of its operator:
# String -> Template (wildcards only under Like); Arn -> ArnTemplate, or Pattern `*` for every ARN;
# Numeric, Date -> Decimal; IpAddress -> Network; Binary -> bytes; Bool -> bool, or Template with variables;
# Null -> bool.
ParsedValue: TypeAlias = Template | ArnTemplate | Pattern | Decimal | Network | bytes | bool


@dataclass(frozen=True, slots=True)
class ConditionValue(_Located):
    """One value of a condition: as written (JSON numbers and Booleans as their text) and as read."""

    text: str
    value: ParsedValue
    place: HasSpan = field(compare=False)
    unknown: MayMatch | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """One operator on one key with its or-ed values (rule 14); a statement's conditions are and-ed."""

    test: Test
    key: Key
    values: tuple[ConditionValue, ...]
    operator_place: HasSpan = field(compare=False)
    key_place: HasSpan = field(compare=False)
    operator_text: str = field(compare=False, default="")

    @property
    def operator_span(self) -> Span:
        """Where its operator stands."""
        return self.operator_place.span

    @property
    def key_span(self) -> Span:
        """Where its key stands."""
        return self.key_place.span


@dataclass(frozen=True, slots=True)
class Statement(_Located):
    """One statement; `index` counts from 0 in its document. `unknowns` are its conditions that are not known."""

    index: int
    sid: str | None
    effect: Effect
    principals: Principals | None
    actions: Actions | None
    resources: Resources | None
    conditions: tuple[Condition, ...]
    place: HasSpan = field(compare=False)
    unknowns: tuple[MayMatch, ...] = ()


# Statements by the services that they spell for all their actions, and the others.
ByService: TypeAlias = tuple[dict[str, tuple[Statement, ...]], tuple[Statement, ...]]


@dataclass(frozen=True, eq=False)
class Policy:
    """A parsed policy document. Compared by identity: whether two say the same is a question for `diff`.

    `unknown` is the name of a document that is not known before deployment; it has no statements, and no answer.
    """

    version: Version
    id: str | None
    statements: tuple[Statement, ...]
    source: Source = field(repr=False)
    warnings: tuple[PolicyWarning, ...] = ()
    version_written: bool = True
    unknown: str = ""

    @cached_property
    def by_effect(self) -> dict[Effect, tuple[Statement, ...]]:
        """The statements of each effect, in their order."""
        return {effect: tuple(each for each in self.statements if each.effect is effect) for effect in Effect}

    def naming(self, effect: Effect, service: str) -> tuple[Statement, ...]:
        """Return the statements of `effect` that can match an action of `service`."""
        spelled, others = self._allowing if effect is Effect.ALLOW else self._denying
        return spelled.get(service, ()) + others

    @cached_property
    def meeting(self) -> dict[tuple[str, str], tuple[Statement, ...]]:
        """For the evaluator: the statements that the actions last asked about meet."""
        return {}

    @cached_property
    def _allowing(self) -> ByService:
        return _by_service(self.by_effect[Effect.ALLOW])

    @cached_property
    def _denying(self) -> ByService:
        return _by_service(self.by_effect[Effect.DENY])

    def only(self, statements: Collection[int]) -> Policy:
        """Return the policy with the statements that have these indices, and no others."""
        return replace(self, statements=tuple(s for s in self.statements if s.index in statements), warnings=())

    @cached_property
    def cloud(self) -> Cloud:
        """AWS."""
        from verifier.clouds.aws.cloud import AWS  # noqa: PLC0415 - it compiles and evaluates policies

        return AWS

    @staticmethod
    def parse(text: str, name: str = "<text>") -> Policy:
        """Return the policy that `text` holds; `name` stands for it in messages. Raises PolicyError."""
        from verifier.clouds.aws.policy.parse import parse  # noqa: PLC0415  # parse makes policies, so it imports this module

        return parse(text, name)

    @staticmethod
    def load(path: str | PathLike[str]) -> Policy:
        """Return the policy in the file at `path`, or the one that a text names: `aws:ReadOnlyAccess`, the ARN of an
        AWS managed policy, `preset:no-escalation`. Raises PolicyError, or UsageError for what cannot be read.
        """
        from verifier.sources.named import load  # noqa: PLC0415  # as above

        return load(path)

    @staticmethod
    def at_most(services: Iterable[str]) -> Policy:
        """Return the policy that allows everything of `services` (`s3`, ...) and nothing else. Raises UsageError."""
        from verifier.clouds.aws.documents import services_maximum  # noqa: PLC0415  # as above

        return services_maximum(services)

    @staticmethod
    def everything() -> Policy:
        """Return the identity policy that allows every action on every resource, so that the limits alone decide."""
        from verifier.clouds.aws.documents import any_identity_policy  # noqa: PLC0415  # as above

        return any_identity_policy()


def _by_service(statements: Iterable[Statement]) -> ByService:
    spelled: dict[str, list[Statement]] = {}
    others: list[Statement] = []
    for statement in statements:
        services = statement.actions.services if statement.actions is not None else None
        if services is None:
            others.append(statement)
        for service in services or ():
            spelled.setdefault(service, []).append(statement)
    return {service: tuple(found) for service, found in spelled.items()}, tuple(others)


@once
def keys_of(policy: Policy) -> frozenset[Key]:
    """Return the keys that `policy` reads, in conditions or by variables; looked for once."""
    return frozenset(_keys(policy))


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
