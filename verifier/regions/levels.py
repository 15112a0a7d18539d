"""What AWS has today of a set of actions, by access level."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from verifier.clouds.aws.catalogue.actions import AccessLevel, Action, actions, services
from verifier.logic.actions import ActionPattern
from verifier.regions.region import SEVERITY, Area, lowered


def known(area: Area) -> list[Action]:
    """Return the actions of the catalogue that are in `area`, the severest first."""
    wanted, spared, also = _Names(area.actions), _Names(area.excepts), list(map(_Names, area.also))
    found = [
        action
        for action in wanted.candidates()
        if wanted.hold(action) and not spared.hold(action) and all(each.hold(action) for each in also)
    ]
    return sorted(found, key=lambda action: SEVERITY.index(action.access_level))


def levels(found: list[Action]) -> Mapping[AccessLevel, int]:
    """Return how many of `found` there are of each access level, the severest first."""
    counts = dict.fromkeys(SEVERITY, 0)
    for action in found:
        counts[action.access_level] += 1
    return {level: count for level, count in counts.items() if count}


class _Names:
    """Patterns, looked up by service and name."""

    def __init__(self, patterns: tuple[ActionPattern, ...]) -> None:
        self._words: set[tuple[str, str]] = set()
        self._wild: list[ActionPattern] = []
        for pattern in map(lowered, patterns):
            service, name = pattern.service.text, pattern.name.text
            if service is not None and name is not None:
                self._words.add((service, name))
            else:
                self._wild.append(pattern)

    def candidates(self) -> Iterator[Action]:
        """Every action of the services that the patterns match."""
        named = {service for service, _ in self._words}
        for service in services():
            if service in named or any(pattern.service.matches(service) for pattern in self._wild):
                yield from actions(service)

    def hold(self, action: Action) -> bool:
        """Whether one of the patterns matches."""
        name = _lower(action)
        return (action.service, name) in self._words or any(
            pattern.service.matches(action.service) and pattern.name.matches(name) for pattern in self._wild
        )


@cache
def _lower(action: Action) -> str:
    return action.name.lower()
