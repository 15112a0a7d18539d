"""The documents that together decide one request, and the place that each has among them (rules 29 and 30).

The same object is asked about by `evaluate` on one request and by the questions on every request.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from verifier.base.dataclass import dataclass
from verifier.clouds.aws.policy.check import Kind, check, check_level
from verifier.clouds.aws.policy.organisation import as_rcp, only_denies
from verifier.clouds.aws.policy.syntax import Policy

# Documents by the type they are of: those of a level act as one, and each level limits by itself.
Beside: TypeAlias = Mapping[str, tuple[tuple[Policy, ...], ...]]


class Role(enum.Enum):
    """What a document is there for."""

    POLICY = "policy"
    BOUNDARY = "boundary"
    SESSION = "session"
    SCP = "scp"
    RCP = "rcp"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a document stands: its role, the number of its SCP level, and its own number among its like, both from 1.

    `level` is None but for SCPs; `number` is None where a role, or a level, has but one document.
    """

    role: Role
    number: int | None = None
    level: int | None = None

    def __str__(self) -> str:
        level = f" level {self.level}" if self.level else ""
        between = " document" if self.level and self.number else ""
        return f"{self.role.value}{level}{between}{f' {self.number}' if self.number else ''}"


@dataclass(frozen=True, slots=True)
class Documents:
    """The identity policies, which act as one, and the documents that limit them; what is not given does not limit."""

    policies: tuple[Policy, ...]
    boundary: Policy | None = None
    session: Policy | None = None
    scps: tuple[tuple[Policy, ...], ...] = ()
    rcps: tuple[Policy, ...] = ()

    @staticmethod
    def of(policies: tuple[Policy, ...], beside: Beside) -> Documents:
        """Return the documents `policies` and those that `beside` holds, by the names of the fields."""
        alone = {name: levels[0][0] for name, levels in beside.items() if name in ("boundary", "session")}
        rcps = tuple(policy for level in beside.get("rcps", ()) for policy in level)
        return Documents(policies, **alone, scps=beside.get("scps", ()), rcps=rcps)

    def beside(self) -> Beside:
        """Return what stands beside the identity policies: what `of` takes, and nothing that is not given."""
        alone = {"boundary": self.boundary, "session": self.session}
        found = {name: ((policy,),) for name, policy in alone.items() if policy is not None}
        levels = {"scps": self.scps, "rcps": tuple((policy,) for policy in self.rcps)}
        return found | {name: each for name, each in levels.items() if each}

    def levels(self) -> Iterator[tuple[Place, tuple[Policy, ...]]]:
        """Yield what must allow a request, each a level of documents that act as one: all of them are and-ed."""
        yield Place(Role.POLICY), self.policies
        if self.boundary is not None:
            yield Place(Role.BOUNDARY), (self.boundary,)
        if self.session is not None:
            yield Place(Role.SESSION), (self.session,)
        for level, scps in enumerate(self.scps, start=1):
            yield Place(Role.SCP, level=level), scps

    def open_levels(self) -> frozenset[Place]:
        """Return the SCP levels that only deny: AWS attaches FullAWSAccess beside, so all else passes (rule 30)."""
        return frozenset(place for place, policies in self.levels() if place.role is Role.SCP and only_denies(policies))

    def placed(self) -> Iterator[tuple[Place, Policy]]:
        """Yield every document with its place, in the order in which they are reported."""
        for place, policies in self.levels():
            numbered = place.role is Role.POLICY or (place.role is Role.SCP and len(policies) > 1)
            for number, policy in enumerate(policies, start=1):
                yield Place(place.role, number if numbered else None, place.level), policy
        for number, policy in enumerate(self.rcps, start=1):
            yield Place(Role.RCP, number), as_rcp(policy)

    def check(self) -> None:
        """Raise PolicyError where a document is not what its place requires (rules 5, 6 and 30)."""
        for policy in self.policies:
            check(policy, Kind.IDENTITY)
        if self.boundary:
            check(self.boundary, Kind.BOUNDARY)
        if self.session:
            check(self.session, Kind.SESSION)
        for level in self.scps:
            for policy in level:
                check(policy, Kind.SCP)
            check_level(level)
        for policy in self.rcps:
            check(policy, Kind.RCP)
