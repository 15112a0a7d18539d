"""The actions of AWS: what each is, which resource types and condition keys it takes, and whether RCPs bind it.

    find_action, actions, services    one action, those of a service, all services
    resource_types                    the resource types of a service
    named_actions                     the actions that patterns name, the gravest access level first
    bound_by_rcps                     whether resource control policies bind an action (semantics.md, rule 30)

Source: `data/actions.tsv` and `data/resources.tsv`, the union of two readings of the service authorization reference.
For RCPs: AWS Organizations User Guide, *Resource control policies (RCPs)*: "List of AWS services that support RCPs",
kept by hand in `data/rcp_services.tsv` with its date, and "Resources and entities not restricted by RCPs" for `NEVER`.

Guarantees: a service is read when asked for; names are written as AWS writes them and compare without regard to ASCII
case (rule 9). Global keys that AWS adds to every request (`aws:SourceIp`, ...) are not repeated for each action. An ARN
format is text with `${Name}` for each variable part, such as
`arn:${Partition}:iam::${Account}:user/${UserNameWithPath}`; a variable part may hold slashes and colons.
"""

from __future__ import annotations

import enum
import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from operator import itemgetter
from typing import Any

from verifier.base.dataclass import dataclass
from verifier.clouds.aws.catalogue.tables import (
    block_lines,
    block_names,
    block_rows,
    blocks_with,
    fields_of,
    flat_rows,
    names,
    rows_with,
)
from verifier.logic.actions import ActionPattern
from verifier.strings.pattern import ANYTHING, Pattern

_TABLE = "actions.tsv"
_COLUMNS = 5
_RESOURCE_TABLE = "resources.tsv"
_RESOURCE_COLUMNS = 3
_MOST_KEPT = 32_768
_REQUIRED = "!"


class AccessLevel(enum.Enum):
    """What an action does, by AWS's own classes. PERMISSIONS wherever a source says so, whatever the other says."""

    READ = "read"
    WRITE = "write"
    LIST = "list"
    TAGGING = "tagging"
    PERMISSIONS = "permissions"

    @property
    def label(self) -> str:
        """The name by which AWS calls it."""
        return "Permissions management" if self is AccessLevel.PERMISSIONS else self.value.capitalize()

    @property
    def severity(self) -> int:
        """How grave it is: 0 is the gravest."""
        return _SEVERITY.index(self)


_LEVELS = {level.value: level for level in AccessLevel}
_SEVERITY = (AccessLevel.PERMISSIONS, AccessLevel.WRITE, AccessLevel.TAGGING, AccessLevel.READ, AccessLevel.LIST)


@dataclass(frozen=True, slots=True)
class ResourceUse:
    """A resource type that an action works on: `name` as in `resource_types`; `required` if every source says so."""

    name: str
    required: bool


@dataclass(frozen=True, slots=True)
class Action:
    """An action, `service:name`; `fields` are what else its row says, which is read when it is asked for."""

    service: str
    name: str
    access_level: AccessLevel
    fields: tuple[str, str, str]

    @property
    def resource_types(self) -> tuple[ResourceUse, ...]:
        """Empty for an action without resource-level permission, which is asked on `*` (rule 13)."""
        return _uses(self.fields[0])

    @property
    def condition_keys(self) -> tuple[str, ...]:
        """Those of the action and of its use of any of its resource types, templates as `${...}`; the keys of a
        resource type itself stand with that.
        """
        return _named_in(self.fields[1])

    @property
    def dependent_actions(self) -> tuple[str, ...]:
        """What is needed besides, or may be, as `service:Name`."""
        return _named_in(self.fields[2])

    def __str__(self) -> str:
        return f"{self.service}:{self.name}"


@cache
def services() -> tuple[str, ...]:
    """Return the prefixes of all services (`iam`, `s3`, ...), in lower case and sorted."""
    return block_names(_TABLE)


