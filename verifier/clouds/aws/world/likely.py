"""Requests that people believe, made of a model: of actions that AWS has, on what they take (rule 4)."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from verifier.clouds.aws.catalogue.actions import Action
from verifier.clouds.aws.world.arn_form import ArnForm
from verifier.clouds.aws.world.facts import Facts, broken, facts_of
from verifier.clouds.aws.world.shrink import polish, resources, without_needless_keys
from verifier.logic.request import Request
from verifier.logic.theory import Model
from verifier.questions.claims import Claim
from verifier.questions.replay import decode

_MOST_LIKELY = 24


def likely(claims: Sequence[Claim], known: Iterable[Action], model: Model) -> Iterator[Request]:
    """Yield requests of `model` that break no fact, for actions of `known`, on the likeliest resources."""
    for facts in itertools.islice(_on_different_resources(known), _MOST_LIKELY):
        request = decode(claims, str(facts.action), model)
        for resource in resources(claims, facts, request, likely=True):
            other = replace(request, resource=resource)
            if not broken(other):
                yield other


def easier(claims: Sequence[Claim], request: Request, accepts: Callable[[Request], bool]) -> Request:
    """Return a request that reads better than `request` and passes `accepts`, with as few keys as it can have."""
    polished = polish(claims, request)
    return polished if accepts(polished) else without_needless_keys(request, accepts)


def _on_different_resources(known: Iterable[Action]) -> Iterator[Facts]:
    """Yield the facts of actions that take different types of resources, found as they are asked for."""
    seen: set[tuple[ArnForm, ...]] = set()
    for facts in filter(None, (facts_of(str(action)) for action in known)):
        if facts.forms not in seen:
            seen.add(facts.forms)
            yield facts
