"""Which statements come nearest to a match: where nothing allows a request, what one would look at first.

Those whose action matches, so that only a resource or a condition fails, come before those that speak of the same
service, and these before all others; only the nearest kind is given. Within it, fewer failing elements are nearer.
(The count alone would put `ec2:*` on everything, which fails by its action only, before the statement about the very
action that fails by its resource and by a condition.)

Of Denies, those are near that would deny the request but for one exception or another: what NotAction excepts counts
like what NotResource or a condition does. An exception, which somebody wrote on purpose, comes before an element that
speaks of other requests.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from verifier.clouds.cloud import Document, Statement
from verifier.clouds.trace import Failure, Nearness
from verifier.explanations.explanation import Cited
from verifier.logic.readings import USUAL, Reading
from verifier.logic.request import Request

# A statement with its document, and what that is called.
Found: TypeAlias = tuple[str, Document, Statement]

MOST = 3


class Nearest(NamedTuple):
    """At most `MOST` statements of one kind, and how many more there are of it and the kinds further off."""

    kind: Nearness | None
    statements: tuple[Cited, ...]
    more: int


def nearest(found: Sequence[Found], request: Request, reading: Reading = USUAL) -> Nearest:
    """Return the statements of `found` that come nearest.

    Each of `found`, none of which matches, is a statement with its policy and what its document is called.
    """
    kinds = [(_kind(item, request, reading), item) for item in found]
    best = min((kind for kind, _ in kinds), key=lambda kind: kind.value, default=None)
    alike = [item for kind, item in kinds if kind is best]
    first = heapq.nsmallest(MOST, alike, key=lambda item: len(_failed(item, request, reading)))
    return Nearest(best, tuple(Cited.of(*item, request, reading) for item in first), len(kinds) - len(first))


def missed(found: Sequence[Found], request: Request, reading: Reading = USUAL) -> tuple[Cited, ...]:
    """Return those of `found`, Denies of which none matches, that come nearest: at most `MOST`."""
    near = [item for item in found if _reaches(item, request, reading)]
    first = heapq.nsmallest(MOST, near, key=lambda item: _distance(item, request, reading))
    return tuple(Cited.of(*item, request, reading) for item in first)


def _reaches(found: Found, request: Request, reading: Reading) -> bool:
    """Whether a Deny speaks of the action, be it as one that it excepts."""
    near = _nearness(found, request, reading)
    return near in (Nearness.ACTION, Nearness.EXCEPTED)


def _distance(found: Found, request: Request, reading: Reading) -> tuple[int, bool]:
    """Return how many elements fail, and whether some are no exceptions."""
    failed = _failed(found, request, reading)
    return len(failed), not all(failure.exception for failure in failed)


def _failed(found: Found, request: Request, reading: Reading) -> Sequence[Failure]:
    _, document, statement = found
    return tuple(document.cloud.failures(statement, request, reading))


def _kind(found: Found, request: Request, reading: Reading) -> Nearness:
    """Return how near an Allow is: one that excepts the action speaks of its service."""
    near = _nearness(found, request, reading)
    return Nearness.SERVICE if near is Nearness.EXCEPTED else near


def _nearness(found: Found, request: Request, reading: Reading) -> Nearness:
    _, document, statement = found
    return document.cloud.nearness(statement, request, reading)