@cache
def actions(service: str) -> tuple[Action, ...]:
    """Return the actions of `service` (its prefix, in lower case), sorted by name; none if it is not known."""
    return tuple(_action(service, row) for row in block_lines(_TABLE, service))


def access_levels(service: str) -> Iterator[tuple[str, AccessLevel]]:
    """Yield each action of `service` (a prefix), as `service:Name`, with its access level: cheaper than `actions`."""
    for row in _by_name(service).values() if service in _prefixes() else ():
        name, level, *_ = row.split("\t", 2)
        yield f"{service}:{name}", _LEVELS[level]


def actions_of(level: AccessLevel) -> Iterator[str]:
    """Yield the actions of a level, of all services in their order, as `service:Name`: no other is read."""
    for service, row in rows_with(_TABLE, f"\t{level.value}"):
        name, found, *_ = row.split("\t", 2)
        if found == level.value:
            yield f"{service}:{name}"


def actions_with(text: str) -> Iterator[str]:
    """Yield the actions with `text` in their name as AWS writes it, of all services, as `service:Name`."""
    for service, row in rows_with(_TABLE, text):
        name = row.partition("\t")[0]
        if text in name:
            yield f"{service}:{name}"


def needing(action: str) -> Iterator[str]:
    """Yield the actions that need `action` (`iam:PassRole`) besides, or may, as `service:Name`."""
    wanted = action.lower()
    for service in blocks_with(_TABLE, wanted):
        for row in (row for row in block_lines(_TABLE, service) if wanted in row.lower()):
            name, *_, needed = fields_of(row, _COLUMNS)
            if wanted in names(needed.lower()):
                yield f"{service}:{name}"


def named_as(service: str) -> Collection[str]:
    """Return the names of the actions of `service` (a prefix), all in lower case; none if it is not known."""
    return _by_name(service).keys() if service in _prefixes() else ()


def find_action(text: str) -> Action | None:
    """Return the action written `service:Name`, in any case; None if the catalogue does not know it."""
    service, colon, name = text.lower().partition(":")
    row = _by_name(service).get(name) if colon and service in _prefixes() else None
    return None if row is None else _action(service, row)


@cache
def _prefixes() -> frozenset[str]:
    return frozenset(services())


@cache
def _by_name(service: str) -> dict[str, str]:
    return {row.partition("\t")[0].lower(): row for row in block_lines(_TABLE, service)}


@lru_cache(maxsize=_MOST_KEPT)
def _uses(field: str) -> tuple[ResourceUse, ...]:
    return tuple(ResourceUse(use.removesuffix(_REQUIRED), use.endswith(_REQUIRED)) for use in names(field))


_named_in = lru_cache(maxsize=_MOST_KEPT)(names)


@lru_cache(maxsize=_MOST_KEPT)
def _action(service: str, row: str) -> Action:
    name, level, uses, keys, needed = fields_of(row, _COLUMNS)
    return Action(service, name, _LEVELS[level], (uses, keys, needed))


@dataclass(frozen=True, slots=True)
class ResourceType:
    """A resource type of a service. `arns`: its ARN formats, one or more; `condition_keys`: templates as `${...}`."""

    service: str
    name: str
    arns: tuple[str, ...]
    condition_keys: tuple[str, ...]


@cache
def resource_types(service: str) -> tuple[ResourceType, ...]:
    """Return the resource types of `service` (its prefix, in lower case), sorted by name; none if it has none."""
    return tuple(
        ResourceType(service, name, names(arns), names(keys))
        for name, arns, keys in block_rows(_RESOURCE_TABLE, service, _RESOURCE_COLUMNS)
    )


def named_actions(
    these: Sequence[ActionPattern], excepted: Sequence[ActionPattern], also: Sequence[Sequence[ActionPattern]]
) -> Sequence[Action]:
    """Return the actions of the catalogue that match one of `these`, none of `excepted` and one of each of `also`.

    The patterns are in lower case. The gravest actions come first; those of a level are read when they are asked for.
    """
    return _named(tuple(these), tuple(excepted), tuple(map(tuple, also)))


