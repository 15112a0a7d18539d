"""The nouns: a `Region` is a part of a difference that can be said in one breath; `Regions` are all of it.

A region holds the requests whose action is in `actions` and not in `except_actions`, and that make `guard` true. The
guard is a formula about resource and context; `resources`, `except_resources` and `condition` say the same for people:
`guard` is their conjunction, and nothing else. What is proved is proved of `Region.rules`, what a policy would be that
allows the region and nothing else, never of the steps that led to it.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field, replace
from itertools import groupby
from operator import attrgetter
from typing import Any, TypeAlias

from verifier.base.dataclass import dataclass
from verifier.base.memo import cached_property
from verifier.clouds.cloud import AccessLevel, Cloud, KnownAction
from verifier.logic.actions import ActionPattern, ActionSet, Effect
from verifier.logic.formula import TRUE, Formula, Many, MatchesTemplate, Member, Not, Present, all_of, any_of, negate
from verifier.logic.readings import Point
from verifier.logic.request import Request
from verifier.logic.rules import Rule
from verifier.questions.verdict import Fit, Sifted
from verifier.shown import Displayed, frame_of_regions, text_of_regions
from verifier.strings.languages import Glob
from verifier.strings.pattern import Pattern
from verifier.strings.values import Key
from verifier.strings.variables import PatternPart


class Side(enum.Enum):
    """Which part of a difference: only the second document allows it, only the first does, the maximum does not, or it
    is needed and not allowed. Without a difference: what is allowed.
    """

    GAINED = "gained"
    LOST = "lost"
    ESCAPES = "escapes"
    MISSING = "missing"
    ALLOWED = "allowed"


# What says of a key that it holds one value.
Single: TypeAlias = Callable[[Key], Formula]


@dataclass(frozen=True)
class Disjunct:
    """A set of resources and contexts: one of `resources` (any, where there is none), none of `excepts`, `condition`.

    `resources` and `excepts` are atoms about the resource; `single` is that of the cloud.
    """

    resources: tuple[Member | MatchesTemplate, ...]
    excepts: tuple[Member | MatchesTemplate, ...]
    condition: Formula
    single: Single = field(repr=False, compare=False)

    @cached_property
    def guard(self) -> Formula:
        """The part as a formula."""
        found, spared = ([stand_alone(atom, self.single) for atom in each] for each in (self.resources, self.excepts))
        return all_of((any_of(found) if found else TRUE, negate(any_of(spared)), self.condition))


@dataclass(frozen=True)
class Area:
    """A set of actions: one of `actions`, one of each of `also`, none of `excepts`, as the documents spell them.

    `also` is empty unless patterns overlap and neither lies within the other.
    """

    actions: tuple[ActionPattern, ...]
    excepts: tuple[ActionPattern, ...] = ()
    also: tuple[tuple[ActionPattern, ...], ...] = ()

    @cached_property
    def services(self) -> frozenset[str | None]:
        """The services of the actions; None stands for those that a pattern matches."""
        return frozenset(pattern.service.text for pattern in self.actions)

    @property
    def service(self) -> str | None:
        """The one service of the actions, None where they are of several."""
        return next(iter(self.services)) if len(self.services) == 1 else None

    @property
    def is_plain(self) -> bool:
        """Whether it is all that its patterns match, each in one service."""
        return not self.excepts and not self.also and None not in self.services


@dataclass(frozen=True)
class SiftedActions:
    """Actions that were sifted to the last, or not at all: then all may happen."""

    living: Sequence[KnownAction]
    dead: Sequence[KnownAction] = ()

    @property
    def severest(self) -> KnownAction | None:
        """See Sifted."""
        return next(iter(self.living), None)

    def has(self, level: AccessLevel) -> bool:
        """See Sifted."""
        return any(action.access_level == level for action in self.living)


@dataclass(frozen=True)
class Region:
    """A part of a difference.

    `exact`: it is proved that every request of it lies in the difference; else it is an outline, which may hold more.
    `request` is one of it, replayed through the evaluator; `fit` tells whether AWS can make it. `there` are the actions
    that the cloud has in it, as far as it was found out which of them can happen.
    """

    side: Side
    area: Area
    part: Disjunct
    request: Request
    cloud: Cloud = field(repr=False, compare=False)
    there: Sifted = field(repr=False, compare=False)
    exact: bool = False
    fit: Fit = field(default_factory=Fit)

    @cached_property
    def living(self) -> tuple[str, ...]:
        """The actions that AWS has in it, the severest first, without those that never happen there."""
        return tuple(map(str, self.there.living))

    @cached_property
    def dead(self) -> tuple[str, ...]:
        """The actions that are proved never to happen there."""
        return tuple(map(str, self.there.dead))

    @cached_property
    def levels(self) -> Mapping[AccessLevel, int]:
        """How many of the living there are of each access level."""
        return levels(self.there.living)

    @property
    def can_happen(self) -> bool:
        """Whether AWS may have some request of it; False is proved."""
        return self.there.severest is not None or not self.fit.none_fits

    @property
    def service(self) -> str | None:
        """The service of its actions; None stands for several."""
        return self.area.service

    @property
    def severity(self) -> float:
        """That of the severest living action; the last where there is none."""
        severest = self.there.severest
        return math.inf if severest is None else severest.access_level.severity

    @property
    def rules(self) -> tuple[Rule, ...]:
        """What allows the region and nothing else, as a document would."""
        return rules(self.area, self.part.guard)

    def proved(self) -> Region:
        """Return the region, known to be exact."""
        return replace(self, exact=True)


@dataclass(frozen=True)
class Regions(Displayed):
    """The regions of a difference, the severest of each service first.

    `complete`: it is proved that nothing outside of them differs, and none is `left_out` (by a limit on their number).
    `reason` says why not. All this is of the usual reading of AWS's guide, `as_usual` the points that the documents
    touch: under another reading of those there may be more, or less.
    """

    regions: tuple[Region, ...]
    complete: bool
    reason: str | None = None
    left_out: int = 0
    as_usual: tuple[Point, ...] = ()

    def __str__(self) -> str:
        return text_of_regions(self)

    __repr__ = __str__

    def to_frame(self) -> Any:
        """Return a row for each, as a pandas.DataFrame, or as a list of records where pandas is not installed."""
        return frame_of_regions(self)

    def cut(self, most: int) -> Regions:
        """Return the `most` severest of the regions, in their order; where that leaves some out, the list is no longer
        complete.
        """
        left_out = len(self.regions) - most
        if left_out <= 0:
            return self
        reason = self.reason or f"{left_out:,} more are left out"
        severest = sorted(range(len(self.regions)), key=lambda number: self.regions[number].severity)[:most]
        return Regions(
            tuple(self.regions[number] for number in sorted(severest)), False, reason, left_out, self.as_usual
        )


def stand_alone(atom: Member | MatchesTemplate, single: Single) -> Formula:
    """Return what the atom says where it stands alone: a pattern with variables matches where they have values."""
    return all_of((*map(single, atom.keys), atom)) if isinstance(atom, MatchesTemplate) else atom


def rules(area: Area, guard: Formula) -> tuple[Rule, ...]:
    """Return what allows `area` under `guard`: an Allow of its actions, and Denies of those that it does not hold."""
    spared = [Rule.of(Effect.DENY, ActionSet(tuple(map(lowered, area.excepts))), TRUE)] if area.excepts else []
    beyond = [Rule.of(Effect.DENY, ActionSet.all_but(map(lowered, patterns)), TRUE) for patterns in area.also]
    return Rule.of(Effect.ALLOW, ActionSet(tuple(map(lowered, area.actions))), guard), *spared, *beyond


def levels(found: Iterable[KnownAction]) -> Mapping[AccessLevel, int]:
    """Return how many of `found` there are of each access level; the severest come first in `found`."""
    return {level: len(list(there)) for level, there in groupby(found, attrgetter("access_level"))}


def lowered(pattern: ActionPattern) -> ActionPattern:
    """Return the pattern in lower case, as rules have it (rule 9)."""
    return ActionPattern(pattern.service.lowered(str.lower), pattern.name.lowered(str.lower))


def as_documents_write(pattern: ActionPattern) -> str:
    """Return the pattern as a document would write it."""
    return "*" if _is_any(pattern.service) and _is_any(pattern.name) else f"{pattern.service}:{pattern.name}"


def on_resources(part: Disjunct) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the patterns of the resources of `part`, and of those that are excepted, as a document would write them.

    None stand for any resource.
    """
    found, spared = (tuple(map(_as_text, atoms)) for atoms in (part.resources, part.excepts))
    return found, spared


def _as_text(atom: Member | MatchesTemplate) -> str:
    if isinstance(atom, MatchesTemplate):
        return pattern_text(atom.parts)
    assert isinstance(atom.language, Glob), "resources are read by patterns"
    return pattern_text(atom.language.parts)


def pattern_text(parts: Iterable[PatternPart]) -> str:
    """Return a pattern as a document would write it: `${aws:username}` a variable, `${*}` a star."""
    return "".join(_escaped(part) if isinstance(part, str) else str(part) for part in parts)


def _escaped(text: str) -> str:
    return text.replace("${", "${$}{").replace("*", "${*}").replace("?", "${?}")


def _is_any(pattern: Pattern) -> bool:
    return pattern.head == ""


def key_there(part: Formula) -> Key | None:
    """Return the key that has a value, or one value only, as the part of a guard says."""
    match part:
        case Present(key) | Not(Many(key)):
            return key
        case _:
            return None
