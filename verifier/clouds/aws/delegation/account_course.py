"""How the proof for an account (`account_proof.py`) came to say less: by whose requests, about whom.

    AccountCourse.less       what a request of somebody made the invariant say less
    AccountCourse.reached    by which request whom he might come to act as
    AccountCourse.through    those without whom somebody would not have been reached, or not with what he may do

A proof that fails knows more than that: of thousands of users and roles, a few led to the one who exceeds the maximum.
A chain is looked for among those few first (`account_chain.py`). The proof takes more for possible than is, so there
may be none among them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from verifier.clouds.aws.delegation.account_invariant import AccountCarrier, AccountFacts
from verifier.clouds.aws.delegation.account_scene import Less
from verifier.clouds.aws.delegation.state import Actor

_MADE = ""  # stands for whoever is made
_JOINED = "joined"


class AccountCourse:
    """See above."""

    def __init__(self) -> None:
        self.reached: dict[str, str] = {}
        self._first: defaultdict[str, dict[str, AccountCarrier]] = defaultdict(dict)

    def less(self, carrier: AccountCarrier, less: Less, way: str = "") -> None:
        """Note what a request of `carrier` made the invariant say less; `way` is that request."""
        for name, values in less:
            for value in values:
                about = _about(name, value)
                self._first[about].setdefault(name, carrier)
                if way and name in ("acting", "kept"):
                    self.reached.setdefault(about, way)

    def through(self, carrier: AccountCarrier, facts: AccountFacts) -> frozenset[str]:
        """Return the ARNs of those without whom `carrier` would not be as it is, and of what they carry."""
        found, boundaries, waiting = set[str](), set[str](), [carrier]
        while waiting:
            one = waiting.pop()
            if one.boundary is not None:
                boundaries.add(one.boundary)
            if (called := one.arn or one.was or _MADE) not in found:
                found.add(called)
                waiting += self._before(called, facts)
        carried = {part for one in facts.actors(found & facts.start.actors.keys()) for part in _parts(one, facts)}
        return frozenset((found | boundaries | carried) - {_MADE})

    def _before(self, one: str, facts: AccountFacts) -> Iterator[AccountCarrier]:
        """Yield those whose requests led to `one`, or changed it, its groups or its policies."""
        yield from self._first[one].values()
        actor = facts.start.actors.get(one)
        if actor is not None:
            for part in _parts(actor, facts):
                yield from self._first[part].values()
            if actor.kind == "user":
                yield from [names[_JOINED] for names in self._first.values() if _JOINED in names]


def _parts(actor: Actor, facts: AccountFacts) -> Iterator[str]:
    """Yield what `actor` carries: its groups and policies."""
    groups = [facts.start.groups[arn] for arn in actor.groups if arn in facts.start.groups]
    yield from (*actor.attached, *actor.groups, *(arn for group in groups for arn in group.attached))
    if actor.boundary is not None:
        yield actor.boundary


def _about(name: str, value: object) -> str:
    """Return whom or what a `value` is about that an invariant holds under `name`."""
    if name == "approved":
        return _MADE
    return str(value[0] if isinstance(value, tuple) else value)
