"""What a cloud has today of a set of actions, by access level."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from verifier.clouds.cloud import AccessLevel, Cloud, KnownAction
from verifier.regions.region import Area, lowered


def known(cloud: Cloud, area: Area) -> Sequence[KnownAction]:
    """Return the actions that `cloud` has in `area`, the severest first."""
    actions, excepts, *also = (tuple(map(lowered, each)) for each in (area.actions, area.excepts, *area.also))
    return cloud.known(actions, excepts, also)


def levels(found: Iterable[KnownAction]) -> Mapping[AccessLevel, int]:
    """Return how many of `found`, of which the severest come first, there are of each access level."""
    counts: dict[AccessLevel, int] = {}
    for action in found:
        counts[action.access_level] = counts.get(action.access_level, 0) + 1
    return counts
