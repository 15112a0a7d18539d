"""The actions of AWS that patterns name, by access level."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from verifier.clouds.aws.catalogue.actions import Action, actions, services
from verifier.logic.actions import ActionPattern


def named_actions(
    these: Sequence[ActionPattern], excepted: Sequence[ActionPattern], also: Sequence[Sequence[ActionPattern]]
) -> list[Action]:
    """Return the actions of the catalogue that match one of `these`, none of `excepted` and one of each of `also`.

    The patterns are in lower case. The gravest actions come first.
    """
    wanted, spared, others = _Names(these), _Names(excepted), list(map(_Names, also))
    found = [
        action
        for action in wanted.candidates()
        if wanted.hold(action) and not spared.hold(action) and all(each.hold(action) for each in others)
    ]
    return sorted(found, key=lambda action: action.access_level.severity)


class _Names:
    """Patterns, looked up by service and name."""

    def __init__(self, patterns: Sequence[ActionPattern]) -> None:
        self._words: set[tuple[str, str]] = set()
        self._wild: list[ActionPattern] = []
        for pattern in patterns:
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
