"""One move in an account, asked about one carrier: the shapes of its requests, and what the invariant then says less.

AccountScene     the invariant, the account, and the one whose requests are asked about
AccountShape     requests that leave the invariant, with what weakens it
on_actors        requests about some users or roles, whom the invariant then holds under a name
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from verifier.base.dataclass import dataclass
from verifier.base.memo import cached_property
from verifier.clouds.aws.audit.shapes import DeniedShape, literal
from verifier.clouds.aws.delegation.account_invariant import AccountCarrier, AccountFacts, AccountInvariant
from verifier.clouds.aws.delegation.invariant import BOUNDARY_KEY
from verifier.clouds.aws.delegation.moves import DelegationMove
from verifier.clouds.aws.delegation.state import Actor
from verifier.clouds.aws.delegation.step_requests import carried, likeness_of, resource_patterns
from verifier.logic.request import Request
from verifier.strings.pattern import Pattern

BoundsOf = Callable[[Actor], frozenset[str | None]]
Less = Sequence[tuple[str, Iterable[object]]]
"""What an invariant says less: by the names of what it holds, what is added."""


@dataclass(frozen=True, eq=False)
class AccountShape:
    """Requests that leave the invariant; `less` says by one of them how it is weakened, None where it cannot be.

    Where `besides` is given, they leave it only if requests of that shape can be made too.
    """

    shape: DeniedShape
    less: Callable[[Request], Less | None]
    besides: DeniedShape | None = None


@dataclass(frozen=True, eq=False)
class AccountScene:
    """See above. `may` tells whether anybody whom he can act as may do one of some actions; False is sure. `made` are
    patterns of the users or roles that anybody of them may make.
    """

    invariant: AccountInvariant
    facts: AccountFacts
    carrier: AccountCarrier
    may: Callable[..., bool]
    made: Callable[[str], Sequence[str]]

    def fixed(self, kind: str) -> list[Actor]:
        """Return those whom he can act as and whose identity policies stay."""
        return list(self.facts.actors(self.invariant.fixed, kind))

    @cached_property
    def _patterns(self) -> tuple[tuple[Pattern, bool], ...]:
        arn = self.carrier.arn
        user = None if arn is None or ":user/" not in arn else arn.rpartition("/")[2]
        return resource_patterns(self.carrier.documents, user)

    def alike(self, arns: Iterable[str]) -> dict[str, list[str]]:
        """Return those of `arns` that stand for all, each with those whom it stands for."""
        found: dict[object, list[str]] = {}
        for arn in arns:
            found.setdefault(likeness_of(arn, self._patterns), []).append(arn)
        return {several[0]: several for several in found.values()}

    def on(self, action: str, resources: Iterable[str], conditions: Mapping[str, Mapping[str, Any]]) -> DeniedShape:
        """Return the requests for `action` on some resources."""
        keys = (BOUNDARY_KEY, *self.facts.read_keys, *self.facts.tag_keys)
        every = carried(action, keys, conditions)
        shape: dict[str, Any] = {"Effect": "Deny", "Action": [action], "Resource": list(map(literal, resources))}
        return shape | ({"Condition": every} if every else {})

    def about(
        self, actors: Iterable[Actor], bounds_of: BoundsOf | None = None
    ) -> Iterator[tuple[Mapping[str, Mapping[str, Any]], list[str]]]:
        """Yield the conditions that requests are about some of `actors`, with the ARNs of those.

        `bounds_of` tells the boundaries that one may have then, if not those of the invariant.
        """
        grouped: dict[tuple[frozenset[str | None], bool, tuple[str | None, ...]], list[str]] = {}
        for actor in actors:
            bounds = (bounds_of or self.invariant.bounds_of)(actor)
            free = actor.arn in self.invariant.retagged
            tags = () if free else tuple(actor.tag(key) for key in self.facts.start.setting.resource_tags)
            grouped.setdefault((bounds, free, tags), []).append(actor.arn)
        for (bounds, free, tags), arns in grouped.items():
            yield self._tied(bounds, () if free else tags), arns

    def _tied(self, bounds: frozenset[str | None], tags: tuple[str | None, ...]) -> Mapping[str, Mapping[str, Any]]:
        equals: dict[str, Any] = {}
        absent: dict[str, Any] = {}
        if bounds == {None}:
            absent[BOUNDARY_KEY] = "true"
        elif None not in bounds:
            equals[BOUNDARY_KEY] = sorted(str(one) for one in bounds)
        for key, value in zip(self.facts.start.setting.resource_tags, tags, strict=False):
            for prefix in ("aws", "iam"):
                name = f"{prefix}:ResourceTag/{key}"
                if value is None:
                    absent[name] = "true"
                else:
                    equals[name] = value
        return {**({"StringEquals": equals} if equals else {}), **({"Null": absent} if absent else {})}


def actor_kind(move: DelegationMove) -> str:
    """Return `role` or `user`, whichever `move` is about."""
    return "role" if "Role" in move.actions[0] else "user"


def on_actors(
    move: DelegationMove,
    scene: AccountScene,
    actors: Iterable[Actor],
    label: str,
    more: Mapping[str, Any] | None = None,
    bounds_of: BoundsOf | None = None,
) -> Iterator[AccountShape]:
    """Yield the requests of `move` about `actors`: the invariant holds whom they are about under `label`."""
    for conditions, arns in scene.about(actors, bounds_of):
        alike = scene.alike(arns)
        shape = scene.on(move.actions[0], alike, {**conditions, **(more or {})})
        yield AccountShape(shape, adding(label, alike))


def adding(label: str, alike: Mapping[str, list[str]]) -> Callable[[Request], Less]:
    """Return what is less said: whoever is like the one that a request is about is held under `label`."""
    return lambda request: [(label, alike[request.resource])]