@lru_cache(maxsize=16)
def _named(
    these: tuple[ActionPattern, ...], excepted: tuple[ActionPattern, ...], also: tuple[tuple[ActionPattern, ...], ...]
) -> Sequence[Action]:
    return _ByLevel(_Names(these), _Names(excepted), list(map(_Names, also)))


class _ByLevel(Sequence[Action]):
    """Actions, level by level, each read when it is asked for."""

    def __init__(self, wanted: _Names, spared: _Names, others: Sequence[_Names]) -> None:
        self._wanted, self._spared, self._others = wanted, spared, others
        self._known: dict[AccessLevel, tuple[Action, ...]] = {}

    def __iter__(self) -> Iterator[Action]:
        return itertools.chain.from_iterable(map(self._of, _SEVERITY))

    def __len__(self) -> int:
        return sum(len(self._of(level)) for level in _SEVERITY)

    def __getitem__(self, place: Any) -> Any:
        first = isinstance(place, slice) and place.start is None and (place.stop or 0) > 0
        return tuple(itertools.islice(self, place.stop) if first else self)[place]

    def _of(self, level: AccessLevel) -> tuple[Action, ...]:
        if level not in self._known:
            found = (self._kept(*each) for each in _of_level(level, self._wanted.services))
            self._known[level] = tuple(itertools.chain.from_iterable(found))
        return self._known[level]

    def _kept(self, service: str, listed: Mapping[str, str]) -> Iterator[Action]:
        kept = self._wanted.of(service, listed)
        for each in self._others:
            kept = each.of(service, kept) if kept else kept
        spared = set(self._spared.of(service, kept)) if kept else ()
        return (_action(service, listed[name]) for name in kept if name not in spared)


def _of_level(level: AccessLevel, services: Sequence[str]) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield `services`, or all if there are none, each with its rows of a level by their names in lower case."""
    for service, rows in itertools.groupby(rows_with(_TABLE, f"\t{level.value}", services), itemgetter(0)):
        begun = ((row.split("\t", 2), row) for _, row in rows)
        yield service, {name.lower(): row for (name, found, *_), row in begun if found == level.value}


class _Names:
    """Patterns, looked up by service and name."""

    def __init__(self, patterns: Sequence[ActionPattern]) -> None:
        self._words: dict[str, set[str]] = {}
        self._wild: dict[str, list[Pattern]] = {}
        self._anywhere: list[ActionPattern] = []
        for pattern in patterns:
            service, name = pattern.service.text, pattern.name.text
            if service is None:
                self._anywhere.append(pattern)
            elif name is None:
                self._wild.setdefault(service, []).append(pattern.name)
            else:
                self._words.setdefault(service, set()).add(name)

    @property
    def services(self) -> list[str]:
        """The services of the patterns, sorted; none where a pattern may match any service."""
        return [] if self._anywhere else sorted(self._words.keys() | self._wild.keys())

    def of(self, service: str, listed: Collection[str]) -> Collection[str]:
        """Return those of the actions `listed` of `service` that one of the patterns matches, in their order."""
        words, wild = self._words.get(service, ()), self._wild.get(service, ())
        anywhere = [pattern.name for pattern in self._anywhere if pattern.service.matches(service)]
        if not words and not wild and not anywhere:
            return ()
        matching = (*wild, *anywhere)
        if ANYTHING in matching:
            return listed
        return [name for name in listed if name in words or any(one.matches(name) for one in matching)]


# Actions of those services that no RCP binds, by their lower case.
NEVER = {"kms:retiregrant": "kms:RetireGrant"}


@cache
def rcp_services() -> frozenset[str]:
    """Return the prefixes of the services that support RCPs, in lower case."""
    return frozenset(service for (service,) in flat_rows("rcp_services.tsv", 1))


def bound_by_rcps(action: str) -> bool:
    """Whether RCPs bind the action written `service:Name`, in any case."""
    folded = action.lower()
    return folded.partition(":")[0] in rcp_services() and folded not in NEVER
