"""Sets of actions, as documents write them: these except those, and also those."""

from __future__ import annotations

import enum
from collections.abc import Iterable

from verifier.base.dataclass import dataclass
from verifier.base.memo import Hashed, cached_property
from verifier.strings.pattern import ANYTHING, Pattern


class Effect(enum.Enum):
    """What a statement that matches does."""

    ALLOW = "Allow"
    DENY = "Deny"


@dataclass(frozen=True)
class ActionPattern(Hashed):
    """A pattern over `service:name`, both in lower case; an action has one colon, so its parts match apart."""

    service: Pattern
    name: Pattern
    hashed = "service", "name"
    __hash__ = Hashed.__hash__

    @cached_property
    def breadth(self) -> int:
        """A guess at how many classes of actions match."""
        if self.service.text is None:
            return 5_000
        return 1 if self.name.text is not None else 20 if self.name.head else 100

    def meets(self, service: str, name: str) -> bool:
        """Whether the action `service:name`, in lower case, matches."""
        return self.service.matches(service) and self.name.matches(name)


def distinct(patterns: Iterable[ActionPattern]) -> tuple[ActionPattern, ...]:
    """Return `patterns`, each object once; equal ones are nearly always one object, and twice does no harm."""
    return tuple({id(pattern): pattern for pattern in patterns}.values())


EVERY_ACTION = ActionPattern(ANYTHING, ANYTHING)


@dataclass(frozen=True)
class ActionSet:
    """The actions that match one of `these` and none of `excepted`, and those that match one of `also`."""

    these: tuple[ActionPattern, ...]
    excepted: tuple[ActionPattern, ...] = ()
    also: tuple[ActionPattern, ...] = ()

    @staticmethod
    def all_but(patterns: Iterable[ActionPattern]) -> ActionSet:
        """Return the set of the actions that match none of `patterns`."""
        return ActionSet((EVERY_ACTION,), tuple(patterns))

    def __contains__(self, action: str) -> bool:
        service, _, name = action.partition(":")
        met = _any(self.these, service, name) and not _any(self.excepted, service, name)
        return met or _any(self.also, service, name)

    @cached_property
    def cuts(self) -> tuple[tuple[ActionPattern, ...], ...]:
        """The patterns by which it tells actions apart, in groups: what matters is whether one of a group matches."""
        these = () if self.excepted and self.these == (EVERY_ACTION,) else self.these
        return tuple(filter(None, (these, self.excepted, self.also)))

    @cached_property
    def reach(self) -> tuple[ActionPattern, ...]:
        """Patterns that cover every action of the set."""
        return self.these + self.also


def _any(patterns: Iterable[ActionPattern], service: str, name: str) -> bool:
    return any(pattern.meets(service, name) for pattern in patterns)
